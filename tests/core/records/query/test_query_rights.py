"""What may not be read does not exist: no cell leaks through any way of asking, and hidden looks like missing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import insert, update

from weft.core.access.decide import allowed_after, decide, require
from weft.core.access.fields import readable
from weft.core.access.filters import row_filter
from weft.core.access.policy import AccessPolicy
from weft.core.access.tables import record_share
from weft.core.errors import Denied, NotFound, QueryError
from weft.core.identity.principal import ANONYMOUS, SYSTEM
from weft.core.records.paging import forced_shape
from weft.core.records.values import Count, RefValue

pytestmark = pytest.mark.both_databases


@pytest.fixture
def world(shop, users):
    """Deals of two owners; ``peek`` reads three names of all and everything of the own."""
    orgs = shop.add(shop.Org, [{"name": "Alpha", "secret": "x"}, {"name": "Beta"}])
    deals = shop.add(
        shop.Deal,
        [
            {"name": f"deal {n}", "owner_id": users[n % 2], "status": "won", "margin": n, "org": orgs[n % 2],
             "amount": Decimal(n * 100), "amount_currency": "CNY", "note": f"note {n}", "at": n, "number": f"D-{n}"}
            for n in range(6)
        ],
    )  # fmt: skip
    return orgs, deals


HIDDEN_OF_REP = "margin"


def refusals(shop, principal, entity, name, value=1):
    """Every way of naming a field, as (kind, what came of it)."""
    ways = {
        "filter": {"filters": {name: value}}, "filter op": {"filters": {f"{name}__gte": value}},
        "null": {"filters": {f"{name}__isnull": "true"}}, "or": {"filters": {"or": f"{name}=1|title=x"}},
        "sort": {"sort": name}, "sort down": {"sort": f"title,-{name}"}, "fields": {"fields": [name]},
        "include": {"include": [name]}, "deep include": {"include": [f"{name}.x"]},
        "bad value": {"filters": {name: "@"}},
        "bad op": {"filters": {f"{name}__contains": "x"}},
    }  # fmt: skip
    found = {}
    with shop.reading(principal) as records:
        for way, query in ways.items():
            try:
                found[way] = [dict(row) for row in records.query(entity, count="exact", **query).rows]
            except QueryError as error:
                found[way] = (error.status, str(error).replace(name, "NAME"), error.name.replace(name, "NAME"))
        for way, query in {
            "group": {"group": [name]}, "measure": {"measures": [f"sum({name})"]},
            "count of": {"measures": [f"count({name})"]},
            "filter of figures": {"filters": {name: value}},
        }.items():  # fmt: skip
            try:
                found[way] = records.aggregate(entity, **query)
            except QueryError as error:
                found[way] = (error.status, str(error).replace(name, "NAME"), error.name.replace(name, "NAME"))
    return found


@pytest.mark.parametrize(
    ("roles", "audience", "entity", "hidden"),
    [
        (("rep",), "employee", "shop.deal", "margin"),
        ((), "customer", "shop.deal", "margin"),
        ((), "customer", "shop.deal", "amount"),
        ((), "customer", "shop.deal", "org"),
        ((), "customer", "shop.deal", "owner"),
        ((), "customer", "shop.deal", "more_rank"),
        ((), "customer", "shop.ticket", "inside"),
        ((), "customer", "shop.org", "secret"),
    ],
)
def test_a_hidden_field_answers_like_one_that_does_not_exist(shop, world, users, roles, audience, entity, hidden):
    principal = shop.as_(*roles, user=users[0], audience=audience, anchors=(world[0][0],))
    missing = refusals(shop, principal, entity, "nothing_like_that")
    assert refusals(shop, principal, entity, hidden) == missing
    assert all(isinstance(answer, tuple) and answer[0] == 400 for answer in missing.values())


def test_a_hidden_field_is_in_no_row(shop, world, users):
    with shop.reading(shop.as_("rep", user=users[0])) as records:
        rows = [*records.query("shop.deal").rows, records.get("shop.deal", world[1][0]), records.find(world[1][0])]
        included = records.query("shop.deal", include=["org"]).rows
    assert rows
    assert all("margin" not in row for row in (*rows, *included))


def test_an_entity_without_grant_answers_like_one_that_does_not_exist(shop, world, users):
    with shop.reading(shop.as_("rep", user=users[0])) as records:
        answers = []
        for entity in ("shop.ticket", "shop.nothing", "nothing"):
            for ask in (lambda e: records.query(e), lambda e: records.aggregate(e)):
                with pytest.raises(QueryError) as refused:
                    ask(entity)
                answers.append((refused.value.status, str(refused.value).replace(entity, "E")))
        assert len(set(answers)) == 1
        for entity in ("shop.ticket", "shop.nothing"):
            with pytest.raises(NotFound):
                records.get(entity, world[1][0])


def test_cells_of_overlapping_grants_are_not_mixed(shop, world, users):
    """Rows x fields of two grants: the union of cells, never the product."""
    _orgs, deals = world
    principal = shop.as_("peek", user=users[0])
    for shape in ("direct", "set", "walk", None):
        token = forced_shape.set(shape)
        with shop.reading(principal) as records:
            rows = {row.id: row for row in records.query("shop.deal").rows}
        forced_shape.reset(token)
        assert rows.keys() == set(deals)
        for number, record_id in enumerate(deals):
            own = number % 2 == 0
            assert rows[record_id]["name"] == f"deal {number}"
            assert rows[record_id]["state"] == "won"
            for name in ("margin", "amount", "note", "org"):
                assert (name in rows[record_id]) == own, (number, name)


@pytest.mark.parametrize(
    "query",
    [{"filters": {"margin__gte": 0}}, {"filters": {"margin__isnull": "false"}}, {"sort": "margin"},
     {"sort": "title,-margin"},
     {"filters": {"or": "margin=1|title__contains=deal"}}, {"filters": {"amount_currency": "CNY"}},
     {"filters": {"margin__ne": 77}}, {"sort": "-amount"}, {"filters": {"half__gte": 0}}],
)  # fmt: skip
def test_using_a_cell_restricts_to_rows_where_it_is_readable(shop, world, users, query):
    _orgs, deals = world
    with shop.reading(shop.as_("peek", user=users[0])) as records:
        page = records.query("shop.deal", count="exact", **query)
    assert sorted(row.id for row in page.rows) == deals[::2]
    assert page.count == Count(3, True)


def test_figures_count_only_readable_cells(shop, world, users):
    with shop.reading(shop.as_("peek", user=users[0])) as records:
        assert records.aggregate("shop.deal") == [{"count": 6}]
        assert records.aggregate("shop.deal", measures=["sum(margin)"]) == [{"sum(margin)": 0 + 2 + 4}]
        assert records.aggregate("shop.deal", group=["margin"]) == [{"margin": n, "count": 1} for n in (0, 2, 4)]
        assert records.aggregate("shop.deal", group=["status"]) == [{"status": "won", "count": 6}]
        (row,) = records.aggregate("shop.deal", measures=["max(amount)"])
        assert row["max(amount)"][0].amount == 400


def test_a_cursor_does_not_open_what_the_list_would_not(shop, world, users):
    """A cursor made by somebody who sees everything gives another only the rows they may see."""
    _orgs, deals = world
    with shop.reading(shop.as_("boss", user=users[1])) as records:
        cursor = records.query("shop.deal", sort="updated_at", limit=1).next
    assert shop.ids(shop.as_("rep", user=users[0]), sort="updated_at", cursor=cursor) == [deals[2], deals[4]]


def test_a_hidden_record_answers_like_a_missing_one(shop, world, users):
    _orgs, deals = world
    with shop.reading(shop.as_("rep", user=users[0])) as records:
        for ask in (lambda i: records.get("shop.deal", i), lambda i: records.find(i),
                    lambda i: require(records, "shop.deal", "read", i),
                    lambda i: require(records, "shop.deal", "update", i)):  # fmt: skip
            outcomes = []
            for record_id in (deals[1], 987654):
                with pytest.raises(NotFound) as refused:
                    ask(record_id)
                outcomes.append(str(refused.value).replace(str(record_id), "ID"))
            assert outcomes[0] == outcomes[1]
        assert records.titles([deals[1]]) == {deals[1]: RefValue(deals[1], "", restricted=True)}
        assert records.titles([987654]) == {}


def test_references_to_hidden_records_are_restricted_inside_and_absent_outside(shop, world, users):
    orgs, deals = world
    with shop.reading(shop.as_("rep", user=users[0])) as records:  # own deals, own organisations: none
        row = records.get("shop.deal", deals[0])
        assert row["org"] == RefValue(orgs[0], "", restricted=True)
        assert records.query("shop.deal", include=["org"]).rows[0]["org"].row is None
    (person,) = shop.add(shop.Person, [{"name": "P", "org": orgs[0]}])
    tickets = shop.add(shop.Ticket, [{"subject": "t", "deal": deals[0]}, {"subject": "u", "deal": deals[1]}])
    shop.link("shop.raised_by", [(ticket, person) for ticket in tickets])
    with shop.reading(shop.as_(audience="customer", user=users[2], anchors=(orgs[0],))) as records:
        rows = {row.id: row for row in records.query("shop.ticket", sort="id").rows}
        assert rows[tickets[0]]["deal"].title == "deal 0"
        assert "deal" not in rows[tickets[1]]  # a deal of another organisation
        assert deals[1] not in records.titles(deals)


def test_outsiders_read_only_named_fields(shop, world, users):
    orgs, deals = world
    with shop.reading(shop.as_(audience="customer", user=users[2], anchors=(orgs[0],))) as records:
        row = records.get("shop.deal", deals[0])
        assert set(row) == {"id", "type", "version", "name", "status", "title", "state"}
        assert [row.id for row in records.query("shop.deal").rows] == sorted(deals[::2], reverse=True)
    with shop.runtime.db.write() as connection:
        connection.execute(
            update(shop.Deal.__table__)
            .where(shop.Deal.__table__.c.id == deals[0])
            .values(deleted_at=datetime(2026, 1, 2, tzinfo=UTC))
        )
    outsider = shop.as_(audience="customer", user=users[2], anchors=(orgs[0],))
    with shop.reading(outsider) as records, pytest.raises(NotFound):
        records.get("shop.deal", deals[0])


def test_the_trash_is_not_for_outsiders(shop, world, users):
    orgs, deals = world
    table = shop.Deal.__table__
    with shop.runtime.db.write() as connection:
        connection.execute(
            update(table).where(table.c.id == deals[0]).values(deleted_at=datetime(2026, 1, 2, tzinfo=UTC))
        )
    assert shop.ids(shop.as_("boss", user=users[0]), trash=True) == [deals[0]]
    assert shop.ids(shop.as_(audience="customer", user=users[2], anchors=(orgs[0],)), trash=True) == []


def test_a_share_gives_its_level_until_it_expires(shop, world, users):
    _orgs, deals = world
    now = shop.runtime.clock()
    rows = [
        {"id": 90001, "record_id": deals[0], "user_id": users[2], "unit_id": None, "level": "read", "expires_at": None},
        {"id": 90002, "record_id": deals[1], "user_id": users[2], "unit_id": None, "level": "edit",
         "expires_at": now + timedelta(hours=1)},
        {"id": 90003, "record_id": deals[2], "user_id": users[2], "unit_id": None, "level": "edit",
         "expires_at": now - timedelta(hours=1)},
    ]  # fmt: skip
    with shop.runtime.db.write() as connection:
        connection.execute(insert(record_share), [{**row, "created_at": now} for row in rows])
    principal = shop.as_("shares", user=users[2])
    assert sorted(shop.ids(principal)) == deals[:2]
    with shop.reading(principal) as records:
        assert require(records, "shop.deal", "update", deals[1]).allowed
        with pytest.raises(Denied):
            require(records, "shop.deal", "update", deals[0])
        with pytest.raises(NotFound):
            require(records, "shop.deal", "update", deals[2])


def test_the_decision_names_grants_and_fields_of_the_row(shop, world, users, query_count):
    _orgs, deals = world
    with shop.reading(shop.as_("peek", "rep", user=users[0])) as records:
        with query_count() as counted:
            own = decide(records, "shop.deal", "update", deals[0])
            other = decide(records, "shop.deal", "update", deals[1])
        assert counted.number <= 4
    assert own.readable and own.allowed and own.grants == ("shop.rep:shop.deal:" + "+".join(sorted(
        {"act", "assign", "attach", "comment", "create", "export", "link", "read", "update"})),)  # fmt: skip
    assert "margin" in own.visible and "margin" not in own.fields and "amount" in own.fields
    assert other.readable and not other.allowed and other.fields == frozenset()
    assert {"name", "status", "closed"} <= other.visible and "amount" not in other.visible


def test_the_resulting_row_is_checked_against_the_grants(shop, world, users):
    _orgs, deals = world
    with shop.reading(shop.as_("rep", user=users[0])) as records:
        assert allowed_after(records, "shop.deal", "update", deals) == set(deals[::2])
        assert allowed_after(records, "shop.deal", "update", deals, ["name"]) == set(deals[::2])
        assert allowed_after(records, "shop.deal", "update", deals, ["name", "margin"]) == set()
        assert allowed_after(records, "shop.deal", "delete", deals) == set()
    with shop.reading(SYSTEM) as records:
        assert allowed_after(records, "shop.deal", "update", deals, ["margin"]) == set(deals)


def test_who_may_only_look_cannot_do_anything_else(shop, world, users):
    _orgs, deals = world
    looking = shop.as_("boss", user=users[0]).with_changes(read_only=True)
    token = shop.as_("boss", user=users[0]).with_changes(kind="token", scopes=frozenset({"read"}))
    for principal in (looking, token):
        with shop.reading(principal) as records:
            assert decide(records, "shop.deal", "read", deals[0]).allowed
            assert not decide(records, "shop.deal", "update", deals[0]).allowed
            with pytest.raises(Denied):
                require(records, "shop.deal", "delete", deals[0])
    policy = AccessPolicy.of(shop.runtime)
    assert policy.allows(token, "shop.deal", "export") and not policy.allows(looking, "shop.deal", "export")
    assert not policy.allows(ANONYMOUS, "shop.deal", "read")
    assert not policy.allows(token, "shop.nothing", "read")


def test_the_row_filter_says_how_much_it_lets_through(shop, world, users):
    with shop.reading(shop.as_("rep", user=users[0])) as records:
        found = row_filter(records, "shop.deal")
        assert found.kind == "some"
        assert found.probe() == 3
        assert found.probe(cap=2) is None
        assert sorted(records.connection.scalars(found.set_query())) == world[1][::2]
        assert row_filter(records, "shop.ticket").kind == "none"
    with shop.reading(shop.as_("boss", user=users[0])) as records:
        assert row_filter(records, "shop.deal").kind == "all"


def test_field_rights_tell_reading_from_writing(shop, world, users):
    with shop.reading(shop.as_("peek", "rep", user=users[0])) as records:
        rights = readable(records, "shop.deal")
        assert "margin" in rights.names
        assert {"name", "status", "closed"} <= rights.everywhere
        assert "margin" not in rights.everywhere
        assert rights.mask("name") is None
        assert rights.mask("margin") is not None
        assert "margin" not in rights.writable()
        assert rights.writable(["amount", "margin", "half", "title"]) == frozenset({"amount"})


@pytest.mark.slow
def test_pages_stay_full_when_one_row_in_a_thousand_is_visible(shop, users):
    """No filtering after the limit: every page but the last is full, whatever the shape."""
    mine = users[0]
    total = 100_000
    for start in range(0, total, 20_000):
        shop.add(
            shop.Deal,
            [
                {"name": f"d{n}", "owner_id": mine if n % 1000 == 7 else users[1], "at": n}
                for n in range(start, start + 20_000)
            ],
        )
    principal = shop.as_("wide", user=mine)
    for shape in (None, "walk", "set"):
        token = forced_shape.set(shape)
        sizes, cursor = [], None
        with shop.reading(principal) as records:
            while True:
                page = records.query("shop.deal", fields=["name"], limit=30, cursor=cursor)
                sizes.append(len(page.rows))
                cursor = page.next
                if cursor is None:
                    break
        forced_shape.reset(token)
        assert sizes == [30, 30, 30, 10], shape
