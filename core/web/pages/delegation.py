"""One's own account: who acts for oneself, and the tokens with which programs do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response

from weft.core.errors import FieldError, ValidationFailed
from weft.core.i18n import translator
from weft.core.identity import account, people, rights, tokens
from weft.core.web.pages.profile import account_field, account_page, with_errors
from weft.core.web.request import View, current
from weft.core.web.routing import route
from weft.core.web.values import face

__all__ = ["blueprint", "deputy_row"]

_ = translator("core")

blueprint = Blueprint("delegation", __name__)


# ---- deputies


@route(blueprint, "/<portal>/profile/deputies/", policy="portal:employee", endpoint="deputies")
def show_deputies(portal: str) -> Response:
    view = current()
    return _deputies(view)


def _deputies(view: View, errors: Sequence[FieldError] = ()) -> Response:
    own = view.principal.user_id or 0
    found = rights.deputies(view.connection, own, now=view.runtime.clock())
    known = people.people(view.connection, [number for one in found for number in (one.user_id, one.deputy_id)])
    mine = [deputy_row(view, one, known, one.deputy_id, url=view.page("profile", "deputies", one.id, "end"))
            for one in found if one.user_id == own]  # fmt: skip
    theirs = [deputy_row(view, one, known, one.user_id) for one in found if one.deputy_id == own]
    blocks: list[dict[str, Any]] = []
    if theirs:
        panel = {"title": str(_("For whom you act")), "rows": theirs, "rows_two": True, "full": True}
        blocks.append({"kind": "panel", "panel": panel})
    panel = {
        "title": str(_("Who acts for you")), "rows": mine, "rows_two": True, "full": True,
        "empty": {"title": str(_("Nobody acts for you."))},
    }  # fmt: skip
    fields = [
        {"name": "deputy", "kind": "reference", "label": str(_("Person")), "required": True,
         "search_url": view.page("pick", "people"), "selected": []},
        account_field("start", "date", _("From"), view.today.isoformat(), width="half"),
        account_field("end", "date", _("Until"), "", width="half"),
    ]  # fmt: skip
    form = {
        "action": view.page("profile", "deputies"),
        "fields": fields,
        "submit": str(_("Appoint")),
        "plain": True,
    }
    blocks += [{"kind": "panel", "panel": panel}, {"kind": "form", "form": with_errors(form, errors)}]
    return account_page(view, "deputies", blocks, 422 if errors else 200)


def deputy_row(
    view: View, one: rights.Deputy, known: Mapping[int, people.Person], shown: int, *, url: str = ""
) -> dict[str, Any]:
    """A deputyship as a row with its period; with ``url`` it can be ended there."""
    name = known[shown].shown()[0] if shown in known else "?"
    last = one.valid_to - timedelta(microseconds=1)  # the period ends with its last day
    period = {"start": view.formats.date(one.valid_from), "end": view.formats.date(last)}
    row: dict[str, Any] = {"title": name, "face": face(shown, name), "sub": str(_("%(start)s to %(end)s") % period)}
    if url:
        row["action"] = {"label": str(_("End")), "url": url, "opens": "post", "button": True}
    return row


@route(blueprint, "/<portal>/profile/deputies/", policy="portal:employee", methods=["POST"], endpoint="add_deputy")
def add_deputy(portal: str) -> Response:
    view = current()
    zone, deputy = ZoneInfo(view.zone), view.form.get("deputy", "")
    try:
        if not deputy.isdigit():
            raise ValidationFailed.single("deputy", "required", _("Choose a person."))
        days = [_day(view.form.get(name, ""), name) for name in ("start", "end")]
        days[1] += timedelta(days=1)  # the last day belongs to it
        start, end = (datetime.combine(day, time(), zone).astimezone(UTC) for day in days)
        account.add_deputy(view.records, int(deputy), valid_from=start, valid_to=end)
    except ValidationFailed as error:
        view.undo_all()
        return _deputies(view, error.errors)
    view.toast(_("Deputy appointed"))
    return view.redirect(view.page("profile", "deputies"))


def _day(text: str, name: str) -> Any:
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        raise ValidationFailed.single(name, "invalid", _("Choose a day.")) from None


@route(
    blueprint, "/<portal>/profile/deputies/<int:number>/end/", policy="portal:employee", methods=["POST"],
    endpoint="end_deputy",
)  # fmt: skip
def end_deputy(portal: str, number: int) -> Response:
    view = current()
    account.end_deputy(view.records, number)
    view.toast(_("Deputyship ended"))
    return view.redirect(view.page("profile", "deputies"))


# ---- API tokens


@route(blueprint, "/<portal>/profile/tokens/", policy="portal:employee", endpoint="tokens")
def show_tokens(portal: str) -> Response:
    return _tokens(current())


def _tokens(view: View, secret: str = "", errors: Sequence[FieldError] = ()) -> Response:
    found = tokens.list_tokens(view.connection, view.principal.user_id, now=view.runtime.clock())
    rows = []
    for one in found:
        used = view.formats.reldate(one.last_used_at) if one.last_used_at else str(_("never"))
        slots = {"hint": one.hint, "used": used, "end": view.formats.date(one.expires_at)}
        url = view.page("profile", "tokens", one.id, "end")
        rows.append(
            {
                "title": one.name,
                "icon": "key",
                "sub": str(_("%(hint)s… · last used %(used)s · until %(end)s") % slots),
                "action": {"label": str(_("End")), "url": url, "opens": "post", "button": True},
            }
        )
    blocks: list[dict[str, Any]] = []
    if secret:
        help_text = str(_("Copy it now; it is shown only once."))
        blocks.append({"kind": "copy", "label": str(_("Your new token")), "value": secret, "help": help_text})
    panel = {
        "title": str(_("API tokens")), "rows": rows, "rows_two": True, "full": True, "count": len(rows),
        "empty": {"title": str(_("No tokens yet.")), "text": str(_("Programs use tokens to act for you."))},
    }  # fmt: skip
    scopes = [{"value": key, "label": str(label)} for key, label in _scopes()]
    fields = [
        account_field("name", "text", _("What it is for"), view.form.get("name", "") if errors else "", max_length=120),
        account_field("scope", "choice", _("What it may do"), "", choices=scopes),
    ]
    form = {
        "action": view.page("profile", "tokens"), "fields": fields, "submit": str(_("Make a token")), "plain": True,
    }  # fmt: skip
    blocks += [{"kind": "panel", "panel": panel}, {"kind": "form", "form": with_errors(form, errors)}]
    return account_page(view, "tokens", blocks, 422 if errors else 200)


def _scopes() -> list[tuple[str, Any]]:
    return [("", _("All that I may do")), ("read", _("Only read"))]


@route(blueprint, "/<portal>/profile/tokens/", policy="portal:employee", methods=["POST"], endpoint="add_token")
def add_token(portal: str) -> Response:
    view = current()
    scope = view.form.get("scope", "")
    try:
        issued = account.create_token(view.records, view.form.get("name", ""), scopes=[scope] if scope else None)
    except ValidationFailed as error:
        view.undo_all()
        return _tokens(view, errors=error.errors)
    return _tokens(view, issued.secret)


@route(
    blueprint, "/<portal>/profile/tokens/<int:number>/end/", policy="portal:employee", methods=["POST"],
    endpoint="end_token",
)  # fmt: skip
def end_token(portal: str, number: int) -> Response:
    view = current()
    account.revoke_token(view.records, number)
    view.toast(_("Token ended"))
    return view.redirect(view.page("profile", "tokens"))
