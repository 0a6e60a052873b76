"""Settings > Users: the ways into one account, as parts of its page."""

from __future__ import annotations

from typing import Any

from weft.core.i18n import translator
from weft.core.identity import identities, second_factor, users
from weft.core.web.pages.sign_in_ways import provider_label
from weft.core.web.request import View
from weft.core.web.settings.area import BASE, field, form_block

__all__ = ["blocks_of"]

_ = translator("core")


def blocks_of(view: View, user: users.User) -> list[dict[str, Any]]:
    """Two-step sign-in and provider accounts of a person, with what an administrator may do about them."""
    here = f"{BASE}users/{user.id}/"
    blocks = [{"kind": "panel", "panel": _panel(view, user, here)}]
    offered = [one for one in view.runtime.settings.oidc if one.audience == user.audience]
    if offered:
        choices = [{"value": one.key, "label": one.shown(view.locale)} for one in offered]
        fields = [
            field("provider", "choice", _("Sign-in provider"), offered[0].key, choices=choices, width="half"),
            field("subject", "text", _("Id of the account there"), "", width="half", max_length=255,
                  help=str(_("What the provider calls “sub” or object id; an address is not enough."))),
        ]  # fmt: skip
        blocks.append(form_block(f"{here}links/", fields, _("Link account")))
    return blocks


def _panel(view: View, user: users.User, here: str) -> dict[str, Any]:
    since = second_factor.on_of(view.connection, [user.id]).get(user.id)
    wanted = second_factor.required(view.connection, view.runtime.registry, user.id)
    rows: list[dict[str, Any]] = [
        {"title": str(_("Two-step sign-in")), "icon": "lock", "sub": _state(view, since, wanted)}
    ]
    if since is not None:
        rows[0]["action"] = _post(_("Reset"), f"{here}second-step/reset/")
    for one in identities.of_user(view.connection, user.id):
        rows.append(
            {
                "title": provider_label(view, one.provider),
                "icon": "key",
                "sub": one.label or one.subject,
                "action": _post(_("Unlink"), f"{here}links/{one.id}/end/"),
            }
        )
    return {"title": str(_("Ways to sign in")), "rows": rows, "rows_two": True, "full": True}


def _state(view: View, since: Any, wanted: bool) -> str:
    if since is not None:
        return str(_("On since %(date)s") % {"date": view.formats.date(since)})
    return str(_("Off; must be set up at the next sign-in") if wanted else _("Off"))


def _post(label: Any, url: str) -> dict[str, Any]:
    return {
        "label": str(label), "url": url, "opens": "post", "button": True, "target": "#wf-page", "select": "#wf-page",
    }  # fmt: skip
