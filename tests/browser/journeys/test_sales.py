"""J3: the day of a sales representative, Lin Shutong, in both languages; first contact and search also at 360 px.

Steps that build on each other stand in one test on one demo; the others begin on a fresh one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

LOCALES = pytest.mark.parametrize("locale", ["zh", "en"])
WIDTHS = pytest.mark.parametrize("width", [1280, 360])
INKBOAT = {"zh": "砚舟热力", "en": "Inkboat Heating"}
LANAN = {"zh": "澜桉食品", "en": "Lan'an Foods"}
_HOME = "/employee/"


# ---- looking


def tile(page: Any, key: str) -> Any:
    """A tile of the home page."""
    return page.locator(f"[data-tile='{key}']")


def count_of(page: Any, key: str) -> int:
    """The number beside a tile's title."""
    return int(re.sub(r"\D", "", tile(page, key).locator("header .wf-n").inner_text()) or 0)


def number_in(text: str) -> int:
    """The whole number of an amount such as ``CNY 43,800``."""
    return int(re.sub(r"[^\d]", "", text.split(".")[0]) or 0)


def record_id(company: Any, who: str, entity: str, name: str, **filters: Any) -> int:
    """Id of a record by its main name, as that person may read it."""
    with company.records(who) as records:
        rows = records.query(entity, fields=("name",), filters={"name": name, **filters}, limit=2).rows
    assert len(rows) == 1, (entity, name, len(rows))
    return int(rows[0]["id"])


def goto(page: Any, company: Any, path: str) -> Any:
    """Open an address and let it settle."""
    answer = page.goto(company.url + path)
    page.wait_for_load_state("networkidle")
    return answer


def fits(page: Any) -> None:
    """Nothing scrolls sideways."""
    wide, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= window, f"{page.url} is {wide} px wide in {window}"


def large(page: Any, targets: str) -> None:
    """What one touches has 44 px in its larger direction and no side under 36."""
    for one in page.locator(targets).all():
        box = one.bounding_box()
        if box and box["width"]:
            assert max(box["width"], box["height"]) >= 44, one.evaluate("e => e.outerHTML.slice(0, 120)")


def log_contact(page: Any, note: str, *, kind: str = "", outcome: str = "", step: str = "", on: str = "") -> None:
    """Second and third interaction: fill the dialog that is open, send it."""
    dialog = page.locator(".wf-dlg")
    expect(dialog.locator("textarea[name=note]")).to_be_focused()
    if kind:
        dialog.locator(f"label:has(input[name=kind][value={kind}])").click()
    dialog.locator("textarea[name=note]").fill(note)
    if outcome:
        dialog.locator(f"label:has(input[name=outcome][value={outcome}])").click()
    if step:
        dialog.locator("#f-next_step").fill(step)
        dialog.locator("#f-next_on").fill(on)
    dialog.locator("button[type=submit]").last.click()
    expect(page.locator("dialog#wf-dialog[open]")).to_have_count(0)


def day_after(company: Any, days: int) -> str:
    """D and some days, as the company's zone counts."""
    with company.records("sales") as records:
        return str((records.now.astimezone(records.zone) + timedelta(days=days)).date())


# ---- steps 1 to 3 and 8


