"""The engine of an import: looks names up, finds known records by the key, hands rows to the bulk path, makes links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from weft.core.db.fields import Field, Kind
from weft.core.i18n import translator
from weft.core.import_export.checking import check_drafts, check_form, warn_drafts
from weft.core.import_export.converting import Unreadable
from weft.core.import_export.drafting import Draft
from weft.core.import_export.known import KnownRecords
from weft.core.import_export.linking import link_drafts
from weft.core.import_export.options import Outcome
from weft.core.import_export.planning import ImportPlan
from weft.core.import_export.resolving import Resolver
from weft.core.import_export.writing import HEADER, create_drafts, update_drafts
from weft.core.records import write
from weft.core.records.facade import Records

__all__ = ["Engine"]

_ = translator("core")


class Engine:
    """State of one run.

    Args:
        records: the unit of work of the person who imports.
        plan: what to import.
        dry: check and count only.

    Attributes:
        outcome: the counts so far.
    """

    def __init__(self, records: Records, plan: ImportPlan, *, dry: bool) -> None:
        self.outcome = Outcome()
        self._records, self._plan, self._dry = records, plan, dry
        self._type = plan.entity_type
        self._resolver = Resolver(records)
        self._columns = {target.key: plan.columns[index].name for index, target in plan.chosen.items()}
        state = plan.entity_type.state_field
        filled = {target.key for target in plan.drafter().targets}
        compares = dry or bool(plan.options.add_to) or bool(filled & {*HEADER, state.name if state else ""})
        self._known = KnownRecords(records, plan.entity_type, plan.key, wants_stored=compares)
        self._known.column = self._columns.get(plan.key, plan.key)
        self._links = {t.relation: self._ends(t.relation) for t in plan.drafter().targets if t.relation}
        self._own_titles: frozenset[str] = frozenset()
        self._later: list[tuple[Draft, str, str, str]] = []

    # ---- preparation

    def prepare(self) -> None:
        """When rows of the file may name each other, read first what the file calls its rows."""
        fields = [target.field for target in self._plan.drafter().targets if target.field is not None]
        if not any(self._type.key in self._entities(declared) for declared in fields):
            return
        titles = self._type.spec.title
        indexes = [index for index, target in self._plan.chosen.items() if target.key in titles]
        if len(indexes) == len(titles):
            rows = self._plan.table()
            self._own_titles = frozenset(" ".join(str(row.cells[i]).strip() for i in indexes) for row in rows)

    def _entities(self, declared: Field) -> tuple[str, ...]:
        if declared.kind is not Kind.REFERENCE:
            return ()
        return tuple(entity.key for entity in self._records.runtime.registry.targets(declared))

    def _ends(self, relation: str) -> tuple[str, ...]:
        registry = self._records.runtime.registry
        declared = registry.relations[relation]
        return tuple(key for key in registry.entities if registry.matches(declared.target, key))

    # ---- batches

    def work(self, batch: Sequence[Draft]) -> None:
        """Look up, check and write one batch; faults are noted at the drafts."""
        self._resolve(batch)
        self._complete([draft for draft in batch if draft.faults])
        waiting = [draft for draft in batch if not draft.faults]
        while waiting:
            wave, waiting = self._known.first_of_each(waiting)
            self._write(wave)

    def _complete(self, drafts: Sequence[Draft]) -> None:
        """Look at the rest of rows that are refused already, so that a person sees all of their faults at once."""
        self._known.look_up(drafts)
        for draft in drafts:
            if draft.known:
                continue
            named = {fault.column for fault in draft.faults}
            values = {name: value for name, value in draft.values.items() if value is not None}
            twin = Draft(draft.row, values)
            check_form(self._type, twin, self._columns)
            draft.faults.extend(fault for fault in twin.faults if fault.column not in named)

    def _resolve(self, drafts: Sequence[Draft]) -> None:
        targets, resolver = self._plan.targets, self._resolver
        asked: dict[str, tuple[tuple[str, ...], str, list[str]]] = {}
        for draft in drafts:
            for key, (text, _column) in draft.names.items():
                declared = targets[key].field
                if declared is not None and declared.kind is Kind.REFERENCE:
                    asked.setdefault(key, (self._entities(declared), declared.values or "", []))[2].append(text)
            for link in draft.links:
                asked.setdefault(f"relation:{link.relation}", (self._links[link.relation], "", []))[2].append(link.name)
        resolver.prepare(asked.values())
        for draft in drafts:
            for key, (text, column) in draft.names.items():
                try:
                    draft.values[key] = self._id(draft, key, text, column)
                except Unreadable as unreadable:
                    self._refuse(draft, key, column, unreadable)
            for link in draft.links:
                try:
                    link.target_id = resolver.record(link.name, self._links[link.relation])
                except Unreadable as unreadable:
                    self._refuse(draft, f"relation:{link.relation}", link.column, unreadable)

    def _id(self, draft: Draft, key: str, text: str, column: str) -> int | None:
        declared = self._plan.targets[key].field
        if key == "id":
            if not (text.isascii() and text.isdigit() and len(text) <= 16):
                raise Unreadable(_("This is no id."))
            return int(text)
        if key == "owner" or (declared is not None and declared.kind is Kind.USER):
            return self._resolver.user(text)
        if key == "unit" or declared is None or declared.kind is Kind.UNIT:
            return self._resolver.unit(text)
        try:
            return self._resolver.record(text, self._entities(declared), declared.values or "")
        except Unreadable as unreadable:
            own = self._type.key in self._entities(declared) and text in self._own_titles
            if unreadable.code != "missing" or not own or declared.required:
                raise
            self._later.append((draft, key, text, column))
            return None

    def _refuse(self, draft: Draft, key: str, column: str, unreadable: Unreadable) -> None:
        if key in self._plan.options.leave_empty:
            draft.emptied += 1
        else:
            draft.fault(column, unreadable.message, unreadable.code)

    def _write(self, wave: Sequence[Draft]) -> None:
        self._known.look_up(wave)
        wave = [draft for draft in wave if not draft.faults]
        mode = self._plan.options.mode
        fresh = [draft for draft in wave if not draft.known]
        known = [draft for draft in wave if draft.known]
        if mode == "update":
            for draft in fresh:
                draft.fault("", _("There is no such record to update."), "missing")
            fresh = []
        for draft in wave:
            draft.values.pop("id", None)
        self._create(fresh)
        self._update([] if mode == "create" else known)
        if mode == "create":
            self.outcome.skipped += len(known)
        if not self._dry:
            self.outcome.linked += link_drafts(self._records, [draft for draft in wave if draft.record_id])

    def _create(self, drafts: Sequence[Draft]) -> None:
        for draft in drafts:
            draft.values = {name: value for name, value in draft.values.items() if value is not None}
        if self._dry:
            done = check_drafts(self._records, self._type, drafts, {}, self._columns)
            done = warn_drafts(self._records, self._type, done, self.outcome)
        else:
            done = create_drafts(self._records, self._type, drafts, self._columns)
        self.outcome.created += len(done)
        self._known.remember(done)
        titles = self._type.spec.title
        for draft in done:
            self._resolver.remember(
                self._type.key, " ".join(str(draft.values.get(name, "")) for name in titles), draft.record_id
            )

    def _update(self, drafts: Sequence[Draft]) -> None:
        drafts, same = self._known.differing(drafts)
        self.outcome.skipped += len(same)
        if not drafts:
            return
        stored = self._known.stored(drafts)
        for draft in drafts:
            self._merge(draft, stored.get(draft.record_id, {}))
        drafts = [draft for draft in drafts if not draft.faults]
        if self._dry:
            done = check_drafts(self._records, self._type, drafts, stored, self._columns)
            changed = sum(_differs(draft, stored.get(draft.record_id, {})) for draft in done)
        else:
            done, changed = update_drafts(self._records, self._type, drafts, self._columns)
            changed += self._assign(done, stored)
        self.outcome.updated += changed
        self.outcome.skipped += len(done) - changed

    def _merge(self, draft: Draft, before: Mapping[str, Any]) -> None:
        """Leave out what an update must not touch, and add to what is to be added to."""
        options, state = self._plan.options, self._type.state_field
        values = draft.values
        if not options.clear:
            values = {name: value for name, value in values.items() if value is not None}
        if state is not None and state.transitions and state.name in values:
            if values[state.name] != before.get(state.name):
                column = self._columns.get(state.name, state.name)
                draft.fault(column, _("The state of a known record changes by its actions, not by an import."), "state")
            values = {name: value for name, value in values.items() if name != state.name}
        for name in options.add_to:
            if isinstance(values.get(name), list) and before.get(name):
                values = {**values, name: [*before[name], *(v for v in values[name] if v not in before[name])]}
        draft.values = values

    def _assign(self, drafts: Sequence[Draft], stored: Mapping[int, Mapping[str, Any]]) -> int:
        """Give records to the owner and unit that the file names; returns how many changed only by that."""
        groups: dict[tuple[tuple[str, int], ...], list[int]] = {}
        for draft in drafts:
            before = stored.get(draft.record_id, {})
            wanted = tuple(
                (f"{name}_id", draft.values[name])
                for name in HEADER
                if draft.values.get(name) is not None and draft.values[name] != before.get(f"{name}_id")
            )
            if wanted:
                groups.setdefault(wanted, []).append(draft.record_id)
        for header, ids in groups.items():
            write.assign_many(self._records, self._type, ids, dict(header), kind="import")
        assigned = {record_id for ids in groups.values() for record_id in ids}
        return sum(d.record_id in assigned and not _differs(d, stored.get(d.record_id, {})) for d in drafts)

    # ---- rows that name each other

    def finish(self) -> list[Draft]:
        """Fill references to records of the same file that were made after the row; returns drafts with new faults."""
        if not self._later or self._dry:
            return []
        late: list[Draft] = []
        resolver = Resolver(self._records)
        for place in range(0, len(self._later), 500):
            part = [one for one in self._later[place : place + 500] if one[0].record_id]
            for key in {one[1] for one in part}:
                declared = self._plan.targets[key].field
                assert declared is not None  # noqa: S101 - only reference fields wait
                resolver.prepare([(self._entities(declared), "", [one[2] for one in part if one[1] == key])])
            late.extend(self._fill(part, resolver))
        return late

    def _fill(self, part: Sequence[tuple[Draft, str, str, str]], resolver: Resolver) -> list[Draft]:
        ready: dict[int, Draft] = {}
        for draft, key, text, column in part:
            declared = self._plan.targets[key].field
            assert declared is not None  # noqa: S101
            if draft.record_id not in ready:
                ready[draft.record_id] = Draft(draft.row, record_id=draft.record_id)
            waiting = ready[draft.record_id]
            try:
                waiting.values[key] = resolver.record(text, self._entities(declared))
            except Unreadable as unreadable:
                waiting.fault(column, unreadable.message, unreadable.code)
        good = [draft for draft in ready.values() if draft.values]
        update_drafts(self._records, self._type, good, self._columns)
        return [draft for draft in ready.values() if draft.faults]


def _differs(draft: Draft, before: Mapping[str, Any]) -> bool:
    return any(value != before.get(name) for name, value in draft.values.items() if name not in HEADER)
