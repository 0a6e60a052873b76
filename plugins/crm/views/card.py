"""The customer card and the page of a contact: facts, what is still to do, people, deals, who of us works there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from weft.core.sdk import MoneySum, RecordPage, Row, Slot, Text, current_locale, in_script, translator
from weft.core.websdk import Values, View
from weft.plugins.crm import vocabulary as words
from weft.plugins.crm.queries.habits import DAYTIMES, Habit, colleagues_of, habits
from weft.plugins.crm.queries.readable import Readable
from weft.plugins.crm.queries.still_to_do import Point, open_deals, planned_steps, points
from weft.plugins.crm.services.warmth import reasons_of
from weft.plugins.crm.views import deal_rivals

_ = translator("crm")

__all__ = ["RECORD_PAGES", "SLOTS"]

_MOST_PEOPLE, _MOST_POINTS, _MOST_DEALS = 5, 8, 5
_WORK: Mapping[str, Text] = {
    "owner": _("Owner"),
    "deal": _("Deal", "who of us works there"),
    "contact": _("Contacts", "who of us works there"),
}
_STEPS: Mapping[str, Text] = {
    "log": _("Log contact"),
    "plan": _("Plan"),
    "edit": _("Fill in"),
    "contact": _("Add a person"),
    "open": _("Open", "verb"),
}


def card(view: View, row: Row) -> dict[str, Any]:
    """What the card shows beside what every record page has."""
    values, number = Values(view.runtime.registry, view.portal_key), row["id"]
    if not view.principal.internal:
        return {}
    steps = planned_steps(view.records, number)
    deals, total, count = open_deals(view.records, number)
    people = _people_of(view, number)
    todo = points(view.records, row, steps, deals, people)
    since = {"won": row["customer_since"]} if row.get("customer_since") else {}
    if deal_rivals.is_rival(row):
        owner = [fact for fact in _facts(view, row, values, steps) if fact["label"] == str(_("Owner"))]
        return {
            "head": {"sub": _subtitle(view, row, values)},
            "facts": [*deal_rivals.facts(view, row), *owner],
            "side": _people_side(view, number, people, values),
            "todo": deal_rivals.profile(view, row), "deals": deal_rivals.met(view, row),
        }  # fmt: skip
    found: dict[str, Any] = {
        "head": {"sub": _subtitle(view, row, values)},
        "since": since,
        "facts": [*_facts(view, row, values, steps), *_amount(view, row, values, total, count)],
        "side": _people_side(view, number, people, values, bool(row.get("frozen"))),
    }
    if view.may("crm.activity", "read"):
        found["todo"] = _todo(view, row, todo)
    if view.may("crm.opportunity", "read"):
        found["deals"] = _deals(view, row, deals, count, values)
    return found


# ---- head


def _subtitle(view: View, row: Row, values: Values) -> str:
    parts = []
    if row.get("value_class"):
        parts.append(str(_("Class %(value)s") % {"value": row["value_class"]}))
    address = row.get("address") or {}
    place = ", ".join(part for part in (address.get("city"), address.get("country")) if part)
    return " · ".join([*parts, *([place] if place else [])])


def _facts(view: View, row: Row, values: Values, steps: Sequence[Row]) -> list[dict[str, Any]]:
    """Next step with its day and who does it, owner, last contact; what may not be read is left out."""
    found: list[dict[str, Any]] = []
    formats = view.formats
    if "next_step" in row:
        found.append(_next_step(view, row, steps))
    if "owner" in row:
        owner = values.person(row["owner"]) if row.get("owner") else None
        found.append({"label": str(_("Owner")), "kind": "person", "v": owner, "none": str(_("nobody"))})
    if "last_contact_at" in row:
        last = row.get("last_contact_at")
        found.append(
            {
                "label": str(_("Last contact")), "v": formats.reldate(last) if last else None,
                "none": str(_("never")), "none_tone": "late",
            }
        )  # fmt: skip
    return found


def _next_step(view: View, row: Row, steps: Sequence[Row]) -> dict[str, Any]:
    fact = {
        "label": str(_("Next step")), "v": row.get("next_step"), "wide": True, "none": str(_("none planned")),
        "none_tone": "late" if _is_customer(row) else None,
    }  # fmt: skip
    day = row.get("next_on")
    if day is None:
        return fact
    first = steps[0] if steps else None
    who = values_name(first["owner"]) if first is not None and first.get("owner") else ""
    text = " · ".join(part for part in ("", view.formats.appointment(day), who) if part)
    return fact | {"after": f"· {text}", "after_tone": "late" if day < view.today else None}


def values_name(person: Any) -> str:
    """Name of a colleague in the viewer's script."""
    return in_script(person.name, person.alt, current_locale())[0]


