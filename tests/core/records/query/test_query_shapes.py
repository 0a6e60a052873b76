"""Every shape of a list gives the rows that a plain walk in Python gives, in the same order, page by page."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, text, update

from weft.core.access.tables import record_share
from weft.core.db.tables import relation
from weft.core.identity.tables import app_user, org_unit
from weft.core.records import hints, paging
from weft.core.records.paging import forced_shape

NOW = datetime(2026, 6, 1, tzinfo=UTC)
PAST, FUTURE = NOW - timedelta(days=3), NOW + timedelta(days=3)
#: Chosen freely several times: what one page learned leads the next ones.
SHAPES = ("direct", "set", "seek", "walk", None, None, None)


@dataclass
class World:
    """All data once more as plain Python, and the rules once more as plain loops."""

    deals: dict = field(default_factory=dict)
    people: dict = field(default_factory=dict)
    orgs: dict = field(default_factory=dict)
    below: list = field(default_factory=list)
    members: list = field(default_factory=list)  # person, org, valid_to
    watches: list = field(default_factory=list)  # person, deal, valid_from, valid_to
    tickets: dict = field(default_factory=dict)
    raised: list = field(default_factory=list)
    shares: list = field(default_factory=list)  # deal, user, unit, expires

    def live(self, record_id):
        for rows in (self.deals, self.people, self.orgs, self.tickets):
            if record_id in rows:
                return not rows[record_id]["deleted"]
        return False

    def sees(self, role, principal, record_id):
        anchors = {one for one in principal.anchors if self.live(one)}
        deal = self.deals.get(record_id)
        match role:
            case "rep" | "links":
                return deal["owner"] in {principal.user_id, *principal.acts_for}
            case "team":
                return deal["unit"] in principal.units
            case "area":
                return deal["unit"] in principal.unit_tree
            case "shares":
                return self.shared(principal, record_id)
            case "wide":
                return any(self.sees(one, principal, record_id) for one in ("rep", "area", "shares"))
            case "wins":
                return deal["status"] == "won" and deal["amount"] is not None and deal["amount"] >= 100
            case "watch":
                return any(person in anchors for person in self.watchers(record_id))
            case "customer":
                return deal["org"] in anchors
            case "supplier":
                return deal["org"] is not None and self.live(deal["org"]) and bool(self.above(deal["org"]) & anchors)
            case "distributor":
                deal_id = self.tickets[record_id]["deal"]
                if deal_id is None or not self.live(deal_id):
                    return False
                return any(
                    org in anchors
                    for watcher in self.watchers(deal_id)
                    if self.live(watcher)
                    for person, org, until in self.members
                    if person == watcher and (until is None or until > NOW)
                )
            case "boss":
                return True
        raise AssertionError(role)

    def shared(self, principal, record_id):
        return any(
            deal == record_id
            and (user in {principal.user_id, *principal.acts_for} - {None} or unit in principal.units)
            and (expires is None or expires > NOW)
            for deal, user, unit, expires in self.shares
        )

    def watchers(self, deal_id):
        return [
            person
            for person, deal, since, until in self.watches
            if deal == deal_id and (since is None or since <= NOW) and (until is None or until > NOW)
        ]

    def above(self, org):
        found, todo = {org}, [org]
        while todo:
            one = todo.pop()
            for low, high in self.below:
                if low == one and self.live(one) and high not in found:
                    found.add(high)
                    todo.append(high)
        return found

    def listed(self, roles, principal, sort, status):
        rows = self.tickets if "distributor" in roles else self.deals
        found = [
            record_id
            for record_id, row in rows.items()
            if not row["deleted"]
            and any(self.sees(role, principal, record_id) for role in roles)
            and (status is None or row.get("status") == status)
        ]
        name, down = sort.removeprefix("-"), sort.startswith("-")
        value = lambda one: rows[one][name]  # noqa: E731
        present = sorted(
            (one for one in found if value(one) is not None), key=lambda one: (value(one), one), reverse=down
        )
        absent = sorted((one for one in found if value(one) is None), reverse=down)
        return present + absent


def build(shop, seed, deals=260):
    """Random records, edges that end and begin, trashed ends, shares that expire."""
    pick = random.Random(seed)
    world = World()
    with shop.runtime.db.write() as connection:
        for user in range(1, 7):
            connection.execute(insert(app_user).values(
                id=user, audience="employee", email=f"u{user}@t.example", name=f"U{user}", created_at=NOW))  # fmt: skip
        for unit in range(1, 6):
            connection.execute(insert(org_unit).values(id=unit, name=f"Unit {unit}", created_at=NOW))
    orgs = shop.add(shop.Org, [{"name": f"org {n}"} for n in range(30)])
    people = shop.add(shop.Person, [{"name": f"person {n}", "org": pick.choice([*orgs, None])} for n in range(25)])
    made = []
    for n in range(deals):
        owner = pick.choices([1, 2, 3, 4, None], [20, 5, 1, 0.2, 4])[0]
        made.append({
            "name": f"deal {pick.randrange(50)}", "status": pick.choice(["open", "won", "lost", None]),
            "owner_id": owner, "unit_id": pick.choice([1, 2, 3, 4, None]), "at": n if owner != 3 else n - 5000,
            "org": pick.choice([*orgs, None]), "margin": pick.choice([None, *range(5)]),
            "amount": pick.choice([None, 50, 100, 150]), "amount_currency": "CNY",
        })  # fmt: skip
    ids = shop.add(shop.Deal, made)
    tickets = [{"subject": f"t{n}", "deal": pick.choice([*ids[:40], None]), "at": n} for n in range(120)]
    ticket_ids = shop.add(shop.Ticket, tickets)
    dead = set(pick.sample([*orgs, *people, *ids, *ticket_ids], 30))
    with shop.runtime.db.write() as connection:
        for cls in (shop.Org, shop.Person, shop.Deal, shop.Ticket):
            table = cls.__table__
            connection.execute(update(table).where(table.c.id.in_(dead)).values(deleted_at=NOW))
    world.orgs = {one: {"deleted": one in dead} for one in orgs}
    world.people = {one: {"deleted": one in dead} for one in people}
    for one, row in zip(ids, made, strict=True):
        world.deals[one] = {"deleted": one in dead, "owner": row["owner_id"], "unit": row["unit_id"], **row,
                            "updated_at": row.pop("at"), "id": one}  # fmt: skip
    for one, row in zip(ticket_ids, tickets, strict=True):
        world.tickets[one] = {"deleted": one in dead, "deal": row["deal"], "updated_at": row["at"], "id": one}
    world.below = [(orgs[n], orgs[pick.randrange(n)]) for n in range(1, 30) if pick.random() < 0.8]
    shop.link("shop.below", world.below)
    seen = set()
    for _ in range(150):
        pair = pick.choice(people), pick.choice(ids)
        if pair not in seen:
            seen.add(pair)
            world.watches.append(
                (*pair, *pick.choice([(None, None), (PAST, None), (FUTURE, None), (None, PAST), (PAST, FUTURE)]))
            )
    for person, deal, since, until in world.watches:
        shop.link("shop.watches", [(person, deal)], valid_from=since, valid_to=until)
    for n in range(60):
        world.members.append((pick.choice(people), pick.choice(orgs), pick.choice([None, PAST, FUTURE])))
        person, org, until = world.members[-1]
        shop.link("shop.member_of", [(person, org)], valid_to=until, ordinal=n)
    rows = []
    for number in range(60):
        user, unit = pick.choice([(pick.randint(1, 6), None), (None, pick.randint(1, 5))])
        expires = pick.choice([None, PAST, FUTURE])
        deal = pick.choice(ids)
        world.shares.append((deal, user, unit, expires))
        rows.append({"id": 10_000_000 + number, "record_id": deal, "user_id": user, "unit_id": unit,
                     "expires_at": expires, "created_at": NOW})  # fmt: skip
    with shop.runtime.db.write() as connection:
        connection.execute(insert(record_share), rows)
    shop.runtime.clock = lambda: NOW
    return world


def read_all(shop, principal, entity, sort, filters, limit, shape):
    token = forced_shape.set(shape)
    try:
        found, cursor, pages = [], None, 0
        with shop.reading(principal) as records:
            while True:
                page = records.query(entity, sort=sort, filters=filters, limit=limit, cursor=cursor, fields=[])
                found += [row.id for row in page.rows]
                cursor, pages = page.next, pages + 1
                if cursor is None:
                    return found
                assert len(page.rows) == limit, "a page with a successor must be full"
    finally:
        forced_shape.reset(token)


@pytest.mark.both_databases
@pytest.mark.parametrize("seed", [1, 2])
def test_all_shapes_equal_a_plain_walk(shop, monkeypatch, seed):
    # Small limits, so that all ways of choosing and falling back are taken with little data.
    monkeypatch.setattr(paging, "SET_CAP", 15)
    monkeypatch.setattr(paging, "WALK_START", 20)
    monkeypatch.setattr(paging, "WALK_BUDGET", 60)
    monkeypatch.setattr(paging, "TRIAL_CAP", 40)
    monkeypatch.setattr(hints, "_SLOW", 0.0)  # whatever was learned from the pages before, the rows are the same
    world = build(shop, seed)
    internal = st.sets(
        st.sampled_from(["rep", "team", "area", "shares", "wide", "wins", "watch", "boss", "links"]),
        min_size=1,
        max_size=3,
    )
    roles = st.one_of(internal, st.sampled_from([{"customer"}, {"supplier"}, {"distributor"}]))
    anchors = st.lists(st.sampled_from([*world.orgs, *world.people]), max_size=3, unique=True)

    @settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(
        roles=roles, anchors=anchors, user=st.sampled_from([1, 2, 3, 4, 5]),
        acts=st.sampled_from([(), (), (2,), (3, 4)]),
        units=st.sampled_from([(), (1,), (2, 3)]),
        sort=st.sampled_from(["-updated_at", "updated_at", "id", "-id", "margin", "-margin", "name"]),
        status=st.sampled_from([None, None, "won"]), limit=st.sampled_from([7, 30, 200]),
    )  # fmt: skip
    def check(roles, anchors, user, acts, units, sort, status, limit):
        outside = roles & {"customer", "supplier", "distributor"}
        audience = next(iter(outside), "employee")
        if outside:
            sort = {"updated_at": "updated_at"}.get(sort, "id") if audience == "distributor" else "id"
            status = status if audience == "customer" else None
        if (
            "rep" in roles
            and not roles & {"wide", "team", "area", "boss", "shares", "wins", "watch", "links"}
            and "margin" in sort
        ):
            sort = "-updated_at"  # not readable for a rep alone
        given_roles = () if outside else tuple(roles)
        more = {"anchors": tuple(anchors), "units": units, "unit_tree": (*units, 4) if units else (), "acts_for": acts}
        principal = shop.as_(*given_roles, user=user, audience=audience, **more)
        if "rep" in roles and "margin" in sort:
            return  # the cells of rows seen as rep alone are hidden: another test
        entity = "shop.ticket" if audience == "distributor" else "shop.deal"
        expected = world.listed(roles, principal, sort, status)
        filters = {"status": status} if status else None
        for shape in SHAPES:
            assert read_all(shop, principal, entity, sort, filters, limit, shape) == expected, (
                shape,
                roles,
                sort,
                status,
            )

    check()


def plans(shop, principal, shape, entity="shop.deal", **query):
    """EXPLAIN of all statements of a list."""
    seen = []
    with shop.reading(principal) as records:
        dialect = records.connection.dialect.name
        from sqlalchemy import event

        def note(conn, cursor, statement, parameters, context, many):
            if not statement.startswith("EXPLAIN"):
                seen.append((statement, parameters))

        event.listen(records.connection, "before_cursor_execute", note)
        token = forced_shape.set(shape)
        try:
            records.query(entity, **{"fields": ["name"], **query})
        finally:
            forced_shape.reset(token)
        event.remove(records.connection, "before_cursor_execute", note)
        prefix = "EXPLAIN QUERY PLAN " if dialect == "sqlite" else "EXPLAIN "
        found = []
        for statement, parameters in seen:
            rows = records.connection.exec_driver_sql(prefix + statement, parameters)
            found.append("\n".join(str(row[-1]) for row in rows))
        return found


@pytest.mark.parametrize("analysed", [False, True])
def test_no_plan_on_sqlite_filters_edges_through_a_bloom_filter(shop, analysed):
    world = build(shop, 3, deals=3000)
    if analysed:
        with shop.runtime.db.write() as connection:
            connection.execute(text("ANALYZE"))
    anchors = tuple(world.people)[:5]
    for roles, audience, more in (
        (("watch",), "employee", {}), (("wide",), "employee", {"units": (1,), "unit_tree": (1, 2)}),
        ((), "customer", {}), ((), "supplier", {}),
    ):  # fmt: skip
        principal = shop.as_(*roles, user=2, audience=audience, anchors=(*anchors, *tuple(world.orgs)[:4]), **more)
        for shape in SHAPES:
            for plan in plans(shop, principal, shape, sort="id" if audience != "employee" else None):
                assert "BLOOM" not in plan.upper()
                assert "AUTOMATIC" not in plan.upper()


@pytest.mark.parametrize("analysed", [False, True])
@pytest.mark.parametrize(("roles", "audience"), [(("watch",), "employee"), ((), "distributor")])
def test_a_probe_on_sqlite_is_one_index_entry_with_and_without_statistics(shop, analysed, roles, audience):
    """Without statistics SQLite would rather read all edges of the anchor for every row."""
    world = build(shop, 3, deals=500)
    if analysed:
        with shop.runtime.db.write() as connection:
            connection.execute(text("ANALYZE"))
    principal = shop.as_(*roles, user=2, audience=audience, anchors=(*list(world.people)[:2], *list(world.orgs)[:2]))
    entity = "shop.ticket" if audience == "distributor" else "shop.deal"
    (plan,) = plans(shop, principal, "walk", entity=entity, sort="-updated_at", fields=[])
    last = [line for line in plan.splitlines() if "SEARCH relation_" in line][-1]
    assert "source_id=?" in last and "target_id=?" in last, plan


@pytest.mark.both_databases
def test_a_walk_reads_the_index_of_the_order_and_stops(shop):
    world = build(shop, 4, deals=3000)
    if shop.runtime.db.dialect == "postgresql":
        with shop.runtime.db.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
    principal = shop.as_("watch", user=2, anchors=tuple(world.people)[:5])
    (plan,) = plans(shop, principal, "walk")
    if shop.runtime.db.dialect == "sqlite":
        assert "ix_shop_deal_updated" in plan
        assert "TEMP B-TREE FOR ORDER" not in plan
    else:
        assert "ix_shop_deal_updated" in plan
        assert "Sort" not in plan


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "roles", [("rep",), ("wide",), ("wins",), ("watch",), ("boss",), ("rep", "wins"), ("team", "shares")]
)
@pytest.mark.parametrize("status", [None, "won"])
def test_counts_are_those_of_a_plain_walk_in_every_shape(shop, monkeypatch, roles, status):
    monkeypatch.setattr(paging, "SET_CAP", 15)
    monkeypatch.setattr(paging, "WALK_START", 20)
    world = build(shop, 6)
    principal = shop.as_(*roles, user=1, units=(1,), unit_tree=(1, 2), anchors=tuple(world.people)[:6])
    expected = len(world.listed(roles, principal, "id", status))
    for shape in SHAPES:
        token = forced_shape.set(shape)
        with shop.reading(principal) as records:
            for how in ("capped", "exact"):
                query = {"fields": [], "limit": 1, "filters": {"status": status} if status else None}
                found = records.query("shop.deal", count=how, **query).count
                assert (found.value, found.exact) == (expected, True), (shape, how)
        forced_shape.reset(token)


def test_edges_of_every_test_world_differ(shop):
    """The worlds above would prove nothing without edges that end and ends that are trashed."""
    world = build(shop, 5)
    with shop.runtime.db.read() as connection:
        ended = connection.execute(select(relation.c.valid_to).where(relation.c.valid_to < NOW)).all()
    assert len(ended) > 20
    assert sum(row["deleted"] for row in (*world.orgs.values(), *world.people.values())) > 2
