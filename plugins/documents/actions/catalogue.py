"""Buttons of documents and contracts. The work is in ``services``."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import Action, ActionContext, ActionResult, Row, field, share_record, translator
from weft.plugins.documents.services import certificates, contracts, library, readings

_ = translator("documents")

__all__ = ["ACTIONS"]

_DOCUMENT, _CONTRACT, _STEP = "documents.document", "documents.contract", "documents.step"
_CERTIFICATE = certificates.CERTIFICATE


def submit(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Send a draft to a reviewer, who may read and change it from then on."""
    system = context.system("documents: review")
    system.update(_DOCUMENT, record["id"], {"reviewer": data["reviewer"]}, version=None)
    share_record(system, record["id"], user=data["reviewer"], level="edit")
    return ActionResult(message=_("Sent for review"))


def new_version(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Put a new file in the place of the present one."""
    row = library.new_version(context.records, record["id"], file=data.get("file"), note=data.get("note") or "")
    return ActionResult(message=_("Version %(n)s is there") % {"n": row["revision"]})


def confirm(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Note that the person has read it."""
    first = readings.confirm(context.records, record["id"])
    return ActionResult(message=_("Confirmed: thank you") if first else _("You confirmed this before"))


def ask(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Ask units to read and confirm."""
    units = [one for one in str(data.get("units") or "").split(",") if one]
    number = readings.ask(context.records, record, units, data.get("due_on"))
    if not number:
        return ActionResult(message=_("All of them were asked before"))
    return ActionResult(message=_("%(n)s people asked to confirm") % {"n": number})


def remind(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Remind those who have not confirmed."""
    number = readings.remind(context.records, record["id"])
    return ActionResult(message=_("%(n)s people reminded") % {"n": number} if number else _("Everybody has confirmed"))


def share_outside(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Let an organisation outside read it."""
    numbers = [int(one) for one in str(data.get("organisations") or "").split(",") if one.isdigit()]
    library.share_with(context.records, record["id"], numbers)
    return ActionResult(message=_("Shared: they find it in their portal"))


def finish(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """A step is done."""
    contracts.refresh(context.records, [record["contract"].id])
    return ActionResult(message=_("Step done"))


def reopen(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """A step is not done after all."""
    contracts.refresh(context.records, [record["contract"].id])
    return ActionResult(message=_("Step is open again"))


def renew(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Make the draft of the contract that follows."""
    row = contracts.renew(context.records, record, data.get("ends_on"))
    return ActionResult(message=_("Draft of the renewal made"), record=row["id"])


def renew_certificate(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Send the certificate that follows."""
    certificates.renew(context.records, record, data["file"], data["ends_on"])
    return ActionResult(message=_("Sent; it counts once it is accepted"))


def accept(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """It was looked at and is right."""
    certificates.accept(context.records, record)
    return ActionResult(message=_("Certificate accepted"))


def refuse(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """It does not prove what it should."""
    certificates.refuse(context.records, record, str(data["why"]))
    return ActionResult(message=_("Certificate refused; the supplier is told"))


def _never(row: Row) -> bool:
    """Their buttons stand in the page itself."""
    return False


def _may_be_asked(row: Row) -> bool:
    return row.get("status") == "released"


ACTIONS = [
    Action("release", _DOCUMENT, _("Release"), transition=("*", "released"), states=("draft", "review", "archived"),
           icon="circle-check", primary=True, order=10, needs="update"),
    Action("submit", _DOCUMENT, _("Send for review"), submit, transition=("draft", "review"), states=("draft",),
           icon="send", order=20, needs="update",
           fields={"reviewer": field.user(_("Reviewer"), required=True)}),
    Action("new_version", _DOCUMENT, _("New version"), new_version, icon="upload", order=15, needs="update",
           fields={"file": field.file(_("File"), required=True, anything=True),
                   "note": field.text(_("What is new"), max_length=300)},
           offered=lambda row: row.get("form") == "file"),
    Action("send_back", _DOCUMENT, _("Back to draft"), transition=("review", "draft"), states=("review",), order=30,
           needs="update"),
    Action("rework", _DOCUMENT, _("Withdraw to draft"), transition=("*", "draft"), states=("released", "archived"),
           order=60, needs="update"),
    Action("archive", _DOCUMENT, _("Archive"), transition=("*", "archived"), states=("draft", "released"), order=70,
           needs="update"),
    Action("ask", _DOCUMENT, _("Ask to confirm"), ask, icon="checkbox", order=40, needs="update",
           dialog="documents.ask", states=("released",), offered=_may_be_asked,
           fields={"units": field.text(_("Units"), max_length=2000, help=_("Ids with commas, or all.")),
                   "due_on": field.date(_("Confirm by"))}),
    Action("remind", _DOCUMENT, _("Remind"), remind, icon="bell", order=45, needs="update", offered=_never),
    Action("confirm", _DOCUMENT, _("Read and confirm"), confirm, icon="check", order=5, quiet=True, offered=_never),
    Action("share_outside", _DOCUMENT, _("Share outside"), share_outside, icon="share", order=50, needs="share",
           dialog="documents.share",
           fields={"organisations": field.text(_("Organisations"), max_length=500, help=_("Ids with commas."))}),
    Action("activate", _CONTRACT, _("Set active"), transition=("*", "active"), states=("draft", "approved"),
           icon="circle-check", primary=True, order=10, needs="update"),
    Action("approve", _CONTRACT, _("Approve"), transition=("*", "approved"), states=("approval",), order=15,
           icon="check", needs="assign"),
    Action("send_back", _CONTRACT, _("Back to draft"), transition=("approval", "draft"), states=("approval",), order=25,
           icon="arrow-back-up", needs="update"),
    Action("ask_approval", _CONTRACT, _("Ask for approval"), transition=("draft", "approval"), states=("draft",),
           icon="send", order=20, needs="update"),
    Action("end", _CONTRACT, _("End it"), transition=("active", "ended"), states=("active",), order=60, needs="update"),
    Action("renew", _CONTRACT, _("Renew"), renew, states=("active", "ended"), icon="refresh", order=30, needs="update",
           fields={"ends_on": field.date(_("Ends"))}),
    Action("accept", _CERTIFICATE, _("Accept"), accept, transition=("to_confirm", "valid"), states=("to_confirm",),
           icon="check", primary=True, order=10),
    Action("refuse", _CERTIFICATE, _("Refuse"), refuse, states=("to_confirm",), icon="x", order=20,
           fields={"why": field.text(_("Why?"), required=True, max_length=500)}),
    Action("renew", _CERTIFICATE, _("Send the renewal"), renew_certificate, states=("valid", "refused"),
           icon="upload", primary=True, order=30,
           fields={"file": field.file(_("File"), required=True),
                   "ends_on": field.date(_("Valid until"), required=True)}),
    Action("finish", _STEP, _("Done"), finish, transition=("planned", "done"), states=("planned",), icon="check",
           primary=True, order=10, needs="update"),
    Action("reopen", _STEP, _("Open again"), reopen, transition=("done", "planned"), states=("done",), order=20,
           needs="update"),
]  # fmt: skip
