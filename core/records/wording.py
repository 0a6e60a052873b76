"""Words of the journal: labels of fields, values in the viewer's language, names of people and records in batches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from sqlalchemy import select

from weft.core.db.fields import Field, Kind
from weft.core.db.money import Money
from weft.core.db.tables import change_set, journal
from weft.core.i18n import Text, babel_locale, in_script, translator
from weft.core.identity import units
from weft.core.identity.people import Person, people
from weft.core.records.values import RefValue
from weft.core.registry.model import EntityType

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["Names", "label_of", "since", "value_text", "visible_text"]

_ = translator("core")

_HEADER_LABELS: Mapping[str, Text] = {"owner": _("Owner"), "unit": _("Unit")}
_LONGEST = 80


@dataclass(slots=True)
class Names:
    """People, units and records named by journal rows; collect first, then look up, then ask.

    Attributes:
        people: user id -> person.
        units: unit id -> (name in the viewer's script, the other).
        records: record id -> reference as the viewer may see it.
    """

    people: dict[int, Person] = field(default_factory=dict)
    units: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    records: dict[int, RefValue] = field(default_factory=dict)
    _people: set[int] = field(default_factory=set)
    _units: set[int] = field(default_factory=set)
    _records: set[int] = field(default_factory=set)

    def want(self, declared: Field | None, name: str, values: Iterable[Any]) -> None:
        """Note the ids among the values of a field or header name."""
        kind = declared.kind if declared is not None else {"owner": Kind.USER, "unit": Kind.UNIT}.get(name)
        store = {Kind.USER: self._people, Kind.UNIT: self._units, Kind.REFERENCE: self._records}.get(kind or Kind.TEXT)
        if store is not None:
            store.update(value for value in values if isinstance(value, int))

    def want_person(self, user_id: int | None) -> None:
        """Note a user."""
        if user_id is not None:
            self._people.add(user_id)

    def want_record(self, record_id: int | None) -> None:
        """Note a record."""
        if record_id is not None:
            self._records.add(record_id)

    def look_up(self, records: Records) -> None:
        """Ask for everything noted: one statement for people, one for units, few for records."""
        self.people = people(records.connection, self._people)
        self.units = units.names(records.connection, sorted(self._units)) if self._units else {}
        self.records = records.titles(self._records)

    def person(self, user_id: int | None) -> str:
        """Name of a user in the viewer's script; the platform's own name for nobody."""
        if user_id is None:
            return "Weft"
        found = self.people.get(user_id)
        return found.shown()[0] if found is not None else str(_("a former user"))

    def record(self, record_id: int) -> str:
        """Title of a record in the viewer's script; says so when it may not be read."""
        found = self.records.get(record_id)
        if found is None or found.restricted or not found.title:
            return str(_("a record you may not see"))
        return in_script(found.title, found.alt)[0]

    def unit(self, unit_id: int) -> str:
        """Name of a unit in the viewer's script."""
        found = self.units.get(unit_id)
        return in_script(found[0], found[1])[0] if found is not None else str(_("a former unit"))


def label_of(entity_type: EntityType, name: str) -> str:
    """Words on screen of a field or header name."""
    declared = entity_type.fields.get(name)
    return str(declared.label if declared is not None else _HEADER_LABELS.get(name, name))


def value_text(entity_type: EntityType, name: str, value: Any, names: Names, zone: str) -> str:
    """An API value of the journal in words, empty for none."""
    if value is None or value == []:
        return ""
    declared = entity_type.fields.get(name)
    if declared is None:
        return names.person(value) if name == "owner" else names.unit(value) if name == "unit" else str(value)
    return _plain(declared, value, names, zone)


def _plain(declared: Field, value: Any, names: Names, zone: str) -> str:
    locale = babel_locale()
    match declared.kind:
        case Kind.USER:
            return names.person(value)
        case Kind.UNIT:
            return names.unit(value)
        case Kind.REFERENCE:
            return names.record(value)
        case Kind.CHOICE:
            return str(declared.choices.labels.get(value, value)) if declared.choices else str(value)
        case Kind.MULTI_CHOICE:
            labels = declared.choices.labels if declared.choices else {}
            return str(_(", ")).join(str(labels.get(one, one)) for one in value)
        case Kind.BOOLEAN:
            return str(_("yes") if value else _("no"))
        case Kind.MONEY:
            return Money.from_api(value).format()
        case Kind.DECIMAL:
            return str(format_decimal(Decimal(value), locale=locale, decimal_quantization=False))
        case Kind.DATE:
            return str(format_date(date.fromisoformat(value), locale=locale))
        case Kind.DATETIME:
            return str(format_datetime(datetime.fromisoformat(value), "short", tzinfo=ZoneInfo(zone), locale=locale))
        case Kind.ADDRESS:
            parts = [*(value.get("lines") or []), value.get("postcode"), value.get("city"), value.get("country")]
            return visible_text(" ".join(str(part) for part in parts if part))
        case Kind.FILE:
            return str(_("a file"))
    return visible_text(str(value))


def visible_text(text: str) -> str:
    """A text of any length on one short line."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def since(records: Records, entity_type: EntityType, record_id: int, change_set_id: int, names: Iterable[str]) -> str:
    """Who changed what of a record after a change set, in one sentence; unreadable fields are not named."""
    from weft.core.records.rights import readable_names

    wanted = set(names)
    latest = None
    for row in records.connection.execute(
        select(journal)
        .where(journal.c.record_id == record_id, journal.c.change_set_id != change_set_id)
        .order_by(journal.c.at.desc(), journal.c.id.desc())
        .limit(50)
    ):
        latest = latest or row
        if not wanted or wanted & set(row.changes):
            latest = row
            break
    known = Names()
    known.want_record(record_id)
    if latest is not None:
        known.want_person(latest.user_id)
    known.look_up(records)
    told = _own_words(records, latest, known) if latest is not None else ""
    if told:
        return told
    who = known.person(latest.user_id) if latest is not None else "Weft"
    record = known.record(record_id)
    shown = sorted(wanted & readable_names(records, entity_type))
    if not shown:
        return str(_("%(who)s changed %(record)s since.") % {"who": who, "record": record})
    fields = str(_(", ")).join(label_of(entity_type, name) for name in shown)
    return str(_("%(who)s changed %(field)s of %(record)s since.") % {"who": who, "field": fields, "record": record})


def _own_words(records: Records, row: Any, known: Names) -> str:
    """What the action that a later change belongs to says about itself; empty when it says nothing."""
    summary = records.connection.execute(
        select(change_set.c.summary).where(change_set.c.id == row.change_set_id)
    ).scalar()
    action = records.runtime.registry.actions.get(str((summary or {}).get("action") or ""))
    if action is None or not action.since:
        return ""
    at = row.at.astimezone(records.zone)
    same_day = at.date() == records.now.astimezone(records.zone).date()
    time = format_datetime(at, "HH:mm" if same_day else "short", tzinfo=records.zone, locale=babel_locale())
    return str(action.since % {"who": known.person(row.user_id), "time": time})
