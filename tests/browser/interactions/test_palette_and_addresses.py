"""The palette, the search, the map of keys, and addresses that stay: U-01, U-02, U-32, U-39."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

ACCOUNTS = "/employee/crm/accounts/?role=customer"


def test_u01_the_palette_leads_to_a_record_a_page_and_an_action(visit: Callable[..., Any]) -> None:
    """U-01: Ctrl/Cmd+K opens a palette from any page; part of a record, page or action and Enter goes there."""
    page = visit("sales", "/employee/calendar/")
    options = page.locator(".wf-palette li")
    for start, typed, shown, goal in (
        ("Control+k", "tangyu water g", "Tangyu Water Group", r"/crm/accounts/\d+$"),
        ("Meta+k", "forecast", "Forecast", r"/crm/forecast"),
        ("Control+k", "new opport", "New: Opportunity", r"/crm/opportunities/new"),
    ):
        page.keyboard.press(start)
        expect(page.locator(".wf-palette input")).to_be_focused()
        page.keyboard.type(typed)
        expect(options.first).to_contain_text(shown)
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(goal))
        page.wait_for_load_state("networkidle")


def test_u02_a_slash_searches_by_kind_and_within_rights(visit: Callable[..., Any], company: Any) -> None:
    """U-02: `/` puts the cursor into search; results are grouped by object and obey rights."""
    page = visit("sales", "/employee/")
    page.keyboard.press("/")
    expect(page.locator(".wf-palette input")).to_be_focused()
    page.keyboard.type("棠屿")
    kinds = page.locator(".wf-palette h3")
    expect(page.locator(".wf-palette li").first).to_contain_text("Tangyu")
    expect(kinds.filter(has_text="Accounts")).to_have_count(1)
    expect(kinds.filter(has_text="Opportunities")).to_have_count(1)
    for who, found in (("manager", True), ("sales", False)):
        page = visit(who, "/employee/search/?q=Brunnvik")
        assert (page.locator("main a", has_text="Brunnvik mill 2").count() > 0) is found
        assert (page.locator(".wf-panel", has_text="Opportunities").count() > 0) is found


def test_u32_a_question_mark_shows_the_keys_and_the_keyboard_reaches_everything(visit: Callable[..., Any]) -> None:
    """U-32: `?` shows the shortcut map; actions reachable by keyboard with visible focus; labels for screen readers."""
    page = visit("sales", ACCOUNTS)
    page.keyboard.press("?")
    keys = page.locator("#wf-dialog")
    for text in ("Next and previous row", "Edit in place", "Preview beside the list", "Undo"):
        expect(keys).to_contain_text(text)
    page.keyboard.press("Escape")
    expect(page.locator("dialog#wf-dialog[open]")).to_have_count(0)
    page.locator("body").press("Tab")
    reached, unseen = set(), []
    for _step in range(90):
        found = page.evaluate(
            """() => { const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
                const around = e.closest('.wf-input, label, .wf-fc, tr');
                const lit = [s, ...(around ? [getComputedStyle(around)] : [])]
                    .some(x => (x.outlineStyle !== 'none' && parseFloat(x.outlineWidth) > 0) || x.boxShadow !== 'none');
                return [(e.getAttribute('aria-label') || e.textContent || e.placeholder || '').trim().slice(0, 40),
                        lit, r.width, e.outerHTML.slice(0, 80)]; }"""
        )
        reached.add(found[0])
        if not found[1] and found[2]:
            unseen.append(found[3])
        page.keyboard.press("Tab")
    assert unseen == []
    for action in ("Export", "New customer", "Filter", "Columns", "Sort", "Board"):
        assert any(action in one for one in reached), (action, reached)


def test_u32_nothing_to_press_is_without_a_name_and_text_stands_out(visit: Callable[..., Any], company: Any) -> None:
    """U-32: labels for screen readers; contrast of text at least 4.5:1, in both themes."""
    page = visit("sales", "/employee/")
    for path in (
        "/employee/",
        ACCOUNTS,
        "/employee/crm/opportunities/?view=crm.deals_mine",
        "/employee/crm/contacts/new",
    ):
        page.goto(company.url + path)
        page.wait_for_load_state("networkidle")
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            page.wait_for_function("theme => document.documentElement.dataset.bsTheme === theme", arg=theme)
            page.evaluate("Promise.allSettled(document.getAnimations().map(one => one.finished))")
            assert page.evaluate(NAMELESS) == [], path
            assert page.evaluate(FAINT) == [], (path, theme)


def test_u39_back_returns_and_every_record_has_an_address_of_its_own(visit: Callable[..., Any], company: Any) -> None:
    """U-39: Back always works, every record has a stable address, a middle click opens a tab."""
    page = visit("sales", ACCOUNTS)
    page.locator("nav.wf-tabs a", has_text="Class A").click()
    expect(page.locator("nav.wf-tabs a.wf-on")).to_contain_text("Class A")
    filtered, first = page.url, page.locator("tbody a.wf-name").first.inner_text()
    page.locator("tbody a.wf-name").first.click()
    expect(page.locator("h1")).to_have_text(first)
    record = page.url
    page.locator(".wf-tabs a", has_text="Timeline").first.click()
    page.wait_for_function("address => location.href !== address", arg=record)
    page.go_back()
    expect(page).to_have_url(record)
    expect(page.locator("h1")).to_have_text(first)
    page.go_back()
    expect(page).to_have_url(filtered)
    expect(page.locator("tbody a.wf-name").first).to_have_text(first)
    page.go_back()
    expect(page.locator("nav.wf-tabs a.wf-on")).to_contain_text("All customers")
    with page.context.expect_page() as opened:
        page.locator("tbody a.wf-name").first.click(button="middle")
    # a new tab is blank until its first page has come
    opened.value.wait_for_url(re.compile(r"/crm/accounts/\d+"))
    expect(opened.value.locator("h1")).to_be_visible()
    opened.value.close()
    # the address alone leads a colleague to the same record
    other = visit("manager", record.removeprefix(company.url))
    expect(other.locator("h1")).to_have_text(first)


#: What can be pressed or typed into without a name that a screen reader could say.
NAMELESS = """() => [...document.querySelectorAll('button, a[href], input, select, textarea, summary')]
    .filter(e => e.offsetParent && e.type !== 'hidden' && !e.closest('[aria-hidden=true]'))
    .filter(e => !(e.getAttribute('aria-label') || e.getAttribute('aria-labelledby') || e.title
        || e.textContent.trim() || (e.labels && e.labels.length) || e.placeholder || e.value))
    .map(e => e.outerHTML.slice(0, 120))"""

#: Words that stand out less than 4.5:1 from what is behind them (3:1 when large); disabled controls do not count.
FAINT = """() => {
    // drawn, since a colour may be written in any notation (oklab of a colour that is mixed)
    const pen = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true }), known = new Map();
    const rgb = text => {
        if (!known.has(text)) {
            pen.clearRect(0, 0, 1, 1); pen.fillStyle = text; pen.fillRect(0, 0, 1, 1);
            const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
            known.set(text, [r, g, b, a / 255]);
        }
        return known.get(text);
    };
    const part = v => v / 255 <= .03928 ? v / 255 / 12.92 : ((v / 255 + .055) / 1.055) ** 2.4;
    const light = ([r, g, b]) => .2126 * part(r) + .7152 * part(g) + .0722 * part(b);
    const over = (top, below) => top.slice(0, 3).map((v, i) => v * top[3] + below[i] * (1 - top[3]));
    const ground = e => {
        const stack = [];
        for (; e; e = e.parentElement) {
            const colour = rgb(getComputedStyle(e).backgroundColor);
            if (colour[3]) stack.push(colour);
            if (colour[3] === 1) break;
        }
        return stack.reverse().reduce((below, colour) => over(colour, below), [255, 255, 255]);
    };
    const aside = '[disabled], [aria-disabled=true], .wf-sr, script, svg, template';
    const found = new Set();
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let n = walk.nextNode(); n; n = walk.nextNode()) {
        const e = n.parentElement, text = n.textContent.trim(), s = getComputedStyle(e);
        if (!text || !e.offsetParent || e.offsetWidth <= 1 || e.closest(aside)) continue;
        if (s.visibility !== 'visible' || parseFloat(s.opacity) < 1) continue;
        const behind = ground(e), [x, y] = [light(over(rgb(s.color), behind)), light(behind)].sort((p, q) => q - p);
        const large = parseFloat(s.fontSize) >= 24 || (parseFloat(s.fontSize) >= 18.6 && s.fontWeight >= 700);
        const ratio = (x + .05) / (y + .05);
        if (ratio < (large ? 3 : 4.5)) found.add(`${ratio.toFixed(2)} ${e.className} ${text.slice(0, 30)}`);
    }
    return [...found].slice(0, 12);
}"""
