"""Writing doors, compared with the oracle: what is allowed is taken back, what is refused changes nothing."""

from __future__ import annotations

import io
from collections.abc import Callable
from itertools import islice
from typing import Any

from tests.security.doors import Doors
from tests.security.world import Person
from weft.core.db.fields import Kind
from weft.core.errors import Denied, NotFound, WeftError
from weft.core.import_export.options import ImportOptions, Source
from weft.core.import_export.planning import plan
from weft.core.records import unit
from weft.core.registry.model import EntityType

__all__ = ["BUSINESS", "write_entity", "write_record"]

_PLAN = "the plan of a project is changed by who leads that one"
#: Refusals that are rules of the business, not of rights: (entity, channel) or (action, "action") -> why somebody with
#: the right hears no.
BUSINESS: dict[tuple[str, str], str] = {
    ("communication.announcement.publish", "action"): "heads write to their own units only",
    **{
        (entity, channel): _PLAN
        for entity in ("projects.milestone", "projects.task")
        for channel in ("update", "bulk", "delete", "bulk delete")
    },
    **{(f"projects.milestone.{name}", "action"): _PLAN for name in ("report", "reach", "publish")},
    **{(f"projects.task.{name}", "action"): _PLAN for name in ("start", "finish", "reopen")},
    ("hrm.leave.approve", "action"): "while a case is open the answer is given there",
    ("documents.document.release", "action"): "a folder may want a reviewer, who is then the one to release",
}
_TEXTS = (Kind.TEXT, Kind.MULTILINE, Kind.MARKDOWN)


