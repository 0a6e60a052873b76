"""Asking for leave: a form that counts while one chooses; one's own balances; what the decider sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from weft.core.sdk import FieldError, Row, ValidationFailed, current_locale, in_script, translator
from weft.core.websdk import View, after_write, once
from weft.plugins.hrm import vocabulary as words
from weft.plugins.hrm.services import balance, leave, people
from weft.plugins.hrm.services.calendar import Day

_ = translator("hrm")

__all__ = ["ask", "count", "leave_page", "mine", "type_name"]

_KINDS = {
    "working": _("Working day"),
    "weekend": _("Weekend"),
    "holiday": _("Public holiday"),
    "made_up": _("Make-up working day"),
}
_TONES = {"working": "blue", "weekend": "grey", "holiday": "green", "made_up": "amber"}
#: Days listed one by one; of longer leave the first ones.
_LISTED = 62


def type_name(row: Any) -> str:
    """A kind of leave in the viewer's language."""
    if isinstance(row, Mapping):
        return in_script(row["name"], row.get("name_alt"), current_locale())[0]
    return in_script(row.title, row.alt, current_locale())[0]


# ---- asking


def ask(view: View) -> Any:
    """Ask what kind and when; send it."""
    if view.method != "POST":
        day = view.today + timedelta(days=1)
        return _dialog(view, {"from_on": day.isoformat(), "to_on": day.isoformat()}, ())
    home = view.page("hrm", "my-leave").rstrip("/")
    if once.replayed(view) is not None:
        return after_write(view, _("This was already sent."), home)
    given = {name: view.form.get(name, "").strip() for name in ("leave_type", "from_on", "to_on", "reason")}
    half = {name: view.form.getlist(name)[-1:] == ["1"] for name in ("first_half", "last_half")}
    try:
        values = {name: value for name, value in given.items() if value}
        made = leave.request(view.records, {**values, **half})
    except ValidationFailed as error:
        view.undo_all()
        return _dialog(view, {**given, **half}, error.errors)
    once.remember(view, home)
    owner = view.records.system("hrm: leave").get(leave.LEAVE, made["id"]).get("owner")
    name = in_script(owner.name, owner.alt, current_locale())[0] if owner else ""
    message = _("Sent to %(name)s") % {"name": name} if name else _("Request sent")
    return after_write(view, message, home)


def _dialog(view: View, given: Mapping[str, Any], errors: Sequence[FieldError]) -> Any:
    file = people.files(view.records, [view.principal.user_id]).get(view.principal.user_id or 0)
    country = balance.country_of(view.records, file)[0]
    kinds = leave.open_types(view.records, country)
    wrong = {error.field: str(error.message) for error in errors}
    chosen = str(given.get("leave_type") or (kinds[0]["id"] if kinds else ""))
    choices = [{"value": str(row["id"]), "label": type_name(row)} for row in kinds]
    fields: list[dict[str, Any]] = [
        {"name": "leave_type", "kind": "choice", "label": str(_("Kind")), "value": chosen, "choices": choices,
         "error": wrong.get("leave_type")},
        {"name": "from_on", "kind": "date", "label": str(_("First day")), "value": given.get("from_on", ""),
         "width": "half", "error": wrong.get("from_on")},
        {"name": "to_on", "kind": "date", "label": str(_("Last day away")), "value": given.get("to_on", ""),
         "width": "half", "error": wrong.get("to_on")},
        {"name": "first_half", "kind": "boolean", "label": str(_("First day from noon")), "width": "half",
         "value": bool(given.get("first_half")), "required": False},
        {"name": "last_half", "kind": "boolean", "label": str(_("Last day until noon")), "width": "half",
         "value": bool(given.get("last_half")), "required": False},
        {"name": "reason", "kind": "text", "label": str(_("Reason")), "value": given.get("reason", ""),
         "required": False, "max_length": 1000, "help": str(_("Only who decides and people officers read it.")),
         "error": wrong.get("reason")},
    ]  # fmt: skip
    form = {
        "action": view.page("hrm", "leave", "ask").rstrip("/"), "fields": fields, "submit": str(_("Send")),
        "hidden": {once.FIELD: once.new_token(view)}, "cancel_url": view.page("hrm", "my-leave").rstrip("/"),
        "errors": [{"text": str(e.message), "field": e.field} for e in errors],
    }  # fmt: skip
    title = str(_("Request leave"))
    inside = view.target in ("wf-dialog", "wf-dialog-form")
    back = {"url": form["cancel_url"], "label": str(_("My leave"))}
    return view.render(
        "hrm/ask_leave.html" if inside else "hrm/ask_leave_page.html", 422 if errors else 200,
        dialog={"title": title}, form=form, count_url=view.page("hrm", "leave", "count").rstrip("/"),
        page={"title": title, "back": back}, counted=_counted(view, {**given, "leave_type": chosen}),
    )  # fmt: skip


