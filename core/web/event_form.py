"""The dialog of an appointment: what is asked for, how it is read, and which repetitions a change is for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flask import Response

from weft.core.access.decide import decide
from weft.core.calendar import writing
from weft.core.calendar.entries import EVENT
from weft.core.errors import FieldError, NotFound, ValidationFailed
from weft.core.i18n import in_script, translator
from weft.core.identity.people import people
from weft.core.records.values import Row
from weft.core.web.forms.fields import FormField
from weft.core.web.forms.parse import parse_form
from weft.core.web.values import face

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["EventForm"]

_ = translator("core")

_NAMES = ("subject", "kind", "starts_at", "ends_at", "all_day", "place", "about", "note")
_RULES = {
    "daily": ("FREQ=DAILY", _("Every day")),
    "workdays": ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", _("Every weekday")),
    "weekly": ("FREQ=WEEKLY", _("Every week")),
    "fortnight": ("FREQ=WEEKLY;INTERVAL=2", _("Every two weeks")),
    "monthly": ("FREQ=MONTHLY", _("Every month")),
    "yearly": ("FREQ=YEARLY", _("Every year")),
}
_REMIND = {
    "": _("No reminder"), "0": _("When it begins"), "5": _("5 minutes before"), "10": _("10 minutes before"),
    "30": _("30 minutes before"), "60": _("1 hour before"), "1440": _("1 day before"),
}  # fmt: skip
_HOUR = timedelta(hours=1)


class EventForm:
    """One appointment in a dialog.

    Args:
        view: who fills it in.
        row: the appointment as it is, None for a new one.
        occurrence: which repetition of a series was opened.
    """

    def __init__(self, view: View, row: Row | None = None, occurrence: datetime | None = None) -> None:
        self.view, self.row = view, row
        self.occurrence = occurrence if row is not None and row.get("rule") else None
        self.zone = ZoneInfo(view.zone)
        self.entity = view.entity(EVENT)
        if row is not None and not decide(view.records, EVENT, "update", row.id).allowed:
            raise NotFound(str(row.id))

    @property
    def title(self) -> str:
        """Words of the appointment, as typed for a new one."""
        return self.view.form.get("subject", "").strip() or (self.row.title if self.row else "")

    # ---- values

    def fresh(self) -> dict[str, Any]:
        """Values of a new appointment: where one clicked, else the next full hour."""
        start = self._local(self.view.args.get("start", ""))
        if start is None:
            now = self.view.runtime.clock().astimezone(self.zone)
            start = now.replace(minute=0, second=0, microsecond=0) + _HOUR
        minutes = self.view.args.get("minutes", "")
        length = timedelta(minutes=min(int(minutes), 24 * 60)) if minutes.isdigit() else _HOUR
        about = self.view.args.get("about", "")
        found = self.view.records.titles([int(about)]) if about.isdigit() else {}
        kind = "task" if self.view.args.get("kind") == "task" else "appointment"
        return {"kind": kind, "starts_at": start, "ends_at": start + length, "remind_minutes": "",
                "all_day": self.view.args.get("whole") == "1", "about": next(iter(found.values()), None),
                "guests": [], "repeat": ""}  # fmt: skip

    def stored(self) -> dict[str, Any]:
        """Values of the appointment, of the opened repetition where it is one."""
        assert self.row is not None  # noqa: S101  (routes call it for a record only)
        row = self.row
        values: dict[str, Any] = {name: row.get(name) for name in _NAMES}
        if self.occurrence is not None and row.get("ends_at") is not None:
            values["ends_at"] = self.occurrence + (row["ends_at"] - row["starts_at"])
        if self.occurrence is not None:
            values["starts_at"] = self.occurrence
        if values["all_day"] and values.get("ends_at") is not None:
            values["ends_at"] = max(values["starts_at"], values["ends_at"] - timedelta(days=1))
        rule = str(row.get("rule") or "")
        plain, until = _without_end(rule)
        known = next((key for key, (text, _label) in _RULES.items() if text == plain), "custom" if rule else "")
        guests = writing.guests_of(self.view.records, [row.id]).get(row.id, [])
        minutes = row.get("remind_minutes")
        return values | {
            "repeat": known, "rule": rule if known == "custom" else "", "until": until, "guests": guests,
            "remind_minutes": "" if minutes is None else str(minutes), "scope": "one",
        }  # fmt: skip

    def typed(self) -> dict[str, Any]:
        """What was posted, for a form that comes back."""
        form = self.view.form
        values: dict[str, Any] = {name: form.get(name, "") for name in (*_NAMES, "repeat", "rule", "until", "scope")}
        values["all_day"] = form.getlist("all_day")[-1:] == ["1"]
        values["remind_minutes"] = form.get("remind_minutes", "")
        values["guests"] = self._guests()
        about = form.get("about", "")
        values["about"] = self.view.records.titles([int(about)]).get(int(about)) if about.isdigit() else None
        return values

    def _guests(self) -> list[int]:
        return [int(one) for one in self.view.form.getlist("guests") if one.isdigit()]

    def _local(self, text: str) -> datetime | None:
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            return None
        return found if found.tzinfo else found.replace(tzinfo=self.zone)

    # ---- drawing

    def render(self, values: Mapping[str, Any], errors: Sequence[FieldError] = ()) -> Response:
        """The dialog, or the same as a page for browsers without script."""
        view = self.view
        messages = {error.field: error.message for error in reversed(errors)}
        address = view.page("calendar", "new") if self.row is None else view.page("calendar", self.row.id)
        hidden = {"_had": "about,all_day,guests"}
        if self.occurrence is not None:
            hidden["at"] = self.occurrence.isoformat()
        form: dict[str, Any] = {
            "action": address, "fields": self._fields(values, messages), "submit": str(_("Save")), "hidden": hidden,
            "errors": [{"text": str(one.message), "field": one.field} for one in errors],
        }  # fmt: skip
        new = _("New task") if values.get("kind") == "task" else _("New appointment")
        title = str(new) if self.row is None else self.row.title
        dialog = {"title": title, "size": "wide"}
        status = 422 if errors else 200
        extra = self._extra(address)
        if view.target in ("wf-dialog", "wf-dialog-form"):
            return view.render("pages/calendar_dialog.html", status, dialog=dialog, form=form, extra=extra)
        form["cancel_url"] = view.page("calendar")
        page = {"title": title, "back": {"url": view.page("calendar"), "label": str(_("Calendar"))}}
        return view.render("pages/calendar_form.html", status, page=page, form=form, extra=extra)

    def _extra(self, address: str) -> list[dict[str, Any]]:
        """What else may be done with an appointment that is there."""
        if self.row is None:
            return []
        at = {"at": self.occurrence.isoformat()} if self.occurrence is not None else {}
        remove = _("Delete all") if self.row.get("rule") else _("Delete")
        found = [
            {"label": str(_("Open the record")), "url": self.view.url(EVENT, self.row.id), "ghost": True},
            {"label": str(remove), "url": address, "opens": "post", "danger": True, "hidden": {"_do": "remove", **at}},
        ]
        if self.occurrence is not None:
            skip = {"_do": "skip", **at}
            found.insert(1, {"label": str(_("Leave this one out")), "url": address, "opens": "post", "hidden": skip})
        return found

    def _fields(self, values: Mapping[str, Any], messages: Mapping[str, Any]) -> list[dict[str, Any]]:
        maker = FormField(self.view, ("core", "events"))
        found: dict[str, dict[str, Any]] = {
            name: maker.field(self.entity.fields[name], values.get(name), error=messages.get(name)) for name in _NAMES
        }
        found["subject"]["autofocus"] = True
        found["about"] |= {"search_url": self.view.page("pick", "any", "core", "events"), "width": None}
        found["about"].pop("create_url", None)
        found["note"] |= {"rows": 3}
        found["place"]["width"] = "half"
        found["all_day"]["width"] = found["kind"]["width"] = "half"
        found["ends_at"]["required"] = found["kind"]["required"] = True
        repeat = [{"value": "", "label": str(_("Never"))}]
        repeat += [{"value": key, "label": str(label)} for key, (_text, label) in _RULES.items()]
        repeat.append({"value": "custom", "label": str(_("By a rule of one's own"))})
        rows = [found["subject"], found["starts_at"], found["ends_at"], found["kind"], found["all_day"]]
        rows += [
            _choice("repeat", _("Repeats"), repeat, values.get("repeat", "")),
            {"name": "until", "kind": "date", "label": str(_("Until")), "required": False, "width": "half",
             "value": values.get("until") or "", "error": messages.get("until")},
        ]  # fmt: skip
        rule = {"name": "rule", "kind": "text", "label": str(_("Rule")), "required": False, "max_length": 500,
                "value": values.get("rule") or "", "help": str(self.entity.fields["rule"].help)}  # fmt: skip
        if messages.get("rule"):
            rule["error"] = str(messages["rule"])
        minutes = str(values.get("remind_minutes") or "")
        remind = [{"value": key, "label": str(label)} for key, label in _REMIND.items() if key]
        if minutes and minutes not in _REMIND:
            remind.append({"value": minutes, "label": str(_("%(n)s minutes before") % {"n": minutes})})
        names = people(self.view.connection, values.get("guests") or [])
        chosen = [
            {"id": one.id, "title": in_script(one.name, one.name_alt)[0],
             "face": face(one.id, in_script(one.name, one.name_alt)[0])}
            for one in names.values()
        ]  # fmt: skip
        guests = {"name": "guests", "kind": "references", "label": str(_("Invite")), "required": False,
                  "search_url": self.view.page("pick", "people"), "selected": chosen}  # fmt: skip
        about = found["about"]
        rows += [rule, _choice("remind_minutes", _("Remind"), remind, minutes), found["place"], about, guests]
        rows.append(found["note"])
        if self.occurrence is not None:
            both = [
                {"value": "one", "label": str(_("Only this one"))},
                {"value": "all", "label": str(_("All of them"))},
            ]
            scope = _choice("scope", _("Change"), both, values.get("scope") or "one")
            rows.insert(0, scope | {"as_select": False, "required": True, "width": None})
        return rows

    # ---- writing

    def store(self) -> int:
        """Write what was posted; returns the id of the appointment.

        Raises:
            ValidationFailed: with the fields that are wrong.
        """
        values = self._posted()
        records = self.view.records
        if self.row is None:
            number = records.create(EVENT, values).id
        elif self.occurrence is not None and self.view.form.get("scope") != "all":
            number = writing.detach(records, self.row.id, self.occurrence, values | {"rule": None})
        else:
            number = self._store_all(values)
        writing.invite(records, number, self._guests())
        return number

    def _store_all(self, values: dict[str, Any]) -> int:
        assert self.row is not None  # noqa: S101
        records, row = self.view.records, self.row
        if self.occurrence is not None:
            begins, ends = values.pop("starts_at"), values.pop("ends_at")
            length = row["ends_at"] - row["starts_at"] if row.get("ends_at") else None
            if begins != self.occurrence or ends - begins != length:
                rule = values.pop("rule") if values["rule"] == row.get("rule") else None
                writing.move_all(records, row.id, self.occurrence, begins, ends, version=None)
                values |= {"rule": rule} if rule is not None and begins.date() == self.occurrence.date() else {}
        records.update(EVENT, row.id, values, version=None)
        return row.id

    def skip(self) -> None:
        """Leave the opened repetition out."""
        if self.row is None or self.occurrence is None:
            raise NotFound("at")
        writing.leave_out(self.view.records, self.row.id, self.occurrence)

    def remove(self) -> None:
        """Move the appointment, with all its repetitions, to the trash."""
        if self.row is None:
            raise NotFound("event")
        self.view.records.delete(EVENT, self.row.id, version=self.row.version)

    def _posted(self) -> dict[str, Any]:
        form = self.view.form
        declared = [self.entity.fields[name] for name in _NAMES]
        values = parse_form(form, declared, self.view.zone)
        begins, ends = (self._local(form.get(name, "")) for name in ("starts_at", "ends_at"))
        if begins is None:
            raise ValidationFailed.single("starts_at", "required", _("Say when it begins."))
        if values.get("all_day"):
            first = begins.astimezone(self.zone).date()
            last = max(first, ends.astimezone(self.zone).date()) if ends is not None else first
            begins = datetime.combine(first, time(), self.zone)
            ends = datetime.combine(last + timedelta(days=1), time(), self.zone)
        values |= {"starts_at": begins.astimezone(UTC), "ends_at": (ends or begins + _HOUR).astimezone(UTC)}
        minutes = form.get("remind_minutes", "")
        return values | {"rule": self._rule(), "remind_minutes": int(minutes) if minutes.isdigit() else None}

    def _rule(self) -> str | None:
        form = self.view.form
        chosen, until = form.get("repeat", ""), form.get("until", "").strip()
        rule = form.get("rule", "").strip() if chosen == "custom" else _RULES.get(chosen, ("", ""))[0]
        if not rule:
            return None
        if until and "UNTIL=" not in rule and "COUNT=" not in rule:
            rule = f"{rule};UNTIL={until.replace('-', '')}"
        return rule


def _choice(name: str, label: object, choices: list[dict[str, str]], value: Any) -> dict[str, Any]:
    return {"name": name, "kind": "choice", "as_select": True, "label": str(label), "choices": choices,
            "value": value, "required": False, "width": "half"}  # fmt: skip


def _without_end(rule: str) -> tuple[str, str]:
    """A rule without its day of end, and that day as ISO text."""
    kept, until = [], ""
    for part in rule.split(";") if rule else []:
        name, _mark, value = part.partition("=")
        if name == "UNTIL":
            until = f"{value[:4]}-{value[4:6]}-{value[6:8]}"
        else:
            kept.append(part)
    return ";".join(kept), until
