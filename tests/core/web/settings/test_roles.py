"""Settings > Roles and rights: edited as a draft beside a preview of one person, in force only when saved."""

from __future__ import annotations

import re
from typing import Any

import pytest

from weft.core.identity import rulebook

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee", "portal_customer")

ROLES, REP, ACCOUNT = "/employee/settings/roles/", "crm.sales_rep", "crm.account"
HERE = f"{ROLES}{REP}/"
FETCH = {"X-Requested-With": "fetch"}


@pytest.fixture
def lin(weft_cast: Any, make_record: Any) -> int:
    """A seller with one customer, beside two of others."""
    china = weft_cast.unit("China")
    number: int = weft_cast.user(REP, name="Lin Shutong", units=[china])
    make_record(ACCOUNT, name="Inkboat", role=["customer"], owner=number, unit=china)
    make_record(ACCOUNT, name="Anqiao Water", role=["customer"], unit=china)
    make_record(ACCOUNT, name="Heqi Pulp", role=["customer"])
    return number


def change(client: Any, here: str = HERE, **form: Any) -> str:
    answer = client.post(f"{here}draft/?open={ACCOUNT}", data=form, headers=FETCH)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def see(client: Any, choice: str, operation: str = "read", entity: str = ACCOUNT) -> str:
    return change(client, do="cell", entity=entity, operation=operation, choice=choice)


def numbers(page: str) -> tuple[str, ...]:
    return tuple(re.findall(r"data-(?:before|after)>([^<]+)<", page))


def test_nothing_holds_before_save_and_all_of_it_after(lin: int, client_as: Any) -> None:
    admin, seller = client_as("core.admin"), client_as(lin)
    page = see(admin, "all")
    assert numbers(page) == ("1", "3") and "wf-changed" in page
    assert "Accounts see: Own + 3 to All" in page
    assert "2 records, which you may not read yourself" in page and "Heqi Pulp" not in page
    assert "Heqi Pulp" not in seller.get("/employee/crm/accounts/").text
    assert "wf-changed" in admin.get(HERE).text, "the draft stays"
    assert admin.post(f"{HERE}save/").status_code == 303
    assert "Heqi Pulp" in seller.get("/employee/crm/accounts/").text
    saved = admin.get(f"{HERE}?tab=history").text
    assert "changed the rights of Sales rep: Accounts" in saved
    undo = re.search(r'action="(/employee/undo/\d+/)"', saved)
    assert undo is not None
    admin.post(undo.group(1))
    assert "Heqi Pulp" not in seller.get("/employee/crm/accounts/").text


def test_what_stops_to_work_is_told_and_can_be_discarded(lin: int, client_as: Any) -> None:
    admin = client_as("core.admin")
    page = see(admin, "no", "export")
    assert "Would no longer work" in page and "Export: Accounts" in page
    assert admin.post(f"{HERE}discard/").status_code == 303
    assert "Would no longer work" not in admin.get(HERE).text


def test_titles_are_named_as_far_as_the_administrator_reads_them(lin: int, client_as: Any, weft_cast: Any) -> None:
    both = weft_cast.user("core.admin", "crm.sales_manager")
    page = see(client_as(both), "unit")
    assert "Anqiao Water" in page and "records of the person&#39;s units" in page and "Heqi Pulp" not in page


def test_rules_are_changed_part_by_part(lin: int, client_as: Any, weft_runtime: Any) -> None:
    admin = client_as("core.admin")
    for form in (
        {"do": "rows_add", "rule": "0", "choice": "unit"},
        {"do": "condition", "rule": "0", "part": "1", "field": "value_class", "how": "in", "values": ["A"]},
        {"do": "rows_remove", "rule": "0", "part": "0"},
        {"do": "fields", "rule": "0", "mode": "but", "fields": ["tax_id"]},
        {"do": "operations", "rule": "0", "operations": ["read", "update"]},
        {"do": "rule_add"},
        {"do": "way", "rule": "1", "steps": ""},
    ):
        page = change(admin, entity=ACCOUNT, **form)
    assert "Own unit and Class: A" in page and "all fields but Tax id" in page
    admin.post(f"{HERE}save/")
    with weft_runtime.db.read() as connection:
        first = rulebook.read(connection).rules[REP, ACCOUNT][0]
    condition = {"kind": "where", "filters": {"value_class__in": ["A"]}}
    assert first == {
        "actions": ["read", "update"], "fields": None, "without": ["tax_id"],
        "rows": {"kind": "both", "of": [{"kind": "unit"}, condition]},
    }  # fmt: skip
    change(admin, do="restore", entity=ACCOUNT)
    admin.post(f"{HERE}save/")
    with weft_runtime.db.read() as connection:
        assert not rulebook.read(connection).rules


