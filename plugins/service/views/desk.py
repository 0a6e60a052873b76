"""The page of a request inside: the queue left, the conversation in the middle, due times and facts right."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from weft.core.sdk import RefValue, Row, current_locale, in_script, translator
from weft.core.websdk import Values, View, face
from weft.plugins.service import vocabulary as words
from weft.plugins.service.services import outcome, risk
from weft.plugins.service.views import asking, talk

_ = translator("service")

__all__ = ["due_text", "request_page"]

_REQUEST = "service.request"
_LISTED = 30


def request_page(view: View, record: Row) -> dict[str, Any]:
    """What the template of a request's page shows, in the portal it is opened in."""
    if not view.principal.internal:
        return asking.asked_page(view, record)
    status = record["status"]
    return {
        "head": {"status": {"label": str(words.STATUS.labels[status]), "dot": words.STATUS.tones[status]}},
        "desk": {
            "queue": _queue(view, record), "sub": _sub(record), "due": _due(view, record),
            "facts": _facts(view, record), "customer": _customer(view, record),
            "about": _reference(view, record.get("about")), "led": _led(view, record),
        },
        "talk": talk.talk_of(view, record),
        "composer": talk.composer_of(view, record),
    }  # fmt: skip


def _sub(record: Row) -> str:
    customer = record.get("customer")
    name = in_script(customer.title, customer.alt, current_locale())[0] if customer is not None else ""
    return " · ".join(part for part in (name, record.get("number") or "") if part)


# ---- the queue


def _queue(view: View, record: Row) -> dict[str, Any]:
    """Open requests of the viewer, the next due time first."""
    filters = {"status__in": ",".join(words.LIVE)}
    page = view.records.query(
        _REQUEST, fields=("subject", "customer", "next_due_at", "owner", "status"), filters=filters,
        sort="next_due_at", limit=_LISTED, count="capped",
    )  # fmt: skip
    rows = []
    for row in page.rows:
        customer, owner = row.get("customer"), row.get("owner")
        name = in_script(owner.name, owner.alt, current_locale())[0] if owner else ""
        text, tone = due_text(view, row.get("next_due_at"), row["status"])
        rows.append({
            "title": row["subject"], "url": view.url(_REQUEST, row.id), "current": row.id == record.id,
            "sub": in_script(customer.title, customer.alt, current_locale())[0] if customer is not None else "",
            "due": {"text": text, "tone": tone} if text else None,
            "face": face(owner.id, name) | {"name": name} if owner else None,
        })  # fmt: skip
    total = page.count.value if page.count else len(rows)
    return {
        "title": str(_("Requests")), "count": view.formats.number(total), "rows": rows,
        "filter": {"label": str(_("All requests")), "url": view.url(_REQUEST), "icon": "list-details"},
    }  # fmt: skip


