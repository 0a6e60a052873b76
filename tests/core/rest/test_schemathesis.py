"""Schemathesis sends what the description allows and what it does not: no answer is a 5xx or breaks the description."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode, checks

from weft.core.rest import limits
from weft.core.testing.client import api_headers
from weft.core.web.app import create_app

pytestmark = [pytest.mark.weft_plugins("crm", "service", "communication"), pytest.mark.slow]

#: Examples per operation and mode; whoever keeps all three plugins has more than a hundred operations.
EXAMPLES = 6
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]


@pytest.fixture
def attack(
    weft_runtime: Any, weft_cast: Any, make_record: Any, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, set[int]]]:
    """``attack(user_id, examples)`` calls every operation the user may see; returns how many, and all statuses."""
    monkeypatch.setattr(limits, "PER_MINUTE", 1_000_000)
    app = create_app(weft_runtime)
    make_record("crm.stage", code="new", label_en="New")
    for number in range(3):
        make_record("crm.account", name=f"Account {number}")

    def run(user_id: int, examples: int) -> tuple[int, set[int]]:
        headers = api_headers(weft_runtime, user_id)
        schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, headers=headers)
        number, statuses = 0, set()
        for found in schema.get_all_operations():
            number += 1
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                _attack(found.ok(), mode, headers, examples, statuses)
        return number, statuses

    return run


def _attack(operation: Any, mode: GenerationMode, headers: dict[str, str], examples: int, statuses: set[int]) -> None:
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def call(case: Any) -> None:
        response = case.call(headers=headers)
        statuses.add(response.status_code)
        case.validate_response(response, checks=CHECKS)

    call()


def test_a_manager_who_is_also_administrator_breaks_nothing(attack: Any, weft_cast: Any) -> None:
    keepers = ("crm.sales_manager", "service.lead", "communication.editor", "core.admin")
    number, statuses = attack(weft_cast.user(*keepers), EXAMPLES)
    assert number > 50
    assert {200, 201, 400, 404, 422} <= statuses


@pytest.mark.parametrize("audience", ["customer", "distributor"])
def test_people_from_outside_with_a_company_break_nothing(
    attack: Any, weft_cast: Any, weft_runtime: Any, make_record: Any, audience: str
) -> None:
    """With every role of their audience, and a company whose record they may open."""
    firm = make_record("crm.account", name="Alder Foods", role=[audience])
    family = make_record("core.value", list_key="crm.product_family", code="valves", label_en="Valves")
    make_record("service.request", subject="Logger stops", customer=firm.id)
    make_record("communication.thread", subject="LD-4", account=firm.id, audience=audience)
    make_record("communication.news", headline="New logger", text="Since today.", audiences=[audience])
    roles = [key for key, role in weft_runtime.registry.roles.items() if role.audience == audience and key != audience]
    user = weft_cast.user(audience, *roles, anchors=[firm.id])
    number, statuses = attack(user, EXAMPLES)
    assert number > 10
    assert family.id != firm.id
    assert {200, 400, 404} <= statuses


def test_an_employee_breaks_nothing(attack: Any, weft_cast: Any) -> None:
    number, statuses = attack(weft_cast.user("employee"), EXAMPLES)
    assert number > 10
    assert {200, 400, 404} <= statuses
