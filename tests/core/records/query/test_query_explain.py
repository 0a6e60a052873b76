"""Explanations: the rule, the way over links, the smallest change; never a hidden name."""

from __future__ import annotations

import pytest

from weft.core.access.explain import explain
from weft.core.errors import Denied, NotFound, QueryError
from weft.core.identity import rights


@pytest.fixture
def world(shop, users):
    orgs = shop.add(shop.Org, [{"name": "Alpha"}, {"name": "Top secret holding"}])
    (person,) = shop.add(shop.Person, [{"name": "Pia Anchor", "org": orgs[0]}])
    deals = shop.add(
        shop.Deal,
        [
            {"name": "mine", "owner_id": users[0], "org": orgs[1]},
            {"name": "other", "owner_id": users[1], "org": orgs[0]},
        ],
    )
    shop.link("shop.watches", [(person, deals[1])])
    shop.link("shop.below", [(orgs[1], orgs[0])])
    return orgs, person, deals


def words(found):
    return " ".join(map(str, found.sentences))


def test_an_allowed_operation_names_role_and_rows(shop, world, users):
    _orgs, _person, deals = world
    with shop.reading(shop.as_("rep", user=users[0])) as records:
        found = explain(records, deals[0], "update")
    assert found.allowed
    assert "The role “Rep” allows “Edit” on records the person owns." in words(found)
    assert found.change == ""
    assert found.hidden_fields == ("margin",)


def test_a_path_names_the_links_and_only_readable_records(shop, world, users):
    _orgs, person, deals = world
    with shop.reading(shop.as_("watch", "links", user=users[0], anchors=(person,))) as records:
        found = explain(records, deals[1], "read")
        assert found.allowed
        assert "Watched by" in words(found)
        assert "Pia Anchor" not in words(found)  # the person record itself is not readable with these roles
        assert "a record you may not see" in words(found)
    with shop.reading(shop.as_("watch", "boss", user=users[0], anchors=(person,))) as records:
        assert "“Watched by” leads to Pia Anchor" in words(explain(records, deals[1], "read"))


def test_a_tree_names_every_step(shop, world, users):
    orgs, _person, deals = world
    with shop.reading(shop.as_(audience="supplier", user=users[2], anchors=(orgs[0],))) as records:
        text = words(explain(records, deals[0], "read"))
    assert "Top secret" not in text
    assert "Below" in text


def test_a_refusal_says_what_would_change_it(shop, world, users):
    _orgs, _person, deals = world
    with shop.reading(shop.as_("rep", "peek", user=users[0])) as records:
        found = explain(records, deals[1], "update")
        assert not found.allowed
        assert "covers records the person owns, and this is none of them" in words(found)
        assert "assigned to the person" in str(found.change)
        missing = explain(records, deals[0], "delete")
        assert "No role of the person has “Delete”" in words(missing)
        assert "“Boss”" in str(missing.change)


def test_hidden_records_are_not_explained(shop, world, users):
    _orgs, _person, deals = world
    with shop.reading(shop.as_("rep", user=users[0])) as records:
        for record_id in (deals[1], 987654):
            with pytest.raises(NotFound):
                explain(records, record_id)
        with pytest.raises(QueryError):
            explain(records, deals[0], "fly")


def test_others_only_with_the_role_for_it(shop, world, users, weft_runtime):
    _orgs, _person, deals = world
    with weft_runtime.db.write() as connection:
        rights.set_roles(connection, weft_runtime.registry, users[1], ["shop.rep"], now=weft_runtime.clock())
    with shop.reading(shop.as_("boss", user=users[0])) as records, pytest.raises(Denied):
        explain(records, deals[1], "update", user=users[1])
    asker = shop.as_("boss", user=users[0])
    asker = asker.with_changes(roles=asker.roles | {"core.explain"})
    with shop.reading(asker) as records:
        assert explain(records, deals[1], "update", user=users[1]).allowed
        found = explain(records, deals[0], "update", user=users[1])
        assert not found.allowed
        assert found.user == "User 1"
        assert "may not read this record" in words(found)
        with pytest.raises(NotFound):
            explain(records, deals[0], user=4711)


def test_fields_are_explained_by_grant(shop, world, users):
    _orgs, _person, deals = world
    with shop.reading(shop.as_("peek", "boss", user=users[0])) as records:
        assert explain(records, deals[1], "read", field="margin").allowed
    with shop.reading(shop.as_("peek", user=users[0])) as records:
        assert explain(records, deals[0], "read", field="margin").allowed
        with pytest.raises(QueryError):
            explain(records, deals[1], "read", field="margin")
    with shop.reading(shop.as_("rep", "peek", user=users[0])) as records:
        found = explain(records, deals[0], "update", field="margin")
        assert not found.allowed
        assert "No grant that covers this record has “Edit” for the field “Margin”." in words(found)
