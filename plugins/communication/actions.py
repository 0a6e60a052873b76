"""Named operations on conversations, announcements and news. The work is in ``services``."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Action, ActionContext, ActionResult, Row, field, translator
from weft.plugins.communication.services import announcements, messages

_ = translator("communication")

__all__ = ["ACTIONS"]


def reply(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Write a further message."""
    messages.reply(context.records, record["id"], data["text"], messages.file_ids(data.get("files")))
    return ActionResult(message=_("Message sent"))


def add_person(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Take somebody into a conversation."""
    messages.add_person(context.records, record["id"], data["person"])
    return ActionResult(message=_("They read the conversation from now on"))


def publish(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Put an announcement before its receivers."""
    system = context.system("communication: publish")
    if record.get("published_at") is None:
        moment = {"published_at": context.now.isoformat()}
        system.update("communication.announcement", record["id"], moment, version=None)
    announcements.deliver(context.records, system.get("communication.announcement", record["id"]))
    return ActionResult(message=_("Announcement published"))


def confirm(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Note that somebody has read it."""
    first = announcements.confirm(context.records, record["id"])
    return ActionResult(message=_("Confirmed: thank you") if first else _("You confirmed this before"))


def remind(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Remind those who have not confirmed."""
    number = announcements.remind(context.records, record)
    return ActionResult(message=_("%(n)s people reminded") % {"n": number} if number else _("Everybody has confirmed"))


def _never(row: Row) -> bool:
    """Their buttons stand in the page itself."""
    return False


_THREAD, _ANNOUNCEMENT, _NEWS = "communication.thread", "communication.announcement", "communication.news"

ACTIONS = [
    Action("reply", _THREAD, _("Answer"), reply, icon="send", order=10, dialog="communication.reply", offered=_never,
           quiet=True, final=True, fields={
               "text": field.multiline(_("Text"), required=True),
               "files": field.text(_("Files"), max_length=500, help=_("Ids of uploads, with commas.")),
           }),
    Action("add_person", _THREAD, _("Add a person"), add_person, icon="user-plus", order=20, quiet=True,
           fields={"person": field.user(_("Person"), required=True)}),
    Action("publish", _ANNOUNCEMENT, _("Publish"), publish, transition=("*", "published"),
           states=("draft", "withdrawn"), icon="speakerphone", primary=True, order=10),
    Action("confirm", _ANNOUNCEMENT, _("Read and confirm"), confirm, icon="check", order=5, quiet=True,
           states=("published",), offered=_never),
    Action("remind", _ANNOUNCEMENT, _("Remind"), remind, icon="bell", order=20, states=("published",), offered=_never),
    Action("withdraw", _ANNOUNCEMENT, _("Withdraw"), transition=("published", "withdrawn"), order=30),
    Action("publish", _NEWS, _("Publish"), transition=("*", "published"), states=("draft", "withdrawn"), icon="news",
           primary=True, order=10),
    Action("withdraw", _NEWS, _("Withdraw"), transition=("published", "withdrawn"), order=20),
]  # fmt: skip
