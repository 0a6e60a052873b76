"""S1 steps 1 to 4 in the browser: enquiry, allocation, calls and a won deal, the contract and who agrees to it."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import expect

from tests.browser.journeys.story.hands import FIRM, Story, fits

LEADS, DEALS, CONTRACTS = "/employee/crm/leads", "/employee/crm/opportunities", "/employee/documents/contracts"


def a_visitor_asks(s: Story) -> None:
    """S1.1: thanks with a number on a phone; Unassigned +1 for the manager."""
    before = s.number("manager", "crm.unassigned")
    page = s.go(s.guest("visitor", width=360), f"/crm/forms/contact?lang={s.locale}")
    expect(page.locator("h1")).to_have_text({"en": "Ask us", "zh": "联系我们"}[s.locale])
    fits(page)
    for name, value in (("company", FIRM), ("person", "Orla Quill"), ("email", "orla@quillbrook.example"),
                        ("need", "120 meters for the east district")):  # fmt: skip
        page.fill(f"[name={name}]", value)
    page.locator("select[name=country]").select_option("CN")
    page.locator("input[type=checkbox][name=consent]").check()
    page.wait_for_timeout(2200)  # nobody fills in a form in less than two seconds
    page.locator("form[method=post] button[type=submit]").last.click()
    expect(page.locator("main")).to_contain_text("LEAD-")
    s.company.settle()
    assert s.number("manager", "crm.unassigned") == before + 1
    s.lead = s.scalar("SELECT id FROM crm_lead WHERE company = :firm", firm=FIRM)


def the_manager_gives_it_away(s: Story) -> None:
    """S1.2: Lin has it, is told at sign-in; Unassigned -1."""
    before = s.number("sales", "crm.newly_assigned")
    left = s.number("manager", "crm.unassigned")
    page = s.go(s.page("manager"), "/employee/crm/leads/?view=crm.leads_unassigned")
    row = page.locator("tbody tr[data-id]", has_text=FIRM)
    row.locator("input.wf-ck").check()
    page.locator("[data-bulk-url*='/allocate/leads']", has_text=s.words("crm", "Allocate")).click()
    chosen = page.locator(f"#wf-dialog tr[data-to='person:{s.company.people['sales']}']")
    expect(chosen).to_contain_text(s.name("sales"))
    expect(chosen.locator("td").nth(1)).to_contain_text("31")
    chosen.locator("button").click()
    expect(page.locator("#wf-toast")).to_contain_text(s.name("sales"))
    s.company.settle()
    home = s.go(s.page("sales"), "/employee/")
    expect(home.locator("[data-arrived]").filter(has_text=FIRM)).to_be_visible()
    assert s.number("sales", "crm.newly_assigned") == before + 1
    assert s.number("manager", "crm.unassigned") == left - 1


def the_rep_wins_the_deal(s: Story) -> None:
    """S1.3: two calls, one account; amount = lines; 74 -> 75 -> 74 open, 108 -> 109 won; won customer by itself."""
    page = s.page("sales")
    for note in ("Wants 120 meters.", "Agreed on the price."):
        s.go(page, f"{LEADS}/{s.lead}/act/log_contact")
        page.locator("textarea[name=note]").fill(note)
        page.locator("label:has(input[name=outcome][value=positive])").click()
        s.send(page, form="form[action$='/act/log_contact']")
    assert s.counted("manager", "crm/opportunities", "outcome=open") == 74
    s.go(page, f"{LEADS}/{s.lead}/act/convert")
    page.locator("form[action$='/act/convert'] button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/crm/opportunities/\d+"))
    s.deal = int(re.findall(r"/opportunities/(\d+)", page.url)[0])
    s.account = s.scalar("SELECT account FROM crm_opportunity WHERE id = :id", id=s.deal)
    s.contact = s.scalar("SELECT contact FROM crm_opportunity WHERE id = :id", id=s.deal)
    assert s.counted("manager", "crm/opportunities", "outcome=open") == 75
    add_line(s, page, "WH-40", 120)
    s.go(page, f"{DEALS}/{s.deal}")
    make = s.words("documents", "Make a contract")
    expect(page.get_by_role("link", name=make)).to_have_count(0)
    s.act("sales", f"{DEALS}/{s.deal}", "win")
    assert s.counted("manager", "crm/opportunities", "outcome=open") == 74
    assert s.counted("manager", "crm/opportunities", "outcome=won") == 109
    card = s.go(page, f"/employee/crm/accounts/{s.account}")
    expect(card.locator(".wf-record-head")).to_contain_text(s.words("crm", "Won customer"))
    s.go(page, f"{DEALS}/{s.deal}")
    expect(page.get_by_role("link", name=make)).to_have_count(1)


def add_line(s: Story, page: Any, product: str, quantity: int) -> None:
    """A line on the page of the deal; the list of the customer's country gives the price."""
    sheet = page.locator("#crm-lines")
    sheet.locator("#f-line-product").fill(product)
    page.locator("[role=option]").first.click()
    sheet.locator("input[name=quantity]").last.fill(str(quantity))
    sheet.get_by_role("button", name=s.words("crm", "Add line")).click()
    expect(sheet.locator(".wf-sheet-foot")).to_contain_text(re.compile(r"\d,\d{3}"))
    assert s.amount() == s.scalar("SELECT sum(amount) FROM crm_deal_line WHERE opportunity = :id", id=s.deal) > 0


def the_contract_is_agreed_to(s: Story) -> None:
    """S1.4: party and amount come from the deal, capitals in the text; head, then finance and executive."""
    page = s.go(s.page("sales"), f"{DEALS}/{s.deal}")
    page.get_by_role("link", name=s.words("documents", "Make a contract")).click()
    page.wait_for_url(re.compile(r"/contracts/new"))
    expect(page.locator("[name=name]").first).to_have_value(FIRM)
    s.send(page, form="form#wf-form")
    s.contract = s.scalar("SELECT id FROM documents_contract WHERE opportunity = :id", id=s.deal)
    assert s.scalar("SELECT account FROM documents_contract WHERE id = :id", id=s.contract) == s.account
    s.go(page, f"{CONTRACTS}/{s.contract}")
    expect(page.locator("main")).to_contain_text("人民币")
    s.go(page, f"/employee/documents/fill/{s.contract}")
    folder = {"en": "Sites of customers", "zh": "客户现场"}[s.locale]
    page.get_by_role("combobox").last.fill(folder)
    page.locator("[role=option]", has_text=folder).first.click()
    s.send(page, form="form[action*='/documents/fill/']")
    s.act("sales", f"{CONTRACTS}/{s.contract}", "ask_approval")
    first = s.waiting_on(s.contract)
    assert len(first) == 1 and first[0] in ("manager", "su")
    s.decide(first[0], s.contract)
    signers = s.waiting_on(s.contract)
    assert "executive" in signers and {"finance", "kong", "pei"} & set(signers), signers
    s.go(page, f"{CONTRACTS}/{s.contract}")
    expect(page.locator("main")).to_contain_text(s.name("finance"))
    for who in ("finance", "executive"):
        s.decide(who, s.contract)
    s.act("sales", f"{CONTRACTS}/{s.contract}", "activate")
    card = s.go(s.page("sales"), f"/employee/crm/accounts/{s.account}")
    expect(card.locator(".wf-facts")).to_contain_text(s.words("documents", "Active"))
