"""Reading doors, compared with the oracle: pages, interface, search, export, history, files, notices."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from tests.security.doors import Doors
from tests.security.values import Words
from tests.security.world import Person
from weft.core.db.fields import Kind
from weft.core.registry.model import EntityType

__all__ = ["read_everything", "read_lists", "read_notices", "read_record"]

#: Names that one list may include.
MOST_INCLUDED = 10
#: Names in an answer that say what and which, not what it holds.
PLAIN = frozenset({"id", "type", "version", "title", "number", "restricted", "alt"})


def _base(entity: EntityType) -> str:
    return f"/{entity.plugin}/{entity.slug}"


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every JSON object within a value."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    for one in value if isinstance(value, list) else ():
        yield from _objects(one)


class Reader:
    """Looks at one entity as one person.

    Args:
        doors: all doors.
        person: who looks.
        entity: at what.
    """

    def __init__(self, doors: Doors, person: Person, entity: EntityType) -> None:
        self.doors, self.person, self.entity = doors, person, entity
        self.oracle = doors.oracle
        book = doors.world.book
        self.live = [row["id"] for row in book.of(entity.key)]
        self.visible = {number for number in self.live if self.oracle.sees(person.who, number)}
        self.known = self.oracle.known(person.who, entity.key)

    def found(self, kind: str, channel: str, subject: Any, detail: Any) -> None:
        """Note a finding about this entity."""
        self.doors.found(kind, self.person, channel, f"{self.entity.key} {subject}", detail)

    def words(self, channel: str, subject: Any, answer: Any, asked: str = "") -> frozenset[str]:
        """Check the words of an answer."""
        return self.doors.check_words(self.person, channel, f"{self.entity.key} {subject}", answer, asked)

    def objects(self, channel: str, answer: Any) -> None:
        """Every record named in a JSON answer must be readable, in the cells that are shown."""
        book = self.doors.world.book
        for one in _objects(answer.get_json(silent=True) or {}):
            number = one.get("id")
            row = book.rows.get(number) if isinstance(number, int) else None
            if row is None or one.get("type") != row["entity"]:
                continue
            names = self.oracle.names(self.person.who, "read", number)
            if not names:
                self.found("leak", channel, number, "a record that may not be read")
            elif strange := set(one) & set(row) - set(names) - PLAIN:
                self.found("leak", channel, number, f"cells {sorted(strange)}")

    def same(self, channel: str, expected: set[int], got: Iterable[int]) -> None:
        """Two sets of ids are one."""
        seen = set(got)
        for number in seen - expected:
            self.found("leak", channel, number, "listed")
        for number in expected - seen:
            self.found("wrong refusal", channel, number, "missing from the list")

    def status(self, channel: str, subject: Any, answer: Any, allowed: bool) -> bool:
        """The record's page is there, or is not; a visitor is asked to sign in."""
        self.doors.case(channel)
        refused = (401, 303) if self.person.who.user is None else (404,)
        if allowed and answer.status_code != 200:
            self.found("wrong refusal", channel, subject, answer.status_code)
        elif not allowed and answer.status_code not in refused:
            self.found("leak", channel, subject, f"status {answer.status_code}")
        return bool(allowed and answer.status_code == 200)

    # ---- lists

    def rest_list(self) -> None:
        """All pages of the list: exactly the readable rows with exactly the readable cells."""
        doors, rows, cursor = self.doors, [], ""
        while True:
            answer = doors.rest(self.person, "GET", f"{_base(self.entity)}?limit=200{cursor}")
            self.words("list", "", answer)
            if answer.status_code != 200:
                break
            self.objects("list", answer)
            rows += answer.get_json()["data"]
            if not answer.get_json()["next"]:
                break
            cursor = f"&cursor={answer.get_json()['next']}"
        doors.case("list", len(self.live))
        self.same("list", self.visible, [row["id"] for row in rows])
        for row in rows:
            self.cells("list", row)

    def cells(self, channel: str, row: dict[str, Any]) -> None:
        """A readable record shows every cell that a grant covers."""
        names = self.oracle.names(self.person.who, "read", row["id"])
        declared = {name for name, one in self.entity.fields.items() if one.kind is not Kind.COMPUTED}
        if self.person.outside:  # they are not told that a link leads to something they may not read
            declared -= {name for name in declared if self._leads_out_of_sight(name, row["id"])}
        if missing := (names & declared) - set(row):
            self.found("wrong refusal", channel, row["id"], f"cells {sorted(missing)}")

    def _leads_out_of_sight(self, name: str, number: int) -> bool:
        end = self.doors.world.book.rows[number][name] if self._reference(name) else None
        return end is not None and not self.oracle.sees(self.person.who, end)

    def include(self) -> None:
        """References with the records behind them."""
        names = [n for n in sorted(self.known) if n in self.entity.fields and self._reference(n)]
        for start in range(0, len(names) if self.visible else 0, MOST_INCLUDED):
            some = names[start : start + MOST_INCLUDED]
            answer = self.doors.rest(self.person, "GET", f"{_base(self.entity)}?limit=200&include={','.join(some)}")
            self.doors.case("include", len(self.visible) * len(some))
            self.words("include", some, answer)
            self.objects("include", answer)
            if answer.status_code != 200:
                self.found("wrong refusal", "include", some, answer.status_code)

    def _reference(self, name: str) -> bool:
        return self.entity.fields[name].kind is Kind.REFERENCE

    def aggregate(self) -> None:
        """The count is that of the readable rows."""
        answer = self.doors.rest(self.person, "GET", f"{_base(self.entity)}/aggregate?measure=count")
        self.doors.case("aggregate", len(self.live))
        if answer.status_code == 200:
            got = sum(row["count"] for row in answer.get_json()["data"])
            if got != len(self.visible):
                kind = "leak" if got > len(self.visible) else "wrong refusal"
                self.found(kind, "aggregate", "", f"{got} instead of {len(self.visible)}")
        elif self.visible:
            self.found("wrong refusal", "aggregate", "", answer.status_code)

    def page_list(self) -> None:
        """The list page, with every readable title and no other."""
        answer = self.doors.page(self.person, f"{_base(self.entity)}/?all=1")
        self.doors.case("page list", len(self.live))
        got = self.words("page list", "", answer)
        if not self.visible:
            return
        if answer.status_code != 200:
            self.found("wrong refusal", "page list", "", answer.status_code)
            return
        dormant = self.entity.spec.dormant
        for number in self.visible if len(self.visible) <= 40 else ():
            row = self.doors.world.book.rows[number]
            asleep = "title" not in self.oracle.names(self.person.who, "read", number) or (dormant and row[dormant])
            if not asleep and not Words.within(str(row["title"])) <= got:
                self.found("wrong refusal", "page list", number, f"{row['title']} is not on the page")

    def export(self) -> None:
        """The file holds the rows and cells that may be exported."""
        expected = {n for n in self.visible if self.oracle.may(self.person.who, "export", n)}
        answer = self.doors.page(self.person, f"{_base(self.entity)}/export.csv?all=1")
        self.doors.case("export", len(self.live))
        self.words("export", "", answer)
        if answer.status_code != 200 or answer.mimetype != "text/csv":
            if expected:
                self.found("wrong refusal", "export", "", answer.status_code)
            return
        rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))[1:]
        dormant = self.entity.spec.dormant
        if dormant in self.known:
            expected = {n for n in expected if not self.doors.world.book.rows[n][dormant]}
        self.same("export", expected, [int(row[0]) for row in rows if row and row[0].isdigit()])

    # ---- one record

    def record(self, number: int) -> None:
        """Every door to one record."""
        row = self.doors.world.book.rows[number]
        sees = self.oracle.sees(self.person.who, number)
        here = sees and row["deleted_at"] is None
        base = f"{_base(self.entity)}/{number}"
        for channel, address, allowed in (
            ("get", base, here),
            ("get from trash", f"{base}?trash=true", sees),
            ("find", f"/records/{number}", here),
            ("relations", f"/records/{number}/relations?limit=200", sees),
            ("history", f"/records/{number}/history", sees),
            ("graph", f"/records/{number}/graph?depth=2", sees),
            ("explain", f"/explain?record={number}", sees),
        ):
            answer = self.doors.rest(self.person, "GET", address)
            self.words(channel, number, answer)
            self.objects(channel, answer)
            if self.status(channel, number, answer, allowed) and channel == "get":
                self.cells("get", answer.get_json())
        self.pages(number, sees)
        self.search(number, here)
        self.files(number, sees)

    def pages(self, number: int, sees: bool) -> None:
        """The record's page and its parts."""
        base = f"{_base(self.entity)}/{number}"
        for channel, part in (("page", ""), ("page history", "/history"), ("peek", "/peek"), ("stream", "/stream")):
            answer = self.doors.page(self.person, base + part)
            got = self.words(channel, number, answer)
            if part in ("/peek", "/stream") and answer.status_code in (200, 303, 404):
                self.doors.case(channel)
                continue
            shown = self.status(channel, number, answer, sees)
            names = self.oracle.names(self.person.who, "read", number)
            title = Words.within(str(self.doors.world.book.rows[number]["title"]))
            if shown and channel == "page" and "title" in names and not title <= got:
                self.found("wrong refusal", channel, number, "the title is not on the page")

    def search(self, number: int, here: bool) -> None:
        """A record is found by its title, by those who may read the title."""
        row = self.doors.world.book.rows[number]
        word = next(iter(sorted(Words.within(str(row["title"])))), "")
        if not word or not self.entity.has("search"):
            return
        names = self.oracle.names(self.person.who, "read", number)
        answer = self.doors.rest(self.person, "GET", f"/search?q={word}&type={self.entity.key}")
        self.doors.case("search")
        self.words("search", number, answer, asked=word)
        self.objects("search", answer)
        hits = [hit["id"] for hit in (answer.get_json(silent=True) or {}).get("data", ())]
        dormant = self.entity.spec.dormant
        expected = here and "title" in names and not (dormant in names and row[dormant])
        if expected and number not in hits:
            self.found("wrong refusal", "search", number, f"{word} finds {hits}")

    def files(self, number: int, sees: bool) -> None:
        """Attached files: internal ones for the company, shared ones for whoever may read the record."""
        for file_id, sort, _word in self.doors.world.attached[number]:
            allowed = sees and (sort == "shared" or not self.person.outside)
            answer = self.doors.browser(self.person).get(f"/files/{file_id}")
            self.words("file", number, answer)
            self.status("file", f"{number} {sort}", answer, allowed)


def read_lists(doors: Doors, person: Person, entity: EntityType) -> None:
    """Doors that show many records at once."""
    reader = Reader(doors, person, entity)
    reader.rest_list()
    reader.include()
    reader.aggregate()
    reader.page_list()
    reader.export()


def read_record(doors: Doors, person: Person, entity: EntityType, number: int) -> None:
    """Doors to one record."""
    Reader(doors, person, entity).record(number)


def read_notices(doors: Doors, person: Person) -> None:
    """The inbox of somebody who was told of every record, whatever they may read of it by now."""
    for address in ("/notices/", "/", "/todo/"):
        answer = doors.page(person, address)
        doors.check_words(person, "notice", address, answer)
        doors.case("notice", len(doors.world.book.rows))
    if person.who.user is not None and doors.page(person, "/notices/").status_code != 200:
        doors.found("wrong refusal", person, "notice", "", "no page of notices")


def read_everything(doors: Doors, person: Person, text: str) -> None:
    """Words typed into the palette and the search page."""
    for address in (f"/palette/?q={text}", f"/search/?q={text}"):
        answer = doors.page(person, address)
        doors.check_words(person, "palette", text, answer, asked=text)
        doors.case("palette")
