"""Handing over what a colleague has, because they leave or move: everything is shown first, then done in one go.

What goes to whom is a plan: account -> colleague or pool. Nothing may be left out, and nothing changes hands but
through :mod:`weft.plugins.crm.services.ownership`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from weft.core.sdk import Records, Row, ValidationFailed, among, directory, every, followers, in_script, translator
from weft.plugins.crm.services import ownership
from weft.plugins.crm.services.allocation import sellers

_ = translator("crm")

__all__ = ["Besides", "Holding", "Share", "apply", "besides", "held_by_the_gone", "holding", "names_of", "summary"]

_PART = 200
#: Most accounts of one person in one hand-over.
MOST = 5_000


@dataclass(frozen=True, slots=True)
class Holding:
    """One account of the person, with what goes along."""

    row: Row
    deals: int
    steps: int


@dataclass(frozen=True, slots=True)
class Share:
    """What one receiver gets: ``to`` is ``person:<id>`` or ``pool:<id>``."""

    to: str
    name: str
    accounts: int
    deals: int
    steps: int


@dataclass(frozen=True, slots=True)
class Besides:
    """What one receiver gets beside the customers; ``to`` is ``person:<id>``, or empty for what waits unassigned."""

    to: str
    name: str
    deals: int
    steps: int
    people: int
    leads: int


def holding(records: Records, person: int) -> list[Holding]:
    """All accounts a person has, by name, with numbers of their open deals and planned steps of this person.

    Args:
        records: any unit of who hands over; what they may not read is no part of it.
        person: the colleague, also one who left.

    Raises:
        ValidationFailed: there are more than 5,000.
    """
    rows: list[Row] = []
    cursor: str | None = None
    fields = ("name", "name_alt", "role", "life", "value_class", "territory", "last_contact_at")
    while True:
        page = records.query(
            "crm.account", fields=fields, filters={"owner": person}, sort="name", limit=_PART, cursor=cursor
        )
        rows += page.rows
        cursor = page.next
        if len(rows) > MOST:
            message = _("One hand-over takes at most %(n)s accounts. Use the bulk action of the list.") % {"n": MOST}
            raise ValidationFailed.single("from", "too_many", message)
        if cursor is None:
            break
    deals = _counted(records, "crm.opportunity", {"outcome": "open", "owner": person})
    steps = _counted(records, "crm.activity", {"status": "planned", "owner": person})
    return [Holding(row, deals.get(row["id"], 0), steps.get(row["id"], 0)) for row in rows]


def _counted(records: Records, entity: str, filters: Mapping[str, object]) -> dict[int, int]:
    lines = records.aggregate(entity, group=("account",), filters=filters, limit=1000)
    return {line["account"].id: line["count"] for line in lines if line["account"] is not None}


def summary(records: Records, held: Sequence[Holding], plan: Mapping[int, str]) -> list[Share]:
    """Who gets how much by a plan; an empty ``to`` stands for what is still with the person."""
    groups: dict[str, list[Holding]] = defaultdict(list)
    for one in held:
        groups[plan.get(one.row["id"], "")].append(one)
    names = names_of(records, groups)
    return [
        Share(to, names.get(to, ""), len(some), sum(one.deals for one in some), sum(one.steps for one in some))
        for to, some in sorted(groups.items(), key=lambda pair: (not pair[0], -len(pair[1]), pair[0]))
    ]


def names_of(records: Records, targets: Mapping[str, object] | Sequence[str]) -> dict[str, str]:
    """Names of receivers in the viewer's script."""
    wanted = [(to, *to.partition(":")[::2]) for to in targets if to.partition(":")[2].isdigit()]
    people = directory.persons(records, [int(number) for _to, kind, number in wanted if kind == "person"])
    pools = records.titles([int(number) for _to, kind, number in wanted if kind == "pool"])
    found: dict[str, str] = {}
    for to, kind, number in wanted:
        if kind == "person" and int(number) in people:
            found[to] = people[int(number)].shown()[0]
        elif kind == "pool" and int(number) in pools:
            found[to] = in_script(pools[int(number)].title, pools[int(number)].alt)[0]
    return found


