"""The core's own background work, declared like a plugin's; handlers are imported when they first run.

Stands above the layers it calls, so that the registry need not know them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from importlib import import_module
from typing import Any

from weft.core.files.words import READ_JOB
from weft.core.i18n import translator
from weft.core.plugin.base import hookimpl
from weft.core.registry.background import Job, Subscriber
from weft.core.registry.core_plugin import CorePlugin
from weft.core.search.pending import FEED_JOB

__all__ = ["PlatformPlugin"]

_ = translator("core")

#: Ended sessions, used links and finished jobs are kept this long.
KEEP_ENDED = timedelta(days=30)
_SEAL = "weft.core.records.sealing:seal_job"
_REMIND = "weft.core.calendar.reminders:remind_job"
_REGISTERED = "weft.core.portal.registrations:send_mail_job"
_COLLECT = "weft.core.files.collector:collect_job"


class PlatformPlugin(CorePlugin):
    """The core's declarations with its jobs."""

    @hookimpl
    def weft_jobs(self) -> Sequence[Job]:
        return [
            Job("core.mail.send", _("Send mail"), _late("weft.core.mail.mailer:send_job")),
            Job("core.identity.reset", _("Send reset links"), _late("weft.core.identity.recovery:send_reset")),
            Job("core.identity.invite", _("Send invitations"), _late("weft.core.identity.recovery:send_invitation")),
            Job("core.portal.registration", _("Answer registrations"), _late(_REGISTERED)),
            Job(FEED_JOB, _("Bring changes into the search index"), _late("weft.core.search.indexing:feed_job")),
            Job(
                "core.search.check",
                _("Look after the search index"),
                _late("weft.core.search.indexing:check_job"),
                every=timedelta(minutes=5),
            ),
            Job(
                "core.search.compare",
                _("Compare the search index with the database"),
                _late("weft.core.search.indexing:compare_job"),
                at="03:00",
            ),
            Job("core.housekeeping", _("Clear what has ended"), housekeeping, at="03:20"),
            Job("core.trash", _("Empty the trash after 30 days"), empty_trash, at="03:40"),
            Job("core.import", _("Import a file"), _late("weft.core.import_export.runs:import_job")),
            Job(
                "core.import.clear",
                _("Clear files of old imports"),
                _late("weft.core.import_export.runs:clear_job"),
                at="04:20",
            ),
            Job("core.calendar.remind", _("Remind of appointments"), _late(_REMIND), every=timedelta(minutes=1)),
            Job("core.journal.seal", _("Seal the history"), _late(_SEAL), every=timedelta(minutes=10)),
            Job(
                READ_JOB,
                _("Read the words in files"),
                _late("weft.core.search.file_words:read_job"),
                every=timedelta(hours=1),
            ),
            Job("core.files.collect", _("Clear unused files"), _late(_COLLECT), at="04:00"),
        ]

    @hookimpl
    def weft_subscribers(self) -> Sequence[Subscriber]:
        return [
            Subscriber(
                "*", _late("weft.core.collaboration.notices:on_event"), key="core.notices", label=_("Write notices")
            )
        ]


def _late(target: str) -> Callable[[Any, Mapping[str, Any]], None]:
    """A handler imported at its first run: starting must not load what few processes need."""
    module, _colon, name = target.partition(":")

    def handler(context: Any, payload: Mapping[str, Any]) -> None:
        getattr(import_module(module), name)(context, payload)

    handler.__name__ = name
    return handler


def housekeeping(context: Any, payload: Mapping[str, Any]) -> None:
    """Job: remove sessions and one-time links that ended long ago, and attempts to sign in that count no longer."""
    from weft.core.identity import limits, links, pending, sessions

    with context.runtime.db.write() as connection:
        before = context.now - KEEP_ENDED
        sessions.purge(connection, before=before)
        links.purge(connection, before=before)
        limits.purge(connection, now=context.now)
        pending.purge(connection, now=context.now)


def empty_trash(context: Any, payload: Mapping[str, Any]) -> None:
    """Job: remove records for good that have been in the trash for its term, a part per transaction."""
    from weft.core.records.trash import purge

    for entity in context.runtime.registry.entities.values():
        removed = 1
        while removed:
            with context.runtime.db.write() as connection:
                removed = purge(context.runtime, connection, entity)
