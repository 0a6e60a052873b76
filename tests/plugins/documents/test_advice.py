"""What stands beside a decision about a contract, and the contracts on pages of other plugins."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from weft.plugins.documents import vocabulary as words
from weft.plugins.documents.services import library
from weft.plugins.documents.views import advice

pytestmark = pytest.mark.weft_plugins("crm", "documents", "projects", "portal_employee")
CONTRACT = "documents.contract"


@pytest.fixture
def keeper(weft_cast):
    """Somebody who keeps the library and the contracts."""
    return weft_cast.user("documents.librarian", "documents.contracts", name="Su Yin")


@pytest.fixture
def papers(world, keeper, put, make_record, records_as):
    """``papers(number)``: a contract with so many papers, every other of them in a second version; its id."""

    def make(number):
        contract = make_record(CONTRACT, name="Metering", account=world.alder)
        for place in range(number):
            document = put(keeper, f"paper-{number}-{place}.txt", b"first", world.open)
            with records_as(keeper, write=True) as records:
                records.link(words.ABOUT, document, contract.id)
                if place % 2:
                    library.new_version(records, document, body=f"second of {place}")
        return contract.id

    return make


def test_papers_of_a_contract_say_what_changed_in_as_many_statements_for_eight_as_for_two(
    keeper, papers, records_as, query_count
):
    few, many = papers(2), papers(8)

    def panel(contract):
        with records_as(keeper) as records:
            view = SimpleNamespace(
                records=records, principal=records.principal, portal_key="employee", may=lambda *_right: False,
                url=lambda entity, number: f"/{entity}/{number}", formats=SimpleNamespace(stamp=str),
            )  # fmt: skip
            row = records.get(CONTRACT, contract)
            with query_count() as counted:
                (found,) = advice.advice(view, row)["panels"]
        return found["rows"], counted.number

    panel(few), panel(many)  # what is counted once only, to choose the statements
    (two, statements), (eight, as_many) = panel(few), panel(many)
    assert (len(two), len(eight)) == (2, 8) and as_many == statements
    compared = [row["action"]["url"].partition("?")[2] for row in eight if "action" in row]
    assert compared == ["a=1&b=2"] * 4


@pytest.mark.parametrize("page", ["projects.project", "crm.opportunity", "crm.account"])
def test_each_page_shows_its_own_contracts_and_says_how_many(world, make_record, weft_cast, client_as, page):
    """A project, a deal and an organisation; none shows those of another, and the count is of all."""
    boss = weft_cast.user("portal_employee.executive", "documents.contracts", name="Shen Zhiyao")
    customer = {"customer": world.alder, "owner": boss}
    project = make_record("projects.project", name="Metering", status="running", **customer)["id"]
    stage = make_record("crm.stage", code="c", label_en="Contact", position=1, probability=10, outcome="open")["id"]
    deal = make_record("crm.opportunity", name="Meters", account=world.alder, owner=boss, stage=stage)["id"]
    owner_of = {"projects.project": ("project", project), "crm.opportunity": ("opportunity", deal),
                "crm.account": ("account", world.alder)}  # fmt: skip
    for kind, (field, number) in owner_of.items():
        for place in range(23):
            make_record(CONTRACT, name=f"Of {kind} {place}", **{field: number})
    paths = {"projects.project": "projects/projects", "crm.opportunity": "crm/opportunities",
             "crm.account": "crm/accounts"}  # fmt: skip
    number, slot = owner_of[page][1], f"slot:documents.tab_{page.replace('.', '_')}"
    tab = client_as(boss).get(f"/employee/{paths[page]}/{number}?tab={slot}").text
    assert f"Of {page} 22" in tab and re.findall(r'Contracts</a></h3><span class="wf-n">(\d+)<', tab) == ["23"]
    assert re.search(rf"contracts/\?all=1&(?:amp;)?{owner_of[page][0]}={number}\"", tab), "ended ones are among them"
    assert not any(f"Of {kind} " in tab for kind in owner_of if kind != page)


def test_pages_that_have_no_contracts_of_their_own_ask_for_none(world, make_record, weft_cast, client_as):
    boss = weft_cast.user("portal_employee.executive", "documents.contracts", name="Shen Zhiyao")
    make_record(CONTRACT, name="Metering", account=world.alder)
    product = make_record("crm.product", name="Logger", code="L-1")["id"]
    tab = client_as(boss).get(f"/employee/crm/products/{product}?tab=slot:documents.tab_crm_product").text
    assert "No documents yet" in tab and "Metering" not in tab
