"""Polling a mailbox: a small IMAP server of the test speaks the few commands that RFC 3501 asks of a reader."""

from __future__ import annotations

import imaplib
import re
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from weft.core.config import Settings
from weft.core.errors import ConfigError
from weft.core.mail import fetch

NONE = Settings(home=Path(), database_url="sqlite://", secret_key="mailbox " * 8)
FIRST = b"From: a@firm.example\r\nSubject: One\r\n\r\nPump one.\r\n"
SECOND = b"From: b@firm.example\r\nSubject: Two\r\n\r\nPump (two) {3}\r\n"


@dataclass
class Box:
    """A mailbox: mails by uid, those seen, and the lines a client sent."""

    mails: dict[int, bytes] = field(default_factory=lambda: {4: FIRST, 9: SECOND})
    seen: set[int] = field(default_factory=set)
    said: list[str] = field(default_factory=list)
    port: int = 0

    def answer(self, command: str) -> tuple[str, list[bytes]]:
        """Tagged answer and the untagged lines before it."""
        self.said.append(command)
        words = command.upper()
        if words == "CAPABILITY":
            return "OK", [b"* CAPABILITY IMAP4rev1"]
        if words.startswith("LOGIN"):
            return ("OK" if command.endswith('"p@ss word"') else "NO"), []
        if words.startswith("SELECT"):
            known = words.endswith(("INBOX", "SERVICE"))
            return ("OK" if known else "NO"), [b"* 2 EXISTS"] if known else []
        if words == "UID SEARCH UNSEEN":
            waiting = " ".join(str(one) for one in sorted(set(self.mails) - self.seen))
            return "OK", [f"* SEARCH {waiting}".encode()]
        if (found := re.fullmatch(r"UID FETCH (\d+) \((.+)\)", command)) is not None:
            uid, raw = int(found[1]), self.mails[int(found[1])]
            if "SIZE" in found[2]:
                return "OK", [f"* 1 FETCH (UID {uid} RFC822.SIZE {len(raw)})".encode()]
            return "OK", [f"* 1 FETCH (UID {uid} BODY[] {{{len(raw)}}}\r\n".encode() + raw + b")"]
        if (found := re.fullmatch(r"UID STORE (\d+) \+FLAGS \(\\Seen\)", command)) is not None:
            self.seen.add(int(found[1]))
            return "OK", []
        return ("OK", [b"* BYE"]) if words == "LOGOUT" else ("BAD", [])


@pytest.fixture
def box() -> Iterator[Box]:
    """A served mailbox with two unseen mails."""
    kept = Box()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"* OK ready\r\n")
            for line in self.rfile:
                tag, _space, command = line.decode().strip().partition(" ")
                status, lines = kept.answer(command)
                self.wfile.write(b"".join(one + b"\r\n" for one in lines) + f"{tag} {status} done\r\n".encode())
                if command == "LOGOUT":
                    return

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        kept.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield kept
        server.shutdown()


def settings(box: Box, folder: str = "", password: str = "p%40ss%20word") -> Settings:
    url = f"imap://desk:{password}@127.0.0.1:{box.port}/{folder}"
    return NONE.with_changes(imap_url=url)


def test_unseen_mails_are_taken_once_oldest_first_byte_for_byte(box: Box) -> None:
    taken: list[bytes] = []
    assert fetch.fetch_mail(settings(box), taken.append) == 2
    assert taken == [FIRST, SECOND] and box.seen == {4, 9}
    assert fetch.fetch_mail(settings(box), taken.append) == 0
    assert len(taken) == 2 and box.said[-1] == "LOGOUT"


def test_a_mail_that_cannot_be_taken_stays_unseen_and_keeps_nobody_waiting(box: Box) -> None:
    def take(raw: bytes) -> None:
        if raw == FIRST:
            raise RuntimeError("the database is away")

    assert fetch.fetch_mail(settings(box), take) == 1
    assert box.seen == {9}
    with pytest.raises(RuntimeError):  # nothing came through: the job fails, is told of and tried again
        fetch.fetch_mail(settings(box), take)


def test_a_mail_that_is_too_large_is_never_loaded(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "MAX_BYTES", len(FIRST))
    taken: list[bytes] = []
    assert fetch.fetch_mail(settings(box), taken.append) == 1
    assert taken == [FIRST]
    assert not [line for line in box.said if line.startswith("UID FETCH 9") and "BODY" in line]


@pytest.mark.parametrize(
    ("folder", "password", "error"),
    [("Nowhere", "p%40ss%20word", ConfigError), ("", "wrong", imaplib.IMAP4.error)],
)
def test_a_wrong_folder_or_password_is_told(box: Box, folder: str, password: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        fetch.fetch_mail(settings(box, folder, password), lambda raw: None)


def test_another_folder_can_be_named_and_none_means_no_polling(box: Box) -> None:
    taken: list[bytes] = []
    assert fetch.fetch_mail(settings(box, "Service"), taken.append) == 2
    assert fetch.fetch_mail(NONE, taken.append) == 0


@pytest.mark.weft_plugins("crm", "service")
def test_the_job_makes_requests_of_what_lies_in_the_mailbox(box: Box, weft_runtime: Any, records_as: Any) -> None:
    from weft.core.outbox.delivery import JobContext
    from weft.plugins.service.services import mail_box

    weft_runtime.settings = weft_runtime.settings.with_changes(imap_url=settings(box).imap_url)
    mail_box.fetch_job(JobContext(weft_runtime, "test", 1), None)
    with records_as("system") as records:
        rows = records.query("service.request", fields=("subject", "channel"), sort="subject").rows
    assert [(row["subject"], row["channel"]) for row in rows] == [("One", "mail"), ("Two", "mail")]