class Writer:
    """Tries to change one entity as one person.

    Args:
        doors: all doors.
        person: who tries.
        entity: what.
    """

    def __init__(self, doors: Doors, person: Person, entity: EntityType) -> None:
        self.doors, self.person, self.entity = doors, person, entity
        self.oracle, self.book = doors.oracle, doors.world.book
        self.base = f"/{entity.plugin}/{entity.slug}"

    def attempt(
        self, channel: str, subject: Any, allowed: bool, sees: bool, call: Callable[[], Any], what: str = ""
    ) -> None:
        """Call a door and judge the answer.

        Args:
            channel, subject: for the report.
            allowed: what the oracle says.
            sees: the record may be read; otherwise it must look missing.
            call: makes the call.
            what: key of a named action.
        """
        name = f"{what or self.entity.key} {subject}"
        self.doors.case(channel)
        if allowed:
            with self.doors.rehearsal():
                answer = call()
            if answer.status_code in (401, 403, 404) and (what or self.entity.key, channel) not in BUSINESS:
                rule = f"(a rule of the business? writing.BUSINESS[{what or self.entity.key!r}, {channel!r}])"
                told = f"{answer.status_code} {_text(answer)[:180]} {rule}"
                self.doors.found("wrong refusal", self.person, channel, name, told)
        else:
            with self.doors.unchanged(self.person, channel, name):
                answer = call()
            if answer.status_code < 400 and not _signs_in(answer):
                self.doors.found("leak", self.person, channel, name, f"done: {answer.status_code}")
            elif not sees and answer.status_code not in (401, 403, 404, 303):
                self.doors.found("leak", self.person, channel, name, f"known by status {answer.status_code}")
        self.doors.check_words(self.person, channel, name, answer)

    def rest(self, channel: str, number: int, operation: str, address: str, json: Any = None, *,
             method: str = "POST", also: bool = True) -> None:  # fmt: skip
        """A call of the interface about one record."""
        sees = self.oracle.sees(self.person.who, number)
        allowed = also and sees and self.oracle.may(self.person.who, operation, number)
        version = {"If_Match": f'"{self.book.rows[number]["version"]}"'} if method in ("PATCH", "DELETE") else {}
        self.attempt(
            channel, number, allowed, sees, lambda: self.doors.rest(self.person, method, address, json, **version),
            operation if channel == "action" else "",
        )  # fmt: skip

    # ---- one record

    def record(self, number: int) -> None:
        """Every way to change one record."""
        row, who = self.book.rows[number], self.person.who
        live = row["deleted_at"] is None
        base = f"{self.base}/{number}"
        name = self._text_field(number)
        if name:
            cell = name in self.oracle.names(who, "update", number)
            value = {name: row[name] or "x"}
            self.rest("update", number, "update", base, value, method="PATCH", also=live and cell)
            bulk = {"operation": "update", "ids": [number], "values": value, "expected": 1}
            self.rest("bulk", number, "update", f"{self.base}/bulk", bulk, also=live and cell)
        self.rest("delete", number, "delete", base, method="DELETE", also=live)
        bulk = {"operation": "delete", "ids": [number], "expected": 1}
        self.rest("bulk delete", number, "delete", f"{self.base}/bulk", bulk, also=live)
        self.rest("restore", number, "restore", f"{base}/actions/restore", {}, also=not live)
        unit_id = row["unit"] or self.doors.world.units["South"]
        inside = unit_id == row["unit"]  # a record given to another unit may go out of reach
        if inside or not self.oracle.may(who, "assign", number):
            self.rest("assign", number, "assign", f"{base}/actions/assign", {"unit": unit_id}, also=live)
        for action in self.entity.actions.values():
            if self._works(action):
                self.doors.report.actions.add(action.key)
                self.rest("action", number, action.key, f"{base}/actions/{action.name}", {}, also=live)
        self._around(number, live)

    def _works(self, action: Any) -> bool:
        return action.handler is not None or action.transition is not None

    def _text_field(self, number: int) -> str:
        """A text that may be changed; without one, any."""
        texts = [
            name for name, declared in self.entity.fields.items()
            if declared.kind in _TEXTS and declared.writable and not declared.internal and not declared.unique
        ]  # fmt: skip
        mine = self.oracle.names(self.person.who, "update", number)
        return next((name for name in texts if name in mine), texts[0] if texts else "")

    def _around(self, number: int, live: bool) -> None:
        """Comments, files, links and undoing: what hangs on a record."""
        who = self.person.who
        sees = self.oracle.sees(who, number)
        for channel, feature, part, data in (
            ("comment", "comments", "comments", lambda: {"text": "Hello"}),
            ("attach", "attachments", "attach", lambda: {"file": (io.BytesIO(b"x"), "x.txt")}),
        ):
            if self.entity.has(feature) and live:  # what hangs on trashed records goes with them
                allowed = sees and self.oracle.may(who, channel, number)
                address = f"{self.base}/{number}/{part}"
                self.attempt(
                    channel, number, allowed, sees,
                    lambda address=address, data=data: self.doors.page(self.person, address, "POST", data()),
                )  # fmt: skip
        internal = {"text": "Hello", "mode": "internal"}
        if self.entity.has("comments") and self.person.outside:
            address = f"{self.base}/{number}/comments"
            self.attempt("internal comment", number, False, sees,
                         lambda: self.doors.page(self.person, address, "POST", internal))  # fmt: skip
        # The right to link at one end is enough, so the other end is one that gives none.
        other = next((n for n in self._without_links() if n != number), number + 10**6)
        may = self.oracle.may(who, "link", number)
        if not (sees and may):
            body = {"relation": "core.linked", "source": number, "target": other}
            self.attempt("link", number, False, sees, lambda: self.doors.rest(self.person, "POST", "/relations", body))
            body = {"relation": "core.linked", "source": other, "target": number}
            self.attempt("link", number, False, sees, lambda: self.doors.rest(self.person, "POST", "/relations", body))
        if not (sees and self.oracle.may(who, "update", number)):
            self.rest("merge", number, "update", f"{self.base}/{number}/merge", {"drop": other}, also=False)

    def _without_links(self) -> list[int]:
        """Two records that the person sees and may not link, if there are any."""
        known = self.doors.ends.get(self.person.name)
        if known is None:
            who = self.person.who
            seen = (n for n in self.book.rows if self.oracle.sees(who, n) and not self.oracle.may(who, "link", n))
            known = self.doors.ends[self.person.name] = list(islice(seen, 2))
        return known

    # ---- the entity

    def entity_wide(self) -> None:
        """Creating, importing, and bulk calls that mix what is allowed with what is not."""
        who = self.person.who
        grants = self.oracle.grants(who, self.entity.key, "create")
        name = next(iter(self.entity.spec.title))
        if not grants:
            self.attempt("create", "", False, True, lambda: self.doors.rest(
                self.person, "POST", self.base, {name: "New"}))  # fmt: skip
        self._mixed()
        self._import()

    def _mixed(self) -> None:
        """One forbidden record among allowed ones: nothing is done."""
        who = self.person.who
        live = [row["id"] for row in self.book.of(self.entity.key)]
        mine = [n for n in live if self.oracle.sees(who, n) and self.oracle.may(who, "delete", n)]
        others = [n for n in live if n not in mine]
        if mine and others:
            body = {"operation": "delete", "ids": [mine[0], others[0]], "expected": 2}
            self.attempt("mixed bulk", others[0], False, self.oracle.sees(who, others[0]),
                         lambda: self.doors.rest(self.person, "POST", f"{self.base}/bulk", body))  # fmt: skip

    def _import(self) -> None:
        """A file that names every record by its id changes none that may not be changed."""
        who = self.person.who
        if who.user is None or not self.entity.has("import"):
            return
        name = next(iter(self.entity.spec.title))
        targets = [row["id"] for row in self.book.of(self.entity.key)]
        allowed = {
            n for n in targets
            if self.oracle.sees(who, n) and self.oracle.may(who, "import", n) and self.oracle.may(who, "update", n)
        }  # fmt: skip
        for number in sorted(set(targets) - allowed)[:4]:
            self.doors.case("import")
            # An import that the person may make is noted as a change set, whatever became of its rows.
            with self.doors.unchanged(
                self.person, "import", f"{self.entity.key} {number}", but=frozenset({"change_set"})
            ):
                outcome = self._import_one(name, number)
            if outcome is not None and outcome.updated:
                self.doors.found("leak", self.person, "import", f"{self.entity.key} {number}", "changed by a file")

    def _import_one(self, name: str, number: int) -> Any:
        text = f"id,{name}\n{number},Changed\n".encode()
        principal = self.doors.world.cast.principal(self.person.who.user or 0)
        try:
            with unit.writing(self.doors.world.runtime, principal, "import") as records:
                source = Source(io.BytesIO(text), "x.csv")
                options = ImportOptions(mode="update")
                return plan(records, self.entity.key, source, None, "id", options).run(records)
        except (Denied, NotFound, WeftError):
            return None


def _text(answer: Any) -> str:
    return str(answer.get_json(silent=True) or "")[:200]


def _signs_in(answer: Any) -> bool:
    return answer.status_code == 303 and "/auth/" in answer.headers.get("Location", "")


def write_entity(doors: Doors, person: Person, entity: EntityType) -> None:
    """Ways to change an entity as a whole."""
    Writer(doors, person, entity).entity_wide()


def write_record(doors: Doors, person: Person, entity: EntityType, number: int) -> None:
    """Ways to change one record."""
    Writer(doors, person, entity).record(number)
