"""Search over everything the viewer may read, as a page and as the palette behind Ctrl K."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, jsonify

from weft.core.access.decide import decide_all
from weft.core.collaboration import favourites
from weft.core.errors import NotFound
from weft.core.i18n import has_han, translator
from weft.core.portal.navigation import menu, new_entries
from weft.core.records.values import Count
from weft.core.registry.model import EntityType
from weft.core.search.service import Group, search
from weft.core.web.frame import endpoint_url
from weft.core.web.pages.directory import found_people, person_row
from weft.core.web.policies import may
from weft.core.web.record.quick import action_button, quick_actions, quick_buttons
from weft.core.web.request import View, current
from weft.core.web.routing import route
from weft.core.web.values import Values, other_lang, title_names

__all__ = ["blueprint"]

_ = translator("core")

blueprint = Blueprint("search", __name__)
_LONGEST = 200
_PALETTE_PAGES = 6
#: Rows of one kind in the palette, and how many of the hits they are chosen from.
_PALETTE_ROWS, _PALETTE_LOOKED_AT = 5, 20
#: Rank of a record that matches in something else than its names.
_ELSEWHERE = 3


def _entities(view: View) -> list[EntityType]:
    """Kinds of records that can be found, in order of the menu."""
    return [
        entity
        for entity in view.runtime.registry.entities.values()
        if entity.plugin != "core" and entity.has("search") and may(view.runtime, view.principal, "read", entity.key)
    ]


@route(blueprint, "/<portal>/search/", policy="signed_in", endpoint="search", quota="search")
def show_search(portal: str) -> Response:
    view = current()
    typed = view.args.get("q", "").strip()[:_LONGEST]
    found = _found(view, typed, 20) if typed else []
    people = found_people(view, typed, 20)
    groups = [*_people(view, people, typed), *(_group(view, one, typed) for one in found)]
    total: int | str = sum(one.count for one in found) + len(people)
    if any(one.more for one in found):
        total = f"{total:,}+"
    page_data = {"title": str(_("Search")), "count": total if typed else None}
    return view.render("pages/search.html", page=page_data, q=typed, groups=groups, total=total)


def _people(view: View, found: list[Any], typed: str) -> list[dict[str, Any]]:
    """Colleagues as a panel of their own, none where nobody matches."""
    rows = [person_row(one) for one in found]
    url = view.page("directory", q=typed)
    return [{"title": str(_("Colleagues")), "count": len(rows), "rows": rows, "rows_two": True, "full": True,
             "url": url}] if rows else []  # fmt: skip


def _names(entity: EntityType) -> list[str]:
    return [*title_names(entity), *(["number"] if entity.spec.number else [])]


def _found(view: View, typed: str, limit: int, count: str = "capped") -> list[Group]:
    """What matches, by kind of record and best first; without an index by titles, in order of the menu."""
    entities = _entities(view)
    groups = search(view.records, typed, types=[entity.key for entity in entities], limit=limit)
    if groups is not None:
        return groups
    found = []
    for entity in entities:
        page = view.records.query(entity.key, fields=_names(entity), search=typed, limit=limit, count=count)
        number = page.count or Count(len(page.rows), exact=page.next is None)
        if page.rows:
            found.append(Group(entity, list(page.rows), number.value, not number.exact, {}, {}))
    return found


def _group(view: View, found: Group, typed: str) -> dict[str, Any]:
    values, entity = Values(view.runtime.registry, view.portal_key), found.entity
    quick = quick_buttons(view, entity, [row.id for row in found.rows])
    rows = []
    for row in found.rows:
        title, other = values.title(row, entity)
        one: dict[str, Any] = {
            "title": title,
            "url": view.url(entity.key, row.id),
            "sub": _where(found, row.id) or other or row.get("number") or "",
        }
        seen = values.record_face(entity.key, row.id, title)
        one |= {"face": seen} if seen else {"icon": entity.spec.icon}
        button = quick.get(row.id)
        rows.append(one | ({"action": {**button, "shortcut": None}} if button else {}))
    return {
        "title": str(entity.plural),
        "count": f"{found.count:,}+" if found.more else found.count,
        "rows": rows,
        "full": True,
        "url": view.url(entity.key, q=typed),
        "rows_two": any(one["sub"] for one in rows),
    }


def _where(found: Group, record_id: int) -> str:
    """Where a record matches that does not match in its title: the field and the words around."""
    snippet = found.snippets.get(record_id)
    if snippet is None:
        return ""
    field = found.entity.fields.get(snippet.name)
    label = field.label if field is not None else _("File") if snippet.name else _("Comment")
    return f"{label}: {snippet.text}"


@route(blueprint, "/<portal>/palette/", policy="signed_in", endpoint="palette", quota="typing")
def palette(portal: str) -> Response:
    view = current()
    typed = view.args.get("q", "").strip()[:_LONGEST]
    mode = view.args.get("mode", "all")
    groups: list[dict[str, Any]] = []
    if not typed and mode != "actions":
        groups.append(_recent(view))
    asked, wanted = _asked_for(view, typed)
    records = _records(view, wanted) if wanted and mode != "actions" else []
    quick = _quick(view, records, asked)
    groups += [quick, *records[:1]] if asked else [*records[:1], quick]
    if mode != "records":
        groups.append(_here_actions(view, typed))
    groups += records[1:]
    if mode != "actions":
        groups.append(_colleagues(view, wanted))
    if mode != "records":
        groups.append(_makes(view, typed))
        groups.append(_pages(view, typed))
    answer: dict[str, Any] = {"groups": [group for group in groups if group["rows"]]}
    if typed:
        answer["all_url"] = view.page("search", q=wanted)
    return jsonify(answer)


def _recent(view: View) -> dict[str, Any]:
    values = Values(view.runtime.registry, view.portal_key)
    rows = []
    for ref in favourites.recent(view.records):
        shown = values.reference(ref)
        if "url" in shown:
            entity = view.entity(ref.type)
            row = {"title": shown["title"], "url": shown["url"], "icon": entity.spec.icon, "end": str(entity.label)}
            rows.append(row | ({"face": shown["face"]} if "face" in shown else {}))
    return {"title": str(_("Recent")), "rows": rows}


def _records(view: View, typed: str) -> list[dict[str, Any]]:
    """Found records by kind: the best match of a kind first, and the kind with the best match first.

    A row whose name does not match says where it does.
    """
    groups: list[tuple[int, dict[str, Any]]] = []
    values = Values(view.runtime.registry, view.portal_key)
    for found in _found(view, typed, _PALETTE_LOOKED_AT, "none"):
        entity, rows = found.entity, []
        named = [(_closeness(values.title(one, entity), typed, one.id in found.snippets), one) for one in found.rows]
        # Of names that match alike the record known longest comes first.
        named.sort(key=lambda pair: (pair[0], pair[1].id if pair[0] < _ELSEWHERE else 0))
        for rank, one in named[:_PALETTE_ROWS]:
            title, other = values.title(one, entity)
            row: dict[str, Any] = {"title": title, "url": view.url(entity.key, one.id), "icon": entity.spec.icon}
            seen = values.record_face(entity.key, one.id, title)
            if seen:
                row["face"] = seen
            if other:
                row |= {"other": other, "other_lang": other_lang(other)}
            where = _where(found, one.id) if rank == _ELSEWHERE else ""
            rows.append(row | {"id": one.id} | ({"end": where} if where else {}))
        groups.append((named[0][0], {"title": str(entity.plural), "rows": rows, "type": entity.key}))
    return [group for _rank, group in sorted(groups, key=lambda pair: pair[0])]


def _colleagues(view: View, typed: str) -> dict[str, Any]:
    """People of the company by name or sound, each with unit and number."""
    rows = []
    for one in found_people(view, typed, _PALETTE_ROWS):
        row = person_row(one)
        rows.append({**row, "end": row.pop("sub")} | ({"other_lang": other_lang(row["other"])} if row["other"] else {}))
    return {"title": str(_("Colleagues")), "rows": rows}


def _asked_for(view: View, typed: str) -> tuple[str, str]:
    """(words of an action, what is left to look for): ``Log contact haver`` asks for the action on what is found."""
    folded = typed.casefold()
    for entity in _entities(view):
        for action in quick_actions(view, entity):
            label = str(action.label).casefold()
            if folded.startswith(label) and folded[len(label) :].strip():
                return label, typed[len(label) :].strip(" :")
    return "", typed


def _quick(view: View, found: list[dict[str, Any]], asked: str) -> dict[str, Any]:
    """Actions on what was found: on every record when one asked for them, else on the best match of each kind."""
    rows = []
    for group in found:
        entity = view.entity(group["type"])
        near = group["rows"] if asked else group["rows"][:1]
        buttons = quick_buttons(view, entity, [row["id"] for row in near])
        for row in near:
            button = buttons.get(row["id"])
            if button is not None and (not asked or button["label"].casefold() == asked):
                line = {"title": button["label"], "other": row["title"], "url": button["url"], "icon": button["icon"]}
                rows.append(line | {"opens": button["opens"]})
    return {"title": str(_("Actions")), "rows": rows[:_PALETTE_ROWS]}


def _closeness(names: Iterable[str], typed: str, elsewhere: bool) -> int:
    """How well a record's names match: 0 begins with these words, 1 with such letters, 2 otherwise, 3 not at all.

    Args:
        names: the name in either script.
        typed: what was looked for.
        elsewhere: the index found it outside the names; a name may also match by its sound.
    """
    wanted, best = typed.casefold(), _ELSEWHERE if elsewhere else 2
    for name in map(str.casefold, names):
        if name.startswith(wanted):
            whole = not name[len(wanted) : len(wanted) + 1].isalnum() or has_han(wanted)
            best = min(best, 0 if whole else 1)
        elif all(word in name for word in wanted.split()):
            best = min(best, 2)
    return best


def _here_actions(view: View, typed: str) -> dict[str, Any]:
    """Actions of the record one looks at, as far as the viewer may do them."""
    group: dict[str, Any] = {"title": "", "rows": []}
    found = re.fullmatch(r"/([^/?]+)/([^/?]+)/([^/?]+)/(\d+)(?:[/?].*)?", view.args.get("here", ""))
    if found is None or found.group(1) != view.portal_key:
        return group
    entity = view.runtime.registry.by_slug(found.group(2), found.group(3))
    if entity is None:
        return group
    record_id = int(found.group(4))
    try:
        row = view.records.get(entity.key, record_id)
    except NotFound:
        return group
    title = Values(view.runtime.registry, view.portal_key).title(row, entity)[0]
    operations = {"edit": ("update", _("Edit"), "pencil"), "link": ("link", _("Link to…"), "link")}
    decisions = decide_all(
        view.records, entity.key, [*(a.key for a in entity.actions.values()), "update", "link"], record_id
    )
    rows = []
    for action in sorted(entity.actions.values(), key=lambda one: (one.order, one.name)):
        if action.offered is not None and not action.offered(row):
            continue
        if decisions[action.key].allowed and (not action.states or row.get("state") in action.states):
            button = action_button(view, entity, action, record_id)
            rows.append({"title": button["label"], "other": title, **button, "icon": action.icon or "bolt"})
    for word, (operation, label, icon) in operations.items():
        if decisions[operation].allowed:
            url = view.url(entity.key, record_id, word)
            rows.append({"title": str(label), "url": url, "icon": icon, "other": title, "opens": "dialog"})
    group["title"] = title
    group["rows"] = [row for row in rows if _matches(str(row["title"]), typed) or _matches(title, typed)]
    return group


def _makes(view: View, typed: str) -> dict[str, Any]:
    rows = []
    for entry, url in new_entries(view):
        label = str(_("New: %(what)s") % {"what": entry.label})
        if _matches(label, typed):
            rows.append({"title": label, "url": url, "icon": "plus"})
    return {"title": str(_("New")), "rows": rows}


def _pages(view: View, typed: str) -> dict[str, Any]:
    rows = []
    for group in menu(view, lambda endpoint: endpoint_url(view, endpoint)):
        for entry in group.entries:
            if _matches(str(entry.label), typed) and typed:
                rows.append({"title": str(entry.label), "url": entry.url, "icon": group.icon, "end": str(group.label)})
    return {"title": str(_("Pages")), "rows": rows[:_PALETTE_PAGES]}


def _matches(text: str, typed: str) -> bool:
    return all(word in text.casefold() for word in typed.casefold().split())
