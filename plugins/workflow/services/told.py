"""Notices of the workflow plugin and whom they tell."""

from __future__ import annotations

from collections.abc import Iterable

from weft.core.sdk import Records, notify, register_notice, translator

_ = translator("workflow")

__all__ = ["ASKED", "ENDED", "ESCALATED", "REMINDED", "SILENT", "TO_READ", "URGED", "in_words", "tell"]

ASKED, ENDED, URGED = "workflow.asked", "workflow.ended", "workflow.urged"
REMINDED, ESCALATED, TO_READ = "workflow.reminded", "workflow.escalated", "workflow.to_read"
register_notice(ASKED, _("%(record)s waits for your decision"), headline=_("To decide", "headline"))
register_notice(ENDED, _("What you asked for is decided: %(record)s"), headline=_("Decided", "headline"))
register_notice(URGED, _("%(who)s asks you to decide soon: %(record)s"), headline=_("To decide", "headline"))
register_notice(REMINDED, _("%(record)s still waits for your decision"), headline=_("To decide", "headline"))
register_notice(ESCALATED, _("%(record)s waited too long; you can decide it too"), headline=_("To decide", "headline"))
register_notice(TO_READ, _("%(who)s wants you to read %(record)s"), headline=_("To read", "headline"))
#: What the platform itself says for whoever kept silent; stored as it is here, translated when it is shown.
SILENT = "Nobody answered in time."


def in_words(text: str | None) -> str:
    """A stored comment or reason as the viewer reads it: what the platform said itself in their language."""
    return str(_("Nobody answered in time.")) if text == SILENT else text or ""


def tell(records: Records, users: Iterable[int | None], kind: str, record: int) -> None:
    """A notice for people who read the record; the one who acts gets none."""
    wanted = [user for user in users if user is not None]
    if wanted:
        notify(records, wanted, kind, record)
