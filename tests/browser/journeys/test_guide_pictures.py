"""Pictures of the user guides: made from the demo company by ``make guide-pictures``, two of them in every run.

A guide of a role shows its home and the page on which that role works most.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

#: Set by ``make guide-pictures``: make them all and put them into the guides.
WHOLE = bool(os.environ.get("WEFT_GUIDE_PICTURES"))

#: Role of a guide -> who of the demo, portal, page they work on: an address, or an entity with filters and a tab.
ROLES: dict[str, tuple[str, str, Any]] = {
    "administrator": ("admin", "employee", "settings/roles/"),
    "sales-rep": ("sales", "employee", ("crm.account", {"name": "Tangyu Water Group"}, "")),
    "sales-manager": ("manager", "employee", "crm/opportunities/?view=board"),
    "hr": ("hr", "employee", "hrm/org-chart"),
    "finance": ("finance", "employee", ("finance.claim", {"status": "submitted", "waits": "finance"}, "")),
    "project-lead": ("project", "employee", ("projects.project", {"name": "Tangyu pump stations"}, "projects.plan")),
    "employee": ("employee", "employee", "hrm/my-leave"),
    "department-head": ("head", "employee", ("workflow.task", {"status": "open", "owner": "me"}, "")),
    "executive": ("executive", "employee", ("workflow.task", {"status": "open", "owner": "me"}, "")),
    "customer": ("customer", "customer", ("service.request", {}, "")),
    "supplier": ("supplier", "supplier", ("finance.bill", {}, "")),
    "distributor-agent": ("distributor", "distributor", "crm/registrations/"),
}
_CASES = [
    pytest.param(role, locale, id=f"{role}-{locale}")
    for role in ROLES
    for locale in ("en", "zh")
    if WHOLE or (role, locale) in (("sales-rep", "zh"), ("customer", "en"))
]


@pytest.fixture(scope="module")
def company(serve_demo: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One copy of the demo for everybody: nobody writes here."""
    with serve_demo(tmp_path_factory.mktemp("pictures") / "home") as company:
        company.settle()
        yield company


#: Facts in the head of a record, and tabs, that are not wholly to be seen.
_CUT = """() => [...document.querySelectorAll('.wf-facts > div, .wf-record-head > .wf-tabs > *')].filter(one => {
  const box = one.getBoundingClientRect(), frame = one.parentElement.getBoundingClientRect();
  const label = one.querySelector('dt');
  return box.right > frame.right + 1 || box.bottom > frame.bottom + 1
    || (label && label.scrollWidth > label.clientWidth);
}).map(one => one.textContent.trim())"""


def _address(company: Any, who: str, wanted: Any) -> str:
    """Where a page is."""
    if isinstance(wanted, str):
        return wanted
    entity, filters, tab = wanted
    with company.records(who) as records:
        found = records.query(entity, filters=filters, limit=1).rows
        assert found, f"{who} reads no {entity} with {filters}"
        declared = company.runtime.registry.entity(entity)
    return f"{declared.plugin}/{declared.slug}/{found[0]['id']}" + (f"?tab={tab}" if tab else "")


def _keep(page: Any, folder: Path, name: str) -> None:
    """Store what is in the window, in few colours: a tenth of the size."""
    path = folder / f"{name}.png"
    page.screenshot(path=str(path))
    with Image.open(path) as full:
        few = full.convert("RGB").quantize(96, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    assert few.size == (1280, 800)
    assert len(set(few.get_flattened_data())) > 8, "an empty page"


@pytest.mark.parametrize(("role", "locale"), _CASES)
def test_a_guide_shows_the_home_and_the_work_of_its_role(
    visit: Callable[..., Any], company: Any, checkout: Path, pictures: Path, role: str, locale: str
) -> None:
    who, portal, work = ROLES[role]
    folder = checkout / "docs" / "guide" / "pictures" / locale if WHOLE else pictures
    folder.mkdir(parents=True, exist_ok=True)
    home = visit(who, f"/{portal}/", locale=locale)
    _keep(home, folder, f"{role}-home")
    home.goto(f"{company.url}/{portal}/{_address(company, who, work)}")
    home.wait_for_load_state("networkidle")
    assert home.locator("h1").first.inner_text()
    assert home.evaluate(_CUT) == []
    _keep(home, folder, f"{role}-work")
