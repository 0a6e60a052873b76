"""Portals on a large database: a customer with 3 records, one with thousands, a distributor with a tenth of all.

Each opens a list (page of 50, alone and with its capped count), looks around one of their records and around their own
company (360 view; the distributor's has a fifth of all accounts around it) and searches. Started by
``python -m bench --portals``. Milliseconds of CPU on SQLite, of wall time on PostgreSQL.
"""

from __future__ import annotations

import functools
import math
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import func, select

from bench import data
from bench.cases import Bare
from bench.measure import Figure, compare
from weft.core.db.tables import record, relation
from weft.core.identity import users
from weft.core.identity.principal import Principal
from weft.core.ops.value_lists import install_defaults
from weft.core.records.unit import reading
from weft.core.registry.runtime import Runtime
from weft.core.search import indexing, service

__all__ = ["fill", "run"]

#: Of ten records two are accounts, three contacts, five requests; a fifth of the accounts is the distributor's.
_PARTNERS = 5
_FEW = 3
#: Whoosh is promised up to here; above it PostgreSQL searches.
WHOOSH_LIMIT = 110_000
_SEARCH_MS, _AROUND_MS, _MORE_MS, _RATIO = 300, 5, 5, 4.5
#: 360 view of a record with tens of thousands of links.
_HUB_MS = {"sqlite": 25, "postgresql": 60}
_WORDS = ("antenna", "battery", "firmware", "gateway", "housing", "invoice", "leak", "meter", "night", "pressure")
_COUNT = 1_001


@dataclass(frozen=True)
class Visitor:
    """Somebody outside, with the list they open and the same in bare SQL."""

    label: str
    who: Principal
    entity: str
    fields: tuple[str, ...]
    sort: str
    table: str
    column: str
    firm: int