def _amount(view: View, row: Row, values: Values, total: Any, count: int) -> list[dict[str, Any]]:
    """Open deals in company currency; one sum per currency where rates are missing."""
    if not isinstance(total, MoneySum):
        return []
    fact: dict[str, Any] = {"label": str(_("Open deals")), "align": "right", "none": str(_("none"))}
    if not count or not total.amounts:
        return [fact | {"v": None}]
    one = values.money_sum(total)
    if one is not None:
        return [fact | {"kind": "money", "v": one}]
    return [fact | {"v": " + ".join(view.formats.money(money) for money in total.amounts)}]


# ---- what is still to do


def _is_customer(row: Row) -> bool:
    return "customer" in (row.get("role") or ())


def _todo(view: View, row: Row, found: Sequence[Point]) -> dict[str, Any]:
    rows = [_point(view, row["id"], point) for point in found[:_MOST_POINTS]]
    planned = (
        _("The next step is planned and nothing is missing.") if row.get("next_step") else _("Nothing is missing.")
    )
    empty = {"title": str(_("Nothing is open")), "text": str(planned)}
    return {"title": str(_("Still to do")), "count": len(found), "rows": rows, "rows_two": True, "empty": empty}


def _point(view: View, number: int, point: Point) -> dict[str, Any]:
    reason = str(point.reason)
    if point.day is not None:
        reason = str(point.reason % {"when": view.formats.reldate(point.day)})
    icon = {"late": "alert-triangle", "soon": "point", "now": "clock"}.get(point.tone, "point")
    row: dict[str, Any] = {"title": str(point.text), "sub": reason, "icon": icon}
    step = _step(view, number, point)
    return row | ({"action": step} if step else {})


#: What one must be allowed to do before a step is offered: entity and operation.
_ALLOWED = {
    "edit": ("crm.account", "update"), "contact": ("crm.contact", "create"),
    "log": ("crm.account", "crm.account.log_contact"), "plan": ("crm.account", "crm.account.log_contact"),
}  # fmt: skip


def _step(view: View, number: int, point: Point) -> dict[str, Any] | None:
    """What settles a point, as a button; None for those who may not do it."""
    entity, operation = _ALLOWED.get(point.step, ("", ""))
    if entity and not view.may(entity, operation, number if entity == "crm.account" else None):
        return None
    button: dict[str, Any] = {"label": str(_STEPS[point.step]), "button": True}
    match point.step:
        case "open" if point.record is not None:
            return button | {"url": view.url(*point.record)}
        case "edit":
            return button | {"url": view.url("crm.account", number, "edit")}
        case "contact":
            return button | {"url": view.url("crm.contact", "new", account=number)}
    return button | {"url": view.url("crm.account", number, "act", "log_contact"), "opens": "dialog"}


# ---- deals and people


