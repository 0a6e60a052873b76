"""Who gets what: leads and customers given to people, units and partners, by hand or by the company's rules.

Reading (who could take how much more) and deciding are apart from giving, so that everything can be shown before it is
done. Customers change hands through :mod:`weft.plugins.crm.services.ownership` only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from weft.core.sdk import Records, Row, ValidationFailed, directory, notify, register_notice, translator
from weft.plugins.crm.grants import MANAGER, REP
from weft.plugins.crm.services import channel_leads, ownership
from weft.plugins.crm.services.loads import loads

_ = translator("crm")

__all__ = ["ENTITIES", "Decision", "Target", "by_rules", "give", "sellers", "wait_unassigned"]

#: What can be allocated -> the word of a rule's ``applies``.
ENTITIES: Mapping[str, str] = {"crm.lead": "lead", "crm.account": "account"}

_NEW = _("New leads were assigned to you")
register_notice("crm.lead_given", _("%(who)s gave you the lead %(record)s"), headline=_NEW)
register_notice("crm.leads_given", _("%(who)s gave you %(count)s leads"), headline=_NEW)
register_notice("crm.lead_to_partner", _("%(who)s gave the lead %(record)s to a partner of yours"))
register_notice("crm.lead_waiting", _("The lead %(record)s came in and waits for somebody"))

_MATCHED = ("territory", "source", "industry")
_RULE = (
    "name", "position", *_MATCHED, "family", "method", "person", "people_of", "partner", "answer_days", "last_person",
)  # fmt: skip
_PART = 200


@dataclass(frozen=True, slots=True)
class Target:
    """Who gets something: exactly one of a user, a unit and a partner's account.

    Attributes:
        answer_days: a partner answers within so many days; None for the company's usual time.
    """

    person: int | None = None
    unit: int | None = None
    partner: int | None = None
    answer_days: int | None = None

    @classmethod
    def read(cls, text: str) -> Target:
        """Of the form ``person:12``, ``unit:3`` or ``partner:2041``.

        Raises:
            ValidationFailed: it is none of these.
        """
        kind, _colon, number = text.partition(":")
        if kind not in ("person", "unit", "partner") or not number.isdigit():
            raise ValidationFailed.single("to", "required", _("Choose who gets it."))
        return cls(**{kind: int(number)})


@dataclass(frozen=True, slots=True)
class Decision:
    """What the rules say of one record; ``target`` is None when none of them fits."""

    record: int
    target: Target | None
    rule: int | None = None
    rule_name: str = ""


def sellers(records: Records, unit: int | None = None) -> list[int]:
    """Active people who can have customers, by name; of one unit and those below it when given."""
    people = directory.colleagues(records, role=REP, unit=unit) + directory.colleagues(records, role=MANAGER, unit=unit)
    return list(dict.fromkeys(one.id for one in people))


# ---- deciding


def by_rules(records: Records, entity: str, ids: Sequence[int], *, lock: bool = False) -> list[Decision]:
    """What the rules would do with each record, in the order of ``ids``; nothing is changed.

    Args:
        records: any unit of work; rules and loads are read by the platform.
        entity: ``crm.lead`` or ``crm.account``.
        ids: records, most 10,000.
        lock: hold the rules until the unit ends, so that two at once take turns (needs a writing unit).
    """
    system = records.system("crm: allocation rules")
    rules = _rules(system, ENTITIES[entity], lock)
    rows = _subjects(system, entity, ids)
    chooser = _Chooser(system)
    decisions: list[Decision] = []
    for number in ids:
        row = rows.get(number)
        rule = next((one for one in rules if row is not None and _fits(one, row)), None)
        target = chooser.choose(rule) if rule is not None else None
        decisions.append(
            Decision(number, target, rule["id"] if rule and target else None, rule["name"] if rule and target else "")
        )
    return decisions


def _rules(system: Records, applies: str, lock: bool) -> list[Row]:
    filters = {"applies": applies, "active": "true"}
    rows = list(system.query("crm.allocation_rule", fields=_RULE, filters=filters, sort="position", limit=200).rows)
    turns = [row for row in rows if row["method"] == "round_robin"]
    if not lock or not turns:
        return rows
    for row in turns:  # writing nothing new holds the row; what another unit wrote meanwhile is read afterwards
        system.update("crm.allocation_rule", row["id"], {"position": row["position"]}, version=None)
    return list(system.query("crm.allocation_rule", fields=_RULE, filters=filters, sort="position", limit=200).rows)


def _subjects(system: Records, entity: str, ids: Sequence[int]) -> dict[int, Row]:
    fields = [*_MATCHED, *(["product"] if entity == "crm.lead" else [])]
    include = ("product",) if entity == "crm.lead" else ()
    found: dict[int, Row] = {}
    for start in range(0, len(ids), _PART):
        some = {"id__in": list(ids[start : start + _PART])}
        page = system.query(entity, fields=fields, filters=some, include=include, limit=_PART)
        found |= {row["id"]: row for row in page.rows}
    return found


def _fits(rule: Row, row: Row) -> bool:
    """Each condition of a rule that is filled must hold; one without conditions takes all."""
    if any(rule.get(name) and _id(rule, name) != _id(row, name) for name in _MATCHED):
        return False
    if not rule.get("family"):
        return True
    product = row.get("product")
    return product is not None and product.row is not None and _id(product.row, "family") == _id(rule, "family")


class _Chooser:
    """Chooses by the method of a rule and remembers what it chose, so that a batch is spread like single ones."""

    def __init__(self, system: Records) -> None:
        self._system = system
        self._people: dict[int | None, list[int]] = {}
        self._last: dict[int, int] = {}
        self._held: dict[int, int] = {}

    def choose(self, rule: Row) -> Target | None:
        """The next one by this rule; None when the rule names nobody who is still there."""
        unit = _id(rule, "people_of")
        match rule["method"]:
            case "person":
                person = _id(rule, "person")
                return Target(person=person) if person in self._of(None) else None
            case "unit":
                return Target(unit=unit) if unit is not None else None
            case "partner":
                partner = _id(rule, "partner")
                return Target(partner=partner, answer_days=rule.get("answer_days")) if partner is not None else None
            case "load":
                return self._least(self._of(unit))
        return self._next(rule, self._of(unit))

    def _of(self, unit: int | None) -> list[int]:
        if unit not in self._people:
            self._people[unit] = sellers(self._system, unit)
        return self._people[unit]

    def _next(self, rule: Row, people: Sequence[int]) -> Target | None:
        if not people:
            return None
        order = sorted(people)
        last = self._last.get(rule["id"], _id(rule, "last_person") or 0)
        person = next((one for one in order if one > last), order[0])
        self._last[rule["id"]] = person
        return Target(person=person)

    def _least(self, people: Sequence[int]) -> Target | None:
        unknown = [one for one in people if one not in self._held]
        if unknown:
            found = loads(self._system, unknown)
            self._held |= {one: found[one].customers + found[one].leads for one in unknown}
        if not people:
            return None
        person = min(people, key=lambda one: (self._held[one], one))
        self._held[person] += 1
        return Target(person=person)


# ---- giving


def give(records: Records, entity: str, decisions: Iterable[Decision]) -> int:
    """Do what was decided, by hand or by rules, in this unit of work; returns how many records were given.

    Args:
        records: unit of who decided; leads need the right to assign, of customers the caller decided it.
        entity: ``crm.lead`` or ``crm.account``.
        decisions: those without a target are left alone.
    """
    groups: dict[Target, list[int]] = defaultdict(list)
    turns: dict[int, int] = {}
    for one in decisions:
        if one.target is None:
            continue
        groups[one.target].append(one.record)
        if one.rule is not None and one.target.person is not None:
            turns[one.rule] = one.target.person
    for target, ids in groups.items():
        (_give_leads if entity == "crm.lead" else _give_accounts)(records, ids, target)
    system = records.system("crm: whose turn it was")
    for rule, person in turns.items():
        system.update("crm.allocation_rule", rule, {"last_person": person}, version=None)
    return sum(len(ids) for ids in groups.values())


def _give_accounts(records: Records, ids: Sequence[int], target: Target) -> None:
    if target.person is not None:
        ownership.hand_to(records, ids, target.person)
    elif target.unit is not None:
        records.bulk("crm.account", "assign", list(ids), {"unit": target.unit}, expected=len(ids))
    else:
        partner = int(target.partner or 0)
        _require_partner(records.system("crm: give customers"), partner)
        records.bulk("crm.account", "update", list(ids), {"partner": partner}, expected=len(ids))
        channel_leads.customers_for_firm(records, partner, list(ids))


def _give_leads(records: Records, ids: Sequence[int], target: Target) -> None:
    number = len(ids)
    system = records.system("crm: give leads")
    if target.partner is not None:
        _require_partner(system, target.partner)
        days = target.answer_days or records.setting("crm.answer_days")
        values = {"partner": target.partner, "answer_by": records.now + timedelta(days=days)}
        records.bulk("crm.lead", "assign", list(ids), {"owner": None}, expected=number)
        records.bulk("crm.lead", "update", list(ids), values, expected=number)
        _tell_contact(system, records, ids, target.partner)
        channel_leads.new_for_firm(records, target.partner, list(ids))
        return
    records.bulk("crm.lead", "update", list(ids), {"partner": None, "answer_by": None}, expected=number)
    if target.unit is not None:
        records.bulk("crm.lead", "assign", list(ids), {"owner": None, "unit": target.unit}, expected=number)
        return
    records.bulk("crm.lead", "assign", list(ids), {"owner": target.person}, expected=number)
    if number == 1:
        notify(records, [target.person or 0], "crm.lead_given", ids[0], at_sign_in=True)
        return
    data = {"count": number, "entity": "crm.lead", "query": {"owner": "me", "awaits_contact": "true"}}
    notify(records, [target.person or 0], "crm.leads_given", None, data, at_sign_in=True)


def _require_partner(system: Records, account: int) -> None:
    filters = {"id": account, "role__in": ["distributor", "agent"]}
    if not system.query("crm.account", fields=(), filters=filters, limit=1).rows:
        raise ValidationFailed.single("to", "partner", _("Choose a distributor or an agent."))


def _tell_contact(system: Records, records: Records, ids: Sequence[int], partner: int) -> None:
    """The colleague who looks after the partner knows that it has something to answer."""
    owner = system.get("crm.account", partner, fields=("owner",)).get("owner")
    if owner is not None:
        for number in ids:
            notify(records, [owner.id], "crm.lead_to_partner", number)


def wait_unassigned(records: Records, lead: int, *, brought_by: int | None = None) -> None:
    """Tell the sales managers that a lead came in that no rule fits; who brought it knows."""
    managers = [one for one in directory.holders(records, MANAGER) if one != brought_by]
    notify(records, managers, "crm.lead_waiting", lead)


def _id(row: Mapping[str, Any], name: str) -> int | None:
    value = row.get(name)
    return value.id if value is not None else None
