"""Words of the service plugin: choice values, relation types, value lists, settings. Data only."""

from __future__ import annotations

from weft.core.sdk import RelationType, Setting, ValueList, choices, field, translator

_ = translator("service")

STATUS = choices(
    {"new": "blue", "open": "amber", "waiting": "grey", "solved": "green", "closed": "grey", "withdrawn": "grey"},
    new=_("New", "status of a request"),
    open=_("Waiting for us"),
    waiting=_("Waiting for customer"),
    solved=_("Solved"),
    closed=_("Closed"),
    withdrawn=_("Withdrawn"),
)
#: The same, as the one who asked reads it.
STANDING = choices(
    {"new": "blue", "open": "amber", "waiting": "amber", "solved": "green", "closed": "grey", "withdrawn": "grey"},
    new=_("Received"),
    open=_("We are working on it"),
    waiting=_("Waiting for you"),
    solved=_("Solved"),
    closed=_("Closed"),
    withdrawn=_("Withdrawn"),
)
MOVES = {
    "new": ("open", "waiting", "solved", "closed", "withdrawn"),
    "open": ("waiting", "solved", "closed", "withdrawn"),
    "waiting": ("open", "solved", "closed", "withdrawn"),
    "solved": ("open", "closed"),
    "closed": ("open",),
    "withdrawn": ("open",),
}
#: Somebody has to do something; the clock of due times runs in the first two.
LIVE = ("new", "open", "waiting")
RUNNING = ("new", "open")
PRIORITY = choices(
    {"urgent": "red", "high": "amber", "normal": "blue", "low": "grey"},
    urgent=_("Urgent"),
    high=_("High"),
    normal=_("Normal"),
    low=_("Low"),
)
CHANNEL = choices(
    portal=_("Portal"), mail=_("Mail"), web=_("Web form"), phone=_("Phone"), visit=_("Visit"), file=_("Import")
)
RATING = choices(
    {"5": "green", "4": "green", "3": "blue", "2": "amber", "1": "red"},
    **{
        "5": _("5: very good"),
        "4": _("4: good"),
        "3": _("3: fair"),
        "2": _("2: poor"),
        "1": _("1: bad"),
    },
)
OWNER_RULE = choices(person=_("One person"), load=_("Who has least"), nobody=_("Nobody: members take"))
DAYS = choices(
    mon=_("Monday"),
    tue=_("Tuesday"),
    wed=_("Wednesday"),
    thu=_("Thursday"),
    fri=_("Friday"),
    sat=_("Saturday"),
    sun=_("Sunday"),
)
MAIL_WAY = choices(received=_("Received", "of a mail"), sent=_("Sent"))

RELATIONS = [
    RelationType(
        key="service.led_to",
        inverse="service.came_from",
        label=_("Led to"),
        inverse_label=_("Came from the request"),
        source=("service.request",),
        target=("*",),
    ),
]

VALUE_LISTS = [
    ValueList(
        "service.kind",
        _("Kinds of requests"),
        [
            ("question", {"en": "Question", "zh": "咨询"}),
            ("fault", {"en": "Fault", "zh": "故障"}),
            ("complaint", {"en": "Complaint", "zh": "投诉"}),
            ("order", {"en": "Order or delivery", "zh": "订单与交付"}),
            ("calibration", {"en": "Calibration", "zh": "校准"}),
            ("training", {"en": "Training", "zh": "培训"}),
            ("invoice", {"en": "Invoice", "zh": "发票"}),
            ("other", {"en": "Other", "zh": "其他"}),
        ],
        audiences=("employee", "customer", "distributor"),
    ),
]
#: Code of the kind that counts for the risk of losing a customer.
COMPLAINT = "complaint"

#: Company settings, edited in Settings > Company.
SETTINGS: list[Setting] = [
    Setting(
        "service.answer_hours",
        field.integer(
            _("First answer within (hours)"), default=8, minimum=1, maximum=1000,
            help=_("Working hours for a request of normal priority without an agreement; urgent a quarter of it."),
        ),
        order=300,
    ),
    Setting(
        "service.solve_hours",
        field.integer(_("Solved within (hours)"), default=40, minimum=1, maximum=5000), order=310,
    ),
    Setting(
        "service.warn_percent",
        field.integer(
            _("Warn the owner at (%)"), default=75, minimum=10, maximum=99,
            help=_("Of the time until a due time."),
        ),
        order=320,
    ),
    Setting(
        "service.risk_ratings",
        field.integer(
            _("At risk: ratings looked at"), default=3, minimum=1, maximum=50,
            help=_("A customer is at risk when the mean of so many last ratings is 2 or less."),
        ),
        order=330,
    ),
    Setting(
        "service.risk_complaints",
        field.integer(_("At risk: open complaints"), default=2, minimum=1, maximum=50), order=340,
    ),
    Setting(
        "service.close_days",
        field.integer(
            _("Close solved requests after (days)"), default=7, minimum=1, maximum=365,
            help=_("When the customer neither answers nor rates."),
        ),
        order=350,
    ),
    Setting(
        "service.mail_address",
        field.email(_("Address for requests"), help=_("Answers by mail come back to it.")), page="company", order=360,
    ),
    Setting(
        "service.mail_authserv",
        field.text(
            _("Mail server that checks senders"), max_length=200,
            help=_("The name it writes first into Authentication-Results. Without it no sender of a mail is trusted."),
        ),
        page="company", order=370,
    ),
]  # fmt: skip
