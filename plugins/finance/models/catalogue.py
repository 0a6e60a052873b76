"""All entities of the finance plugin, in the order their tables are made."""

from __future__ import annotations

from weft.plugins.finance.models.bills import Bill, BillShare, BillVersion
from weft.plugins.finance.models.claims import Advance, Claim, ClaimLine, Limit
from weft.plugins.finance.models.invoices import Invoice, InvoiceLine, Payment
from weft.plugins.finance.models.ledger import Batch, Budget, Month, Posting
from weft.plugins.finance.models.reminders import Payee, Reminder

__all__ = ["ENTITIES"]

ENTITIES = [
    Batch, Advance, Claim, ClaimLine, Limit, Posting, Month, Budget, Bill, BillShare, BillVersion, Invoice, InvoiceLine,
    Payment, Reminder, Payee,
]  # fmt: skip