@LOCALES
def test_she_takes_up_a_new_customer_and_loses_a_deal(
    visit: Callable[..., Any], company: Any, say: Callable[..., str], locale: str
) -> None:
    manager = visit("manager", _HOME, locale=locale)
    contacts = count_of(manager, "crm.contacts_week")
    # 1. What was given to her is said at sign-in; the tile names it, by whom and when.
    page = visit("sales", _HOME, locale=locale)
    arrived = page.locator("[data-arrived]")
    expect(arrived.filter(has_text=INKBOAT[locale])).to_be_visible()
    row = tile(page, "crm.newly_assigned").locator("li", has_text=INKBOAT[locale])
    expect(row).to_contain_text(company.name("manager", locale))
    expect(row).to_contain_text("今天" if locale == "zh" else "today")
    expect(tile(page, "crm.follow_ups").locator(".wf-late, .wf-end-late").first).to_be_visible()
    cold = tile(page, "crm.going_cold").locator("li", has_text=LANAN[locale])
    expect(cold).to_contain_text("3 天" if locale == "zh" else "3 days")
    # 2. A contact in three interactions: open, say it, send.
    before = count_of(page, "crm.newly_assigned")
    first_contact(page, company, say, locale)
    goto(page, company, _HOME)
    assert count_of(page, "crm.newly_assigned") == before - 1
    expect(tile(page, "crm.newly_assigned")).not_to_contain_text(INKBOAT[locale])
    goto(manager, company, _HOME)
    assert count_of(manager, "crm.contacts_week") == contacts + 1
    # 3. The lead becomes a deal of the same customer; lines of the Chinese price list make the amount.
    deal = convert(page, company, say, locale)
    # 8. A deal is lost: reason and competitor cannot be left out, and both are counted.
    lose(page, manager, company, say, locale, deal)


def first_contact(page: Any, company: Any, say: Callable[..., str], locale: str) -> None:
    """Log the call from the row of the tile; look at card and calendar."""
    account = record_id(company, "sales", "crm.account", "Inkboat Heating")
    row = tile(page, "crm.newly_assigned").locator("li", has_text=INKBOAT[locale]).first
    row.locator("a.wf-icon-btn").click()
    step = "Site survey of 12 stations"
    log_contact(page, "Wants 12 loggers.", kind="call", outcome="positive", step=step, on=day_after(company, 2))
    goto(page, company, f"/employee/crm/accounts/{account}")
    expect(page.locator(".wf-facts")).to_contain_text(step)
    expect(page.locator(".wf-facts")).to_contain_text("今天" if locale == "zh" else "today")
    # What is planned stands above; of what happened, this is the latest.
    happened = page.locator("#wf-timeline li").filter(has_not_text=step)
    expect(happened.first).to_contain_text("Wants 12 loggers.")
    goto(page, company, "/employee/calendar/?view=agenda")
    expect(page.locator("main")).to_contain_text(step)


def convert(page: Any, company: Any, say: Callable[..., str], locale: str) -> int:
    """Step 3; returns the deal."""
    lead = record_id(company, "sales", "crm.lead", "砚舟热力")
    with company.records("sales") as records:
        accounts = records.query("crm.account", fields=(), limit=1, count="exact").count.value
    goto(page, company, _HOME)
    pipeline = tile(page, "crm.my_pipeline").locator("tr").first.locator("td").last
    before = number_in(pipeline.inner_text())
    goto(page, company, f"/employee/crm/leads/{lead}")
    page.locator("main").get_by_role("link", name=say(locale, "Convert")).first.click()
    page.locator("form[action$='/act/convert'] button[type=submit]").click()
    page.wait_for_url(re.compile(r"/crm/opportunities/\d+"))
    deal = int(page.url.rstrip("/").rpartition("/")[2].partition("?")[0])
    for code, quantity, total in (("LD-3", 12, "39,000"), ("GW-1", 1, "44,600")):
        add_line(page, say, locale, code, quantity)
        expect(page.locator("#crm-lines .wf-sheet-foot")).to_contain_text(total)
    expect(page.locator(".wf-facts")).to_contain_text("44,600")
    expect(page.locator(".wf-facts")).to_contain_text("CNY")
    goto(page, company, f"/employee/crm/opportunities/{deal}/edit")
    page.locator("[data-field=amount] input").last.fill("1.00")
    page.locator("form#wf-form button[type=submit]").first.click()
    typed_over = say(locale, "The amount is the sum of the lines: change the lines instead.")
    expect(page.locator("[data-field=amount]")).to_contain_text(typed_over)
    with company.records("sales") as records:
        assert records.query("crm.account", fields=(), limit=1, count="exact").count.value == accounts
        assert str(records.get("crm.opportunity", deal)["amount"].amount) == "44600.00"
    goto(page, company, _HOME)
    assert number_in(pipeline.inner_text()) == before + 44_600
    goto(page, company, f"/employee/crm/leads/{lead}")
    expect(page.locator("main .wf-path .wf-at, main .wf-st").first).to_contain_text(say(locale, "Converted"))
    expect(page.locator(f"main a[href$='/crm/opportunities/{deal}']").first).to_be_visible()
    return deal


