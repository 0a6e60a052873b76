"""The doctor names every drift that was planted, and repairs what can be derived again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from weft.core.db import triggers
from weft.core.db.tables import record, relation, relation_closure
from weft.core.ops.doctor import doctor
from weft.core.ops.repair import repair

pytestmark = pytest.mark.both_databases


@pytest.fixture
def crates(weft_runtime: Any, tables: Any, header: Any) -> list[int]:
    """Two sites within each other and two crates: (site, inner site, crate, crate)."""
    a, b, x, y = weft_runtime.db.ids.take(4)
    registry = weft_runtime.registry
    site = registry.entity_id("depot.site")
    edge = {"source_id": b, "type_id": registry.relation_id("depot.within"), "target_type": site, "target_id": a}
    with weft_runtime.db.write() as connection:
        connection.execute(insert(tables.site), [header(id=a, name="Outer"), header(id=b, name="Inner")])
        connection.execute(insert(tables.crate).values(header(id=x, code="X", label="x", site=a)))
        connection.execute(insert(tables.crate).values(header(id=y, code="Y", label="y", site=b)))
        connection.execute(insert(relation).values(**edge, source_type=site, created_at=header()["created_at"]))
    assert doctor(weft_runtime) == []
    return [a, b, x, y]


def without_triggers(runtime: Any, statements: Callable[[Any], None]) -> None:
    """Write behind the triggers' back, as a repair by hand or a restored part would."""
    with runtime.db.write() as connection:
        triggers.drop(connection)
        statements(connection)
        triggers.install(connection, runtime.registry)


def kinds(runtime: Any) -> set[str]:
    return {finding.kind for finding in doctor(runtime)}


def plant_title(connection: Any, runtime: Any, tables: Any, ids: list[int]) -> None:
    connection.execute(update(record).where(record.c.id == ids[2]).values(title="Something else"))


def plant_missing_edge(connection: Any, runtime: Any, tables: Any, ids: list[int]) -> None:
    connection.execute(delete(relation).where(relation.c.source_id == ids[2], relation.c.origin == "f"))


def plant_extra_edge(connection: Any, runtime: Any, tables: Any, ids: list[int]) -> None:
    connection.execute(update(tables.crate).where(tables.crate.c.id == ids[3]).values(site=None))


def plant_orphan(connection: Any, runtime: Any, tables: Any, ids: list[int]) -> None:
    connection.execute(delete(tables.crate).where(tables.crate.c.id == ids[3]))


def plant_closure(connection: Any, runtime: Any, tables: Any, ids: list[int]) -> None:
    connection.execute(delete(relation_closure).where(relation_closure.c.depth == 1))


def plant_wrong_helper(connection: Any, runtime: Any, tables: Any, ids: list[int]) -> None:
    connection.execute(update(relation).where(relation.c.origin == "f").values(functional=None))


@pytest.mark.parametrize(
    ("plant", "kind"),
    [
        (plant_title, "header_drift"),
        (plant_missing_edge, "missing_edge"),
        (plant_extra_edge, "extra_edge"),
        (plant_orphan, "orphan_record"),
        (plant_closure, "closure_drift"),
        (plant_wrong_helper, "missing_edge"),
    ],
)
def test_a_planted_drift_of_rows_is_found_and_repaired(
    weft_runtime: Any, tables: Any, crates: list[int], plant: Any, kind: str
) -> None:
    without_triggers(weft_runtime, lambda connection: plant(connection, weft_runtime, tables, crates))
    assert kind in kinds(weft_runtime)
    assert repair(weft_runtime) == []
    with weft_runtime.db.read() as connection:
        edges = set(connection.execute(select(relation.c.source_id, relation.c.target_id, relation.c.functional)).all())
    a, b, x, y = crates
    expected = {(b, a, None), (x, a, 1)} | ({(y, b, 1)} if kind not in ("orphan_record", "extra_edge") else set())
    assert edges == expected


def test_a_dropped_trigger_is_found_and_repaired(weft_runtime: Any, crates: list[int]) -> None:
    with weft_runtime.db.write() as connection:
        name, body = next((n, b) for n, b in triggers.present(connection).items() if "depot_crate" in n)
        on = ' ON "depot_crate"' if weft_runtime.db.dialect == "postgresql" else ""
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"{on}')
    assert kinds(weft_runtime) == {"missing_trigger"}
    assert repair(weft_runtime) == []
    with weft_runtime.db.read() as connection:
        assert triggers.present(connection)[name] == body


def test_a_changed_trigger_and_a_wrong_hash_are_found(weft_runtime: Any, crates: list[int]) -> None:
    with weft_runtime.db.write() as connection:
        triggers.store_hash(connection, "something else")
        if weft_runtime.db.dialect == "postgresql":
            connection.exec_driver_sql('ALTER TABLE depot_crate DISABLE TRIGGER "A_weft_depot_crate_sync"')
        else:
            name, body = next((n, b) for n, b in triggers.present(connection).items() if n.endswith("crate_update"))
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
            connection.exec_driver_sql(body.replace("title = excluded.title, ", ""))
    assert kinds(weft_runtime) == {"changed_trigger", "hash_mismatch"}
    assert repair(weft_runtime) == []


def test_a_missing_index_is_found_and_repaired(weft_runtime: Any, crates: list[int]) -> None:
    with weft_runtime.db.write() as connection:
        connection.exec_driver_sql("DROP INDEX uq_depot_crate_code")
    findings = doctor(weft_runtime)
    assert [finding.kind for finding in findings] == ["missing_index"]
    assert "uq_depot_crate_code" in findings[0].subject
    assert repair(weft_runtime) == []


def test_an_orphan_that_is_linked_stays_and_is_reported(weft_runtime: Any, tables: Any, crates: list[int]) -> None:
    registry = weft_runtime.registry

    def plant(connection: Any) -> None:
        connection.execute(
            insert(relation).values(
                source_id=crates[0], type_id=registry.relation_id("core.linked"), target_id=crates[3],
                target_type=registry.entity_id("depot.crate"), source_type=registry.entity_id("depot.site"),
                created_at=weft_runtime.clock(),
            )
        )  # fmt: skip
        connection.execute(delete(tables.crate).where(tables.crate.c.id == crates[3]))

    without_triggers(weft_runtime, plant)
    assert [finding.kind for finding in repair(weft_runtime)] == ["orphan_record"]
    with weft_runtime.db.read() as connection:
        assert connection.execute(select(record.c.id).where(record.c.id == crates[3])).scalar() == crates[3]