def fill(runtime: Runtime, wanted: int, seed: int = 11) -> dict[str, Any]:
    """Bring the installation to about ``wanted`` records; returns the visitors and the size."""
    install_defaults(runtime)
    rng = random.Random(seed)
    owners = data.some_owners(runtime)
    firms = data.load(runtime, "crm.account", _firms())
    accounts = data.load(runtime, "crm.account", _accounts(rng, wanted * 2 // 10, owners, firms[2]))
    data.load(runtime, "crm.contact", _contacts(rng, wanted * 3 // 10, owners, accounts))
    began = time.perf_counter()
    many = max(1_000, wanted // 200)
    asked = data.load(runtime, "service.request", _requests(rng, wanted // 2, accounts, firms, many))
    seconds = time.perf_counter() - began
    with runtime.db.read() as connection:
        records = connection.execute(select(func.count()).select_from(record)).scalar_one()
        edges = connection.execute(select(func.count()).select_from(relation)).scalar_one()
    found = {"records": records, "edges": edges, "rows_per_second": len(asked) / seconds}
    if _searches(runtime, records):
        indexing.rebuild(runtime)
    return found | {"visitors": _visitors(runtime, firms)}


def _firms() -> Iterator[dict[str, Any]]:
    yield {"name": "Small Works", "role": ["customer"]}
    yield {"name": "Large Works", "role": ["customer"]}
    yield {"name": "Baltic Partner", "role": ["distributor"]}


def _accounts(rng: random.Random, wanted: int, owners: Sequence[int], partner: int) -> Iterator[dict[str, Any]]:
    for number in range(wanted):
        values = {
            "name": f"Firm {rng.randrange(10**6):06d} {number}",
            "role": ["customer"],
            "owner": rng.choice(owners),
        }
        yield values | ({"partner": partner} if number % _PARTNERS == 0 else {})


def _contacts(
    rng: random.Random, wanted: int, owners: Sequence[int], accounts: Sequence[int]
) -> Iterator[dict[str, Any]]:
    for number in range(wanted):
        yield {"name": f"Person {number}", "account": rng.choice(accounts), "owner": rng.choice(owners)}


def _requests(
    rng: random.Random, wanted: int, accounts: Sequence[int], firms: Sequence[int], many: int
) -> Iterator[dict[str, Any]]:
    """Closed ones of before; the first few and the next ``many`` are those of the two customers."""
    for number in range(wanted):
        asked = data.START + timedelta(minutes=rng.randrange(1_000_000))
        customer = firms[0] if number < _FEW else firms[1] if number < _FEW + many else rng.choice(accounts)
        done = asked + timedelta(hours=5)
        yield {
            "subject": f"{rng.choice(_WORDS)} {rng.choice(_WORDS)} {number}", "customer": customer, "channel": "file",
            "priority": "normal", "status": "closed", "asked_at": asked, "first_response_at": asked, "due_at": done,
            "answer_due_at": done, "resolved_at": done, "closed_at": done,
        }  # fmt: skip


def _visitors(runtime: Runtime, firms: Sequence[int]) -> list[Visitor]:
    requests = ("service.request", ("subject", "standing", "next_due_at", "asked_at"), "-asked_at", "service_request",
                "customer")  # fmt: skip
    accounts = ("crm.account", ("name", "role", "phone", "partner_contact_at"), "name", "crm_account", "partner")
    ways = (
        ("customer with few", "customer", "service.requester", requests),
        ("customer with thousands", "customer", "service.requester", requests),
        ("distributor with a tenth", "distributor", "crm.partner", accounts),
    )
    found = []
    with runtime.db.write() as connection:
        for place, (label, audience, role, shown) in enumerate(ways):
            number = users.create(
                connection, email=f"visitor{place}@bench.example", name=label, audience=audience, now=runtime.clock()
            )
            roles = frozenset({audience, role, *runtime.registry.roles[role].includes})
            who = Principal("user", number, audience, roles, name=label, anchors=(firms[place],))
            found.append(Visitor(label, who, *shown, firms[place]))
    return found


def run(runtime: Runtime, filled: Mapping[str, Any]) -> Iterator[Figure]:
    """List, 360 view and search of each visitor, beside bare SQL."""
    searching = _searches(runtime, filled["records"])
    bare = Bare(runtime)
    try:
        for visitor in filled["visitors"]:
            yield from _of(runtime, bare, visitor, searching=searching)
    finally:
        bare.close()


def _searches(runtime: Runtime, records: int) -> bool:
    return runtime.db.dialect != "sqlite" or records <= WHOOSH_LIMIT


def _clock(runtime: Runtime) -> Callable[[], float]:
    """CPU where all work is done in this thread; time on the wall where a database server does its part."""
    return time.thread_time if runtime.db.dialect == "sqlite" else time.perf_counter


def _of(runtime: Runtime, bare: Bare, visitor: Visitor, *, searching: bool) -> Iterator[Figure]:
    clock = _clock(runtime)
    order = visitor.sort.lstrip("-")
    down = " DESC" if visitor.sort.startswith("-") else ""
    rule = f"FROM {visitor.table} WHERE {visitor.column} = ? AND deleted_at IS NULL"
    page = f"SELECT id, title, {order} {rule} ORDER BY {order}{down}, id{down} LIMIT 50"
    count = f"SELECT count(*) FROM (SELECT 1 {rule} LIMIT {_COUNT}) AS found"

    def listed(count: str = "none") -> Any:
        with reading(runtime, visitor.who) as records:
            return records.query(visitor.entity, fields=visitor.fields, sort=visitor.sort, limit=50, count=count)

    def both() -> None:
        bare.rows(page, visitor.firm)
        bare.rows(count, visitor.firm)

    first = listed("capped")
    size = f"{first.count.value:,}{'' if first.count.exact else '+'}"
    ours, theirs = compare(listed, lambda: bare.rows(page, visitor.firm), rounds=40, clock=clock)
    yield Figure(f"{visitor.label} ({size}): list page of 50", ours, theirs, _RATIO, limit_ms=theirs + _MORE_MS)
    ours, theirs = compare(lambda: listed("capped"), both, rounds=40, clock=clock)
    yield Figure(f"{visitor.label}: page with its count to 1,000", ours, theirs, _RATIO, limit_ms=theirs + _MORE_MS)
    one = next(row.id for row in first.rows if row.id != visitor.firm)
    hub = _HUB_MS[runtime.db.dialect]
    sql = "SELECT type_id, source_type, source_id FROM relation WHERE target_id = ? LIMIT 100"
    for label, number, limit in (("360 view", one, _AROUND_MS), ("360 view of their company", visitor.firm, hub)):

        def around(number: int = number) -> None:
            with reading(runtime, visitor.who) as records:
                records.neighbours(number)

        ours, theirs = compare(around, functools.partial(bare.rows, sql, number), rounds=40, clock=clock)
        yield Figure(f"{visitor.label}: {label}", ours, theirs, limit_ms=limit)
    if searching:
        yield Figure(f"{visitor.label}: search, p95", _search(runtime, visitor), 0, limit_ms=_SEARCH_MS)


def _search(runtime: Runtime, visitor: Visitor) -> float:
    """95th percentile over words that many and few records have, in milliseconds."""
    clock, times = _clock(runtime), []
    for text in [*_WORDS, *(f"{first} {second}" for first, second in pairwise(_WORDS)), "firm 1"]:
        began = clock()
        with reading(runtime, visitor.who) as records:
            service.search(records, text)
        times.append((clock() - began) * 1000)
    return sorted(times)[math.ceil(len(times) * 0.95) - 1]
