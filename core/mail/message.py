"""One mail: plain data that can wait in the job queue."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formataddr, make_msgid, parseaddr
from typing import Any

__all__ = ["Message", "build"]

_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class Message:
    """A mail to one receiver, in one language.

    Attributes:
        to: address.
        subject: one line; line breaks and controls become spaces.
        text: body as plain text.
        reply_to: address that answers go to.
        headers: further headers, such as ``Auto-Submitted``.
    """

    to: str
    subject: str
    text: str
    reply_to: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def payload(self) -> dict[str, Any]:
        """JSON for the job ``core.mail.send``; never put a secret link into it."""
        return {
            "to": self.to, "subject": self.subject, "text": self.text, "reply_to": self.reply_to,
            "headers": dict(self.headers),
        }  # fmt: skip

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Message:
        """Read what :meth:`payload` wrote."""
        return cls(**{name: payload[name] for name in ("to", "subject", "text", "reply_to", "headers")})


def build(message: Message, sender: str) -> EmailMessage:
    """The mail as it goes over the wire.

    Args:
        sender: ``Weft <weft@company.example>`` or a bare address.

    Raises:
        ValueError: an address has line breaks or names no mailbox.
    """
    built = EmailMessage()
    name, address = parseaddr(sender)
    built["From"] = formataddr((name, _address(address)))
    built["To"] = _address(message.to)
    built["Subject"] = _CONTROL.sub(" ", message.subject).strip()
    if "Message-ID" not in message.headers:
        built["Message-ID"] = make_msgid(domain=address.rpartition("@")[2])
    if message.reply_to:
        built["Reply-To"] = _address(message.reply_to)
    built["Auto-Submitted"] = "auto-generated"
    for header, value in message.headers.items():
        built[header] = _CONTROL.sub(" ", value)
    built.set_content(message.text)
    return built


def _address(address: str) -> str:
    if _CONTROL.search(address) or "@" not in address or "," in address:
        raise ValueError("not one mail address")
    return address
