"""J12: the day of the distributor, Kadri Tammsoo of Baltmere Tehnika, with a dealer of hers and another firm beside.

In English on a desk, in Chinese on a telephone.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

DAYS = pytest.mark.parametrize(("locale", "width"), [("en", 1280), ("zh", 360)])
HOME = "/distributor/"
#: Prices of a list on screen, and in the sheet.
_LISTED, _PRINTED = re.compile(r"EUR\s*(\d[\d,]*(?:\.\d\d)?)"), re.compile(r"(\d[\d,]*\.\d\d)\b")


class Day:
    """What one does again and again in the portal."""

    def __init__(self, visit: Any, company: Any, say: Callable[..., str], locale: str, width: int) -> None:
        self.visit, self.company, self.say, self.locale, self.width = visit, company, say, locale, width
        self.page = visit("distributor", HOME, locale=locale, width=width)

    def words(self, message: str, context: str = "", **slots: Any) -> str:
        return self.say(self.locale, message, context, **slots)

    def go(self, path: str, page: Any = None) -> Any:
        page = page or self.page
        answer = page.goto(self.company.url + path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= self.width, path
        return answer

    def menu(self, label: str, context: str = "") -> None:
        self._follow(self.words(label, context))

    def _follow(self, words: str) -> None:
        """An entry of the menu, which a phone opens by the last button of its bar."""
        entry = self.page.locator("nav a:visible", has_text=words)
        if not entry.count():
            self.page.locator("a[href='#wf-side']:visible").last.click()
        entry.first.click()
        self.page.wait_for_load_state("networkidle")

    def portal_words(self, message: str) -> str:
        return self.say(self.locale, message, domain="portal_distributor")

    def menu_of_portal(self, label: str) -> None:
        self._follow(self.portal_words(label))

    def tile(self, label: str, context: str = "") -> Any:
        """The card of the home page with this title."""
        title = re.compile(rf"^{re.escape(self.words(label, context))}\b")
        return self.page.locator("section, article, .wf-card").filter(
            has=self.page.locator("h2, h3", has_text=title)
        ).first  # fmt: skip

    def scalar(self, sql: str, **values: Any) -> Any:
        with self.company.runtime.db.read() as connection:
            return connection.execute(text(sql), values).scalar()

    def id_of(self, table: str, name: str) -> int:
        found = self.scalar(f"SELECT id FROM {table} WHERE name = :name", name=name)
        assert found, name
        return int(found)

    def press(self, label: str) -> None:
        """A button of the record's head, from the menu More where it stands there."""
        button = self.page.locator(
            "a:visible, button:visible", has_text=re.compile(rf"^\s*{re.escape(self.words(label))}\s*$")
        )
        if not button.count():
            self.page.locator(".wf-more summary, [data-menu] summary, details summary").last.click()
        with self.page.expect_response(lambda answer: "/act/" in answer.url):
            button.first.click()
        self.page.wait_for_load_state("networkidle")


@pytest.fixture
def day(visit: Any, company: Any, say: Callable[..., str], locale: str, width: int) -> Day:
    return Day(visit, company, say, locale, width)


@DAYS
def test_leads_are_accepted_and_declined(day: Day) -> None:
    """J12.1 and 2: what is new with its answer-by date; one lead accepted, one declined with a reason."""
    for label, context in (("Newly assigned", "leads of a partner"), ("Contacts owed", ""), ("Registrations", "")):
        expect(day.page.get_by_text(day.words(label, context), exact=True).first).to_be_visible()
    expect(day.page.get_by_text("Vormasund Waterworks")).to_be_visible()
    lead = day.id_of("crm_lead", "Vormasund Waterworks")
    day.go(f"/distributor/crm/leads/{lead}")
    day.press("Accept")
    day.go("/distributor/crm/leads-and-customers")
    panel = day.page.locator(".wf-panel", has_text=day.words("In work"))
    expect(panel.first).to_contain_text("Vormasund Waterworks")
    other = day.id_of("crm_lead", "Kaldervik Brewery")
    day.go(f"/distributor/crm/leads/{other}")
    day.press("Decline")
    day.page.locator("input[name=reason]").fill("Closes in spring.")
    day.page.locator("#wf-dialog button[type=submit]").click()
    day.page.wait_for_url(re.compile(r"/crm/leads/$"))
    day.page.wait_for_load_state("networkidle")
    assert day.go(f"/distributor/crm/leads/{other}").status == 404
    manager = day.visit("manager", "/employee/crm/leads/?view=crm.leads_unassigned", locale=day.locale)
    expect(manager.locator("tbody")).to_contain_text("Kaldervik Brewery")
    manager.goto(f"{day.company.url}/employee/crm/leads/{other}")
    expect(manager.locator("body")).to_contain_text("Closes in spring.")
    manager.goto(f"{day.company.url}/employee/notices/")
    expect(manager.locator("body")).to_contain_text("Vormasund Waterworks")


