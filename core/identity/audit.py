"""History of what is no record: users, rights, units, sessions, tokens, company settings.

Same tables as the history of records (``change_set`` and ``journal`` with no record), written in the transaction of
the change. ``changes`` is ``{name: [old, new]}`` in plain JSON values; secrets never stand in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, insert, or_, select, update

from weft.core.db.engine import database_of
from weft.core.db.tables import change_set, journal
from weft.core.i18n import LazyText, translator

__all__ = [
    "ACTIONS", "KIND", "RIGHTS", "AuditEntry", "entries", "find_change_set", "last_by", "mark_undone", "note", "write",
]  # fmt: skip

_ = translator("core")

#: Kind of the change sets made here: ``admin:<action>``.
KIND = "admin:"

#: Action -> sentence; ``%(actor)s`` and ``%(subject)s`` are names, ``%(detail)s`` what was changed.
ACTIONS: dict[str, LazyText] = {
    "user.create": _("%(actor)s created the user %(subject)s"),
    "user.invite": _("%(actor)s invited %(subject)s"),
    "user.accept": _("%(subject)s accepted the invitation"),
    "user.update": _("%(actor)s changed the user %(subject)s: %(detail)s"),
    "user.deactivate": _("%(actor)s deactivated %(subject)s"),
    "user.reactivate": _("%(actor)s reactivated %(subject)s"),
    "user.roles": _("%(actor)s changed the roles of %(subject)s: %(detail)s"),
    "user.anchors": _("%(actor)s changed which records stand for %(subject)s"),
    "user.membership": _("%(actor)s changed the units of %(subject)s: %(detail)s"),
    "user.reset": _("%(subject)s set a new password by link"),
    "user.password": _("%(subject)s changed the password"),
    "user.reset_link": _("%(actor)s made a link with which %(subject)s can set a password"),
    "user.sessions": _("%(actor)s ended %(detail)s sessions of %(subject)s"),
    "user.sign_in": _("%(subject)s signed in"),
    "user.sign_out": _("%(actor)s signed out"),
    "user.second_on": _("%(subject)s switched two-step sign-in on"),
    "user.second_off": _("%(subject)s switched two-step sign-in off"),
    "user.second_codes": _("%(subject)s made new recovery codes"),
    "user.second_reset": _("%(actor)s reset the two-step sign-in of %(subject)s"),
    "user.link": _("%(actor)s linked an account of %(detail)s to %(subject)s"),
    "user.unlink": _("%(actor)s took an account of %(detail)s from %(subject)s"),
    "sign_in.rules": _("%(actor)s changed who must sign in in two steps: %(detail)s"),
    "user.deputy": _("%(actor)s changed the deputies of %(subject)s"),
    "token.create": _("%(actor)s made the API token “%(detail)s” for %(subject)s"),
    "token.revoke": _("%(actor)s ended the API token “%(detail)s” of %(subject)s"),
    "unit.create": _("%(actor)s added the unit %(detail)s"),
    "unit.update": _("%(actor)s changed the unit %(detail)s"),
    "unit.move": _("%(actor)s moved the unit %(detail)s"),
    "unit.delete": _("%(actor)s deleted the unit %(detail)s"),
    "company.update": _("%(actor)s changed the company settings: %(detail)s"),
    "rights.rules": _("%(actor)s changed the rights of %(detail)s"),
    "rights.role_create": _("%(actor)s made the role “%(detail)s”"),
    "rights.role_update": _("%(actor)s changed the role “%(detail)s”"),
    "rights.role_delete": _("%(actor)s deleted the role “%(detail)s”"),
    "rights.import": _("%(actor)s replaced all rights by those of a file"),
    "view_as.start": _("%(actor)s began to look as %(subject)s"),
    "view_as.end": _("%(actor)s stopped looking as %(subject)s"),
    "company.setup": _("%(actor)s set up the installation"),
    "portal.update": _("%(actor)s changed the look of a portal: %(detail)s"),
    "portal.menu": _("%(actor)s arranged the menu of a portal: %(detail)s"),
    "portal.text": _("%(actor)s published a text of a portal: %(detail)s"),
    "process.save": _("%(actor)s changed a process: %(detail)s"),
    "process.switch": _("%(actor)s switched a process on or off: %(detail)s"),
    "month.close": _("%(actor)s closed a month: %(detail)s"),
    "month.reopen": _("%(actor)s opened a closed month again: %(detail)s"),
    "user.consent": _("%(subject)s agreed to the terms and the privacy page: %(detail)s"),
    "registration.ask": _("%(detail)s asked for an account"),
    "registration.approve": _("%(actor)s let %(subject)s in: %(detail)s"),
    "registration.refuse": _("%(actor)s refused an account: %(detail)s"),
    "rates.update": _("%(actor)s set exchange rates: %(detail)s"),
    "records.export": _("%(actor)s exported records: %(detail)s"),
}


#: Actions that change who may sign in and what they may do; a change of one's own name or theme is none of them.
RIGHTS = (
    "user.create", "user.invite", "user.accept", "user.update", "user.deactivate", "user.reactivate", "user.roles",
    "user.anchors", "user.membership", "user.reset_link", "user.deputy", "token.create", "token.revoke",
    "user.second_on", "user.second_off", "user.second_reset", "user.link", "user.unlink", "sign_in.rules",
    "rights.rules", "rights.role_create", "rights.role_update", "rights.role_delete", "rights.import",
)  # fmt: skip

#: The sentence where somebody did it for themselves, as far as it differs.
FOR_ONESELF: dict[str, LazyText] = {
    "token.create": _("%(actor)s made the API token “%(detail)s”"),
    "token.revoke": _("%(actor)s ended the API token “%(detail)s”"),
    "user.link": _("%(actor)s linked an account of %(detail)s"),
    "user.unlink": _("%(actor)s unlinked an account of %(detail)s"),
}


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One row of the audit trail.

    Attributes:
        id: of the journal row; pages go on from it.
        change_set_id: for :func:`weft.core.identity.admin.undo_audit`.
        action: key of :data:`ACTIONS`, or what another part wrote.
        subject_id: the user concerned, if any.
        undone: somebody took it back.
    """

    id: int
    change_set_id: int
    at: datetime
    user_id: int | None
    door: str
    action: str
    subject_id: int | None
    changes: Mapping[str, Any]
    undone: bool


