"""Why somebody can or cannot: asked about a kind of records, a record, a field; and from a refused page."""

from __future__ import annotations

from typing import Any

import pytest

from weft.core.access.explain_entity import explain_entity, readers_of
from weft.core.errors import Denied

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee", "portal_customer")

PAGE = "/employee/settings/explain/"


def test_the_missing_rule_and_the_smallest_change_are_named(weft_cast: Any, client_as: Any, make_record: Any) -> None:
    xu = weft_cast.user("employee", name="Xu Tinglan")
    make_record("crm.account", name="Secret deal", role=["customer"])
    page = client_as("core.admin").get(f"{PAGE}?person={xu}&entity=crm.opportunity&operation=read").text
    assert "Xu Tinglan: no" in page
    assert "No role of this person has “Read” for Opportunities." in page
    assert "give the role “Sales rep”" in page
    assert "Secret deal" not in page


def test_who_is_covered_is_told_by_which_rule(records_as: Any) -> None:
    with records_as("crm.sales_rep") as records:
        found = explain_entity(records, "crm.opportunity", "update")
        assert found.allowed and not found.change
        assert [str(one) for one in found.sentences] == [
            "The role “Sales rep” allows “Edit” on records the person owns."
        ]


def test_others_are_asked_about_only_with_the_role(weft_cast: Any, records_as: Any, client_as: Any) -> None:
    other = weft_cast.user("employee")
    with records_as("crm.sales_rep") as records, pytest.raises(Denied):
        explain_entity(records, "crm.account", user=other)
    assert client_as("employee").get(PAGE).status_code == 403
    assert client_as("core.explain").get(f"{PAGE}?person={other}&entity=crm.account").status_code == 200
    assert client_as(None).get(PAGE).status_code == 303


def test_a_record_the_asker_may_not_read_is_not_told(client_as: Any, make_record: Any) -> None:
    hidden = make_record("crm.account", name="Hidden Works", role=["customer"])
    page = client_as("core.admin").get(f"{PAGE}?record={hidden.id}").text
    assert "Hidden Works" not in page and "cannot be found" in page


def test_a_refused_page_leads_to_ones_own_rules(client_as: Any) -> None:
    client = client_as("employee")
    refused = client.get("/employee/crm/opportunities/")
    assert refused.status_code == 404 and "/employee/explain/?at=" in refused.text
    page = client.get("/employee/explain/?at=/employee/crm/opportunities/").text
    assert "No role of this person has “Read” for Opportunities." in page
    assert "explain" not in client_as("customer").get("/customer/crm/opportunities/").text
    assert client.get("/employee/explain/?at=/employee/nothing/here/").status_code == 404


def test_a_missing_and_a_hidden_record_say_the_same(client_as: Any, make_record: Any) -> None:
    hidden = make_record("crm.account", name="Hidden Works", role=["customer"])
    client = client_as("crm.sales_rep")
    pages = [client.get(f"/employee/explain/?at=/employee/crm/accounts/{n}").text for n in (hidden.id, 999999)]
    told = [page.split('id="wf-page"')[1].split("</main>")[0] for page in pages]
    assert "Your rules for Accounts" in told[0] and "Hidden Works" not in told[0]
    assert told[0] == told[1]


def test_who_sees_a_field_is_counted_by_person(weft_cast: Any, records_as: Any, client_as: Any) -> None:
    weft_cast.user("crm.sales_rep", "crm.sales_manager")
    weft_cast.user("crm.sales_rep")
    with records_as("core.admin") as records:
        found, number = readers_of(records, "crm.account", "tax_id")
        people = {one.role: one.people for one in found}
    assert people["crm.sales_rep"] == 2 and people["crm.sales_manager"] == 1
    assert number == 2
    page = client_as("core.admin").get(f"{PAGE}field/?entity=crm.account&field=tax_id").text
    assert "2 people can see it" in page
    assert client_as("employee").get(f"{PAGE}field/").status_code == 403
