"""The page of a budget: planned, booked, reserved, available, and what the reserved part is made of."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Row, translator
from weft.core.websdk import View
from weft.plugins.finance.services import budgets
from weft.plugins.finance.services.claims import CLAIM
from weft.plugins.finance.services.postings import POSTING
from weft.plugins.finance.views.parts import amount

_ = translator("finance")

__all__ = ["page", "use_rows"]


def page(view: View, record: Row) -> dict[str, Any]:
    """The figures first."""
    use = budgets.usage(view.records, record)
    return {"use": {"title": str(_("Use of the budget")), "rows": use_rows(view, use), "rows_two": True, "full": True,
                    "figure": view.formats.percent(use.percent)},
            "reserves": {"title": str(_("Reserved: submitted, not booked yet")), "rows": _reserves(view, use),
                         "rows_two": True, "full": True, "count": len(use.reserves),
                         "empty": {"title": str(_("Nothing is reserved"))}}}  # fmt: skip


def use_rows(view: View, use: budgets.Use) -> list[dict[str, Any]]:
    """Planned, booked, reserved, available as rows of a panel."""
    booked = view.url(POSTING, all="1", sort="-day", **use.filters) if view.may(POSTING, "read") else None
    rows: list[dict[str, Any]] = []
    for label, money, url in (
        (_("Planned, net"), use.planned, None), (_("Booked, net"), use.booked, booked),
        (_("Reserved, net"), use.reserved, None), (_("Available, net"), use.available, None),
    ):  # fmt: skip
        late = money is use.available and money.amount < 0
        line = {"title": str(label), "end": {"text": amount(view, money), "tone": "late" if late else None}}
        rows.append(line | ({"url": url} if url else {}))
    return rows


def _reserves(view: View, use: budgets.Use) -> list[dict[str, Any]]:
    return [
        {"title": one.title, "icon": "receipt" if one.entity == CLAIM else "file-invoice",
         "end": {"text": amount(view, use.planned.__class__(one.amount, use.planned.currency))},
         **({"url": view.url(one.entity, one.record)} if view.may(one.entity, "read", one.record) else {})}
        for one in use.reserves
    ]  # fmt: skip
