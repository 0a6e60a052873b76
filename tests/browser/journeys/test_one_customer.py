"""S4: one customer, a rep and an agent: joint work, an import that makes a double, merging it and taking that back."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

CORE = {"domain": "core"}
FIRM, PHONE = "霁岚园区水务有限公司", "+86 512 5550 7701"
LISTED = "/distributor/crm/accounts/?role=customer&layout=table"


def goto(page: Any, company: Any, path: str) -> Any:
    """Open an address and let it settle."""
    answer = page.goto(company.url + path)
    page.wait_for_load_state("networkidle")
    return answer


class Story:
    """What the database says beside the screen."""

    def __init__(self, company: Any) -> None:
        self.company = company
        self.jilan = int(self.scalar("SELECT id FROM crm_account WHERE name = 'Jilan Park Water'"))

    def scalar(self, sql: str, **values: Any) -> Any:
        with self.company.runtime.db.read() as connection:
            return connection.execute(text(sql), values).scalar()

    def held(self, account: int) -> tuple[int, int, int]:
        """Contacts, activities and registrations of an account."""
        return tuple(
            int(self.scalar(f"SELECT count(*) FROM {table} WHERE account = :id AND deleted_at IS NULL", id=account))
            for table in ("crm_contact", "crm_activity", "crm_registration")
        )  # type: ignore[return-value]

    def protection(self) -> Any:
        return self.scalar("SELECT protected_until FROM crm_registration WHERE account = :id", id=self.jilan)


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_a_rep_and_an_agent_share_a_customer_and_a_double_is_merged_twice(
    visit: Any, company: Any, say: Any, tmp_path: Path, locale: str
) -> None:
    story = Story(company)
    with company.records("manager", write=True) as records:
        records.update("crm.account", story.jilan, {"phone": PHONE}, version=None)
    agent = visit("agent", LISTED, locale=locale)
    count = agent.locator("tbody tr[data-id]").count()
    until = story.protection()

    # 2: joint work; the rep reads and cannot own, the agent is told who helps
    manager = visit("manager", "/employee/crm/customer-requests/", locale=locale)
    manager.locator("tbody tr[data-id] a", has_text="霁岚").first.click()
    manager.wait_for_load_state("networkidle")
    manager.locator(f".wf-path li[title='{say(locale, 'Work on it together')}'] button").click()
    expect(manager.locator("#wf-toast")).to_contain_text(say(locale, "Both work on it now"))
    rep = visit("sales", f"/employee/crm/accounts/{story.jilan}", locale=locale)
    expect(rep.locator("h1")).to_contain_text("霁岚" if locale == "zh" else "Jilan")
    expect(rep.locator(f"a[href$='/accounts/{story.jilan}/edit']")).to_have_count(0)
    goto(agent, company, "/distributor/notices/")
    expect(agent.locator("#wf-page")).to_contain_text("林疏桐" if locale == "zh" else "Lin Shutong")

    # 3: a list with the firm: the dry run warns, it is created all the same, Duplicates shows the pair and why
    file = tmp_path / "list.csv"
    file.write_text(f"name,phone,website\n{FIRM},{PHONE},jilan.example\n", encoding="utf-8")
    goto(manager, company, "/employee/crm/accounts/import")
    manager.locator("input[type=file]").set_input_files(str(file))
    manager.locator("form[action$='/import'] button[type=submit]").first.click()
    manager.wait_for_selector("form.wf-import")
    expect(manager.locator("form.wf-import")).to_contain_text(re.compile("Lingtang|岭棠"))
    manager.locator("button[name=go][value=run]").click()
    manager.wait_for_url(re.compile(r"/import/\d+$"))
    company.settle()
    double = int(story.scalar("SELECT id FROM crm_account WHERE name = :name", name=FIRM))
    goto(manager, company, "/employee/crm/duplicates/?status=open")
    pair = manager.locator("tbody tr[data-id]", has_text=FIRM)
    expect(pair).to_have_count(1)
    for reason in ("Name", "Phone"):
        expect(pair).to_contain_text(say(locale, reason))
    with company.records("manager", write=True) as records:
        records.create("crm.contact", {"name": "Ji Huaiyuan", "account": double})
    goto(agent, company, LISTED)
    expect(agent.locator("tbody tr[data-id]")).to_have_count(count)

    # 4: merged side by side: one record with what both had; the old address leads to it; the agent sees one row
    before = story.held(story.jilan), story.held(double)
    merge(manager, company, story.jilan, double)
    assert story.held(story.jilan) == tuple(a + b for a, b in zip(*before, strict=True))
    assert goto(manager, company, f"/employee/crm/accounts/{double}").url.rstrip("/").endswith(str(story.jilan))
    goto(agent, company, LISTED)
    expect(agent.locator("tbody tr[data-id]")).to_have_count(count)
    assert story.protection() == until
    company.settle()
    for name in ("Jilan", "霁岚"):
        goto(manager, company, f"/employee/search/?q={name}")
        expect(manager.locator(f"main a[href$='/accounts/{story.jilan}']").first).to_be_visible()

    # 5: two again, each with what it had; then merged again
    merge_undone(manager, company, story, say, locale)
    assert (story.held(story.jilan), story.held(double)) == before
    answer = goto(manager, company, f"/employee/crm/accounts/{double}")
    assert answer.status == 200 and answer.url.rstrip("/").endswith(str(double))
    merge(manager, company, story.jilan, double)
    assert story.held(story.jilan) == tuple(a + b for a, b in zip(*before, strict=True))


def merge(page: Any, company: Any, keep: int, drop: int) -> None:
    """Make one of two on the page that shows both."""
    goto(page, company, f"/employee/crm/accounts/merge?keep={keep}&drop={drop}")
    page.locator("form.wf-merge button[type=submit]").click()
    page.wait_for_url(re.compile(rf"/accounts/{keep}(\?.*)?$"))
    expect(page.locator("#wf-toast")).to_be_visible()


def merge_undone(page: Any, company: Any, story: Story, say: Any, locale: str) -> None:
    """Take the merge back from the history of the record."""
    goto(page, company, f"/employee/crm/accounts/{story.jilan}?tab=history")
    page.get_by_role("button", name=say(locale, "Undo", **CORE)).or_(
        page.get_by_role("link", name=say(locale, "Undo", **CORE))
    ).first.click()
    expect(page.locator("#wf-toast")).to_be_visible()
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("locale", ["zh"])
def test_the_protection_ends_the_day_after(visit: Any, company: Any, say: Any, locale: str) -> None:
    """S4.6: D+55: the registration has expired, agent and manager are told."""
    story = Story(company)
    clock = company.runtime.clock
    for days in (56, 57):  # the night's work is planned on the first day and done on the next
        company.runtime.clock = lambda days=days: clock() + timedelta(days=days)
        company.settle()
    with company.records("agent") as records:
        row = records.query("crm.registration", filters={"account": str(story.jilan)}).rows[0]
    assert row["status"] == "expired"
    company.runtime.clock = clock
    for who, path in (("agent", "/distributor/notices/"), ("manager", "/employee/notices/")):
        page = visit(who, path, locale=locale)
        expect(page.locator("#wf-page")).to_contain_text("霁岚园区水务")