def count(view: View) -> Any:
    """What the request would take, while one chooses."""
    return view.render("hrm/leave_count.html", counted=_counted(view, view.args))


def _counted(view: View, given: Mapping[str, Any]) -> dict[str, Any] | None:
    """Days, balance after it and what kind of day each is; None until kind and days are there."""
    number = str(given.get("leave_type") or "")
    try:
        first, last = (date.fromisoformat(str(given.get(name) or "")) for name in ("from_on", "to_on"))
    except ValueError:
        return None
    kind = next((row for row in leave.open_types(view.records) if str(row["id"]) == number), None)
    if kind is None or last < first:
        return None
    half = {name: _yes(given, name) for name in ("first_half", "last_half")}
    found = leave.preview(view.records, view.principal.user_id or 0, kind, {"from_on": first, "to_on": last, **half})
    return shown(view, found)


def _yes(given: Mapping[str, Any], name: str) -> bool:
    values = given.getlist(name) if hasattr(given, "getlist") else [given.get(name)]
    return bool(values) and values[-1] in ("1", True)


def shown(view: View, found: leave.Preview) -> dict[str, Any]:
    """A preview in words."""
    days = view.formats.number(_plain(found.days))
    lines: list[dict[str, Any]] = [{"label": str(_("Days taken")), "kind": "text", "v": days}]
    if found.balance is not None and found.after is not None:
        lines.append(
            {"label": str(_("Balance now")), "kind": "text", "v": view.formats.number(_plain(found.balance.left))}
        )
        if found.balance.requested:
            text = view.formats.number(_plain(found.balance.requested))
            lines.append({"label": str(_("Of which asked for")), "kind": "text", "v": text})
        tone = "late" if found.after < 0 else None
        text = view.formats.number(_plain(found.after))
        lines.append({"label": str(_("Balance after it")), "kind": "text", "v": {"text": text, "tone": tone}})
    return {
        "lines": lines,
        "days": days,
        "official": found.official,
        "listed": [_day(view, one) for one in found.listed[:_LISTED]],
        "more": max(0, len(found.listed) - _LISTED),
    }


def _day(view: View, one: Day) -> dict[str, Any]:
    words = str(_KINDS[one.kind])
    return {
        "day": view.formats.date(one.day), "iso": one.day.isoformat(), "kind": one.kind,
        "status": {"label": words, "dot": _TONES[one.kind]}, "name": one.name,
        "week": str(_WEEK[one.day.weekday()]),
    }  # fmt: skip


_WEEK = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))


