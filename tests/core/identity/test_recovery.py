"""Reset and invitation mails: sent by the worker, to whom they belong, with links that only the receiver sees."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from weft.core.identity import admin, passwords, recovery, sign_in, users
from weft.core.identity.acting import writing
from weft.core.identity.tables import one_time_link
from weft.core.mail.mailer import Mailbox
from weft.core.outbox.worker import Worker
from weft.core.registry.core_plugin import ADMIN
from weft.core.registry.runtime import Runtime
from weft.core.testing.people import Cast

URL = re.compile(r"https://weft\.example/auth/link/([\w-]+)")


@pytest.fixture
def box(weft_runtime: Runtime) -> Mailbox:
    """The mails of this test; the installation has a mail server and a public address."""
    made = Mailbox()
    weft_runtime.services["mailer"] = made
    changes = {"public_url": "https://weft.example", "mail_url": "smtp://127.0.0.1?from=weft@test.example"}
    weft_runtime.settings = weft_runtime.settings.with_changes(**changes)
    return made


def ask(runtime: Runtime, email: str, audience: str = "employee", address: str = "192.0.2.1") -> None:
    recovery.request_reset(runtime, audience=audience, email=email, address=address)
    Worker(runtime).run_due()


def test_only_the_owner_of_the_address_gets_a_link(weft_runtime: Runtime, weft_cast: Cast, box: Mailbox) -> None:
    user = weft_cast.user("employee", email="lin@test.example", name="Lin Shutong", locale="zh")
    closed = weft_cast.user("employee", email="closed@test.example")
    with weft_runtime.db.write() as conn:
        passwords.set_password(conn, user, "tulips under rain", now=weft_runtime.clock())
        users.deactivate(conn, closed, now=weft_runtime.clock())
    for email, audience in (
        ("nobody@test.example", "employee"),
        ("closed@test.example", "employee"),
        ("lin@test.example", "customer"),
        ("lin@test.example", "employee"),
    ):
        ask(weft_runtime, email, audience)
    (mail,) = box.messages
    assert mail.to == "lin@test.example"
    assert "您好" in mail.text
    found = URL.search(mail.text)
    assert found is not None
    assert sign_in.set_password_by_link(weft_runtime, found[1], "tulips under snow", address="::1").user_id == user


def test_three_an_hour_for_an_account(weft_runtime: Runtime, weft_cast: Cast, box: Mailbox) -> None:
    weft_cast.user("employee", email="lin@test.example")
    for number in range(6):
        ask(weft_runtime, "lin@test.example", address=f"192.0.2.{number}")
    assert len(box.messages) == 3


def test_without_a_mail_server_no_link_is_made(weft_runtime: Runtime, weft_cast: Cast) -> None:
    weft_cast.user("employee", email="lin@test.example")
    ask(weft_runtime, "lin@test.example")
    with weft_runtime.db.read() as conn:
        assert conn.execute(select(func.count()).select_from(one_time_link)).scalar() == 0


def test_an_invitation_is_mailed_and_can_still_be_copied(weft_runtime: Runtime, weft_cast: Cast, box: Mailbox) -> None:
    with writing(weft_runtime, weft_cast.principal(weft_cast.user(ADMIN)), "page") as acting:
        made = admin.invite(acting, email="new@test.example", name="New")
    Worker(weft_runtime).run_due()
    (mail,) = box.to("new@test.example")
    found = URL.search(mail.text)
    assert made.mailed
    assert found is not None and found[0] != made.url, "two links: the mailed one never passed through a queue"
    sign_in.set_password_by_link(weft_runtime, found[1], "tulips under rain", address="::1")
    recovery.send_invitation(_Context(weft_runtime), {"user": made.user_id, "by": None})
    assert len(box.messages) == 1, "who accepted gets no second invitation"


class _Context:
    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