def _deals(view: View, account: Row, deals: Sequence[Row], count: int, values: Values) -> dict[str, Any]:
    number, fields = account["id"], view.entity("crm.opportunity").fields
    late = reasons_of(view.records, deals)
    rows = []
    for deal in deals[:_MOST_DEALS]:
        stage = values.value(fields["stage"], deal.get("stage"))
        closes = view.formats.date(deal["expected_close"]) if deal.get("expected_close") else ""
        sub = " · ".join(part for part in ((stage or {}).get("title", ""), closes) if part)
        row: dict[str, Any] = {"title": deal.title, "url": view.url("crm.opportunity", deal["id"]), "sub": sub}
        if deal.get("amount") is not None:
            row |= {"kind": "money", "v": values.value(fields["amount"], deal["amount"])}
        if late.get(deal["id"]):
            first = late[deal["id"]][0]
            row["mark"] = {"label": str(first.short), "tone": first.tone, "icon": "alert-triangle"}
        rows.append(row)
    address = view.url("crm.opportunity", account=number, outcome="open")
    buys = {"customer", "distributor", "agent", "partner"} & set(account.get("role") or ())
    may_add = bool(buys) and view.may("crm.opportunity", "create")
    new = {"label": str(_("New opportunity")), "url": view.url("crm.opportunity", "new", account=number)}
    panel: dict[str, Any] = {
        "title": str(_("Open deals")), "count": count, "url": address, "rows": rows, "rows_two": True,
        "empty": {"title": str(_("No open deal")), **({"action": new} if may_add else {})},
    }  # fmt: skip
    return panel | ({"more": {"label": str(_("All of them")), "url": address}} if count > len(rows) else {})


def _people_of(view: View, number: int) -> Sequence[Row]:
    """Contacts by the account of their record and by further employments, those with a say first."""
    fields = (
        "title", "name_alt", "position", "influence", "preferred_channel", "preferred_time", "preferred_language",
        "email", "phone", "mobile",
    )  # fmt: skip
    found: dict[int, Row] = {}
    contacts = Readable(view.records, "crm.contact")
    for where in ({"account": number}, {"linked": f"crm.works_for:{number}"}):
        found.update({row["id"]: row for row in contacts.rows(fields, where, sort="name", limit=50)})
    order = {value: place for place, value in enumerate(words.INFLUENCE.labels)}
    return sorted(found.values(), key=lambda row: order.get(row.get("influence") or "", len(order)))


def _people_side(
    view: View, number: int, people: Sequence[Row], values: Values, frozen: bool = False
) -> dict[str, Any]:
    """The first people with how they are best reached; a link to their list where there are more."""
    asleep = {"frozen": "true"} if frozen else {}
    shown = people[:_MOST_PEOPLE]
    learned = habits(view.records, [row["id"] for row in shown])
    rows = [_person(view, row, values, learned.get(row["id"])) for row in shown]
    side: dict[str, Any] = {"people": rows, "people_count": len(people) or None}
    if len(people) > len(shown):
        side["people_more"] = {"label": str(_("All of them")), "url": view.url("crm.contact", account=number, **asleep)}
    return side


def _person(view: View, row: Row, values: Values, habit: Habit | None) -> dict[str, Any]:
    cell = values.name_cell(row, view.entity("crm.contact"))
    role = [row.get("position") or "", _label(words.INFLUENCE, row.get("influence")).lower()]
    sub = " · ".join(part for part in [*role, preference(row, habit)] if part)
    return {"title": cell["title"], "url": cell["url"], "face": cell.get("face"), "sub": sub}


def _label(choices: Any, value: Any) -> str:
    return str(choices.labels.get(value, "")) if value else ""


def preference(row: Row, habit: Habit | None) -> str:
    """How somebody is best reached: what they asked for, else what was learned from contacts."""
    channel = row.get("preferred_channel") or (habit.channel if habit else "")
    time = row.get("preferred_time") or (str(DAYTIMES[habit.daytime]) if habit and habit.daytime else "")
    said = _label(words.CHANNEL, channel)
    return ", ".join(part for part in (said, time) if part)


# ---- side column


