"""The record row and the edges follow every kind of write to an entity table, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from weft.core.db.tables import record, relation, relation_closure

pytestmark = pytest.mark.both_databases


def edges(runtime: Any, key: str) -> set[tuple[int, int]]:
    """(source, target) of the edges of a relation type."""
    query = select(relation.c.source_id, relation.c.target_id).where(
        relation.c.type_id == runtime.registry.relation_id(key)
    )
    with runtime.db.read() as connection:
        return {tuple(row) for row in connection.execute(query)}


def titles(runtime: Any) -> dict[int, str]:
    """Title by id, from the record rows."""
    with runtime.db.read() as connection:
        return {row.id: row.title for row in connection.execute(select(record.c.id, record.c.title))}


@pytest.fixture
def sites(weft_runtime: Any, tables: Any, header: Any) -> list[int]:
    """Three sites."""
    ids = weft_runtime.db.ids.take(3)
    with weft_runtime.db.write() as connection:
        connection.execute(insert(tables.site), [header(id=i, name=f"Site {n}") for n, i in enumerate(ids)])
    return ids


def test_core_insert_update_delete_keep_record_and_edges(
    weft_runtime: Any, tables: Any, header: Any, sites: list[int]
) -> None:
    crate = weft_runtime.db.ids.next()
    with weft_runtime.db.write() as connection:
        connection.execute(
            insert(tables.crate).values(header(id=crate, code="A1", label="Blue", site=sites[0], phase="new"))
        )
    with weft_runtime.db.read() as connection:
        row = connection.execute(select(record).where(record.c.id == crate)).one()
        edge = connection.execute(select(relation).where(relation.c.source_id == crate)).one()
    assert (row.title, row.state, row.version) == ("A1 Blue", "new", 1)
    assert row.type_id == weft_runtime.registry.entity_id("depot.crate")
    assert (edge.target_id, edge.origin, edge.functional, edge.inverse_functional) == (sites[0], "f", 1, None)
    assert edge.source_type == weft_runtime.registry.entity_id("depot.crate")
    assert edge.target_type == weft_runtime.registry.entity_id("depot.site")

    with weft_runtime.db.write() as connection:
        connection.execute(update(tables.crate).values(site=sites[1], label="Red", version=2, phase="used"))
    assert edges(weft_runtime, "depot.stands_at") == {(crate, sites[1])}
    assert titles(weft_runtime)[crate] == "A1 Red"

    with weft_runtime.db.write() as connection:
        connection.execute(update(tables.crate).values(site=None))
    assert edges(weft_runtime, "depot.stands_at") == set()

    with weft_runtime.db.write() as connection:
        connection.execute(update(tables.crate).values(site=sites[2]))
        connection.execute(delete(tables.crate))
    assert edges(weft_runtime, "depot.stands_at") == set()
    assert set(titles(weft_runtime)) == set(sites)


def test_bulk_writes_keep_record_and_edges(weft_runtime: Any, tables: Any, header: Any, sites: list[int]) -> None:
    ids = weft_runtime.db.ids.take(500)
    rows = [header(id=i, code=f"C{n}", label="x", site=sites[n % 3]) for n, i in enumerate(ids)]
    with weft_runtime.db.write() as connection:
        connection.execute(insert(tables.crate), rows)
    assert edges(weft_runtime, "depot.stands_at") == {(row["id"], row["site"]) for row in rows}
    with weft_runtime.db.write() as connection:
        connection.execute(update(tables.crate).where(tables.crate.c.site == sites[0]).values(site=sites[1], label="y"))
    moved = {row["id"]: sites[1] if row["site"] == sites[0] else row["site"] for row in rows}
    assert edges(weft_runtime, "depot.stands_at") == set(moved.items())
    assert sum(title.endswith(" y") for title in titles(weft_runtime).values()) == 167


def test_upserts_keep_record_and_edges(weft_runtime: Any, tables: Any, header: Any, sites: list[int]) -> None:
    make = (postgresql if weft_runtime.db.dialect == "postgresql" else sqlite).insert
    one, two = weft_runtime.db.ids.take(2)
    for label, site in (("first", sites[0]), ("second", sites[1])):
        statement = make(tables.crate).values([header(id=i, code=f"U{i}", label=label, site=site) for i in (one, two)])
        changes = {name: statement.excluded[name] for name in ("label", "site")}
        with weft_runtime.db.write() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changes))
    assert edges(weft_runtime, "depot.stands_at") == {(one, sites[1]), (two, sites[1])}
    assert titles(weft_runtime)[one] == f"U{one} second"


def test_orm_writes_keep_record_and_edges(weft_runtime: Any, tables: Any, header: Any, sites: list[int]) -> None:
    number = weft_runtime.db.ids.next()
    with weft_runtime.db.write() as connection, Session(bind=connection) as session:
        crate = tables.Crate(**header(id=number, code="O1", label="old", site=sites[0]))
        session.add(crate)
        session.flush()
        crate.label, crate.site = "new", sites[2]
        session.flush()
        assert crate.title == "O1 new"
        assert crate.version == 2
    assert edges(weft_runtime, "depot.stands_at") == {(number, sites[2])}
    assert titles(weft_runtime)[number] == "O1 new"
    with weft_runtime.db.write() as connection, Session(bind=connection) as session:
        session.delete(session.get(tables.Crate, number))
        session.flush()
    assert number not in titles(weft_runtime)
    assert edges(weft_runtime, "depot.stands_at") == set()


def test_extension_fields_write_edges_and_go_with_their_record(
    weft_runtime: Any, tables: Any, header: Any, sites: list[int]
) -> None:
    crate = weft_runtime.db.ids.next()
    with weft_runtime.db.write() as connection:
        connection.execute(insert(tables.crate).values(header(id=crate, code="E1", label="x")))
        connection.execute(insert(tables.label).values(id=crate, labels_home=sites[0]))
    assert edges(weft_runtime, "labels.home_at") == {(crate, sites[0])}
    with weft_runtime.db.write() as connection:
        connection.execute(update(tables.label).values(labels_home=sites[1]))
    assert edges(weft_runtime, "labels.home_at") == {(crate, sites[1])}
    with weft_runtime.db.write() as connection:
        connection.execute(delete(tables.crate))
    with weft_runtime.db.read() as connection:
        assert connection.execute(select(tables.label)).all() == []
    assert edges(weft_runtime, "labels.home_at") == set()


def test_a_trashed_record_keeps_its_edges(weft_runtime: Any, tables: Any, header: Any, sites: list[int]) -> None:
    crate = weft_runtime.db.ids.next()
    with weft_runtime.db.write() as connection:
        connection.execute(insert(tables.crate).values(header(id=crate, code="T1", label="x", site=sites[0])))
        connection.execute(update(tables.crate).values(deleted_at=header()["created_at"]))
    assert edges(weft_runtime, "depot.stands_at") == {(crate, sites[0])}
    with weft_runtime.db.read() as connection:
        assert connection.execute(select(record.c.deleted_at).where(record.c.id == crate)).scalar() is not None


def test_a_one_to_one_reference_refuses_a_second_source(weft_runtime: Any, tables: Any, header: Any) -> None:
    one, two, three = weft_runtime.db.ids.take(3)
    with weft_runtime.db.write() as connection:
        for number in (one, two, three):
            connection.execute(insert(tables.crate).values(header(id=number, code=str(number), label="x")))
        connection.execute(update(tables.crate).where(tables.crate.c.id == one).values(twin=two))
    with pytest.raises(IntegrityError), weft_runtime.db.write() as connection:
        connection.execute(update(tables.crate).where(tables.crate.c.id == three).values(twin=two))
    assert edges(weft_runtime, "depot.twin_of") == {(one, two)}


def test_the_id_of_a_record_never_changes(weft_runtime: Any, tables: Any, sites: list[int]) -> None:
    from sqlalchemy.exc import DBAPIError

    with pytest.raises(DBAPIError, match="never changes"), weft_runtime.db.write() as connection:
        connection.execute(update(tables.site).where(tables.site.c.id == sites[0]).values(id=sites[0] + 10_000))
    assert set(titles(weft_runtime)) == set(sites)


# ---- the closure


def link(runtime: Any, source: int, target: int, header: Any) -> None:
    """Make a free edge of the acyclic type."""
    registry = runtime.registry
    site = registry.entity_id("depot.site")
    with runtime.db.write() as connection:
        connection.execute(
            insert(relation).values(
                source_id=source, type_id=registry.relation_id("depot.within"), target_type=site, target_id=target,
                source_type=site, created_at=header()["created_at"],
            )
        )  # fmt: skip


def unlink(runtime: Any, source: int, target: int) -> None:
    """Remove a free edge of the acyclic type."""
    chosen = (relation.c.source_id == source, relation.c.target_id == target)
    with runtime.db.write() as connection:
        connection.execute(delete(relation).where(*chosen))


def paths(runtime: Any) -> dict[tuple[int, int], int]:
    """(ancestor, descendant) -> depth, without the records themselves."""
    with runtime.db.read() as connection:
        rows = connection.execute(select(relation_closure).where(relation_closure.c.depth > 0))
        return {(row.ancestor_id, row.descendant_id): row.depth for row in rows}


def test_the_closure_follows_edges_of_a_lattice(weft_runtime: Any, header: Any, tables: Any) -> None:
    a, b, c, d = weft_runtime.db.ids.take(4)
    with weft_runtime.db.write() as connection:
        connection.execute(insert(tables.site), [header(id=i, name=str(i)) for i in (a, b, c, d)])
    for source, target in ((d, c), (b, a), (c, b), (d, b)):  # d within c and b, c within b, b within a
        link(weft_runtime, source, target, header)
    assert paths(weft_runtime) == {(c, d): 1, (b, d): 1, (a, d): 2, (b, c): 1, (a, c): 2, (a, b): 1}
    unlink(weft_runtime, d, b)
    assert paths(weft_runtime) == {(c, d): 1, (b, d): 2, (a, d): 3, (b, c): 1, (a, c): 2, (a, b): 1}
    unlink(weft_runtime, c, b)
    assert paths(weft_runtime) == {(c, d): 1, (a, b): 1}


def test_a_path_never_leads_through_a_trashed_record(weft_runtime: Any, header: Any, tables: Any) -> None:
    a, b, c = weft_runtime.db.ids.take(3)
    with weft_runtime.db.write() as connection:
        connection.execute(insert(tables.site), [header(id=i, name=str(i)) for i in (a, b, c)])
    link(weft_runtime, c, b, header)
    link(weft_runtime, b, a, header)
    whole = paths(weft_runtime)
    assert whole == {(b, c): 1, (a, c): 2, (a, b): 1}
    with weft_runtime.db.write() as connection:
        connection.execute(update(tables.site).where(tables.site.c.id == b).values(deleted_at=header()["created_at"]))
    assert paths(weft_runtime) == {(b, c): 1}
    with weft_runtime.db.write() as connection:
        connection.execute(update(tables.site).where(tables.site.c.id == b).values(deleted_at=None))
    assert paths(weft_runtime) == whole


def test_an_edge_that_would_close_a_circle_is_refused(weft_runtime: Any, header: Any, sites: list[int]) -> None:
    a, b, c = sites
    link(weft_runtime, b, a, header)
    link(weft_runtime, c, b, header)
    for source, target in ((a, c), (a, b), (a, a)):
        with pytest.raises(IntegrityError, match="weft_cycle"):
            link(weft_runtime, source, target, header)
    assert edges(weft_runtime, "depot.within") == {(b, a), (c, b)}


def test_a_plugin_that_is_missing_changes_no_trigger_of_the_others(weft_runtime: Any, weft_plugins: Any) -> None:
    from weft.core.db import catalogue, triggers
    from weft.core.ops.boot import boot

    alone = boot(weft_runtime.settings, plugins=weft_plugins[:1])  # without the labels: an import of theirs failed
    with alone.db.read() as connection:
        catalogue.bind(connection, alone.registry)
        there = triggers.present(connection)
    wanted = {trigger.name: trigger.body for trigger in triggers.expected(alone.registry, alone.db.dialect)}
    alone.db.dispose()
    assert {name: there.get(name) for name in wanted} == wanted
    assert any("labels" in name for name in there.keys() - wanted.keys())
