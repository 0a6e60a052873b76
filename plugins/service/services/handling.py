"""What people do with a request besides answering: take it, hand it to another queue, end it, rate it."""

from __future__ import annotations

from weft.core.sdk import Denied, NotFound, Records, Row, ValidationFailed, in_script, notify, translator
from weft.plugins.service.services import conversation, mailing, parties
from weft.plugins.service.services.desk import Desk

_ = translator("service")

__all__ = ["change_queue", "confirm_sender", "leave_word", "rate", "take", "told_solved"]

_REQUEST = "service.request"
_REASON = "service: handling of a request"


def take(records: Records, request: Row) -> None:
    """Become the one who answers.

    Raises:
        Denied: nobody acts, or the person may not read the request.
    """
    me = records.principal.user_id
    if me is None:
        raise Denied(str(_("Only people can take a request.")), rule="take")
    system = records.system(_REASON)
    system.assign(_REQUEST, request["id"], owner=me)
    if request.get("status") == "new":
        system.act("service.request.resume", request["id"])


def confirm_sender(records: Records, request: Row) -> None:
    """Give a request of the public form to whom its mail address belongs: their firm, contact and agreement.

    Args:
        records: unit of the colleague who made sure, or of the platform where a mail server vouched for the sender.
        request: the request, with ``reply_to``.

    Raises:
        ValidationFailed: the address is not known, or the request has its customer already.
    """
    if request.get("customer") is not None:
        raise ValidationFailed.single("", "done", _("This request has its customer already."))
    system = records.system(_REASON)
    party = parties.by_mail(system, request.get("reply_to") or "")
    if party == parties.Party():
        message = _("Nobody with this mail address is known. Choose the customer by editing the request.")
        raise ValidationFailed.single("", "unknown", message)
    desk = Desk(system, [party.organisation], str(system.zone))
    queue = desk.queue(request["queue"].id) if request.get("queue") else None
    agreement = desk.agreement_for(party.organisation, desk.day_of(request.get("asked_at") or records.now, queue))
    values = {"customer": party.organisation, "contact": party.person}
    if agreement is not None:
        values["agreement"] = agreement["id"]
    system.update(_REQUEST, request["id"], values, version=None)


def told_solved(records: Records, request: Row) -> None:
    """Tell the customer's people that it is solved, in the portal or by mail; they may rate it now."""
    told = conversation.outsiders_of(records, request)
    notify(records, told, conversation.SOLVED, request["id"], at_sign_in=True)
    fresh = records.system(_REASON).get(_REQUEST, request["id"])
    if not conversation.asker_reads(records, fresh):
        mailing.solved(records, fresh)


def leave_word(records: Records, request: Row, text: str) -> None:
    """Keep the reason in the conversation without setting the clock going again."""
    from weft.core.sdk import comments, followers

    comments.add(records, request["id"], text, audience="shared")
    if not records.principal.internal:
        followers.unfollow(records, request["id"])


def rate(records: Records, request: Row, rating: str, comment: str) -> None:
    """Keep how satisfied the one who asked is; a later rating replaces the earlier one.

    Args:
        records: the unit of work of the customer, or of the colleague who asked them.
        request: a solved or closed request.
        rating: ``1`` to ``5``.
        comment: what they say, or empty.
    """
    values = {"rating": rating, "score": int(rating), "rating_comment": comment.strip() or None,
              "rated_at": records.now}  # fmt: skip
    records.system(_REASON).update(_REQUEST, request["id"], values, version=None)


def change_queue(records: Records, request: Row, queue: int) -> str:
    """Give a request to another team: its people answer, by its rule and its hours. Returns the queue's name.

    Raises:
        ValidationFailed: there is no such queue.
    """
    system = records.system(_REASON)
    desk = Desk(system, (), str(system.zone))
    row = desk.queue(queue)
    if row is None:
        raise ValidationFailed.single("queue", "unknown", _("There is no such queue."))
    team = row.get("team")
    system.update(_REQUEST, request["id"], {"queue": queue}, version=None)
    system.assign(_REQUEST, request["id"], owner=desk.answers(row), unit=team.id if team else None)
    try:
        conversation.tell_new(records, request["id"])
    except NotFound:
        pass
    return in_script(row["name"], row.get("name_alt"))[0]
