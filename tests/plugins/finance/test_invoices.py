"""Invoices, payments, credit notes; batches; budgets; cost and margin; what each portal and role sees of it."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest

from weft.core.outbox.worker import Worker
from weft.core.records import rates
from weft.core.sdk import Denied, Money, ValidationFailed, use_locale

pytestmark = pytest.mark.weft_plugins(
    "crm", "projects", "documents", "finance", "portal_employee", "portal_customer", "portal_supplier"
)

INVOICE, LINE, PAYMENT = "finance.invoice", "finance.invoice_line", "finance.payment"


@pytest.fixture
def invoice_of(records_as, world):
    """``invoice_of(customer, price, tax, **values)``: a draft in EUR with one line."""

    def make(customer, price, tax="21", **values):
        with records_as(world.tang, write=True) as records:
            row = records.create(INVOICE, {"name": "Hardware delivered", "customer": customer, "currency": "EUR",
                                           **values})  # fmt: skip
            records.create(LINE, {"invoice": row.id, "text": "Loggers", "quantity": "3", "price": price,
                                  "tax_rate": tax})  # fmt: skip
            return row.id

    return make


@pytest.mark.both_databases
def test_issue_pay_in_parts_correct_and_credit(world, invoice_of, act_as, row_of, postings, records_as):
    number = invoice_of(world.haverdijk, "32400.00", project=world.project)
    draft = row_of(INVOICE, number)
    assert draft["gross"] == Money(Decimal("117612.00"), "EUR") and draft.get("serial") is None
    assert draft["tax_id"] == "NL001"
    act_as(world.tang, f"{INVOICE}.issue", number)
    row = row_of(INVOICE, number)
    assert row["serial"] == "INV-2026-00001" and row["due_on"] == world.today + timedelta(days=30)
    (posted,) = postings(source=number)
    assert posted["amount"] == Money(Decimal("97200.00"), "EUR") and posted["customer"].id == world.haverdijk
    with records_as(world.tang, write=True) as records, pytest.raises(Denied, match="not changed"):
        records.update(INVOICE, number, {"name": "Other"}, version=None)
    with records_as(world.tang, write=True) as records:
        records.update(INVOICE, number, {"fapiao_no": "24312000000123456789"}, version=None)
    act_as(world.tang, f"{INVOICE}.pay", number, amount={"amount": "58806.00", "currency": "EUR"})
    row = row_of(INVOICE, number)
    assert (row["status"], row["open_net"].amount) == ("part_paid", Decimal("48600.00"))
    with pytest.raises(ValidationFailed, match=r"Only EUR 58806.00 is open"):
        act_as(world.tang, f"{INVOICE}.pay", number, amount={"amount": "58806.01", "currency": "EUR"})
    with records_as(world.tang) as records:
        (payment,) = records.query(PAYMENT, filters={"invoice": number}).rows
    act_as(world.tang, f"{PAYMENT}.correct", payment.id, reason="Another customer's money")
    assert row_of(INVOICE, number)["open_net"].amount == Decimal("97200.00")
    act_as(world.tang, f"{INVOICE}.credit", number, reason="Two loggers came back",
           net={"amount": "7200.00", "currency": "EUR"})  # fmt: skip
    row = row_of(INVOICE, number)
    assert row["open_net"].amount == Decimal("90000.00") and row["status"] == "issued"
    assert sum(one["amount"].amount for one in postings(customer=world.haverdijk)) == Decimal("90000.00")
    act_as(world.tang, f"{INVOICE}.pay", number)
    assert row_of(INVOICE, number)["status"] == "paid"


def euros(amount):
    return {"amount": amount, "currency": "EUR"}


def standing(row):
    return row["status"], *(f"{row[name].amount:.2f}" for name in ("paid", "open_gross", "open_net"))


@pytest.mark.both_databases
def test_a_paid_invoice_is_credited_and_what_was_paid_beyond_is_paid_back(
    world, invoice_of, act_as, row_of, postings, records_as, client_as
):
    number = invoice_of(world.haverdijk, "100.00", project=world.project)  # 300 net, 363 gross
    act_as(world.tang, f"{INVOICE}.issue", number)
    act_as(world.tang, f"{INVOICE}.pay", number)
    page = f"/employee/finance/invoices/{number}"
    assert "Credit" in client_as(world.tang).get(page).text
    first = act_as(world.tang, f"{INVOICE}.credit", number, reason="One came back", net=euros("100.00")).record
    assert standing(row_of(INVOICE, number)) == ("paid", "363.00", "0.00", "0.00")
    assert standing(row_of(INVOICE, first)) == ("issued", "0.00", "121.00", "100.00")
    assert row_of(INVOICE, first)["serial"] == "CN-2026-00001" and row_of(INVOICE, first).get("due_on") is None
    with pytest.raises(ValidationFailed, match=r"Between nothing and EUR 200.00"):
        act_as(world.tang, f"{INVOICE}.credit", number, reason="Too much", net=euros("200.01"))
    # the refused one took no number
    second = act_as(world.tang, f"{INVOICE}.credit", number, reason="All came back").record
    assert row_of(INVOICE, second)["serial"] == "CN-2026-00002"
    assert standing(row_of(INVOICE, number)) == ("credited", "363.00", "0.00", "0.00")
    assert standing(row_of(INVOICE, second)) == ("issued", "0.00", "242.00", "200.00")
    assert sum(one["amount"].amount for one in postings(customer=world.haverdijk)) == 0
    outside = client_as(world.lieke).get(f"/customer/finance/invoices/{second}").text
    assert "To be paid back" in outside and "you pay until" not in outside
    act_as(world.tang, f"{INVOICE}.repay", second)
    assert standing(row_of(INVOICE, second)) == ("paid", "0.00", "0.00", "0.00")
    assert standing(row_of(INVOICE, first)) == ("issued", "0.00", "121.00", "100.00")
    assert standing(row_of(INVOICE, number)) == ("credited", "121.00", "0.00", "0.00")
    with records_as(world.tang) as records:
        payments = records.query(PAYMENT, filters={"invoice": number}, sort="id").rows
    assert [one["amount"].amount for one in payments] == [Decimal("363.00"), Decimal("-242.00")]
    assert payments[1]["customer"].id == world.haverdijk
    act_as(world.tang, f"{PAYMENT}.correct", payments[1].id, reason="The bank sent it back")
    assert standing(row_of(INVOICE, second)) == ("issued", "0.00", "242.00", "200.00")
    act_as(world.tang, f"{PAYMENT}.correct", payments[0].id, reason="Another customer's money")
    assert {standing(row_of(INVOICE, one)) for one in (first, second)} == {("paid", "0.00", "0.00", "0.00")}
    assert standing(row_of(INVOICE, number)) == ("credited", "0.00", "0.00", "0.00")


def test_a_part_paid_invoice_is_credited_beyond_what_is_open(world, invoice_of, act_as, row_of):
    number = invoice_of(world.haverdijk, "100.00")
    act_as(world.tang, f"{INVOICE}.issue", number)
    act_as(world.tang, f"{INVOICE}.pay", number, amount=euros("242.00"))
    rest = act_as(world.tang, f"{INVOICE}.credit", number, reason="What is open").record
    assert standing(row_of(INVOICE, number)) == ("paid", "242.00", "0.00", "0.00")
    assert standing(row_of(INVOICE, rest)) == ("paid", "0.00", "0.00", "0.00")
    other = invoice_of(world.haverdijk, "100.00")
    act_as(world.tang, f"{INVOICE}.issue", other)
    act_as(world.tang, f"{INVOICE}.pay", other, amount=euros("242.00"))
    note = act_as(world.tang, f"{INVOICE}.credit", other, reason="Nearly all", net=euros("250.00")).record
    assert standing(row_of(INVOICE, other)) == ("paid", "242.00", "0.00", "0.00")
    assert standing(row_of(INVOICE, note)) == ("issued", "0.00", "181.50", "150.00")
    with pytest.raises(ValidationFailed, match="Nothing is to be paid for this invoice"):
        act_as(world.tang, f"{INVOICE}.pay", note)
    act_as(world.tang, f"{INVOICE}.repay", note)
    assert standing(row_of(INVOICE, other)) == ("paid", "60.50", "0.00", "0.00")


def test_a_draft_waits_for_its_contract_step(world, invoice_of, act_as, row_of, make_record):
    contract = make_record("documents.contract", name="Metering", account=world.haverdijk).id
    step = make_record("documents.step", name="Acceptance of phase 2", contract=contract, place=4, by_customer=True).id
    number = invoice_of(world.haverdijk, "16200.00", step=step)
    with pytest.raises(ValidationFailed, match="Execution step 4 is not accepted by the customer"):
        act_as(world.tang, f"{INVOICE}.issue", number)
    assert row_of(INVOICE, number)["status"] == "draft"
    act_as("system", "documents.step.finish", step)
    act_as(world.tang, f"{INVOICE}.issue", number)
    assert row_of(INVOICE, number)["serial"].endswith("-00001")  # the refused one took no number


@pytest.fixture
def step_of(make_record, world):
    """``step_of(account=.., name=..)``: a done step with a payment of a contract; its id."""

    def make(account=None, **values):
        contract = make_record("documents.contract", name="Metering", account=account).id
        named = {"name": "Acceptance of phase 2", "name_alt": "二期验收", "amount": Money(Decimal(16200), "EUR"),
                 "status": "done"}  # fmt: skip
        return make_record("documents.step", contract=contract, place=4, **{**named, **values}).id

    return make


def test_an_invoice_of_a_contract_step_is_made_once_and_again_after_it_was_credited_in_full(
    world, step_of, client_as, act_as, row_of, records_as
):
    step, desk = step_of(world.haverdijk), client_as(world.tang)
    page, make = f"/employee/documents/steps/{step}", f"/employee/finance/step-invoice/{step}"
    assert "Make an invoice" in desk.get(page).text
    first = int(desk.post(make).headers["Location"].rpartition("/")[2])
    assert "Make an invoice" not in desk.get(page).text and f"/invoices/{first}" in desk.get(page).text
    assert desk.post(make).headers["Location"].endswith(f"/{first}")
    assert "already" in desk.get(f"/employee/finance/invoices/{first}").text
    act_as(world.tang, f"{INVOICE}.issue", first)
    act_as(world.tang, f"{INVOICE}.credit", first, reason="Wrong address")
    assert row_of(INVOICE, first)["status"] == "credited"
    assert "Make an invoice" in desk.get(page).text
    second = int(desk.post(make).headers["Location"].rpartition("/")[2])
    assert second != first and row_of(INVOICE, second)["status"] == "draft"
    assert "Make an invoice" not in desk.get(page).text and f"/invoices/{second}" in desk.get(page).text


def test_who_reads_a_step_hears_why_no_invoice_can_be_made_of_it(world, step_of, client_as):
    step, desk = step_of(None), client_as(world.tang)
    page, make = f"/employee/documents/steps/{step}", f"/employee/finance/step-invoice/{step}"
    assert "Make an invoice" in desk.get(page).text
    answer = desk.post(make)
    assert answer.status_code == 303 and answer.headers["Location"].endswith(page)
    assert "Say who is to pay it" in desk.get(page).text
    unpaid = step_of(world.haverdijk, amount=None)
    assert desk.post(f"/employee/finance/step-invoice/{unpaid}").status_code == 303
    assert "brings no payment" in desk.get(page).text
    assert desk.post("/employee/finance/step-invoice/999999").status_code == 404
    for stranger in (world.other, world.maud):
        assert client_as(stranger).post(make).status_code in (403, 404)


def test_words_of_a_step_are_those_of_the_readers_language(world, step_of, client_as, act_as, weft_cast, weft_runtime):
    step = step_of(world.haverdijk, status="planned")
    number = int(
        client_as(world.tang).post(f"/employee/finance/step-invoice/{step}").headers["Location"].split("/")[-1]
    )
    chinese = client_as(weft_cast.user("finance.officer", name="Luo Man", locale="zh"))
    link = rf'href="[^"]*/invoices/{number}"[^>]*>(?:<[^>]+>)*\s*'
    assert re.search(link + "二期验收", chinese.get(f"/employee/documents/steps/{step}").text)
    assert re.search(link + "Acceptance", client_as(world.tang).get(f"/employee/documents/steps/{step}").text)
    with use_locale("zh"):
        with pytest.raises(ValidationFailed, match=r"合同步骤 4 .*二期验收"):
            act_as(world.tang, f"{INVOICE}.issue", number)
        known = weft_runtime.registry.entities  # the same word on the invoice as on the contract
        assert str(known[INVOICE].fields["step"].label) == str(known["documents.step"].label) == "合同步骤"
    with use_locale("en"), pytest.raises(ValidationFailed, match="Acceptance of phase 2"):
        act_as(world.tang, f"{INVOICE}.issue", number)


def test_who_sees_an_invoice_and_its_pdf(world, invoice_of, act_as, client_as):
    number = invoice_of(world.haverdijk, "100.00", name_alt="设备交付", project=world.project)
    inside, outside = f"/employee/finance/invoices/{number}", f"/customer/finance/invoices/{number}"
    assert client_as(world.lieke).get(outside).status_code == 404  # a draft
    act_as(world.tang, f"{INVOICE}.issue", number)
    card = client_as(world.maud).get(f"/employee/crm/accounts/{world.haverdijk}?tab=timeline").text
    assert "INV-2026-00001" in card and "Hardware delivered" in card
    page = client_as(world.lieke).get(outside)
    assert page.status_code == 200 and "Loggers" in page.text and "you pay until" in page.text
    assert client_as(world.ji).get(outside).status_code == 404
    assert client_as(world.jin).get(f"/supplier/finance/invoices/{number}").status_code == 404
    assert client_as(None).get(inside).status_code in (303, 401)
    assert client_as(world.other).get(inside).status_code == 404
    for reader in (world.maud, world.lu, world.anneke, world.tang, world.shen):
        assert client_as(reader).get(inside).status_code == 200
    for locale in ("en", "zh"):
        paper = client_as(world.lieke).get(f"/customer/finance/invoice-pdf/{number}/{locale}")
        assert paper.status_code == 200 and paper.data.startswith(b"%PDF")
    assert client_as(world.ji).get(f"/customer/finance/invoice-pdf/{number}/en").status_code == 404


def test_hours_become_cost_and_the_margin_is_one_on_all_pages(
    world, invoice_of, act_as, records_as, client_as, postings, make_record, weft_runtime, claim_of
):
    make_record("projects.rate", person=world.xu, rate={"amount": "80.00", "currency": "EUR"}, valid_from="2020-01-01")
    with records_as(world.xu, write=True) as records:
        entry = records.create("projects.time_entry", {"project": world.project, "day": world.today, "hours": "5"}).id
        records.act("projects.time_entry.submit", entry, {})
    act_as(world.anneke, "projects.time_entry.approve", entry)
    Worker(weft_runtime, threads=1).run_due()
    Worker(weft_runtime, threads=1).run_due()
    (posted,) = postings(source=entry)
    assert posted["amount"] == Money(Decimal("400.00"), "EUR") and posted["customer"].id == world.haverdijk
    number = invoice_of(world.haverdijk, "333.34", project=world.project)
    act_as(world.tang, f"{INVOICE}.issue", number)
    for address in (
        "/employee/finance/margin", "/employee/finance/margin?by=project",
        f"/employee/crm/accounts/{world.haverdijk}?tab=slot:finance.money",
        f"/employee/projects/projects/{world.project}?tab=slot:finance.project_money",
    ):  # fmt: skip
        page = client_as(world.tang).get(address).text
        assert "600" in page and "400" in page and "1,000" in page, address
    assert "Haverdijk" in client_as(world.lu).get("/employee/finance/margin").text
    assert "Haverdijk" not in client_as(world.other).get("/employee/finance/margin").text
    assert client_as(world.maud).get("/employee/finance/ageing").status_code == 200
    act_as(world.anneke, "projects.time_entry.send_back", entry, why="Wrong day")
    Worker(weft_runtime, threads=1).run_due()
    Worker(weft_runtime, threads=1).run_due()
    assert sum(row["amount"].amount for row in postings(source=entry)) == 0


@pytest.mark.both_databases
def test_a_cost_limit_counts_what_is_on_its_way(world, records_as, claim_of, act_as, client_as, postings):
    from weft.plugins.finance.services import budgets

    with records_as(world.tang, write=True) as records:
        budget = records.create("finance.budget", {"name": "Haverdijk", "charged_to": world.haverdijk,
                                                   "amount": {"amount": "5000.00", "currency": "EUR"},
                                                   "starts_on": "2026-01-01"}).id  # fmt: skip
    number = claim_of(world.xu, [("rent", "CNY", "21000.00", world.project)])
    page = client_as(world.xu).get(f"/employee/finance/expenses/{number}").text
    assert "Tang Yimo" not in page  # it fits
    act_as(world.xu, "finance.claim.submit", number)
    with records_as(world.tang) as records:
        use = budgets.usage(records, records.get("finance.budget", budget))
    assert use.reserved == Money(Decimal("2625.00"), "EUR") and use.booked.amount == 0  # 21,000 / 8
    assert use.available == Money(Decimal("2375.00"), "EUR") and use.reserves[0].record == number
    more = claim_of(world.xu, [("rent", "CNY", "24000.00", world.project)])
    page = client_as(world.xu).get(f"/employee/finance/expenses/{more}").text
    assert "2,375.00" in page and "3,000.00" in page and "Tang Yimo" in page
    assert "2,625" in client_as(world.tang).get("/employee/finance/budget-use").text


@pytest.fixture
def bill_of(records_as, world):
    """``bill_of("R-1", "CNY", unit=..)``: a bill of 100 net and 13 tax, with one share; its id."""

    def make(number, code, **shared):
        money = {"net": "100.00", "tax": "13.00", "gross": "113.00"}
        with records_as(world.tang, write=True) as records:
            bill = records.create("finance.bill", {
                "bill_no": number, "supplier": world.shuohe, "due_on": "2026-04-30",
                **{name: {"amount": text, "currency": code} for name, text in money.items()}}).id  # fmt: skip
            records.create("finance.bill_share", {"bill": bill, **shared})
            return bill

    return make


def tile_of(client, key):
    """A tile as it stands on the home page."""
    page = client.get("/employee/").text
    return re.search(rf'<article class="wf-tile[^"]*" data-tile="{key}".*?</article>', page, re.DOTALL)[0]


@pytest.mark.both_databases
def test_bills_are_to_be_paid_in_whatever_currency_they_are(world, bill_of, act_as, client_as, weft_runtime):
    day = world.today - timedelta(days=2)
    with weft_runtime.db.write() as connection:
        rates.set_rates(connection, [rates.Rate(code, day, Decimal(9), "test") for code in ("GBP", "USD")])
    desk = client_as(world.tang)
    for code in ("GBP", "USD"):
        act_as(world.tang, "finance.bill.accept", bill_of(f"R-{code}", code, for_unit=world.unit))
    asked, tile = desk.get("/employee/finance/collect").text, tile_of(desk, "finance.to_pay_tile")
    for code in ("GBP", "USD"):
        assert f"{code} (1 to pay)" in asked and f"collect?currency={code}" in tile
    assert "CNY (0 to pay)" in asked and "EUR" not in asked  # the own one is always offered
    desk.post("/employee/finance/collect", data={"currency": "GBP", "pay_on": "2026-03-20"})
    assert "GBP" not in desk.get("/employee/finance/collect").text


@pytest.fixture
def budget_of(records_as, world):
    """``budget_of("This year", first day, last day or None, for_unit=..)``: a budget of 5,000 CNY; its id."""

    def make(name, first, last=None, **values):
        with records_as(world.tang, write=True) as records:
            days = {"starts_on": first, **({"ends_on": last} if last else {})}
            money = {"amount": "5000.00", "currency": "CNY"}
            return records.create("finance.budget", {"name": name, "amount": money, **days, **values}).id

    return make


def test_budget_tiles_show_whole_budgets_of_today(world, budget_of, client_as):
    day, far = timedelta(days=1), timedelta(days=90)
    held = {"first": world.today - far, "last": world.today + far, "for_unit": world.unit}
    running = [budget_of(f"Now {number}", **held) for number in "123"]
    limit = budget_of("Limit", world.today, world.today, charged_to=world.project)
    others = [
        budget_of(f"Not now {first}", first, last, **whose)
        for first, last in ((world.today + day, None), (world.today - far, world.today - day))
        for whose in ({"for_unit": world.unit}, {"charged_to": world.project})
    ]
    tile = tile_of(client_as(world.emeric), "finance.unit_budget")
    shown = [int(one) for one in re.findall(r"/budgets/(\d+)", tile)]
    assert shown and not set(shown) & {*others, limit}
    assert {shown.count(one) for one in shown} == {3} and set(shown) <= set(running)
    for label in ("Booked, net", "Reserved, net", "Available, net"):
        assert tile.count(f">{label}<") == len(set(shown))
    assert len(set(shown)) == 2 and "Now 1" in tile and "Now 2" in tile
    tile = tile_of(client_as(world.anneke), "finance.lead_budget")
    assert f"/budgets/{limit}" in tile and not any(f"/budgets/{one}" in tile for one in others)


def test_a_bill_is_reserved_in_the_budget_of_its_day_only(world, records_as, bill_of, budget_of):
    from weft.plugins.finance.services import budgets

    year = timedelta(days=365)
    this = budget_of("This year", world.today - timedelta(days=9), world.today + year, charged_to=world.project)
    last = budget_of("Last year", world.today - year, world.today - timedelta(days=10), charged_to=world.project)
    bill = bill_of("R-7", "CNY", charged_to=world.project)
    with records_as(world.tang) as records:
        uses = [budgets.usage(records, records.get("finance.budget", one)) for one in (this, last)]
    assert [[one.record for one in use.reserves] for use in uses] == [[bill], []]
    assert [use.reserved.amount for use in uses] == [Decimal("100.00"), Decimal(0)]


def test_a_batch_pays_claims_and_bills(world, claim_of, act_as, records_as, client_as, row_of):
    claim = claim_of(world.xu, [("taxi", "CNY", "90.00", None)])
    with records_as(world.xu, write=True) as records:
        payee = records.create("finance.payee", {"holder": "Xu Tinglan", "account": "6222 0000 1111"}).id
    act_as(world.tang, "finance.payee.confirm", payee, note="Called back")
    act_as(world.xu, "finance.claim.submit", claim)
    act_as(world.emeric, "finance.claim.agree", claim)
    act_as(world.tang, "finance.claim.agree", claim)
    money = {"net": "100.00", "tax": "13.00", "gross": "113.00"}
    with records_as(world.tang, write=True) as records:
        bill = records.create("finance.bill", {
            "bill_no": "R-1", "supplier": world.shuohe, "due_on": "2026-04-30",
            **{name: {"amount": text, "currency": "CNY"} for name, text in money.items()}}).id  # fmt: skip
        records.create("finance.bill_share", {"bill": bill, "for_unit": world.unit})
        records.act("finance.bill.accept", bill, {})
    desk = client_as(world.tang)
    asked = desk.get("/employee/finance/collect").text
    assert "2 to pay" in asked and 'action="/employee/finance/collect"' in asked  # and not the plain form of a record
    answer = desk.post("/employee/finance/collect", data={"currency": "CNY", "pay_on": "2026-03-20"})
    batch = int(answer.headers["Location"].rsplit("/", 1)[-1])
    row = row_of("finance.batch", batch)
    assert (row["serial"], row["total"], row["payments"]) == ("PB-00001", Money(Decimal("203.00"), "CNY"), 2)
    assert row_of("finance.bill", bill)["expected_on"].isoformat() == "2026-03-20"
    text = desk.get(f"/employee/finance/bank-file/{batch}/csv").data.decode("utf-8-sig")
    assert "6222 0000 1111" in text and "113.00" in text
    with records_as("system", write=True) as records:
        records.connection  # noqa: B018  (the setting is written as Settings does)
        from weft.core.identity import company

        company.set_value(records.connection, "setting:finance.bank_account", "ＮＬ02 ABNA 0123 4567 89")
    xml = desk.get(f"/employee/finance/bank-file/{batch}/xml").data
    assert b"<CtrlSum>203.00</CtrlSum>" in xml and b"NL91ABNA0417164300" in xml
    assert b"<IBAN>NL02ABNA0123456789</IBAN>" in xml  # full-width letters are plain ones at the bank
    act_as(world.tang, "finance.batch.pay", batch)
    assert {row_of("finance.claim", claim)["status"], row_of("finance.bill", bill)["status"]} == {"paid"}
    assert "Paid on" in client_as(world.jin).get(f"/supplier/finance/bills/{bill}").text
    assert desk.post("/employee/finance/collect", data={"currency": "CNY", "pay_on": "2026-03-20"}).status_code == 422