def test_a_rule_that_cannot_work_is_refused_with_its_name(client_as: Any, weft_runtime: Any) -> None:
    admin, here = client_as("core.admin"), f"{ROLES}customer/"
    change(admin, here, do="cell", entity=ACCOUNT, operation="read", choice="all")
    answer = admin.post(f"{here}save/")
    assert answer.status_code == 422 and "Customer: Accounts" in answer.text and "every record" in answer.text
    with weft_runtime.db.read() as connection:
        assert rulebook.version(connection) == 0


def test_the_second_of_two_administrators_is_told(lin: int, client_as: Any, weft_cast: Any) -> None:
    first, second = client_as("core.admin"), client_as(weft_cast.user("core.admin"))
    see(first, "all")
    see(second, "unit")
    assert first.post(f"{HERE}save/").status_code == 303
    answer = second.post(f"{HERE}save/")
    assert answer.status_code == 409 and "were changed by somebody else" in answer.text


def test_a_preview_without_changes_counts_what_the_person_sees(
    client_as: Any, weft_cast: Any, make_record: Any
) -> None:
    own = make_record(ACCOUNT, name="Haverdijk", role=["customer"])
    weft_cast.user("customer", name="Lieke Haagstra", anchors=[own.id])
    page = client_as("core.admin").get(f"{ROLES}customer/").text
    assert "Lieke Haagstra" in page
    kind = page.split("wf-pv-kind")[1]
    assert "Accounts" in kind and ">1<" in kind and "Address" in kind and "Owner" not in kind


def test_own_roles_in_both_languages(client_as: Any, weft_runtime: Any) -> None:
    admin = client_as("core.admin")
    data = {"label_en": "Trainee", "label_zh": "实习生", "audience": "employee", "copy_of": REP}
    made = admin.post(f"{ROLES}new/", data=data)
    assert made.location == f"{ROLES}company.trainee/"
    assert "Trainee" in admin.get(made.location).text
    assert admin.post(f"{ROLES}new/", data=data).status_code == 422
    data = {"label_en": "Learner", "label_zh": "学员"}
    assert admin.post(f"{ROLES}company.trainee/edit/", data=data).status_code == 303
    assert "Learner" in admin.get(ROLES).text
    assert admin.post(f"{ROLES}company.trainee/delete/").status_code == 303
    assert admin.post(f"{ROLES}{REP}/edit/", data=data).status_code == 404


@pytest.mark.parametrize("who", [None, "employee", REP, "core.explain", "core.view_as", "customer"])
def test_only_administrators_see_and_change_rights(who: str | None, client_as: Any) -> None:
    client = client_as(who)
    for path in ("", f"{REP}/", f"{REP}/people/", "new/", "file/"):
        assert client.get(ROLES + path).status_code in (303, 403), path
    for path in (f"{REP}/draft/", f"{REP}/save/", f"{REP}/discard/", "new/", f"{REP}/delete/", "file/check/"):
        answer = client.post(ROLES + path, data={"do": "cell", "entity": ACCOUNT, "operation": "read", "choice": "all"})
        assert answer.status_code in (303, 401, 403), path


def test_controls_that_do_not_exist_change_nothing(client_as: Any) -> None:
    admin = client_as("core.admin")
    for form in ({"do": "fly"}, {"do": "cell", "operation": "read", "choice": "all", "entity": "crm.ghost"}):
        assert admin.post(f"{HERE}draft/", data={"entity": ACCOUNT, **form}, headers=FETCH).status_code == 404
    assert "This cannot be chosen here." in see(admin, "sql:1=1")
    assert "This cannot be chosen here." in change(admin, do="rule_remove", entity=ACCOUNT, rule="99")
    assert admin.get(f"{ROLES}ghost/").status_code == 404
