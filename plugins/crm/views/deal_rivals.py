"""Against whom: competitors of a deal side by side, and how we fare against one competitor."""

from __future__ import annotations

from collections import Counter
from typing import Any

from weft.core.sdk import Row, current_locale, in_script, translator
from weft.plugins.crm.services import deals as services

_ = translator("crm")

__all__ = ["against", "comparison", "facts", "is_rival", "met", "profile", "rivals"]

_DEAL = "crm.opportunity"
_MOST = 6
#: Links to deals that are looked at for strengths and weaknesses, and how many of each are shown.
_LOOKED_AT, _MOST_SAID = 200, 4


def comparison(view: Any, deal: Row) -> dict[str, Any] | None:
    """Competitors of a deal as columns of a sheet: strengths, weaknesses, and our record against each.

    None where nobody competes and the viewer may not say who does.
    """
    found = _competitors(view, deal)
    add = None
    if view.may(_DEAL, "link", deal.id):
        url = view.url(_DEAL, deal.id, "link", relation="crm.contested_by")
        add = {"label": str(_("Add competitor")), "url": url, "icon": "plus", "opens": "dialog"}
    if not found and add is None:
        return None
    figures = services.standings(view.records, [ref.id for ref, _attributes in found])
    columns = [{"key": "what", "label": ""}]
    rows: list[dict[str, Any]] = [
        {"id": key, "title": str(label), "cells": {"what": {"kind": "text", "v": str(label)}}}
        for key, label in _ASPECTS
    ]
    for ref, attributes in found:
        key = str(ref.id)
        columns.append({"key": key, "label": in_script(ref.title, ref.alt, current_locale())[0]})
        told = _told(view, ref.id, attributes, figures.get(ref.id), deal)
        for row in rows:
            row["cells"][key] = told[row["id"]]
    sheet = {"id": "crm-rivals", "label": str(_("Competitors")), "columns": columns, "rows": rows if found else [],
             "empty": str(_("Nobody is known to compete for this deal."))}  # fmt: skip
    return {"sheet": sheet, "add": add, "count": len(found)}


_ASPECTS = (
    ("strengths", _("Strengths")),
    ("weaknesses", _("Weaknesses")),
    ("met", _("Deals met")),
    ("won", _("Won against them")),
    ("lost", _("Lost to them")),
    ("rate", _("Won of decided")),
)


def rivals(view: Any, deal: Row) -> list[Any]:
    """References to those who compete for a deal, as far as the viewer may know them."""
    return [ref for ref, _attributes in _competitors(view, deal)]


def _competitors(view: Any, deal: Row) -> list[tuple[Any, dict[str, Any]]]:
    """(competitor, what the link says), the one it was lost to first."""
    groups = view.records.neighbours(deal.id, relation="crm.contested_by", limit=_MOST)
    linked = {
        one.record.id: (one.record, dict(one.attributes)) for group in groups for one in group.items if one.current
    }
    lost = deal.get("competitor")
    if lost is not None and lost.id not in linked:
        linked = {lost.id: (lost, {}), **linked}
    return [pair for pair in linked.values() if not pair[0].restricted]


def _told(view: Any, number: int, attributes: dict[str, Any], figures: Any, deal: Row) -> dict[str, Any]:
    formats = view.formats
    decided = figures.won + figures.lost
    return {
        "strengths": {"kind": "multiline", "v": attributes.get("strengths") or None},
        "weaknesses": {"kind": "multiline", "v": attributes.get("weaknesses") or None},
        "met": {"kind": "text", "v": formats.number(figures.met)},
        "won": {"kind": "text", "v": formats.number(figures.won)},
        "lost": {"kind": "text", "v": formats.number(figures.lost)},
        "rate": {"kind": "text", "v": formats.percent(round(100 * figures.won / decided)) if decided else None},
    }


# ---- the card of a competitor


def is_rival(row: Row) -> bool:
    """True for an account that competes and does not buy: its card is about how we fare against it."""
    roles = set(row.get("role") or ())
    return "competitor" in roles and not roles & {"customer", "distributor", "agent", "partner", "supplier"}


