"""Directory of the company's people: name, unit, position, mail and telephone, found by name, sound, unit or place."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from weft.core.i18n import in_script, translator
from weft.core.identity import directory
from weft.core.identity.directory import Entry
from weft.core.search.people import find_colleagues
from weft.core.web.contacts import message_to
from weft.core.web.formats import Formats
from weft.core.web.request import View, current
from weft.core.web.routing import route
from weft.core.web.values import face, other_lang

__all__ = ["blueprint", "found_people", "person_row"]

_ = translator("core")

blueprint = Blueprint("directory", __name__)
_HERE = "/employee/directory/"
_LONGEST = 100
#: People on one page; more are found by typing.
_MOST = 500


@route(blueprint, _HERE, policy="portal:employee", endpoint="show")
def show_directory() -> Response:
    """Everybody, or those who match; the filters stand in the address."""
    view = current()
    typed, unit = view.args.get("q", "").strip()[:_LONGEST], view.args.get("unit", "")
    chosen = int(unit) if unit.isdigit() else None
    found = find_colleagues(view.records, typed, unit=chosen)
    title = str(_("Directory"))
    units = [
        {"value": number, "label": "\u2003" * depth + in_script(name, alt)[0]}
        for number, name, alt, depth in directory.all_units(view.records)
    ]
    nobody = {
        "title": str(_("Nobody matches")),
        "text": str(_("Type part of a name, its pinyin or initials, a unit or a position.")),
        "action": {"label": str(_("Show everybody")), "url": _HERE},
    }
    more = str(_("%(n)s more; type a name to find them.") % {"n": len(found) - _MOST}) if len(found) > _MOST else ""
    return view.render(
        "pages/directory.html",
        page={"title": title, "count": len(found), "tab": "menu"},
        head={"title": title, "count": len(found)},
        q=typed,
        units=units,
        unit=chosen,
        people=[_line(view, one) for one in found[:_MOST]],
        empty=nobody,
        more=more,
    )


def _line(view: View, one: Entry) -> dict[str, Any]:
    name, other = in_script(one.name, one.name_alt)
    place = (in_script(one.position, one.position_alt)[0], in_script(one.unit, one.unit_alt)[0])
    return {
        "name": name,
        "other": other,
        "other_lang": other_lang(other),
        "face": face(one.id, name),
        "position": place[0],
        "unit": place[1],
        "email": one.email,
        "phone": one.phone,
        "message": message_to(view, one.id) if one.id != view.principal.user_id else None,
    }


def person_row(one: Entry) -> dict[str, Any]:
    """A colleague among what a search found: leads to their line of the directory."""
    name, other = in_script(one.name, one.name_alt)
    place = (in_script(one.position, one.position_alt)[0], in_script(one.unit, one.unit_alt)[0])
    return {
        "title": name,
        "url": f"{_HERE}?q={one.email}",
        "face": face(one.id, name),
        "sub": " · ".join(part for part in (*place, Formats.phone(one.phone)) if part),
        "other": other,
    }


def found_people(view: View, typed: str, limit: int) -> list[Entry]:
    """Colleagues that a search for records finds too; for people of the company only."""
    if not typed or view.portal_key != "employee" or not view.principal.internal:
        return []
    return find_colleagues(view.records, typed, limit=limit)
