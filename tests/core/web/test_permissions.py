"""Permission sets for every page route of the inventory: nobody, without the right, with somebody else's record."""

from __future__ import annotations

import re
from typing import Any

import pytest

from weft.core.web.routing import RouteInfo, inventory

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee", "portal_customer")

_VALUES = {
    "portal": "employee", "plugin": "crm", "slug": "accounts", "word": "edit", "name": "name", "form": "csv",
    "relation": "crm.has_contact", "key": "crm.source", "audience": "employee", "token": "nothing", "path": "x",
}  # fmt: skip


def address(info: RouteInfo, record_id: int) -> str:
    """An address of a rule, about one record."""

    def value(match: re.Match[str]) -> str:
        converter, name = match.group(1) or "", match.group(2)
        if converter.startswith("any("):
            return converter[4:].split(",")[0].rstrip("):").strip()
        if converter.startswith("int") or name.endswith("_id") or name == "number":
            return str(record_id)
        return _VALUES.get(name, name)

    return re.sub(r"<(?:([^:<>]+):)?([a-z_]+)>", value, info.rule)


def routes(app: Any) -> list[RouteInfo]:
    """All routes that ask for somebody."""
    return [info for info in inventory(app) if info.door == "page" and info.policy != "public"]


def test_nobody_is_sent_to_sign_in_and_nothing_is_written(weft_app: Any, weft_runtime: Any, make_record: Any) -> None:
    record = make_record("crm.account", name="Acme", role=["customer"])
    client, wrong = weft_app.test_client(), []
    for info in routes(weft_app):
        for method in info.methods:
            answer = client.open(address(info, record.id), method=method)
            fine = answer.status_code == 401 if method != "GET" else answer.status_code in (303, 401)
            if answer.status_code == 303:
                fine = answer.headers["Location"].startswith(("/auth/", "http://localhost/auth/"))
            if not fine:
                wrong.append((method, info.rule, answer.status_code))
    assert wrong == []
    with weft_runtime.db.read() as connection:
        from sqlalchemy import func, select

        from weft.core.db.tables import change_set

        assert connection.scalar(select(func.count()).select_from(change_set)) == 1


def test_without_the_right_records_do_not_exist(weft_app: Any, client_as: Any, make_record: Any) -> None:
    record = make_record("crm.account", name="Acme", role=["customer"])
    client, wrong = client_as("employee"), []
    for info in routes(weft_app):
        if info.policy != "record":
            continue
        for method in info.methods:
            answer = client.open(address(info, record.id), method=method)
            if answer.status_code != 404:
                wrong.append((method, info.rule, answer.status_code))
    assert wrong == []


def test_settings_are_for_administrators(weft_app: Any, client_as: Any) -> None:
    client, wrong, seen = client_as("crm.sales_manager"), [], 0
    for info in routes(weft_app):
        if not info.rule.startswith("/employee/settings/"):
            continue
        for method in info.methods:
            seen += 1
            answer = client.open(address(info, 1), method=method)
            if answer.status_code != 403:
                wrong.append((method, info.rule, answer.status_code))
    assert seen > 30
    assert wrong == []


def test_another_persons_record_answers_like_a_missing_one(
    weft_app: Any, client_as: Any, weft_cast: Any, make_record: Any
) -> None:
    other = weft_cast.user("crm.sales_rep")
    foreign = make_record("crm.account", name="Foreign Corporation", role=["customer"], owner=other)
    client, wrong = client_as("crm.sales_rep"), []
    for info in routes(weft_app):
        if info.policy != "record" or "record_id" not in info.rule:
            continue
        for method in info.methods:
            hidden = client.open(address(info, foreign.id), method=method)
            missing = client.open(address(info, 999_999_999), method=method)
            same = hidden.status_code == missing.status_code == 404
            if not same or "Foreign Corporation" in hidden.text:
                wrong.append((method, info.rule, hidden.status_code, missing.status_code))
    assert wrong == []


def test_a_visitor_cannot_open_the_employee_portal(weft_app: Any, client_as: Any, make_record: Any) -> None:
    make_record("crm.account", name="Acme", role=["customer"])
    visitor = client_as("customer")
    answer = visitor.get("/employee/")
    assert answer.status_code == 303
    assert "/auth/employee/sign-in" in answer.headers["Location"]
    assert visitor.get("/customer/").status_code == 200


def test_a_refusal_says_whom_to_ask(client_as: Any) -> None:
    answer = client_as("employee").get("/employee/settings/users/")
    assert answer.status_code == 403
    assert "Administrator" in answer.text
    assert "An administrator can give you the role." in answer.text


def test_a_missing_page_offers_to_ask_for_access(client_as: Any) -> None:
    answer = client_as("employee").get("/employee/crm/accounts/17")
    assert answer.status_code == 404
    assert "Does not exist or is not shared with you" in answer.text
    assert "Ask for access" in answer.text
