"""Comments, files, followers, tags and favourites on record pages: what is shown, and the routes that write them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from flask import Blueprint, Response, current_app
from sqlalchemy.exc import OperationalError

from weft.core.collaboration import comments, favourites, followers, tags
from weft.core.collaboration import timeline as stream
from weft.core.collaboration.mentions import link_names
from weft.core.db.fields import Kind
from weft.core.errors import NotFound, ValidationFailed
from weft.core.files.files import Attachment
from weft.core.i18n import in_script, translator
from weft.core.records import unit
from weft.core.records.history import Part, compose
from weft.core.records.values import PersonRef
from weft.core.registry.model import EntityType
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
_KINDS = {"comments": _("Comments"), "files": _("Files"), "changes": _("Changes"), "steps": _("Steps")}


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


def feed(head: RecordHead, present: Collection[str]) -> dict[str, Any]:
    """Changes, comments, files and activities in one stream, newest first; ``?kind=`` keeps one of them.

    Args:
        head: the record and who looks.
        present: keys of the entities that something is linked from; only these are offered as kinds.
    """
    chosen = head.view.args.get("kind", "")
    tab = head.view.args.get("tab", "")
    offered = [("", _("Everything")), *_kinds(head, present)]
    known = chosen if any(kind == chosen for kind, _label in offered) else ""
    switch = [
        {
            "label": str(label), "current": kind == known,
            "url": head.url(**{name: value for name, value in (("tab", tab), ("kind", kind)) if value}),
            "hx_target": "#wf-timeline",
        }
        for kind, label in offered
    ]  # fmt: skip
    return {**_rows_of(head, _read(head, known), known), "kinds": switch}


def _kinds(head: RecordHead, present: Collection[str]) -> list[tuple[str, Any]]:
    """Kinds of entries that this record can have: activities by what they are, then the platform's own."""
    activities = head.view.runtime.registry.with_trait(stream.ACTIVITY)
    found = [(one.key, one.plural) for one in activities if one.key != head.entity.key and one.key in present]
    for kind, feature in (("comments", "comments"), ("files", "attachments"), ("changes", "")):
        if not feature or head.entity.has(feature):
            found.append((kind, _KINDS[kind]))
    told = head.view.runtime.registry.stories.get(head.entity.key, ())
    if head.view.principal.internal and any(key in present for key in told):
        found.append(("steps", _KINDS["steps"]))
    return found


def _read(head: RecordHead, kind: str, before: str | None = None) -> stream.TimelinePage:
    """One page of the stream: everything, one kind of the platform, or the activities of one entity."""
    records, record_id = head.view.records, head.row.id
    if kind in stream.KINDS:
        return stream.timeline(records, record_id, kinds=[kind], limit=PAGE, before=before)
    kinds = ["activities"] if kind else stream.KINDS
    return stream.timeline(records, record_id, kinds=kinds, limit=PAGE, before=before, only=kind)


def _rows_of(head: RecordHead, found: stream.TimelinePage, kind: str) -> dict[str, Any]:
    told = _told(head, found)
    here = {one.id for one in found.entries if one.kind == "activities"}
    shown = [one for one in found.entries if _worth(head, one, here)]
    rows: dict[str, Any] = {"entries": [_stream_entry(head, one, told) for one in shown]}
    if found.next is not None:
        rows["more_url"] = head.url("stream", **{"before": found.next, **({"kind": kind} if kind else {})})
    return rows


def _worth(head: RecordHead, one: stream.TimelineEntry, here: Collection[int]) -> bool:
    """Bookkeeping stays in the history: derived fields that followed, actions and links whose result stands here.

    Args:
        head: the record and who looks.
        one: the entry.
        here: activities that stand on the same page of the stream.
    """
    if one.kind != "changes":
        return True
    if one.item.action in ("link", "relink") and any(part.id in here for part in one.item.parts):
        return False
    action = head.view.runtime.registry.actions.get(one.item.action)
    if action is not None and action.quiet and not one.item.details:
        return False
    if one.item.action != "update" or not one.item.details:
        return True
    fields = head.entity.fields
    return any(detail.name not in fields or fields[detail.name].writable for detail in one.item.details)


