"""Deals: lines and their sum, stages and what they ask for, the end of a deal, why it is red, what was learned."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest

from weft.core.db.money import Money
from weft.core.errors import ActionNeeded, ValidationFailed
from weft.plugins.crm.services import deals as services
from weft.plugins.crm.services import warmth

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee")


@pytest.fixture
def stages(make_record):
    rows = [("contact", "open", 10), ("proposal", "open", 50), ("won", "won", 100), ("lost", "lost", 0)]
    return {
        code: make_record(
            "crm.stage", code=code, label_en=code.title(), position=10 * place, probability=probability, outcome=outcome
        )["id"]
        for place, (code, outcome, probability) in enumerate(rows)
    }


@pytest.fixture
def china(make_record):
    """The list China with two products."""
    found = {"list": make_record("crm.price_list", name="China", currency="CNY")["id"]}
    for code, amount in (("LD-3", "3250.00"), ("GW-1", "5600.00")):
        found[code] = make_record("crm.product", code=code, name=f"Product {code}")["id"]
        price = {"amount": amount, "currency": "CNY"}
        make_record("crm.price", price_list=found["list"], product=found[code], price=price)
    return found


@pytest.fixture
def rival(make_record):
    return make_record("crm.account", name="Ostrane Metering", role=["competitor"])["id"]


@pytest.fixture
def reasons(make_record, weft_runtime):
    from weft.core.ops.value_lists import install_defaults

    install_defaults(weft_runtime)


def _account(records, **more):
    more = {"address": {"country": "CN", "city": "Suzhou", "lines": [], "region": "", "postcode": ""}, **more}
    return records.create("crm.account", {"name": "Heting Water", "role": ["customer"], **more})["id"]


def _deal(records, stages, account=None, stage="contact", **more):
    account = account or _account(records)
    return records.create("crm.opportunity", {"name": "D", "account": account, "stage": stages[stage], **more})


def _line(deal, product, quantity, **more):
    return {"opportunity": deal["id"], "product": product, "description": "x", "quantity": str(quantity), **more}


# ---- lines


def test_j3_lines_take_their_prices_from_the_list_and_sum_to_the_amount(records_as, stages, china):
    with records_as("crm.sales_rep", write=True) as records:
        deal = _deal(records, stages)
        assert deal["price_list"].id == china["list"]
        records.create("crm.deal_line", _line(deal, china["LD-3"], 12))
        records.create("crm.deal_line", _line(deal, china["GW-1"], 1))
        row = records.get("crm.opportunity", deal["id"])
        assert (row["amount"], row["has_lines"], row["product"]) == (Money("44600.00", "CNY"), True, "LD-3")
        with pytest.raises(ValidationFailed, match="sum of the lines"):
            records.update("crm.opportunity", deal["id"], {"amount": {"amount": "1", "currency": "CNY"}}, version=None)


def test_a_line_is_named_after_its_product_in_both_scripts(records_as, stages, china, make_record, client_as):
    meter = make_record("crm.product", code="WH-20", name="Clamp-on flow meter", name_alt="外夹式流量计")["id"]
    price = {"amount": "9800", "currency": "CNY"}
    with records_as("crm.sales_manager", write=True) as records:
        deal = _deal(records, stages)
        named = {**_line(deal, meter, 1), "description": "WH-20 外夹式流量计", "unit_price": price}
        line = records.create("crm.deal_line", named)
        assert line["description_alt"] == "WH-20 Clamp-on flow meter"
    page = client_as("crm.sales_manager").get(f"/employee/crm/opportunities/{deal['id']}").text
    assert "WH-20 Clamp-on flow meter" in page and "WH-20 外夹式流量计" not in page
    with records_as("crm.sales_manager", write=True) as records:
        records.update("crm.deal_line", line["id"], {"description": "Meter of the old hall"}, version=None)
        assert records.get("crm.deal_line", line["id"])["description_alt"] is None


def test_a_discount_a_change_and_a_deletion_are_summed_again(records_as, stages, china):
    with records_as("crm.sales_rep", write=True) as records:
        deal = _deal(records, stages)
        first = records.create("crm.deal_line", _line(deal, china["LD-3"], 10, discount="12"))
        second = records.create("crm.deal_line", _line(deal, china["GW-1"], 2))
        assert first["amount"] == Money("28600.00", "CNY")
        records.update("crm.deal_line", second["id"], {"quantity": "3"}, version=None)
        assert records.get("crm.opportunity", deal["id"])["amount"] == Money("45400.00", "CNY")
        records.delete("crm.deal_line", first["id"])
        assert records.get("crm.opportunity", deal["id"])["amount"] == Money("16800.00", "CNY")
        records.restore("crm.deal_line", first["id"])
        assert records.get("crm.opportunity", deal["id"])["amount"] == Money("45400.00", "CNY")


def test_without_its_last_line_a_deal_may_be_typed_again(records_as, stages, china):
    with records_as("crm.sales_rep", write=True) as records:
        deal = _deal(records, stages)
        line = records.create("crm.deal_line", _line(deal, china["LD-3"], 1))
        records.delete("crm.deal_line", line["id"])
        row = records.update(
            "crm.opportunity", deal["id"], {"amount": {"amount": "9", "currency": "EUR"}}, version=None
        )
    assert (row["amount"], row["has_lines"]) == (Money("9.00", "EUR"), False)


def test_a_deal_has_one_currency(records_as, stages, china):
    with records_as("crm.sales_rep", write=True) as records:
        deal = _deal(records, stages)
        records.create("crm.deal_line", _line(deal, china["LD-3"], 1))
        euro = {"amount": "10.00", "currency": "EUR"}
        with pytest.raises(ValidationFailed, match="are in CNY"):
            records.create("crm.deal_line", _line(deal, None, 1, unit_price=euro))


def test_a_line_without_a_price_is_refused_in_words(records_as, stages, china):
    with records_as("crm.sales_rep", write=True) as records:
        deal = _deal(records, stages)
        with pytest.raises(ValidationFailed, match="no price of this"):
            records.create("crm.deal_line", _line(deal, None, 1))


def test_an_import_of_lines_sums_every_deal_in_few_statements(records_as, stages, china, query_count):
    with records_as("crm.sales_manager", write=True) as records:
        deals = [_deal(records, stages) for _number in range(20)]
        records.load("crm.deal_line", [_line(deals[0], china["LD-3"], 1)])
        with query_count() as few:
            records.load("crm.deal_line", [_line(deal, china["LD-3"], 2) for deal in deals[1:3]])
        with query_count() as many:
            records.load("crm.deal_line", [_line(deal, china["LD-3"], 2) for deal in deals[3:]])
        amounts = {records.get("crm.opportunity", deal["id"])["amount"] for deal in deals[1:]}
    assert amounts == {Money("6500.00", "CNY")}
    assert many.number <= few.number + 4


def test_undo_takes_line_and_sum_back_together(records_as, stages, china, weft_cast):
    rep = weft_cast.user("crm.sales_rep")
    with records_as(rep, write=True) as records:
        deal = _deal(records, stages)
    with records_as(rep, write=True) as records:
        records.create("crm.deal_line", _line(deal, china["LD-3"], 1))
        change = records.change_set_id
    with records_as(rep, write=True) as records:
        records.undo(change)
        row = records.get("crm.opportunity", deal["id"])
        assert records.query("crm.deal_line", filters={"opportunity": deal["id"]}).rows == []
    assert (row["amount"], row["has_lines"]) == (None, False)


# ---- stages


def test_a_stage_says_what_must_be_filled(records_as, stages, make_record, china):
    with records_as("system", write=True) as records:
        records.update("crm.stage", stages["proposal"], {"needs": ["amount", "lines", "next_step"]}, version=None)
    with records_as("crm.sales_rep", write=True) as records:
        deal = _deal(records, stages)
        with pytest.raises(ValidationFailed) as failed:
            records.update("crm.opportunity", deal["id"], {"stage": stages["proposal"]}, version=None)
        assert {error.field for error in failed.value.errors} == {"amount", "stage"}
        assert "Lines" in str(failed.value) and "Next step" in str(failed.value)
        records.create("crm.deal_line", _line(deal, china["LD-3"], 1))
        records.create("crm.activity", {"subject": "Call", "about": deal["id"], "at": "2026-12-01T09:00:00Z"})
        row = records.update("crm.opportunity", deal["id"], {"stage": stages["proposal"]}, version=None)
    assert row["stage"].id == stages["proposal"] and row["stage_since"] is not None


def test_stages_belong_to_their_pipeline(records_as, stages, make_record):
    service = make_record("crm.pipeline", code="service", label_en="Service")["id"]
    other = make_record("crm.pipeline", code="tender", label_en="Tender")["id"]
    own = make_record("crm.stage", code="s1", label_en="Offer", position=1, pipeline=service)["id"]
    first = make_record("crm.stage", code="t1", label_en="Notice", position=1, pipeline=other)["id"]
    with records_as("crm.sales_rep", write=True) as records:
        deal = _deal(records, {"contact": own})
        assert deal["pipeline"].id == service
        with pytest.raises(ValidationFailed, match="another pipeline"):
            records.update("crm.opportunity", deal["id"], {"stage": first}, version=None)
        moved = records.update("crm.opportunity", deal["id"], {"pipeline": other}, version=None)
        assert moved["stage"].id == stages["contact"]  # the first open one there, of every pipeline
        assert services.first_stage(records, service) == stages["contact"]  # position 0, of every pipeline


# ---- the end


def test_j3_losing_asks_for_reason_and_competitor(records_as, stages, rival, reasons, weft_cast):
    rep = weft_cast.user("crm.sales_rep")
    with records_as(rep, write=True) as records:
        deal = _deal(records, stages)
        reason = records.query("core.value", filters={"list_key": "crm.loss_reason"}).rows[0]["id"]
        with pytest.raises(ValidationFailed) as failed:
            records.act("crm.opportunity.lose", deal["id"], {"loss_reason": reason})
        assert [error.field for error in failed.value.errors] == ["competitor"]
        with pytest.raises(ActionNeeded) as needed:
            records.update("crm.opportunity", deal["id"], {"stage": stages["lost"]}, version=None)
        assert needed.value.action == "crm.opportunity.lose"
        with pytest.raises(ValidationFailed, match="no competitor"):
            data = {"loss_reason": reason, "competitor": _account(records)}
            records.act("crm.opportunity.lose", deal["id"], data)
    with records_as(rep, write=True) as records:
        data = {"loss_reason": reason, "competitor": rival, "lesson": "Too slow."}
        records.act("crm.opportunity.lose", deal["id"], data)
        row = records.get("crm.opportunity", deal["id"])
        assert (row["outcome"], row["stage"].id, row["lesson"]) == ("lost", stages["lost"], "Too slow.")
        assert row["closed_owner"].id == rep and row["closed_on"] is not None
        assert services.standings(records, [rival])[rival] == services.Standing(1, 0, 0, 1)
        change = records.change_set_id
    with records_as(rep, write=True) as records:
        records.undo(change)
        row = records.get("crm.opportunity", deal["id"])
        assert (row["outcome"], row["stage"].id, row["closed_owner"], row["competitor"]) == (
            "open", stages["contact"], None, None,
        )  # fmt: skip


def test_a_drop_on_lost_opens_the_dialog_of_the_action(client_as, make_record, stages, rival):
    account = make_record("crm.account", name="Heting Water", role=["customer"])["id"]
    deal = make_record("crm.opportunity", name="D", account=account, stage=stages["contact"])["id"]
    address = f"/employee/crm/opportunities/{deal}/move?view=crm.deals_open&by=stage"
    answer = client_as("crm.sales_manager").post(address, data={"to": str(stages["lost"])})
    assert answer.status_code == 422
    assert "act/lose" in answer.text and 'name="loss_reason"' in answer.text


def test_a_drop_on_a_stage_asks_for_what_it_needs(client_as, make_record, stages, records_as):
    with records_as("system", write=True) as records:
        records.update("crm.stage", stages["proposal"], {"needs": ["amount"]}, version=None)
    account = make_record("crm.account", name="Heting Water", role=["customer"])["id"]
    deal = make_record("crm.opportunity", name="D", account=account, stage=stages["contact"])["id"]
    client = client_as("crm.sales_manager")
    address = f"/employee/crm/opportunities/{deal}/move?view=crm.deals_open&by=stage"
    answer = client.post(address, data={"to": str(stages["proposal"])})
    assert answer.status_code == 422 and 'name="amount"' in answer.text and 'name="note"' not in answer.text


# ---- why red


def test_why_a_deal_is_red_in_words(records_as, stages, moved_clock, weft_cast):
    with records_as("system", write=True) as records:
        records.update("crm.stage", stages["contact"], {"stale_days": 20}, version=None)
    rep = weft_cast.user("crm.sales_rep")
    with records_as(rep, write=True) as records:
        day = records.now.date()
        deal = _deal(records, stages, expected_close=(day + timedelta(days=10)).isoformat())
        assert {one.key for one in warmth.reasons(records, [deal["id"]])[deal["id"]]} == {"no_step", "no_amount"}
    moved_clock.move(days=47)
    with records_as("system", write=True) as records:
        account = deal["account"].id
        fall = (records.now.date() + timedelta(days=3)).isoformat()
        records.update("crm.account", account, {"recycle_on": fall}, version=None)
    with records_as(rep) as records:
        found = warmth.reasons(records, [deal["id"]])[deal["id"]]
    assert {one.key for one in found if one.tone == "late"} == {"pool", "silent", "closed_passed", "stale"}
    words = " ".join(str(one.text) for one in found)
    assert "3 days until the pool" in words and "No contact for 47 days" in words and "37 days ago" in words


def test_open_deals_know_when_somebody_last_spoke_to_their_account(records_as, stages):
    with records_as("crm.sales_rep", write=True) as records:
        account = _account(records)
        deal = _deal(records, stages, account)
        records.act("crm.account.log_contact", account, {"kind": "call", "note": "Wants LD-3."})
        later = _deal(records, stages, account)
        rows = [records.get("crm.opportunity", one["id"]) for one in (deal, later)]
    assert [row["last_contact_at"] for row in rows] == [records.now, records.now]


# ---- what was learned


def test_k10_lessons_of_colleagues_are_read_without_their_customers(records_as, stages, rival, reasons, weft_cast):
    colleague, me = weft_cast.user("crm.sales_rep"), weft_cast.user("crm.sales_rep")
    amount = {"amount": "100.00", "currency": "CNY"}
    with records_as(colleague, write=True) as records:
        reason = records.query("core.value", filters={"list_key": "crm.loss_reason"}).rows[0]["id"]
        hidden = _account(records, name="Secret Water")
        theirs = _deal(records, stages, hidden, name="Secret deal", product="LD-3", amount=amount)
        data = {"loss_reason": reason, "competitor": rival, "lesson": "Show the battery first."}
        records.act("crm.opportunity.lose", theirs["id"], data)
        silent = _deal(records, stages, hidden, product="LD-3")
        records.act("crm.opportunity.win", silent["id"], {})
    with records_as(me, write=True) as records:
        mine = _deal(records, stages, product="LD-3", amount=amount)
        found = services.lessons(records, mine)
        other = services.lessons(records, _deal(records, stages, product="CAL"))
    assert [(one.deal, one.text, one.alike) for one in found] == [
        (theirs["id"], "Show the battery first.", ("product", "size"))
    ]
    assert found[0].reason[0] and found[0].competitor[0] == "Ostrane Metering"
    assert "Secret" not in repr(found)
    assert other == []


def test_weighted_is_amount_times_probability():
    assert services.weighted(Money("210000.00", "EUR"), 50) == Money("105000.00", "EUR")
    assert services.weighted(None, 50) is None
    assert services.weighted(Money(Decimal("0.01"), "EUR"), 10) == Money("0.00", "EUR")


# ---- pages and rights


@pytest.fixture
def priced(make_record, stages, china, weft_cast):
    """A deal of a rep with one line, and the people around it."""
    rep, other = weft_cast.user("crm.sales_rep"), weft_cast.user("crm.sales_rep")
    with weft_cast.records("system", write=True) as records:
        account = records.create("crm.account", {"name": "Heting Water", "role": ["customer"]}, owner=rep)["id"]
        values = {"name": "Loggers", "account": account, "stage": stages["contact"], "price_list": china["list"]}
        deal = records.create("crm.opportunity", values, owner=rep)["id"]
        line = records.create("crm.deal_line", _line({"id": deal}, china["LD-3"], 12))["id"]
    return {"deal": deal, "line": line, "rep": rep, "other": other, **china}


def test_lines_are_added_changed_and_removed_on_the_page(client_as, priced, records_as):
    client = client_as(priced["rep"])
    address = f"/employee/crm/deal/{priced['deal']}/lines"
    page = client.get(f"/employee/crm/opportunities/{priced['deal']}")
    assert "39,000" in page.text and "Prices of the list China" in page.text
    asked = {"HX-Request": "true", "HX-Target": "crm-lines"}
    answer = client.post(address, data={"product": priced["GW-1"], "quantity": "1", "_had": "product"}, headers=asked)
    assert answer.status_code == 200 and "44,600" in answer.text
    change = {"quantity": "10", "unit_price": "3000", "unit_price_currency": "CNY", "discount": "12"}
    answer = client.post(f"{address}/{priced['line']}", data=change, headers=asked)
    assert "32,000" in answer.text and "list 3,250" in answer.text and "above the limit" in answer.text
    answer = client.post(f"{address}/{priced['line']}", data={**change, "discount": "140"}, headers=asked)
    assert answer.status_code == 422 and 'value="140"' in answer.text
    answer = client.post(f"{address}/{priced['line']}/remove", headers=asked)
    assert "5,600" in answer.text and "wf:toast" in answer.headers["HX-Trigger"]
    answer = client.post(address, data={"product": "", "quantity": "1", "_had": "product"}, headers=asked)
    assert answer.status_code == 422 and "Choose a product" in answer.text


def test_lines_belong_to_those_who_have_the_deal(client_as, weft_app, priced, make_record, stages):
    address = f"/employee/crm/deal/{priced['deal']}/lines"
    change = {"quantity": "1", "unit_price": "1", "unit_price_currency": "CNY", "discount": "0"}
    for who, codes in (
        ("anonymous", (302, 303, 400, 401, 403)),
        (priced["other"], (403, 404)),
        ("core.admin", (403, 404)),
    ):
        client = weft_app.test_client() if who == "anonymous" else client_as(who)
        assert client.get(address).status_code in codes
        assert client.post(f"{address}/{priced['line']}", data=change).status_code in codes
        assert client.post(f"{address}/{priced['line']}/remove").status_code in codes
    account = make_record("crm.account", name="Other Water", role=["customer"])["id"]
    foreign = make_record("crm.opportunity", name="E", account=account, stage=stages["contact"])["id"]
    client = client_as("crm.sales_manager")
    assert client.post(f"/employee/crm/deal/{foreign}/lines/{priced['line']}/remove").status_code == 404


def test_a_competitors_page_counts_deals_met_won_and_lost(client_as, priced, rival, link):
    link("crm.competes_for", rival, priced["deal"])
    page = client_as("crm.sales_manager").get(f"/employee/crm/accounts/{rival}")
    assert page.status_code == 200 and "Deals met" in page.text
    deal = client_as(priced["rep"]).get(f"/employee/crm/opportunities/{priced['deal']}")
    assert "Ostrane Metering" in deal.text and "Lost to them" in deal.text


def test_a_new_deal_asks_nothing_of_its_end_and_begins_in_the_first_stage(client_as, stages):
    page = client_as("crm.sales_manager").get("/employee/crm/opportunities/new")
    assert 'data-field="amount"' in page.text and 'data-field="loss_reason"' not in page.text
    assert f'value="{stages["contact"]}"' in page.text


def test_a_board_of_one_pipeline_has_its_stages_alone(client_as, make_record, stages):
    one = make_record("crm.pipeline", code="service", label_en="Service")["id"]
    two = make_record("crm.pipeline", code="tender", label_en="Tender")["id"]
    make_record("crm.stage", code="s1", label_en="Service offer", position=1, pipeline=one)
    make_record("crm.stage", code="t1", label_en="Tender notice", position=1, pipeline=two)
    account = make_record("crm.account", name="Heting Water", role=["customer"])["id"]
    make_record("crm.opportunity", name="D", account=account, stage=stages["contact"], pipeline=one)
    client = client_as("crm.sales_manager")
    whole = client.get("/employee/crm/opportunities/?view=crm.deals_open").text
    part = client.get(f"/employee/crm/opportunities/?outcome=open&pipeline={one}&layout=board&by=stage").text
    assert 'data-label="Service offer"' in whole and 'data-label="Tender notice"' in whole
    assert 'data-label="Service offer"' in part and 'data-label="Contact"' in part
    assert 'data-label="Tender notice"' not in part


def test_a_refused_form_of_an_action_comes_back_as_a_form(make_record, client_as):
    """J3.8: sent from its own page, not from a dialog, it must not bring the whole page with it."""
    stage = make_record("crm.stage", code="contact", label_en="Contact", position=1, probability=20)["id"]
    account = make_record("crm.account", name="Heting Water", role=["customer"])["id"]
    deal = make_record("crm.opportunity", name="Loggers", account=account, stage=stage)["id"]
    headers = {"HX-Request": "true", "HX-Target": "wf-form"}
    address = f"/employee/crm/opportunities/{deal}/act/lose"
    answer = client_as("crm.sales_manager").post(address, data={"_had": "loss_reason,competitor"}, headers=headers)
    assert answer.status_code == 422
    assert 'id="wf-form"' in answer.text and "<nav" not in answer.text


def test_a_board_of_open_deals_folds_the_ends_and_counts_its_tabs(client_as, make_record, stages, records_as):
    account = make_record("crm.account", name="Heting Water", role=["customer"])["id"]
    given = {"account": account, "amount": {"amount": "500", "currency": "CNY"}}
    for name in ("One", "Two", "Three"):
        make_record("crm.opportunity", name=name, stage=stages["contact"], **given)
    with records_as("crm.sales_manager", write=True) as records:
        deal = records.query("crm.opportunity", fields=(), filters={"name": "Three"}).rows[0]["id"]
        records.act("crm.opportunity.win", deal, {})
    client = client_as("crm.sales_manager")
    page = client.get("/employee/crm/opportunities/?view=crm.deals_open").text
    won = re.search(r'<section class="wf-board-col([^"]*)"[^>]*data-label="Won".*?</header>', page, re.DOTALL)
    assert "wf-shut" in won[1] and "<b>1</b>" in won[0] and "500" in won[0]
    assert re.search(r"(January|February|March|April|May|June|July|August|September|October|November|December)", won[0])
    tabs = page.partition('class="wf-tabs')[2].partition("</nav>")[0]
    counts = dict(re.findall(r">([^<>]+?)\s*<span class=\"wf-n\">(\d+)</span>", tabs))
    assert {key.strip(): value for key, value in counts.items()} | {"Open": "2", "Won and lost": "1"} == {
        key.strip(): value for key, value in counts.items()
    }
    # A board that shows ended deals keeps these columns open.
    whole = client.get("/employee/crm/opportunities/?all=1&layout=board&by=stage").text
    assert not re.search(r'wf-shut"[^>]*data-label="Won"', whole) and "Three" in whole
