"""Conversations with their messages and people; announcements with their receivers; news."""

from __future__ import annotations

from datetime import date, datetime

from weft.core.sdk import Entity, Mapped, Ref, field, trait, translator
from weft.plugins.communication import vocabulary as words

_ = translator("communication")


class Thread(
    Entity,
    key="communication.thread",
    label=_("Conversation"),
    plural=_("Conversations"),
    icon="messages",
    title="subject",
    features=("search", "export"),
    sort="-written_at",
    columns=("subject", "account", "audience", "written_at"),
    private=True,
):
    """What some people write to each other: colleagues, or people of the company and of one firm outside."""

    subject: Mapped[str] = field.text(_("Subject"), required=True, max_length=200, search=True)
    account: Mapped[Ref | None] = field.reference(
        _("Account"),
        to=trait("core.organization"),
        relation="communication.concerns",
        inverse=("communication.has_thread", _("Conversations")),
    )
    audience: Mapped[str] = field.choice(_("With"), words.OUTSIDE, default="inside", readonly=True, index=True)
    written_at: Mapped[datetime | None] = field.datetime(_("Last message"), readonly=True, index=True)
    excerpt: Mapped[str | None] = field.text(_("Last words"), max_length=200, readonly=True)


class Participant(
    Entity,
    key="communication.participant",
    label=_("Person in a conversation"),
    plural=_("People in conversations"),
    icon="user",
    title="name",
    features=(),
    columns=("name", "thread", "part", "unread"),
    private=True,
):
    """Somebody who takes part; the owner of the record is the person. The contact follows the account's owner."""

    name: Mapped[str] = field.text(_("Name"), required=True, max_length=120, readonly=True)
    thread: Mapped[Ref] = field.reference(
        _("Conversation"),
        to="communication.thread",
        relation="communication.takes_part_in",
        inverse=("communication.has_participant", _("Who takes part")),
        required=True,
        readonly=True,
        on_delete="archive",
    )
    part: Mapped[str] = field.choice(_("Part"), words.PART, default="colleague", readonly=True, index=True)
    unread: Mapped[int] = field.integer(_("Unread"), default=0, minimum=0, readonly=True, index=True)


class Message(
    Entity,
    key="communication.message",
    label=_("Message"),
    plural=_("Messages"),
    icon="message",
    title="excerpt",
    traits=("core.activity",),
    features=("search", "export", "attachments"),
    sort="-sent_at",
    columns=("excerpt", "thread", "account", "sent_at", "owner"),
    private=True,
):
    """One message of a conversation; on the timeline of the account it is about."""

    excerpt: Mapped[str] = field.text(_("Beginning"), required=True, max_length=200, readonly=True)
    text: Mapped[str] = field.multiline(_("Text"), required=True, max_length=20_000, search=True, readonly=True)
    thread: Mapped[Ref] = field.reference(
        _("Conversation"),
        to="communication.thread",
        relation="communication.message_in",
        inverse=("communication.has_message", _("Messages of the conversation")),
        required=True,
        readonly=True,
        on_delete="archive",
    )
    account: Mapped[Ref | None] = field.reference(
        _("Account"),
        to=trait("core.organization"),
        relation="communication.message_about",
        inverse=("communication.account_message", _("Messages")),
        readonly=True,
    )
    audience: Mapped[str] = field.choice(_("With"), words.OUTSIDE, default="inside", readonly=True, index=True)
    outside: Mapped[bool] = field.boolean(_("Written outside"), readonly=True, index=True)
    sent_at: Mapped[datetime | None] = field.datetime(_("Sent"), readonly=True, index=True)


