"""Renewing what a customer was promised: the agreement goes on to a later day, and the customer's people are told."""

from __future__ import annotations

from datetime import date

from weft.core.sdk import Records, Row, ValidationFailed, directory, notify, readers, register_notice, translator

_ = translator("service")

__all__ = ["RENEWED", "renew"]

_AGREEMENT = "service.agreement"
_REASON = "service: who is told of a renewed agreement"
RENEWED = "service.renewed"
register_notice(RENEWED, _("%(record)s is renewed until %(day)s"), headline=_("Service agreements"))


def renew(records: Records, agreement: Row, until: date | None) -> date:
    """Let an agreement go on; the customer's people in the portal are told. Returns its new last day.

    Args:
        records: the unit of work of who renews it.
        agreement: the agreement, with ``valid_to`` and ``customer``.
        until: its new last day; a year after the present one when None.

    Raises:
        ValidationFailed: the day is not later than the present one, or the agreement has no end.
    """
    last = agreement.get("valid_to")
    if last is None:
        raise ValidationFailed.single("until", "endless", _("This agreement has no end."))
    day = until or _year_later(last)
    if day <= last:
        raise ValidationFailed.single("until", "order", _("Choose a day after the present end."))
    records.update(_AGREEMENT, agreement["id"], {"valid_to": day}, version=None)
    customer = agreement.get("customer")
    if customer is not None:
        system = records.system(_REASON)
        standing = directory.standing_for(records, [customer.id]).get(customer.id, [])
        told = sorted(readers(system, agreement["id"], standing))
        notify(records, told, RENEWED, agreement["id"], {"day": day.isoformat()}, at_sign_in=True)
    return day


def _year_later(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year + 1, day=28)
