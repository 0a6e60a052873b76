"""Actions with a key of their own: the button's data on a record's page, in rows of its list, and in the palette."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from weft.core.access.decide import decide_many
from weft.core.registry.declarations import Action
from weft.core.registry.model import EntityType
from weft.core.web.policies import may

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["action_button", "asks", "quick_actions", "quick_buttons"]


def asks(action: Action) -> bool:
    """True when a dialog stands between the button and the action."""
    return bool(action.asked or action.dialog or str(action.confirm))


def action_button(view: View, entity: EntityType, action: Action, record_id: int) -> dict[str, Any]:
    """An action on a record as buttons, menus and rows take it."""
    button: dict[str, Any] = {
        "label": str(action.label),
        "url": view.url(entity.key, record_id, "act", action.name),
        "icon": action.icon or None,
        "opens": "dialog" if asks(action) else "post",
    }
    return button | ({"shortcut": action.shortcut} if action.shortcut else {})


def quick_actions(view: View, entity: EntityType) -> list[Action]:
    """Actions of an entity that rows offer, as far as the viewer may run them on some record."""
    offered = [
        action
        for action in entity.actions.values()
        if action.shortcut and not action.states and may(view.runtime, view.principal, action.key, entity.key)
    ]
    return sorted(offered, key=lambda one: (not one.primary, one.order, one.name))


def quick_buttons(view: View, entity: EntityType, ids: Iterable[int]) -> Mapping[int, dict[str, Any]]:
    """The first quick action of every record on which the viewer may run it; one statement for all."""
    actions, wanted = quick_actions(view, entity)[:1], list(ids)
    if not actions or not wanted:
        return {}
    decided = decide_many(view.records, entity.key, actions[0].key, wanted)
    return {
        number: action_button(view, entity, actions[0], number)
        for number, decision in decided.items()
        if decision.allowed and not decision.deleted
    }
