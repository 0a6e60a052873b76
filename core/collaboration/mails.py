"""Mails to people outside Weft, queued in the transaction of what they tell of."""

from __future__ import annotations

from weft.core.mail.mailer import SEND_JOB
from weft.core.mail.message import Message
from weft.core.outbox.publishing import enqueue
from weft.core.records.facade import Records

__all__ = ["send_mail"]


def send_mail(
    records: Records, to: str, subject: str, text: str, *, reply_to: str = "", message_id: str = "", answers: str = ""
) -> bool:
    """Queue a plain mail; it leaves after the commit.

    Args:
        records: the unit of work, open for writing.
        to: address of one receiver.
        subject: one line.
        text: plain text in the receiver's language; nothing that a stranger typed.
        reply_to: address that answers go to, the sender's when empty.
        message_id: id of the mail, so that answers to it can be told; made when it leaves when empty.
        answers: id of the mail that this one answers.

    Returns:
        False when no mail server is set up; then nothing is sent.
    """
    if "mailer" not in records.runtime.services:
        return False
    headers = {"Message-ID": message_id, "In-Reply-To": answers, "References": answers}
    message = Message(to, subject, text, reply_to, {name: value for name, value in headers.items() if value})
    enqueue(records.connection, SEND_JOB, message.payload(), now=records.now)
    return True