def _told(head: RecordHead, found: stream.TimelinePage) -> dict[int, Mapping[str, Any]]:
    """What plugins say of their activities, one call per entity."""
    by_entity: dict[str, list[Any]] = {}
    for one in found.entries:
        if one.kind == "activities":
            by_entity.setdefault(one.item.type, []).append(one.item)
    told: dict[int, Mapping[str, Any]] = {}
    for key, rows in by_entity.items():
        page = head.view.runtime.registry.record_pages.get(key)
        if page is not None and page.told is not None:
            told.update(page.told(head.view, rows))
    return told


def _stream_entry(head: RecordHead, one: stream.TimelineEntry, told: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
    if one.kind == "comments":
        return _comment_entry(head, one.item)
    if one.kind == "files":
        return _file_entry(head, one.item)
    if one.kind == "activities":
        return _activity_entry(head, one, told.get(one.id))
    entry = history_entries(head, [one.item], undo=False)[0]
    if one.kind == "steps":  # which kind of record it is about: a contract is named like its customer
        label = str(head.view.runtime.registry.entity(one.entity).label)
        entry["mark"] = {"label": f"{label} · {entry['mark']['label']}" if "mark" in entry else label}
    return entry


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


def _activity_entry(head: RecordHead, one: stream.TimelineEntry, told: Mapping[str, Any] | None) -> dict[str, Any]:
    """An activity as its plugin tells it, else its title as a link, its state, and what was noted."""
    entity = head.view.runtime.registry.entity(one.item.type)
    entry: dict[str, Any] = {
        "icon": entity.spec.icon,
        "at": one.at,
        "at_text": head.view.formats.stamp(one.at),
        "at_title": head.view.formats.datetime(one.at),
        **_status_of(entity, one.item),
    }
    if told is not None:
        slots = {name: Part(*parts) for name, parts in told["slots"].items()}
        entry["html"] = sentence(head, compose(told["text"], slots))
        entry["note"] = markdown(told.get("note") or "")
        entry |= {name: told[name] for name in ("icon", "internal", "mark") if told.get(name)}
        return entry | ({"status": told["status"]} if "status" in told else {})
    owner = one.item.get("owner")
    title = Part("record", one.item.title, one.id)
    parts = (title,) if owner is None else compose(_ACTIVITY, {"record": title, "who": Part("person", _name(owner))})
    noted = next((name for name, field in entity.fields.items() if field.kind is Kind.MARKDOWN), "")
    entry["html"] = sentence(head, parts)
    entry["note"] = markdown(one.item.get(noted) or "") if noted else ""
    return entry


def _status_of(entity: EntityType, row: Mapping[str, Any]) -> dict[str, Any]:
    state = entity.state_field
    value = str(row.get(state.name) or "") if state is not None else ""
    if state is None or state.choices is None or value not in state.choices.labels:
        return {}
    return {"status": {"label": str(state.choices.labels[value]), "dot": state.choices.tones.get(value, "grey")}}


def _name(owner: PersonRef) -> str:
    return in_script(owner.name, owner.alt)[0]


@route(blueprint, _BASE + "stream", policy="record", endpoint="stream")
def show_stream(portal: str, plugin: str, slug: str, record_id: int) -> Response:
    """Earlier entries of the stream."""
    view, entity = entity_at(plugin, slug)
    head = RecordHead(view, entity, view.records.get(entity.key, record_id))
    asked = view.args.get("kind", "")
    known = {*stream.KINDS, *(one.key for one in view.runtime.registry.with_trait(stream.ACTIVITY))}
    kind = asked if asked in known else ""
    found = _read(head, kind, view.args.get("before") or None)
    return view.fragment_of("wf/timeline.html", "timeline_rows", _rows_of(head, found, kind))


def _comment_entry(head: RecordHead, one: comments.Comment) -> dict[str, Any]:
    formats = head.view.formats
    parts: Any = current_app.jinja_env.get_template("pages/parts.html").module
    name = one.by
    entry: dict[str, Any] = {
        "id": f"comment-{one.id}",
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
        # Only people of the company learn by this whose name it is.
        said = link_names(view.connection, text) if view.principal.internal else text
        comments.add(view.records, record_id, said, audience=audience)
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
