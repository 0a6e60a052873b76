"""Words of the finance plugin: choice values, traits, kinds of expense, settings. Data only."""

from __future__ import annotations

from weft.core.sdk import Setting, TraitSpec, ValueList, choices, field, translator

_ = translator("finance")

#: Whatever costs may be charged to: projects, customers ...
COSTABLE = "finance.costable"

CLAIM_STATUS = choices(
    {"draft": "grey", "submitted": "amber", "approved": "blue", "booked": "blue", "paid": "green", "returned": "red",
     "rejected": "red"},
    draft=_("Draft"),
    submitted=_("Submitted"),
    approved=_("Approved"),
    booked=_("Booked", "status"),
    paid=_("Paid"),
    returned=_("Sent back"),
    rejected=_("Rejected"),
)  # fmt: skip
CLAIM_MOVES = {
    "draft": ("submitted",),
    "submitted": ("approved", "booked", "returned", "rejected", "draft"),
    "approved": ("booked", "returned", "rejected"),
    "returned": ("submitted",),
    "booked": ("paid",),
    "rejected": ("returned",),
    "paid": ("booked",),
}
#: Claims their person may still change.
WRITABLE = ("draft", "returned")
#: Claims that are reserved: no cost yet, but money that will go.
RESERVED = ("submitted", "approved")
WAITS = choices(head=_("Head of unit"), lead=_("Project lead"), finance=_("Finance"))

ADVANCE_STATUS = choices(
    {"asked": "amber", "given": "blue", "settled": "green", "refused": "red"},
    asked=_("Asked for"),
    given=_("Given"),
    settled=_("Settled"),
    refused=_("Refused"),
)
ADVANCE_MOVES = {"asked": ("given", "refused"), "given": ("settled",), "refused": ("asked",), "settled": ()}
LIMIT_PER = choices(line=_("Each time"), day=_("A day"))

POSTING_KIND = choices(
    {"hours": "blue", "bill": "amber", "expense": "purple", "invoice": "green", "credit_note": "red"},
    hours=_("Hours"),
    bill=_("Supplier bills"),
    expense=_("Expenses"),
    invoice=_("Invoices"),
    credit_note=_("Credit notes"),
)
#: Kinds that are cost, in the order they are shown.
COSTS = ("hours", "bill", "expense")
#: Kinds that are income.
INCOME = ("invoice", "credit_note")

BILL_STATUS = choices(
    {"received": "grey", "checking": "amber", "accepted": "blue", "paid": "green", "rejected": "red",
     "withdrawn": "grey"},
    received=_("Received"),
    checking=_("Being checked"),
    accepted=_("Accepted"),
    paid=_("Paid"),
    rejected=_("Rejected"),
    withdrawn=_("Withdrawn"),
)  # fmt: skip
BILL_MOVES = {
    "received": ("checking", "accepted", "rejected", "withdrawn"),
    "checking": ("accepted", "rejected", "received"),
    "accepted": ("paid",),
    "rejected": ("received", "withdrawn"),
    "withdrawn": (),
    "paid": ("accepted",),
}
#: Bills nobody has decided yet.
TO_CHECK = ("received", "checking")

INVOICE_KIND = choices({"invoice": "green", "credit_note": "red"}, invoice=_("Invoice"), credit_note=_("Credit note"))
INVOICE_STATUS = choices(
    {"draft": "grey", "issued": "blue", "part_paid": "amber", "paid": "green", "credited": "grey"},
    draft=_("Draft"),
    issued=_("Issued"),
    part_paid=_("Part paid"),
    paid=_("Paid"),
    credited=_("Credited"),
)
INVOICE_MOVES = {
    "draft": ("issued", "paid"),
    "issued": ("part_paid", "paid", "credited"),
    "part_paid": ("issued", "paid", "credited"),
    "paid": ("part_paid", "issued", "credited"),
    "credited": ("issued", "part_paid"),
}
#: Invoices that count.
ISSUED = ("issued", "part_paid", "paid", "credited")
#: Invoices somebody still owes.
OWED = ("issued", "part_paid")

PAYEE_STATUS = choices(
    {"waiting": "amber", "confirmed": "green", "refused": "red", "replaced": "grey"},
    waiting=_("To confirm"),
    confirmed=_("Confirmed"),
    refused=_("Refused"),
    replaced=_("Replaced"),
)
PAYEE_MOVES = {
    "waiting": ("confirmed", "refused", "replaced"),
    "confirmed": ("replaced",),
    "refused": (),
    "replaced": (),
}

BATCH_STATUS = choices({"open": "amber", "paid": "green"}, open=_("To be paid"), paid=_("Paid"))
BATCH_MOVES = {"open": ("paid",), "paid": ()}

TRAITS = [TraitSpec(COSTABLE, _("Can be charged with cost"))]

VALUE_LISTS = [
    ValueList(
        "finance.expense_kind",
        _("Kinds of expense"),
        [
            ("train", {"en": "Train and bus", "zh": "火车与公交"}),
            ("flight", {"en": "Flight", "zh": "机票"}),
            ("taxi", {"en": "Taxi", "zh": "出租车"}),
            ("hotel", {"en": "Hotel", "zh": "住宿"}),
            ("meals", {"en": "Meals", "zh": "餐饮"}),
            ("rent", {"en": "Rented gear", "zh": "设备租赁"}),
            ("material", {"en": "Small material", "zh": "零星材料"}),
            ("other", {"en": "Other", "zh": "其他"}),
        ],
    ),
]  # fmt: skip

#: Company settings, edited in Settings > Company.
SETTINGS: list[Setting] = [
    Setting(
        "finance.lead_from",
        field.decimal(
            _("Project lead agrees to claims from"), scale=2, default=20_000, minimum=0,
            help=_("In the company's currency. Smaller claims need the head of the unit and finance only."),
        ),
        order=500,
    ),
    Setting(
        "finance.payment_days",
        field.integer(_("Customers pay within (days)"), default=30, minimum=0, maximum=365), order=510,
    ),
    Setting(
        "finance.bank_account",
        field.text(_("Our bank account"), max_length=80, help=_("IBAN, or account number and bank.")), order=520,
    ),
    Setting("finance.bank_code", field.text(_("Our bank's BIC"), max_length=20), order=530),
    Setting(
        "finance.remind",
        field.boolean(
            _("Send payment reminders by itself"), default=False,
            help=_("Every morning; otherwise finance sends each one by a button. At most one a week for an invoice."),
        ),
        order=515,
    ),
    Setting(
        "finance.remind_after",
        field.integer(
            _("First reminder after (days overdue)"), default=7, minimum=1, maximum=90,
            help=_("The second and third follow when twice and three times as many days have passed."),
        ),
        order=516,
    ),
    Setting("finance.tax_id", field.text(_("Our tax id"), max_length=40), order=540),
]  # fmt: skip
