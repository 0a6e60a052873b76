"""Comments, files, followers, tags and favourites on record pages: what is shown, and the routes that write them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app
from sqlalchemy.exc import OperationalError

from weft.core.collaboration import comments, favourites, followers, tags
from weft.core.collaboration import timeline as stream
from weft.core.db.fields import Kind
from weft.core.errors import NotFound, ValidationFailed
from weft.core.files.files import Attachment
from weft.core.i18n import in_script, translator
from weft.core.records import unit
from weft.core.records.history import Part, compose
from weft.core.records.values import PersonRef
from weft.core.web import counts
from weft.core.web.pages.actions import after_write, title_of
from weft.core.web.pages.resolve import entity_at
from weft.core.web.record.head import RecordHead
from weft.core.web.record.timeline import PAGE, history_entries, sentence
from weft.core.web.request import View
from weft.core.web.routing import route
from weft.core.web.sanitiser import markdown

__all__ = ["blueprint", "composer_of", "feed", "marks_of", "note_visit", "tags_of"]

_ = translator("core")

blueprint = Blueprint("streams", __name__)
_BASE = "/<portal>/<plugin>/<slug>/<int:record_id>/"
_ACTIVITY = _("%(record)s by %(who)s")
_KINDS = {
    "comments": _("Comments"), "activities": _("Activities"), "files": _("Files"), "changes": _("Changes"),
}  # fmt: skip


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


def feed(head: RecordHead) -> dict[str, Any]:
    """Changes, comments, files and activities in one stream, newest first; ``?kind=`` keeps one of them."""
    chosen = head.view.args.get("kind", "")
    kinds = [chosen] if chosen in stream.KINDS else list(stream.KINDS)
    found = stream.timeline(head.view.records, head.row.id, kinds=kinds, limit=PAGE)
    tab = head.view.args.get("tab", "")
    offered = [("", _("Everything")), *((kind, label) for kind, label in _KINDS.items() if _offered(head, kind))]
    switch = [
        {
            "label": str(label), "current": kind == (chosen if chosen in stream.KINDS else ""),
            "url": head.url(**{name: value for name, value in (("tab", tab), ("kind", kind)) if value}),
            "hx_target": "#wf-timeline",
        }
        for kind, label in offered
    ]  # fmt: skip
    return {**_rows_of(head, found, chosen), "kinds": switch}


def _offered(head: RecordHead, kind: str) -> bool:
    feature = {"comments": "comments", "files": "attachments"}.get(kind)
    if kind == "activities":
        return any(one.key != head.entity.key for one in head.view.runtime.registry.with_trait(stream.ACTIVITY))
    return feature is None or head.entity.has(feature)


def _rows_of(head: RecordHead, found: stream.TimelinePage, kind: str) -> dict[str, Any]:
    rows: dict[str, Any] = {"entries": [_stream_entry(head, one) for one in found.entries]}
    if found.next is not None:
        rows["more_url"] = head.url("stream", **{"before": found.next, **({"kind": kind} if kind else {})})
    return rows


def _stream_entry(head: RecordHead, one: stream.TimelineEntry) -> dict[str, Any]:
    if one.kind == "comments":
        return _comment_entry(head, one.item)
    if one.kind == "files":
        return _file_entry(head, one.item)
    if one.kind == "activities":
        return _activity_entry(head, one)
    return history_entries(head, [one.item], undo=False)[0]


def _file_entry(head: RecordHead, one: Attachment) -> dict[str, Any]:
    slots = {
        "who": Part("person", one.person.shown()[0] if one.person else "Weft"),
        "file": Part("file", one.file.name, one.file.id),
    }
    return {
        "icon": "paperclip",
        "at": one.created_at,
        "at_text": head.view.formats.stamp(one.created_at),
        "at_title": head.view.formats.datetime(one.created_at),
        "html": sentence(head, compose(_("%(who)s attached %(file)s"), slots)),
        "internal": one.audience == "internal",
    }


def _activity_entry(head: RecordHead, one: stream.TimelineEntry) -> dict[str, Any]:
    """An activity: its title as a link, its state, and what was noted."""
    entity = head.view.runtime.registry.entity(one.item.type)
    owner = one.item.get("owner")
    title = Part("record", one.item.title, one.id)
    parts = (title,) if owner is None else compose(_ACTIVITY, {"record": title, "who": Part("person", _name(owner))})
    noted = next((name for name, field in entity.fields.items() if field.kind is Kind.MARKDOWN), "")
    entry: dict[str, Any] = {
        "icon": entity.spec.icon,
        "at": one.at,
        "at_text": head.view.formats.stamp(one.at),
        "at_title": head.view.formats.datetime(one.at),
        "html": sentence(head, parts),
        "note": markdown(one.item.get(noted) or "") if noted else "",
    }
    state = entity.state_field
    value = str(one.item.get(state.name) or "") if state is not None else ""
    if state is not None and state.choices is not None and value in state.choices.labels:
        tone = state.choices.tones.get(value, "grey")
        entry["status"] = {"label": str(state.choices.labels[value]), "dot": tone}
    return entry


def _name(owner: PersonRef) -> str:
    return in_script(owner.name, owner.alt)[0]


@route(blueprint, _BASE + "stream", policy="record", endpoint="stream")
def show_stream(portal: str, plugin: str, slug: str, record_id: int) -> Response:
    """Earlier entries of the stream."""
    view, entity = entity_at(plugin, slug)
    head = RecordHead(view, entity, view.records.get(entity.key, record_id))
    kind = view.args.get("kind", "")
    kinds = [kind] if kind in stream.KINDS else list(stream.KINDS)
    before = view.args.get("before") or None
    found = stream.timeline(view.records, record_id, kinds=kinds, limit=PAGE, before=before)
    return view.fragment_of("wf/timeline.html", "timeline_rows", _rows_of(head, found, kind))


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
