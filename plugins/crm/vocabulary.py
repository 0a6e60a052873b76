"""Words of the CRM: choice values, relation types, value lists, traits. Data only."""

from __future__ import annotations

from weft.core.sdk import RelationType, TraitSpec, ValueList, choices, field, translator

_ = translator("crm")

ACCOUNT_ROLES = choices(
    customer=_("Customer"),
    supplier=_("Supplier"),
    distributor=_("Distributor"),
    agent=_("Agent"),
    partner=_("Partner"),
    competitor=_("Competitor"),
)
LIFE = choices(
    {"invalid": "grey", "basic": "teal", "potential": "blue", "won": "green"},
    invalid=_("Invalid"),
    basic=_("Basic"),
    potential=_("Potential"),
    won=_("Won customer"),
)
#: From each stage of a customer's life, where it may go; every stage has a way back.
LIFE_MOVES = {
    "invalid": ("basic",),
    "basic": ("potential", "invalid"),
    "potential": ("won", "basic", "invalid"),
    "won": ("potential",),
}
VALUE_CLASS = choices(A=_("A"), B=_("B"), C=_("C"))
OUTCOME = choices(
    {"open": "blue", "won": "green", "lost": "grey"}, open=_("Open"), won=_("Deal won"), lost=_("Deal lost")
)
OUTCOME_MOVES = {"open": ("won", "lost"), "won": ("open",), "lost": ("open",)}
ACTIVITY_KIND = choices(
    call=_("Call"),
    visit=_("Visit"),
    meeting=_("Meeting"),
    mail=_("Mail"),
    message=_("Message"),
    note=_("Note"),
    task=_("Task"),
)
ACTIVITY_STATE = choices(
    {"planned": "blue", "done": "green", "cancelled": "grey"},
    planned=_("Planned"),
    done=_("Done"),
    cancelled=_("Cancelled"),
)
ACTIVITY_MOVES = {"planned": ("done", "cancelled"), "done": ("planned",), "cancelled": ("planned",)}
CHANNEL = choices(
    phone=_("Phone"), mail=_("Mail"), message=_("Message"), visit=_("Visit"), post=_("Post"), none=_("No contact")
)
LANGUAGE = choices(en=_("English"), zh=_("Chinese"), nl=_("Dutch"), de=_("German"), fr=_("French"), other=_("Other"))
CONSENT = choices(
    {"given": "green", "withdrawn": "red", "unknown": "grey"},
    unknown=_("Not asked"),
    given=_("Given"),
    withdrawn=_("Withdrawn"),
)
INFLUENCE = choices(
    decides=_("Decides"), influences=_("Influences"), uses=_("Uses"), pays=_("Pays"), blocks=_("Objects")
)

RELATIONS = [
    RelationType(
        key="crm.works_for",
        inverse="crm.employs",
        label=_("Works for"),
        inverse_label=_("People"),
        source=("crm.contact",),
        target=("trait:core.organization",),
        repeatable=True,
        attributes={
            "role": field.text(_("Role"), max_length=120),
            "influence": field.choice(_("Influence"), INFLUENCE),
        },
    ),
    RelationType(
        key="crm.attended_by",
        inverse="crm.attends",
        label=_("With"),
        inverse_label=_("Activities"),
        source=("crm.activity",),
        target=("trait:core.person",),
    ),
    RelationType(
        key="crm.competes_for",
        inverse="crm.contested_by",
        label=_("Competes for"),
        inverse_label=_("Competitors"),
        source=("crm.account",),
        target=("crm.opportunity",),
        attributes={"strengths": field.text(_("Strengths")), "weaknesses": field.text(_("Weaknesses"))},
    ),
    RelationType(
        key="crm.supplies",
        inverse="crm.supplied_by",
        label=_("Supplies"),
        inverse_label=_("Supplied by"),
        source=("crm.account",),
        target=("crm.account",),
    ),
    RelationType(
        key="crm.introduced",
        inverse="crm.introduced_by",
        label=_("Introduced"),
        inverse_label=_("Introduced by"),
        source=("trait:core.organization", "trait:core.person"),
        target=("crm.account",),
    ),
]

TRAITS = [TraitSpec("crm.activity", _("Activity on the timeline"))]

VALUE_LISTS = [
    ValueList(
        "crm.source",
        _("Sources"),
        [
            ("referral", {"en": "Referral", "zh": "转介绍"}),
            ("fair", {"en": "Trade fair", "zh": "展会"}),
            ("web", {"en": "Web form", "zh": "网站表单"}),
            ("call", {"en": "Cold call", "zh": "陌生拜访"}),
            ("tender", {"en": "Tender", "zh": "招标"}),
            ("channel", {"en": "Channel", "zh": "渠道"}),
        ],
    ),
    ValueList(
        "crm.industry",
        _("Industries"),
        [
            ("water", {"en": "Water works", "zh": "供水"}),
            ("wastewater", {"en": "Wastewater", "zh": "污水处理"}),
            ("heating", {"en": "District heating", "zh": "供热"}),
            ("food", {"en": "Food and drink", "zh": "食品饮料"}),
            ("paper", {"en": "Pulp and paper", "zh": "造纸"}),
            ("park", {"en": "Industrial park", "zh": "产业园区"}),
            ("trade", {"en": "Trade", "zh": "贸易"}),
            ("other", {"en": "Other", "zh": "其他"}),
        ],
    ),
    ValueList(
        "crm.loss_reason",
        _("Loss reasons"),
        [
            ("price", {"en": "Price too high", "zh": "价格偏高"}),
            ("competitor", {"en": "Competitor chosen", "zh": "选择了竞争对手"}),
            ("budget", {"en": "No budget", "zh": "预算取消"}),
            ("fit", {"en": "Does not fit", "zh": "产品不匹配"}),
            ("silent", {"en": "No answer", "zh": "客户无回应"}),
        ],
    ),
    ValueList(
        "crm.territory",
        _("Territories"),
        [
            ("cn_east", {"en": "China East", "zh": "华东"}),
            ("cn_south", {"en": "China South", "zh": "华南"}),
            ("cn_north", {"en": "China North", "zh": "华北"}),
            ("benelux", {"en": "Benelux", "zh": "荷比卢"}),
            ("nordics", {"en": "Nordics and Baltics", "zh": "北欧与波罗的海"}),
            ("south_europe", {"en": "Southern Europe", "zh": "南欧"}),
        ],
    ),
]
