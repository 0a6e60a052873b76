"""Values that somebody from outside wants changed, as rows: on the record's page, in Our company, among the To do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from weft.core.i18n import translator
from weft.core.records import confirming
from weft.core.records.confirming import Asked
from weft.core.records.kinds import converter
from weft.core.registry.model import EntityType
from weft.core.web.values import Values

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["asked_rows", "asked_slot", "field_label", "to_confirm"]

_ = translator("core")


def to_confirm(entity: EntityType) -> bool:
    """True when some field of the entity is confirmed before it changes."""
    return any(one.confirm for one in entity.fields.values())


def field_label(view: View, one: Asked) -> str:
    """Words of the field."""
    return str(view.entity(one.entity).fields[one.field].label)


def shown_value(view: View, one: Asked, value: Any) -> str:
    """A value in one line."""
    if value in (None, "", []):
        return "–"
    declared = view.entity(one.entity).fields[one.field]
    shown = Values(view.runtime.registry, view.portal_key).value(declared, converter(declared)(value))
    if isinstance(shown, dict):
        return ", ".join(shown["lines"]) if "lines" in shown else str(shown.get("label") or shown.get("title") or value)
    return str(shown)


def asked_rows(view: View, found: Sequence[Asked]) -> list[dict[str, Any]]:
    """One row per value: what to what, who asked when, how it ended, and what the viewer can do about it."""
    states = {
        "waiting": _("waits for confirmation"), "confirmed": _("confirmed"), "refused": _("refused"),
        "withdrawn": _("withdrawn"),
    }  # fmt: skip
    rows = []
    for one in found:
        who = one.asked_by.shown()[0] if one.asked_by else ""
        told = [str(states[one.state]), who, view.formats.stamp(one.asked_at)]
        if one.state in ("confirmed", "refused") and one.decided_by is not None:
            told = [str(states[one.state]), one.decided_by.shown()[0], view.formats.stamp(one.decided_at)]
        told.append(one.note if view.principal.internal or one.state == "refused" else "")
        before, after = (shown_value(view, one, value) for value in (one.before, one.after))
        row: dict[str, Any] = {
            "title": f"{field_label(view, one)}: {before} → {after}",
            "sub": " · ".join(part for part in told if part),
            "icon": "clock" if one.state == "waiting" else "circle-check" if one.state == "confirmed" else "ban",
        }  # fmt: skip
        if one.state == "waiting" and one.may_decide:
            label = str(_("Confirm or refuse"))
            row["action"] = {"label": label, "url": view.page("confirm", one.id), "opens": "dialog", "button": True}
        elif one.state == "waiting" and not view.principal.internal:
            address = view.page("confirm", one.id, "withdraw")
            row["action"] = {"label": str(_("Withdraw")), "url": address, "opens": "post", "button": True}
        rows.append(row)
    return rows


def asked_slot(view: View, entity: EntityType, record_id: int) -> dict[str, Any] | None:
    """A part of the side column of a record; None when nothing waits."""
    if not to_confirm(entity):
        return None
    found = confirming.asked(view.records, record_id, waiting=True)
    if not found:
        return None
    return {"label": str(_("To confirm")), "template": "pages/asked.html", "context": {"rows": asked_rows(view, found)}}
