"""Steps of several days that are about documents: J4 10, J7 8, J10 2 and 7, J11 7, J13 7, on one demo company."""

from __future__ import annotations

import re

import pytest

from weft.core.search import indexing

LIBRARY = "documents"


def _doc(page, name):
    return page.get_by_role("link", name=name, exact=True).first


@pytest.mark.parametrize("locale", ["en", "zh"])
def test_documents_in_the_days_of_five_people(company, visit, say, locale):
    indexing.check(company.runtime)
    manual = {"en": "LD-3 installation manual", "zh": "LD-3 安装手册"}[locale]
    _employee_finds_the_manual(company, visit, say, locale, manual)
    _hr_reminds_those_who_have_not_confirmed(company, visit, say, locale)
    _customer_has_what_is_shared(company, visit, say, locale, manual)
    _supplier_confirms_the_safety_rules(company, visit, say, locale)
    _agent_has_the_leaflet(company, visit, say, locale)


def _employee_finds_the_manual(company, visit, say, locale, manual):
    """J7 8: the words stand inside the file; version 3 is seen without leaving the page, 1 and 2 are listed."""
    page = visit("employee", "/employee/search/?q=漏损", locale=locale, width=360)
    papers = page.locator("section", has=page.get_by_role("heading", name=say(locale, "Documents", domain=LIBRARY)))
    first = papers.locator("li a").first
    assert first.inner_text() == manual
    first.click()
    image = page.locator("[data-look] figure[data-page='1'] img")
    image.wait_for()
    assert image.evaluate("one => one.naturalWidth") > 300
    assert "漏损" in (image.get_attribute("alt") or "") or "LD-3" in (image.get_attribute("alt") or "")
    for number in (1, 2, 3):
        assert page.get_by_text(say(locale, "Version %(n)s", domain=LIBRARY, n=number), exact=True).first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    share = say(locale, "Share outside", domain=LIBRARY)
    assert page.get_by_text(share, exact=True).count() == 0  # J7 10


def _hr_reminds_those_who_have_not_confirmed(company, visit, say, locale):
    """J4 10: who has confirmed and who not; only those have a notice."""
    guide = {"en": "New-employee guide", "zh": "新员工手册"}[locale]
    page = visit("hr", f"/employee/documents/documents/?q={guide}", locale=locale)
    _doc(page, guide).click()
    readers = page.locator("#doc-readers")
    readers.wait_for()
    name = company.name("employee", locale)
    assert name in readers.inner_text()
    waiting = _not_confirmed(company)
    assert "employee" in waiting and "sales" not in waiting
    before = {who: _notices(company, who) for who in company.people}
    button = readers.get_by_role("button")
    left = int(re.search(r"\d+", button.inner_text())[0])
    assert left == len(waiting) > 1
    with page.expect_response(lambda one: one.url.endswith("/act/remind")):
        button.click()
    company.settle()
    told = {who for who, number in before.items() if _notices(company, who) > number}
    assert told == waiting


def _not_confirmed(company):
    """Sign-in names of those who were asked to read the guide and have not confirmed."""
    names = {user: who for who, user in company.people.items()}
    with company.records("hr") as records:
        (guide,) = records.query("documents.document", filters={"name": "New-employee guide"}).rows
        system = records.system("test: who has not confirmed")
        filters = {"document": guide["id"], "confirmed_at__isnull": "true"}
        return {names[row["owner"].id] for row in system.query("documents.reading", filters=filters, limit=200).rows}


def _notices(company, who):
    from sqlalchemy import func, select

    from weft.core.collaboration.tables import notice

    with company.runtime.db.read() as connection:
        kind = notice.c.kind == "documents.reminded_to_read"
        found = select(func.count()).where(kind, notice.c.user_id == company.people[who])
        return connection.execute(found).scalar_one()


def _customer_has_what_is_shared(company, visit, say, locale, manual):
    """J10 2 and 7: what is shared with Haverdijk, and nothing else; articles are suggested while typing."""
    page = visit("customer", "/customer/documents/documents/", locale=locale, width=360)
    names = {
        "en": ("WH-40 data sheet", "Contract Haverdijk district metering", "Amendment 1 Haverdijk"),
        "zh": ("WH-40 技术规格书", "哈弗代克分区计量合同", "哈弗代克合同补充协议一"),
    }[locale]
    for name in (manual, *names):
        assert _doc(page, name).is_visible(), name
    text = page.locator("body").inner_text()
    for absent in ("Tangyu", "棠屿", "Discount", "折扣政策", "Safety rules", "供应商安全规则", "Post-mortem", "复盘"):
        assert absent not in text
    _doc(page, names[1]).click()
    page.locator("[data-look] figure[data-page='1'] img").wait_for()
    with page.expect_download() as waited:
        page.get_by_role("link", name=say(locale, "Download", domain=LIBRARY)).first.click()
    assert waited.value.suggested_filename.endswith(".pdf") and "averdijk" in waited.value.suggested_filename
    page.goto(company.url + "/customer/service/requests/new")
    page.wait_for_load_state("networkidle")
    with page.expect_response(lambda one: one.url.endswith("/service/suggest")):
        page.locator("[name=subject]").press_sequentially("LD-3 no signal")
    article = {"en": "LD-3 no signal: what to do", "zh": "LD-3 无信号怎么办"}[locale]
    page.get_by_role("link", name=article).wait_for()


def _supplier_confirms_the_safety_rules(company, visit, say, locale):
    """J11 7: asked on the home page, confirmed, gone from it."""
    rules = {"en": "Safety rules for suppliers", "zh": "供应商安全规则"}[locale]
    page = visit("supplier", "/supplier/", locale=locale)
    _doc(page, rules).click()
    confirm = page.get_by_role("button", name=say(locale, "Read and confirm", domain=LIBRARY)).first
    confirm.wait_for()
    with page.expect_response(lambda one: one.url.endswith("/act/confirm")):
        confirm.click()
    page.wait_for_load_state("networkidle")
    page.goto(company.url + "/supplier/documents/documents/")
    page.wait_for_load_state("networkidle")
    assert _doc(page, rules).is_visible()
    with company.records("supplier") as records:
        rows = records.query("documents.reading", fields=("confirmed_at",), filters={"owner": "me"}).rows
    assert [row["confirmed_at"] is not None for row in rows] == [True]


def _agent_has_the_leaflet(company, visit, say, locale):
    """J13 7: the leaflet downloads; nothing internal stands beside it."""
    leaflet = {"en": "WH-20 leaflet", "zh": "WH-20 宣传页"}[locale]
    page = visit("agent", "/distributor/documents/documents/", locale=locale, width=360)
    text = page.locator("body").inner_text()
    for absent in ("Tangyu", "棠屿", "averdijk", "哈弗代克", "Price list for distributors", "渠道价格表"):
        assert absent not in text
    _doc(page, leaflet).click()
    page.locator("[data-look] figure[data-page='1'] img").wait_for()
    with page.expect_download() as waited:
        page.get_by_role("link", name=say(locale, "Download", domain=LIBRARY)).first.click()
    assert waited.value.suggested_filename.endswith(".pdf")
