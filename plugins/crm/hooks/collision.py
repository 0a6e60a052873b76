"""Before a write: the fields kept for comparing, the days of a registration, and customers that are protected."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from weft.core.sdk import ValidationFailed, translator
from weft.plugins.crm.grants import MANAGER
from weft.plugins.crm.services import collision

_ = translator("crm")

__all__ = ["before_write"]


def before_write(changes: Sequence[Any], context: Any) -> None:
    """Keep what is compared, and refuse to take a customer that a partner is protected for.

    Raises:
        ValidationFailed: a new account or lead is a customer that a partner registered.
    """
    mine = [one for one in changes if one.entity in collision.COMPARED and one.operation in ("create", "update")]
    for change in mine:
        if any(change.changed(name) for name in collision.COMPARED[change.entity]) or not change.before:
            _keep(change, context)
        if change.entity == "crm.registration" and not change.before:
            _protect(change, context)
    _refuse_protected([one for one in mine if one.entity in ("crm.account", "crm.lead") and not one.before], context)


def _keep(change: Any, context: Any) -> None:
    """Fill ``match_*``; an empty key is None, so that two unknown ones are not equal."""
    values = {name: change.after(name) for name in collision.COMPARED[change.entity]}
    change.values.update(collision.compared(context.records, change.entity, values))


def _protect(change: Any, context: Any) -> None:
    """A registration protects from the day it is made."""
    today = context.now.astimezone(context.records.zone).date()
    if not change.after("registered_on"):
        change.values["registered_on"] = today
    if not change.after("protected_until"):
        days = context.records.setting("crm.protection_days")
        change.values["protected_until"] = change.after("registered_on") + timedelta(days=days)


def _refuse_protected(changes: Sequence[Any], context: Any) -> None:
    person = context.principal
    if not changes or person.kind == "system" or person.audience != "employee" or MANAGER in person.roles:
        return
    probes = [collision.probe(context.records, one.entity, {n: one.after(n) for n in _NAMED}) for one in changes]
    if not any(probes):
        return
    found = collision.find(context.records, "crm.registration", probes)
    today = context.now.astimezone(context.records.zone).date()
    for hits in found:
        shields = collision.protected((one.row for one in hits), today)
        if shields:
            raise ValidationFailed.single("name", "protected", collision.refusal(context.records, shields[0]))


_NAMED = ("name", "name_alt", "company", "website", "email", "phone", "tax_id")
