"""Mail: what goes over the wire, in which language, and what happens when the server refuses."""

from __future__ import annotations

import email
import smtplib
import socketserver
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from types import SimpleNamespace

import pytest

from weft.core.errors import ConfigError
from weft.core.mail import mailer as mailing
from weft.core.mail.mailer import Mailbox, MailRefused, SmtpMailer
from weft.core.mail.message import Message, build
from weft.core.mail.render import render


class FakeServer(socketserver.ThreadingTCPServer):
    """Speaks as much SMTP as a client needs; ``answer`` is what it says to receivers."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Dialogue)
        self.received: list[EmailMessage] = []
        self.answer = "250 fine"


class Dialogue(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server = self.server
        assert isinstance(server, FakeServer)
        self.say("220 fake")
        while line := self.rfile.readline().decode().strip():
            verb = line.split()[0].upper()
            if verb == "RCPT":
                self.say(server.answer)
            elif verb == "DATA":
                self.say("354 go on")
                lines = []
                while (data := self.rfile.readline()) != b".\r\n":
                    lines.append(data.removeprefix(b"."))
                received = email.message_from_bytes(b"".join(lines), policy=default)
                assert isinstance(received, EmailMessage)
                server.received.append(received)
                self.say("250 kept")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fine")

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer() as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


@pytest.fixture
def mailer(server: FakeServer) -> SmtpMailer:
    return SmtpMailer.from_url(f"smtp://127.0.0.1:{server.server_address[1]}?from=Weft <weft@test.example>")


def test_a_mail_arrives_with_its_chinese(server: FakeServer, mailer: SmtpMailer) -> None:
    mailer.send(
        Message(
            to="lin@test.example",
            subject="新客户已分配给您",
            text="您好，林疏桐\n.\n再见\n",
            reply_to="boss@test.example",
        )
    )
    (received,) = server.received
    assert received["Subject"] == "新客户已分配给您"
    assert received["From"] == "Weft <weft@test.example>"
    assert received["To"] == "lin@test.example"
    assert received["Reply-To"] == "boss@test.example"
    assert received["Auto-Submitted"] == "auto-generated"
    assert received["Date"] and received["Message-ID"].endswith("@test.example>")
    assert received.get_content().splitlines() == ["您好，林疏桐", ".", "再见"]


def test_line_breaks_cannot_add_headers_or_receivers() -> None:
    built = build(Message(to="a@test.example", subject="Hello\r\nBcc: evil@test.example", text="x"), "w@test.example")
    assert built["Bcc"] is None
    assert built["Subject"] == "Hello Bcc: evil@test.example"
    for address in ("a@test.example\r\nBcc: b@test.example", "a@test.example, b@test.example", "nobody", ""):
        with pytest.raises(ValueError):
            build(Message(to=address, subject="x", text="x"), "w@test.example")


def test_refused_for_good_or_for_now(server: FakeServer, mailer: SmtpMailer) -> None:
    mail = Message(to="gone@test.example", subject="x", text="x")
    server.answer = "550 no such mailbox"
    with pytest.raises(MailRefused):
        mailer.send(mail)
    server.answer = "450 try later"
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        mailer.send(mail)
    assert server.received == []


def test_the_setting_is_read_and_its_password_never_shown() -> None:
    made = SmtpMailer.from_url("smtps://us%40er:s3cret%2F@mail.test.example?from=weft@test.example")
    assert (made.host, made.port, made.user, made.password, made.implicit_tls) == (
        "mail.test.example",
        465,
        "us@er",
        "s3cret/",
        True,
    )
    assert "s3cret" not in repr(made)
    for url in ("http://mail.test.example?from=a@b", "smtp://?from=a@b", "smtp://u:s3cret@mail.test.example"):
        with pytest.raises(ConfigError) as refused:
            SmtpMailer.from_url(url)
        assert "s3cret" not in str(refused.value)


def test_a_queued_mail_is_sent_and_without_a_server_dropped() -> None:
    mail, box = Message(to="a@test.example", subject="x", text="y", headers={"X-Weft": "1"}), Mailbox()
    runtime = SimpleNamespace(services={"mailer": box})
    mailing.send_job(SimpleNamespace(runtime=runtime), mail.payload())
    assert box.to("a@test.example") == [mail]
    runtime.services.clear()
    mailing.send_job(SimpleNamespace(runtime=runtime), mail.payload())


@pytest.mark.parametrize(("locale", "hello"), [("en", "Hello Lin Shutong,"), ("zh", "Lin Shutong，您好：")])
@pytest.mark.parametrize("template", ["reset.txt", "invitation.txt"])
def test_link_mails_are_in_the_language_of_the_receiver(template: str, locale: str, hello: str) -> None:
    mail = render(
        template,
        locale,
        to="lin@test.example",
        name="Lin Shutong",
        company="Weirholm & Sons",
        url="https://weft.example/auth/link/abc",
        expires=datetime(2026, 3, 16, 1, 30, tzinfo=UTC),
        zone="Asia/Shanghai",
    )
    assert "Weirholm & Sons" in mail.subject
    assert "\n" not in mail.subject
    assert hello in mail.text
    assert "\nhttps://weft.example/auth/link/abc\n" in mail.text
    assert "9:30" in mail.text or "09:30" in mail.text, "the time is that of the receiver's zone"
