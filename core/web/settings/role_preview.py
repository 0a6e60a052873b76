"""The preview beside the rules of a role: one of its people, before and after saving."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from weft.core.i18n import translator
from weft.core.identity import people
from weft.core.identity.tables import app_user
from weft.core.records.previews import EntityPreview, preview
from weft.core.web.settings.role_words import COLUMNS, MORE, field_label
from weft.core.web.values import face

if TYPE_CHECKING:
    from weft.core.web.request import View
    from weft.core.web.settings.role_draft import Draft

__all__ = ["preview_of"]

_ = translator("core")
#: People to choose from.
_MOST = 200


def preview_of(view: View, draft: Draft, held: list[int] | None) -> dict[str, Any]:
    """Data of the preview.

    Args:
        held: who holds the role directly; None for a base role, which everybody of its audience holds.
    """
    candidates = _candidates(view, draft, held)
    chosen = view.args.get("person", "")
    user_id = int(chosen) if chosen.isdigit() and int(chosen) in candidates else next(iter(candidates), None)
    found: dict[str, Any] = {
        "saved": not draft.changes,
        "people": [{"value": number, "label": name} for number, name in candidates.items()],
        "person": user_id,
        "url": view.path.removesuffix("draft/").removesuffix("save/"),
        "state": {name: view.args.get(name, "") for name in ("tab", "open") if view.args.get(name)},
        "note": _note(view, draft, held),
    }
    if user_id is None:
        return found
    found["face"] = face(user_id, candidates[user_id])
    entities = list(draft.changes) or list(view.runtime.registry.entities)
    rows = preview(view.records, draft.registry_after(), user_id, draft.role.audience, entities, (*COLUMNS, *MORE))
    if draft.changes:
        found["compared"] = [_compared(view, row) for row in rows]
    else:
        seen = [_seen(view, row) for row in rows if row.after or row.fields]
        found["seen"] = sorted(seen, key=lambda row: not row["count"])
    return found


def _candidates(view: View, draft: Draft, held: list[int] | None) -> dict[int, str]:
    """People of the role by name; for a base role those of its audience."""
    numbers = held
    if numbers is None:
        u = app_user.c
        statement = select(u.id).where(u.audience == draft.role.audience, u.active.is_(True)).order_by(u.name)
        numbers = list(view.connection.scalars(statement.limit(_MOST)))
    known = people.people(view.connection, numbers[:_MOST])
    names = {number: known[number].shown()[0] for number in numbers[:_MOST] if number in known}
    return dict(sorted(names.items(), key=lambda one: one[1]))


def _note(view: View, draft: Draft, held: list[int] | None) -> str:
    if not draft.changes:
        return ""
    if held is None:
        return str(_("This concerns everybody of this portal. Each change is written to the audit trail."))
    text = _("This concerns %(n)s people. Each change is written to the audit trail.")
    return str(text % {"n": view.formats.number(len(held))})


def _seen(view: View, row: EntityPreview) -> dict[str, Any]:
    entity = view.entity(row.entity)
    return {
        "label": str(entity.plural),
        "icon": entity.spec.icon,
        "count": row.after,
        "number": view.formats.number(row.after),
        "fields": str(_(", ")).join(field_label(entity, name) for name in row.fields),
    }


def _compared(view: View, row: EntityPreview) -> dict[str, Any]:
    entity = view.entity(row.entity)
    labels = {**COLUMNS, **MORE, **{one.key: one.label for one in entity.actions.values()}}

    def words(keys: tuple[str, ...]) -> list[str]:
        return [f"{labels[key]}: {entity.plural}" for key in keys]

    difference = row.after - row.before
    return {
        "label": str(entity.plural),
        "before": view.formats.number(row.before),
        "after": view.formats.number(row.after),
        "difference": f"{'+' if difference > 0 else '−'}{view.formats.number(abs(difference))}" if difference else "",
        "gained": view.formats.number(row.gained) if row.gained else "",
        "lost": view.formats.number(row.lost) if row.lost else "",
        "named": [
            {
                "title": one.title.title,
                "face": face(one.title.id, one.title.title),
                "because": str(_("because the rule covers: %(rows)s") % {"rows": one.because}),
            }
            for one in row.named
        ],
        "unnamed": bool(row.gained and not row.named),
        "can": words(row.can),
        "cannot": words(row.cannot),
        "fields_gained": [field_label(entity, name) for name in row.fields_gained],
        "fields_lost": [field_label(entity, name) for name in row.fields_lost],
    }
