"""Two people changed the same record: the fields that differ side by side, a choice each, nothing lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from weft.core.db.fields import Kind
from weft.core.errors import Conflict
from weft.core.i18n import translator
from weft.core.records.kinds import Refused, converter
from weft.core.records.values import Row
from weft.core.registry.model import EntityType
from weft.core.web.values import Values

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["conflict_data", "pack", "resolved", "unpack"]

_ = translator("core")

#: Prefix of the posted choices: ``pick-<field>`` is ``mine`` or ``theirs``.
PICK = "pick-"


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt="weft-form-base")


def pack(view: View, values: Mapping[str, Any]) -> str:
    """Values a form starts from, bound to the person, as text for a hidden field."""
    packed: str | bytes = _serializer().dumps([view.principal.user_id, dict(values)])
    return packed if isinstance(packed, str) else packed.decode("ascii")


def unpack(view: View, text: str) -> dict[str, Any] | None:
    """What :func:`pack` made, None when it is missing, foreign or forged."""
    try:
        user_id, values = _serializer().loads(text)
    except (BadData, ValueError, TypeError):
        return None
    return dict(values) if user_id == view.principal.user_id else None


def resolved(view: View, posted: dict[str, Any]) -> dict[str, Any]:
    """Posted values without the fields for which the other person's value was chosen."""
    return {name: value for name, value in posted.items() if view.form.get(PICK + name) != "theirs"}


def conflict_data(
    view: View, entity: EntityType, now: Row, posted: Mapping[str, Any], error: Conflict
) -> dict[str, Any]:
    """The choice for its macro: only fields that both changed to different values."""
    values = Values(view.runtime.registry, view.portal_key)
    entry = next(iter(view.records.history(now.id, limit=1)), None)
    who = _who(entry)
    at = view.formats.stamp(getattr(entry, "at", None) or now.get("updated_at"))
    rows = []
    for found in error.fields:
        declared = entity.fields.get(found.field)
        if declared is None or found.field not in posted:
            continue
        rows.append(
            {
                "name": PICK + found.field,
                "label": str(declared.label),
                "kind": values.kind(declared),
                "mine": values.value(declared, _python(view, declared, posted[found.field])),
                "theirs": values.value(declared, now.get(found.field)),
                "value_mine": "mine",
                "value_theirs": "theirs",
                "chosen": "mine",
            }
        )
    text = _("%(who)s saved this record at %(when)s, while you were editing. Choose for each field; nothing is lost.")
    return {
        "action": view.url(entity.key, now.id, "edit"),
        "version": now.version,
        "text": str(text % {"who": who, "when": at}),
        "rows": rows,
        "theirs_label": str(_("Saved %(when)s") % {"when": at}),
        "keep_url": view.url(entity.key, now.id),
        "hidden": _hidden(view),
    }


def _who(entry: Any) -> str:
    actor = getattr(entry, "person", None)
    if actor is None:
        return str(_("Somebody"))
    return str(actor.shown()[0])


def _hidden(view: View) -> dict[str, str]:
    """Everything typed comes along, so that the choice can be saved without typing again."""
    skipped = {"csrf_token", "version"}
    return {
        name: ",".join(view.form.getlist(name)) if len(view.form.getlist(name)) > 1 else value
        for name, value in view.form.items()
        if name not in skipped and not name.startswith(PICK)
    }


def _python(view: View, declared: Any, value: Any) -> Any:
    """A posted value as it will be stored, with its title when it is a reference."""
    try:
        converted = converter(declared)(value)
    except Refused:
        return value
    if converted is not None and declared.kind is Kind.REFERENCE:
        return view.records.titles([converted]).get(converted)
    return converted
