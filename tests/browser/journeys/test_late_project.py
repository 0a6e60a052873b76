"""S5: the pump stations of Tangyu run late: one number everywhere, help from the head, a new date for the customer."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from babel.dates import format_date
from playwright.sync_api import expect

from tests.browser.journeys.story.delivering import invited
from tests.browser.journeys.story.hands import Story

PROJECTS, TASKS = "/employee/projects/projects", "/employee/projects/tasks"
GOALS, SHOWN = "/employee/projects/milestones", "/customer/projects/projects"
GUEST, HELPER = "ji", "bai"
GUEST_NAME = {"en": "Ji Huaiyuan", "zh": "纪怀远"}
STEP = "Stations converted"
REASON, QUESTION = "The castings came late.", "Does station 2 still stop at night only?"
CONVERSION = {"en": "Conversion of station 3", "zh": "三号泵站改造"}
CUSTOMER = {"en": "Tangyu Water Group", "zh": "棠屿供水集团"}
GOAL = {"en": "Stations converted", "zh": "泵站改造完成"}


class Late(Story):
    """The story of one late project.

    Attributes:
        conversion: task on the critical path that gets one more colleague.
        step: contract step that waits for the milestone ``goal``.
        expected: what finance's forecast of payments said at the beginning.
    """

    def __init__(self, visit: Any, company: Any, say: Any, locale: str) -> None:
        super().__init__(visit, company, say, locale)
        named = "SELECT id FROM {} WHERE name = :name ORDER BY id LIMIT 1"
        self.account = self.scalar(named.format("crm_account"), name="Tangyu Water Group")
        self.project = self.scalar(named.format("projects_project"), name="Tangyu pump stations")
        self.goal = self.scalar("SELECT id FROM projects_milestone WHERE name = :name AND project = :id",
                                name="Stations converted", id=self.project)  # fmt: skip
        self.contact = self.scalar("SELECT id FROM crm_contact WHERE account = :id AND name_alt = 'Ji Huaiyuan'",
                                   id=self.account)  # fmt: skip
        self.conversion = self.task_named("Conversion of station 3")
        self.step, self.expected = 0, ("", "")

    def task_named(self, name: str) -> int:
        return int(self.scalar("SELECT id FROM projects_task WHERE name = :name AND project = :id",
                               name=name, id=self.project))  # fmt: skip

    def late(self) -> int:
        """Days late, as the plan has them."""
        return int(self.scalar("SELECT late_days FROM projects_project WHERE id = :id", id=self.project))

    def late_words(self) -> str:
        return self.words("projects", "%(n)s days late", n=self.late())

    def days_of_goal(self) -> tuple[date, date]:
        """The date the customer is shown of the milestone, and the one the plan comes to."""
        with self.company.records("project") as records:
            row = records.get("projects.milestone", self.goal)
            return row["shown_on"], row["due_on"]

    def starts(self, task: int) -> str:
        return str(self.scalar("SELECT starts_on FROM projects_task WHERE id = :id", id=task))

    def day(self, day: date) -> str:
        """A day of this or the next year as pages write it."""
        return str(
            format_date(
                day,
                "d MMM" if self.locale == "en" else "M月d日",
                locale=f"{self.locale}_{'GB' if self.locale == 'en' else 'CN'}",
            )
        )

    def shown_load(self, who: str) -> int:
        """Load of somebody in the next two weeks, as the head reads it."""
        page = self.go(self.page("head"), "/employee/projects/workload")
        row = page.locator("tbody tr", has_text=self.name(who))
        return int(re.findall(r"(\d+)\s*%", row.inner_text())[0]) if row.count() else 0

    @property
    def title(self) -> str:
        """Name of the project in the language of the story."""
        return {"en": "Tangyu pump stations", "zh": "棠屿泵站改造"}[self.locale]


@pytest.mark.parametrize("locale", ["zh"])  # the customer reads Chinese; the first two stories run in both
def test_a_late_project_gets_help_and_a_new_date(visit: Any, company: Any, say: Any, locale: str) -> None:
    s = Late(visit, company, say, locale)
    a_payment_hangs_on_the_milestone(s)
    everybody_sees_nine_days(s)
    the_customer_sees_what_was_planned(s)
    the_lead_moves_tasks_and_asks_for_a_colleague(s)
    the_head_sees_what_it_brings_and_agrees(s)
    the_lead_publishes_and_the_customer_asks(s)
    the_money_moves_with_the_milestone(s)


def five_screens_say_how_late(s: Late) -> None:
    """The project, the lead's, the head's and the executive's home, the card of the customer: one number."""
    words = s.late_words()
    page = s.go(s.page("project"), f"{PROJECTS}/{s.project}")
    expect(page.locator(".wf-record-head")).to_contain_text(words)
    for who, tile in (("project", "mine"), ("head", "unit_late"), ("executive", "health_tile")):
        home = s.go(s.page(who), "/employee/")
        expect(home.locator(f"[data-tile='projects.{tile}'] li", has_text=s.title)).to_contain_text(words)
    card = s.go(s.page("sales"), f"/employee/crm/accounts/{s.account}")
    expect(card.locator(".wf-facts")).to_contain_text(words)


