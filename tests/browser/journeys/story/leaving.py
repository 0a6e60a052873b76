"""S2 in the browser: the rep leaves; the manager hands all customers over, takes it back, does it again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import expect
from sqlalchemy import text

from tests.browser.journeys.story.hands import FIRM, Story

HANDOVER = "/employee/crm/hand-over"


def the_rep_is_about_to_leave(s: Story) -> int:
    """S2.1: HR notes the last day; whoever heads her has the hand-over in To do; returns how many customers."""
    lin = s.company.people["sales"]
    mine = s.counted("sales", "crm/accounts", "owner=me")
    file = s.scalar("SELECT id FROM hrm_employee WHERE user = :id", id=lin)
    last = (datetime.now(UTC) + timedelta(days=14)).date().isoformat()
    s.act("hr", f"/employee/hrm/employees/{file}", "leave", last_day=last)
    head = s.scalar(
        "SELECT r.owner_id FROM hrm_step h JOIN record r ON r.id = h.id WHERE h.page = :page",
        page=f"{HANDOVER}?from={lin}",
    )
    who = next(name for name, number in s.company.people.items() if number == head)
    page = s.go(s.page(who), "/employee/todo/")
    expect(page.locator(f"main a[href='{HANDOVER}?from={lin}']").first).to_be_attached()
    assert s.counted("sales", "crm/accounts", "owner=me") == mine  # her rights stay
    return mine


def the_customers_are_handed_over(s: Story, number: int) -> None:
    """S2.2 to 4: 20 to Su, 2 to the pool, the rest to Jian; nothing left out; undone, and done again."""
    pool = s.scalar("SELECT id FROM crm_pool WHERE code LIKE 'c%n%' OR label_en = 'China' ORDER BY id LIMIT 1")
    pooled = s.counted("manager", "crm/accounts", f"pool={pool}")
    before = {who: s.counted("manager", "crm/accounts", f"owner={s.company.people[who]}") for who in ("su", "jian")}
    page = _apply(s, number, pool)
    assert _left(s) == 0
    assert s.counted("manager", "crm/accounts", f"pool={pool}") == pooled + 2
    for who, more in (("su", 20), ("jian", number - 22)):
        assert s.counted("manager", "crm/accounts", f"owner={s.company.people[who]}") == before[who] + more
    home = s.go(s.page("su"), "/employee/")
    expect(home.locator("[data-arrived]").filter(has_text=s.name("sales")).first).to_be_visible()
    change = s.scalar("SELECT max(change_set) FROM notice WHERE user_id = :id", id=s.company.people["su"])
    with s.company.records("manager", write=True) as records:
        records.undo(change)
    s.company.settle()
    assert _left(s) == number
    assert s.counted("manager", "crm/accounts", f"pool={pool}") == pooled
    notices = s.go(s.page("su"), "/employee/notices/")
    expect(notices.locator("main")).to_contain_text(s.words("core", "Taken back: %(notice)s", notice="").strip())
    page = _apply(s, number, pool)
    assert _left(s) == 0
    owner = s.scalar("SELECT owner_id FROM record WHERE id = :id", id=s.account)
    assert s.scalar("SELECT owner_id FROM record WHERE id = :id", id=s.contract) == owner
    card = s.go(page, f"/employee/crm/accounts/{s.account}")
    expect(card.locator("#wf-timeline")).to_contain_text(FIRM)
    successor = next(name for name, number in s.company.people.items() if number == owner)
    guest = s.go(s.guest("orla"), "/customer/")
    expect(guest.locator("body")).to_contain_text(s.name(successor))


def _apply(s: Story, number: int, pool: int) -> Any:
    lin, people = s.company.people["sales"], s.company.people
    page = s.go(s.page("manager"), f"{HANDOVER}?from={lin}")
    mine = str(s.account)
    others = [one for one in page.locator("input[name=ticked]").evaluate_all("all => all.map(e => e.value)")
              if one != mine]  # fmt: skip
    assert len(others) == number - 1
    for to, ticked in ((f"person:{people['su']}", [mine, *others[:19]]), (f"pool:{pool}", others[19:21])):
        for one in ticked:
            page.locator(f"input[name=ticked][value='{one}']").check()
        _press(page, to, "ticked")
    _press(page, f"person:{people['jian']}", "rest")
    expect(page.locator("[data-adds-up]")).to_contain_text(f"= {number}")
    expect(page.locator("[data-adds-up]")).to_contain_text(s.words("crm", "nothing left out"))
    assert _left(s) == number  # nobody sees a change yet
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.locator("button[name=do][value=apply]").click()
    page.wait_for_load_state("networkidle")
    s.company.settle()
    return page


def _press(page: Any, to: str, do: str) -> None:
    page.locator("select[name=to]").select_option(to)
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.locator(f"button[name=do][value={do}]").click()
    page.wait_for_load_state("networkidle")


def _left(s: Story) -> int:
    return int(s.scalar("SELECT count(*) FROM crm_account a JOIN record r ON r.id = a.id"
                        " WHERE r.owner_id = :id AND r.deleted_at IS NULL", id=s.company.people["sales"]))  # fmt: skip


def the_list_is_worked_off(s: Story) -> None:
    """S2.5: whoever has a step of her leaving does it; handing over is ticked by what was handed over."""
    sql = text(
        "SELECT h.id, r.owner_id FROM hrm_step h JOIN record r ON r.id = h.id JOIN hrm_checklist l ON l.id = h.list"
        " WHERE h.person = :id AND l.kind = 'leaving' AND h.status = 'todo' AND h.page IS NULL"
    )
    with s.company.runtime.db.read() as connection:
        steps = list(connection.execute(sql, {"id": s.company.people["sales"]}))
    assert steps
    for step, owner in steps:
        who = next(name for name, number in s.company.people.items() if number == owner)
        s.act(who, f"/employee/hrm/steps/{step}", "tick")


def the_last_day_passes(s: Story) -> None:
    """S2.5: with a moved clock her session ends, her account is closed, the list is done; the past stays hers."""
    lin = s.company.people["sales"]
    runtime, told = s.company.runtime, s.company.runtime.clock
    runtime.clock = lambda: told() + timedelta(days=15)
    try:
        s.company.settle()
        runtime.clock = lambda: told() + timedelta(days=16)
        s.company.settle()
        page = s.page("sales")
        page.goto(f"{s.company.url}/employee/")
        assert "/auth/" in page.url
    finally:
        runtime.clock = told
    assert s.scalar("SELECT active FROM app_user WHERE id = :id", id=lin) == 0
    assert s.scalar("SELECT status FROM hrm_employee WHERE user = :id", id=lin) == "left"
    assert s.scalar("SELECT closed_owner FROM crm_opportunity WHERE id = :id", id=s.deal) == lin
    with runtime.db.read() as connection:
        status = connection.execute(text("SELECT status FROM hrm_checklist WHERE kind = 'leaving' AND person = :id"),
                                    {"id": lin}).scalars().all()  # fmt: skip
    assert status == ["done"]
    card = s.go(s.page("manager"), f"/employee/crm/accounts/{s.account}")
    expect(card.locator("#wf-timeline")).to_contain_text(s.name("sales"))
