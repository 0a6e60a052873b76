"""The end of a month: accounts for repayment, reminders, rates, closing and opening again."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

import pytest
from sqlalchemy import text
from werkzeug.datastructures import FileStorage
from werkzeug.test import stream_encode_multipart

from weft.core.identity import rights
from weft.core.sdk import Denied, NotFound, ValidationFailed
from weft.plugins.finance.services import months, payees, reminders

pytestmark = pytest.mark.weft_plugins(
    "crm", "projects", "finance", "portal_employee", "portal_customer", "portal_supplier"
)
PAYEE, MONTH, INVOICE, REMINDER = "finance.payee", "finance.month", "finance.invoice", "finance.reminder"


@pytest.fixture
def enter(records_as):
    """``enter(who, "6222 0000")`` enters an account for repayment; returns its id."""

    def run(who, account):
        with records_as(who, write=True) as records:
            return records.create(PAYEE, {"holder": "Xu Tinglan", "account": account}).id

    return run


@pytest.fixture
def overdue(records_as, act_as, world):
    """An invoice of Haverdijk that is 41 days overdue; its id."""
    with records_as(world.tang, write=True) as records:
        number = records.create(
            INVOICE,
            {"name": "Loggers", "name_alt": "记录仪", "customer": world.haverdijk, "days": 30, "currency": "EUR"},
        ).id
        records.create(
            "finance.invoice_line", {"text": "12 loggers", "invoice": number, "price": "1000", "tax_rate": 21}
        )
    act_as(world.tang, f"{INVOICE}.issue", number, day=world.today - timedelta(days=71))
    return number


def test_an_account_is_confirmed_by_somebody_else_of_finance(world, enter, act_as, row_of, records_as):
    first = enter(world.xu, "6222 0200 1111")
    with records_as("system") as system:
        assert payees.accounts_of(system, [world.xu]) == {}
    with pytest.raises(ValidationFailed):
        act_as(world.tang, f"{PAYEE}.confirm", first)  # without how it was made sure
    act_as(world.tang, f"{PAYEE}.confirm", first, note="Called back on 0512")
    own = enter(world.tang, "6222 9999 0000")
    with pytest.raises(Denied, match="own account"):
        act_as(world.tang, f"{PAYEE}.confirm", own, note="It is mine")
    act_as(world.kong, f"{PAYEE}.confirm", own, note="Seen the card")
    second = enter(world.xu, "6222 0200 2222")
    with records_as("system") as system:
        assert payees.accounts_of(system, [world.xu]) == {world.xu: "6222 0200 1111"}
    act_as(world.kong, f"{PAYEE}.confirm", second, note="Called back on 0512")
    with records_as("system") as system:
        assert payees.accounts_of(system, [world.xu, world.tang]) == {
            world.xu: "6222 0200 2222", world.tang: "6222 9999 0000"}  # fmt: skip
    assert row_of(PAYEE, first)["status"] == "replaced"


def test_an_account_is_read_by_its_person_and_finance_only(world, enter, records_as, client_as):
    number = enter(world.xu, "NL91ABNA0417164300")
    for reader in (world.emeric, world.shen, world.anneke, world.other):
        assert client_as(reader).get(f"/employee/finance/payees/{number}").status_code == 404
        with records_as(reader) as records, pytest.raises(NotFound):
            records.get(PAYEE, number)
    for reader in (world.xu, world.tang):
        assert "NL91ABNA0417164300" in client_as(reader).get(f"/employee/finance/payees/{number}").text
    with records_as(world.xu, write=True) as records, pytest.raises(Denied):
        records.update(PAYEE, number, {"account": "NL00OTHER123456"}, version=None)
    with records_as(world.xu, write=True) as records, pytest.raises(ValidationFailed, match="letters and digits"):
        records.create(PAYEE, {"holder": "Xu", "account": "=1+1"})


def test_a_deputy_neither_reads_nor_changes_the_account_of_whom_they_act_for(
    world, enter, act_as, records_as, client_as, claim_of, weft_runtime
):
    number = enter(world.xu, "NL91ABNA0417164300")
    start = world.clock()
    with weft_runtime.db.write() as connection:
        for deputy in (world.other, world.tang):
            rights.add_deputy(
                connection, world.xu, deputy, valid_from=start, valid_to=start + timedelta(days=2), now=start
            )
    claim = claim_of(world.xu, [("taxi", "CNY", "60.00", None)])
    page = client_as(world.other).get(f"/employee/finance/expenses/{claim}")
    assert page.status_code == 200 and "…4300" not in page.text  # what waits there is the deputy's to see, not this
    assert client_as(world.other).get(f"/employee/finance/payees/{number}").status_code == 404
    with records_as(world.other) as records, pytest.raises(NotFound):
        records.get(PAYEE, number)
    with records_as(world.other, write=True) as records:
        entered = records.create(PAYEE, {"holder": "Xu Tinglan", "account": "6222 0200 3333"}).id
    with records_as("system") as system:
        assert system.get(PAYEE, entered)["owner"].id == world.other
    with pytest.raises(Denied, match="act for"):
        act_as(world.tang, f"{PAYEE}.confirm", number, note="They told me")
    act_as(world.kong, f"{PAYEE}.confirm", number, note="Called back on 0512")
    with records_as("system") as system:
        assert payees.accounts_of(system, [world.xu]) == {world.xu: "NL91ABNA0417164300"}


def test_an_account_number_is_kept_in_the_letters_and_digits_banks_know(world, enter, records_as):
    number = enter(world.xu, "６２２２　０２００ 1111")  # as Chinese keyboards type them
    with records_as(world.xu) as records:
        assert records.get(PAYEE, number)["account"] == "6222 0200 1111"
    wrong = ("٦٢٢٢٠٢٠٠١١١١", "622202001²³", "6222020011ⅻÄ", "NL91ÄBNA0417164300", "6222\u200b02001111", "工商银行6222")
    for typed in wrong:
        with records_as(world.xu, write=True) as records, pytest.raises(ValidationFailed) as refused:
            records.create(PAYEE, {"holder": "Xu", "account": typed})
        assert [error.field for error in refused.value.errors] == ["account"], typed


def test_a_closed_month_is_opened_again_by_who_may_and_all_before_stays_closed(
    world, weft_cast, records_as, act_as, weft_runtime
):
    boss = weft_cast.user("finance.officer", "finance.reopener", name="Boss of books")
    with records_as(world.tang, write=True) as records:
        january = records.create(MONTH, {"first_day": "2026-01-15", "reason": "January is sent"}).id
        february = records.create(MONTH, {"first_day": "2026-02-11", "reason": "February is sent"}).id
    with pytest.raises((Denied, NotFound)):
        act_as(world.tang, f"{MONTH}.reopen", february, why="A bill came late")
    with pytest.raises(ValidationFailed, match="February 2026 is closed too: open that month first"):
        act_as(boss, f"{MONTH}.reopen", january, why="A bill came late")
    act_as(boss, f"{MONTH}.reopen", february, why="A bill came late")
    with records_as(world.tang) as records:
        assert months.first_open_day(records) == date(2026, 2, 1)
        months.check_open(records, date(2026, 2, 27))
        with pytest.raises(ValidationFailed, match="January is sent"):
            months.check_open(records, date(2026, 1, 31))
    with pytest.raises(ValidationFailed, match="already"):
        act_as(boss, f"{MONTH}.reopen", february, why="Again")
    with records_as(world.tang, write=True) as records:
        records.create(MONTH, {"first_day": "2026-02-11", "reason": "Now really"})
        assert months.first_open_day(records) == date(2026, 3, 1)
    with weft_runtime.db.read() as connection:
        noted = connection.execute(text("SELECT changes FROM journal WHERE action = 'month.reopen'")).scalars().all()
    assert len(noted) == 1 and "A bill came late" in str(noted[0])


def test_months_closed_one_after_the_other_are_opened_again_from_the_last_one(world, weft_cast, records_as, act_as):
    boss = weft_cast.user("finance.officer", "finance.reopener", name="Boss of books")

    def first_open():
        with records_as(world.tang) as records:
            return months.first_open_day(records)

    with records_as(world.tang, write=True) as records:
        december = records.create(MONTH, {"first_day": "2025-12-01", "reason": "December is sent"}).id
        january = records.create(MONTH, {"first_day": "2026-01-01", "reason": "January is sent"}).id
    act_as(boss, f"{MONTH}.reopen", january, why="A bill came late")
    act_as(boss, f"{MONTH}.reopen", december, why="Another one, from December")
    assert first_open() == date(2025, 12, 1)
    with records_as(world.tang) as records:
        months.check_open(records, date(2025, 12, 31))
        with pytest.raises(ValidationFailed, match=r"November 2025 is closed \(December is sent\)"):
            months.check_open(records, date(2025, 11, 30))
    with records_as(world.tang, write=True) as records:
        february = records.create(MONTH, {"first_day": "2026-02-01", "reason": "All of the winter"}).id
    act_as(boss, f"{MONTH}.reopen", february, why="Not yet")
    assert first_open() == date(2026, 2, 1), "December and January were closed together with February"


def test_a_month_closed_together_with_a_later_one_is_closed_by_itself_once_that_is_opened(
    world, weft_cast, records_as, act_as
):
    boss = weft_cast.user("finance.officer", "finance.reopener", name="Boss of books")
    with records_as(world.tang, write=True) as records:
        february = records.create(MONTH, {"first_day": "2026-02-01", "reason": "Both are sent"}).id
    act_as(boss, f"{MONTH}.reopen", february, why="A bill came late")
    with records_as(boss) as records:
        rows = records.query(
            MONTH, fields=("name", "reason", "owner"), filters={"reopened_on__isnull": "true"}, limit=5
        ).rows
    assert [(row["name"], row["reason"], row["owner"].id) for row in rows] == [
        ("January 2026", "Both are sent", world.tang)
    ]
    act_as(boss, f"{MONTH}.reopen", rows[0].id, why="And one of January")
    with records_as(world.tang) as records:
        assert months.first_open_day(records) == date(2026, 1, 1)


def test_reminders_of_three_levels_one_a_week_at_most(world, overdue, act_as, row_of, records_as):
    act_as(world.tang, f"{INVOICE}.remind", overdue)
    with pytest.raises(ValidationFailed, match="one a week at most"):
        act_as(world.kong, f"{INVOICE}.remind", overdue)
    assert row_of(INVOICE, overdue)["reminders"] == 1
    with records_as(world.lieke) as records:
        (sent,) = records.query(
            REMINDER, fields=("level", "days", "text", "text_alt"), filters={"invoice": overdue}
        ).rows
    assert (sent["level"], sent["days"]) == (1, 41)
    assert "EUR 1,210.00" in sent["text"] and "EUR 1,210.00" in sent["text_alt"] and "到期" in sent["text_alt"]
    world.clock.move(days=7)
    act_as(world.tang, f"{INVOICE}.remind", overdue)
    world.clock.move(days=7)
    act_as(world.tang, f"{INVOICE}.remind", overdue)
    with records_as(world.tang) as records:
        rows = records.query(REMINDER, fields=("level", "text"), filters={"invoice": overdue}, sort="id").rows
    assert [row["level"] for row in rows] == [1, 2, 3] and "last reminder" in rows[2]["text"]
    with records_as(world.tang, write=True) as records:
        fresh = records.create(INVOICE, {"name": "Spares", "customer": world.haverdijk}).id
        records.create("finance.invoice_line", {"text": "Spares", "invoice": fresh, "price": "100"})
    act_as(world.tang, f"{INVOICE}.issue", fresh)
    with pytest.raises(ValidationFailed, match="not overdue"):
        act_as(world.tang, f"{INVOICE}.remind", fresh)


def test_the_job_reminds_where_the_company_wants_it(world, overdue, records_as, row_of, weft_runtime):
    from weft.core.identity import company

    with records_as("system", write=True) as records:
        assert reminders.remind_due(records) == 0
        company.set_value(records.connection, "setting:finance.remind", True)
    company.forget(weft_runtime)
    with records_as("system", write=True) as records:
        assert reminders.remind_due(records) == 1
        assert reminders.remind_due(records) == 0
    world.clock.move(days=8)
    with records_as("system", write=True) as records:
        assert reminders.remind_due(records) == 1
    assert row_of(INVOICE, overdue)["reminders"] == 2


def test_the_page_of_the_month_end_loads_rates_and_names_a_faulty_line(world, client_as, claim_of):
    desk = client_as(world.tang)
    page = desk.get("/employee/finance/month-end").text
    assert "Still open" in page and "No hours written" in page and "Xu Tinglan" in page
    assert client_as(world.xu).get("/employee/finance/month-end").status_code == 404

    def send(content):
        data = {"file": (BytesIO(content.encode()), "rates.csv")}
        return desk.post("/employee/finance/month-end/rates", data=data, content_type="multipart/form-data")

    day = world.today - timedelta(days=1)
    answer = send(f"Date,CNY,USD\n{day},7.9,1.1\n{day - timedelta(days=1)},abc,1.1\n")
    assert answer.status_code == 422 and "Line 3" in answer.text
    assert send(f"Date,CNY,USD\n{day},7.9,1.1\n").status_code in (302, 303)
    assert "7.9" in desk.get("/employee/finance/month-end").text


def test_the_whole_history_of_the_central_banks_rates_is_loaded_at_once(world, client_as):
    desk, address = client_as(world.tang), "/employee/finance/month-end/rates"

    def send(content):
        data = {"file": FileStorage(BytesIO(content.encode()), "eurofxref-hist.csv")}
        body, _size, boundary = stream_encode_multipart(data, use_tempfile=False)
        return desk.post(address, data=body.read(), content_type=f"multipart/form-data; boundary={boundary}")

    more = ["USD", *(f"X{number:02}" for number in range(40))]  # currencies that are none are passed over
    lines = [f"Date,CNY,{','.join(more)}"]
    lines += [f"{world.today - timedelta(days=number)},7.9{',1.09876' * len(more)}" for number in range(1, 4001)]
    content = "\n".join(lines)
    assert 1024 * 1024 < len(content) < 5 * 1024 * 1024
    answer = send(content)
    assert answer.status_code in (302, 303), answer.status
    assert "8,000 rates loaded" in desk.get("/employee/finance/month-end").text
    too_large = send(content * 5)
    assert too_large.status_code == 422 and "at most 5 MB" in too_large.text


def test_a_suppliers_new_bank_account_is_confirmed_by_finance_with_a_note(world, weft_cast, records_as, row_of):
    from weft.core.records import confirming

    admin = weft_cast.user("portal_supplier.admin", name="Jin Xubai", anchors=[world.shuohe])
    with records_as("system", write=True) as records:
        records.assign("crm.account", world.shuohe, owner=world.lu)
    with records_as(admin, write=True) as records:
        records.update("crm.account", world.shuohe, {"bank_account": "NL00NEW0000000001"}, version=None)
    with records_as(world.lu) as records:
        assert confirming.waiting_for(records) == []  # whoever looks after the supplier does not confirm it
    with records_as(world.tang, write=True) as records:
        (asked,) = confirming.waiting_for(records)
        with pytest.raises(ValidationFailed, match="call back"):
            confirming.confirm(records, asked.id)
    assert row_of("crm.account", world.shuohe)["bank_account"] == "NL91ABNA0417164300"
    with records_as(world.tang, write=True) as records:
        confirming.confirm(records, asked.id, "Called back on 0574")
    assert row_of("crm.account", world.shuohe)["bank_account"] == "NL00NEW0000000001"
    with records_as(world.tang, write=True) as records, pytest.raises(ValidationFailed, match="may not change"):
        records.update("crm.account", world.shuohe, {"name": "Mine"}, version=None)
