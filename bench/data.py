"""Deterministic data of any size through the bulk path: accounts, contacts, opportunities, activities.

Of every ten records two are accounts, three contacts, two opportunities and three activities, which gives about three
edges per record with the links between people and firms.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from weft.core.db.tables import record, relation
from weft.core.identity import users
from weft.core.identity.principal import SYSTEM
from weft.core.records.unit import writing
from weft.core.registry.runtime import Runtime

__all__ = ["START", "SUPERNODE", "fill", "fill_with_hub", "load", "some_owners", "supernode"]

PART = 5_000
START = datetime(2024, 1, 2, 8, tzinfo=UTC)
OWNERS = 200
#: Edges of the account that has far more than any other.
SUPERNODE = 29_000


def fill(runtime: Runtime, wanted: int, seed: int = 11) -> dict[str, Any]:
    """Bring the installation to about ``wanted`` records; returns ids by entity, owners and rows per second."""
    rng = random.Random(seed)
    owners = some_owners(runtime)
    made: dict[str, list[int]] = {}
    seconds = 0.0
    stages = load(runtime, "crm.stage", _stages())
    made["crm.stage"] = stages
    for entity, share, maker in (
        ("crm.account", 2, _accounts),
        ("crm.contact", 3, _contacts),
        ("crm.opportunity", 2, _opportunities),
        ("crm.activity", 3, _activities),
    ):
        rows = maker(rng, wanted * share // 10, made, owners)
        began = time.perf_counter()
        made[entity] = load(runtime, entity, rows)
        seconds += time.perf_counter() - began
    with runtime.db.read() as connection:
        records = connection.execute(select(func.count()).select_from(record)).scalar_one()
        edges = connection.execute(select(func.count()).select_from(relation)).scalar_one()
    return {"ids": made, "owners": owners, "records": records, "edges": edges, "rows_per_second": records / seconds}


def fill_with_hub(runtime: Runtime, wanted: int) -> dict[str, Any]:
    """As :func:`fill`, with one account of :data:`SUPERNODE` activities more; its id is ``hub``."""
    filled = fill(runtime, wanted)
    hub = filled["ids"]["crm.account"][0]
    supernode(runtime, hub, SUPERNODE, filled["owners"])
    return {**filled, "hub": hub}


def some_owners(runtime: Runtime) -> list[int]:
    """People who own records."""
    now = runtime.clock()
    with runtime.db.write() as connection:
        return [
            users.create(connection, email=f"owner{number}@bench.example", name=f"Owner {number}", now=now)
            for number in range(OWNERS)
        ]


def load(runtime: Runtime, entity: str, rows: Iterator[dict[str, Any]]) -> list[int]:
    """Create records in parts through the bulk path; returns their ids."""
    ids: list[int] = []
    part: list[dict[str, Any]] = []
    for row in rows:
        part.append(row)
        if len(part) == PART:
            ids += _write(runtime, entity, part)
            part = []
    return ids + (_write(runtime, entity, part) if part else [])


def _write(runtime: Runtime, entity: str, part: list[dict[str, Any]]) -> list[int]:
    with writing(runtime, SYSTEM, door="import") as records:
        return list(records.load(entity, part).created)


def _stages() -> Iterator[dict[str, Any]]:
    for number in range(5):
        yield {"code": f"s{number}", "label_en": f"Stage {number}", "position": number, "probability": 20 * number}


def _moment(rng: random.Random) -> datetime:
    return START + timedelta(minutes=rng.randrange(1_000_000))


def _head(rng: random.Random, owners: list[int]) -> dict[str, Any]:
    # Owners are uneven on purpose: a tenth of them own half of everything, some almost nothing.
    owner = owners[min(int(rng.expovariate(1 / 20)), len(owners) - 1)]
    moment = _moment(rng)
    return {"owner": owner, "created_at": moment, "updated_at": moment}


def _accounts(
    rng: random.Random, wanted: int, made: dict[str, list[int]], owners: list[int]
) -> Iterator[dict[str, Any]]:
    for number in range(wanted):
        yield {
            **_head(rng, owners),
            "name": f"Firm {rng.randrange(10**6):06d} {number}",
            "role": ["customer"] if number % 7 else ["supplier"],
            "life": ("basic", "potential", "won", "invalid")[number % 4],
            "value_class": "ABC"[number % 3],
            "email": f"office{number}@firm.example",
        }


def _contacts(
    rng: random.Random, wanted: int, made: dict[str, list[int]], owners: list[int]
) -> Iterator[dict[str, Any]]:
    accounts = made["crm.account"]
    for number in range(wanted):
        yield {
            **_head(rng, owners),
            "name": f"Person {number}",
            "account": rng.choice(accounts),
            "email": f"person{number}@firm.example",
            "position": "Engineer",
        }


def _opportunities(
    rng: random.Random, wanted: int, made: dict[str, list[int]], owners: list[int]
) -> Iterator[dict[str, Any]]:
    accounts, contacts, stages = made["crm.account"], made["crm.contact"], made["crm.stage"]
    for number in range(wanted):
        yield {
            **_head(rng, owners),
            "name": f"Deal {number}",
            "account": rng.choice(accounts),
            "contact": rng.choice(contacts),
            "stage": rng.choice(stages),
            "amount": {"amount": f"{rng.randrange(1_000, 900_000)}.00", "currency": "CNY" if number % 3 else "EUR"},
            "expected_close": (START + timedelta(days=rng.randrange(900))).date().isoformat(),
            "outcome": ("open", "won", "lost")[number % 3],
        }


def _activities(
    rng: random.Random, wanted: int, made: dict[str, list[int]], owners: list[int]
) -> Iterator[dict[str, Any]]:
    accounts, deals = made["crm.account"], made["crm.opportunity"]
    for number in range(wanted):
        account = rng.choice(accounts)
        yield {
            **_head(rng, owners),
            "subject": f"Talk {number}",
            "kind": ("call", "visit", "mail")[number % 3],
            "status": "done",
            "account": account,
            "about": rng.choice(deals) if deals else account,
            "at": _moment(rng).isoformat(),
        }


def supernode(runtime: Runtime, account: int, edges: int, owners: list[int]) -> None:
    """Give one account ``edges`` activities more, in bulk."""
    rng = random.Random(3)
    rows = (
        {**_head(rng, owners), "subject": f"Hub {number}", "kind": "note", "status": "done", "account": account}
        for number in range(edges)
    )
    load(runtime, "crm.activity", rows)
