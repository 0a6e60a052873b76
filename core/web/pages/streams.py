"""Comments, files, followers, tags and favourites on record pages: what is shown, and the routes that write them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, current_app
from sqlalchemy.exc import OperationalError

from weft.core.collaboration import comments, favourites, followers, tags
from weft.core.errors import NotFound, ValidationFailed
from weft.core.i18n import translator
from weft.core.records import unit
from weft.core.records.history import HistoryEntry
from weft.core.web import counts
from weft.core.web.pages.actions import after_write, title_of
from weft.core.web.pages.resolve import entity_at
from weft.core.web.record.head import RecordHead
from weft.core.web.record.timeline import PAGE, history_entries
from weft.core.web.request import View
from weft.core.web.routing import route
from weft.core.web.sanitiser import markdown

__all__ = ["blueprint", "composer_of", "feed", "marks_of", "note_visit", "tags_of"]

_ = translator("core")

blueprint = Blueprint("streams", __name__)
_BASE = "/<portal>/<plugin>/<slug>/<int:record_id>/"


def note_visit(view: View, record_id: int) -> None:
    """Remember that the person opened a record, unless it is the last one anyway."""
    newest = favourites.recent(view.records)[:1]
    if view.principal.kind != "user" or (newest and newest[0].id == record_id):
        return

    def note() -> None:
        try:
            with unit.writing(view.runtime, view.principal, "page") as records:
                favourites.opened(records, record_id)
        except OperationalError:
            # The database is busy: a page that was read stands without the note.
            return

    view.later(note)


def marks_of(head: RecordHead) -> list[dict[str, Any]]:
    """Entries of the More menu that mark the record for oneself."""
    records, record_id = head.view.records, head.row.id
    marked = favourites.is_favourite(records, record_id)
    entries: list[dict[str, Any]] = [
        {"line": True},
        {
            "label": str(_("Remove from favourites") if marked else _("Add to favourites")),
            "url": head.url("favourite"),
            "opens": "post",
            "icon": "star",
            "hidden": {"on": "0" if marked else "1"},
        },
    ]
    if head.entity.has("followers"):
        follows = record_id in followers.followed(records, [record_id])
        entries.append(
            {
                "label": str(_("Stop following") if follows else _("Follow")),
                "url": head.url("follow"),
                "opens": "post",
                "icon": "bell-off" if follows else "bell",
                "hidden": {"on": "0" if follows else "1"},
            }
        )
    return entries


def tags_of(head: RecordHead) -> list[dict[str, Any]]:
    """Tags of the record, each with a way to take it off."""
    if not head.entity.has("tags") or not head.view.principal.internal:
        return []
    found = tags.tags_of(head.view.records, [head.row.id]).get(head.row.id, [])
    removable = head.may("update")
    return [
        {"label": tag.label, "dot": tag.tone, "id": tag.id, "remove_url": head.url("untag") if removable else ""}
        for tag in found
    ]


def feed(head: RecordHead, history: Sequence[HistoryEntry], kind: str = "all") -> dict[str, Any]:
    """History and comments in one stream, newest first.

    Args:
        kind: ``all``, ``comments`` or ``changes``.
    """
    entries: list[dict[str, Any]] = []
    if kind != "comments":
        entries += history_entries(head, history, undo=False)
    full = kind != "comments" and len(history) == PAGE
    if head.entity.has("comments") and kind != "changes":
        oldest = history[-1].at if full and history else None
        for one in comments.comments(head.view.records, head.row.id, limit=PAGE):
            if oldest is None or one.created_at >= oldest or kind == "comments":
                entries.append(_comment_entry(head, one))
    entries.sort(key=lambda entry: entry["at"], reverse=True)
    timeline: dict[str, Any] = {"entries": entries}
    if full:
        timeline["more_url"] = head.url("history", before=str(history[-1].id))
    return timeline


def _comment_entry(head: RecordHead, one: comments.Comment) -> dict[str, Any]:
    formats = head.view.formats
    parts: Any = current_app.jinja_env.get_template("pages/parts.html").module
    name = one.author.shown()[0] if one.author else ""
    entry: dict[str, Any] = {
        "icon": "message",
        "at": one.created_at,
        "at_text": formats.stamp(one.created_at),
        "at_title": formats.datetime(one.created_at),
        "html": parts.said(name, one.removed),
        "note": markdown(one.text) if not one.removed else "",
        "internal": one.audience == comments.INTERNAL,
    }
    if one.edited_at is not None:
        entry["mark"] = {"label": str(_("corrected"))}
    return entry


def composer_of(head: RecordHead) -> dict[str, Any] | None:
    """The box to write a comment, where one may; internal unless one chooses otherwise."""
    if not head.entity.has("comments") or not head.may("comment"):
        return None
    box: dict[str, Any] = {
        "action": head.url("comments"),
        "draft": f"comment:{head.row.id}:{head.view.principal.user_id}",
        "target": "#wf-composer",
        "swap": "outerHTML",
    }
    if head.view.principal.internal:
        box["mention_url"] = head.view.page("pick", "people")
        box["modes"] = [
            {"key": "internal", "label": str(_("Internal")), "who": str(_("Only people of the company see this")),
             "current": True},
            {"key": "shared", "label": str(_("Shared")), "who": str(_("Everybody who may read this record sees this"))},
        ]  # fmt: skip
    return box


# ---- writing


@route(blueprint, _BASE + "comments", policy="record", methods=["POST"], endpoint="comment")
def add_comment(portal: str, plugin: str, slug: str, record_id: int) -> Response:
    view, entity = entity_at(plugin, slug)
    row = view.records.get(entity.key, record_id)
    mode = view.form.get("mode", "")
    audience = mode if mode in (comments.INTERNAL, comments.SHARED) else None
    text = view.form.get("text", "")
    try:
        comments.add(view.records, record_id, text, audience=audience)
    except ValidationFailed as error:
        view.undo_all()
        box = composer_of(RecordHead(view, entity, view.records.get(entity.key, record_id))) or {}
        box |= {"value": text, "error": str(error.errors[0].message)}
        return view.fragment_of("wf/comment.html", "composer", box, status=422)
    view.toast(_("Comment on %(title)s sent") % {"title": title_of(view, entity, row)})
    if view.scripted:
        return view.done(wf_refresh="#wf-tab")
    return view.redirect(view.url(entity.key, record_id))


def _switch(view: View) -> bool:
    return view.form.get("on") == "1"


@route(blueprint, _BASE + "favourite", policy="record", methods=["POST"], endpoint="favourite")
def set_favourite(portal: str, plugin: str, slug: str, record_id: int) -> Response:
    view, entity = entity_at(plugin, slug)
    row = view.records.get(entity.key, record_id)
    if _switch(view):
        favourites.add(view.records, record_id)
    else:
        favourites.remove(view.records, record_id)
    done = _("%(title)s is a favourite") if _switch(view) else _("%(title)s is no favourite any more")
    view.toast(done % {"title": title_of(view, entity, row)})
    return view.redirect(view.url(entity.key, record_id))


@route(blueprint, _BASE + "follow", policy="record", methods=["POST"], endpoint="follow")
def set_follow(portal: str, plugin: str, slug: str, record_id: int) -> Response:
    view, entity = entity_at(plugin, slug)
    row = view.records.get(entity.key, record_id)
    if _switch(view):
        followers.follow(view.records, record_id)
    else:
        followers.unfollow(view.records, record_id)
    done = _("You follow %(title)s") if _switch(view) else _("You no longer follow %(title)s")
    view.toast(done % {"title": title_of(view, entity, row)})
    return view.redirect(view.url(entity.key, record_id))


@route(blueprint, _BASE + "tag", policy="record", endpoint="ask_tag")
def show_tag(portal: str, plugin: str, slug: str, record_id: int) -> Response:
    view, entity = entity_at(plugin, slug)
    row = view.records.get(entity.key, record_id)
    form = {
        "action": view.url(entity.key, record_id, "tag"),
        "fields": [
            {"name": "tag", "kind": "text", "label": str(_("Tag")), "max_length": 60, "autofocus": True, "value": ""}
        ],
        "submit": str(_("Tag")),
    }
    dialog = {"title": str(_("Tag")), "sub": title_of(view, entity, row), "size": "small"}
    return view.render("pages/form_dialog.html", dialog=dialog, form=form)


@route(blueprint, _BASE + "tag", policy="record", methods=["POST"], endpoint="tag")
def add_tag(portal: str, plugin: str, slug: str, record_id: int) -> Response:
    view, entity = entity_at(plugin, slug)
    row = view.records.get(entity.key, record_id)
    tag = tags.add(view.records, record_id, view.form.get("tag", ""))
    message = _("%(title)s tagged %(tag)s") % {"title": title_of(view, entity, row), "tag": tag.label}
    return after_write(view, message, view.url(entity.key, record_id))


@route(blueprint, _BASE + "untag", policy="record", methods=["POST"], endpoint="untag")
def remove_tag(portal: str, plugin: str, slug: str, record_id: int) -> Response:
    view, entity = entity_at(plugin, slug)
    number = view.form.get("tag", "")
    if not number.isdigit():
        raise NotFound("tag")
    tags.remove(view.records, record_id, int(number))
    counts.forget(view)
    return after_write(view, _("Tag removed"), view.url(entity.key, record_id))
