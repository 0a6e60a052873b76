"""Reports about customers: how they are made up, their moves, what nobody looks after, and the load of each owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from weft.core.sdk import current_locale, in_script, translator
from weft.core.websdk import Cell, Report, Section, View, read_period, report_page
from weft.plugins.crm import vocabulary as words
from weft.plugins.crm.queries.reports import Amounts, percent, share
from weft.plugins.crm.services import coverage
from weft.plugins.crm.services import reports as figures
from weft.plugins.crm.services.reports import LIVES, Move, Scope
from weft.plugins.crm.views.report_parts import (
    amounts_note,
    chosen_scope,
    count,
    deals_url,
    money,
    names_of_people,
    page_url,
    require_overview,
    rows_of,
)

__all__ = ["customer_filters", "show_coverage", "show_load", "show_moves", "show_structure"]

_ = translator("crm")
_ACCOUNT = "crm.account"
_SHOWN = 500
_HOW_STRUCTURE = _(
    "Customers that are not frozen, by the step of their life, class, industry and territory, as of today; frozen ones"
    " stand apart because lists leave them out. Moves are those of the period, from the history; what was taken back"
    " does not count (R13)."
)
_HOW_MOVES = _("Moves of customers between the steps of their life in the period, from their history (R13).")
_HOW_COVERAGE = _(
    "Customers without owner lie in no pool and belong to nobody; without contact means that no person is known there;"
    " a territory without person has customers none of whom has an owner; leads without answer are new and nobody has"
    " spoken to them (R13)."
)
_HOW_LOAD = _(
    "Customers that are neither invalid nor frozen, open deals with their amount by today's rate, and open leads, by"
    " owner (R5). Customers in pools have no owner."
)


def customer_filters(**more: str) -> dict[str, str]:
    """Filters of the list of customers that are not frozen."""
    return {"role": "customer", "frozen": "false", **more}


# ---- structure


def show_structure(view: View) -> Any:
    """Customers by stage of life, class, industry and territory, and their moves."""
    period = read_period(view, default="quarter")
    scope, choices = chosen_scope(view)
    base = customer_filters(**scope.owned())
    lives = _counts(view, "life", base)
    frozen = {**base, "frozen": "true"}
    asleep = _number(view, frozen)
    total = sum(lives.values())
    labels = dict(words.LIFE.labels)
    rows = [_count_row(view, labels[code], lives.get(code, 0), total, {**base, "life": code}) for code in LIVES]
    if lives.get(None):
        rows.append(_count_row(view, _("Without"), lives[None], total, {**base, "life__isnull": "true"}))
    rows.append(_count_row(view, _("Frozen"), asleep, 0, frozen))
    columns = (("name", _("Life")), ("customers", _("Customers")), ("share", _("Share", "part of a whole")))
    moves = figures.life_moves(view.records, scope, period.first, period.end)
    shown = [
        {"label": _("Customers"), "cell": count(total, rows_of(view, _ACCOUNT, base))},
        {"label": _("Frozen"), "cell": count(asleep, rows_of(view, _ACCOUNT, frozen))},
        {"label": _("Moves", "of customers"), "note": period.label,
         "cell": count(len(moves), page_url(view, "moves", **period.query(), **_asked(scope)))},
    ]  # fmt: skip
    sections = [
        Section(_("By stage of life"), columns, rows, None, "", _("No customers yet.")),
        _move_table(view, moves, {**period.query(), **_asked(scope)}, period.label),
        _by(view, "value_class", _("By class"), _("Class"), base, dict(words.VALUE_CLASS.labels)),
        _by(view, "industry", _("By industry"), _("Industry"), base),
        _by(view, "territory", _("By territory"), _("Territory"), base),
    ]
    report = Report(
        "structure", _("Customer structure"), _ACCOUNT, _HOW_STRUCTURE, period, choices=choices, figures=shown,
        sections=sections,
    )  # fmt: skip
    return report_page(view, report)


def _asked(scope: Scope) -> dict[str, str]:
    """The choice of a person goes along to the page of moves."""
    return {"owner": str(scope.owner)} if scope.owner else {}


def _number(view: View, filters: Mapping[str, str]) -> int:
    return int(view.records.aggregate(_ACCOUNT, filters=filters)[0]["count"])


def _counts(view: View, name: str, filters: Mapping[str, str]) -> dict[Any, int]:
    lines = view.records.aggregate(_ACCOUNT, group=(name,), filters=filters)
    return {getattr(line[name], "id", line[name]): line["count"] for line in lines}


def _count_row(view: View, label: Any, number: int, total: int, filters: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": Cell(str(label), "text"), "bar": share(number, total) if total else None,
        "customers": count(number, rows_of(view, _ACCOUNT, filters)),
        "share": Cell(percent(number, total) if total else None, "percent"),
    }  # fmt: skip


def _by(
    view: View, name: str, title: Any, head: Any, base: Mapping[str, str], labels: Mapping[Any, Any] | None = None
) -> Section:
    found = _counts(view, name, base)
    total = sum(found.values())
    titles = view.records.titles([key for key in found if isinstance(key, int)]) if labels is None else {}
    rows = []
    for key, number in sorted(found.items(), key=lambda pair: -pair[1]):
        if key is None:
            words_of, own = str(_("Not given")), {f"{name}__isnull": "true"}
        else:
            ref = titles.get(key)
            words_of = in_script(ref.title, ref.alt, current_locale())[0] if ref else str((labels or {}).get(key, key))
            own = {name: str(key)}
        rows.append(_count_row(view, words_of, number, total, {**base, **own}))
    columns = (("name", head), ("customers", _("Customers")), ("share", _("Share", "part of a whole")))
    return Section(title, columns, rows, None, "", _("No customers yet."))


def _move_table(view: View, moves: Sequence[Move], query: Mapping[str, str], words_of: str) -> Section:
    """From (rows) to (columns): how many moves, each opening just these."""
    labels = dict(words.LIFE.labels)
    numbers: dict[tuple[str, str], int] = {}
    for move in moves:
        numbers[move.old, move.new] = numbers.get((move.old, move.new), 0) + 1
    rows = []
    for old in LIVES:
        line: dict[str, Any] = {"name": Cell(str(labels[old]), "text")}
        for new in LIVES:
            number = numbers.get((old, new), 0)
            url = page_url(view, "moves", **query, **{"from": old, "to": new})
            line[new] = count(number, url) if old != new else Cell(None)
        rows.append(line)
    columns = (("name", _("From")), *((code, labels[code]) for code in LIVES))
    title = _("Moves, %(period)s") % {"period": words_of}
    return Section(title, columns, rows if moves else [], None, "", _("No customer moved in this time."))


def show_moves(view: View) -> Any:
    """Every move of a period, newest first: the list behind the figures of moves."""
    period = read_period(view, default="quarter")
    scope, choices = chosen_scope(view)
    found = figures.life_moves(view.records, scope, period.first, period.end)
    old, new = view.args.get("from", ""), view.args.get("to", "")
    chosen = [move for move in reversed(found) if (not old or move.old == old) and (not new or move.new == new)]
    titles = view.records.titles({move.account for move in chosen[:_SHOWN]})
    people = names_of_people(view, {move.user for move in chosen[:_SHOWN]})
    labels = dict(words.LIFE.labels)
    rows = []
    for move in chosen[:_SHOWN]:
        ref = titles.get(move.account)
        name = in_script(ref.title, ref.alt, current_locale())[0] if ref else str(move.account)
        by = people[move.user] if move.user else str(_("by itself"))
        rows.append(
            {"name": Cell(name, "text", view.url(_ACCOUNT, move.account)), "old": str(labels[move.old]),
             "new": str(labels[move.new]), "at": view.formats.date(move.at), "by": by}
        )  # fmt: skip
    columns = (
        ("name", _("Customer")),
        ("old", _("From")),
        ("new", _("To")),
        ("at", _("When")),
        ("by", _("Who", "did it")),
    )
    options = [{"value": "", "label": str(_("All"))}, *({"value": key, "label": str(labels[key])} for key in LIVES)]
    lives = [
        {"name": "from", "label": str(_("From")), "value": old, "choices": options},
        {"name": "to", "label": str(_("To")), "value": new, "choices": options},
    ]
    section = Section(_("Moves", "of customers"), columns, rows, None, "", _("No customer moved in this time."))
    crumbs = [{"label": str(_("Customer structure")), "url": page_url(view, "structure")}]
    report = Report(
        "moves", _("Customer changes"), _ACCOUNT, _HOW_MOVES, period, choices=[*choices, *lives],
        figures=[{"label": _("Moves", "of customers"), "cell": Cell(len(chosen))}], sections=[section], crumbs=crumbs,
    )  # fmt: skip
    return report_page(view, report)


# ---- coverage


def show_coverage(view: View) -> Any:
    """What nobody looks after: for people who read all customers."""
    require_overview(view)
    base = customer_filters()
    unowned = {**base, "owner__isnull": "true", "pool__isnull": "true"}
    pooled = {**base, "pool__isnull": "false"}
    waiting = {"status": "new", "awaits_contact": "true"}
    fresh = {"status": "new"}
    bare = coverage.without_contact(view.records)
    leads = int(view.records.aggregate("crm.lead", filters=fresh)[0]["count"])
    alone = int(view.records.aggregate("crm.lead", filters={**waiting})[0]["count"])
    lonely = _territories(view)
    empty = [row for row in lonely if not row["people"].v]
    shown = [
        {"label": _("Without owner"), "cell": count(_number(view, unowned), rows_of(view, _ACCOUNT, unowned)),
         "note": _("in no pool")},
        {"label": _("In pools"), "cell": count(_number(view, pooled), rows_of(view, _ACCOUNT, pooled))},
        {"label": _("Without contact person"), "cell": count(len(bare), page_url(view, "coverage/contacts"))},
        {"label": _("Territories without person"), "cell": Cell(len(empty))},
        {"label": _("New leads"), "cell": count(leads, rows_of(view, "crm.lead", fresh))},
        {"label": _("Leads without answer"), "cell": count(alone, rows_of(view, "crm.lead", waiting))},
    ]  # fmt: skip
    columns = (
        ("name", _("Territory")), ("customers", _("Customers")), ("unowned", _("Without owner")),
        ("pooled", _("In pools")), ("people", _("People")),
    )  # fmt: skip
    sections = [Section(_("Territories"), columns, lonely, None, "", _("No customer has a territory."))]
    report = Report("coverage", _("Coverage"), _ACCOUNT, _HOW_COVERAGE, figures=shown, sections=sections)
    return report_page(view, report)


_NOBODYS = {"owner__isnull": "true", "pool__isnull": "true"}
_IN_POOLS = {"owner__isnull": "true", "pool__isnull": "false"}


def _territories(view: View) -> list[dict[str, Any]]:
    """Territories with customers: how many, how many nobody has, how many wait in pools, how many people are there."""
    base = customer_filters()
    somewhere = {**base, "territory__isnull": "false"}
    lines = view.records.aggregate(_ACCOUNT, group=("territory", "owner"), filters=somewhere)
    waiting = view.records.aggregate(
        _ACCOUNT, group=("territory",), filters={**somewhere, "owner__isnull": "true", "pool__isnull": "false"}
    )
    pooled = {line["territory"].id: line["count"] for line in waiting}
    found: dict[int, list[Any]] = {}
    for line in lines:
        place = found.setdefault(line["territory"].id, [0, 0, 0, line["territory"]])
        place[0] += line["count"]
        place[1 if line["owner"] is None else 2] += line["count"] if line["owner"] is None else 1
    rows = []
    for key, (number, alone, people, ref) in sorted(found.items(), key=lambda pair: -pair[1][0]):
        own = {**base, "territory": str(key)}
        rows.append(
            {"name": Cell(in_script(ref.title, ref.alt, current_locale())[0], "text"),
             "customers": count(number, rows_of(view, _ACCOUNT, own)),
             "unowned": count(alone - pooled.get(key, 0), rows_of(view, _ACCOUNT, own, _NOBODYS)),
             "pooled": count(pooled.get(key, 0), rows_of(view, _ACCOUNT, own, _IN_POOLS)),
             "people": Cell(people, "integer", "", "" if people else "late")}
        )  # fmt: skip
    return rows


def show_bare(view: View) -> Any:
    """Customers without contact person: the list behind that figure."""
    require_overview(view)
    found = coverage.without_contact(view.records)
    titles = view.records.titles([one.id for one in found[:_SHOWN]])
    names = names_of_people(view, [one.owner for one in found[:_SHOWN]])
    labels = dict(words.LIFE.labels)
    rows = []
    for one in found[:_SHOWN]:
        ref = titles.get(one.id)
        name = in_script(ref.title, ref.alt, current_locale())[0] if ref else str(one.id)
        life = str(labels[one.life]) if one.life in labels else ""
        rows.append({"name": Cell(name, "text", view.url(_ACCOUNT, one.id)), "life": life, "owner": names[one.owner]})
    columns = (("name", _("Customer")), ("life", _("Life")), ("owner", _("Owner")))
    section = Section(_("Customers"), columns, rows, None, "", _("Every customer has a contact person."))
    crumbs = [{"label": str(_("Coverage")), "url": page_url(view, "coverage")}]
    report = Report(
        "without-contact", _("Without contact person"), _ACCOUNT, _HOW_COVERAGE, sections=[section], crumbs=crumbs,
        figures=[{"label": _("Customers"), "cell": Cell(len(found))}],
    )  # fmt: skip
    return report_page(view, report)


# ---- load


def show_load(view: View) -> Any:
    """What each owner has: customers, open deals, open leads (R5)."""
    scope, choices = chosen_scope(view)
    live = customer_filters(life__in="basic,potential,won")
    opened = {"outcome": "open"}
    fresh = {"status__in": "new,working"}
    accounts = _counts(view, "owner", {**live, **scope.owned()})
    deals = figures.forecast(view.records, scope, "owner", {})
    lines = view.records.aggregate("crm.lead", group=("owner",), filters={**fresh, **scope.owned()})
    leads = {line["owner"].id if line["owner"] else None: line["count"] for line in lines}
    owners = list(dict.fromkeys([*accounts, *deals, *leads]))
    names = names_of_people(view, owners)
    most = max((number for owner, number in accounts.items() if owner), default=0)
    rows = []
    for owner in sorted(owners, key=lambda one: (one is None, -accounts.get(one, 0), names[one])):
        own = {"owner": str(owner)} if owner else {"owner__isnull": "true"}
        sums = deals.get(owner, Amounts())
        url = deals_url(view, opened, own)
        rows.append(
            {"name": Cell(names[owner], "text"), "bar": share(accounts.get(owner, 0), most) if owner else None,
             "customers": count(accounts.get(owner, 0), rows_of(view, _ACCOUNT, live, own)),
             "deals": count(sums.count, url), "amount": money(view, sums.amount, url if sums.count else ""),
             "leads": count(leads.get(owner, 0), rows_of(view, "crm.lead", fresh, own))}
        )  # fmt: skip
    columns = (
        ("name", _("Owner")), ("customers", _("Customers")), ("deals", _("Open deals")), ("amount", _("Amount")),
        ("leads", _("Open leads")),
    )  # fmt: skip
    whole = sum((sums.amount for sums in deals.values()), Decimal(0))
    total = {
        "name": str(_("Together")), "customers": Cell(sum(accounts.values())),
        "deals": Cell(sum(one.count for one in deals.values())), "amount": money(view, whole),
        "leads": Cell(sum(leads.values())),
    }  # fmt: skip
    section = Section(
        _("By owner"), columns, rows, total if len(rows) > 1 else None, amounts_note(view, deals.values()),
        _("Nobody owns a customer yet."),
    )  # fmt: skip
    report = Report("load", _("Load per owner"), _ACCOUNT, _HOW_LOAD, choices=choices, sections=[section])
    return report_page(view, report)
