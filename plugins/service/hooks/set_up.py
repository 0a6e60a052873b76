"""What service hours, queues and agreements must be to be of use."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from weft.core.sdk import ValidationFailed, translator
from weft.plugins.service.services.clock import holiday_regions

_ = translator("service")

__all__ = ["before_write"]

_TIME = re.compile(r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
_CODES = re.compile(r"(?:[A-Za-z]{2}[ ,]*)*", re.ASCII)


def before_write(changes: Sequence[Any], context: Any) -> None:
    """Refuse hours without a day, unknown zones and countries, agreements that end before they begin.

    Raises:
        ValidationFailed: with the field and what it takes.
    """
    for change in changes:
        if change.operation in ("delete", "restore"):
            continue
        if change.entity == "service.hours":
            _hours(change)
        elif change.entity == "service.queue" and not _CODES.fullmatch(change.after("countries") or ""):
            raise ValidationFailed.single("countries", "format", _("Write country codes, such as CN HK."))
        elif change.entity == "service.agreement":
            begins, ends = change.after("valid_from"), change.after("valid_to")
            if begins and ends and ends < begins:
                raise ValidationFailed.single("valid_to", "order", _("It ends before it begins."))


def _hours(change: Any) -> None:
    try:
        ZoneInfo(change.after("zone") or "")
    except (KeyError, ValueError, OSError) as error:
        message = _("There is no such time zone. Write it like Europe/Amsterdam.")
        raise ValidationFailed.single("zone", "unknown", message) from error
    for name in ("opens", "closes"):
        if not _TIME.fullmatch(change.after(name) or ""):
            raise ValidationFailed.single(name, "format", _("Write a time of day, such as 08:30."))
    if not change.after("always") and not change.after("days"):
        raise ValidationFailed.single("days", "required", _("Choose at least one working day."))
    country = (change.after("country") or "").upper()
    if country:
        known = holiday_regions()
        if country not in known:
            raise ValidationFailed.single("country", "unknown", _("The holidays of this country are not known."))
        region = change.after("region")
        if region and region not in known[country]:
            raise ValidationFailed.single("region", "unknown", _("This country has no such region."))
