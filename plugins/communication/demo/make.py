"""Writes the plugin's part of the demo company: every text by the person who wrote it, at its time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from weft.plugins.communication.demo.papers import ANNOUNCEMENTS, NEWS, SIGNING_IN, Notice
from weft.plugins.communication.demo.talks import TALKS, Said, Talk
from weft.plugins.communication.services import announcements, messages, people

__all__ = ["make"]

#: People outside belong to firms that another plugin makes; without it there is nobody to write to.
_OUTSIDE = frozenset({"customer", "supplier", "distributor", "agent"})


def make(context: Any) -> None:
    """Make announcements, news and conversations of the story; what needs an absent plugin is left out."""
    if "executive" not in context.people:
        return
    for number, notice in enumerate(ANNOUNCEMENTS):
        context.progress("announcements", number, len(ANNOUNCEMENTS))
        _announce(context, notice)
    _news(context)
    talks = [talk for talk in TALKS if _possible(context, talk)]
    for number, talk in enumerate(talks):
        context.progress("conversations", number, len(talks))
        _talk(context, talk)


# ---- announcements and news


def _announce(context: Any, notice: Notice) -> None:
    side, at = context.side(notice.chinese), context.moment(notice.day, 9, 20)
    values = {"subject": notice.subject[side], "text": notice.text[side], "to_confirm": notice.to_confirm}
    if notice.until is not None:
        values["valid_until"] = (context.day + timedelta(days=notice.until)).isoformat()
    receivers = [str(context.units[key]) for key in notice.units] or [announcements.ALL]
    with context.acting(notice.who, at) as records:
        row = announcements.announce(records, values, receivers)
    _read(context, row["id"], notice)


def _read(context: Any, announcement: int, notice: Notice) -> None:
    """So many of the receivers have read it; who signs in has read all but what is left for them."""
    who = {number: key for key, number in context.people.items()}
    with context.acting(None, context.moment(notice.day, 16)) as records:
        filters = {"announcement": announcement, "done_at__isnull": "true"}
        page = records.query("communication.receipt", fields=("owner",), filters=filters, sort="created_at", limit=200)
        rows = {row["id"]: who.get(row["owner"].id, "") for row in page.rows if row.get("owner") is not None}
        quiet = [number for number, key in rows.items() if key not in SIGNING_IN][: notice.read]
        known = [number for number, key in rows.items() if key in SIGNING_IN and key not in notice.left]
        moment = context.moment(notice.day, 15).isoformat()
        records.update_many("communication.receipt", {number: {"done_at": moment} for number in (*quiet, *known)})


def _news(context: Any) -> None:
    products = _products(context)
    for paper in sorted(NEWS, key=lambda one: one.day):
        values: dict[str, Any] = {
            "headline": paper.headline[context.side(False)], "text": paper.text[context.side(False)],
            "audiences": list(paper.audiences),
        }  # fmt: skip
        if context.locale == "both":
            values |= {"headline_alt": paper.headline[1], "text_alt": paper.text[1]}
        if paper.product in products:
            values["product"] = products[paper.product]
        with context.acting(None, context.moment(paper.day, 10)) as records:
            row = records.create("communication.news", values, owner=context.people["xia"])
            records.act("communication.news.publish", row["id"], {})


def _products(context: Any) -> dict[str, int]:
    if "crm.product" not in context.runtime.registry.entities:
        return {}
    with context.acting(None, context.moment(0)) as records:
        rows = records.query("crm.product", fields=("code",), limit=200).rows
    return {row["code"]: row["id"] for row in rows}


# ---- conversations


def _possible(context: Any, talk: Talk) -> bool:
    named = {*talk.to, *talk.unread, *(said.who for said in talk.said)}
    return named <= set(context.people) and (not talk.account or talk.account in context.made)


def _talk(context: Any, talk: Talk) -> None:
    side = context.side(talk.chinese)
    first, *rest = talk.said
    last = _at(context, first)
    with context.acting(first.who, last) as records:
        thread = messages.begin(
            records, talk.subject[side], _words(first, side), account=context.made.get(talk.account),
            receivers=[context.people[key] for key in talk.to],
        )["id"]  # fmt: skip
    for said in rest:
        # Days that fall on a weekend move, so an answer might come before its question.
        last = max(_at(context, said), last + timedelta(minutes=40))
        _take_in(context, thread, said, last - timedelta(minutes=20))
        with context.acting(said.who, last) as records:
            records.act("communication.thread.reply", thread, {"text": _words(said, side)})
    _seen(context, thread, talk, last + timedelta(minutes=10))


def _take_in(context: Any, thread: int, said: Said, at: Any) -> None:
    """A colleague who takes no part yet is taken in by the contact of the account, shortly before they write."""
    with context.acting(None, at) as records:
        present = people.seats(records, [thread])[thread]
    there = {seat["owner"].id for seat in present if seat.get("owner") is not None}
    if said.who in _OUTSIDE or context.people[said.who] in there:
        return
    contact = next(seat["owner"].id for seat in present if seat["part"] == "contact")
    key = next(key for key, number in context.people.items() if number == contact)
    with context.acting(key, at) as records:
        messages.add_person(records, thread, context.people[said.who])


def _seen(context: Any, thread: int, talk: Talk, at: Any) -> None:
    """Everybody has read it all but those for whom something is left."""
    known = {number: key for key, number in context.people.items()}
    with context.acting(None, context.moment(0, 8)) as records:
        filters = {"thread": thread, "unread__gt": 0}
        rows = records.query("communication.participant", fields=("owner",), filters=filters, limit=50).rows
        owners = [row["owner"].id for row in rows if row.get("owner") is not None]
    for number in owners:
        if known.get(number) not in talk.unread:
            with context.acting(known[number], at) as records:
                messages.read(records, thread)


def _at(context: Any, said: Said) -> Any:
    return context.moment(said.day, said.hour, said.minute)


def _words(said: Said, side: int) -> str:
    return said.chinese if side else said.english