@DAYS
def test_a_contact_that_was_owed_is_logged(day: Day) -> None:
    """J12.3: three interactions; headquarters' timeline names firm and person."""
    account = day.id_of("crm_account", "Aldersund District Energy")
    expect(day.page.locator("main")).to_contain_text("Aldersund District Energy")
    day.go("/distributor/crm/leads-and-customers")
    day.page.locator(f"a[href$='/accounts/{account}/act/log_contact']").click()
    day.page.locator("#wf-dialog textarea[name=note]").fill("Meter room is ready.")
    day.page.locator("#wf-dialog button[type=submit]").click()
    expect(day.page.locator("#wf-dialog[open]")).to_have_count(0)
    owed = day.scalar(
        "SELECT count(*) FROM crm_account"
        " WHERE partner = :firm AND partner_contact_at IS NULL AND role LIKE '%customer%'",
        firm=day.id_of("crm_account", "Baltmere Tehnika"),
    )
    assert owed == 2
    manager = day.visit("manager", f"/employee/crm/accounts/{account}", locale=day.locale)
    who = {"en": "Baltmere Tehnika, Kadri Tammsoo", "zh": "巴尔特米尔技术 卡德莉·塔姆索"}[day.locale]
    expect(manager.locator("body")).to_contain_text(who)
    assert day.visit("agent", HOME, locale=day.locale).goto(
        f"{day.company.url}/distributor/crm/accounts/{account}"
    ).status == 404  # fmt: skip


@DAYS
def test_a_deal_is_registered_and_a_served_firm_is_not(day: Day) -> None:
    """J12.4 and 5: a new firm is protected; one that is served is told with nothing else of it."""
    day.page.get_by_role("link", name=day.words("Register a deal")).click()
    name = day.page.locator("input[name=name]")
    name.fill("Haverdijk Water Board BV")
    warning = day.page.locator("[data-blocks]")
    expect(warning.first).to_be_visible()
    told = day.page.locator("main").inner_text()
    assert not [word for word in ("Maud", "莫德", "哈弗代克", "Won customer", "成功客户", "486") if word in told]
    name.fill("Sildemar Heating")
    expect(warning).to_have_count(0)
    day.page.locator("input[name=amount]").fill("18900")
    day.page.locator("input[name=expected_on]").fill("2027-03-31")
    day.page.locator("#wf-form button[type=submit]").first.click()
    day.page.wait_for_url(re.compile(r"/registrations/\d+"))
    row = day.id_of("crm_registration", "Sildemar Heating")
    days = day.scalar(
        "SELECT julianday(protected_until) - julianday(registered_on) FROM crm_registration WHERE id = :id", id=row
    )
    assert days == 60
    expect(day.page.locator("main")).to_contain_text(day.words("Registered"))
    manager = day.visit("manager", "/employee/crm/registrations/?status__in=registered,joint", locale=day.locale)
    expect(manager.locator("tbody")).to_contain_text("Sildemar Heating")
    rep = day.visit("sales", "/employee/crm/accounts/new?role=customer", locale=day.locale)
    rep.locator("input[name=name]").fill("Sildemar Heating AS")
    expect(rep.locator("[data-blocks]").first).to_be_visible()


@DAYS
def test_the_pipeline_is_seen_at_once_and_leaves_as_it_is_seen(day: Day, visit: Any) -> None:
    """J12.6, 8 and 9: a deal moves, prices of the own list in EUR, the export has exactly the rows on screen."""
    deal = day.id_of("crm_opportunity", "Aldersund District Energy WH-20")
    day.go(f"/distributor/crm/opportunities/{deal}")
    stage = {"en": "Negotiation", "zh": "商务谈判"}[day.locale]
    day.page.locator(".wf-path button, .wf-path a", has_text=stage).first.click()
    expect(day.page.locator("#wf-toast")).to_contain_text("Aldersund District Energy WH-20")
    manager = visit("manager", "/employee/crm/opportunities/?view=crm.deals_channel&layout=table", locale=day.locale)
    expect(manager.locator("tbody tr", has_text="Aldersund District Energy WH-20")).to_contain_text(stage)
    day.go("/distributor/crm/opportunities/?outcome=open&layout=table")
    shown = day.page.locator("tbody tr[data-id]").count()
    answer = day.page.request.get(f"{day.company.url}/distributor/crm/opportunities/export.csv?outcome=open")
    assert answer.ok
    rows = list(csv.reader(io.StringIO(answer.text().lstrip("\ufeff"))))
    assert len(rows) - 1 == shown == 7
    day.menu("Products and prices")
    cells = day.page.locator("tbody").inner_text()
    assert "EUR" in cells and "CNY" not in cells and day.page.locator("tbody tr[data-id]").count() == 12
    _the_sheet_has_the_same_prices(day, _amounts(_LISTED, cells))


