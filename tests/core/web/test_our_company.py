"""Our company > Data: what a portal administrator changes at once, and what waits until the company confirms it."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest

from weft.core.outbox.worker import Worker
from weft.core.testing.client import api_headers, sign_in

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee", "portal_customer", "portal_supplier")


@pytest.fixture
def firm(weft_cast: Any, make_record: Any, weft_app: Any, weft_runtime: Any) -> Any:
    maud = weft_cast.user("crm.sales_rep", name="Maud Teunisse")
    values = {"role": ["customer"], "phone": "+31100000127", "tax_id": "NL001", "bank_account": "NL00 OLD"}
    account = make_record("crm.account", name="Haverdijk", owner=maud, **values)
    lieke = weft_cast.user("customer", "portal_customer.admin", name="Lieke", anchors=[account.id])
    plain = weft_cast.user("customer", name="Sjoerd", anchors=[account.id])
    found = SimpleNamespace(account=account, maud=maud, lieke=lieke, plain=plain)
    found.client = lambda user: sign_in(weft_app, weft_runtime, user)
    found.edit = f"/customer/crm/accounts/{account.id}/edit"
    return found


def stored(records_as: Any, firm: Any) -> Any:
    with records_as("system") as records:
        return records.get("crm.account", firm.account.id)


def test_a_visitor_sees_the_own_data_and_edits_only_with_the_role(firm: Any, client_as: Any, records_as: Any) -> None:
    page = firm.client(firm.plain).get("/customer/company/").text
    assert "Haverdijk" in page and "NL001" in page and firm.edit not in page
    assert firm.edit in firm.client(firm.lieke).get("/customer/company/").text
    refused = firm.client(firm.plain).post(firm.edit, data={"phone": "+31100000999", "version": firm.account.version})
    assert refused.status_code in (403, 404) and stored(records_as, firm)["phone"] == "+31100000127"
    assert client_as(None).get("/customer/company/").status_code == 303
    assert client_as("employee").get("/employee/company/").status_code == 404


def test_the_bank_waits_for_confirmation_and_the_phone_does_not(firm: Any, records_as: Any) -> None:
    client = firm.client(firm.lieke)
    version = stored(records_as, firm)["version"]
    data = {"phone": "+31100000999", "bank_account": "NL11 NEW", "version": version, "_had": "phone,bank_account"}
    assert client.post(firm.edit, data=data).status_code in (200, 204, 303)
    row = stored(records_as, firm)
    assert row["phone"] == "+31100000999" and row["bank_account"] == "NL00 OLD"
    page = client.get("/customer/company/").text
    assert "NL00 OLD → NL11 NEW" in page and "waits for confirmation" in page


def ask(firm: Any, records_as: Any, value: str = "NL11 NEW") -> None:
    with records_as(firm.lieke, write=True) as records:
        records.update("crm.account", firm.account.id, {"bank_account": value}, version=None)


def number_of(firm: Any) -> str:
    page = firm.client(firm.maud).get(f"/employee/crm/accounts/{firm.account.id}").text
    found = re.search(r"/employee/confirm/(\d+)/", page)
    assert found is not None
    return found.group(1)


@pytest.mark.both_databases
def test_the_owner_is_told_confirms_and_the_visitor_sees_it(firm: Any, records_as: Any, weft_runtime: Any) -> None:
    ask(firm, records_as)
    Worker(weft_runtime).run_due()
    maud = firm.client(firm.maud)
    assert "asks you to confirm a change of Haverdijk" in maud.get("/employee/notices/").text
    assert "Bank account: Haverdijk" in maud.get("/employee/todo/").text
    address = f"/employee/confirm/{number_of(firm)}/"
    assert "NL11 NEW" in maud.get(address).text
    maud.post(address, data={"decision": "confirm", "note": "Called back"})
    assert stored(records_as, firm)["bank_account"] == "NL11 NEW"
    assert maud.post(address, data={"decision": "confirm"}).status_code == 409
    page = firm.client(firm.lieke).get("/customer/company/").text
    assert "confirmed · Maud Teunisse" in page and "Called back" not in page
    assert "Maud Teunisse confirmed the change you asked for" in firm.client(firm.lieke).get("/customer/notices/").text
    history = maud.get(f"/employee/crm/accounts/{firm.account.id}?tab=history").text
    assert "Maud Teunisse" in history and "Bank account" in history


def test_a_refusal_keeps_the_value_and_says_why(firm: Any, records_as: Any) -> None:
    ask(firm, records_as)
    firm.client(firm.maud).post(
        f"/employee/confirm/{number_of(firm)}/", data={"decision": "refuse", "note": "No call back"}
    )
    assert stored(records_as, firm)["bank_account"] == "NL00 OLD"
    assert "No call back" in firm.client(firm.lieke).get("/customer/company/").text


def test_nobody_else_confirms_or_withdraws(
    firm: Any, records_as: Any, client_as: Any, weft_cast: Any, make_record: Any
) -> None:
    ask(firm, records_as)
    address = f"/employee/confirm/{number_of(firm)}/"
    other = make_record("crm.account", name="Tangyu", role=["customer"])
    stranger = firm.client(weft_cast.user("customer", "portal_customer.admin", anchors=[other.id]))
    rival = firm.client(weft_cast.user("crm.sales_rep"))
    reader = client_as("portal_employee.executive")
    for client in (client_as(None), client_as("employee"), rival, reader, stranger, firm.client(firm.lieke)):
        assert client.post(address, data={"decision": "confirm"}).status_code in (303, 401, 403, 404)
        assert client.get(address).status_code in (303, 403, 404)
    withdraw = address.replace("/employee/", "/customer/") + "withdraw/"
    assert stranger.post(withdraw).status_code == 404
    assert firm.client(firm.plain).post(withdraw).status_code == 403
    assert stored(records_as, firm)["bank_account"] == "NL00 OLD"
    assert firm.client(firm.lieke).post(withdraw).status_code in (204, 303)
    assert firm.client(firm.maud).post(address, data={"decision": "confirm"}).status_code == 409


def test_every_door_waits_alike_and_the_newest_wish_counts(
    firm: Any, records_as: Any, weft_app: Any, weft_runtime: Any
) -> None:
    ask(firm, records_as, "NL22")
    headers = api_headers(weft_runtime, firm.lieke) | {"If-Match": f'"{stored(records_as, firm)["version"]}"'}
    address = f"/api/v1/crm/accounts/{firm.account.id}"
    answer = weft_app.test_client().patch(address, json={"bank_account": "NL33"}, headers=headers)
    assert answer.status_code == 200 and answer.get_json()["bank_account"] == "NL00 OLD"
    with records_as(firm.lieke, write=True) as records:
        records.bulk("crm.account", "update", [firm.account.id], {"tax_id": "NL999"}, expected=1)
    row = stored(records_as, firm)
    assert (row["bank_account"], row["tax_id"]) == ("NL00 OLD", "NL001")
    page = firm.client(firm.lieke).get("/customer/company/").text
    assert "NL00 OLD → NL33" in page and "NL22" not in page and "NL001 → NL999" in page
    ask(firm, records_as, "NL00 OLD")  # asking for what stands there takes the wish back
    assert "NL33" not in firm.client(firm.lieke).get("/customer/company/").text


def test_our_own_people_change_it_at_once(firm: Any, records_as: Any) -> None:
    with records_as(firm.maud, write=True) as records:
        records.update("crm.account", firm.account.id, {"bank_account": "NL44"}, version=None)
    assert stored(records_as, firm)["bank_account"] == "NL44"


def test_the_menu_holds_only_what_has_content(firm: Any) -> None:
    page = firm.client(firm.lieke).get("/customer/").text
    line = page[page.index("wf-portal-nav") :]
    assert re.findall(r"<a [^>]*>([^<]+)", line[: line.index("</nav>")]) == ["Home", "Our company"]
    assert "Maud Teunisse" in page and "Good" in page
