"""Cards of people into a list of people, and a person of a list as a card."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from weft.core.db.fields import Kind
from weft.core.errors import NotFound, ValidationFailed
from weft.core.files import files
from weft.core.import_export.vcards import Card, photo, read_cards, write_card
from weft.core.records.values import Row
from weft.core.registry.model import EntityType

if TYPE_CHECKING:
    from weft.core.records.facade import Records

__all__ = ["CardPlan", "PERSON", "card_of", "plan_cards", "store_cards", "takes_cards"]

#: Trait of entities whose records are people.
PERSON = "core.person"
_PART = 200


def takes_cards(entity: EntityType) -> bool:
    """True for entities of people that have a name and a mail address."""
    return PERSON in entity.spec.traits and {"name", "email"} <= set(entity.fields)


@dataclass(slots=True)
class CardPlan:
    """What an import of cards would do.

    Attributes:
        fresh: cards of people who are not there, with their values.
        known: id, card and the values that are still empty there, of people found by their mail address.
        nameless: lines of cards that name nobody.
    """

    fresh: list[tuple[Card, dict[str, Any]]] = field(default_factory=list)
    known: list[tuple[int, Card, dict[str, Any]]] = field(default_factory=list)
    nameless: list[int] = field(default_factory=list)


def plan_cards(records: Records, entity: EntityType, data: bytes) -> CardPlan:
    """Compare the cards of a file with a list; reads only. Two statements, whatever the number of cards."""
    cards = read_cards(data)
    plan = CardPlan()
    named = [card for card in cards if card.name]
    plan.nameless = [card.line for card in cards if not card.name]
    companies = _companies(records, entity, [card.company for card in named])
    there = _there(records, entity, [card.email for card in named])
    seen: set[str] = set()
    for card in named:
        values = _values(entity, card, companies)
        row = there.get(card.email) if card.email else None
        if row is not None:
            missing = {key: value for key, value in values.items() if row.get(key) in (None, "")}
            plan.known.append((row.id, card, missing))
        elif not card.email or card.email not in seen:
            plan.fresh.append((card, values))
            seen.add(card.email)
    return plan


def _values(entity: EntityType, card: Card, companies: dict[str, int]) -> dict[str, Any]:
    company = companies.get(card.company.lower())
    note = card.text("NOTE")
    if card.company and company is None:
        note = f"{card.company}\n\n{note}".strip()
    found: dict[str, Any] = {
        "name": card.name[:120], "email": card.email, "position": card.text("TITLE")[:120],
        "phone": card.phone(mobile=False), "mobile": card.phone(mobile=True), "wechat": card.wechat[:60],
        "account": company, "note": note[:20_000],
    }  # fmt: skip
    return {name: value for name, value in found.items() if value and name in entity.fields}


def _companies(records: Records, entity: EntityType, names: Sequence[str]) -> dict[str, int]:
    """Organisations by exact name in either script, of those that the list's people can belong to."""
    declared = entity.fields.get("account")
    wanted = sorted({name for name in names if name})[:_PART]
    if declared is None or declared.kind is not Kind.REFERENCE or not wanted:
        return {}
    found: dict[str, int] = {}
    for target in records.runtime.registry.targets(declared):
        for name in (*target.spec.title, target.spec.alt_title):
            if not name or name not in target.fields:
                continue
            page = records.query(target.key, fields=[name], filters={f"{name}__in": wanted}, limit=200)
            found |= {str(row[name]).lower(): row.id for row in page.rows}
    return found


def _there(records: Records, entity: EntityType, addresses: Sequence[str]) -> dict[str, Row]:
    wanted = sorted({address for address in addresses if address})
    found: dict[str, Row] = {}
    for start in range(0, len(wanted), _PART):
        part = wanted[start : start + _PART]
        page = records.query(entity.key, filters={"email__in": part}, limit=200)
        found |= {str(row["email"]).lower(): row for row in page.rows}
    return found


def store_cards(records: Records, entity: EntityType, plan: CardPlan, *, keep: bool = True) -> tuple[int, int]:
    """Write what a plan says, in one change set; returns how many people were made and how many completed.

    Each card is attached to its person, so that what has no field (addresses, birthday, unknown properties, picture)
    is there too, and comes back when the person is exported.
    """
    completed = 0
    for card, values in plan.fresh:
        row = _made(records, entity, values)
        if keep:
            _keep(records, row.id, card)
    for record_id, card, missing in plan.known:
        if missing and _completed(records, entity, record_id, missing):
            completed += 1
        if keep and _kept(records, record_id) is None:
            _keep(records, record_id, card)
    return len(plan.fresh), completed


def _made(records: Records, entity: EntityType, values: dict[str, Any]) -> Row:
    """Create the person; what a field refuses (a number that is none) goes into the note instead of being lost."""
    try:
        return records.create(entity.key, values)
    except ValidationFailed as error:
        refused = {one.field for one in error.errors if one.field in values} - {"name", "note"}
        if not refused:
            raise
    kept = {name: value for name, value in values.items() if name not in refused}
    if "note" in entity.fields:
        lines = [f"{entity.fields[name].label}: {values[name]}" for name in sorted(refused)]
        kept["note"] = "\n".join([*lines, str(kept.get("note", ""))]).strip()
    return records.create(entity.key, kept)


def _completed(records: Records, entity: EntityType, record_id: int, missing: dict[str, Any]) -> bool:
    """Fill in what is empty, as far as the fields take it; True when something was written."""
    try:
        records.update(entity.key, record_id, missing, version=None)
    except ValidationFailed as error:
        refused = {one.field for one in error.errors}
        rest = {name: value for name, value in missing.items() if name not in refused}
        if not rest or rest == missing:
            return False
        records.update(entity.key, record_id, rest, version=None)
    return True


def _keep(records: Records, record_id: int, card: Card) -> None:
    text = "\r\n".join(["BEGIN:VCARD", *(line.raw for line in card.lines), "END:VCARD", ""])
    files.attach(records, record_id, io.BytesIO(text.encode()), "card.vcf", audience="internal")
    picture = photo(card)
    if picture is not None:
        try:
            files.attach(records, record_id, io.BytesIO(picture), "photo", audience="internal")
        except ValidationFailed:
            return  # no picture that can be shown; the card still holds it


def _kept(records: Records, record_id: int) -> Card | None:
    """The card a person came with, of its newest attachment of that kind."""
    for one in files.attachments(records, record_id):
        if one.file.name.lower().endswith(".vcf"):
            try:
                _info, stream = files.open_for(records, one.file.id)
            except NotFound:
                continue
            with stream:
                cards = read_cards(stream.read(1024 * 1024))
            return cards[0] if cards else None
    return None


def card_of(records: Records, entity: EntityType, record_id: int) -> str:
    """A person as a vCard, with everything the card they came with held besides.

    Raises:
        NotFound: the person does not exist for the principal.
    """
    row = records.get(entity.key, record_id, trash=False)
    company = row.get("account")
    values = {name: str(row.get(name) or "") for name in ("name", "position", "email", "phone", "mobile", "note")}
    values["company"] = str(getattr(company, "title", "") or "")
    return write_card(values, _kept(records, record_id))
