"""Who has a customer already: looks up accounts, leads and registrations by what is being typed, and says it in words.

The look-up sees everything; what is told depends on the person: the record itself where they may read it, else only who
has it or for whom it is protected, and whom to ask.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from babel.dates import format_date

from weft.core.sdk import (
    FormAction,
    FormWarning,
    Records,
    Row,
    all_of,
    any_of,
    babel_locale,
    company_region,
    directory,
    in_script,
    translator,
)
from weft.plugins.crm.grants import MANAGER
from weft.plugins.crm.services import keys
from weft.plugins.crm.services.managers import managers_of

_ = translator("crm")

__all__ = [
    "ASK",
    "COMPARED", "Found", "Probe", "decider", "find", "probe", "protected", "refusal", "stored_probe",
    "warnings",
]  # fmt: skip

#: Endpoint that takes a request for a customer.
ASK = "crm.ask_for_customer"
_PROTECTED = ("registered", "joint")
_OPEN = ("new", "working")
#: Entities that are compared by name, and the fields that hold names.
NAMES: Mapping[str, tuple[str, ...]] = {
    "crm.account": ("name", "name_alt"), "crm.lead": ("name", "company"), "crm.registration": ("name",),
    "crm.contact": ("name", "name_alt"),
}  # fmt: skip
#: What the fields kept for comparing are made of.
COMPARED: Mapping[str, tuple[str, ...]] = {
    "crm.account": ("name", "name_alt", "website", "email", "phone"),
    "crm.contact": ("name", "mobile", "phone"),
    "crm.lead": ("name", "company", "website", "email", "phone"),
    "crm.registration": ("name", "website", "phone"),
}
_LEAST_LATIN, _LEAST_CHINESE = 4, 2
_PART = 150
#: Rows looked at for one part; a key that more have says nothing.
_MOST_FOUND = 2_000


@dataclass(frozen=True, slots=True)
class Probe:
    """What is known of the party somebody types, in comparable form; empty parts say nothing."""

    names: tuple[str, ...] = ()
    domain: str = ""
    phone: str = ""
    tax_id: str = ""
    email: str = ""

    def __bool__(self) -> bool:
        return bool(self.names or self.domain or self.phone or self.tax_id or self.email)


@dataclass(frozen=True, slots=True)
class Found:
    """A record that means the same party, and what agrees (``name``, ``phone``, ``domain``, ``tax_id``, ``email``)."""

    row: Row
    reasons: tuple[str, ...] = field(default=())


def probe(records: Records, entity: str, values: Mapping[str, Any]) -> Probe:
    """The comparable form of what was typed or is stored.

    Args:
        records: for the country in which telephone numbers are read.
        entity: entity key.
        values: by field name, in API values.
    """
    make = keys.person_key if entity == "crm.contact" else keys.company_key
    found = (make(_text(values.get(name))) for name in NAMES[entity])
    names = tuple(dict.fromkeys(key for key in found if _telling(key)))
    region = company_region(records)
    phones = (keys.phone_key(_text(values.get(name)), region) for name in ("mobile", "phone"))
    mail = _text(values.get("email"))
    domain = "" if entity == "crm.contact" else keys.domain_key(_text(values.get("website")), mail)
    return Probe(
        names, domain, next((one for one in phones if one), ""), keys.code_key(_text(values.get("tax_id"))),
        mail.strip().casefold(),
    )  # fmt: skip


def compared(records: Records, entity: str, values: Mapping[str, Any]) -> dict[str, str | None]:
    """The fields kept for comparing, from the values of :data:`COMPARED`; None where there is nothing to compare."""
    one = probe(records, entity, values)
    make = keys.person_key if entity == "crm.contact" else keys.company_key
    name = values.get("company") or values.get("name")
    found: dict[str, str | None] = {"match_name": make(name) or None, "match_phone": one.phone or None}
    if entity == "crm.account":
        found["match_alt"] = make(values.get("name_alt")) or None
    if entity != "crm.contact":
        found["match_domain"] = one.domain or None
    return found


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _telling(key: str) -> bool:
    return len(key) >= (_LEAST_CHINESE if key and not key.isascii() else _LEAST_LATIN)


# ---- looking up


def find(records: Records, entity: str, probes: Sequence[Probe], *, besides: int | None = None) -> list[list[Found]]:
    """Live records of an entity that mean the same party as each probe; few statements per 150 probes.

    Args:
        records: any unit; the look-up itself is the platform's.
        entity: ``crm.account``, ``crm.contact``, ``crm.lead`` or ``crm.registration``.
        probes: what is looked for.
        besides: a record that does not count (the one being changed).
    """
    system = records.system("crm: collision")
    found: list[list[Found]] = []
    for start in range(0, len(probes), _PART):
        part = probes[start : start + _PART]
        rows = _rows(system, entity, part, besides)
        index: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in rows:
            for mark in _marks(stored_probe(entity, row)):
                index[mark].append(row)
        found += [_hits(index, one) for one in part]
    return found


_FIELDS: Mapping[str, tuple[str, ...]] = {
    "crm.account": ("name", "name_alt", "owner", "pool", "parent", "tax_id", "match_name", "match_alt", "match_domain",
                    "match_phone"),
    "crm.contact": ("name", "name_alt", "owner", "account", "email", "match_name", "match_phone"),
    "crm.lead": ("name", "company", "owner", "account", "status", "email", "match_name", "match_domain", "match_phone"),
    "crm.registration": ("name", "partner", "account", "status", "protected_until", "match_name", "match_domain",
                         "match_phone"),
}  # fmt: skip


def stored_probe(entity: str, row: Mapping[str, Any]) -> Probe:
    """The comparable form of a stored row, from the fields kept for comparing."""
    names = tuple(key for key in (row.get("match_name"), row.get("match_alt")) if key)
    return Probe(
        names, row.get("match_domain") or "", row.get("match_phone") or "", keys.code_key(row.get("tax_id")),
        str(row.get("email") or "").casefold() if entity in ("crm.contact", "crm.lead") else "",
    )  # fmt: skip


def _marks(one: Probe) -> list[tuple[str, str]]:
    marks = [("name", name) for name in one.names]
    marks += [(word, value) for word, value in (("domain", one.domain), ("phone", one.phone), ("tax_id", one.tax_id),
                                                ("email", one.email)) if value]  # fmt: skip
    return marks


def _hits(index: Mapping[tuple[str, str], list[Row]], one: Probe) -> list[Found]:
    because: dict[int, list[str]] = defaultdict(list)
    rows: dict[int, Row] = {}
    for mark in _marks(one):
        for row in index.get(mark, ()):
            rows[row["id"]] = row
            if mark[0] not in because[row["id"]]:
                because[row["id"]].append(mark[0])
    ordered = sorted(because, key=lambda number: (-len(because[number]), number))
    return [Found(rows[number], tuple(because[number])) for number in ordered]


def _rows(system: Records, entity: str, probes: Sequence[Probe], besides: int | None) -> list[Row]:
    fields = _FIELDS[entity]
    wanted: dict[str, set[str]] = defaultdict(set)
    for one in probes:
        for name in ("match_name", "match_alt"):
            if name in fields:
                wanted[name].update(one.names)
        for name, value in (("match_domain", one.domain), ("match_phone", one.phone), ("email", one.email)):
            if name in fields and value:
                wanted[name].add(value)
        if one.tax_id and "tax_id" in fields:
            wanted["tax_id"].add(one.tax_id)
    terms = {f"{name}__in": sorted(values) for name, values in wanted.items() if values}
    if not terms:
        return []
    conditions: list[Any] = [any_of(**terms)]
    if entity == "crm.account":  # the frozen ones count as well
        conditions.append(any_of(all_of(frozen=True), all_of(frozen=False)))
    found: list[Row] = []
    cursor: str | None = None
    while True:
        page = system.query(entity, fields=fields, filters=all_of(*conditions), limit=200, cursor=cursor)
        found += [row for row in page.rows if row["id"] != besides]
        cursor = page.next
        if cursor is None or len(found) >= _MOST_FOUND:
            return found


def protected(rows: Iterable[Row], today: date) -> list[Row]:
    """Registrations that still protect their customer."""
    return [
        row for row in rows
        if row.get("status") in _PROTECTED and row.get("protected_until") and row["protected_until"] >= today
    ]  # fmt: skip


# ---- in words


def decider(records: Records) -> Any:
    """Whom a person asks for a customer: a manager of sales above them, else any, else who stands above them."""
    me = records.principal.user_id
    if me is None:
        return None
    chosen = next(iter(managers_of(records, [me])[me] or directory.heads_above(records, me)), None)
    return directory.persons(records, [chosen]).get(chosen) if chosen is not None else None


def warnings(
    records: Records, entity: str, rows: Sequence[Mapping[str, Any]], besides: int | None
) -> list[list[FormWarning]]:
    """What to tell about each row somebody types or imports.

    Args:
        records: of the person.
        entity: ``crm.account``, ``crm.contact`` or ``crm.lead``.
        rows: values by field name.
        besides: the record being changed, None for a new one.
    """
    probes = [probe(records, entity, row) for row in rows]
    none: list[list[Found]] = [[] for _row in rows]
    if not any(probes):
        return [[] for _row in rows]
    parties = entity in ("crm.account", "crm.lead", "crm.registration")
    same = find(records, entity, probes, besides=besides)
    accounts = same if entity == "crm.account" else find(records, "crm.account", probes) if parties else none
    others = same if entity not in ("crm.account", "crm.registration") else none
    if entity == "crm.account":
        others = [_apart(some, besides) for some in find(records, "crm.lead", probes, besides=besides)]
    itself = besides if entity == "crm.registration" else None
    shielding = find(records, "crm.registration", probes, besides=itself) if parties else none
    said = _Said(records, entity, [one.row["id"] for some in (*accounts, *others) for one in some])
    return [
        said.about(row, shields, some, rest, besides)
        for row, shields, some, rest in zip(rows, shielding, accounts, others, strict=True)
    ]


def _apart(leads: Sequence[Found], account: int | None) -> list[Found]:
    """Those of some leads that are open and do not belong to the account itself."""
    return [
        one for one in leads
        if one.row["status"] in _OPEN and not (account and one.row.get("account") and one.row["account"].id == account)
    ]  # fmt: skip


def refusal(records: Records, registration: Row) -> Any:
    """Why a person cannot take a protected customer, and whom to ask."""
    return _Said(records, "crm.account", []).sentence(registration)


class _Said:
    """Words for one person; what they may read and whom they ask is looked up once."""

    def __init__(self, records: Records, entity: str, ids: Sequence[int]) -> None:
        self.records = records
        self.entity = entity
        self.titles = records.titles(ids)
        self.today = records.now.astimezone(records.zone).date()
        self.manager = MANAGER in records.principal.roles
        self._decider: Any = None

    def about(
        self, row: Mapping[str, Any], shields: Sequence[Found], accounts: Sequence[Found], others: Sequence[Found],
        besides: int | None,
    ) -> list[FormWarning]:  # fmt: skip
        typed = {name: row[name] for name in (*NAMES[self.entity], "phone", "website", "email", "tax_id")
                 if isinstance(row.get(name), str) and row[name]}  # fmt: skip
        live = protected([one.row for one in shields], self.today)
        told = [self._shielded(one, typed) for one in live if not _own(one, besides)]
        covered = {one["account"].id for one in live if one.get("account")}
        for one in (*accounts, *others):
            ref = self.titles.get(one.row["id"])
            if ref is not None and not ref.restricted:
                told.append(self._known(one))
            elif one.row["id"] not in covered and not told and self.entity != "crm.contact":
                told.append(self._hidden(one, typed))
        return told[:3]

    def _ask(self, typed: Mapping[str, str]) -> FormAction | None:
        inside = self.records.principal.audience == "employee"
        return FormAction(_("Ask for it"), ASK, {**typed, "_entity": self.entity}) if inside else None

    def _whom(self) -> str:
        if self._decider is None:
            self._decider = decider(self.records) or False
        return in_script(self._decider.name, self._decider.name_alt)[0] if self._decider else str(_("your manager"))

    def _shielded(self, row: Row, typed: Mapping[str, str]) -> FormWarning:
        text = self.sentence(row)
        if self.manager:
            return FormWarning(text, "crm.registration", row["id"])
        return FormWarning(text, tone="stop", action=self._ask(typed), blocks=True)

    def sentence(self, row: Row) -> Any:
        """For whom a customer is protected and, unless the person decides that, whom to ask."""
        partner = row["partner"]
        what = {"partner": in_script(partner.title, partner.alt)[0], "until": day(row["protected_until"])}
        if self.manager:
            return _("Registered by %(partner)s, protected until %(until)s.") % what
        text = _("Registered by %(partner)s, protected until %(until)s; ask %(manager)s")
        return text % {**what, "manager": self._whom()}

    def _known(self, one: Found) -> FormWarning:
        owner = one.row.get("owner")
        if owner is None:
            text = _("Already here (%(reasons)s), belongs to nobody:")
            return FormWarning(text % {"reasons": reasons(one)}, one.row["type"], one.row["id"])
        text = _("Already here (%(reasons)s), owner %(owner)s:")
        what = {"reasons": reasons(one), "owner": in_script(owner.name, owner.alt)[0]}
        return FormWarning(text % what, one.row["type"], one.row["id"])

    def _hidden(self, one: Found, typed: Mapping[str, str]) -> FormWarning:
        owner = one.row.get("owner")
        what = {"manager": self._whom(), "owner": in_script(owner.name, owner.alt)[0] if owner else ""}
        if owner is None:
            text = _("This customer is here already and belongs to nobody; ask %(manager)s") % what
        else:
            text = _("This customer is with %(owner)s; ask %(manager)s") % what
        # What is asked for is a customer; of a lead its owner is named, no more.
        return FormWarning(text, action=self._ask(typed) if one.row["type"] == "crm.account" else None)


def _own(registration: Row, besides: int | None) -> bool:
    """The account that the registration itself became."""
    return besides is not None and registration.get("account") is not None and registration["account"].id == besides


def reasons(one: Found) -> str:
    """What agrees, in words."""
    from weft.plugins.crm.vocabulary import MATCH_REASON

    return str(_(", ")).join(str(MATCH_REASON.labels[word]) for word in one.reasons)


def day(value: date) -> str:
    """A day as a sentence of the present language writes it."""
    return str(format_date(value, "long", locale=babel_locale()))