def due_text(view: View, moment: datetime | None, status: str) -> tuple[str, str]:
    """A due time in few words with its tone: ``2 h over``, ``12:31``, ``27 Nov``; what waits says so."""
    if moment is None:
        return (str(_("waits")), "muted") if status == "waiting" else ("", "")
    left = moment - view.records.now
    seconds = abs(left.total_seconds())
    if left.total_seconds() < 0:
        if seconds >= 86_400:
            return str(_("%(n)s d over") % {"n": int(seconds // 86_400)}), "late"
        if seconds >= 3600:
            return str(_("%(n)s h over") % {"n": int(seconds // 3600)}), "late"
        return str(_("%(n)s min over") % {"n": max(1, int(seconds // 60))}), "late"
    if view.formats.local(moment).date() == view.today:
        return view.formats.time(moment), "soon"
    return view.formats.date(moment), ""


# ---- right


def _due(view: View, record: Row) -> dict[str, Any] | None:
    """The next term with how much of it is gone; the term of the solution below."""
    due, status = record.get("next_due_at"), record["status"]
    if due is None:
        if status == "waiting":
            since = record.get("paused_since")
            return {"label": str(_("The clock stands")), "text": str(_("Waiting for the customer")),
                    "left": view.formats.stamp(since) if since else "", "more": _solve_by(view, record)}  # fmt: skip
        return None
    start = record.get("first_response_at") or record["asked_at"]
    now = view.records.now
    whole = max((due - start).total_seconds(), 1)
    gone = min(max((now - start).total_seconds() / whole, 0), 1)
    late = due <= now
    answered = record.get("first_response_at") is not None
    shown = {
        "label": str(_("Solve by") if answered else _("Answer due")), "text": asking.when(view, due),
        "tone": "late" if late else "soon" if gone > 0.5 else None, "left": _left(view, due, now),
        "percent": round(gone * 100),
    }  # fmt: skip
    return shown if answered else shown | {"more": _solve_by(view, record)}


def _solve_by(view: View, record: Row) -> dict[str, str] | None:
    if record.get("due_at") is None:
        return None
    return {"label": str(_("Solve by")), "text": asking.when(view, record["due_at"])}


def _left(view: View, due: datetime, now: datetime) -> str:
    seconds = (due - now).total_seconds()
    if seconds < 0:
        return due_text(view, due, "open")[0]
    days, rest = divmod(int(seconds), 86_400)
    hours, minutes = rest // 3600, rest % 3600 // 60
    if days:
        return str(_("in %(d)s d %(h)s h") % {"d": days, "h": hours})
    return str(_("in %(h)s h %(m)s min") % {"h": hours, "m": minutes})


#: Fields of the right column in their order; those that are changed there.
_SHOWN = ("owner", "priority", "kind", "customer", "contact", "queue", "agreement", "channel", "reply_to", "about")
_IN_PLACE = frozenset({"priority", "kind", "customer", "contact", "agreement", "about"})


def _facts(view: View, record: Row) -> list[dict[str, Any]]:
    """What matters while one answers; the rest is under “All details”."""
    values, entity = Values(view.runtime.registry, view.portal_key), view.entity(_REQUEST)
    editing = view.may(_REQUEST, "update", record["id"])
    rows: list[dict[str, Any]] = []
    for name in _SHOWN:
        if name == "owner":
            owner = record.get("owner")
            shown = in_script(owner.name, owner.alt, current_locale())[0] if owner else str(_("Nobody"))
            rows.append({"label": str(_("Who answers")), "kind": "text", "v": shown})
            continue
        declared = entity.fields[name]
        value = values.value(declared, record.get(name)) if name in record else None
        if value is None and not (editing and name in ("kind", "about")):
            continue
        row: dict[str, Any] = {"label": str(declared.label), "kind": values.kind(declared), "v": value}
        if editing and name in _IN_PLACE:
            row["edit_url"] = view.url(_REQUEST, record["id"], "cell", name, part="details")
        rows.append(row)
    return rows + _counted(view, record)


def _counted(view: View, record: Row) -> list[dict[str, Any]]:
    """Rating and what was counted, where there is something to say."""
    rows: list[dict[str, Any]] = []
    if record.get("rating"):
        label = str(words.RATING.labels[record["rating"]])
        said = record.get("rating_comment")
        rows.append({"label": str(_("Rating")), "kind": "text", "v": {"text": label, "sub": said} if said else label})
    if record.get("reopened"):
        rows.append({"label": str(_("Reopened")), "kind": "text", "v": str(record["reopened"])})
    if record.get("stopped_minutes"):
        hours = record["stopped_minutes"] / 60
        rows.append(
            {"label": str(_("Clock stood")), "kind": "text",
             "v": str(_("%(n)s h") % {"n": view.formats.number(round(hours, 1))})}
        )  # fmt: skip
    return rows


def _customer(view: View, record: Row) -> list[dict[str, Any]]:
    """Other requests of the customer, how satisfied they are, whether they may leave."""
    customer = record.get("customer")
    if not isinstance(customer, RefValue) or customer.restricted:
        return []
    mine = {"customer": str(customer.id)}
    lines = view.records.aggregate(_REQUEST, group=("status",), filters=mine)
    total = sum(line["count"] for line in lines)
    live = sum(line["count"] for line in lines if line["status"] in words.LIVE)
    text = str(_("%(n)s, of them %(open)s open") % {"n": total, "open": live})
    rows: list[dict[str, Any]] = [{"label": str(_("Requests")), "kind": "text", "v": text}]
    found = risk.of(view.records, [customer.id]).get(customer.id)
    if found is not None and found.answers:
        mean = view.formats.number(found.mean, 1)
        rows.append({"label": str(_("Satisfaction")), "kind": "text",
                     "v": {"text": str(_("%(mean)s of 5") % {"mean": mean}),
                           "tone": "late" if found.at_risk else None}})  # fmt: skip
    if found is not None and found.at_risk:
        rows.append({"label": str(_("At risk")), "kind": "text", "v": {"text": found.why, "tone": "late"}})
    return rows


def _led(view: View, record: Row) -> list[dict[str, Any]]:
    """Tasks and deals that came of the request: whose they are and how they stand."""
    rows = []
    for one in outcome.of_request(view.records, record["id"]):
        who = in_script(one.who.name, one.who.alt, current_locale())[0] if one.who else ""
        rows.append({
            "title": in_script(one.ref.title, one.ref.alt, current_locale())[0], "plain": True,
            "url": view.url(one.ref.type, one.ref.id), "sub": " · ".join(part for part in (one.state, who) if part),
            "icon": "circle-check" if one.done else view.entity(one.ref.type).spec.icon,
        })  # fmt: skip
    return rows


def _reference(view: View, value: RefValue | None) -> dict[str, str] | None:
    if value is None or value.restricted or value.type not in view.runtime.registry.entities:
        return None
    title = in_script(value.title, value.alt, current_locale())[0]
    return {"title": title, "url": view.url(value.type, value.id)}
