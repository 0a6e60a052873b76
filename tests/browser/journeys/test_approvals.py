"""Approvals in the days of others: J2.4 and J2.5 the manager, J7.4 the engineer, J6.3 the lead, J1.9 the rule.

They share one demo of Weirholm per language and follow each other; each figure moves by what the step says.
"""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

BRUNNVIK, STAND = "Brunnvik mill 2", "水展展位杂费"
HAVERDIJK = {"en": "Haverdijk district metering", "zh": "哈弗代克分区计量"}
CRANE = "哈弗代克租用起重设备"
OSTRANE = {"en": "Ostrane", "zh": "奥斯特兰"}
TO_CHECK = "SELECT count(*) FROM finance_claim WHERE status = 'submitted' AND waits = 'finance'"


def test_what_others_wait_for(desks: Any) -> None:
    _as_the_company_wrote_it(desks)
    manager = desks.of("manager")
    _the_discount(desks, manager)
    _a_claim_a_leave_and_a_freeze(desks, manager)
    engineer = desks.of("employee", width=360)
    _urged_once_a_day(desks, engineer)
    _the_rule_changes_while_a_case_runs(desks)
    _the_lead_agrees(desks)


def _as_the_company_wrote_it(desks: Any) -> None:
    """Comments of deciders are in the language of their office; the lead has no more to do than a page shows."""
    said = "SELECT count(*) FROM workflow_task t JOIN app_user u ON u.id = t.owner_id WHERE u.locale = :locale AND "
    for locale, wrong in (("en", "t.comment GLOB '*[一-龥]*'"), ("zh", "t.comment NOT GLOB '*[一-龥]*'")):
        assert desks.scalar(said + "t.comment IS NOT NULL", locale=locale) > 0
        assert desks.scalar(said + wrong, locale=locale) == 0
    assert 3 <= desks.number(desks.of("project"), "portal_employee.todo") <= 12


def _the_discount(desks: Any, page: Any) -> None:
    """J2.4: lines, 12 %, Ostrane, EUR 210,000.00 -> 184,800.00; four wait, then three; the pipeline falls by 25,200."""
    open_sum = "SELECT sum(amount) FROM crm_opportunity WHERE outcome = 'open' AND amount_currency = 'EUR'"
    before = desks.scalar(open_sum)
    assert desks.approvals(page) == 4
    desks.open_task(page, BRUNNVIK)
    main = page.locator("#wf-page")
    for text in ("210,000", "184,800", "WH-80", "12", OSTRANE[desks.locale]):
        expect(main).to_contain_text(text)
    desks.press(page, desks.words("Agree"), comment="The mill is worth it.")
    case = main.locator(".wf-wfl-people li", has_text=desks.words("%(who)s agreed", who=desks.name("manager")))
    expect(case).to_contain_text("The mill is worth it.")
    assert desks.approvals(page) == 3
    assert before - desks.scalar(open_sum) == 25_200 * 100
    maud = desks.of("maud", "/employee/notices/")
    expect(maud.locator("main")).to_contain_text(BRUNNVIK)
    deal = desks.scalar("SELECT id FROM crm_opportunity WHERE name = :name", name=BRUNNVIK)
    desks.go(maud, f"/employee/crm/opportunities/{deal}")
    expect(maud.locator("main")).to_contain_text("184,800")


