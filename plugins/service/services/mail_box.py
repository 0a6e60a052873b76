"""Mails that become requests or continue one: by the mails they answer, by the number in their subject.

Only somebody who belongs to a request continues it; everybody else begins a new one, whatever number they write.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from weft.core.sdk import (
    Records,
    Row,
    ValidationFailed,
    WeftError,
    comments,
    directory,
    fetch_mail,
    files,
    readers,
    translator,
    use_locale,
)
from weft.plugins.service import vocabulary as words
from weft.plugins.service.services import conversation, handling, mail_reading, mail_trust, mailing, parties
from weft.plugins.service.services.arrivals import plain
from weft.plugins.service.services.mail_reading import Incoming

_ = translator("service")

__all__ = ["Outcome", "fetch_job", "receive"]

_REQUEST = "service.request"
_NUMBER = re.compile(r"\bREQ-\d{1,12}\b")
_AN_HOUR = 30


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mail.

    Attributes:
        kind: ``new``, ``continued``, ``ignored`` or ``known`` (it came before).
        number: of the request, or empty.
        reason: why it was ignored, or empty.
        refused: files that were not kept, each with its reason.
    """

    kind: str
    number: str = ""
    reason: str = ""
    refused: tuple[str, ...] = ()


def fetch_job(context: Any, payload: Any) -> None:
    """Job ``service.mail``: take what lies unseen in the mailbox."""
    fetch_mail(context.runtime.settings, lambda raw: _taken(context, raw))


def _taken(context: Any, raw: bytes) -> None:
    receive(context.runtime, context.records, raw)


def receive(runtime: Any, open_unit: Callable[[], Any], raw: bytes) -> Outcome:
    """Take one mail.

    Args:
        runtime: the installation.
        open_unit: opens a writing unit of the platform (``context.records``).
        raw: the bytes of the mail, of any quality.

    Returns:
        What became of it; a mail that nobody wrote is ignored.
    """
    mail = mail_reading.read(raw)
    if mail.machine:
        return Outcome("ignored", reason=mail.machine)
    if not mail.sender:
        return Outcome("ignored", reason="no sender")
    if not (mail.text or mail.files or mail.subject):
        return Outcome("ignored", reason="empty")
    kept, refused = _files(runtime, mail)
    with open_unit() as records:
        return _settled(records, mail, kept, refused)


def _files(runtime: Any, mail: Incoming) -> tuple[list[files.Received], list[str]]:
    """Bytes into the store before the unit opens; what is on no list stays out, with its name and the reason."""
    kept, refused = [], []
    for part in mail.files:
        try:
            kept.append(files.receive(runtime, io.BytesIO(part.data), part.name))
        except ValidationFailed as error:
            refused.append(f"{part.name}: {error.errors[0].message}")
        except WeftError as error:
            refused.append(f"{part.name}: {error}")
    return kept, refused


def _settled(records: Records, mail: Incoming, kept: Sequence[files.Received], refused: Sequence[str]) -> Outcome:
    if (records.setting("service.mail_address") or "").lower() in (mail.sender, mail.reply_to):
        return Outcome("ignored", reason="loop")
    if mail.message_id:
        known = {"message_id": mail.message_id, "way": "received"}
        if records.query("service.mail", fields=(), filters=known, limit=1).rows:
            return Outcome("known")
    since = (records.now - timedelta(hours=1)).isoformat()
    lately = {"sender": mail.sender, "at__gt": since}
    if len(records.query("service.mail", fields=(), filters=lately, limit=_AN_HOUR).rows) >= _AN_HOUR:
        return Outcome("ignored", reason="too many")
    party = parties.by_mail(records, mail.sender)
    person = directory.with_mail(records, mail.sender)
    sure = mail_trust.vouched(mail.results, mail.sender, records.setting("service.mail_authserv") or "")
    request = _request_of(records, mail, party, person)
    doubted = not sure and (request is not None or person is not None or party != parties.Party())
    if sure and request is not None and _unconfirmed(request, mail.sender) and party != parties.Party():
        handling.confirm_sender(records, request)
    if request is not None and request["status"] in (*words.LIVE, "solved"):
        outcome = _continue(records, request, mail, person, kept, sure=sure)
    else:
        request = _begin(records, mail, party, kept, request)
        outcome = Outcome("new", request["number"])
    _note(records, request, mail, refused)
    if doubted:
        with use_locale(mailing.language_of(f"{mail.subject} {mail.text}")):
            told = str(_("Not verified: our mail server does not confirm that %(address)s sent this mail."))
        comments.relay(records, request["id"], plain(told % {"address": mail.sender}), audience="internal")
    return Outcome(outcome.kind, outcome.number, refused=tuple(refused))


def _unconfirmed(request: Row, sender: str) -> bool:
    """A request of the public form whose address the sender has just been proved to hold."""
    own = (request.get("reply_to") or "").lower() == sender
    return own and request.get("channel") == "web" and request.get("customer") is None


