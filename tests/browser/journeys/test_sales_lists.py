"""J3 again, Lin Shutong at her lists: what is hers and what is not, collision, board, import, two who save the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

LOCALES = pytest.mark.parametrize("locale", ["zh", "en"])


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


# ---- steps 5 and 13


@LOCALES
def test_her_customers_are_thirty_one_to_whoever_opens_the_address(
    visit: Callable[..., Any], company: Any, say: Callable[..., str], locale: str
) -> None:
    page = visit("sales", "/employee/crm/accounts/?role=customer", locale=locale)
    page.locator("nav.wf-tabs a", has_text=say(locale, "My customers")).click()
    expect(page.locator("h1 .wf-n")).to_have_text("31")
    assert "owner=me" in page.url and "role=customer" in page.url
    owner = say(locale, "Owner", domain="core")
    expect(page.locator(".wf-fc:has(> a.wf-fc-part)").filter(has_text=owner)).to_have_count(1)
    expect(page.locator("main")).not_to_contain_text("凯斯特摩" if locale == "zh" else "Kestrelmoor")
    manager = visit("manager", page.url.removeprefix(company.url), locale=locale)
    expect(manager.locator("h1 .wf-n")).to_have_text("31")
    for path, number in (("crm/accounts/?frozen=false", "308"), ("crm/accounts/?all=1&frozen__in=true,false", "320")):
        goto(manager, company, f"/employee/{path}")
        expect(manager.locator("h1 .wf-n")).to_have_text(number)
    # 13. What is not hers does not exist for her: by address, in the search, in what is taken out.
    brunnvik = record_id(company, "manager", "crm.account", "Brunnvik Paper")
    for number in (brunnvik, 999_999_999):
        answer = goto(page, company, f"/employee/crm/accounts/{number}")
        assert answer.status == 404
        expect(page.locator("body")).to_contain_text(
            say(locale, "Does not exist or is not shared with you", domain="core")
        )
    goto(page, company, "/employee/search/?q=Brunnvik")
    assert page.locator("main li a[href*='/crm/']").count() == 0
    assert page.locator("a[href*='/employee/settings']").count() == 0
    assert goto(page, company, "/employee/settings/").status in (403, 404)
    taken_out(page, company, say, locale)


def taken_out(page: Any, company: Any, say: Callable[..., str], locale: str) -> None:
    """The export of the ticked list holds her 31 customers and nothing else."""
    goto(page, company, "/employee/crm/accounts/?view=crm.customers_mine")
    page.locator("thead input[type=checkbox]").check()
    every = page.locator("[data-bulk-all]")
    if every.is_visible():
        every.click()
    page.locator("[data-bulk] button[data-bulk-url*='export']").click()
    dialog = page.locator("#wf-dialog")
    with page.expect_download() as waited:
        dialog.locator("a[href*='export.csv']").click()
    with open(waited.value.path(), encoding="utf-8-sig") as text:
        assert len(text.read().strip().splitlines()) == 32


# ---- step 6


@LOCALES
def test_a_protected_customer_is_warned_of_before_saving(
    visit: Callable[..., Any], company: Any, say: Callable[..., str], locale: str
) -> None:
    with company.records("manager") as records:
        before = records.query("crm.account", fields=(), limit=1, count="exact").count.value
        until = records.now.astimezone(records.zone).date() + timedelta(days=54)
    day = f"{until.year}年{until.month}月{until.day}日" if locale == "zh" else f"{until.day} {until:%B %Y}"
    # In the demo she has asked the day before and is told so; a colleague who asks sends a request to the manager.
    for who, answer in (("sales", "You asked for this customer already."), ("su", "Request sent")):
        page = visit(who, "/employee/crm/accounts/new?role=customer", locale=locale)
        page.locator("[name=name]").press_sequentially("霁岚园区水务有限公司", delay=40)
        warning = page.locator(".wf-form-checks [data-blocks]")
        expect(warning).to_contain_text("岭棠自动化" if locale == "zh" else "Lingtang Automation")
        expect(warning).to_contain_text(day)
        expect(warning).to_contain_text(company.name("manager", locale))
        expect(page.locator("form#wf-form button[type=submit]").first).to_be_disabled()
        warning.get_by_role("button", name=say(locale, "Ask for it")).click()
        expect(page.locator("#wf-toast")).to_contain_text(say(locale, answer))
    manager = visit("manager", "/employee/", locale=locale)
    asked = manager.locator("[data-tile] li", has_text="霁岚园区水务有限公司")
    expect(asked.filter(has_text=company.name("su", locale)).first).to_be_visible()
    with company.records("manager") as records:
        assert records.query("crm.account", fields=(), limit=1, count="exact").count.value == before


# ---- step 7


@LOCALES
def test_a_deal_is_dragged_to_the_next_stage_and_back(
    visit: Callable[..., Any], company: Any, say: Callable[..., str], locale: str
) -> None:
    page = visit("sales", "/employee/crm/opportunities/?view=crm.deals_mine", locale=locale)
    columns = page.locator(".wf-board-col")
    proposal, negotiation = columns.nth(2), columns.nth(3)
    card = proposal.locator(".wf-board-card").first
    number, amount = card.get_attribute("data-id"), number_in(card.locator(".wf-board-amount").inner_text())
    sums = [number_in(one.locator("header .wf-money").first.inner_text()) for one in (proposal, negotiation)]
    start, end = card.bounding_box(), negotiation.bounding_box()
    page.mouse.move(start["x"] + 60, start["y"] + 20)
    page.mouse.down()
    page.mouse.move(end["x"] + 80, end["y"] + 120, steps=12)
    page.wait_for_timeout(300)  # the board looks where the card is a few times a second
    page.mouse.up()
    expect(negotiation.locator(f".wf-board-card[data-id='{number}']")).to_be_visible()
    expect(page.locator("#wf-toast")).to_contain_text("商务谈判" if locale == "zh" else "Negotiation")
    expect(negotiation.locator("header .wf-money").first).to_contain_text(f"{sums[1] + amount:,}")
    expect(proposal.locator("header .wf-money").first).to_contain_text(f"{sums[0] - amount:,}")
    page.keyboard.press("Control+z")
    expect(proposal.locator(f".wf-board-card[data-id='{number}']")).to_be_visible()
    expect(proposal.locator("header .wf-money").first).to_contain_text(f"{sums[0]:,}")
    expect(negotiation.locator("header .wf-money").first).to_contain_text(f"{sums[1]:,}")
    goto(page, company, f"/employee/crm/opportunities/{number}?kind=changes")
    told = page.locator("#wf-timeline li").filter(has_text=say(locale, "Stage"))
    for one in told.all()[:2]:
        expect(one).to_contain_text(company.name("sales", locale))


# ---- step 12


@LOCALES
def test_contacts_of_an_office_file_come_in_and_go_again(
    visit: Callable[..., Any], company: Any, say: Callable[..., str], locale: str, tmp_path: Any
) -> None:
    core = {"domain": "core"}
    with company.records("sales") as records:
        mine = records.query("crm.account", fields=("name", "name_alt"), filters={"owner": "me", "role": "customer"},
                             limit=31).rows  # fmt: skip
        before = records.query("crm.contact", fields=(), limit=1, count="exact").count.value
    names = [row["name"] for row in mine if sum(row["name"] == one["name"] for one in mine) == 1]
    lines = ["名称,往来单位,电话,邮件"]
    lines += [f"测试联系人{n:02d},{names[n % len(names)]},+86 512 6555 {n:04d},p{n}@example.com" for n in range(17)]
    lines += [
        "无此单位,并不存在的公司,+86 512 6555 9001,",
        f"坏电话,{names[0]},call me,",
        f",{names[1]},+86 512 6555 9003,",
    ]
    file = tmp_path / "contacts.csv"
    file.write_bytes("\r\n".join(lines).encode("gb18030"))
    page = visit("sales", "/employee/crm/contacts/import", locale=locale)
    page.locator("input[type=file]").set_input_files(str(file))
    page.locator("form[action$='/import'] button[type=submit]").first.click()
    page.wait_for_selector("form.wf-import")
    chosen = page.locator("form.wf-import thead select")
    assert [one.input_value() for one in chosen.all()] == ["name", "account", "phone", "email"]
    note = page.locator(".wf-import .wf-note").first.inner_text()
    assert [int(one) for one in re.findall(r"\d+", note)] == [20, 17, 0, 0, 3]
    page.locator("button[name=go][value=run]").click()
    page.wait_for_url(re.compile(r"/import/\d+$"))
    company.settle()
    goto(page, company, page.url.removeprefix(company.url))
    with company.records("sales") as records:
        assert records.query("crm.contact", fields=(), limit=1, count="exact").count.value == before + 17
    with page.expect_download() as waited:
        page.get_by_role("link", name=say(locale, "Refused rows", **core)).first.click()
    with open(waited.value.path(), encoding="utf-8-sig") as text:
        refused = text.read()
    for word in ("并不存在的公司", "call me", "9003"):
        assert word in refused
    page.get_by_role("button", name=say(locale, "Take the import back", **core)).click()
    expect(page.locator("#wf-toast")).to_contain_text(say(locale, "Undone", **core))
    with company.records("sales") as records:
        assert records.query("crm.contact", fields=(), limit=1, count="exact").count.value == before


# ---- step 14


@LOCALES
def test_two_people_save_the_same_customer_and_nothing_is_lost(
    visit: Callable[..., Any], company: Any, say: Callable[..., str], locale: str
) -> None:
    account = record_id(company, "sales", "crm.account", "Lan'an Foods")
    edit = f"/employee/crm/accounts/{account}/edit"
    manager = visit("manager", edit, locale=locale)
    page = visit("sales", edit, locale=locale)
    page.fill("#f-phone", "+86 519 8555 0101")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(rf"/accounts/{account}(\?.*)?$"))
    manager.fill("#f-phone", "+86 519 8555 0202")
    manager.locator("label.wf-opt-b", has=manager.locator("input[name=value_class][value=A]")).click()
    manager.keyboard.press("Control+Enter")
    choose = manager.locator("table.wf-choose")
    expect(choose).to_be_visible()
    expect(choose).to_contain_text(say(locale, "Yours", domain="core"))
    expect(choose.locator("tbody tr")).to_have_count(1)
    expect(choose).to_contain_text("0101")
    expect(choose).to_contain_text("0202")
    choose.locator("tbody tr td").last.locator("input").check()
    manager.locator("[data-conflict] button[type=submit]").click()
    manager.wait_for_url(re.compile(rf"/accounts/{account}(\?.*)?$"))
    with company.records("sales") as records:
        row = records.get("crm.account", account)
    assert (re.sub(r"\D", "", row["phone"])[-4:], row["value_class"]) == ("0101", "A")
