"""The figures of design section 11: storage layer and product path, each beside bare SQL through the driver."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from bench.measure import Figure, compare
from weft.core.identity.principal import SYSTEM, Principal
from weft.core.records.unit import reading, writing
from weft.core.registry.runtime import Runtime
from weft.plugins.crm.models.accounts import Account

COLUMNS = "id, title, number, owner_id, unit_id, state, created_at, updated_at, version, name, value_class, email"


def person(owner: int) -> Principal:
    """A salesperson with the row rule of the role."""
    return Principal("user", owner, "employee", frozenset({"employee", "crm.sales_rep"}), name="Bench")


class Bare:
    """Plain SQL through the driver, on a connection of its own."""

    def __init__(self, runtime: Runtime) -> None:
        self.raw = runtime.db.engine.raw_connection()
        self.sqlite = runtime.db.dialect == "sqlite"

    def rows(self, sql: str, *values: Any) -> list[Any]:
        """Run one reading statement; ``?`` marks values."""
        cursor = self.raw.cursor()
        cursor.execute(sql if self.sqlite else sql.replace("?", "%s"), values)
        found = cursor.fetchall()
        cursor.close()
        return list(found)

    def write(self, *statements: tuple[str, tuple[Any, ...]]) -> None:
        """Run statements in one transaction and commit."""
        cursor = self.raw.cursor()
        if self.sqlite:
            cursor.execute("BEGIN IMMEDIATE")
        for sql, values in statements:
            cursor.execute(sql if self.sqlite else sql.replace("?", "%s"), values)
        self.raw.commit() if not self.sqlite else cursor.execute("COMMIT")
        cursor.close()

    def close(self) -> None:
        """Give the connection back."""
        self.raw.rollback()
        self.raw.close()


def run(runtime: Runtime, filled: dict[str, Any]) -> Iterator[Figure]:
    """All cases, in the order of the report."""
    bare = Bare(runtime)
    try:
        yield from _storage(runtime, bare, filled)
        yield from _writing(runtime, bare, filled)
        yield from _pages(runtime, bare, filled)
        yield from _graph(runtime, bare, filled)
    finally:
        bare.close()


def _storage(runtime: Runtime, bare: Bare, filled: dict[str, Any]) -> Iterator[Figure]:
    sql = f"SELECT {COLUMNS} FROM crm_account WHERE deleted_at IS NULL ORDER BY updated_at DESC, id DESC LIMIT 50"
    fields = ("name", "value_class", "email")
    sqlite = runtime.db.dialect == "sqlite"

    def page() -> None:
        with reading(runtime, SYSTEM) as records:
            records.query("crm.account", fields=fields, sort="-updated_at")

    def objects() -> None:
        with reading(runtime, SYSTEM) as records:
            statement = select(Account).order_by(Account.updated_at.desc(), Account.id.desc()).limit(50)
            [(row.id, row.title) for row in records.session.scalars(statement)]

    ours, theirs = compare(page, lambda: bare.rows(sql))
    yield Figure("list page of 50, column rows", ours, theirs, 7 if sqlite else 5)
    ours, theirs = compare(objects, lambda: bare.rows(sql))
    yield Figure("list page of 50, ORM objects", ours, theirs, 15 if sqlite else 9)


def _writing(runtime: Runtime, bare: Bare, filled: dict[str, Any]) -> Iterator[Figure]:
    sqlite = runtime.db.dialect == "sqlite"
    numbers, accounts = itertools.count(), filled["ids"]["crm.account"]
    owner = filled["owners"][0]
    who = person(owner)
    mine = [row[0] for row in bare.rows("SELECT id FROM crm_account WHERE owner_id = ? LIMIT 400", owner)]
    stamp = datetime.now(UTC)
    text = stamp.strftime("%Y-%m-%d %H:%M:%S.%f") if sqlite else stamp
    free = itertools.count(8_000_000_000_000)

    def create() -> None:
        number = next(numbers)
        with writing(runtime, who) as records:
            records.create("crm.contact", {"name": f"New {number}", "account": mine[number % len(mine)]})

    def create_bare() -> None:
        record_id = next(free)
        bare.write(
            (
                "INSERT INTO crm_contact (id, name, account, created_at, updated_at, version, owner_id) "
                "VALUES (?, ?, ?, ?, ?, 1, ?)",
                (record_id, "Bare", accounts[record_id % len(accounts)], text, text, owner),
            )
        )

    ours, theirs = compare(create, create_bare, rounds=80)
    yield Figure("create: rules, hooks, record row, edge, journal, outbox", ours, theirs, 25 if sqlite else 6)

    def update() -> None:
        number = next(numbers)
        with writing(runtime, who) as records:
            records.update("crm.account", mine[number % len(mine)], {"tax_id": f"T{number}"}, version=None)

    def update_bare() -> None:
        number = next(numbers)
        bare.write(
            (
                "UPDATE crm_account SET tax_id = ?, updated_at = ?, version = version + 1 WHERE id = ?",
                (f"T{number}", text, accounts[number % len(accounts)]),
            )
        )

    ours, theirs = compare(update, update_bare, rounds=80)
    yield Figure("update: rules, hooks, version, journal, outbox", ours, theirs, 25 if sqlite else 6)


def _pages(runtime: Runtime, bare: Bare, filled: dict[str, Any]) -> Iterator[Figure]:
    """Permission-filtered pages for a large, a middle and a small owner, beside the better fixed shape."""
    owners = filled["owners"]
    fields = ("name", "value_class", "email")
    for label, owner in (("large", owners[0]), ("middle", owners[60]), ("small", owners[150])):
        who = person(owner)

        def page(who: Principal = who) -> None:
            with reading(runtime, who) as records:
                records.query("crm.account", fields=fields, sort="-updated_at")

        sql = (
            f"SELECT {COLUMNS} FROM crm_account WHERE owner_id = ? AND deleted_at IS NULL "
            "ORDER BY updated_at DESC, id DESC LIMIT 50"
        )
        ours, theirs = compare(page, lambda o=owner, q=sql: bare.rows(q, o))
        yield Figure(f"filtered page, {label} owner", ours, theirs, 4.5, limit_ms=theirs + 5)

        def related(who: Principal = who) -> None:
            with reading(runtime, who) as records:
                records.query("crm.contact", fields=("name", "email", "account"), sort="-updated_at")

        joined = (
            "SELECT c.id, c.title, c.name, c.email, c.account FROM crm_contact c "
            "JOIN crm_account a ON a.id = c.account WHERE a.owner_id = ? AND c.deleted_at IS NULL "
            "ORDER BY c.updated_at DESC, c.id DESC LIMIT 50"
        )
        ours, theirs = compare(related, lambda o=owner, q=joined: bare.rows(q, o), rounds=30)
        yield Figure(f"contacts of own accounts, {label} owner", ours, theirs, 4.5, limit_ms=theirs + 5)


def _graph(runtime: Runtime, bare: Bare, filled: dict[str, Any]) -> Iterator[Figure]:
    sqlite = runtime.db.dialect == "sqlite"
    typical = random.Random(5).sample(filled["ids"]["crm.account"], 40)
    turn = itertools.cycle(typical)
    sql = "SELECT type_id, source_type, source_id FROM relation WHERE target_id = ? LIMIT 100"

    def around(record_id: int | None = None) -> None:
        with reading(runtime, SYSTEM) as records:
            records.neighbours(record_id or next(turn))

    ours, theirs = compare(around, lambda: bare.rows(sql, next(turn)), rounds=40)
    yield Figure("360 view of a typical account", ours, theirs, limit_ms=5)
    hub = filled.get("hub")
    if hub:
        ours, theirs = compare(lambda: around(hub), lambda: bare.rows(sql, hub), rounds=20)
        yield Figure("360 view of a supernode of 29,000 edges", ours, theirs, limit_ms=25 if sqlite else 60)


def as_json(figures: list[Figure]) -> str:
    """The figures for a machine."""
    return json.dumps(
        [
            {"name": f.name, "weft_ms": round(f.weft, 3), "bare_ms": round(f.bare, 3), "ratio": round(f.ratio, 2),
             "target": f.target, "limit_ms": f.limit_ms, "met": f.met}
            for f in figures
        ],
        indent=1,
    )  # fmt: skip