class Announcement(
    Entity,
    key="communication.announcement",
    label=_("Announcement"),
    plural=_("Announcements"),
    icon="speakerphone",
    title="subject",
    features=("search", "export", "attachments"),
    sort="-published_at",
    columns=("subject", "status", "published_at", "valid_until", "to_confirm", "owner"),
):
    """Something people of the company should know, told to all or to some units; some must be confirmed."""

    subject: Mapped[str] = field.text(_("Title"), required=True, max_length=200, search=True)
    text: Mapped[str] = field.markdown(_("Text"), required=True, search=True)
    status: Mapped[str] = field.choice(
        _("Status"), words.ANNOUNCEMENT_STATE, state=True, transitions=words.ANNOUNCEMENT_MOVES, default="draft"
    )
    everybody: Mapped[bool] = field.boolean(_("All units"))
    to_confirm: Mapped[bool] = field.boolean(
        _("Must be confirmed"), help=_("Each receiver confirms to have read it; you see who has not yet."), index=True
    )
    valid_from: Mapped[date | None] = field.date(_("From"), help=_("Empty: at once."), index=True)
    valid_until: Mapped[date | None] = field.date(_("Until"), help=_("Empty: for good."), index=True)
    published_at: Mapped[datetime | None] = field.datetime(_("Published"), readonly=True, index=True)


class Receiver(
    Entity,
    key="communication.receiver",
    label=_("Receiver"),
    plural=_("Receivers"),
    icon="sitemap",
    title="name",
    features=(),
    columns=("name", "announcement"),
):
    """A unit that an announcement goes to, with all units below it."""

    name: Mapped[str] = field.text(_("Name"), required=True, max_length=120, readonly=True)
    announcement: Mapped[Ref] = field.reference(
        _("Announcement"),
        to="communication.announcement",
        relation="communication.receiver_of",
        inverse=("communication.goes_to", _("Receivers")),
        required=True,
        readonly=True,
        on_delete="archive",
    )
    place: Mapped[int | None] = field.unit(_("Unit"), readonly=True)


class Receipt(
    Entity,
    key="communication.receipt",
    label=_("Receipt"),
    plural=_("Receipts"),
    icon="circle-check",
    title="name",
    features=(),
    columns=("name", "announcement", "done_at"),
):
    """That a person got an announcement, and when they read or confirmed it; the owner of the record is the person."""

    name: Mapped[str] = field.text(_("Name"), required=True, max_length=120, readonly=True)
    announcement: Mapped[Ref] = field.reference(
        _("Announcement"),
        to="communication.announcement",
        relation="communication.receipt_of",
        inverse=("communication.has_receipt", _("Receipts")),
        required=True,
        readonly=True,
        on_delete="archive",
    )
    done_at: Mapped[datetime | None] = field.datetime(_("Read or confirmed"), readonly=True, index=True)
    reminded_at: Mapped[datetime | None] = field.datetime(_("Reminded"), readonly=True)


class News(
    Entity,
    key="communication.news",
    label=_("News item"),
    plural=_("News"),
    slug="news",
    icon="news",
    title="headline",
    alt_title="headline_alt",
    features=("search", "export", "attachments"),
    sort="-published_at",
    columns=("headline", "audiences", "product", "published_at", "shown_until", "status"),
):
    """News and product information for some of the audiences, in one language or both, for a time or for good."""

    headline: Mapped[str] = field.text(_("Headline"), required=True, max_length=200, search=True)
    headline_alt: Mapped[str | None] = field.text(_("Headline in the other language"), max_length=200, search=True)
    text: Mapped[str] = field.markdown(_("Text"), required=True, search=True)
    text_alt: Mapped[str | None] = field.markdown(_("Text in the other language"), search=True)
    audiences: Mapped[list[str]] = field.multi_choice(
        _("For whom"), words.AUDIENCE, required=True, default=lambda: ["customer"], index=True
    )
    product: Mapped[Ref | None] = field.reference(
        _("Product"),
        to="crm.product",
        relation="communication.news_of",
        inverse=("communication.has_news", _("News")),
        on_delete="detach",
    )
    picture: Mapped[int | None] = field.file(_("Picture"))
    status: Mapped[str] = field.choice(
        _("Status"), words.NEWS_STATE, state=True, transitions=words.ANNOUNCEMENT_MOVES, default="draft", board=True
    )
    shown_from: Mapped[date | None] = field.date(_("From"), help=_("Empty: at once."), index=True)
    shown_until: Mapped[date | None] = field.date(_("Until"), help=_("Empty: for good."), index=True)
    visible: Mapped[bool] = field.boolean(_("Shown now"), readonly=True, index=True)
    published_at: Mapped[datetime | None] = field.datetime(_("Published"), readonly=True, index=True)


ENTITIES: list[type[Entity]] = [Thread, Participant, Message, Announcement, Receiver, Receipt, News]
