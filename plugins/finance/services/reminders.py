"""Reminders of overdue invoices: three levels, each with its words in both languages, one a week at most."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from babel.dates import format_date
from babel.numbers import format_currency

from weft.core.sdk import (
    Records,
    Row,
    ValidationFailed,
    babel_locale,
    company_name,
    directory,
    every,
    in_script,
    notify,
    readers,
    register_notice,
    translator,
    use_locale,
)
from weft.plugins.finance import vocabulary as words
from weft.plugins.finance.queries.rows import ref_id
from weft.plugins.finance.services.invoices import INVOICE

_ = translator("finance")

__all__ = ["LEVELS", "REMINDER", "letter", "remind", "remind_due"]

REMINDER = "finance.reminder"
LEVELS = 3
_REASON = "finance: payment reminders"
_WEEK = timedelta(days=7)
REMINDED = "finance.invoice_overdue"
register_notice(REMINDED, _("Please pay %(record)s: it was due on %(day)s"), headline=_("Payment reminders"))
_FIELDS = ("name", "name_alt", "serial", "status", "kind", "customer", "owner", "due_on", "open_gross", "reminders",
           "reminded_on")  # fmt: skip

_LETTERS = {
    1: _("Our invoice %(number)s of %(open)s was due on %(due)s. Perhaps it was overlooked: please pay it in the next"
         " days. If you have paid already, take this as settled. %(company)s"),
    2: _("We wrote to you about our invoice %(number)s before. %(open)s, due on %(due)s, are still open, %(days)s days"
         " late. Please pay within seven days, or tell us what holds it up. %(company)s"),
    3: _("This is our last reminder of invoice %(number)s. %(open)s, due on %(due)s, are open since %(days)s days."
         " Without payment within seven days we stop deliveries and hand the claim on. %(company)s"),
}  # fmt: skip


def letter(system: Records, invoice: Row, level: int, today: date, locale: str) -> str:
    """The words of a level in one language."""
    with use_locale(locale):
        money, babel = invoice["open_gross"], str(babel_locale())
        slots = {
            "number": invoice.get("serial") or "", "company": company_name(system),
            "open": format_currency(money.amount, money.currency, format="¤¤ #,##0.00", locale=babel),
            "due": format_date(invoice["due_on"], format="long", locale=babel),
            "days": (today - invoice["due_on"]).days,
        }  # fmt: skip
        return str(_LETTERS[level] % slots)


def remind(records: Records, invoice: int) -> Row:
    """Send the next reminder of an overdue invoice. Returns it.

    Args:
        records: of whoever sends it, or the platform's.
        invoice: the invoice.

    Raises:
        ValidationFailed: it is not overdue, or was reminded of within a week.
        Conflict: somebody else sends one at the same time.
    """
    system = records.system(_REASON)
    today = records.now.astimezone(records.zone).date()
    row = system.get(INVOICE, invoice, fields=_FIELDS)
    if row["status"] not in words.OWED or row["kind"] != "invoice" or row["due_on"] >= today:
        raise ValidationFailed.single("", "state", _("This invoice is not overdue."))
    last = row.get("reminded_on")
    if last is not None and today - last < _WEEK:
        message = _("The last reminder went out on %(day)s; one a week at most.") % {"day": last.isoformat()}
        raise ValidationFailed.single("", "often", message)
    level = min((row.get("reminders") or 0) + 1, LEVELS)
    customer = ref_id(row.get("customer"))
    system.update(INVOICE, row.id, {"reminders": level, "reminded_on": today}, version=row.version)
    people = _people(records, row.id, customer)
    english, chinese = (letter(system, row, level, today, locale) for locale in ("en", "zh"))
    values: dict[str, Any] = {
        "name": f"{row.get('serial') or ''} {in_script(row['name'], row.get('name_alt'), 'en')[0]}".strip()[:200],
        "invoice": row.id, "customer": customer, "level": level, "sent_on": today, "open_gross": row["open_gross"],
        "days": (today - row["due_on"]).days, "told": len(people), "text": english, "text_alt": chinese,
    }  # fmt: skip
    known = {name: value for name, value in values.items() if value is not None}
    made = system.create(REMINDER, known, owner=records.principal.user_id)
    notify(records, people, REMINDED, row.id, {"day": row["due_on"].isoformat()}, at_sign_in=True)
    return made


def _people(records: Records, invoice: int, customer: int | None) -> list[int]:
    """People of the customer who may read the invoice."""
    if customer is None:
        return []
    users = {one for some in directory.standing_for(records, [customer]).values() for one in some}
    return sorted(readers(records, invoice, users))


def remind_due(records: Records) -> int:
    """Send what is due by the company's days, where the company wants that. Returns how many went out."""
    if not records.setting("finance.remind"):
        return 0
    system = records.system(_REASON)
    today = records.now.astimezone(records.zone).date()
    after = int(records.setting("finance.remind_after"))
    filters = {"status__in": ",".join(words.OWED), "kind": "invoice",
               "due_on__lte": (today - timedelta(days=after)).isoformat()}  # fmt: skip
    sent = 0
    for row in list(every(system, INVOICE, ("due_on", "reminders", "reminded_on"), filters)):
        level, last = row.get("reminders") or 0, row.get("reminded_on")
        if level >= LEVELS or (today - row["due_on"]).days < after * (level + 1):
            continue
        if last is not None and today - last < _WEEK:
            continue
        remind(records, row.id)
        sent += 1
    return sent