def _plain(value: Decimal) -> Decimal:
    """Without zeros at the end: 10 and 2.5."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


# ---- one's own


def mine(view: View) -> Any:
    """Balances of this year, and all requests of one's own."""
    me = view.principal.user_id or 0
    file = people.files(view.records, [me]).get(me)
    country = balance.country_of(view.records, file)[0]
    kinds = [row for row in leave.open_types(view.records, country) if row["accrual"] != "none"]
    today = view.today
    found = balance.balances(view.records, me, today.year, today, kinds)
    columns = [
        {"key": key, "label": str(label)}
        for key, label in (("kind", _("Kind")), ("accrued", _("Accrued")), ("carried", _("Carried over")),
                           ("corrected", _("Correction")), ("approved", _("Approved")), ("left", _("Balance")),
                           ("requested", _("Asked for")))
    ]  # fmt: skip
    rows = [
        {"kind": type_name(row), **{
            name: view.formats.number(_plain(getattr(found[row["id"]], name)))
            for name in ("accrued", "carried", "corrected", "approved", "left", "requested")
        }}
        for row in kinds if found[row["id"]].known or found[row["id"]].approved or found[row["id"]].requested
    ]  # fmt: skip
    request = {"label": str(_("Request leave")), "url": view.page("hrm", "leave", "ask").rstrip("/"),
               "opens": "dialog", "icon": "beach", "primary": True}  # fmt: skip
    title = str(_("My leave"))
    return view.render(
        "hrm/my_leave.html",
        page={"title": title},
        head={"title": title, "actions": [request, _team_calendar(view)]},
        year=today.year, columns=columns, balances=rows, panel=_own_requests(view, me, request),
        file=view.url("hrm.employee", file["id"]) if file is not None else "",
        none={"title": str(_("You have no entitlement yet.")), "text": str(_("A people officer enters it."))},
    )  # fmt: skip


def _team_calendar(view: View) -> dict[str, Any]:
    """Who is away when: the list of approved leave as a calendar of weeks."""
    url = view.url(
        leave.LEAVE, view="hrm.all_leave", status="approved", layout="timeline", cal="from_on", cal_end="to_on"
    )
    return {"label": str(_("Team calendar")), "url": url, "icon": "calendar-event"}


def _own_requests(view: View, me: int, request: Mapping[str, Any]) -> dict[str, Any]:
    fields = ("leave_type", "from_on", "to_on", "days", "status", "owner")
    page = view.records.query(leave.LEAVE, fields=fields, filters={"person": me}, sort="-from_on", limit=50,
                              count="capped")  # fmt: skip
    rows = [
        {
            "title": span(view, row), "url": view.url(leave.LEAVE, row["id"]), "icon": "beach",
            "sub": f"{type_name(row['leave_type'])} · {view.formats.number(_plain(row['days']))}",
            "kind": "status",
            "v": _status(row["status"]),
        }
        for row in page.rows
    ]  # fmt: skip
    return {
        "title": str(_("Requests")), "count": page.count.value if page.count else len(rows), "rows": rows,
        "rows_two": True, "full": True, "url": view.url(leave.LEAVE, all="1", person="me"),
        "empty": {"title": str(_("You have not asked for leave yet.")), "action": dict(request)},
    }  # fmt: skip


def _status(value: str) -> dict[str, str]:
    return {"label": str(words.LEAVE_STATUS.labels[value]), "dot": words.LEAVE_STATUS.tones[value]}


def span(view: View, row: Mapping[str, Any]) -> str:
    """From when to when, in few words."""
    first, last = view.formats.date(row["from_on"]), view.formats.date(row["to_on"])
    return first if row["from_on"] == row["to_on"] else f"{first} – {last}"


# ---- the page of one request


def leave_page(view: View, record: Row) -> dict[str, Any]:
    """Days of the request one by one, and the balance, for those who may know its kind."""
    head = {"path": {}, "status": _status(record["status"])}  # no way from step to step: each state is an end
    if "leave_type" not in record or record.get("person") is None or record["leave_type"].restricted:
        return {"head": head}
    kind = view.records.get(leave.TYPE, record["leave_type"].id)
    found = leave.preview(view.records, record["person"].id, kind, record, without=record["id"])
    return {"head": head, "counted": shown(view, found)}