def _a_claim_a_leave_and_a_freeze(desks: Any, page: Any) -> None:
    """J2.5: the receipt beside the lines, finance 6 -> 7; leave in calendar and balance; a freeze returned."""
    assert desks.scalar(TO_CHECK) == 6
    desks.open_task(page, STAND)
    lines = page.locator("section", has_text=desks.words("Lines and receipts", domain="finance")).last
    for amount in ("600.00", "1,480.00", "300.00"):
        expect(lines).to_contain_text(amount)
    lines.locator("[hx-get*='/me/preview/']").first.click()
    expect(page.locator("#wf-dialog img, #wf-dialog figure").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#wf-dialog[open]")).to_have_count(0)
    desks.press(page, desks.words("Agree"))
    desks.company.settle()  # the claim learns from the case whom it waits for
    assert desks.scalar(TO_CHECK) == 7
    finance = desks.of("finance")
    assert desks.number(finance, "workflow.approvals") == 8  # seven claims and the Tangyu contract

    leave = desks.scalar("SELECT about FROM workflow_case WHERE about_kind = 'hrm.leave' AND name = 'Su Yingchuan'"
                         " AND status = 'running'")  # fmt: skip
    desks.open_task(page, desks.name("su"))
    desks.press(page, desks.words("Agree"))
    assert desks.scalar("SELECT status FROM hrm_leave WHERE id = :id", id=leave) == "approved"
    firm = desks.scalar(
        "SELECT c.about FROM workflow_case c WHERE c.about_kind = 'crm.account' AND c.status = 'running'"
    )
    title = desks.scalar("SELECT name FROM crm_account WHERE id = :id", id=firm)
    alt = desks.scalar("SELECT name_alt FROM crm_account WHERE id = :id", id=firm)
    shown = alt if desks.locale == "zh" and alt else title
    desks.open_task(page, shown)
    page.locator("#wf-page .wf-record-acts details.wf-drop > summary").last.click()
    page.locator("#wf-page a, #wf-page button").filter(has_text=desks.words("Return…")).last.click()
    dialog = page.locator("#wf-dialog")
    dialog.locator("[name=comment]").fill("They still owe an answer.")
    dialog.locator("button[type=submit]").last.click()
    expect(page.locator("#wf-dialog[open]")).to_have_count(0)
    page.wait_for_load_state("networkidle")
    assert desks.approvals(page) == 0
    assert not desks.scalar("SELECT frozen FROM crm_account WHERE id = :id", id=firm)
    asker = desks.scalar("SELECT owner_id FROM workflow_case WHERE about = :id ORDER BY id DESC LIMIT 1", id=firm)
    who = next(key for key, user in desks.company.people.items() if user == asker)
    asked = desks.of(who, "/employee/todo/")
    expect(asked.locator("main")).to_contain_text("They still owe an answer.")
    desks.go(page, f"/employee/search/?q={title.split()[0]}")
    expect(page.locator(f"main a[href*='/crm/accounts/{firm}']").first).to_be_visible()


def _urged_once_a_day(desks: Any, page: Any) -> None:
    """J7.4: head agreed, the lead waits, finance open; urging puts one notice at Anneke, the second is refused."""
    claim = desks.scalar("SELECT id FROM finance_claim WHERE purpose = :name", name=CRANE)
    case = desks.scalar("SELECT id FROM workflow_case WHERE about = :id", id=claim)
    desks.go(page, f"/employee/workflow/cases/{case}")
    desks.fits(page)
    way = page.locator(".wf-wfl-way")
    expect(way).to_contain_text(desks.words("%(who)s agreed", who=desks.name("head")))
    expect(page.locator(".wf-wfl-now")).to_contain_text(desks.words("Waits for %(names)s", names=desks.name("project")))
    expect(way).to_contain_text(desks.words("Finance", domain="finance"))
    desks.press_only(page, desks.words("Urge"))
    expect(page.locator("#wf-toast")).to_contain_text(desks.words("Urged: %(names)s", names="").strip())
    anneke = desks.of("project", "/employee/notices/")
    expect(anneke.locator("main li", has_text=desks.name("employee")).first).to_contain_text(CRANE)
    desks.go(page, f"/employee/workflow/cases/{case}")
    desks.press_only(page, desks.words("Urge"))
    once = desks.words("You urged them at %(time)s; once a day is enough.", time="@").partition("@")[2]
    expect(page.locator("body")).to_contain_text(once)


def _the_rule_changes_while_a_case_runs(desks: Any) -> None:
    """J1.9: the lead agrees from 30,000 on, as version 2; the open case keeps version 1, a new claim skips her."""
    admin = desks.of("admin", "/employee/settings/processes/finance.claim/")
    limit = admin.locator("[name=s1-value]")
    expect(limit).to_have_value("20000")
    limit.fill("30000")
    admin.locator("form:has([name=s1-value]) button.btn-primary[type=submit]").last.click()
    admin.wait_for_load_state("networkidle")
    expect(admin.locator("[name=s1-value]")).to_have_value("30000")
    assert desks.scalar("SELECT latest FROM workflow_process WHERE key = 'finance.claim'") == 2
    claim = desks.scalar("SELECT id FROM finance_claim WHERE purpose = :name", name=CRANE)
    case = desks.scalar("SELECT id FROM workflow_case WHERE about = :id", id=claim)
    anneke = desks.of("project", f"/employee/workflow/cases/{case}")
    version = desks.words("%(name)s, version %(n)s", name=desks.words("Claim approval", domain="finance"), n=1)
    expect(anneke.locator("#wf-page")).to_contain_text(version)
    expect(anneke.locator(".wf-wfl-now")).to_contain_text(desks.name("project"))
    with desks.company.records("employee", write=True) as records:
        old = records.query("finance.claim_line", filters={"claim": claim}, limit=1).rows[0]
        new = records.create("finance.claim", {"purpose": "Crane again", "currency": "CNY"})["id"]
        records.create("finance.claim_line", {
            "subject": "Crane again", "claim": new, "kind": old["kind"].id, "day": desks.company.runtime.clock().date(),
            "gross": {"amount": "21000.00", "currency": "CNY"}, "charged_to": old["charged_to"].id,
        })  # fmt: skip
    with desks.company.records("employee", write=True) as records:
        records.act("finance.claim.submit", new, {})
    head = desks.of("head")
    desks.open_task(head, "Crane again")
    desks.press(head, desks.words("Agree"))
    expect(head.locator(".wf-wfl-now")).to_contain_text(desks.name("finance"))
    expect(head.locator(".wf-wfl-now")).not_to_contain_text(desks.name("project"))


def _the_lead_agrees(desks: Any) -> None:
    """J6.3: line, receipt, project, the head's agreement, the amount in EUR; agreed: finance has one more."""
    page = desks.of("project")
    desks.company.settle()
    before = desks.scalar(TO_CHECK)
    desks.open_task(page, CRANE)
    main = page.locator("#wf-page")
    expect(main).to_contain_text(HAVERDIJK[desks.locale])
    expect(main).to_contain_text(desks.words("%(who)s agreed", who=desks.name("head")))
    expect(main.locator("[hx-get*='/me/preview/']").first).to_be_visible()
    mine = desks.approvals(page)
    desks.open_task(page, CRANE)
    desks.press(page, desks.words("Agree"))
    assert desks.approvals(page) == mine - 1
    desks.company.settle()
    assert desks.scalar(TO_CHECK) == before + 1
    _the_old_case_ends_under_the_old_rule(desks)


def _the_old_case_ends_under_the_old_rule(desks: Any) -> None:
    """Finance agrees last: the case is over, with three people's answers, as version 1 had it."""
    page = desks.of("finance")
    case = "SELECT c.id FROM workflow_case c JOIN finance_claim f ON f.id = c.about WHERE f.purpose = :name"
    number = desks.scalar(case, name=CRANE)
    task = desks.scalar("SELECT id FROM workflow_task WHERE \"case\" = :id AND status = 'open' AND owner_id = :who",
                        id=number, who=desks.company.people["finance"])  # fmt: skip
    desks.go(page, f"/employee/workflow/tasks/{task}")
    desks.press(page, desks.words("Agree"))
    assert desks.scalar("SELECT status FROM workflow_case WHERE id = :id", id=number) == "approved"
    desks.go(page, f"/employee/workflow/cases/{number}")
    version = desks.words("%(name)s, version %(n)s", name=desks.words("Claim approval", domain="finance"), n=1)
    expect(page.locator("#wf-page")).to_contain_text(version)
    for who in ("head", "project", "finance"):
        expect(page.locator("#wf-page")).to_contain_text(desks.words("%(who)s agreed", who=desks.name(who)))