# ---- which request


def _request_of(records: Records, mail: Incoming, party: parties.Party, person: Any) -> Row | None:
    """The request a mail continues, if its sender belongs to it."""
    found: list[Row] = []
    if mail.answers:
        filters = {"message_id__in": ",".join(one.replace(",", "") for one in mail.answers)}
        rows = records.query("service.mail", fields=("request",), filters=filters, limit=20).rows
        ids = {row["request"].id for row in rows if row.get("request")}
        found += _by(records, {"id__in": ",".join(map(str, sorted(ids)))}) if ids else []
    numbers = _NUMBER.findall(mail.subject)[:5]
    if numbers:
        found += _by(records, {"number__in": ",".join(numbers)})
    wrote = _written_to(records, [row.id for row in found], mail.sender)
    return next((row for row in found if row.id in wrote or _belongs(records, row, mail.sender, party, person)), None)


def _written_to(records: Records, ids: Sequence[int], sender: str) -> set[int]:
    """Requests that took a mail of this sender before."""
    if not ids:
        return set()
    filters = {"request__in": ",".join(map(str, ids)), "sender": sender, "way": "received"}
    rows = records.query("service.mail", fields=("request",), filters=filters, limit=200).rows
    return {row["request"].id for row in rows}


def _by(records: Records, filters: dict[str, str]) -> list[Row]:
    return list(records.query(_REQUEST, filters=filters, sort="-asked_at", limit=20).rows)


def _belongs(records: Records, request: Row, sender: str, party: parties.Party, person: Any) -> bool:
    if (request.get("reply_to") or "").lower() == sender:
        return True
    for name, mine in (("contact", party.person), ("customer", party.organisation)):
        value = request.get(name)
        if value is not None and mine is not None and value.id == mine:
            return True
    return bool(person is not None and person.external and readers(records, request["id"], [person.id]))


# ---- writing


def _continue(
    records: Records, request: Row, mail: Incoming, person: Any, kept: Sequence[files.Received], *, sure: bool
) -> Outcome:
    """Keep what was said. Only a mail that our server vouches for speaks as somebody and sets the request going."""
    text = mail_reading.fresh_words(mail.text) or str(_("See the attached files."))
    author = person.id if sure and person is not None and person.external else None
    name = mail.name or mail.sender
    if not sure:
        name = f"{mail.name[:100]} <{mail.sender[:98]}>" if mail.name else mail.sender
    said = comments.relay(records, request["id"], plain(text), author=author, name="" if author else name)
    _attach(records, request["id"], kept, said.id)
    conversation.asked_by_customer(records, request, goes_on=sure)
    return Outcome("continued", request["number"])


def _begin(
    records: Records, mail: Incoming, party: parties.Party, kept: Sequence[files.Received], earlier: Row | None
) -> Row:
    """A new request; of a closed one that is answered late it says which."""
    subject = re.sub(r"^(?:(?:re|fwd?|aw|wg|antw|回复|答复|转发)\s*[:：]\s*)+", "", mail.subject, flags=re.IGNORECASE)
    values = {
        "subject": subject.strip()[:200] or str(_("(no subject)")), "description": plain(mail.text) or None,
        "customer": party.organisation, "contact": party.person, "reply_to": mail.reply_to, "channel": "mail",
        "about": earlier["id"] if earlier is not None else None,
    }  # fmt: skip
    wanted = {name: value for name, value in values.items() if value is not None}
    try:
        made = records.create(_REQUEST, wanted)
    except ValidationFailed as error:
        if not any(one.field == "reply_to" for one in error.errors):
            raise
        made = records.create(_REQUEST, {name: value for name, value in wanted.items() if name != "reply_to"})
    _attach(records, made["id"], kept, None)
    conversation.tell_new(records, made["id"])
    mailing.receipt(records, made, mailing.language_of(mail.subject + mail.text[:500]))
    return made


def _attach(records: Records, number: int, kept: Sequence[files.Received], comment: int | None) -> None:
    for one in kept:
        files.attach(records, number, one, audience="shared", comment_id=comment)


def _note(records: Records, request: Row, mail: Incoming, refused: Sequence[str]) -> None:
    """Remember the mail, so that answers to it are found, and say inside what could not be kept."""
    records.create(
        "service.mail",
        {"subject": (mail.subject or str(_("(no subject)")))[:200], "message_id": mail.message_id or None,
         "sender": mail.sender, "way": "received", "at": records.now, "request": request["id"]},
    )  # fmt: skip
    if refused:
        with use_locale(mailing.language_of(f"{mail.subject} {mail.text}")):
            told = str(_("Files of the mail that were not kept:")) + "\n\n" + "\n".join(f"- {one}" for one in refused)
        comments.relay(records, request["id"], told, audience="internal")