def write(
    conn: Connection,
    now: datetime,
    user_id: int | None,
    door: str,
    action: str,
    changes: Mapping[str, Any],
    *,
    undoes: int | None = None,
) -> int:
    """Append one entry; returns its change set.

    Args:
        user_id: who did it, None for the platform.
        door: ``page``, ``rest``, ``command``, ``job``.
        action: such as ``user.invite``.
        changes: ``{name: [old, new]}`` in JSON values; ``user`` names the user concerned.
        undoes: the change set that this one takes back.
    """
    number, row_id = database_of(conn).ids.take(2)
    summary = {"action": action}
    row = {"id": number, "at": now, "user_id": user_id, "door": door[:20], "kind": f"{KIND}{action}"[:40]}
    conn.execute(insert(change_set).values(**row, summary=summary, undoes=undoes))
    entry = {"id": row_id, "change_set_id": number, "at": now, "user_id": user_id, "action": action[:60]}
    conn.execute(insert(journal).values(**entry, changes=dict(changes)))
    if undoes is not None:
        mark_undone(conn, undoes, number)
    return number


def note(records: Any, action: str, detail: str) -> int:
    """Append one entry about something that plugins keep for the company, by whoever acts; returns its change set.

    Args:
        records: a writing unit.
        action: one of :data:`ACTIONS`, such as ``process.save``.
        detail: what was changed, as people call it.
    """
    user = records.state.notes.get("actor", records.principal.user_id)
    return write(records.connection, records.now, user, records.door, action, {"name": [None, detail]})


def entries(
    conn: Connection,
    *,
    user_id: int | None = None,
    action: str = "",
    rights: bool = False,
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[AuditEntry]:
    """Entries without a record, newest first.

    Args:
        user_id: only what this user did.
        action: an action, or its first part (``user``).
        rights: only changes of users and rights, as :data:`RIGHTS` names them.
        since, until: moments, the second exclusive.
        before: ``id`` of the last entry of the page before.
    """
    j, c = journal.c, change_set.c
    statement = (
        select(j.id, j.change_set_id, j.at, j.user_id, c.door, j.action, j.changes, c.undone_by)
        .join_from(journal, change_set, c.id == j.change_set_id)
        .where(j.record_id.is_(None))
        .order_by(j.at.desc(), j.id.desc())
        .limit(limit)
    )
    if user_id is not None:
        statement = statement.where(j.user_id == user_id)
    if action:
        statement = statement.where(or_(j.action == action, j.action.startswith(f"{action}.", autoescape=True)))
    if rights:
        concerned = j.changes[("user", 1)].as_integer()
        own = and_(j.action == "user.update", concerned.is_not_distinct_from(j.user_id))
        statement = statement.where(j.action.in_(RIGHTS), ~own)
    if since is not None:
        statement = statement.where(j.at >= since)
    if until is not None:
        statement = statement.where(j.at < until)
    if before is not None:
        # Several processes number from blocks of their own: time first, then id.
        last = select(journal.c.at).where(journal.c.id == before).scalar_subquery()
        statement = statement.where(or_(j.at < last, and_(j.at == last, j.id < before)))
    return [_entry(row) for row in conn.execute(statement)]


def last_by(conn: Connection, action: str, subject_id: int) -> int | None:
    """Who did this to a user last; None when nobody is known, or the platform did."""
    j = journal.c
    concerned = j.changes[("user", 1)].as_integer()
    statement = select(j.user_id).where(j.record_id.is_(None), j.action == action, concerned == subject_id)
    found: int | None = conn.scalar(statement.order_by(j.at.desc(), j.id.desc()).limit(1))
    return found


def find_change_set(conn: Connection, number: int) -> AuditEntry | None:
    """The entry of a change set made here, None when it is another kind or does not exist."""
    j, c = journal.c, change_set.c
    statement = select(j.id, j.change_set_id, j.at, j.user_id, c.door, j.action, j.changes, c.undone_by)
    statement = statement.join_from(journal, change_set, c.id == j.change_set_id)
    row = conn.execute(statement.where(c.id == number, c.kind.startswith(KIND))).first()
    return _entry(row) if row else None


def mark_undone(conn: Connection, number: int, by: int) -> None:
    """Note that a change set was taken back by another one."""
    conn.execute(update(change_set).where(change_set.c.id == number).values(undone_by=by))


def subjects(rows: Sequence[AuditEntry]) -> set[int]:
    """Users whose names the sentences of these entries need."""
    return {number for row in rows for number in (row.user_id, row.subject_id) if number is not None}


def _entry(row: Any) -> AuditEntry:
    subject = next((value for value in reversed(row.changes.get("user") or []) if isinstance(value, int)), None)
    return AuditEntry(
        row.id, row.change_set_id, row.at, row.user_id, row.door, row.action, subject, row.changes,
        row.undone_by is not None,
    )  # fmt: skip
