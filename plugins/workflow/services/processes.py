"""Processes and their versions: what plugins ship, what the company made of it, which of them run for a record."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from lxml import etree

from weft.core.sdk import Records, Row, StateConflict, ValidationFailed, every, translator
from weft.plugins.workflow.grants import PROCESS, VERSION
from weft.plugins.workflow.services import chains, drawing, engine, models_read

_ = translator("workflow")

__all__ = [
    "Live",
    "asks",
    "case_of",
    "chain_of",
    "changed",
    "compiled",
    "declared",
    "ensure",
    "free_key",
    "kinds_of",
    "known_chain",
    "live_for",
    "model_of",
    "save",
    "version_of",
    "watched",
]

_REASON = "workflow: processes"
_LOST = _("The process of this case is missing. Nobody can say how it goes on.")
_CHAINS, _WATCHED = "workflow.chains", "workflow.watched"
#: Seconds for which a process may remember which kinds of records have processes.
_REMEMBERED = 5.0


@dataclass(frozen=True, slots=True)
class Live:
    """A process as it would start now.

    Attributes:
        key: of the process.
        process, version: record ids; None while a shipped chain was not used yet.
        number: of the version.
        chain: checked data.
    """

    key: str
    process: int | None
    version: int | None
    number: int
    chain: Mapping[str, Any]


def declared(records: Records) -> dict[str, Mapping[str, Any]]:
    """Chains that plugins ship about entities that are installed, by key."""
    entities = records.runtime.registry.entities
    found: dict[str, Mapping[str, Any]] = {}
    for answer in records.runtime.plugins.manager.hook.weft_workflow_chains():
        for raw in answer or ():
            if raw.get("entity") in entities:
                found.setdefault(str(raw["key"]), raw)
    return found


def changed(records: Records) -> None:
    """Forget for a moment which kinds of records have processes: one was just written."""
    records.runtime.services[_WATCHED] = (time.monotonic() + _REMEMBERED, None, {})


def watched(records: Records) -> frozenset[str]:
    """Kinds of records about which there are processes, running or not."""
    until, known, _kept = records.runtime.services.get(_WATCHED, (0.0, None, {}))
    now = time.monotonic()
    if known is not None and now < until:
        return frozenset(known)
    rows = every(records.system(_REASON), PROCESS, ("subject",), {})
    found = frozenset(row["subject"] for row in rows) | {str(raw["entity"]) for raw in declared(records).values()}
    if known is not None or now >= until:
        records.runtime.services[_WATCHED] = (now + _REMEMBERED, found, {})
    return found


def asks(live: Live) -> str:
    """The right to the record that whoever asks needs: to propose what others carry out, reading it is enough."""
    return str(live.chain["start"].get("by") or "update")


def live_for(records: Records, entity: str) -> list[Live]:
    """Processes in use about a kind of record, and shipped ones that were not used yet."""
    until, known, kept = records.runtime.services.get(_WATCHED, (0.0, None, {}))
    if known is not None and time.monotonic() < until and entity in kept:
        return list(kept[entity])
    found = _live_for(records, entity)
    if known is not None:
        kept[entity] = tuple(found)
    return found


def _live_for(records: Records, entity: str) -> list[Live]:
    system = records.system(_REASON)
    fields = ("key", "latest", "active")
    rows = list(every(system, PROCESS, fields, {"subject": entity}, sort="key"))
    found = []
    for row in rows:
        if row["active"] and row["latest"]:
            version = _latest(system, row["id"], row["latest"])
            if version is not None:
                found.append(Live(row["key"], row["id"], version, row["latest"], chain_of(system, version)))
    known = {row["key"] for row in rows}
    for key, raw in declared(records).items():
        if raw["entity"] == entity and key not in known:
            found.append(Live(key, None, None, 1, chains.clean(records, raw)))
    return found


def _latest(system: Records, process: int, number: int) -> int | None:
    rows = system.query(VERSION, fields=("revision",), filters={"process": process, "revision": number}, limit=1).rows
    return rows[0]["id"] if rows else None


def version_of(case: Row) -> int:
    """The version a case runs.

    Raises:
        StateConflict: it is missing, so nobody can say how the case goes on.
    """
    version = case.get("version_of")
    if version is None:
        raise StateConflict(str(_LOST))
    return int(version.id)


def case_of(task: Row) -> int:
    """The case a task belongs to.

    Raises:
        StateConflict: it is missing.
    """
    case = task.get("case")
    if case is None:
        raise StateConflict(str(_LOST))
    return int(case.id)


def chain_of(records: Records, version: int) -> Mapping[str, Any]:
    """The chain of a version; versions never change, so it is read once per server.

    Raises:
        StateConflict: what is stored is no chain.
    """
    known: dict[int, Any] = records.runtime.services.setdefault(_CHAINS, {})
    if version not in known:
        row = records.system(_REASON).get(VERSION, version, fields=("chain",))
        if len(known) > 500:
            known.clear()
        known[version] = _read(row["chain"])
    if not known[version]:
        raise StateConflict(str(_LOST))
    return known[version]


def known_chain(records: Records, case: Row) -> Mapping[str, Any] | None:
    """The chain of a case; None where nobody can say any more which it was."""
    try:
        return chain_of(records, version_of(case))
    except StateConflict:
        return None


def _read(text: str | None) -> Mapping[str, Any]:
    """A stored chain; empty when it is none."""
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def model_of(records: Records, version: int) -> str:
    """The BPMN text of a version."""
    return str(records.system(_REASON).get(VERSION, version, fields=("bpmn",))["bpmn"] or "")


def compiled(records: Records, version: int) -> str:
    """The compiled model of a version."""
    return str(records.system(_REASON).get(VERSION, version, fields=("compiled",))["compiled"] or "")


def kinds_of(records: Records, entity: str) -> dict[str, str]:
    """Field name -> kind, for the conditions of a model."""
    return {name: str(one.kind.value) for name, one in records.runtime.registry.entities[entity].fields.items()}


def free_key(records: Records, stem: str) -> str:
    """A key that no process has: the stem with a number."""
    taken = {row["key"] for row in every(records.system(_REASON), PROCESS, ("key",), {})}
    taken |= set(declared(records))
    return next(key for key in (f"{stem}{n}" for n in count(1)) if key not in taken)


def ensure(records: Records, live: Live) -> Live:
    """Make a shipped chain a process of the company; harmless when it is one already."""
    if live.process is not None:
        return live
    system = records.system(_REASON)
    version: int | None
    try:
        process, version = save(records, live.chain, source="plugin", note="")
    except ValidationFailed:  # somebody else was first
        rows = system.query(PROCESS, fields=("latest",), filters={"key": live.key}, limit=1).rows
        if not rows:
            raise
        process, version = rows[0]["id"], _latest(system, rows[0]["id"], rows[0]["latest"])
    return Live(live.key, process, version, 1, live.chain)


def save(
    records: Records,
    chain: Mapping[str, Any],
    *,
    process: int | None = None,
    source: str = "form",
    note: str = "",
    model: str = "",
) -> tuple[int, int]:
    """Keep a chain as the next version of a process, or as the first of a new one; returns both ids.

    Args:
        records: of whoever keeps processes, or the platform's; the right was checked before.
        chain: checked by :func:`chains.clean`.
        process: the process; None makes a new one.
        source: ``plugin``, ``form`` or ``upload``.
        note: what changed.
        model: BPMN of an uploaded process; the chain is drawn when empty.

    Raises:
        ValidationFailed: the key is taken, or the model cannot run.
    """
    system = records.system(_REASON)
    changed(records)
    locale = "zh" if records.principal.locale.startswith("zh") else "en"
    text = model or drawing.to_bpmn(chain, kinds_of(records, chain["entity"]), locale)
    spec = _compile_model(text, chain) if model else _compile(text, "chain")
    title = chain["title"]
    names = {"name": title["en"][:120], "name_alt": title["zh"][:120] if title["zh"] != title["en"] else None}
    if process is None:
        values = {"key": chain["key"], "subject": chain["entity"], "source": source, "latest": 1, **names}
        number, process = 1, int(system.create(PROCESS, values)["id"])
    else:
        row = system.get(PROCESS, process)
        number = int(row["latest"]) + 1
        system.update(PROCESS, process, {"latest": number, **names}, version=row["version"])
    version = system.create(
        VERSION,
        {
            "name": f"{title['en'][:120]} v{number}",
            "process": process,
            "revision": number,
            "note": note or None,
            "chain": json.dumps(chain, ensure_ascii=False),
            "bpmn": text,
            "compiled": spec,
        },
    )
    return process, int(version["id"])


def _compile_model(text: str, chain: Mapping[str, Any]) -> str:
    checked = models_read.read(text, str(chain.get("process") or ""))
    return engine.compile_model(checked.tree, checked.process)


def _compile(text: str, process: str) -> str:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return engine.compile_model(etree.fromstring(text.encode(), parser), process)
    except engine.EngineError as error:
        message = _("This process cannot run: %(why)s") % {"why": str(error)}
        raise ValidationFailed.single("steps", "model", message) from error
