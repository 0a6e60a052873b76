"""The ORM session of a unit: the same statement gives each principal its own rows; nothing else runs through it."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy import delete, func, insert, literal_column, select, text, update
from sqlalchemy.orm import aliased

from weft.core.identity.tables import credential
from weft.core.records.session import Forbidden


@pytest.fixture
def world(shop, users):
    orgs = shop.add(shop.Org, [{"name": "A", "owner_id": users[0]}, {"name": "B", "owner_id": users[1]}])
    deals = shop.add(
        shop.Deal,
        [
            {"name": f"d{n}", "owner_id": users[n % 2], "unit_id": 7 if n == 2 else None, "org": orgs[n % 2]}
            for n in range(4)
        ],
    )
    principals = {
        "first": (shop.as_("links", user=users[0]), [deals[0], deals[2]]),
        "second": (shop.as_("links", user=users[1]), [deals[1], deals[3]]),
        "unit": (shop.as_("team", user=users[2], units=(7,)), [deals[2]]),
        "boss": (shop.as_("boss", user=users[2]), deals),
        "nobody": (shop.as_(user=users[2]), []),
        "outsider": (shop.as_(audience="customer", user=users[2], anchors=(orgs[0],)), []),
    }
    return orgs, deals, principals


@pytest.mark.both_databases
def test_one_statement_as_several_principals_in_every_order(shop, world):
    _orgs, _deals, principals = world
    Deal = shop.Deal
    other = aliased(Deal)
    statements = [
        select(Deal.id).order_by(Deal.id),
        select(other.id).order_by(other.id),
        select(Deal.id).where(Deal.id.in_(select(other.id))).order_by(Deal.id),
    ]
    for order in itertools.permutations(["first", "second", "unit", "boss"]):
        for statement in statements:
            for who in (*order, "nobody", "outsider"):
                principal, expected = principals[who]
                with shop.reading(principal) as records:
                    assert list(records.session.scalars(statement)) == expected, (order, who)


@pytest.mark.both_databases
def test_counts_joins_and_gets_are_restricted_too(shop, world):
    _orgs, deals, principals = world
    Deal, Org = shop.Deal, shop.Org
    with shop.reading(principals["first"][0]) as records:
        assert records.session.scalar(select(func.count()).select_from(Deal)) == 2
        assert records.session.scalar(select(func.count(Deal.id))) == 2
        joined = select(Deal.id, Org.name).join(Org, Org.id == Deal.org).order_by(Deal.id)
        assert list(records.session.execute(joined)) == [(deals[0], "A"), (deals[2], "A")]
        assert records.session.get(Deal, deals[1]) is None
        assert records.session.get(Deal, deals[0]).name == "d0"


def test_rows_with_cells_one_may_not_read_do_not_appear(shop, users, world):
    _orgs, deals, _ = world
    with shop.reading(shop.as_("rep", user=users[0])) as records:  # own rows, but never the margin
        assert list(records.session.scalars(select(shop.Deal.id))) == []
    with shop.reading(shop.as_("peek", user=users[0])) as records:  # three fields of all, all fields of the own
        assert sorted(records.session.scalars(select(shop.Deal.id))) == [deals[0], deals[2]]


def test_nothing_but_reading_entities_runs_through_it(shop, world, users):
    Deal = shop.Deal
    table, other = Deal.__table__, Deal.__table__.alias()
    with shop.reading(world[2]["boss"][0]) as records:
        session = records.session
        for statement in (
            update(Deal).values(name="x"), delete(Deal), insert(Deal).values(name="x"), text("SELECT 1"),
            select(table.c.id), select(credential), select(Deal.id).join(other, other.c.id == Deal.id),
            select(Deal.id, other.c.name).join(other, other.c.id == Deal.id),
            select(Deal.id, select(func.count()).select_from(table).scalar_subquery()),
            select(text("1")), select(Deal.id).where(text("1=1")),
            select(Deal.id).where(Deal.id.in_(select(credential.c.user_id))),
        ):  # fmt: skip
            with pytest.raises(Forbidden):
                session.execute(statement)
        session.add(Deal())
        with pytest.raises(Forbidden):
            session.flush()


def test_a_column_of_text_cannot_smuggle_another_table(shop, world):
    with shop.reading(world[2]["nobody"][0]) as records, pytest.raises(Forbidden):
        records.session.execute(select(literal_column("(SELECT count(*) FROM shop_deal)")))