def everybody_sees_nine_days(s: Late) -> None:
    """S5.1: nine days on five screens, one late project; the customer sees the date that was planned."""
    assert s.late() == 9
    five_screens_say_how_late(s)
    page = s.go(s.page("project"), f"{PROJECTS}/{s.project}")
    critical = s.go(page, f"{TASKS}/?project={s.project}&critical=true&all=1&layout=table")
    expect(critical.locator(f"tr[data-id='{s.conversion}'] [data-col=slack_days]")).to_have_text("0")
    late = s.page("executive").locator("[data-tile='projects.health_tile'] li", has_text=s.words("projects", "Late"))
    expect(late.first).to_contain_text("1")


def a_payment_hangs_on_the_milestone(s: Late) -> None:
    """Not of the story: a contract has a step that is paid when the stations are converted."""
    with s.company.records("sales", write=True) as records:
        day = records.get("projects.milestone", s.goal)["shown_on"]
        contract = records.create(
            "documents.contract", {"name": "Pump stations", "account": s.account, "project": s.project}
        )
        step = records.create("documents.step", {
            "name": STEP, "contract": contract.id, "milestone": s.goal, "due_on": day,
            "amount": {"amount": "126000.00", "currency": "CNY"},
        })  # fmt: skip
    s.step = int(step.id)
    s.expected = expected(s)
    assert s.day(day) in s.expected[1]


def expected(s: Late) -> tuple[str, str]:
    """In finance's forecast of payments: what is overdue, and the line of the contract step."""
    page = s.go(s.page("finance"), "/employee/finance/expected")
    late = page.locator("tbody tr", has_text=s.words("finance", "Overdue")).first
    return late.inner_text(), page.locator("tbody tr", has=page.locator(f"a[href='/r/{s.step}']")).inner_text()


def the_customer_sees_what_was_planned(s: Late) -> None:
    """S5.1: invited, the chief engineer reads the date of before, not the one the plan comes to."""
    planned, forecast = s.days_of_goal()
    assert planned < forecast
    guest = invited(s, "sales", s.contact, GUEST)
    s.go(guest, f"{SHOWN}/{s.project}")
    expect(guest.locator("main")).to_contain_text(s.day(planned))
    expect(guest.locator("main")).not_to_contain_text(s.day(forecast))
    expect(guest.locator("main")).not_to_contain_text(s.late_words())


def the_lead_moves_tasks_and_asks_for_a_colleague(s: Late) -> None:
    """S5.2: the reason, two tasks with slack moved, a colleague asked for: one more approval of the head."""
    page = s.go(s.page("project"), f"{PROJECTS}/{s.project}/edit")
    page.locator("[name=late_reason]").fill(REASON)
    s.send(page, form="form#wf-form")
    s.go(page, f"{PROJECTS}/{s.project}?tab=slot:projects.plan")
    expect(page.locator(".wf-gantt[data-ready='1']")).to_be_visible()
    for place, name in enumerate(("Cabinets wired", "As-built papers"), 1):
        task = s.task_named(name)
        before = s.starts(task)
        page.locator(f".wf-gantt-task[data-task='{task}']").focus()
        page.keyboard.press("ArrowRight")
        expect(page.locator(".wf-gantt")).to_have_attribute("data-moved", str(place))
        assert s.starts(task) > before
    assert s.late() == 9  # they had slack
    waiting = s.number("head", "workflow.approvals")
    s.go(page, f"{TASKS}/{s.conversion}")
    page.locator(f"main a[href$='/begin/{s.conversion}/projects.colleague']").first.click()
    form = page.locator("form[action$='/projects.colleague']")
    form.locator("[data-field=person] [role=combobox]").fill(s.name(HELPER))
    page.locator("[role=option][data-id]", has_text=s.name(HELPER)).first.click()
    form.locator("[name=days]").fill("6")
    form.locator("[name=reason]").fill("Two can work on the pipes at once.")
    s.send(page, form="form[action$='/projects.colleague']")
    s.company.settle()
    assert s.waiting_on(s.conversion) == ["head"]
    assert s.number("head", "workflow.approvals") == waiting + 1
    assert s.late() == 9


