"""What the report pages share: whose figures, names of people and stages, cells of amounts, addresses of lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from weft.core.sdk import Money, NotFound, company_currency, current_locale, directory, in_script, translator
from weft.core.websdk import Cell, View, with_query
from weft.plugins.crm.grants import EXECUTIVE, FINANCE, HEAD, MANAGER, REP
from weft.plugins.crm.queries.reports import Amounts
from weft.plugins.crm.services.reports import Scope, Stage

__all__ = [
    "DEALS", "amounts_note", "chosen_scope", "count", "deals_url", "label_of", "money", "names_of_people",
    "names_of_units", "overall", "page_url", "require_overview", "rows_of",
]  # fmt: skip

_ = translator("crm")
DEALS = "crm.opportunity"
#: Who may look at the figures of others.
_OVERVIEW = frozenset({MANAGER, EXECUTIVE, FINANCE, HEAD})


def overall(view: View) -> bool:
    """True for people who choose whose figures they see; a salesperson sees the own ones."""
    return bool(view.principal.roles & _OVERVIEW)


def require_overview(view: View) -> None:
    """Let only those in who read all customers.

    Raises:
        NotFound: the viewer reads only some.
    """
    if not view.principal.roles & {MANAGER, EXECUTIVE}:
        raise NotFound(view.path)


def chosen_scope(view: View) -> tuple[Scope, list[dict[str, Any]]]:
    """Whose figures the address asks for, and the choices beside the period."""
    if not overall(view):
        return Scope(view.principal.user_id), []
    owner, team = view.args.get("owner", ""), view.args.get("team", "")
    people = {
        person.id: person
        for role in (REP, MANAGER)
        for person in directory.colleagues(view.records, role=role, limit=1000)
    }
    units = directory.all_units(view.records)
    unit = int(team) if team.isdigit() and int(team) in {one[0] for one in units} else None
    person = int(owner) if owner.isdigit() else None
    if person is not None and person not in people:
        people |= directory.persons(view.records, [person])
    everyone = [{"value": "", "label": str(_("Everybody"))}]
    every_team = [{"value": "", "label": str(_("All teams"))}]
    listed = sorted(
        ({"value": one.id, "label": in_script(one.name, one.name_alt, current_locale())[0]} for one in people.values()),
        key=lambda choice: str(choice["label"]),
    )
    names = [
        {"value": number, "label": "\N{EM SPACE}" * depth + in_script(name, alt, current_locale())[0]}
        for number, name, alt, depth in units
    ]
    choices = [
        {"name": "owner", "label": str(_("Person")), "value": person or "", "choices": everyone + listed},
        {"name": "team", "label": str(_("Team")), "value": unit or "", "choices": every_team + names},
    ]
    below = tuple(directory.units_below(view.records, unit)) if unit is not None else ()
    return Scope(person, below), choices


def page_url(view: View, name: str, **query: Any) -> str:
    """Address of a page of the CRM: ``page_url(view, "forecast")``."""
    return with_query(f"/{view.portal_key}/crm/{name}", query)


def deals_url(view: View, *filters: Mapping[str, Any]) -> str:
    """The list of deals with these filters, as a table."""
    joined: dict[str, Any] = {"layout": "table"}
    for one in filters:
        joined |= one
    return view.url(DEALS, **joined)


def rows_of(view: View, entity: str, *filters: Mapping[str, Any]) -> str:
    """The list of an entity with these filters."""
    joined: dict[str, Any] = {}
    for one in filters:
        joined |= one
    return view.url(entity, **joined)


def money(view: View, amount: Decimal | None, url: str = "", tone: str = "") -> Cell:
    """A cell of company currency; amounts are rounded here and nowhere before."""
    if amount is None:
        return Cell(None, "money")
    return Cell(Money(amount, company_currency(view.records)).rounded(), "money", url, tone)


def count(number: int, url: str = "") -> Cell:
    """A cell of a number; nothing to open behind a zero."""
    return Cell(number, "integer", url if number else "")


def amounts_note(view: View, found: Iterable[Amounts]) -> str:
    """``CNY, net, rate of 24 Nov``: in what the sums are, and what could not be converted."""
    sums = list(found)
    currency = company_currency(view.records)
    days = [one.rate_date for one in sums if one.rate_date is not None]
    missing = sorted({code for one in sums for code in one.missing})
    text = str(_("%(currency)s, net") % {"currency": currency})
    if days:
        text = str(
            _("%(currency)s, net, rate of %(day)s") % {"currency": currency, "day": view.formats.date(min(days))}
        )
    if missing:
        text += str(_("; without a rate and so not counted: %(currencies)s") % {"currencies": ", ".join(missing)})
    return text


def names_of_people(view: View, ids: Iterable[int | None]) -> dict[int | None, str]:
    """Names by id; nobody reads “Nobody”."""
    wanted = list(ids)
    found: dict[int | None, str] = {
        number: in_script(one.name, one.name_alt, current_locale())[0]
        for number, one in directory.persons(view.records, wanted).items()
    }
    return {number: found.get(number) or str(_("Nobody")) for number in wanted}


def names_of_units(view: View, ids: Sequence[int | None]) -> dict[int | None, str]:
    """Names of units by id."""
    names = directory.unit_names(view.records, [one for one in ids if one])
    return {one: in_script(*names[one], current_locale())[0] if one in names else str(_("No team")) for one in ids}


def label_of(stage: Stage) -> str:
    """The stage's label in the viewer's language."""
    return in_script(stage.label, stage.label_alt, current_locale())[0]
