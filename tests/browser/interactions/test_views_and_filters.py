"""Columns, filters, saved views and layouts of a list: U-07 to U-12."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

LIST = "/employee/crm/accounts/?role=customer"
DEALS = "/employee/crm/opportunities/"


@pytest.fixture(scope="module")
def deal(make: Callable[..., Any], company: Any) -> Any:
    """An open deal of the sales rep in the first stage, with an amount no other has."""
    account = make(
        "crm.account", owner="sales", name="Quillmoor Works", role=["customer"], life="potential", frozen=False
    )
    with company.records("manager") as records:
        stage = records.query("crm.stage", fields=("code",), filters={"code": "contact"}, limit=1).rows[0]["id"]
    amount = {"amount": "1700.00", "currency": "CNY"}
    return make(
        "crm.opportunity", owner="sales", name="Quillmoor meters", account=account.id, stage=stage, amount=amount
    )


def heads(page: Any) -> list[str]:
    """Keys of the columns shown, in order."""
    found: list[str] = page.eval_on_selector_all("th[data-col]", "heads => heads.map(head => head.dataset.col)")
    return found


def drag(page: Any, source: Any, x: float, y: float) -> None:
    """Press on something, move to a place in the window, let go."""
    box = source.bounding_box()
    page.mouse.move(box["x"] + min(30, box["width"] / 2), box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(x, y, steps=10)
    page.wait_for_timeout(250)  # what is dragged looks where it is a few times a second
    page.mouse.up()


def test_u07_columns_are_hidden_shown_moved_and_resized_and_stay_so(visit: Callable[..., Any], company: Any) -> None:
    """U-07: columns can be shown, hidden, resized, reordered; the layout survives a reload."""
    page = visit("su", LIST + "&sort=title")
    usual = heads(page)
    menu = page.locator("form[data-columns]")
    page.locator("details:has(> form[data-columns]) > summary").click()
    for key, shown in ((usual[2], 0), ("phone", 1)):  # one that is shown goes, one that is not comes
        menu.locator(f"[data-key-name={key}]").click()
        expect(page.locator(f"th[data-col={key}]")).to_have_count(shown)
        expect(menu).to_be_visible()
    assert heads(page) == [*usual[:2], *usual[3:], "phone"]
    # the list was drawn anew: its code takes hold of the menu a moment later
    page.wait_for_function(
        "() => Object.getOwnPropertyNames(document.querySelector('form[data-columns]'))"
        ".some(name => name.startsWith('Sortable'))"
    )
    first = menu.locator(f"[data-key-name={usual[1]}]").bounding_box()
    drag(page, menu.locator("[data-key-name=phone]"), first["x"] + 30, first["y"] + 4)
    page.wait_for_function("() => document.querySelectorAll('th[data-col]')[1].dataset.col === 'phone'")
    page.wait_for_load_state("networkidle")
    grip = page.locator("th[data-col=phone] .wf-grip").bounding_box()
    width = page.locator("th[data-col=phone]").bounding_box()["width"]
    page.mouse.move(grip["x"] + grip["width"] / 2, grip["y"] + 8)
    page.mouse.down()
    page.mouse.move(grip["x"] + grip["width"] / 2 + 60, grip["y"] + 8, steps=6)
    with page.expect_response(lambda one: one.request.method == "POST"):
        page.mouse.up()
    page.reload()
    page.wait_for_load_state("networkidle")
    assert heads(page) == [usual[0], "phone", *[key for key in usual[1:] if key != usual[2]]]
    assert abs(page.locator("th[data-col=phone]").bounding_box()["width"] - width - 60) <= 12


def test_u08_filters_combine_in_groups_and_travel_in_the_address(visit: Callable[..., Any], company: Any) -> None:
    """U-08: filters combine with AND/OR groups and appear as removable chips; a copied address shows the same list."""
    page = visit("manager", LIST + "&frozen=false")
    page.locator(".wf-fc-add summary").click()
    page.locator("[data-menu-fixed]").click()
    build = page.locator("#wf-build")

    def choose(row: Any, field: str, value: str) -> None:
        with page.expect_response(lambda one: "/build" in one.url):
            row.locator("select").first.select_option(label=field)
        chosen = row.locator("label.wf-opt-b", has_text=re.compile(rf"^\s*{value}\s*$"))
        expect(chosen).to_be_visible()
        chosen.click()

    with page.expect_response(lambda one: "/build" in one.url):
        build.locator("button[value=group]").click()
    rows = build.locator("section").last.locator(".wf-build-row")
    expect(rows).not_to_have_count(0)
    choose(rows.first, "Class", "A")
    if rows.count() < 2:
        with page.expect_response(lambda one: "/build" in one.url):
            build.locator("section").last.locator("button[name=do]", has_text="or").last.click()
    expect(rows).to_have_count(2)
    choose(rows.nth(1), "Life", "Won customer")
    build.locator("footer button[value=apply]").click()
    chip = page.locator(".wf-fc", has_text="Won customer")
    expect(chip).to_contain_text("or")
    with company.records("manager") as records:

        def count(**filters: str) -> int:
            found = records.query(
                "crm.account",
                fields=(),
                filters={"role": "customer", "frozen": "false", **filters},
                limit=1,
                count="exact",
            )
            return int(found.count.value)

        wanted = count(value_class="A") + count(life="won") - count(value_class="A", life="won")
    expect(page.locator("h1 .wf-n")).to_have_text(str(wanted))
    copied = visit("manager", page.url.removeprefix(company.url))
    expect(copied.locator("h1 .wf-n")).to_have_text(str(wanted))
    chip.locator("a[aria-label='Remove filter']").click()
    expect(page.locator(".wf-fc", has_text="Won customer")).to_have_count(0)
    expect(page.locator("h1 .wf-n")).to_have_text(str(count_all(company)))


def count_all(company: Any) -> int:
    """Live customers."""
    with company.records("manager") as records:
        found = records.query(
            "crm.account", fields=(), filters={"role": "customer", "frozen": "false"}, limit=1, count="exact"
        )
    return int(found.count.value)


def test_u09_a_view_is_saved_named_shared_made_first_and_pinned(visit: Callable[..., Any]) -> None:
    """U-09: a view (columns, filter, sort, layout) can be saved, named, shared, set as default, pinned."""
    page = visit("manager", LIST + "&frozen=false&value_class=A&sort=-updated_at")
    page.locator("nav.wf-tabs a[aria-label='Save as new view']").click()
    dialog = page.locator("#wf-dialog")
    dialog.locator("[name=name]").fill("Best of all")
    dialog.locator("select[name=audience]").select_option("all")
    dialog.locator("label", has_text="Show this view first").click()
    dialog.locator("label", has_text="Pin under Home").click()
    dialog.locator("button[type=submit]").click()
    page.wait_for_url(re.compile("view=own"))
    expect(page.locator("nav.wf-tabs a.wf-on")).to_contain_text("Best of all")
    number = page.locator("h1 .wf-n").inner_text()
    page.goto(page.url.partition("/crm/")[0] + "/crm/accounts/?role=customer")
    expect(page.locator("nav.wf-tabs a.wf-on")).to_contain_text("Best of all")
    expect(page.locator("h1 .wf-n")).to_have_text(number)
    expect(page.locator("th[data-col=updated_at]")).to_have_attribute("aria-sort", "descending") if page.locator(
        "th[data-col=updated_at]"
    ).count() else None
    expect(page.locator(".wf-side a", has_text="Best of all")).to_have_count(1)
    colleague = visit("sales", LIST)
    colleague.locator("nav.wf-tabs a", has_text="Best of all").click()
    expect(colleague.locator("nav.wf-tabs a.wf-on")).to_contain_text("Best of all")
    assert set(colleague.locator("td[data-col=value_class]").all_inner_texts()) <= {"A"}


def test_u10_one_click_switches_between_table_board_calendar_and_timeline(visit: Callable[..., Any], deal: Any) -> None:
    """U-10: one click switches the same list between table, board, calendar and timeline; the filter stays."""
    page = visit("sales", DEALS + "?outcome=open&owner=me&layout=table")
    layouts = {"Board": ".wf-board", "Calendar": ".wf-month", "Timeline": ".wf-span", "Table": "table.wf-table"}
    for label, shown in layouts.items():
        page.locator("main").get_by_role("link", name=label, exact=True).first.click()
        expect(page.locator(shown)).to_be_visible()
        assert "owner=me" in page.url and "outcome=open" in page.url
        others = [one for one in layouts.values() if one != shown]
        assert [one for one in others if page.locator(one).count()] == []


def test_u11_a_dragged_card_changes_the_stage_at_once_and_comes_back(
    visit: Callable[..., Any], behind: Callable[..., Any], deal: Any
) -> None:
    """U-11: a card dragged on the board changes the status at once and can be undone; column totals update."""
    page = visit("sales", DEALS + "?outcome=open&owner=me&layout=board&by=stage")
    columns = page.locator(".wf-board-col")
    card = page.locator(f".wf-board-card[data-id='{deal.id}']")

    def total(place: int) -> int:
        shown = columns.nth(place).locator("header .wf-money")  # an empty column has no sum
        return int(re.sub(r"\D", "", shown.first.inner_text())) if shown.count() else 0

    before = total(0), total(1)
    card.scroll_into_view_if_needed()
    goal = columns.nth(1).bounding_box()
    drag(page, card, goal["x"] + 80, goal["y"] + 120)
    expect(columns.nth(1).locator(f".wf-board-card[data-id='{deal.id}']")).to_be_visible()
    expect(page.locator("#wf-toast")).to_contain_text("Needs")
    assert (total(0), total(1)) == (before[0] - 1700, before[1] + 1700)
    assert behind("crm.opportunity", deal.id)["stage"].title == "Needs"
    page.locator("#wf-toast").get_by_text("Undo").click()
    expect(columns.nth(0).locator(f".wf-board-card[data-id='{deal.id}']")).to_be_visible()
    assert (total(0), total(1)) == before


def test_u12_the_columns_of_a_board_are_chosen_per_view(visit: Callable[..., Any]) -> None:
    """U-12: the board's column field can be chosen per view, and is kept with it."""
    page = visit("sales", DEALS + "?outcome=open&layout=board&by=stage")
    stages = page.locator(".wf-board-col header").all_inner_texts()
    page.locator(".wf-fc summary", has_text="Columns by").click()
    page.locator("details[open] .wf-menu-item", has_text="Owner").first.click()
    page.wait_for_url(re.compile("by=owner"))
    owners = page.locator(".wf-board-col header").all_inner_texts()
    assert owners != stages and any("Lin Shutong" in one for one in owners)
    page.locator("nav.wf-tabs a[aria-label='Save as new view']").click()
    page.locator("#wf-dialog [name=name]").fill("By owner")
    page.locator("#wf-dialog button[type=submit]").click()
    page.wait_for_url(re.compile("view=own"))
    page.locator("nav.wf-tabs a", has_text="My open deals").click()
    expect(page.locator(".wf-board-col header").first).to_contain_text("Contact")
    page.locator("nav.wf-tabs a", has_text="By owner").click()
    expect(page.locator(".wf-board-col header").first).to_contain_text(owners[0].split("\n")[0])