def the_head_sees_what_it_brings_and_agrees(s: Late) -> None:
    """S5.3: workload and lateness before and after; agreed, the plan says just that, the same on five screens."""
    task = s.scalar("SELECT t.id FROM workflow_task t JOIN workflow_case c ON c.id = t.\"case\""
                    " WHERE c.about = :id AND t.status = 'open'", id=s.conversion)  # fmt: skip
    page = s.go(s.page("head"), f"/employee/workflow/tasks/{task}")
    panel = page.locator(".wf-panel", has=page.locator("h3", has_text=s.words("projects", "Before and after")))
    load = panel.locator("li", has_text=s.name(HELPER)).inner_text()
    before, after = (int(one) for one in re.findall(r"(\d+)\s*%", load))
    assert after > before
    said = [
        int(one) for one in re.findall(r"\d+", panel.locator("li", has_text=s.title).locator(".wf-end").inner_text())
    ]
    assert said[0] == 9 and 0 < said[1] < 9
    shown = s.shown_load(HELPER)
    assert shown == before
    s.decide("head", s.conversion)
    assert s.late() == said[1]
    five_screens_say_how_late(s)
    assert s.shown_load(HELPER) == after
    due = date.fromisoformat(s.scalar("SELECT due_on FROM projects_task WHERE id = :id", id=s.conversion))
    calendar = s.go(s.page(HELPER), f"/employee/calendar/?view=month&date={due.isoformat()}")
    expect(calendar.locator("main")).to_contain_text(CONVERSION[s.locale])
    notices = s.go(s.page(HELPER), "/employee/notices/")
    expect(notices.locator("main")).to_contain_text(CONVERSION[s.locale])


def the_lead_publishes_and_the_customer_asks(s: Late) -> None:
    """S5.4: old day, new day and the sentence reach the customer, who asks; the lead hears it, Lin sees the date."""
    old, new = s.days_of_goal()
    assert old < new
    guest = s.go(s.guest(GUEST), f"{SHOWN}/{s.project}")
    expect(guest.locator("main")).not_to_contain_text(s.day(new))
    s.act("project", f"{GOALS}/{s.goal}", "publish", note=REASON)
    assert s.days_of_goal() == (new, new)
    notices = s.go(guest, "/customer/notices/").locator("main")
    for part in (s.day(old), s.day(new), REASON):
        expect(notices).to_contain_text(part)
    s.go(guest, f"{SHOWN}/{s.project}")
    expect(guest.locator("main")).to_contain_text(s.day(new))
    s.go(guest, f"/customer/projects/milestones/{s.goal}")
    expect(guest.locator("main")).to_contain_text(REASON)
    box = guest.locator("form[action$='/comments']")
    box.locator("[name=text]").fill(QUESTION)
    with guest.expect_response(lambda answer: answer.request.method == "POST"):
        box.locator("[type=submit]").first.click()
    guest.wait_for_load_state("networkidle")
    expect(guest.locator("main")).to_contain_text(QUESTION)
    s.company.settle()
    told = s.go(s.page("project"), "/employee/notices/")
    expect(told.locator("main")).to_contain_text(GOAL[s.locale])
    inside = s.go(s.page("project"), f"{GOALS}/{s.goal}")
    expect(inside.locator("main")).to_contain_text(QUESTION)
    # answered, the customer agrees: nothing waits for it any more, the lead reads who agreed
    waiting = guest.locator(".wf-card", has=guest.locator("h2", has_text=s.words("core", "Waiting for you")))
    s.go(guest, "/customer/")
    expect(waiting).to_contain_text(GOAL[s.locale])
    s.go(guest, f"/customer/projects/milestones/{s.goal}")
    with guest.expect_response(lambda answer: answer.request.method == "POST"):
        guest.locator("form[action$='/act/agree'] [type=submit]").click()
    guest.wait_for_load_state("networkidle")
    s.go(guest, "/customer/")
    expect(waiting).not_to_contain_text(GOAL[s.locale])
    s.company.settle()
    told = s.go(s.page("project"), "/employee/notices/").locator("main")
    agreed = "%(who)s agrees to the new date of %(record)s"
    expect(told).to_contain_text(s.words("projects", agreed, who=GUEST_NAME[s.locale], record=GOAL[s.locale]))
    card = s.go(s.page("sales"), f"/employee/crm/accounts/{s.account}")
    expect(card.locator("#wf-timeline")).to_contain_text(GOAL[s.locale])


def the_money_moves_with_the_milestone(s: Late) -> None:
    """S5.5: the contract step and the expected invoice moved with the date; what is overdue did not."""
    shown, _forecast = s.days_of_goal()
    assert s.scalar("SELECT due_on FROM documents_step WHERE id = :id", id=s.step) == shown.isoformat()
    overdue, line = expected(s)
    assert overdue == s.expected[0]
    assert line != s.expected[1]
    assert s.day(shown) in line and s.day(shown + timedelta(days=30)) in line
    ageing = s.go(s.page("finance"), "/employee/finance/ageing")
    expect(ageing.locator("tbody tr", has_text=CUSTOMER[s.locale]).first).to_contain_text("318,600")
