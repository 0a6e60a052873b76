"""J8: the day of the head of Engineering and Service, Emeric Voskamp.

The steps follow each other on one demo of Weirholm; figures move as the journey tells.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from playwright.sync_api import expect

TANGYU = {"en": "Tangyu pump stations", "zh": "棠屿泵站改造"}
UNIT = "Engineering and Service"


def test_the_day_of_the_head(desks: Any) -> None:
    page = desks.of("head")
    wrong = _home_and_approvals(desks, page)
    _a_signer_before_himself(desks, page, wrong)
    _the_unit_today_and_its_workload(desks, page)
    _what_is_late(desks, page)
    _the_budget_names_the_claim(desks, page)
    _requests_of_his_groups(desks, page)
    _a_deputy_and_the_chart(desks, page)
    _what_he_does_not_see(desks, page)
    _the_wrong_claim(desks, page, wrong)


def _home_and_approvals(desks: Any, page: Any) -> str:
    """Steps 1 and 2: three wait; two are agreed in bulk with one comment, each case has its own sentence.

    Returns the name of the claim that is left.
    """
    for key in ("hrm.unit_today", "projects.unit_load", "finance.unit_budget", "projects.unit_late"):
        expect(desks.tile(page, key)).to_have_count(1)
    late = desks.words("%(n)s days late", domain="projects", n=9)
    expect(desks.tile(page, "projects.unit_late").locator("li", has_text=TANGYU[desks.locale])).to_contain_text(late)
    assert desks.approvals(page) == 3
    mine = desks.tile(page, "workflow.approvals")
    expect(mine).to_contain_text(desks.words("Leave request", domain="hrm"))
    expect(mine).to_contain_text(desks.name("lei"))
    expect(mine).to_contain_text("386")
    mine.locator("header a").click()
    page.wait_for_load_state("networkidle")
    expect(desks.rows(page)).to_have_count(3)
    claims = desks.rows(page).filter(has_text=desks.words("Claim approval", domain="finance"))
    expect(claims).to_have_count(2)
    left = int(claims.nth(1).get_attribute("data-id"))
    wrong = desks.scalar("SELECT name FROM workflow_task WHERE id = :id", id=left)
    chosen = [claims.nth(0), desks.rows(page).filter(has_text=desks.name("lei"))]
    cases = []
    for row in chosen:
        number = int(row.get_attribute("data-id"))
        cases.append(desks.scalar('SELECT "case" FROM workflow_task WHERE id = :id', id=number))
        row.locator("input.wf-ck").check()
    page.locator("[data-bulk-url*='/act/agree']").click()
    dialog = page.locator("#wf-dialog")
    dialog.locator("[name=comment]").fill("Seen together on site.")
    dialog.locator("button[type=submit]").click()
    page.wait_for_load_state("networkidle")
    expect(desks.rows(page)).to_have_count(1)
    assert desks.approvals(page) == 1
    for case in cases:
        desks.go(page, f"/employee/workflow/cases/{case}")
        done = page.locator(".wf-wfl-people li", has_text=desks.words("%(who)s agreed", who=desks.name("head")))
        expect(done.filter(has_text="Seen together on site.")).to_have_count(1)
    return str(wrong)


def _a_signer_before_himself(desks: Any, page: Any, wrong: str) -> None:
    """Step 3: it waits for Anneke, then Emeric; the tile is empty until she has signed."""
    desks.open_task(page, wrong)
    desks.press(page, desks.words("Add a signer…"), person=desks.name("project"))
    both = {"names": desks.name("project"), "later": desks.name("head")}
    expect(page.locator(".wf-wfl-now")).to_contain_text(desks.words("Waits for %(names)s, then %(later)s", **both))
    assert desks.approvals(page) == 0
    anneke = desks.of("project")
    desks.open_task(anneke, wrong)
    desks.press(anneke, desks.words("Agree"), comment="Right project.")
    assert desks.approvals(page) == 1
    desks.open_task(page, wrong)
    expect(page.locator(".wf-wfl-now")).to_contain_text(desks.words("Waits for %(names)s", names=desks.name("head")))
    expect(page.locator(".wf-wfl-people")).to_contain_text("Right project.")


def _the_unit_today_and_its_workload(desks: Any, page: Any) -> None:
    """Steps 4 and 5: who is away equals the list behind; an assignee is proposed, Anneke decides, he only reads."""
    away = desks.number(page, "hrm.unit_today")
    desks.tile(page, "hrm.unit_today").locator("header a").click()
    page.wait_for_load_state("networkidle")
    expect(desks.rows(page)).to_have_count(away)

    desks.go(page, "/employee/")
    load = desks.tile(page, "projects.unit_load")
    expect(load.locator("li .wf-late").first).to_contain_text("%")
    line = load.locator("li", has_text=desks.name("employee"))
    number = int(re.search(r"(\d+)\s*(?:open|项|个)", line.inner_text()).group(1))  # type: ignore[union-attr]
    line.locator("a").first.click()
    page.wait_for_load_state("networkidle")
    expect(desks.rows(page)).to_have_count(number)
    title = desks.scalar(
        "SELECT t.name FROM projects_task t JOIN projects_project p ON p.id = t.project"
        " WHERE p.name = :project AND t.owner_id = :who AND t.status IN ('open', 'doing') ORDER BY t.id LIMIT 1",
        project=TANGYU["en"], who=desks.company.people["employee"],
    )  # fmt: skip
    number = desks.scalar("SELECT id FROM projects_task WHERE name = :name AND owner_id = :who", name=title,
                          who=desks.company.people["employee"])  # fmt: skip
    desks.go(page, f"/employee/projects/tasks/{number}")
    expect(page.locator(f"a[href$='/tasks/{number}/edit']")).to_have_count(0)
    other = desks.words("Other assignee", domain="projects")
    ask = desks.words("Ask for: %(what)s", what=other)
    desks.press(page, ask, person=desks.name("fang"), reason="Xu is over 200 %")
    expect(page.locator("#wf-page")).to_contain_text(desks.words("Waits for %(names)s", names=desks.name("project")))
    anneke = desks.of("project", "/employee/todo/")
    expect(anneke.locator("main")).to_contain_text(other)
    task = desks.scalar("SELECT id FROM workflow_task WHERE status = 'open' AND name = :name AND owner_id = :who",
                        name=title, who=desks.company.people["project"])  # fmt: skip
    desks.go(anneke, f"/employee/workflow/tasks/{task}")
    expect(anneke.locator("#wf-page")).to_contain_text(desks.name("fang"))
    expect(anneke.locator("#wf-page")).to_contain_text("Xu is over 200 %")
    desks.press(anneke, desks.words("Agree"))
    owner = desks.scalar("SELECT owner_id FROM projects_task WHERE id = :id", id=number)
    assert owner == desks.company.people["fang"]


def _what_is_late(desks: Any, page: Any) -> None:
    """Step 6: the reason, the critical path, the invoice of CNY 318,600.00; Xu sees none of the money."""
    desks.go(page, "/employee/")
    desks.tile(page, "projects.unit_late").locator("a", has_text=TANGYU[desks.locale]).click()
    page.wait_for_load_state("networkidle")
    address = re.sub(r"\?.*", "", page.url)
    main = page.locator("#wf-page")
    expect(main).to_contain_text(desks.words("Why it is late", domain="projects"))
    expect(page.locator(".wf-facts")).not_to_contain_text(desks.words("Not shared with you", domain="core"))
    desks.go(page, f"{address}?tab=slot:documents.tab_projects_project")
    contract = {"en": "Framework contract Tangyu", "zh": "棠屿框架合同"}[desks.locale]
    expect(main.locator("a[href*='/employee/documents/contracts/']", has_text=contract).first).to_be_visible()
    desks.go(page, f"{address}?tab=slot:projects.plan")
    expect(page.locator(".wf-gantt-task.wf-critical").first).to_be_visible()
    desks.go(page, f"{address}?tab=slot:finance.project_money")
    expect(main).to_contain_text("318,600")
    engineer = desks.of("employee", address.removeprefix(desks.company.url))
    expect(engineer.locator("#wf-page")).not_to_contain_text("318,600")


def _the_budget_names_the_claim(desks: Any, page: Any) -> None:
    """Step 7: booked, reserved, available; what is reserved names the claim of 21,000."""
    desks.go(page, "/employee/")
    tile = desks.tile(page, "finance.unit_budget")
    for label in ("Booked, net", "Reserved, net", "Available, net"):
        expect(tile).to_contain_text(desks.words(label, domain="finance"))
    desks.go(page, "/employee/finance/budget-use")
    name = {"en": UNIT, "zh": "工程服务部"}[desks.locale]
    page.locator("tbody tr a", has_text=name).first.click()
    page.wait_for_load_state("networkidle")
    claim = desks.scalar("SELECT purpose FROM finance_claim WHERE total = 2100000")
    line = page.locator("li", has_text=str(claim))
    expect(line).to_contain_text(re.compile(r"21,000"))


def _requests_of_his_groups(desks: Any, page: Any) -> None:
    """Step 8: 22 open, 3 of them overdue; how well due times were kept, by group."""
    desks.go(page, "/employee/")
    tile = desks.tile(page, "service.by_queue")
    expect(tile.locator("header .wf-n")).to_have_text("22")
    assert sum(int(one) for one in re.findall(r"(\d+)\s*(?:overdue|[个项]逾期)", tile.inner_text())) == 3
    desks.go(page, "/employee/service/due-times?period=all")
    groups = page.locator("table", has=page.locator("thead", has_text=desks.words("Queue", domain="service"))).first
    expect(groups.locator("tbody tr")).to_have_count(2)


def _a_deputy_and_the_chart(desks: Any, page: Any) -> None:
    """Step 9: Anneke for a week; his people in the chart."""
    last = (datetime.now(UTC) + timedelta(days=6)).date()
    desks.go(page, "/employee/profile/deputies/")
    desks.pick(page, page.locator("main input[role=combobox]"), desks.name("project"))
    page.locator("main input[name=end]").fill(last.isoformat())
    page.locator("main form:has(input[name=end]) button[type=submit]").last.click()
    page.wait_for_load_state("networkidle")
    expect(page.locator("main")).to_contain_text(desks.name("project"))
    unit = desks.scalar("SELECT id FROM org_unit WHERE name = :name", name=UNIT)
    desks.go(page, f"/employee/hrm/org-chart?unit={unit}")
    expect(page.locator("main")).to_contain_text(desks.name("employee"))
    placed = "SELECT min(since) FROM hrm_placement WHERE person = :who"
    first = desks.scalar(placed, who=desks.company.people["employee"])
    before = (date.fromisoformat(first) - timedelta(days=1)).isoformat()
    desks.go(page, f"/employee/hrm/org-chart?unit={unit}&on={before}")  # the chart of a day before he came
    expect(page.locator("main")).not_to_contain_text(desks.name("employee"))


def _what_he_does_not_see(desks: Any, page: Any) -> None:
    """Step 10: claims of Sales by address and in lists, settings."""
    sales = desks.scalar(
        "SELECT c.id FROM finance_claim c JOIN org_unit u ON u.id = c.unit_id"
        " WHERE u.name IN ('China', 'Europe') LIMIT 1"
    )
    for address in (f"/employee/finance/expenses/{sales}", "/employee/settings/users/"):
        answer = desks.go(page, address)
        assert answer.status in (403, 404), address
    with desks.company.records("head") as records:
        assert not records.query("finance.claim", filters={"id": sales}).rows
        units = {row["unit"].name for row in records.query("finance.claim", fields=("unit",), limit=200).rows}
        assert "China" not in units and "Field service" in units


def _the_wrong_claim(desks: Any, page: Any, wrong: str) -> None:
    """Step 11: taken back at once, finance never had it; after finance acted Undo says who, when and whom to ask."""
    finance = desks.of("finance")
    before = desks.number(finance, "workflow.approvals")
    desks.open_task(page, wrong)
    desks.press(page, desks.words("Agree"))
    undo = page.locator("#wf-toast").get_by_role("button")
    with page.expect_response(lambda answer: "/undo" in answer.url):
        undo.first.click()
    page.wait_for_load_state("networkidle")
    assert desks.approvals(page) == 1
    assert desks.number(finance, "workflow.approvals") == before
    desks.open_task(page, wrong)
    desks.press(page, desks.words("Agree"))
    with desks.company.records("finance", write=True) as records:
        filters = {"owner": "me", "status": "open", "name": wrong}
        task = records.query("workflow.task", filters=filters, limit=1).rows[0]
        records.act("workflow.task.agree", task.id, {"comment": "Booked with the next batch."})
    undo.first.click()
    said = desks.words("%(who)s agreed at %(time)s; ask them to return it.", who=desks.name("finance"), time="@")
    before_time, _at, after_time = said.partition("@")
    expect(page.locator("#wf-dialog")).to_contain_text(
        re.compile(re.escape(before_time) + r"\d\d:\d\d" + re.escape(after_time))
    )
