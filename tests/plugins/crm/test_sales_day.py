"""What a salesperson does with the CRM's actions: log a contact, end a deal, take it back."""

from __future__ import annotations

from datetime import date

import pytest

from weft.core.errors import ValidationFailed
from weft.core.identity import company
from weft.plugins.crm.services import accounts as services

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee")


@pytest.fixture
def stages(make_record):
    rows = [
        make_record("crm.stage", code=code, label_en=code.title(), position=place, probability=20, outcome=outcome)
        for place, (code, outcome) in enumerate(
            [("contact", "open"), ("proposal", "open"), ("won", "won"), ("lost", "lost")]
        )
    ]
    return {row["code"]: row["id"] for row in rows}


def test_a_contact_is_logged_with_the_next_step(records_as):
    with records_as("crm.sales_rep", write=True) as records:
        account = records.create("crm.account", {"name": "Heting Water", "role": ["customer"]})["id"]
        records.act(
            "crm.account.log_contact", account, {"kind": "call", "note": "Wants LD-3.", "next_step": "Send offer"}
        )
        row = records.get("crm.account", account)
        done = records.query("crm.activity", filters={"account": account, "status": "done"}).rows
        planned = records.query("crm.activity", filters={"account": account, "status": "planned"}).rows
    assert row["last_contact_at"] == done[0]["at"] and row["next_step"] == "Send offer"
    assert [line["subject"] for line in done] == ["Wants LD-3."]
    assert [line["subject"] for line in planned] == ["Send offer"] and row["next_on"] == planned[0]["at"].date()


def test_a_contact_is_logged_from_the_page_and_over_rest(client_as, api_as, weft_app, make_record):
    account = make_record("crm.account", name="Lan'an Foods", role=["customer"])["id"]
    client = client_as("crm.sales_manager")
    answer = client.post(
        f"/employee/crm/accounts/{account}/act/log_contact", data={"kind": "visit", "note": "Saw line 3."}
    )
    assert answer.status_code in (204, 303)
    address = f"/api/v1/crm/accounts/{account}/actions/log_contact"
    answer = weft_app.test_client().post(address, json={"note": "Called again."}, headers=api_as("crm.sales_manager"))
    assert answer.status_code == 200, answer.text
    listed = weft_app.test_client().get(
        f"/api/v1/crm/activities?account={account}&sort=subject", headers=api_as("crm.sales_manager")
    )
    assert [line["subject"] for line in listed.get_json()["data"]] == ["Called again.", "Saw line 3."]


def test_winning_and_reopening_moves_the_deal_between_stages(records_as, stages):
    with records_as("crm.sales_rep", write=True) as records:
        account = records.create("crm.account", {"name": "Heting Water", "role": ["customer"]})["id"]
        deal = records.create("crm.opportunity", {"name": "D", "account": account, "stage": stages["contact"]})["id"]
        records.act("crm.opportunity.win", deal, {})
        won = records.get("crm.opportunity", deal)
        records.act("crm.opportunity.reopen", deal, {})
        back = records.get("crm.opportunity", deal)
    assert (won["outcome"], won["stage"].id, won["closed_on"] is not None) == ("won", stages["won"], True)
    assert (back["outcome"], back["stage"].id, back["closed_on"]) == ("open", stages["proposal"], None)


def test_a_card_dropped_on_a_closing_stage_ends_the_deal(records_as, stages):
    with records_as("crm.sales_rep", write=True) as records:
        account = records.create("crm.account", {"name": "Heting Water", "role": ["customer"]})["id"]
        deal = records.create("crm.opportunity", {"name": "D", "account": account, "stage": stages["contact"]})["id"]
        with pytest.raises(ValidationFailed, match="Deal lost"):
            records.update("crm.opportunity", deal, {"stage": stages["lost"]}, version=None)
        row = records.update("crm.opportunity", deal, {"stage": stages["won"]}, version=None)
    assert row["outcome"] == "won" and row["closed_on"] is not None


def test_an_activity_of_the_past_may_begin_as_done(records_as):
    with records_as("crm.sales_rep", write=True) as records:
        row = records.create("crm.activity", {"subject": "Met at the fair", "status": "done"})
        with pytest.raises(ValidationFailed):
            records.create("crm.activity", {"subject": "Never was", "status": "cancelled"})
    assert row["status"] == "done"


def test_the_next_step_stands_on_the_day_of_the_company_not_of_greenwich(weft_runtime, records_as):
    with weft_runtime.db.write() as connection:
        company.save(connection, zone="Asia/Shanghai")
    with records_as("crm.sales_manager", write=True) as records:
        account = records.create("crm.account", {"name": "Heting Water", "role": ["customer"]})["id"]
        early = {"subject": "Visit at seven", "account": account, "at": "2026-11-24T23:00:00Z"}
        records.create("crm.activity", early)
        services.refresh_facts(records, [account])
        assert records.get("crm.account", account)["next_on"] == date(2026, 11, 25)


def test_every_account_gets_its_step_when_hundreds_are_planned(records_as):
    with records_as("crm.sales_manager", write=True) as records:
        busy = records.create("crm.account", {"name": "Busy", "role": ["customer"]})["id"]
        quiet = records.create("crm.account", {"name": "Quiet", "role": ["customer"]})["id"]
        rows = [{"subject": f"S{n}", "account": busy, "at": f"2026-11-01T00:{n % 60:02}:00Z"} for n in range(230)]
        records.load("crm.activity", [*rows, {"subject": "Late", "account": quiet, "at": "2026-12-01T09:00:00Z"}])
        services.refresh_facts(records, [busy, quiet])
        assert records.get("crm.account", quiet)["next_step"] == "Late"
