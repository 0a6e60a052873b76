"""``python -m bench.library``: 100,000 documents of metadata and 5,000 with text: lists, folders and search.

Each list stands beside the better of what a person would write in SQL for the same rule; search is judged by its 95th
percentile; whole pages are measured through the application without a network.

Example: ``python -m bench.library --documents 100000 --texts 5000 --database both``
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bench import data
from bench.cases import Bare
from bench.keep import KEEP_HELP, installation
from bench.measure import Figure, compare
from weft.core.db.tables import record
from weft.core.identity import principals, rights, units
from weft.core.identity.principal import SYSTEM, Principal
from weft.core.ops.value_lists import install_defaults
from weft.core.records.unit import reading, writing
from weft.core.registry.runtime import Runtime
from weft.core.sdk import files, share_record
from weft.core.search import indexing, service
from weft.core.testing.client import WeftClient, sign_in
from weft.core.web.app import create_app
from weft.plugins.crm.plugin import CrmPlugin
from weft.plugins.documents.plugin import DocumentsPlugin
from weft.portals.employee.portal import EmployeePortal

DOCUMENT, FOLDER = "documents.document", "documents.folder"
PLUGINS = (CrmPlugin, DocumentsPlugin, EmployeePortal)
#: Folders, how many of them are for chosen people, documents in the largest, documents written by one statement.
FOLDERS, CLOSED, LARGEST, PART = 200, 20, 10_000, 500
UNITS = 8
#: Times each page is opened; the first two warm up.
_ROUNDS = 12
_SEARCH_MS, _MORE_MS, _PAGE_MS = 300.0, 5.0, 1_000.0
COLUMNS = "d.id, d.title, d.name, d.folder, d.form, d.status, d.revision, d.owner_id, d.updated_at"
FIELDS = ("name", "name_alt", "folder", "form", "status", "revision", "owner", "updated_at")
_ENGLISH = ("antenna", "battery", "calibration", "chamber", "district", "flange", "gateway", "housing", "hydrant",
            "leak", "logger", "meter", "network", "pressure", "protocol", "pump", "sensor", "valve")  # fmt: skip
_CHINESE = (
    "漏损",
    "流量计",
    "泵站",
    "记录仪",
    "井室",
    "阀门",
    "网关",
    "校准",
    "维保",
    "压力",
    "分区",
    "计量",
    "验收",
    "现场",
)
_KINDS = (("Site protocol", "现场记录"), ("Drawing", "图纸"), ("Test report", "检验报告"), ("Offer", "报价"))


@dataclass(frozen=True)
class Library:
    """What was filled in.

    Attributes:
        people: label -> who looks.
        users: label -> user id.
        folder: the largest folder.
        records: number of records in the database.
        seconds: how long loading and indexing took.
    """

    people: dict[str, Principal]
    users: dict[str, int]
    folder: int
    records: int
    seconds: tuple[float, float]


def main() -> int:
    """Measure; the exit code is 1 when a target was missed."""
    parser = argparse.ArgumentParser(prog="bench.library", description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--texts", type=int, default=5_000, help="documents more, with a text file")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="sqlite")
    parser.add_argument("--keep", type=Path, help=KEEP_HELP)
    chosen = parser.parse_args()
    wanted = ("sqlite", "postgresql") if chosen.database == "both" else (chosen.database,)
    missed = 0
    for dialect in wanted:
        with installation(dialect, PLUGINS, lambda runtime: _fill(runtime, chosen), chosen.keep) as (runtime, filled):
            missed += _measure(runtime, filled["library"], chosen)
    return 1 if missed else 0


def _fill(runtime: Runtime, chosen: argparse.Namespace) -> dict[str, Any]:
    return {"library": fill(runtime, chosen.documents, chosen.texts)}


def _measure(runtime: Runtime, library: Library, chosen: argparse.Namespace) -> int:
    load, index = library.seconds
    documents, texts = chosen.documents, chosen.texts
    print(f"\n{runtime.db.dialect}: {documents:,} documents and {texts:,} with text, {library.records:,} records")
    print(f"loaded in {load:.0f} s ({(documents + texts) / load:,.0f} a second), indexed in {index:.0f} s")
    print(f"{'figure':62} {'weft ms':>9} {'bare ms':>9} {'ratio':>7} {'target':>9}")
    missed = 0
    for figure in _figures(runtime, library):
        target = f"{figure.target:g}x" if figure.target else f"{figure.limit_ms:.0f} ms"
        mark = "  MISSED" if figure.met is False else ""
        missed += figure.met is False
        bare = f"{figure.bare:9.3f} {figure.ratio:7.1f}" if figure.bare else f"{'':9} {'':7}"
        print(f"{figure.name:62} {figure.weft:9.2f} {bare} {target:>9}{mark}")
        sys.stdout.flush()
    return missed


# ---- filling


def fill(runtime: Runtime, documents: int, texts: int, seed: int = 5) -> Library:
    """Fill an empty installation: units with people, folders, documents, an index."""
    install_defaults(runtime)
    rng = random.Random(seed)
    owners = data.some_owners(runtime)
    groups = _units(runtime, owners)
    places = _folders(runtime, groups, owners)
    began = time.perf_counter()
    pictures = [
        files.receive(runtime, BytesIO(_picture(number)), f"drawing-{number}.png") for number in range(4)
    ]  # fmt: skip
    rows = _rows(rng, documents, texts, owners, places)
    part: list[tuple[dict[str, Any], str]] = []
    for row in rows:
        part.append(row)
        if len(part) == PART:
            _write(runtime, part, pictures)
            part = []
    if part:
        _write(runtime, part, pictures)
    loaded = time.perf_counter() - began
    began = time.perf_counter()
    indexing.rebuild(runtime)
    indexed = time.perf_counter() - began
    with runtime.db.read() as connection:
        number = connection.execute(select(func.count()).select_from(record)).scalar_one()
    people, users = _people(runtime, owners)
    return Library(people, users, places[0], number, (loaded, indexed))


def _units(runtime: Runtime, owners: Sequence[int]) -> list[int]:
    now = runtime.clock()
    with runtime.db.write() as connection:
        found = [units.create_unit(connection, name=f"Unit {number}", now=now) for number in range(UNITS)]
        for place, owner in enumerate(owners):
            units.add_member(connection, owner, found[place % UNITS], now=now)
    return found


def _folders(runtime: Runtime, groups: Sequence[int], owners: Sequence[int]) -> list[int]:
    made = []
    with writing(runtime, SYSTEM, door="import") as records:
        for number in range(FOLDERS):
            closed = 0 < number <= CLOSED
            values = {
                "name": f"Folder {number}",
                "name_alt": f"文件夹 {number}",
                "access": "chosen" if closed else "company",
            }
            row = records.create(FOLDER, values, owner=owners[number % len(owners)])
            made.append(int(row["id"]))
            if closed:
                share_record(records, row["id"], unit=groups[number % len(groups)])
    return made


def _picture(number: int) -> bytes:
    from PIL import Image

    out = BytesIO()
    Image.new("RGB", (64, 48), (40 * number, 90, 120)).save(out, "PNG")
    return out.getvalue()


def _rows(
    rng: random.Random, documents: int, texts: int, owners: Sequence[int], places: Sequence[int]
) -> Iterator[tuple[dict[str, Any], str]]:
    """(values, words of its file): four of five are released; one folder holds a tenth."""
    every = documents + texts
    step = max(every // max(texts, 1), 1)
    written = 0
    for number in range(every):
        folder = places[0] if number < min(LARGEST, every // 10) else rng.choice(places[1:])
        kind, kind_alt = _KINDS[number % len(_KINDS)]
        english, chinese = rng.choice(_ENGLISH), rng.choice(_CHINESE)
        moment = data.START.timestamp() + rng.randrange(60_000_000)
        stamp = type(data.START).fromtimestamp(moment, tz=data.START.tzinfo)
        words = ""
        if number % step == step - 1 and written < texts:
            written += 1
            words = _words(rng, written)
        yield {
            "name": f"{kind} {english} {number}", "name_alt": f"{kind_alt} {chinese} {number}", "form": "file",
            "folder": folder, "owner": owners[min(int(rng.expovariate(1 / 20)), len(owners) - 1)],
            "status": ("released", "released", "released", "released", "draft")[number % 5],
            "created_at": stamp, "updated_at": stamp,
        }, words  # fmt: skip


def _words(rng: random.Random, number: int) -> str:
    """Some three hundred words of a protocol; the serial number stands in this one only."""
    lines = [f"Serial WX{number:06d}"]
    for _line in range(24):
        lines.append(" ".join(rng.choice(_ENGLISH) for _word in range(8)))
        lines.append("".join(rng.choice(_CHINESE) for _word in range(6)) + "。")
    return "\n".join(lines)


def _write(runtime: Runtime, part: Sequence[tuple[dict[str, Any], str]], pictures: Sequence[Any]) -> None:
    texts = {
        place: files.receive(runtime, BytesIO(words.encode()), "protocol.txt")
        for place, (_values, words) in enumerate(part)
        if words
    }
    with writing(runtime, SYSTEM, door="import") as records:
        rows = []
        for place, (values, words) in enumerate(part):
            kept = (
                files.upload(records, texts[place], words=words) if words
                else files.upload(records, pictures[place % len(pictures)])
            )  # fmt: skip
            rows.append({**values, "file": kept.id})
        records.load(DOCUMENT, rows)


def _people(runtime: Runtime, owners: Sequence[int]) -> tuple[dict[str, Principal], dict[str, int]]:
    users = {"librarian": owners[-1], "who owns many": owners[0], "who owns few": owners[-2]}
    found = {}
    with runtime.db.write() as connection:
        rights.set_roles(connection, runtime.registry, users["librarian"], ["documents.librarian"], now=runtime.clock())
        for label, user in users.items():
            found[label] = principals.load(connection, runtime, user, "employee")
    return found, users


# ---- measuring


def _figures(runtime: Runtime, library: Library) -> Iterator[Figure]:
    bare = Bare(runtime)
    try:
        yield from _lists(runtime, library, bare)
    finally:
        bare.close()
    for label, who in library.people.items():
        yield Figure(f"search, p95, {label}", _search(runtime, who), 0, limit_ms=_SEARCH_MS)
    yield from _pages(runtime, library)


def _lists(runtime: Runtime, library: Library, bare: Bare) -> Iterator[Figure]:
    sqlite = runtime.db.dialect == "sqlite"
    clock = time.thread_time if sqlite else time.perf_counter
    everything = f"SELECT {COLUMNS} FROM documents_document d WHERE d.deleted_at IS NULL"
    latest = "ORDER BY d.updated_at DESC, d.id DESC LIMIT 50"
    for label, who in library.people.items():
        rule, values = _rule(who)
        sql = f"{everything}{rule} {latest}"
        ours, theirs = compare(
            _query(runtime, who, sort="-updated_at"), lambda sql=sql, values=values: bare.rows(sql, *values), rounds=40,
            clock=clock,
        )  # fmt: skip
        if label == "librarian":
            yield Figure(f"list of 50, {label} (all)", ours, theirs, 7 if sqlite else 5, limit_ms=theirs + _MORE_MS)
        else:
            yield Figure(f"list of 50, {label}", ours, theirs, 4.5, limit_ms=theirs + _MORE_MS)
        sql = f"{everything}{rule} AND d.folder = ? ORDER BY d.title, d.id LIMIT 50"
        inside = _query(runtime, who, sort="title", filters={"folder": str(library.folder)})
        ours, theirs = compare(
            inside, lambda sql=sql, values=values: bare.rows(sql, *values, library.folder), rounds=40, clock=clock
        )
        yield Figure(f"folder of {LARGEST:,} by title, {label}", ours, theirs, 4.5, limit_ms=theirs + _MORE_MS)


def _rule(who: Principal) -> tuple[str, tuple[Any, ...]]:
    """The rule of a person in SQL: what is in folders they read and released, own or of their unit."""
    if who.has_role("documents.librarian"):
        return "", ()
    mine = ", ".join("?" for _unit in who.units) or "NULL"
    folders = (
        "SELECT id FROM documents_folder WHERE deleted_at IS NULL AND (access = 'company' OR owner_id = ? OR id IN "
        f"(SELECT record_id FROM record_share WHERE unit_id IN ({mine}) OR user_id = ?))"
    )
    rule = (
        f" AND (d.status IN ('released', 'archived') OR d.owner_id = ? OR d.unit_id IN ({mine}))"
        f" AND d.folder IN ({folders})"
    )
    return rule, (who.user_id, *who.units, who.user_id, *who.units, who.user_id)


def _query(runtime: Runtime, who: Principal, **wish: Any) -> Callable[[], None]:
    def run() -> None:
        with reading(runtime, who) as records:
            records.query(DOCUMENT, fields=FIELDS, limit=50, **wish)

    return run


def _search(runtime: Runtime, who: Principal) -> float:
    """95th percentile in milliseconds over words that many documents have, pairs, and words of one document.

    CPU where all of it is done in this thread; time on the wall where a database server does its part.
    """
    clock = time.thread_time if runtime.db.dialect == "sqlite" else time.perf_counter
    rng = random.Random(8)
    asked = [*_ENGLISH, *_CHINESE, *(f"{a} {b}" for a, b in zip(_ENGLISH, reversed(_ENGLISH), strict=True))]
    asked += [f"{a} {rng.choice(_ENGLISH)}" for a in _CHINESE] + [f"WX{number:06d}" for number in range(1, 40)]
    times = []
    for words in ["warm up", *asked]:
        began = clock()
        with reading(runtime, who) as records:
            service.search(records, words)
        times.append((clock() - began) * 1000)
    return sorted(times[1:])[int(len(asked) * 0.95)]


def _pages(runtime: Runtime, library: Library) -> Iterator[Figure]:
    """Whole pages through the application; CPU on SQLite, as for the search."""
    clock = time.thread_time if runtime.db.dialect == "sqlite" else time.perf_counter
    app = create_app(runtime, testing=True)
    app.test_client_class = WeftClient
    client = sign_in(app, runtime, library.users["who owns many"])
    for name, address in (
        ("page: library", "/employee/documents/library"),
        (f"page: folder of {LARGEST:,}", f"/employee/documents/library?folder={library.folder}"),
        ("page: list of documents", "/employee/documents/documents/"),
        ("page: list, a part of the name", "/employee/documents/documents/?name__contains=99"),
        ("page: search in all", "/employee/search/?q=pressure"),
    ):
        times = []
        for _round in range(_ROUNDS):
            began = clock()
            answer = client.get(address)
            times.append((clock() - began) * 1000)
            assert answer.status_code == 200, (address, answer.status_code)
        yield Figure(name, statistics.median(times[2:]), 0, limit_ms=_PAGE_MS)


if __name__ == "__main__":
    raise SystemExit(main())
