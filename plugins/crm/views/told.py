"""How activities and pool moves read on a timeline: sentences with people, what was said, who may see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from weft.core.sdk import PersonRef, RecordPage, RefValue, Row, Text, current_locale, in_script, translator
from weft.core.websdk import View

_ = translator("crm")

__all__ = ["RECORD_PAGES"]

#: Kind -> icon, sentence with people, sentence without.
_SAID: Mapping[str, tuple[str, Text, Text]] = {
    "call": ("phone", _("%(who)s called %(with)s: %(what)s"), _("%(who)s called: %(what)s")),
    "visit": ("map-pin", _("%(who)s visited %(with)s: %(what)s"), _("%(who)s visited: %(what)s")),
    "meeting": ("users", _("%(who)s met %(with)s: %(what)s"), _("%(who)s had a meeting: %(what)s")),
    "mail": ("mail", _("%(who)s wrote to %(with)s: %(what)s"), _("%(who)s wrote: %(what)s")),
    "message": ("message", _("%(who)s sent %(with)s a message: %(what)s"), _("%(who)s sent a message: %(what)s")),
    "note": ("notebook", _("%(who)s noted with %(with)s: %(what)s"), _("%(who)s noted: %(what)s")),
    "task": ("checkbox", _("%(who)s did with %(with)s: %(what)s"), _("%(who)s did: %(what)s")),
}
_PLANNED = _("%(who)s plans for %(day)s: %(what)s")
_NOT_REACHED = _("%(who)s did not reach anybody: %(what)s")
_MOVED: Mapping[str, Text] = {
    "recycled": _("Fell from %(from)s into the pool %(pool)s"),
    "released": _("%(from)s gave the customer to the pool %(pool)s"),
    "claimed": _("%(to)s claimed the customer from the pool %(pool)s"),
    "allocated": _("%(to)s was given the customer from the pool %(pool)s"),
    "imported": _("Imported into the pool %(pool)s"),
}
_Slot = tuple[str, str, int | None]


def _person(person: PersonRef | None) -> _Slot:
    if person is None:
        return "person", "Weft", None
    return "person", in_script(person.name, person.alt, current_locale())[0], person.id


def _names(refs: Sequence[RefValue]) -> _Slot:
    names = [in_script(ref.title, ref.alt, current_locale())[0] for ref in refs]
    return ("record", names[0], refs[0].id) if len(refs) == 1 else ("value", str(_(", ")).join(names), None)


def activities(view: View, rows: Sequence[Row]) -> dict[int, dict[str, Any]]:
    """Sentences for activities; whom they were with comes in one step for all of them."""
    attended = view.records.linked("crm.attended_by", [row["id"] for row in rows])
    return {row["id"]: _activity(view, row, attended.get(row["id"], ())) for row in rows}


def _activity(view: View, row: Row, people: Sequence[RefValue]) -> dict[str, Any]:
    kind = row.get("kind")
    icon, with_people, alone = _SAID.get(kind if isinstance(kind, str) else "", _SAID["note"])
    slots = {"who": _who(row), "what": ("record", row.title, row["id"])}
    text = alone
    if row.get("status") == "planned" and row.get("at") is not None:
        text, slots["day"] = _PLANNED, ("text", view.formats.date(row["at"]), None)
    elif row.get("outcome") == "not_reached":
        text = _NOT_REACHED
    elif people:
        text, slots["with"] = with_people, _names(people)
    told: dict[str, Any] = {"text": text, "slots": slots, "icon": icon, "note": _rest(row)}
    if row.get("status") == "done":
        told["status"] = _outcome(view, row)
    if view.principal.internal and "shared" in row and not row["shared"]:
        told["internal"] = True
    return told


def _who(row: Row) -> _Slot:
    """Who did it; people of a distributor or agent with the name of their firm."""
    firm, person = row.get("partner"), row.get("noted_by")
    if firm is None or firm.restricted:
        return _person(row.get("owner") or person)
    name = in_script(firm.title, firm.alt, current_locale())[0]
    if person is None:
        return "text", name, None
    what = {"firm": name, "person": in_script(person.name, person.alt, current_locale())[0]}
    return "text", str(_("%(firm)s, %(person)s") % what), None


def _outcome(view: View, row: Row) -> dict[str, str] | None:
    """How it went, in place of a state that the sentence says already."""
    declared, value = view.entity("crm.activity").fields["outcome"], row.get("outcome")
    if value not in ("positive", "negative") or declared.choices is None:
        return None
    return {"label": str(declared.choices.labels[value]), "dot": declared.choices.tones.get(value, "grey")}


def _rest(row: Row) -> str:
    """What was noted beyond the line that is the subject already."""
    note = str(row.get("note") or "").strip()
    first, _break, rest = note.partition("\n")
    return rest.strip() if first.strip() == str(row.title).strip() else note


def pool_moves(view: View, rows: Sequence[Row]) -> dict[int, dict[str, Any]]:
    """Sentences for what moved into and out of pools."""
    found = {}
    for row in rows:
        pool = row.get("pool")
        named: _Slot = ("text", "", None)
        if pool is not None and not pool.restricted:
            named = ("record", in_script(pool.title, pool.alt, current_locale())[0], pool.id)
        slots = {"from": _person(row.get("from_owner")), "to": _person(row.get("to_owner")), "pool": named}
        found[row["id"]] = {
            "text": _MOVED.get(str(row.get("kind")), _MOVED["imported"]), "slots": slots, "icon": "arrows-exchange",
            "note": str(row.get("reason") or ""),
        }  # fmt: skip
    return found


RECORD_PAGES = [
    RecordPage("crm.activity", facts=("account", "kind", "at", "owner", "outcome"), told=activities),
    RecordPage("crm.pool_move", facts=("account", "kind", "pool", "at"), told=pool_moves),
]
