"""What the CRM keeps true of leads on every write: who has one since when, and what an end needs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from weft.core.sdk import ValidationFailed, translator
from weft.plugins.crm.grants import REP

_ = translator("crm")

__all__ = ["before_write"]

_LEAD = "crm.lead"
_OPEN = ("new", "working")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_ORIGIN = re.compile(r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?/?", re.ASCII | re.IGNORECASE)


def before_write(changes: Sequence[Any], context: Any) -> None:
    """Note since when and by whom somebody has a lead; let it end only with a reason or a customer.

    Raises:
        ValidationFailed: a lead is closed without a reason, or converted without a customer; a form has an address that
            is none.
    """
    for change in changes:
        if change.entity == "crm.web_form":
            _reachable(change)
        if change.entity != _LEAD:
            continue
        fresh = not change.before
        if fresh:
            _from_outside(change, context)
        if fresh or change.changed("owner_id"):
            _assigned(change, context)
        if fresh or change.changed("status"):
            _moved(change, fresh)
        if change.changed("consent") and change.after("consent") == "given" and not change.after("consent_on"):
            change.values["consent_on"] = context.now.astimezone(context.records.zone).date()


def _from_outside(change: Any, context: Any) -> None:
    """What programs and files bring belongs to nobody yet, unless they name an owner or a seller brings it."""
    me = context.principal
    if context.door in ("rest", "import") and change.after("owner_id") == me.user_id and not me.has_role(REP):
        change.values["owner_id"] = None


def _assigned(change: Any, context: Any) -> None:
    """Somebody else gave it to the owner, who has not spoken to them yet; who makes one knows of it."""
    owner, me = change.after("owner_id"), context.principal.user_id
    given = change.given
    if owner is None:
        told: dict[str, Any] = {"assigned_at": None, "assigned_by": None, "awaits_contact": False}
    else:
        waits = owner != me and change.after("status") in _OPEN and not change.after("first_contact_at")
        told = {"assigned_at": context.now, "assigned_by": me, "awaits_contact": waits}
    change.values.update({name: value for name, value in told.items() if name not in given})


def _moved(change: Any, fresh: bool) -> None:
    status = change.after("status")
    by_action = change.operation.startswith(f"{_LEAD}.")  # its handler writes the reason or the customer next
    if status == "closed" and not change.after("close_reason") and not by_action:
        message = _("Say why the lead is closed: use the action Close lead.")
        raise ValidationFailed.single("close_reason", "required", message)
    if status == "converted" and not change.after("account") and not by_action:
        message = _("A lead is converted into a customer: use the action Convert.")
        raise ValidationFailed.single("account", "required", message)
    if status != "new":
        change.values["awaits_contact"] = False
    elif not fresh:
        change.values["close_reason"] = None
        change.values["awaits_contact"] = bool(change.after("owner_id")) and not change.after("first_contact_at")


def _reachable(change: Any) -> None:
    """A form's own address is one word; the sites that may show it are origins and nothing else."""
    slug = change.after("slug")
    if change.changed("slug") and slug and not _SLUG.fullmatch(slug):
        message = _("Use small letters, digits and hyphens, such as ask-us.")
        raise ValidationFailed.single("slug", "format", message)
    if not change.changed("origins"):
        return
    for line in (change.after("origins") or "").split():
        if not _ORIGIN.fullmatch(line):
            message = _("“%(line)s” is no address of a site. Write it like https://www.firm.example.")
            raise ValidationFailed.single("origins", "format", message % {"line": line[:80]})
