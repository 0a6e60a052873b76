"""On a contract step: its invoice, or the button that makes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weft.core.sdk import NotFound, ValidationFailed, translator
from weft.core.websdk import View
from weft.plugins.finance.services import step_invoices
from weft.plugins.finance.services.invoices import INVOICE
from weft.plugins.finance.views.parts import name_of

_ = translator("finance")

__all__ = ["make", "side"]

_STEP = "documents.step"


def side(view: View, record: Mapping[str, Any]) -> dict[str, Any] | None:
    """A link to the invoice of the step; for who makes invoices the button where there is none yet."""
    if not view.may(INVOICE, "read"):
        return None
    number = int(record["id"])
    made = step_invoices.known(view.records, number)
    if made is not None:
        return {"made": {"label": name_of(made), "url": view.url(INVOICE, made.id), "icon": "file-dollar"}}
    if view.principal.read_only or not view.may(INVOICE, "create") or step_invoices.what(view.records, number) is None:
        return None
    url = f"/employee/finance/step-invoice/{number}"
    return {"make": {"label": str(_("Make an invoice")), "url": url, "icon": "plus", "opens": "post"}}


def make(view: View, record_id: int) -> Any:
    """Make the draft and show it; where none can be made, say why: on the invoice there is, else on the step.

    Raises:
        NotFound: there is no such step for the person.
    """
    try:
        made = step_invoices.draft(view.records, record_id)
    except ValidationFailed as error:
        view.undo_all()
        known = step_invoices.known(view.records, record_id)
        if known is None and (_STEP not in view.runtime.registry.entities or not view.may(_STEP, "read", record_id)):
            raise NotFound(str(record_id)) from error
        view.toast(error.errors[0].message)
        return view.redirect(view.url(INVOICE, known.id) if known is not None else view.url(_STEP, record_id))
    view.toast(_("Invoice %(name)s made") % {"name": name_of(made)}, undo=view.records.change_set_id)
    return view.redirect(view.url(INVOICE, made.id))
