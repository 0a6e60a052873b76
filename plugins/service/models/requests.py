"""Requests of customers, and the mails that belong to them."""

from __future__ import annotations

from datetime import datetime

from weft.core.sdk import Entity, Kind, Mapped, Ref, field, trait, translator
from weft.plugins.service import vocabulary as words

_ = translator("service")


class Request(
    Entity,
    key="service.request",
    label=_("Request"),
    plural=_("Requests"),
    icon="headset",
    title="subject",
    number="REQ-",
    traits=("core.activity",),
    sort="-asked_at",
    columns=("subject", "customer", "standing", "status", "next_due_at", "owner", "priority", "kind", "asked_at"),
):
    """Something a customer asks of the company: from asking to rating. The conversation are its shared comments."""

    subject: Mapped[str] = field.text(_("Subject"), required=True, max_length=200, index=True, search=True)
    description: Mapped[str | None] = field.markdown(_("What is it about?"), search=True)
    status: Mapped[str] = field.choice(
        _("Status"), words.STATUS, state=True, transitions=words.MOVES, default="new", board=True
    )
    standing: Mapped[str] = field.computed(
        _("State"), Kind.CHOICE, sql=lambda table: table.c.status, choices=words.STANDING
    )
    kind: Mapped[Ref | None] = field.value(
        _("Kind"), list="service.kind", relation="service.of_kind", inverse=("service.kind_of", _("Requests")),
        board=True,
    )  # fmt: skip
    priority: Mapped[str] = field.choice(_("Priority"), words.PRIORITY, default="normal", index=True, board=True)
    customer: Mapped[Ref | None] = field.reference(
        _("Customer"), to=trait("core.organization"), relation="service.requested_by",
        inverse=("service.has_request", _("Requests")), told=True,
    )  # fmt: skip
    contact: Mapped[Ref | None] = field.reference(
        _("Contact"), to=trait("core.person"), relation="service.raised_by",
        inverse=("service.raised", _("Requests")), on_delete="detach", told=True,
    )  # fmt: skip
    reply_to: Mapped[str | None] = field.email(
        _("Answers by mail to"), help=_("Of somebody without an account in the portal.")
    )
    channel: Mapped[str] = field.choice(_("Came by"), words.CHANNEL, default="phone", index=True)
    about: Mapped[Ref | None] = field.reference(
        _("About"), to="*", relation="service.about", inverse=("service.concerned_by", _("Requests about this")),
        on_delete="detach",
    )  # fmt: skip
    queue: Mapped[Ref | None] = field.reference(
        _("Queue"), to="service.queue", relation="service.in_queue", inverse=("service.queue_holds", _("Requests")),
        board=True,
    )  # fmt: skip
    agreement: Mapped[Ref | None] = field.reference(
        _("Agreement"), to="service.agreement", relation="service.under", on_delete="detach",
        inverse=("service.covers", _("Requests")),
    )  # fmt: skip
    asked_at: Mapped[datetime | None] = field.datetime(_("Asked"), index=True)
    answer_due_at: Mapped[datetime | None] = field.datetime(_("Answer due"), readonly=True, index=True)
    due_at: Mapped[datetime | None] = field.datetime(_("Solve by"), readonly=True, index=True)
    next_due_at: Mapped[datetime | None] = field.datetime(_("Due"), readonly=True, index=True)
    first_response_at: Mapped[datetime | None] = field.datetime(_("First answer"), readonly=True, index=True)
    resolved_at: Mapped[datetime | None] = field.datetime(_("Solved at"), readonly=True, index=True)
    closed_at: Mapped[datetime | None] = field.datetime(_("Closed at"), readonly=True, index=True)
    paused_since: Mapped[datetime | None] = field.datetime(_("Clock stands since"), readonly=True)
    stopped_minutes: Mapped[int] = field.integer(
        _("Clock stood (minutes)"), default=0, readonly=True, help=_("Working time that did not count.")
    )
    in_time: Mapped[bool | None] = field.computed(
        _("Solved in time"), Kind.BOOLEAN, sql=lambda table: table.c.resolved_at <= table.c.due_at
    )
    reopened: Mapped[int] = field.integer(_("Reopened"), default=0, readonly=True, index=True)
    rating: Mapped[str | None] = field.choice(_("Rating"), words.RATING, readonly=True, index=True)
    score: Mapped[int | None] = field.integer(_("Rating (number)"), readonly=True, index=True)
    rating_comment: Mapped[str | None] = field.multiline(_("What they say"), max_length=2000, readonly=True)
    rated_at: Mapped[datetime | None] = field.datetime(_("Rated"), readonly=True, index=True)
    warned_at: Mapped[datetime | None] = field.datetime(_("Owner warned"), internal=True)
    escalated_at: Mapped[datetime | None] = field.datetime(_("Overdue told"), readonly=True, index=True)


class Mail(
    Entity,
    key="service.mail",
    label=_("Mail of a request"),
    plural=_("Mails of requests"),
    icon="mail",
    title="subject",
    features=("export",),
    sort="-at",
    columns=("subject", "sender", "request", "way", "at"),
):
    """A mail that began or continued a request: its id leads answers to the same conversation."""

    subject: Mapped[str] = field.text(_("Subject"), required=True, max_length=200)
    message_id: Mapped[str | None] = field.text(_("Message id"), max_length=250, index=True, readonly=True)
    sender: Mapped[str | None] = field.text(_("Sender"), max_length=254, index=True)
    way: Mapped[str] = field.choice(_("Way"), words.MAIL_WAY, default="received")
    at: Mapped[datetime | None] = field.datetime(_("When"), index=True)
    request: Mapped[Ref | None] = field.reference(
        _("Request"), to="service.request", relation="service.mail_of", inverse=("service.has_mail", _("Mails")),
        on_delete="detach",
    )  # fmt: skip
