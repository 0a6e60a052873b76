"""Units: the closure always equals the tree, no circle, and moving changes what members reach."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import select

from weft.core.errors import ValidationFailed
from weft.core.identity import principals, units, users
from weft.core.identity.tables import org_closure, org_unit
from weft.core.registry.runtime import Runtime
from weft.core.testing.people import Cast

pytestmark = pytest.mark.both_databases


def by_walking(parents: dict[int, int | None]) -> set[tuple[int, int, int]]:
    """The closure found by following parents, without the table."""
    found = set()
    for unit_id in parents:
        above: int | None = unit_id
        depth = 0
        while above is not None:
            found.add((above, unit_id, depth))
            above, depth = parents[above], depth + 1
    return found


def stored(runtime: Runtime) -> tuple[dict[int, int | None], set[tuple[int, int, int]]]:
    with runtime.db.read() as conn:
        parents = {row.id: row.parent_id for row in conn.execute(select(org_unit))}
        rows = conn.execute(select(org_closure.c.ancestor_id, org_closure.c.descendant_id, org_closure.c.depth))
        return parents, {tuple(row) for row in rows}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_closure_equals_the_tree_after_any_changes(weft_runtime: Runtime, seed: int) -> None:
    rng, ids = random.Random(seed), []
    with weft_runtime.db.write() as conn:
        for step in range(120):
            kind = rng.choice(["add", "add", "move", "delete"]) if len(ids) > 3 else "add"
            parent = rng.choice([None, *ids])
            if kind == "add":
                ids.append(units.create_unit(conn, name=f"U{step}", parent_id=parent, now=weft_runtime.clock()))
            elif kind == "move":
                try:
                    units.move_unit(conn, rng.choice(ids), parent)
                except ValidationFailed as error:
                    assert error.errors[0].code == "cycle"
            else:
                try:
                    gone = rng.choice(ids)
                    units.delete_unit(conn, gone)
                    ids.remove(gone)
                except ValidationFailed as error:
                    assert error.errors[0].code == "in_use"
    parents, closure = stored(weft_runtime)
    assert sorted(parents) == sorted(ids)
    assert closure == by_walking(parents)
    with weft_runtime.db.write() as conn:
        units.rebuild_closure(conn)
    assert stored(weft_runtime)[1] == closure


def test_two_moves_at_once_make_no_circle(weft_runtime: Runtime, weft_cast: Cast) -> None:
    for _round in range(5):
        left, right = weft_cast.unit("Left"), weft_cast.unit("Right")
        barrier, refused = threading.Barrier(2), []

        def move(unit_id: int, parent: int, barrier: threading.Barrier = barrier, refused: list[str] = refused) -> None:
            barrier.wait()
            try:
                with weft_runtime.db.write() as conn:
                    units.move_unit(conn, unit_id, parent)
            except ValidationFailed as error:
                refused.append(error.errors[0].code)

        threads = [threading.Thread(target=move, args=pair) for pair in ((left, right), (right, left))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert refused == ["cycle"]
    parents, closure = stored(weft_runtime)
    assert closure == by_walking(parents)


def test_a_member_reaches_units_that_move_below(weft_runtime: Runtime, weft_cast: Cast) -> None:
    sales, service, team = weft_cast.unit("Sales"), weft_cast.unit("Service"), weft_cast.unit("Team")
    user = weft_cast.user("employee", units=[sales])
    assert weft_cast.principal(user).unit_tree == (sales,)
    with weft_runtime.db.write() as conn:
        units.move_unit(conn, team, service)
        units.move_unit(conn, service, sales)
    assert weft_cast.principal(user).unit_tree == (sales, service, team)
    assert weft_cast.principal(user).units == (sales,)
    with weft_runtime.db.write() as conn:
        units.move_unit(conn, service, None)
    assert weft_cast.principal(user).unit_tree == (sales,)


def test_list_is_in_tree_order_with_people(weft_runtime: Runtime, weft_cast: Cast) -> None:
    top = weft_cast.unit("Top")
    second, first = weft_cast.unit("B", top), weft_cast.unit("A", top)
    below = weft_cast.unit("A1", first)
    weft_cast.user("employee", units=[first])
    with weft_runtime.db.read() as conn:
        listed = units.list_units(conn, now=weft_runtime.clock())
    assert [(unit.id, unit.depth) for unit in listed] == [(top, 0), (first, 1), (below, 2), (second, 1)]
    assert [unit.people for unit in listed] == [0, 1, 0, 0]


def test_nearest_head_above_is_found(weft_runtime: Runtime, weft_cast: Cast) -> None:
    top = weft_cast.unit("Top")
    team = weft_cast.unit("Team", top)
    chief, leaver = weft_cast.user("employee"), weft_cast.user("employee")
    now = weft_runtime.clock()
    with weft_runtime.db.write() as conn:
        units.add_member(conn, chief, top, now=now, head=True)
        units.add_member(conn, leaver, team, now=now, head=True)
        assert units.heads(conn, team, now=now) == [leaver]
        users.deactivate(conn, leaver, now=now)
        assert units.heads(conn, team, now=now) == [chief]


def test_memberships_begin_and_end_by_date(
    weft_runtime: Runtime, weft_cast: Cast, moved_clock: Callable[..., object]
) -> None:
    unit, later = weft_cast.unit("Now"), weft_cast.unit("Later")
    user = weft_cast.user("employee")
    now = weft_runtime.clock()
    tomorrow = moved_clock.move(days=1)  # type: ignore[attr-defined]
    moved_clock.set(now)  # type: ignore[attr-defined]
    with weft_runtime.db.write() as conn:
        units.add_member(conn, user, unit, now=now, valid_to=tomorrow)
        units.add_member(conn, user, later, now=now, valid_from=tomorrow)
    assert weft_cast.principal(user).units == (unit,)
    with weft_runtime.db.read() as conn:
        assert [found.id for found in users.list_users(conn, unit=unit, now=now)] == [user]
        assert users.list_users(conn, unit=later, now=now) == []
    moved_clock.set(tomorrow)  # type: ignore[attr-defined]
    # Nothing was written in between: the cached principal itself knows when it ends.
    with weft_runtime.db.read() as conn:
        assert principals.load(conn, weft_runtime, user, "employee").units == (later,)


def test_units_in_use_are_not_deleted(weft_runtime: Runtime, weft_cast: Cast) -> None:
    unit = weft_cast.unit("Sales")
    weft_cast.user("employee", units=[unit])
    with pytest.raises(ValidationFailed, match="Move them first"), weft_runtime.db.write() as conn:
        units.delete_unit(conn, unit)
