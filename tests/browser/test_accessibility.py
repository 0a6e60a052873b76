"""axe-core finds nothing on the main pages of any portal: WCAG 2.2 A and AA, light and dark, wide and on a phone.

The pages are not listed here: they are those that somebody's menu leads to, and a record, a form and a dialog.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytestmark = [
    pytest.mark.weft_plugins(
        "crm",
        "service",
        "communication",
        "portal_employee",
        "portal_customer",
        "portal_supplier",
        "portal_distributor",
    ),
    pytest.mark.slow,
]

#: Rules of axe that stand for success criteria of WCAG 2.2, levels A and AA.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
FACES = [(1280, "light"), (1280, "dark"), (360, "light"), (360, "dark")]
_RUN = """tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']}).then(
    found => found.violations.map(one => one.id + ': ' + one.nodes.slice(0, 4).map(
        node => node.target.join(' ') + ' (' + (node.any[0] || node.all[0] || node.none[0] || {}).message + ')'
    ).join('; ')))"""


@pytest.fixture(scope="module")
def axe(checkout: Path) -> str:
    """The source of axe-core, as `make setup` installed it."""
    path = checkout / "core" / "web" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
    if not path.exists():
        pytest.skip("ACCESSIBILITY NOT TESTED: axe-core is not installed (make setup)")
    return path.read_text(encoding="utf-8")


@pytest.fixture
def people(cast: Any, make: Any) -> dict[str, int]:
    """One person per portal, with a company that has a few records."""
    keeps = ("crm.sales_manager", "service.lead", "communication.editor", "core.admin")
    manager = cast.user(*keeps, name="Meng Yao", units=[cast.unit("Sales")])
    stage = make("crm.stage", code="new", label_en="New")
    firm = make("crm.account", name="Alder Foods", role=["customer"], owner=manager, email="office@alder.example")
    make("crm.contact", name="Ines Alder", account=firm.id, owner=manager)
    make("crm.opportunity", name="Alder logger", account=firm.id, stage=stage.id, owner=manager)
    make("crm.activity", subject="Called Alder", account=firm.id, owner=manager)
    make("crm.lead", name="Birch Mill", company="Birch Mill", owner=manager)
    queue = make("service.queue", name="Europe", rule="nobody", standard=True)
    request = make("service.request", subject="Logger stops", description="Since Friday.", customer=firm.id,
                   queue=queue.id)  # fmt: skip
    thread = make("communication.thread", subject="LD-4 at pier nine", account=firm.id, audience="customer")
    make("communication.message", excerpt="Does it fit?", text="Does it fit?", thread=thread.id, account=firm.id,
         audience="customer", owner=manager)  # fmt: skip
    news = make("communication.news", headline="New logger", text="Since today.",
                audiences=["employee", "customer", "supplier", "distributor"])  # fmt: skip
    with cast.records("system", write=True) as records:
        records.act("communication.news.publish", news.id)
    outside = {
        audience: cast.user(*_roles(cast, audience), name=f"Guest {audience}", anchors=[firm.id])
        for audience in ("customer", "supplier", "distributor")
    }
    return {"employee": manager, "firm": firm.id, "request": request.id, "thread": thread.id, **outside}


def _roles(cast: Any, audience: str) -> list[str]:
    """Every role of an audience, its base role first."""
    found = [key for key, role in cast.runtime.registry.roles.items() if role.audience == audience and key != audience]
    return [audience, *found]


def _menu(page: Any, portal: str) -> list[str]:
    """Where the menu leads to, each page once."""
    links = page.eval_on_selector_all("nav a[href]", "found => found.map(one => one.getAttribute('href'))")
    return [link for link in dict.fromkeys(links) if link.startswith(f"/{portal}/") and "#" not in link]


def _look(page: Any, axe: str, wrong: list[str], faces: list[tuple[int, str]]) -> None:
    for width, scheme in faces:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(50)
        page.wait_for_function("() => document.getAnimations().every(one => one.playState !== 'running')")
        if page.evaluate("typeof axe") == "undefined":
            page.evaluate(axe)
        address = page.evaluate("location.pathname + location.search")
        wrong.extend(f"{address} {width} {scheme} {found}" for found in page.evaluate(_RUN, TAGS))


@pytest.mark.parametrize("portal", ["employee", "customer", "supplier", "distributor"])
def test_pages_of_a_portal_have_no_violation(
    open_page: Any, axe: str, people: dict[str, int], site: Any, portal: str
) -> None:
    wrong: list[str] = []
    visitor = open_page(None, f"/auth/{portal}/sign-in", width=1280)
    _look(visitor, axe, wrong, FACES)
    page = open_page(people[portal], f"/{portal}/", width=1280)
    _look(page, axe, wrong, FACES)
    base = f"/{portal}/crm/accounts/{people['firm']}"
    records = [f"/{portal}/service/requests/{people['request']}", f"/{portal}/communication/threads/{people['thread']}"]
    known = records if portal in ("employee", "customer") else []
    links = [*_menu(page, portal), base, *known, f"/{portal}/notices/", f"/{portal}/search/?q=alder"]
    for link in dict.fromkeys(links):
        page.goto(site.url + link)
        page.wait_for_load_state("networkidle")
        _look(page, axe, wrong, FACES)
    assert len(links) > 3
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize(
    "path",
    [
        "/employee/crm/accounts/new", "/employee/crm/accounts/{firm}?tab=history",
        "/employee/crm/opportunities/?layout=board", "/employee/service/requests/new",
        "/employee/communication/write", "/employee/communication/announcements/new", "/service/ask",
        "/employee/settings/users/", "/employee/settings/company/", "/employee/profile/",
    ],
)  # fmt: skip
def test_forms_and_boards_have_no_violation(open_page: Any, axe: str, people: dict[str, int], path: str) -> None:
    wrong: list[str] = []
    page = open_page(people["employee"], path.format(firm=people["firm"]), width=1280)
    _look(page, axe, wrong, FACES)
    assert wrong == [], "\n".join(wrong)


def test_axe_finds_a_planted_violation(open_page: Any, axe: str, people: dict[str, int]) -> None:
    page = open_page(people["customer"], "/customer/", width=1280)
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<button></button>')")
    wrong: list[str] = []
    _look(page, axe, wrong, [(1280, "light")])
    assert any("button-name" in one for one in wrong)
