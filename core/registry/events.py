"""The entity of appointments: what stands in a person's or a unit's calendar besides what plugins put there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped

from weft.core.db import field
from weft.core.db.entity import Entity
from weft.core.db.fields import Ref, choices
from weft.core.i18n import translator

__all__ = ["EVENT_KIND", "EVENT_STATUS", "Event"]

_ = translator("core")

EVENT_KIND = choices(appointment=_("Appointment"), task=_("Task"))
EVENT_STATUS = choices(
    {"confirmed": "blue", "tentative": "grey", "done": "green", "cancelled": "grey"},
    confirmed=_("Confirmed"),
    tentative=_("Tentative"),
    done=_("Done"),
    cancelled=_("Cancelled"),
)


class Event(
    Entity,
    key="core.event",
    label=_("Appointment"),
    plural=_("Appointments"),
    icon="calendar-event",
    title="subject",
    traits=("core.activity",),
    sort="starts_at",
    columns=("subject", "starts_at", "ends_at", "place", "about", "owner"),
):
    """Something at a time: a meeting, an absence, a task with a day; alone, repeated, or taken from a calendar file."""

    subject: Mapped[str] = field.text(_("Subject"), required=True, max_length=255, search=True)
    kind: Mapped[str] = field.choice(_("Kind"), EVENT_KIND, default="appointment", index=True)
    status: Mapped[str] = field.choice(_("Status"), EVENT_STATUS, default="confirmed", board=True)
    starts_at: Mapped[datetime] = field.datetime(_("Begins"), required=True, index=True)
    ends_at: Mapped[datetime | None] = field.datetime(_("Ends"), index=True)
    all_day: Mapped[bool] = field.boolean(_("All day"))
    place: Mapped[str | None] = field.text(_("Place"), max_length=255, search=True)
    about: Mapped[Ref | None] = field.reference(
        _("About"),
        to="*",
        relation="core.event_about",
        inverse=("core.has_event", _("Appointments")),
        on_delete="detach",
    )
    rule: Mapped[str | None] = field.text(
        _("Repeats"), max_length=500, help=_("Recurrence rule of RFC 5545, such as FREQ=WEEKLY;BYDAY=MO.")
    )
    left_out: Mapped[str | None] = field.multiline(
        _("Left out"), max_length=20_000, help=_("Beginnings of repetitions that do not take place, one per line.")
    )
    repeats_until: Mapped[datetime | None] = field.datetime(_("Last repetition"), readonly=True, index=True)
    series: Mapped[Ref | None] = field.reference(
        _("Series"), to="core.event", relation="core.event_of_series",
        inverse=("core.series_has", _("Moved appointments")), on_delete="detach",
    )  # fmt: skip
    occurrence: Mapped[datetime | None] = field.datetime(
        _("Instead of"), help=_("Beginning of the repetition that this one replaces.")
    )
    remind_minutes: Mapped[int | None] = field.integer(_("Remind (minutes before)"), minimum=0, maximum=60 * 24 * 28)
    uid: Mapped[str | None] = field.text(_("Calendar id"), max_length=255, readonly=True, index=True)
    note: Mapped[str | None] = field.markdown(_("Note"), search=True)
