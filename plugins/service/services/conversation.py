"""Saying something on a request: the comment, its files, what follows for the clock, and who is told.

Comments are those of the platform: shared ones are the conversation with the customer, internal ones stay inside.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from weft.core.sdk import (
    Records,
    RefValue,
    Row,
    comments,
    directory,
    files,
    followers,
    notify,
    readers,
    register_notice,
    translator,
)
from weft.plugins.service import vocabulary as words
from weft.plugins.service.services import mailing
from weft.plugins.service.services.desk import Desk, members_of

_ = translator("service")

__all__ = [
    "REQUEST",
    "answered_by_company",
    "asked_by_customer",
    "asker_reads",
    "outsiders_of",
    "say",
    "staff_of",
    "tell_new",
]

REQUEST = "service.request"
_REASON = "service: what an answer means for the request"
ANSWERED, SOLVED, REPLIED, CAME = "service.answered", "service.solved", "service.replied", "service.came"
register_notice(
    ANSWERED, _("%(who)s answered your request: %(record)s"), headline=_("There are answers to your requests")
)
register_notice(SOLVED, _("%(who)s solved your request: %(record)s"), headline=_("There are answers to your requests"))
register_notice(REPLIED, _("%(who)s answered: %(record)s"))
register_notice(CAME, _("New request from %(customer)s: %(record)s"), headline=_("New requests for you"))


def say(
    records: Records,
    request: Row,
    text: str,
    *,
    audience: str | None = None,
    uploads: Sequence[int] = (),
    then: str = "",
) -> comments.Comment:
    """Write into a request's conversation as the person of the unit.

    Args:
        records: the unit of work.
        request: the request, with ``id``, ``status`` and ``customer``.
        text: Markdown; may be empty when files come along.
        audience: ``internal`` or ``shared``; None is internal for people of the company, shared for others.
        uploads: ids of files the person sent before.
        then: of people of the company: ``wait`` or ``solve``, what a shared answer makes of the request.

    Raises:
        ValidationFailed: nothing was written.
        Denied, NotFound: the right ``comment`` (``attach`` with files) is not given.
    """
    said = text.strip() or (str(_("See the attached files.")) if uploads else "")
    kept = comments.add(records, request["id"], said, audience=audience)
    files.attach_uploads(records, request["id"], uploads, audience=kept.audience, comment_id=kept.id)
    if records.principal.internal:
        if kept.audience == comments.SHARED:
            answered_by_company(records, request, kept, then=then)
    else:
        # What an outsider hears of their request is written for them; changes of fields inside are none of it.
        followers.unfollow(records, request["id"])
        asked_by_customer(records, request)
    return kept


def answered_by_company(records: Records, request: Row, kept: comments.Comment, *, then: str = "") -> None:
    """What a shared answer means: the first one ends a due time, the customer is told, the clock may stand.

    Args:
        records: the unit of work of who answered.
        request: the request.
        kept: the answer.
        then: ``wait``, ``solve`` or empty: the request goes on.
    """
    number = request["id"]
    system = records.system(_REASON)
    fresh = system.get(REQUEST, number)
    if fresh.get("first_response_at") is None:
        system.update(REQUEST, number, {"first_response_at": kept.created_at}, version=None)
    status = fresh["status"]
    told = outsiders_of(records, fresh)
    # A request that is not solved yet is solved below, which sends its own mail.
    done = then == "solve" and status not in words.LIVE
    mailing.answer(records, fresh, kept, have_portal=asker_reads(records, fresh), solved=done)
    if then == "wait" and status in words.RUNNING:
        records.act("service.request.wait", number)
    elif then == "solve" and status in words.LIVE:
        records.act("service.request.solve", number)  # tells the customer by itself
    elif status == "new":
        system.act("service.request.resume", number)
    if then != "solve" or status not in words.LIVE:
        notify(records, told, SOLVED if then == "solve" else ANSWERED, number, at_sign_in=True)


def asked_by_customer(records: Records, request: Row, *, goes_on: bool = True) -> None:
    """What a word of the customer means: whoever waited for it goes on, and the one who answers is told.

    Args:
        records: the unit of work.
        request: the request.
        goes_on: False when nobody is sure that it was the customer: the one who answers decides.
    """
    number = request["id"]
    system = records.system(_REASON)
    fresh = system.get(REQUEST, number)
    if goes_on and fresh["status"] == "waiting":
        system.act("service.request.resume", number)
    elif goes_on and fresh["status"] == "solved":
        system.act("service.request.reopen", number, {"reason": ""})
    following = {one.id for one in followers.followers(system, number)}
    told = [one for one in staff_of(records, fresh) if one not in following]
    notify(records, told, REPLIED, number)


def tell_new(records: Records, number: int) -> None:
    """Tell whoever shall answer a new request: its owner, else the people of its queue's team."""
    system = records.system(_REASON)
    fresh = system.get(REQUEST, number)
    customer = fresh.get("customer")
    name = customer.title if isinstance(customer, RefValue) else fresh.get("reply_to") or "?"
    notify(records, staff_of(records, fresh), CAME, number, {"customer": name}, at_sign_in=bool(fresh.get("owner")))


def staff_of(records: Records, request: Row) -> list[int]:
    """Users of the company who answer a request: its owner, else the active people of the queue's team."""
    owner = request.get("owner")
    if owner is not None:
        return [owner.id]
    system = records.system(_REASON)
    desk = Desk(system, (), "UTC")
    queue = request.get("queue")
    row = desk.queue(queue.id if isinstance(queue, RefValue) else None)
    wanted = members_of(system, row)[:50] if row is not None else []
    return sorted(readers(system, request["id"], wanted, internal_only=True))


def outsiders_of(records: Records, request: Row) -> list[int]:
    """Portal people who hear of answers: who stands for the contact, else for the customer; only those who may read."""
    system = records.system(_REASON)
    for name in ("contact", "customer"):
        value: Any = request.get(name)
        if isinstance(value, RefValue):
            standing: Iterable[int] = directory.standing_for(records, [value.id]).get(value.id, ())
            found = readers(system, request["id"], standing)
            if found:
                return sorted(found)
    return []


def asker_reads(records: Records, request: Row) -> bool:
    """True when whoever asked reads answers in the portal; a colleague of theirs who does is not enough."""
    system = records.system(_REASON)
    contact = request.get("contact")
    mine: set[int] = set()
    if isinstance(contact, RefValue):
        mine |= set(directory.standing_for(records, [contact.id]).get(contact.id, ()))
    person = directory.with_mail(records, request.get("reply_to") or "")
    if person is not None and person.external:
        mine.add(person.id)
    return bool(mine and readers(system, request["id"], mine))


def settle(records: Records, request: Row, author: int) -> None:
    """Bring a request in step with a shared comment that came by another door; harmless when nothing is to do.

    Args:
        records: the platform's unit of a job.
        request: the request.
        author: user who wrote it.
    """
    person = directory.persons(records, [author]).get(author)
    if person is None:
        return
    if person.external:
        if request["status"] == "waiting":
            records.act("service.request.resume", request["id"])
    elif request.get("first_response_at") is None:
        records.update(REQUEST, request["id"], {"first_response_at": records.now}, version=None)
