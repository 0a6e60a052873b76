"""Words of the CRM: choice values, relation types, value lists, traits. Data only."""

from __future__ import annotations

from decimal import Decimal

from weft.core.sdk import RelationType, Setting, TraitSpec, ValueList, choices, field, translator

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
CONTACT_OUTCOME = choices(
    {"positive": "green", "open": "blue", "negative": "red", "not_reached": "grey"},
    positive=_("Positive"),
    open=_("Open", "outcome of a contact"),
    negative=_("Negative"),
    not_reached=_("Not reached"),
)
SILENCE = choices(
    {"fine": "green", "red": "red", "manager": "red", "warned": "amber", "none": "grey"},
    fine=_("In touch"),
    red=_("Silent: owner"),
    manager=_("Silent: manager"),
    warned=_("Pool warning"),
    none=_("No rule"),
)
STAGE_NEEDS = choices(
    amount=_("Amount"),
    expected_close=_("Expected close"),
    contact=_("Contact"),
    lines=_("Lines"),
    competitor=_("Competitors"),
    source=_("Source"),
    next_step=_("Next step"),
)
LEAD_STATE = choices(
    {"new": "blue", "working": "teal", "converted": "green", "closed": "grey"},
    new=_("New", "state of a lead"),
    working=_("In work"),
    converted=_("Converted"),
    closed=_("Closed"),
)
LEAD_MOVES = {
    "new": ("working", "converted", "closed"),
    "working": ("converted", "closed", "new"),
    "converted": (),
    "closed": ("new",),
}
FORM_KIND = choices(enquiry=_("Enquiry"), trial=_("Trial request"), feedback=_("Feedback"), newsletter=_("Newsletter"))
FORM_FIELDS = choices(
    company=_("Company"),
    person=_("Name"),
    position=_("Position"),
    email=_("Mail"),
    phone=_("Phone"),
    wechat=_("WeChat"),
    website=_("Website"),
    city=_("City"),
    country=_("Country"),
    industry=_("Industry"),
    product=_("Product"),
    need=_("Need"),
)
POOL_RULE_KIND = choices(
    silence=_("No contact", "rule of a pool"),
    no_deal=_("No open deal"),
    value=_("Little value"),
    contract_ended=_("Contract ended"),
)
POOL_MOVE_KIND = choices(
    {"recycled": "amber", "released": "grey", "claimed": "green", "allocated": "blue", "imported": "grey"},
    recycled=_("Recycled"),
    released=_("Released"),
    claimed=_("Claimed"),
    allocated=_("Allocated"),
    imported=_("Imported"),
)
ALLOCATED = choices(lead=_("Leads"), account=_("Customers"))
ALLOCATION_METHOD = choices(
    person=_("One person"),
    round_robin=_("In turn"),
    load=_("By load"),
    unit=_("Unit"),
    partner=_("Distributor or agent"),
)
REGISTRATION_STATE = choices(
    {"registered": "blue", "joint": "teal", "won": "green", "refused": "red", "expired": "grey", "withdrawn": "grey"},
    registered=_("Registered"),
    joint=_("Joint"),
    won=_("Won", "state of a registration"),
    refused=_("Refused"),
    expired=_("Expired"),
    withdrawn=_("Withdrawn"),
)
REGISTRATION_MOVES = {
    "registered": ("joint", "won", "refused", "expired", "withdrawn"),
    "joint": ("won", "expired", "withdrawn"),
    "refused": ("registered",),
    "expired": ("registered",),
    "won": (),
    "withdrawn": (),
}
REQUEST_STATE = choices(
    {"open": "blue", "granted": "green", "joint": "teal", "refused": "grey", "withdrawn": "grey"},
    open=_("Waiting"),
    granted=_("Granted"),
    joint=_("Joint"),
    refused=_("Refused"),
    withdrawn=_("Withdrawn"),
)
REQUEST_MOVES = {
    "open": ("granted", "joint", "refused", "withdrawn"),
    "granted": ("open",),
    "joint": ("open",),
    "refused": ("open",),
    "withdrawn": (),
}
DUPLICATE_STATE = choices(
    {"open": "amber", "merged": "green", "different": "grey"},
    open=_("To decide"),
    merged=_("Merged"),
    different=_("Not the same"),
)
DUPLICATE_MOVES = {"open": ("merged", "different"), "merged": ("open",), "different": ("open",)}
PAIR_SIDE = choices(first=_("One"), second=_("Other", "of two records"))
MATCH_REASON = choices(
    name=_("Name"),
    phone=_("Phone"),
    email=_("Mail"),
    domain=_("Domain"),
    tax_id=_("Tax id"),
    address=_("Address"),
)
PRODUCT_KIND = choices(good=_("Good"), service=_("Service"), spare=_("Spare part"))
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

TRAITS = [
    TraitSpec("crm.activity", _("Activity on the timeline")),
    TraitSpec("crm.contactable", _("A contact can be logged")),
]

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
        audiences=("employee", "distributor"),
    ),
    ValueList(
        "crm.lead_reason",
        _("Reasons to close a lead"),
        [
            ("no_need", {"en": "No need", "zh": "暂无需求"}),
            ("unreachable", {"en": "Cannot be reached", "zh": "联系不上"}),
            ("unfit", {"en": "Does not fit", "zh": "不符合条件"}),
            ("known", {"en": "Already a customer", "zh": "已是客户"}),
            ("spam", {"en": "Spam", "zh": "垃圾信息"}),
        ],
        audiences=("employee", "distributor"),
    ),
    ValueList(
        "crm.product_family",
        _("Product lines"),
        [
            ("meters", {"en": "Flow meters", "zh": "流量计"}),
            ("loggers", {"en": "Leak loggers", "zh": "漏损监测"}),
            ("spares", {"en": "Spare parts", "zh": "备件"}),
            ("services", {"en": "Services", "zh": "服务"}),
        ],
        audiences=("employee", "distributor"),
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

#: Company settings of the CRM, edited in Settings > Company.
SETTINGS: list[Setting] = [
    Setting(
        "crm.silent_days",
        field.integer(
            _("Deals turn red after (days)"),
            default=30,
            minimum=1,
            maximum=1000,
            help=_("Without contact with the account."),
        ),
        order=200,
    ),
    Setting(
        "crm.discount_limit",
        field.decimal(
            _("Discount limit (%)"), default=Decimal(10), minimum=0, maximum=100, help=_("A line above it is marked.")
        ),
        order=210,
    ),
    Setting(
        "crm.class_a_from",
        field.integer(
            _("Class A from"),
            default=500_000,
            minimum=0,
            help=_("Won in 12 months, company currency; the class is suggested, nobody's is changed."),
        ),
        order=210,
    ),
    Setting("crm.class_b_from", field.integer(_("Class B from"), default=100_000, minimum=0), order=220),
    Setting(
        "crm.answer_days",
        field.integer(
            _("Partners answer within (days)"),
            default=3,
            minimum=1,
            maximum=90,
            help=_("A lead that no partner took by then waits unassigned again."),
        ),
        order=230,
    ),
    Setting(
        "crm.protection_days",
        field.integer(
            _("Registrations protect for (days)"),
            default=60,
            minimum=1,
            maximum=730,
            help=_("From the day a partner registers a customer; each can be extended."),
        ),
        order=240,
    ),
]
