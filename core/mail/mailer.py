"""Sending mail through the company's server; the only place that speaks SMTP."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from weft.core.config import Settings
from weft.core.errors import ConfigError
from weft.core.mail.message import Message, build

__all__ = ["SEND_JOB", "Mailbox", "Mailer", "MailRefused", "SmtpMailer", "install_mailer", "is_set_up", "send_job"]

#: Key of the job that sends one queued mail: ``enqueue(conn, SEND_JOB, message.payload())``.
SEND_JOB = "core.mail.send"
_TIMEOUT = 20.0
_PORTS = {"smtp": 587, "smtps": 465}
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class MailRefused(Exception):
    """The server refuses this mail for good: trying again would not help."""


class Mailer(Protocol):
    """Sends one mail now."""

    def send(self, message: Message) -> None:
        """Send.

        Raises:
            MailRefused: the receiver or the mail is refused for good.
            OSError: the server cannot be reached or asks to try later (``smtplib`` errors are ``OSError``).
        """


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """The server of ``WEFT_MAIL_URL``: ``smtp://user:password@host:port?from=address``.

    ``smtps`` speaks TLS from the first byte; ``smtp`` begins TLS before anything is sent, except to this machine.

    Attributes:
        sender: from address.
    """

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    implicit_tls: bool = False

    @classmethod
    def from_url(cls, url: str) -> SmtpMailer:
        """Read the setting.

        Raises:
            ConfigError: scheme, host or sender is missing; the password is not in the message.
        """
        parts = urlsplit(url)
        sender = parse_qs(parts.query).get("from", [""])[0]
        if parts.scheme not in _PORTS or not parts.hostname or "@" not in sender:
            raise ConfigError("WEFT_MAIL_URL must read smtp://user:password@host:port?from=address")
        return cls(
            host=parts.hostname,
            port=parts.port or _PORTS[parts.scheme],
            sender=sender,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            implicit_tls=parts.scheme == "smtps",
        )

    def send(self, message: Message) -> None:
        """Send one mail over a connection of its own (see :class:`Mailer`)."""
        try:
            built = build(message, self.sender)
        except ValueError as error:
            raise MailRefused(str(error)) from error
        built["Date"] = format_datetime(datetime.now(UTC))
        try:
            with self._connect() as server:
                server.send_message(built)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, smtplib.SMTPSenderRefused) as error:
            if _for_good(error):
                raise MailRefused(type(error).__name__) from error
            raise

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.implicit_tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=_TIMEOUT, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=_TIMEOUT)
            if self.host not in _LOOPBACK:
                server.starttls(context=context)
        if self.user:
            server.login(self.user, self.password)
        return server


@dataclass(slots=True)
class Mailbox:
    """Keeps mails instead of sending them: for tests."""

    messages: list[Message] = field(default_factory=list)

    def send(self, message: Message) -> None:
        """Keep a mail, checked as if it were sent."""
        build(message, "weft@test.example")
        self.messages.append(message)

    def to(self, address: str) -> list[Message]:
        """Mails to one address, in order."""
        return [message for message in self.messages if message.to == address]


def is_set_up(settings: Settings) -> bool:
    """False: links must be copied by hand, and the administrator's home says so."""
    return bool(settings.mail_url)


def install_mailer(services: dict[str, Any], settings: Settings) -> None:
    """Register the mailer of the settings as ``services["mailer"]``; absent when there is no mail server.

    Raises:
        ConfigError: the setting is unusable.
    """
    if settings.mail_url and "mailer" not in services:
        services["mailer"] = SmtpMailer.from_url(settings.mail_url)


def send_job(context: Any, payload: Mapping[str, Any]) -> None:
    """Job ``core.mail.send``: send one queued mail; without a mail server it is dropped, a refusal ends it."""
    mailer: Mailer | None = context.runtime.services.get("mailer")
    if mailer is not None:
        mailer.send(Message.from_payload(payload))


def _for_good(error: smtplib.SMTPException) -> bool:
    """True for answers of the 5xx class to every receiver."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 500
