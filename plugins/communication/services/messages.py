"""Writing messages: beginning a conversation, answering, taking somebody in; and telling those who take part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from weft.core.sdk import (
    FieldError,
    Records,
    Row,
    ValidationFailed,
    directory,
    files,
    notify,
    register_notice,
    settle_notices,
    translator,
)
from weft.plugins.communication.grants import MESSAGES
from weft.plugins.communication.services import people
from weft.plugins.communication.services.teasers import beginning

_ = translator("communication")

__all__ = ["add_person", "begin", "file_ids", "read", "reply", "unread_count"]

THREAD, MESSAGE = people.THREAD, "communication.message"
WRITTEN = "communication.message"
register_notice(WRITTEN, _("%(who)s wrote to you: %(record)s"), headline=_("New messages"))
_REASON = "communication: message"
_EXCERPT = 160
unread_count = people.unread_count


def file_ids(text: object) -> list[int]:
    """Ids of uploads as a form or a program names them: ``"12,13"``."""
    return [int(part) for part in str(text or "").split(",") if part.strip().isdigit()]


def begin(
    records: Records, subject: str, text: str, *, account: int | None = None, receivers: Iterable[int] = (),
    uploads: Iterable[int] = (),
) -> Row:  # fmt: skip
    """Begin a conversation with its first message.

    People outside write about their own firm to its contact; who is named must be a colleague, or a person of the
    account who may read messages.

    Raises:
        ValidationFailed: no subject, no text, nobody to write to, or somebody who cannot be written to.
        Denied: writing about this account is not granted.
    """
    me = records.principal
    wanted = [user for user in dict.fromkeys(receivers) if user != me.user_id]
    errors: list[FieldError] = []
    if not subject.strip():
        errors.append(FieldError("subject", "required", _("Say in a few words what it is about.")))
    if not text.strip():
        errors.append(FieldError("text", "required", _("Write something.")))
    parts = _parts(records, wanted, account) if me.internal else {}
    if me.internal and (not wanted or set(wanted) - set(parts)):
        message = _("Choose who gets it.") if not wanted else _("This person cannot be written to.")
        errors.append(FieldError("to", "required", message))
    if not me.internal and account is None:
        errors.append(FieldError("subject", "account", _("Your firm is not known here yet. Ask your contact.")))
    if errors:
        raise ValidationFailed(errors)
    values = {"subject": subject.strip(), **({"account": account} if account is not None else {})}
    thread = records.create(THREAD, values)
    outside = {audience for _part, audience in parts.values() if audience}
    if outside:
        records.system(_REASON).update(THREAD, thread["id"], {"audience": min(outside)}, version=None)
        thread = records.system(_REASON).get(THREAD, thread["id"])
    people.join(records, thread, {user: part for user, (part, _audience) in parts.items()})
    _write(records, thread["id"], text, uploads)
    return thread


def _parts(records: Records, users: Iterable[int], account: int | None) -> dict[int, tuple[str, str]]:
    """User id -> (part, audience outside or empty) of those who can be written to."""
    known = directory.persons(records, users)
    theirs = people.writable(records, account) if account is not None else {}
    found: dict[int, tuple[str, str]] = {}
    for user, person in known.items():
        if person.active and not person.external:
            found[user] = ("colleague", "")
        elif user in theirs:
            found[user] = ("outside", theirs[user])
    return found


def reply(records: Records, thread_id: int, text: str, uploads: Iterable[int] = ()) -> Row:
    """Write a further message into a conversation; the caller has decided that the person may.

    Raises:
        ValidationFailed: the text is empty.
    """
    if not text.strip():
        raise ValidationFailed.single("text", "required", _("Write something."))
    return _write(records, thread_id, text, uploads)


def _write(records: Records, thread_id: int, text: str, uploads: Iterable[int]) -> Row:
    system, me = records.system(_REASON), records.principal
    thread = system.get(THREAD, thread_id)
    account, outside = thread.get("account"), not me.internal
    excerpt = beginning(text, _EXCERPT)
    values = {
        "excerpt": excerpt, "text": text.strip(), "thread": thread_id, "account": account.id if account else None,
        "audience": thread["audience"], "outside": outside, "sent_at": records.now.isoformat(),
    }  # fmt: skip
    message = system.create(MESSAGE, values, owner=me.user_id)
    system.update(THREAD, thread_id, {"written_at": records.now.isoformat(), "excerpt": excerpt}, version=None)
    files.attach_uploads(records, message["id"], list(uploads), audience="shared")
    present = people.join(records, thread, _who(records, thread))
    people.mark_unread(records, present, me.user_id)
    told = [row["owner"].id for row in present if row.get("owner") is not None and row["owner"].id != me.user_id]
    notify(records, told, WRITTEN, thread_id, at_sign_in=True, renew=True)
    settle_notices(records, thread_id)
    return message


def _who(records: Records, thread: Row) -> Mapping[int, str]:
    """Who writes, and with people outside the contact of the account."""
    me = records.principal
    found: dict[int, str] = {}
    account = thread.get("account")
    if thread["audience"] != "inside" and account is not None:
        contact = people.contact_of(records, account.id)
        if contact is not None:
            found[contact] = "contact"
    if me.user_id is not None:
        found.setdefault(me.user_id, "colleague" if me.internal else "outside")
    return found


def add_person(records: Records, thread_id: int, user: int) -> None:
    """Take somebody into a conversation: they read all of it from now on.

    Raises:
        ValidationFailed: it is nobody who can be written to, or somebody outside in a talk among colleagues.
    """
    thread = records.get(THREAD, thread_id)
    account = thread.get("account")
    part, audience = _parts(records, [user], account.id if account else None).get(user, ("", ""))
    if not part or (audience and audience != thread["audience"]):
        raise ValidationFailed.single("person", "missing", _("This person cannot be written to."))
    people.join(records, thread, {user: part})
    notify(records, [user], WRITTEN, thread_id, at_sign_in=True)


def read(records: Records, thread_id: int) -> bool:
    """Note that the person saw a conversation and its notices; True when something was unread."""
    records.get(THREAD, thread_id, fields=("subject",))
    settled = settle_notices(records, thread_id)
    return people.mark_read(records, thread_id) or bool(settled)


def may_write_to(records: Records) -> bool:
    """True when the person may begin conversations at all."""
    me = records.principal
    return not me.read_only and (me.internal or MESSAGES.get(me.audience, "") in me.roles)