def add_line(page: Any, say: Callable[..., str], locale: str, code: str, quantity: int) -> None:
    """Type a product and how many; the list gives the price."""
    sheet = page.locator("#crm-lines")
    product = sheet.get_by_role("combobox")
    product.fill(code)
    shown = {"LD-3": "漏损记录仪" if locale == "zh" else "Leak logger", "GW-1": "网关" if locale == "zh" else "Gateway"}
    page.locator("[role=option]", has_text=shown[code]).first.click()
    sheet.locator("input[name=quantity]").last.fill(str(quantity))
    sheet.get_by_role("button", name=say(locale, "Add line")).click()
    expect(sheet.locator("tbody tr, .wf-sheet-row", has_text=code).first).to_be_visible()


def lose(page: Any, manager: Any, company: Any, say: Callable[..., str], locale: str, made: int) -> None:
    """Step 8, on an old deal of hers."""
    with company.records("manager") as records:
        counted = {
            outcome: records.query(
                "crm.opportunity", fields=(), filters={"outcome": outcome}, limit=1, count="exact"
            ).count.value
            for outcome in ("open", "won", "lost")
        }
    assert counted == {"open": 75, "won": 108, "lost": 78}
    with company.records("sales") as records:
        rows = records.query(
            "crm.opportunity",
            fields=("name",),
            filters={"outcome": "open", "owner": "me", "name__contains": "WH"},
            limit=2,
        ).rows
    deal = next(
        row["id"] for row in rows if row["id"] != made and "澜桉" not in row["name"] and "棠屿" not in row["name"]
    )
    rival = record_id(company, "sales", "crm.account", "Hengshu Controls")
    lost = lost_against(page, company, rival)
    goto(page, company, f"/employee/crm/opportunities/{deal}/act/lose")
    page.locator("form[action$='/act/lose'] button[type=submit]").click()
    for field in ("loss_reason", "competitor"):
        expect(page.locator(f"[data-field={field}] .wf-error")).to_be_visible()
    reason = page.locator("[data-field=loss_reason]")
    if reason.locator("select").count():
        reason.locator("select").select_option(index=1)
    else:
        reason.locator("input[role=combobox]").click()
        reason.locator("[role=option]").first.click()
    page.locator("[data-field=competitor] input[role=combobox]").fill("恒澍" if locale == "zh" else "Hengshu")
    page.locator("[data-field=competitor] [role=option]").first.click()
    page.locator("form[action$='/act/lose'] button[type=submit]").click()
    page.wait_for_url(re.compile(rf"/crm/opportunities/{deal}(\?.*)?$"))
    assert lost_against(page, company, rival) == lost + 1
    for outcome, number in (("open", 74), ("lost", 79)):
        goto(manager, company, f"/employee/crm/opportunities/?outcome={outcome}&layout=table")
        expect(manager.locator("h1 .wf-n")).to_have_text(str(number))


def lost_against(page: Any, company: Any, rival: int) -> int:
    """Deals lost against a competitor, as its card lists them."""
    goto(page, company, f"/employee/crm/opportunities/?outcome=lost&competitor={rival}&layout=table")
    return number_in(page.locator("h1 .wf-n").inner_text())


# ---- step 2 at 360 px, step 9


@LOCALES
def test_a_first_contact_on_the_phone(
    visit: Callable[..., Any], company: Any, say: Callable[..., str], locale: str
) -> None:
    page = visit("sales", _HOME, locale=locale, width=360)
    fits(page)
    first_contact(page, company, say, locale)
    fits(page)
    goto(page, company, _HOME)
    expect(tile(page, "crm.newly_assigned")).not_to_contain_text(INKBOAT[locale])


