"""Words of the rows one can choose for a role."""

from __future__ import annotations

from collections import Counter

import pytest

from weft.core.registry.runtime import Runtime
from weft.core.web.settings.role_words import choices, short

pytestmark = pytest.mark.weft_plugins(
    "crm",
    "hrm",
    "service",
    "communication",
    "portal_employee",
    "portal_customer",
    "portal_supplier",
    "portal_distributor",
)


def test_no_two_choices_read_the_same(weft_runtime: Runtime) -> None:
    registry = weft_runtime.registry
    twice = {}
    for audience in ("employee", "customer", "supplier", "distributor"):
        for entity in registry.entities.values():
            count = Counter(one["label"] for one in choices(registry, entity, audience))
            found = [label for label, often in count.items() if often > 1]
            if found:
                twice[entity.key, audience] = found
    assert not twice


def test_a_list_of_values_is_named(weft_runtime: Runtime) -> None:
    registry = weft_runtime.registry
    scope = {"kind": "where", "filters": {"list__in": ["service.kind"]}}
    label = str(registry.value_lists["service.kind"].label)
    assert short(registry, registry.entity("core.value"), scope).endswith(f": {label}")