def _amounts(form: re.Pattern[str], words: str) -> list[Decimal]:
    return sorted(Decimal(one.replace(",", "")) for one in form.findall(words))


def _the_sheet_has_the_same_prices(day: Day, listed: list[Decimal]) -> None:
    """J12.8: the PDF among the marketing material says the same prices as Products and prices."""
    assert len(listed) == 12
    day.go("/distributor/documents/documents/")
    name = {"en": "Price list for distributors", "zh": "渠道价格表说明"}[day.locale]
    day.page.get_by_role("link", name=name, exact=True).first.click()
    sheet = day.page.locator("[data-look] figure[data-page='1'] img")
    sheet.wait_for()
    assert _amounts(_PRINTED, sheet.get_attribute("alt") or "") == listed


@DAYS
def test_a_lead_goes_to_a_dealer_and_comes_back_until_a_contact(day: Day, company: Any) -> None:
    """J12.7 and 12: the dealer's person sees that lead only; take back works until the dealer logged a contact."""
    lead = day.id_of("crm_lead", "Toilamaa Heating")
    riga = day.id_of("crm_account", "Baltmere Riga")
    day.menu_of_portal("Our company")
    day.page.locator(".wf-tabs a", has_text=day.words("Dealers")).click()
    day.page.wait_for_load_state("networkidle")
    expect(day.page.locator("nav a[aria-current]").first).to_have_text(day.portal_words("Our company"))
    expect(day.page.locator("main")).to_contain_text(re.compile("Baltmere Turku|巴尔特米尔图尔库"))
    with company.records("distributor", write=True) as records:
        records.act("crm.lead.give_to_dealer", lead, {"dealer": riga})
    dealer = day.visit("riga", "/distributor/crm/leads/?view=crm.partner_leads", locale=day.locale)
    names = dealer.locator("tbody").inner_text()
    assert "Toilamaa Heating" in names and "Ropalejas Dairy" in names and "Vormasund" not in names
    day.go("/distributor/crm/leads/?view=crm.partner_leads")
    assert {"Toilamaa Heating", "Ropalejas Dairy", "Auravesi Paper"} <= set(
        day.page.locator("tbody tr[data-id] a").all_inner_texts()
    )
    day.go(f"/distributor/crm/leads/{lead}")
    day.press("Take back")
    expect(day.page.locator("#wf-toast")).to_be_visible()
    dealer.reload()
    assert "Toilamaa Heating" not in dealer.locator("tbody").inner_text()
    with company.records("distributor", write=True) as records:
        records.act("crm.lead.give_to_dealer", lead, {"dealer": riga})
    with company.records("riga", write=True) as records:
        records.act("crm.lead.log_contact", lead, {"kind": "call", "note": "Met them."})
    day.go(f"/distributor/crm/leads/{lead}")
    day.press("Take back")
    expect(day.page.locator("body")).to_contain_text("office@riga.baltmere.example")


def test_what_belongs_to_others_is_the_refused_page(visit: Any, company: Any) -> None:
    """J12.11 and J13.11: both firms side by side in one browser each."""
    with company.runtime.db.read() as connection:

        def ids(sql: str) -> list[int]:
            return [row[0] for row in connection.execute(text(sql))]

        jilan = ids("SELECT id FROM crm_account WHERE name = 'Jilan Park Water'")
        dairy = ids("SELECT id FROM crm_account WHERE name = 'Aldersund District Energy'")
        lists = ids("SELECT id FROM crm_price_list WHERE name IN ('China', 'Europe')")
        channel = ids("SELECT id FROM crm_price_list WHERE name = 'Distributors'")
        asked = ids("SELECT id FROM crm_customer_request")
    for who, numbers in (("distributor", [*jilan, *lists, *asked]), ("agent", [*dairy, *channel, *asked])):
        page = visit(who, HOME, locale="en")
        for number in numbers:
            assert page.goto(f"{company.url}/r/{number}").status == 404, (who, number)
        page.goto(f"{company.url}/distributor/company/")
        assert "Dealers" in page.content() if who == "distributor" else "Dealers" not in page.content()