@LOCALES
def test_the_bar_of_the_phone_and_a_contact_from_the_search(
    visit: Callable[..., Any], company: Any, say: Callable[..., str], locale: str
) -> None:
    core = {"domain": "core"}
    page = visit("sales", _HOME, locale=locale, width=360)
    bar = page.locator("nav.wf-bottom > a, nav.wf-bottom > details > summary")
    words = [say(locale, text, **core) for text in ("Home", "To do", "Search", "New", "Menu")]
    assert [re.sub(r"\d|\s+$", "", text.strip()).strip() for text in bar.all_inner_texts()] == words
    large(page, "nav.wf-bottom > a, nav.wf-bottom > details > summary")
    goto(page, company, "/employee/search/?q=" + LANAN[locale])
    fits(page)
    large(page, "main a.wf-icon-btn, main button, .wf-phone-top a")
    # One: the icon in the row; two: what was said; three: send.
    page.locator("main li", has_text=LANAN[locale]).first.locator("a[href$='/act/log_contact']").click()
    fits(page)
    log_contact(page, "Called from the train.")
    with company.records("sales") as records:
        said = records.query("crm.activity", fields=("subject",), sort="-id", limit=1).rows[0]
    assert said["subject"] == "Called from the train."
    for path in ("todo/", "crm/accounts/?role=customer", "crm/opportunities/?view=crm.deals_mine"):
        goto(page, company, f"/employee/{path}")
        fits(page)
    with company.records("sales") as records:
        wanted = {"owner": "me", "outcome": "open", "amount__gt": "700000"}
        deal = records.query("crm.opportunity", fields=(), filters=wanted, limit=1).rows[0]["id"]
    goto(page, company, f"/employee/crm/opportunities/{deal}")
    fits(page)
    large(page, ".wf-edit-btn")
    cut = "all => all.filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.innerText)"
    assert page.locator(".wf-path .wf-cut, .wf-path > li > span, .wf-path button > span").evaluate_all(cut) == []
    # The page of the form, as a phone without scripts has it: what sends it is in sight from the start.
    account = record_id(company, "sales", "crm.account", "Lan'an Foods")
    goto(page, company, f"/employee/crm/accounts/{account}/act/log_contact")
    fits(page)
    send = page.locator("main form button[type=submit]").last.bounding_box()
    below = page.locator("nav.wf-bottom").bounding_box()
    assert send and below and send["y"] + send["height"] <= below["y"]


# ---- step 4


@LOCALES
def test_a_visit_takes_the_red_away_everywhere(
    visit: Callable[..., Any], company: Any, say: Callable[..., str], locale: str
) -> None:
    account = record_id(company, "sales", "crm.account", "Lan'an Foods")
    manager = visit("manager", _HOME, locale=locale)
    expect(tile(manager, "crm.stalled")).to_contain_text("澜桉食品")
    stalled = count_of(manager, "crm.stalled")
    assert due_in_three_days(manager, company) == 5
    page = visit("sales", f"/employee/crm/accounts/{account}", locale=locale)
    expect(page.locator("main")).to_contain_text(say(locale, "Too long without contact"))
    page.keyboard.press("l")
    log_contact(page, "Line 3 walked through with the engineers.", kind="visit")
    expect(page.locator(".wf-facts")).to_contain_text("今天" if locale == "zh" else "today")
    expect(page.locator("main")).not_to_contain_text(say(locale, "Too long without contact"))
    expect(page.locator("main")).to_contain_text("760,000")
    goto(page, company, _HOME)
    expect(tile(page, "crm.going_cold")).not_to_contain_text(LANAN[locale])
    goto(manager, company, _HOME)
    assert count_of(manager, "crm.stalled") == stalled - 1
    expect(tile(manager, "crm.stalled")).not_to_contain_text("澜桉食品")
    assert due_in_three_days(manager, company) == 4


def due_in_three_days(page: Any, company: Any) -> int:
    """Rows of the preview of the recycling."""
    goto(page, company, "/employee/crm/pool/next/?days=3")
    return int(page.locator("tbody tr[data-id]").count())