def our_people(view: View, row: Row) -> dict[str, Any] | None:
    """Who of us works on the account."""
    if not view.principal.internal:
        return None
    values, found = Values(view.runtime.registry, view.portal_key), []
    for person, work in colleagues_of(view.records, row["id"], row.get("owner")):
        shown = values.person(person)
        sub = " · ".join(str(_WORK[word]) for word in work)
        found.append({"title": shown["title"], "face": shown["face"], "sub": sub})
    return {"people": found} if found else None


def reached(view: View, row: Row) -> dict[str, Any] | None:
    """What was learned about how a person answers."""
    habit = habits(view.records, [row["id"]]).get(row["id"])
    if habit is None or not (habit.channel or habit.daytime):
        return None
    rows = []
    if habit.channel:
        rows.append({"label": str(_("Channel")), "kind": "text", "v": _label(words.CHANNEL, habit.channel)})
    if habit.daytime:
        rows.append({"label": str(_("Time")), "kind": "text", "v": str(DAYTIMES[habit.daytime])})
    text = str(_("Learned from %(n)s contacts.") % {"n": habit.contacts})
    return {"details": {"rows": rows}, "text": text}


def contact_page(view: View, row: Row) -> dict[str, Any]:
    """A contact's head: position and employer in the line below the name."""
    values, employer = Values(view.runtime.registry, view.portal_key), row.get("account")
    parts = [row.get("position") or "", values.reference(employer)["title"] if employer is not None else ""]
    influence = _label(words.INFLUENCE, row.get("influence"))
    head: dict[str, Any] = {"sub": " · ".join(part for part in parts if part)}
    return {"head": head | ({"chips": [influence]} if influence else {})}


RECORD_PAGES = [
    RecordPage(
        "crm.account",
        template="crm/account.html",
        context=card,
        facts=("next_step+next_on", "owner", "last_contact_at", "awaits_contact", "silence"),
        sections=[
            (_("Name"), ("name", "name_alt", "role", "life", "value_class", "parent", "tax_id")),
            (_("Reach"), ("phone", "email", "website", "address")),
            (
                _("Details"),
                ("industry", "territory", "source", "partner", "price_list", "payment_days", "customer_since", "note"),
            ),
        ],
        makes=("crm.opportunity.account",),
        not_added=(
            "crm.account.parent",
            "crm.customer_request.account",
            "crm.opportunity.competitor",
            "crm.registration.account",
        ),
        links=(
            "crm.has_opportunity",
            "projects.has_project",
            "service.has_request",
            "documents.has_contract",
            "crm.has_contact",
            "crm.has_activity",
            "crm.employs",
        ),
    ),
    RecordPage(
        "crm.contact",
        context=contact_page,
        facts=("account", "position", "email", "mobile", "owner"),
        sections=[
            (_("Name"), ("name", "name_alt", "account", "position", "influence")),
            (_("Reach"), ("email", "mobile", "phone", "wechat")),
            (_("Preferences"), ("preferred_channel", "preferred_language", "preferred_time", "consent", "consent_on")),
            (_("Details"), ("note",)),
        ],
        links=("crm.works_for", "crm.contact_of_deal", "crm.attends"),
    ),
]

#: Role of an account -> audience whose portal suits it.
_AUDIENCES = {"customer": "customer", "supplier": "supplier", "distributor": "distributor", "agent": "distributor"}


def _portals(view: View, row: Row) -> dict[str, Any]:
    """Which portals people of an account may be invited into, by its roles."""
    roles = row.get("role") or []
    return {"audiences": list(dict.fromkeys(_AUDIENCES[role] for role in roles if role in _AUDIENCES))}


SLOTS = [
    Slot("portal.invite", "", _portals, entity="crm.account", key="crm.portals"),
    Slot("record.side", "crm/our_people.html", our_people, "crm.account", _("Our people"), key="crm.our_people"),
    Slot("record.side", "crm/reached.html", reached, "crm.contact", _("Best reached"), key="crm.reached"),
]
