"""Pairs of records that look like the same party or person: found, kept with their reasons, decided once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from weft.core.sdk import Records, Row, all_of, any_of, translator
from weft.plugins.crm.services import collision, keys, matching
from weft.plugins.crm.services.matching import Match, Subject

_ = translator("crm")

__all__ = ["ENTITIES", "MOST_COMPARED", "fill", "find_all", "look", "reopen", "settle"]

#: Up to so many records of one kind are compared with each other by likeness; more are compared by equal keys alone.
MOST_COMPARED = 20_000
ENTITIES = ("crm.account", "crm.contact", "crm.lead")
_KINDS: Mapping[str, Mapping[str, str]] = {
    "crm.account": {"name": "name", "domain": "code", "phone": "code", "tax_id": "code", "address": "words"},
    "crm.contact": {"name": "name", "email": "code", "phone": "code", "account": "same"},
    "crm.lead": {"name": "name", "person": "name", "email": "code", "phone": "code", "domain": "code"},
}
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "crm.account": ("name", "name_alt", "tax_id", "address", "parent", "match_name", "match_alt", "match_domain",
                    "match_phone"),
    "crm.contact": ("name", "name_alt", "email", "account", "match_name", "match_phone"),
    "crm.lead": ("name", "company", "person", "email", "match_name", "match_domain", "match_phone"),
}  # fmt: skip
#: Reasons that say the same of two records whatever else differs, in bits.
_SURE = {"name": 14.0, "tax_id": 16.0, "email": 13.0, "phone": 9.0, "domain": 9.0}
#: A young company's few records are weighed as if they were so many.
_LEAST = 1_000
_PART = 200


def look(records: Records, entity: str, ids: Sequence[int]) -> int:
    """Look for doubles of some records by equal keys; returns how many new pairs were noted.

    Args:
        records: unit of the platform.
        entity: one of :data:`ENTITIES`.
        ids: records that are new or changed.
    """
    system = records.system("crm: duplicates")
    made = 0
    for start in range(0, len(ids), _PART):
        part = _live(entity, ids[start : start + _PART])
        rows = system.query(entity, fields=_FIELDS[entity], filters=part, limit=_PART).rows
        probes = [collision.stored_probe(entity, row) for row in rows]
        pairs: dict[tuple[int, int], tuple[Row, Row, tuple[str, ...]]] = {}
        for row, hits in zip(rows, collision.find(system, entity, probes), strict=True):
            for hit in hits:
                if hit.row["id"] != row["id"] and not _known_apart(row, hit.row):
                    first, second = sorted((row, hit.row), key=lambda one: one["id"])
                    pairs[first["id"], second["id"]] = first, second, hit.reasons
        found = [
            (Match(one["id"], other["id"], sum(_SURE[word] for word in why), why), one, other)
            for one, other, why in pairs.values()
            if sum(_SURE[word] for word in why) >= matching.THRESHOLD and not _mere_namesakes(entity, one, other, why)
        ]
        made += _note(system, found)
    return made


def find_all(records: Records, entity: str) -> int:
    """Compare all records of a kind with each other, by equal keys and likeness; returns how many pairs are new."""
    system = records.system("crm: duplicates")
    rows = list(_all(system, entity))
    equal = look(records, entity, [row["id"] for row in rows])
    if len(rows) > MOST_COMPARED:
        return equal
    by_id = {row["id"]: row for row in rows}
    subjects = [Subject(row["id"], _values(entity, row)) for row in rows]
    found = []
    for match in matching.matches(_KINDS[entity], subjects, least=_LEAST):
        one, other = by_id[match.first], by_id[match.second]
        if not _known_apart(one, other) and set(match.because) & set(_SURE):
            found.append((match, one, other))
    return equal + _note(system, found)


def _known_apart(one: Row, other: Row) -> bool:
    """A parent and its part, and parts of one parent, share much and are different; so do numbers of an authority."""
    parents = [row["parent"].id if row.get("parent") else None for row in (one, other)]
    if parents[0] == other["id"] or parents[1] == one["id"] or (parents[0] is not None and parents[0] == parents[1]):
        return True
    taxes = [keys.code_key(row.get("tax_id")) for row in (one, other)]
    return all(taxes) and taxes[0] != taxes[1]


def _mere_namesakes(entity: str, one: Row, other: Row, why: Sequence[str]) -> bool:
    """People of one name are many: a name alone counts within one account."""
    if entity != "crm.contact" or set(why) != {"name"}:
        return False
    accounts = [row["account"].id if row.get("account") else None for row in (one, other)]
    return accounts[0] is None or accounts[0] != accounts[1]


def _live(entity: str, ids: Sequence[int]) -> Any:
    awake = [any_of(all_of(frozen=True), all_of(frozen=False))] if entity == "crm.account" else []
    return all_of(*awake, id__in=list(ids))


def _all(system: Records, entity: str) -> Iterator[Row]:
    cursor: str | None = None
    filters = any_of(all_of(frozen=True), all_of(frozen=False)) if entity == "crm.account" else None
    while True:
        page = system.query(entity, fields=_FIELDS[entity], filters=filters, sort="id", limit=200, cursor=cursor)
        yield from page.rows
        cursor = page.next
        if cursor is None:
            return


def _values(entity: str, row: Row) -> dict[str, tuple[str, ...]]:
    """What is compared of a stored row."""

    def code(value: Any) -> tuple[str, ...]:
        return (str(value),) if value else ()

    names = (row.get("match_name"), row.get("match_alt"))
    found: dict[str, tuple[str, ...]] = {
        "name": tuple(word for name in names for word in keys.words(name)),
        "domain": code(row.get("match_domain")), "phone": code(row.get("match_phone")),
        "email": code(str(row.get("email") or "").casefold()), "tax_id": code(keys.code_key(row.get("tax_id"))),
        "person": keys.words(row.get("person")),
    }  # fmt: skip
    if entity == "crm.contact":
        found["account"] = code(row["account"].id if row.get("account") else None)
    address = row.get("address") or {}
    parts = [*(address.get("lines") or []), address.get("city") or "", address.get("postcode") or ""]
    found["address"] = keys.words(" ".join(str(part) for part in parts))
    return found


# ---- noting pairs


def _note(system: Records, found: Sequence[tuple[Match, Row, Row]]) -> int:
    """Write pairs that were not noted before; one that was decided stays decided."""
    made = 0
    for start in range(0, len(found), _PART):
        part = {f"{match.first}:{match.second}": (match, one, other)
                for match, one, other in found[start : start + _PART]}  # fmt: skip
        known = system.query("crm.duplicate", fields=("pair",), filters={"pair__in": list(part)}, limit=200)
        for row in known.rows:
            part.pop(row["pair"], None)
        if part:
            system.load("crm.duplicate", [_pair(key, *entry) for key, entry in part.items()])
        made += len(part)
    return made


def _pair(key: str, match: Match, one: Row, other: Row) -> dict[str, Any]:
    reasons = [word for word in match.because if word in _SURE or word == "address"]
    alts = [row.get("name_alt") or row["name"] for row in (one, other)]
    subject, turned = f"{one['name']} / {other['name']}", " / ".join(alts)
    return {
        "subject": subject, "subject_alt": turned if turned != subject else None,
        "first": match.first, "second": match.second,
        "score": match.percent, "reasons": reasons or ["name"], "pair": key, "status": "open",
    }  # fmt: skip


def fill(records: Records, entity: str, *, most: int = 20_000) -> int:
    """Fill what is compared in records written before it was kept; returns how many. Harmless when run again.

    Args:
        records: unit of the platform.
        entity: entity key.
        most: at most about so many; the next night goes on.
    """
    system = records.system("crm: duplicates")
    done = 0
    while done < most:
        awake = [any_of(all_of(frozen=True), all_of(frozen=False))] if entity == "crm.account" else []
        filters = all_of(*awake, match_name__isnull=True)
        rows = system.query(entity, fields=collision.COMPARED[entity], filters=filters, sort="id", limit=_PART).rows
        wanted = {row["id"]: collision.compared(system, entity, row) for row in rows}
        named = {number: values for number, values in wanted.items() if values["match_name"]}
        for number, values in named.items():
            system.update(entity, number, values, version=None)
        done += len(named)
        if not named:
            return done
    return done


def settle(records: Records, drop: int) -> None:
    """A pair that was merged is decided, and so are the other pairs of the record that is gone."""
    system = records.system("crm: duplicates")
    page = system.query(
        "crm.duplicate", fields=("first", "second"),
        filters=all_of(any_of(first=drop, second=drop), status="open"), limit=200,
    )  # fmt: skip
    for row in page.rows:
        system.act("crm.duplicate.merged", row["id"], {})


def reopen(records: Records, record_id: int) -> None:
    """Pairs that were closed by a merge wait again once the merge was taken back."""
    system = records.system("crm: duplicates")
    page = system.query(
        "crm.duplicate", fields=("first", "second"),
        filters=all_of(any_of(first=record_id, second=record_id), status="merged"), limit=200,
    )  # fmt: skip
    for row in page.rows:
        if row.get("first") and row.get("second"):
            system.act("crm.duplicate.reopen", row["id"], {})
