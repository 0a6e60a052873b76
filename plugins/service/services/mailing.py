"""Answers that leave by mail to people without an account, so that their reply finds the request again."""

from __future__ import annotations

import re
from datetime import timedelta

from weft.core.sdk import Records, Row, comments, send_mail, translator, use_locale

_ = translator("service")

__all__ = ["answer", "language_of", "receipt", "solved", "subject_of"]

_REASON = "service: mail of a request"
#: Receipts within an hour, to one address and to all: whoever forges senders must not make us write to the world.
_RECEIPTS, _RECEIPTS_TO_ONE = 120, 10
_RECEIPT_MARK = ".0@"


def subject_of(request: Row) -> str:
    """Subject of mails about a request: its number in brackets leads the reply back."""
    return f"[{request['number']}] {request['subject']}"


def answer(records: Records, request: Row, kept: comments.Comment, *, have_portal: bool, solved: bool = False) -> None:
    """Send a shared answer to whoever asked by mail; people of the portal read it there.

    Args:
        records: the unit of work.
        request: the request.
        kept: the answer.
        have_portal: whoever asked reads it in the portal.
        solved: the answer solves the request: it asks how satisfied they are.
    """
    to = request.get("reply_to")
    if not to or have_portal:
        return
    name = kept.by
    asking = f"{_satisfied(request)}\n\n" if solved else ""
    body = f"{kept.text}\n\n{name}\n\n{asking}{subject_of(request)}\n"
    _send(records, request, to, subject_of(request), body, f"{request['id']}.{kept.id}")


def solved(records: Records, request: Row) -> None:
    """Say by mail that a request is solved, to whoever asked without an account, and ask how satisfied they are."""
    to = request.get("reply_to")
    if to:
        body = f"{_satisfied(request)}\n\n{subject_of(request)}\n"
        _send(records, request, to, subject_of(request), body, f"{request['id']}.s{int(records.now.timestamp())}")


def _satisfied(request: Row) -> str:
    words = f"{request['subject']} {(request.get('description') or '')[:500]}"
    with use_locale(language_of(words)):
        return str(
            _(
                "Your request is solved. How satisfied are you, from 1 (not at all) to 5 (very)? Answer this mail with "
                "the number, or write what is missing."
            )
        )


def language_of(text: str) -> str:
    """Language to write in to somebody of whom nothing but a text is known."""
    return "zh" if re.search("[\u3400-\u9fff]", text) else "en"


def receipt(records: Records, request: Row, locale: str) -> None:
    """Say by mail that a request arrived, with its number; never what a stranger typed.

    The request is kept, and nothing is sent, once too many receipts left within an hour.
    """
    to = request.get("reply_to")
    if not to or _flooded(records, to):
        return
    with use_locale(locale):
        subject = str(_("[%(number)s] We have received your request") % {"number": request["number"]})
        text = str(
            _("Thank you. Your request has the number %(number)s. Answer this mail to add something.")
            % {"number": request["number"]}
        )
    _send(records, request, to, subject, text + "\n", f"{request['id']}.0")  # see _RECEIPT_MARK


def _flooded(records: Records, to: str) -> bool:
    system = records.system(_REASON)
    since = (records.now - timedelta(hours=1)).isoformat()
    lately = {"way": "sent", "at__gt": since, "message_id__contains": _RECEIPT_MARK}
    for filters, most in (({**lately, "sender": to}, _RECEIPTS_TO_ONE), (lately, _RECEIPTS)):
        if len(system.query("service.mail", fields=(), filters=filters, limit=most).rows) >= most:
            return True
    return False


def _send(records: Records, request: Row, to: str, subject: str, text: str, word: str) -> None:
    address = records.setting("service.mail_address") or ""
    host = address.rpartition("@")[2] or "weft.invalid"
    message_id = f"<request.{word}@{host}>"
    system = records.system(_REASON)
    last = system.query(
        "service.mail", fields=("message_id",), filters={"request": str(request["id"]), "way": "received"}, sort="-at",
        limit=1,
    ).rows  # fmt: skip
    answers = last[0]["message_id"] if last and last[0].get("message_id") else ""
    if send_mail(records, to, subject, text, reply_to=address, message_id=message_id, answers=answers):
        system.create(
            "service.mail",
            {"subject": subject[:200], "message_id": message_id, "sender": to, "way": "sent", "at": records.now,
             "request": request["id"]},
        )  # fmt: skip