def apply(records: Records, person: int, plan: Mapping[int, str]) -> int:
    """Hand everything over as planned, in this unit of work; returns how many accounts changed hands.

    What the person has at customers of others goes to their owners, the rest to who gets most customers.

    Args:
        records: unit of who decided; that they may give these accounts away was decided before.
        person: who has them now.
        plan: account -> ``person:<id>`` or ``pool:<id>``.

    Raises:
        ValidationFailed: an account of the person is left out or is not theirs any more, or a receiver is none.
    """
    held = {one.row["id"] for one in holding(records, person)}
    if held != set(plan) or not all(plan.values()):
        message = _("Since you opened this page something changed: look through it again. Nothing was handed over.")
        raise ValidationFailed.single("plan", "changed", message)
    if f"person:{person}" in plan.values():
        raise ValidationFailed.single("plan", "same", _("Choose somebody else."))
    if not set(plan.values()) <= _receivers(records):
        raise ValidationFailed.single("plan", "receiver", _("Choose who gets it."))
    groups: dict[str, list[int]] = defaultdict(list)
    for account, to in plan.items():
        groups[to].append(account)
    former = directory.persons(records, [person])[person]
    name = former.shown()[0]
    for to, accounts in sorted(groups.items()):
        kind, _colon, number = to.partition(":")
        if kind == "person":
            ownership.hand_to(records, accounts, int(number), handed_from=name)
            followers.hand_on(records, accounts, person, int(number))
        else:
            reason = str(_("Handed over from %(name)s") % {"name": name})
            ownership.to_pool(records, accounts, int(number), kind="released", reason=reason)
    _rest(records, person, plan)
    return len(plan)


def _receivers(records: Records) -> set[str]:
    """Everybody and every pool that customers may go to."""
    pools = records.system("crm: hand-over").query("crm.pool", fields=(), filters={"active": "true"}, limit=200).rows
    return {f"person:{user}" for user in sellers(records)} | {f"pool:{row['id']}" for row in pools}


# ---- what they have beside their customers


def besides(records: Records, person: int, plan: Mapping[int, str]) -> list[Besides]:
    """Who gets by a plan what a person has at customers of others or at none: nothing open stays with the person.

    Args:
        records: any unit of who hands over.
        person: the colleague.
        plan: what is planned so far; who gets most customers by it gets what has no owner to go to.
    """
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    rest = _most(plan)
    for entity, found in _loose(records, person).items():
        for owner in found.values():
            counted[f"person:{owner or rest}" if owner or rest else ""][entity] += 1
    names = names_of(records, counted)
    rows = [Besides(to, names.get(to, ""), *(numbers[entity] for entity in _LOOSE)) for to, numbers in counted.items()]
    return sorted(rows, key=lambda one: (not one.to, one.name))


_LOOSE = ("crm.opportunity", "crm.activity", "crm.contact", "crm.lead")


def _loose(records: Records, person: int) -> dict[str, dict[int, int | None]]:
    """Open work and people of the person that go along with no customer of theirs: record -> who has its customer.

    None stands for no customer, one that nobody has, and one of somebody who left.
    """
    system = records.system("crm: hand-over")
    rows = {
        entity: list(every(system, entity, ("account",), {**ownership.ALONG[entity], "owner": person}))
        for entity in _LOOSE
    }
    accounts = {row["account"].id for some in rows.values() for row in some if row.get("account")}
    owners = {
        row.id: row["owner"].id for row in among(system, "crm.account", ("owner",), "id", accounts) if row.get("owner")
    }
    here = {number for number, one in directory.persons(system, owners.values()).items() if one.active}
    found: dict[str, dict[int, int | None]] = {}
    for entity, some in rows.items():
        served = {row.id: owners.get(row["account"].id) if row.get("account") else None for row in some}
        found[entity] = {
            number: owner if owner in here else None for number, owner in served.items() if owner != person
        }
    return found


def _most(plan: Mapping[int, str]) -> int | None:
    """The colleague who gets most customers; None when all go to pools."""
    counted = Counter(to for to in plan.values() if to.startswith("person:"))
    return int(max((number, to) for to, number in counted.items())[1].partition(":")[2]) if counted else None


def _rest(records: Records, person: int, plan: Mapping[int, str]) -> None:
    """Give away what :func:`besides` named; what nobody gets waits unassigned."""
    system = records.system("crm: hand-over")
    rest = _most(plan)
    for entity, found in _loose(records, person).items():
        groups: dict[int | None, list[int]] = defaultdict(list)
        for number, owner in found.items():
            groups[owner or rest].append(number)
        for owner, ids in groups.items():
            for start in range(0, len(ids), _PART):
                some = ids[start : start + _PART]
                system.bulk(entity, "assign", some, {"owner": owner}, expected=len(some))


def held_by_the_gone(records: Records, *, limit: int = 50) -> list[tuple[int, int]]:
    """Former colleagues who still have customers, frozen ones too: (user, how many), most first."""
    filters = {"role": "customer", "owner__isnull": "false"}
    lines = records.aggregate("crm.account", group=("owner",), filters=filters, limit=1000)
    counts = {line["owner"].id: line["count"] for line in lines if line["owner"] is not None}
    people = directory.persons(records, counts)
    gone = [(user, number) for user, number in counts.items() if user in people and not people[user].active]
    return sorted(gone, key=lambda pair: -pair[1])[:limit]
