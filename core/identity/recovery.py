"""Forgotten passwords and invitations by mail. The worker makes the links it sends: no secret waits in a queue.

A request for a reset does the same work for every address, known or not; what follows happens out of band.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weft.core.identity import company, limits, links, users
from weft.core.mail.mailer import Mailer
from weft.core.mail.render import render
from weft.core.outbox.publishing import enqueue
from weft.core.registry.runtime import Runtime

__all__ = ["INVITE_JOB", "RESET_JOB", "request_reset", "send_invitation", "send_reset"]

RESET_JOB = "core.identity.reset"
INVITE_JOB = "core.identity.invite"


def request_reset(runtime: Runtime, *, audience: str, email: str, address: str) -> None:
    """Queue a reset mail for an address, whether it is known or not; above the limits nothing is queued."""
    now = runtime.clock()
    account = limits.account_key(audience, email)
    with runtime.db.write() as conn:
        if limits.may_reset(conn, account, address, now=now):
            enqueue(conn, RESET_JOB, {"audience": audience, "email": email}, now=now)


def send_reset(context: Any, payload: Mapping[str, Any]) -> None:
    """Job: send the link to an active user of the address; nothing for anybody else, nothing without mail server."""
    runtime: Runtime = context.runtime
    with runtime.db.read() as conn:
        user = users.find_by_email(conn, str(payload["email"]), str(payload["audience"]))
    if user is not None and user.active:
        _send(runtime, user, "reset", "reset.txt", None)


def send_invitation(context: Any, payload: Mapping[str, Any]) -> None:
    """Job: send an invited user a link; nothing when it was accepted or closed meanwhile."""
    runtime: Runtime = context.runtime
    with runtime.db.read() as conn:
        user = users.find(conn, int(payload["user"]))
    if user.active and user.status == "invited":
        _send(runtime, user, "invite", "invitation.txt", payload.get("by"))


def _send(runtime: Runtime, user: users.User, purpose: str, template: str, by: int | None) -> None:
    mailer: Mailer | None = runtime.services.get("mailer")
    if mailer is None:
        return
    now = runtime.clock()
    with runtime.db.write() as conn:
        token, expires = links.issue(conn, purpose, user.id, now=now, by=by)
        settings = company.get(conn)
    message = render(
        template,
        user.locale,
        to=user.email,
        name=users.shown_name(user, user.locale),
        company=settings.shown(user.locale)[0],
        url=runtime.settings.public_url + links.path(token),
        expires=expires,
        zone=user.zone,
    )
    mailer.send(message)
