"""Words of the documents plugin: choice values, relation types, settings. Data only."""

from __future__ import annotations

from weft.core.sdk import RelationType, Setting, choices, field, translator

_ = translator("documents")

STATUS = choices(
    {"draft": "grey", "review": "amber", "released": "green", "archived": "grey"},
    draft=_("Draft"),
    review=_("In review"),
    released=_("Released"),
    archived=_("Archived"),
)
MOVES = {
    "draft": ("review", "released", "archived"),
    "review": ("draft", "released"),
    "released": ("draft", "archived"),
    "archived": ("draft", "released"),
}
FORM = choices(file=_("File"), page=_("Page"), article=_("Knowledge article"))
LANGUAGE = choices(en=_("English"), zh=_("Chinese"), both=_("Both languages"))
ACCESS = choices(
    {"company": "green", "chosen": "amber"}, company=_("Everybody here"), chosen=_("Chosen people and units")
)
CONTRACT_KIND = choices(
    sale=_("Sale"), framework=_("Framework contract"), service=_("Service"), purchase=_("Purchase"),
    channel=_("Distribution or agency"), secrecy=_("Non-disclosure"), other=_("Other"),
)  # fmt: skip
CONTRACT_STATUS = choices(
    {"draft": "grey", "approval": "amber", "approved": "teal", "active": "green", "ended": "grey", "cancelled": "red"},
    draft=_("Draft"),
    approval=_("In approval"),
    approved=_("Approved"),
    active=_("Active"),
    ended=_("Ended"),
    cancelled=_("Cancelled"),
)
CONTRACT_MOVES = {
    "draft": ("approval", "approved", "active", "cancelled"),
    "approval": ("draft", "approved", "cancelled"),
    "approved": ("active", "draft", "cancelled"),
    "active": ("ended", "cancelled"),
    "ended": ("active",),
    "cancelled": ("draft",),
}
#: Contracts that bind now, or will when they are signed.
LIVE = ("draft", "approval", "approved", "active")
RENEWAL = choices(none=_("Ends"), agreed=_("Renewed when both agree"), automatic=_("Renews by itself"))
STEP_STATUS = choices({"planned": "grey", "done": "green"}, planned=_("Open"), done=_("Done"))
PART = choices(
    customer=_("Customer"), supplier=_("Supplier"), guarantor=_("Guarantor"), partner=_("Partner"), other=_("Other")
)
OUTPUT = choices(docx=_("Word document"), pdf=_("PDF"))

#: Documents of a record of any kind, and organisations outside that may read a document.
ABOUT, HAS, SHARED, SHOWN = "documents.about", "documents.has", "documents.shared_with", "documents.shown"
RELATIONS = [
    RelationType(
        key=ABOUT, inverse=HAS, label=_("Belongs to"), inverse_label=_("Documents"),
        source=("documents.document",), target=("*",),
    ),
    RelationType(
        key=SHARED, inverse=SHOWN, label=_("Shared with"), inverse_label=_("Documents shared with them"),
        source=("documents.document",), target=("trait:core.organization",),
    ),
]  # fmt: skip

CERTIFICATE_KIND = choices(
    quality=_("Quality"),
    environment=_("Environment"),
    safety=_("Occupational safety"),
    calibration=_("Calibration"),
    insurance=_("Insurance"),
    other=_("Other"),
)
CERTIFICATE_STATUS = choices(
    {"to_confirm": "amber", "valid": "green", "refused": "red"},
    to_confirm=_("To confirm"),
    valid=_("Accepted"),
    refused=_("Refused"),
)
CERTIFICATE_MOVES = {
    "to_confirm": ("valid", "refused"),
    "valid": ("to_confirm",),
    "refused": ("to_confirm", "valid"),
}

SETTINGS: list[Setting] = [
    Setting(
        "documents.step_days",
        field.integer(
            _("Remind of contract steps before (days)"), default=14, minimum=0, maximum=365,
            help=_("Whoever has the contract is reminded of each step once."),
        ),
        order=500,
    ),
    Setting(
        "documents.expiry_days",
        field.integer(
            _("Tell of expiring documents before (days)"), default=30, minimum=0, maximum=365,
            help=_("The owner is told once; on the day itself people outside do not see it any more."),
        ),
        order=510,
    ),
]  # fmt: skip