def facts(view: Any, row: Row) -> list[dict[str, Any]]:
    """Deals met, won and lost, over all deals of the company."""
    figures = services.standings(view.records, [row["id"]])[row["id"]]
    decided = figures.won + figures.lost
    rate = view.formats.percent(round(100 * figures.won / decided)) if decided else None
    shown = (
        (_("Deals met"), view.formats.number(figures.met)), (_("Won against them"), view.formats.number(figures.won)),
        (_("Lost to them"), view.formats.number(figures.lost)), (_("Won of decided"), rate),
    )  # fmt: skip
    return [{"label": str(label), "v": value, "none": str(_("none"))} for label, value in shown]


def profile(view: Any, row: Row) -> dict[str, Any]:
    """Strengths and weaknesses as they were noted at deals the viewer may read, the most frequent first."""
    groups = view.records.neighbours(row["id"], relation="crm.competes_for", limit=_LOOKED_AT)
    noted = [dict(one.attributes) for group in groups for one in group.items if not one.record.restricted]
    rows = []
    for key, label, icon in (
        ("strengths", _("Strength"), "trending-up"), ("weaknesses", _("Weakness"), "trending-down"),
    ):  # fmt: skip
        for text, number in Counter(one[key] for one in noted if one.get(key)).most_common(_MOST_SAID):
            told = _("%(what)s, noted at one deal") if number == 1 else _("%(what)s, noted at %(n)s deals")
            rows.append({"title": text, "sub": str(told % {"what": label, "n": number}), "icon": icon})
    title, text = (
        str(_("Strengths and weaknesses")),
        str(_("Add them as a competitor of a deal and say how they compete.")),
    )
    return {
        "title": title,
        "rows": rows,
        "rows_two": True,
        "empty": {"title": str(_("Nothing is noted yet")), "text": text},
    }


def met(view: Any, row: Row) -> dict[str, Any]:
    """Open deals that they compete for, as far as the viewer may read them."""
    wanted = {"linked": f"crm.contested_by:{row['id']}", "outcome": "open"}
    fields = ("name", "stage", "amount", "expected_close")
    page = view.records.query(_DEAL, fields=fields, filters=wanted, sort="expected_close", limit=_MOST, count="capped")
    rows = []
    for deal in page.rows:
        stage = in_script(deal["stage"].title, deal["stage"].alt, current_locale())[0] if deal.get("stage") else ""
        closes = view.formats.date(deal["expected_close"]) if deal.get("expected_close") else ""
        shown = {"title": deal["name"], "url": view.url(_DEAL, deal["id"])}
        shown["sub"] = " · ".join(part for part in (stage, closes) if part)
        if deal.get("amount") is not None:
            amount = deal["amount"]
            shown |= {"kind": "money", "v": {"amount": amount.amount, "currency": amount.currency}}
        rows.append(shown)
    return {"title": str(_("Open deals against them")), "count": page.count.value, "rows": rows, "rows_two": True,
            "empty": {"title": str(_("They compete for no open deal of yours"))}}  # fmt: skip


def against(view: Any, record: Row) -> dict[str, Any] | None:
    """Figures on the page of a competitor; None for other accounts."""
    if "competitor" not in (record.get("role") or ()):
        return None
    figures = services.standings(view.records, [record.id])[record.id]
    decided = figures.won + figures.lost
    formats = view.formats
    rows = [
        {"label": str(_("Deals met")), "v": formats.number(figures.met)},
        {"label": str(_("Open", "deals")), "v": formats.number(figures.open)},
        {"label": str(_("Won against them")), "v": formats.number(figures.won)},
        {"label": str(_("Lost to them")), "v": formats.number(figures.lost)},
    ]
    if decided:
        rows.append({"label": str(_("Won of decided")), "v": formats.percent(round(100 * figures.won / decided))})
    reasons = [
        {"label": in_script(ref.title, ref.alt, current_locale())[0], "v": formats.number(count)}
        for ref, count in services.loss_reasons(view.records, record.id)
    ]
    if is_rival(record):  # the strip of its card says the figures
        rows = []
        if not reasons:
            return None
    return {"rows": [row | {"kind": "text"} for row in rows], "reasons": [row | {"kind": "text"} for row in reasons]}
