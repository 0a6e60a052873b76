"""The CRM keeps the contract of every plugin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from weft.core.testing.contract import PluginContract
from weft.core.testing.people import Cast


class TestCrmContract(PluginContract):
    plugin = "crm"
    #: A list needs a currency that exists, its prices the same one, a line without a list a price of its own;
    #: the address of a form is one word.
    values: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "crm.price_list": {"name": "China", "currency": "CNY"},
        "crm.price": {"price": {"amount": "1.00", "currency": "CNY"}},
        "crm.web_form": {"name": "Ask us", "slug": "ask-us", "title_en": "Ask us", "consent_en": "I agree."},
        "crm.deal_line": {"description": "Logger", "unit_price": {"amount": "1.00", "currency": "CNY"}},
    }

    def given(self, runtime: Any) -> Mapping[str, Mapping[str, Any]]:
        """A target is that of a person or a team."""
        target = {"month": "2026-03-01", "amount": {"amount": "1.00", "currency": "CNY"}}
        return {**self.values, "crm.target": {**target, "team": Cast(runtime).unit("Sales")}}
