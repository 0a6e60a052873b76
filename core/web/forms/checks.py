"""Warnings of plugins while a form is filled in: asked after a pause in typing, shown at the head of the fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from weft.core.registry.formchecks import FormCheck, FormWarning
from weft.core.registry.model import EntityType

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["asked", "warnings"]


def asked(view: View, entity: EntityType, names: list[str], record_id: int | None) -> dict[str, Any] | None:
    """What the form needs in order to ask: address and the fields that matter; None when nobody wants to know.

    Args:
        view: who fills it in.
        entity: whose form.
        names: fields the form shows.
        record_id: the record, None for a new one.
    """
    wanted = {name for check in _checks(view, entity) for name in check.fields}
    fields = [name for name in names if name in wanted]
    if not fields:
        return None
    return {"url": view.url(entity.key, "check", record=record_id), "fields": fields}


def warnings(view: View, entity: EntityType, values: Mapping[str, Any], record_id: int | None) -> list[dict[str, Any]]:
    """Ask all checks of an entity; answers as the macro ``form_warnings`` takes them, what blocks first."""
    found: list[FormWarning] = []
    for check in _checks(view, entity):
        (some,) = check.check(view.records, [values], record_id)
        found += some
    found.sort(key=lambda one: not one.blocks)
    titles = view.records.titles([one.record for one in found if one.record is not None])
    return [_shown(view, one, titles) for one in found]


def _checks(view: View, entity: EntityType) -> list[FormCheck]:
    return [one for one in view.runtime.registry.form_checks.values() if one.entity == entity.key]


def _shown(view: View, warning: FormWarning, titles: Mapping[int, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {"text": str(warning.text), "tone": warning.tone, "blocks": warning.blocks}
    ref = titles.get(warning.record) if warning.record is not None else None
    if ref is not None and not ref.restricted:  # a check that names what the person may not read shows no link to it
        shown["link"] = {"label": ref.title, "url": view.url(ref.type, ref.id)}
    if warning.action is not None:
        route = view.runtime.registry.routes[warning.action.endpoint]
        plugin = route.endpoint.partition(".")[0]
        shown["action"] = {
            "label": str(warning.action.label),
            "url": f"/{route.portal}/{plugin}/{route.rule.lstrip('/')}",
            "values": dict(warning.action.values),
        }
    return shown
