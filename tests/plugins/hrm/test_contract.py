"""The people plugin keeps the contract of every plugin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from weft.core.testing.contract import PluginContract
from weft.core.testing.people import Cast


class TestHrmContract(PluginContract):
    plugin = "hrm"
    #: Days of which the calendar is known, and working days to take.
    values: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "hrm.calendar_day": {"name": "Founding day", "country": "NL", "day": "2026-03-16", "kind": "off"},
    }

    def given(self, runtime: Any) -> Mapping[str, Mapping[str, Any]]:
        """Records about a person need one."""
        cast = Cast(runtime)
        person = cast.user("employee", name="Xu Tinglan")
        day = "2026-03-16"
        return {
            **self.values,
            "hrm.employee": {"name": "Xu Tinglan", "user": person},
            "hrm.file_change": {"person": person},
            "hrm.placement": {"person": person, "since": day},
            "hrm.checklist": {"person": person, "kind": "joining", "base_on": day},
            "hrm.entitlement": {"person": person, "year": 2026},
            "hrm.leave": {"person": person, "from_on": day, "to_on": day},
            "hrm.contract": {"person": person, "starts_on": day, "kind": "open_ended"},
            "hrm.attendance": {"person": person, "day": day},
            "hrm.goal": {"subject": "Visits", "person": person, "starts_on": day, "ends_on": day, "target": "10"},
        }
