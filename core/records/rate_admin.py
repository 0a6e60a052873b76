"""Exchange rates as people load or type them: checked, written, noted in the audit trail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from weft.core.errors import ErrorCollector, ValidationFailed
from weft.core.i18n import translator
from weft.core.identity import company
from weft.core.identity.acting import Acting, note, require_admin, require_rates
from weft.core.records.rates import Rate, is_usable, load_rates, newest, read_ecb, set_rates

__all__ = ["import_ecb", "newest_rates", "save_rates"]

_ = translator("core")


def save_rates(acting: Acting, rows: Sequence[Rate]) -> int:
    """Keep rates typed by hand; returns the change set.

    Raises:
        ValidationFailed: a rate is of the company currency itself, in the future, or not positive.
    """
    require_admin(acting)
    settings, errors = company.get(acting.connection), ErrorCollector()
    today = settings.today(acting.now)
    for index, rate in enumerate(rows):
        if rate.currency == settings.currency:
            errors.add("currency", "own", _("This is the company currency: one is always worth one."), index)
        if rate.on_date > today:
            errors.add("on_date", "future", _("Choose today or a day before."), index)
        if not is_usable(rate.rate):
            errors.add("rate", "invalid", _("Enter a rate above zero and below one million."), index)
    errors.raise_if_any()
    return _noted(acting, set_rates(acting.connection, rows), sorted({rate.currency for rate in rows}))


def import_ecb(acting: Acting, stream: TextIO) -> tuple[int, int]:
    """Load the reference rates of the European Central Bank; (how many rates, change set).

    Raises:
        ValidationFailed: the file is another one, or no line of it quotes the company currency.
    """
    require_rates(acting)
    count = load_rates(acting.connection, read_ecb(stream), "ECB")
    if not count:
        own = company.get(acting.connection).currency
        message = _("The file has no rates for the company currency %(currency)s.") % {"currency": own}
        raise ValidationFailed.single("file", "no_rates", message)
    return count, _noted(acting, count, [])


def newest_rates(acting: Acting) -> list[Rate]:
    """The last rate of every currency, by currency."""
    return newest(acting.connection)


def _noted(acting: Acting, count: int, currencies: Sequence[str]) -> int:
    return note(acting, "rates.update", {"count": [None, count], "currencies": [None, list(currencies)]})
