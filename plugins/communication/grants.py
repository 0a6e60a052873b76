"""Roles of the communication plugin and who may do what with its records.

Who takes part in a conversation reads it; people outside read those of their own firm, by the account they concern.
Roles of other plugins are named by key; their grants sleep while that plugin is not installed.
"""

from __future__ import annotations

from weft.core.sdk import READ, Grant, Role, all_rows, own, path, translator, via, where

_ = translator("communication")

__all__ = ["ANSWERING", "EDITOR", "GRANTS", "MESSAGES", "OUTSIDE", "ROLES", "WRITERS"]

EDITOR = "communication.editor"
EXECUTIVE, HEAD, MANAGER = "portal_employee.executive", "portal_employee.department_head", "crm.sales_manager"
#: Who tells units of the company something; heads of departments only their own.
WRITERS = (EDITOR, EXECUTIVE, HEAD)
#: Who is told of a message when nobody has the account, first role that anybody holds.
ANSWERING = (MANAGER, EXECUTIVE, "core.admin")
OUTSIDE = ("customer", "supplier", "distributor")
#: Audience -> role of its people who may write to the company.
MESSAGES = {audience: f"communication.{audience}_messages" for audience in OUTSIDE}

_MESSAGES_HELP = _("Writes to the contact at the company and reads the answers.")
ROLES = [
    Role(EDITOR, _("Announcements and news"), help=_("Writes announcements to all units and news for the portals.")),
    *[Role(key, _("Messages"), audience=audience, help=_MESSAGES_HELP) for audience, key in MESSAGES.items()],
]

_THREAD, _PARTICIPANT, _MESSAGE = "communication.thread", "communication.participant", "communication.message"
_ANNOUNCEMENT, _RECEIVER, _RECEIPT = (
    "communication.announcement", "communication.receiver", "communication.receipt",
)  # fmt: skip
_NEWS = "communication.news"
_REPLY, _ADD, _CONFIRM = f"{_THREAD}.reply", f"{_THREAD}.add_person", f"{_ANNOUNCEMENT}.confirm"
_WRITE = frozenset({"create", "update", "delete", "restore", "attach", "act"})

#: What people outside read of conversations, messages and news.
_THREAD_FIELDS = frozenset({"subject", "account", "written_at", "excerpt"})
_MESSAGE_FIELDS = frozenset({"excerpt", "text", "thread", "sent_at", "outside"})
_NEWS_FIELDS = frozenset(
    {"headline", "headline_alt", "text", "text_alt", "product", "picture", "shown_from", "published_at"}
)


def _outside(audience: str) -> list[Grant]:
    """Conversations of the own firm, and news for everybody of the audience."""
    role, theirs = MESSAGES[audience], where(audience=audience)
    concerns = path("communication.concerns")
    said = path("communication.message_in", "communication.concerns")
    return [
        Grant(role, _THREAD, READ | {"create", _REPLY}, rows=concerns & theirs, fields=_THREAD_FIELDS),
        Grant(role, _PARTICIPANT, {"read"}, rows=own, fields={"thread", "unread", "owner"}),
        Grant(role, _MESSAGE, {"read"}, rows=said & theirs, fields=_MESSAGE_FIELDS),
        Grant(role, _MESSAGE, {"attach"}, rows=own, fields={"excerpt"}),
        Grant(audience, _NEWS, {"read"}, rows=where(visible=True, audiences__in=[audience]), fields=_NEWS_FIELDS),
    ]


_WITH_OUTSIDE = where(audience__in=list(OUTSIDE))

GRANTS = [
    Grant("employee", _THREAD, READ | {"create", _REPLY, _ADD},
          rows=own | via("communication.has_participant", _PARTICIPANT)),
    Grant("employee", _PARTICIPANT, {"read"}, rows=own),
    Grant("employee", _MESSAGE, READ, rows=own | via("thread")),
    Grant("employee", _MESSAGE, {"attach"}, rows=own),
    Grant(MANAGER, _THREAD, READ | {_REPLY, _ADD}, rows=_WITH_OUTSIDE),
    Grant(EXECUTIVE, _THREAD, READ, rows=_WITH_OUTSIDE),
    *[Grant(role, _MESSAGE, READ, rows=_WITH_OUTSIDE) for role in (MANAGER, EXECUTIVE)],
    Grant("employee", _ANNOUNCEMENT, {"read", _CONFIRM},
          rows=via("communication.has_receipt", _RECEIPT) & where(status="published")),
    Grant("employee", _RECEIPT, {"read"}, rows=own),
    *[Grant(role, _ANNOUNCEMENT, READ | _WRITE, rows=own) for role in WRITERS],
    Grant(EDITOR, _ANNOUNCEMENT, READ | _WRITE),
    Grant(EDITOR, _RECEIVER, {"read"}),
    Grant(EDITOR, _RECEIPT, {"read"}),
    Grant("employee", _NEWS, READ, rows=where(visible=True, audiences__in=["employee"])),
    *[Grant(role, _NEWS, READ, rows=where(visible=True)) for role in (EXECUTIVE, MANAGER)],
    Grant(EDITOR, _NEWS, READ | _WRITE | {"import"}, rows=all_rows),
    *[grant for audience in OUTSIDE for grant in _outside(audience)],
]  # fmt: skip
