"""What was said, done or is planned with a party."""

from __future__ import annotations

from datetime import datetime

from weft.core.sdk import Entity, Mapped, Ref, field, trait, translator
from weft.plugins.crm import vocabulary as words

_ = translator("crm")


class Activity(
    Entity,
    key="crm.activity",
    label=_("Activity"),
    plural=_("Activities"),
    icon="message-circle",
    title="subject",
    traits=("crm.activity", "core.activity"),
    sort="-at",
    columns=("subject", "kind", "about", "account", "at", "status", "owner"),
):
    """Something said, done or planned with a party: a call, visit, mail, note or task on any record."""

    subject: Mapped[str] = field.text(_("Subject"), required=True, max_length=200, search=True)
    kind: Mapped[str] = field.choice(
        _("Kind"), words.ACTIVITY_KIND, required=True, default="call", index=True, board=True
    )
    status: Mapped[str] = field.choice(
        _("Status"),
        words.ACTIVITY_STATE,
        state=True,
        transitions=words.ACTIVITY_MOVES,
        initial=("planned", "done"),
        default="planned",
        board=True,
    )
    account: Mapped[Ref | None] = field.reference(
        _("Account"),
        to=trait("core.organization"),
        relation="crm.activity_of",
        inverse=("crm.has_activity", _("Activities")),
    )
    about: Mapped[Ref | None] = field.reference(
        _("About"), to="*", relation="crm.about", inverse=("crm.has_about", _("Activities about this"))
    )
    at: Mapped[datetime | None] = field.datetime(_("When"), index=True)
    minutes: Mapped[int | None] = field.integer(_("Minutes"), minimum=0, maximum=24 * 60)
    outcome: Mapped[str | None] = field.choice(_("Outcome"), words.CONTACT_OUTCOME, index=True)
    remind_minutes: Mapped[int | None] = field.integer(_("Remind (minutes before)"), minimum=0, maximum=60 * 24 * 28)
    shared: Mapped[bool] = field.boolean(
        _("Share with the customer"), help=_("People of the account see it in their portal.")
    )
    partner: Mapped[Ref | None] = field.reference(
        _("Distributor or agent"), to="crm.account", relation="crm.noted_by_partner",
        inverse=("crm.partner_noted", _("Contacts logged")), readonly=True, on_delete="detach",
        help=_("Whose people wrote it down."),
    )  # fmt: skip
    noted_by: Mapped[int | None] = field.user(_("Noted by"), readonly=True)
    note: Mapped[str | None] = field.markdown(_("Note"), search=True)
    result: Mapped[str | None] = field.text(_("Result"), max_length=200)
