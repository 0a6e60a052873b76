"""Where the time of the sales people goes: contacts and hours by life and class of the customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, select

from weft.core.sdk import Records
from weft.plugins.crm.models.accounts import Account
from weft.plugins.crm.models.activities import Activity

__all__ = ["KINDS", "Effort", "Talk", "Wish", "efforts", "talks", "worklist"]

#: Kinds of activities that are effort for a customer.
KINDS = ("visit", "meeting", "call", "mail", "message")


@dataclass(frozen=True, slots=True)
class Wish:
    """Whose effort, and when.

    Attributes:
        owners: people, None for all.
        start, end: moments, None for all time.
    """

    owners: Sequence[int] | None = None
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Effort:
    """Done contacts of one kind with customers of one life and class."""

    life: str
    value_class: str | None
    kind: str
    number: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Talk:
    """One contact behind a figure."""

    id: int
    account: int
    owner: int | None
    subject: str
    kind: str
    at: datetime
    minutes: int


def efforts(system: Records, wish: Wish) -> list[Effort]:
    """Contacts and minutes by life, class and kind.

    Args:
        system: records of the platform; the caller has decided whose effort the viewer may see.
        wish: whose, and when.
    """
    statement: Any = (
        select(
            Account.life, Account.value_class, Activity.kind, func.count(Activity.id),
            func.coalesce(func.sum(Activity.minutes), 0),
        )
        .join(Account, Account.id == Activity.account)
        .where(*_done(wish))
        .group_by(Account.life, Account.value_class, Activity.kind)
    )  # fmt: skip
    return [Effort(*row) for row in system.session.execute(statement)]


def _done(wish: Wish) -> list[Any]:
    """Conditions of a contact that took place with a customer."""
    found: list[Any] = [Activity.status == "done", Activity.kind.in_(KINDS), Account.life.is_not(None)]
    if wish.owners is not None:
        found.append(Activity.owner_id.in_(list(wish.owners)))
    if wish.start is not None:
        found.append(Activity.at >= wish.start)
    if wish.end is not None:
        found.append(Activity.at < wish.end)
    return found


def talks(
    system: Records, wish: Wish, *, life: str = "", value_class: str = "", kind: str = "", limit: int = 500
) -> list[Talk]:
    """The contacts behind a figure, newest first; ``value_class`` is ``none`` for customers without one."""
    statement: Any = (
        select(
            Activity.id, Activity.account, Activity.owner_id, Activity.subject, Activity.kind, Activity.at,
            func.coalesce(Activity.minutes, 0),
        )
        .join(Account, Account.id == Activity.account)
        .where(*_done(wish))
        .order_by(Activity.at.desc(), Activity.id.desc())
        .limit(limit)
    )  # fmt: skip
    if life:
        statement = statement.where(Account.life == life)
    if value_class:
        same = Account.value_class.is_(None) if value_class == "none" else Account.value_class == value_class
        statement = statement.where(same)
    if kind:
        statement = statement.where(Activity.kind == kind)
    return [Talk(*row) for row in system.session.execute(statement)]


def worklist(system: Records, wish: Wish, limit: int = 20) -> list[tuple[int, str | None, int, datetime | None]]:
    """Potential customers that got least, best class first: account, class, minutes, last contact."""
    spent = func.coalesce(func.sum(Activity.minutes), 0)
    place = case({"A": 1, "B": 2, "C": 3}, value=Account.value_class, else_=4)
    joined = and_(
        Activity.account == Account.id, Activity.status == "done", Activity.kind.in_(KINDS),
        *([Activity.at >= wish.start] if wish.start is not None else []),
        *([Activity.at < wish.end] if wish.end is not None else []),
    )  # fmt: skip
    statement = (
        select(Account.id, Account.value_class, spent, Account.last_contact_at)
        .outerjoin(Activity, joined)
        .where(Account.life == "potential", Account.frozen.is_(False), Account.owner_id.is_not(None))
        .group_by(Account.id, Account.value_class, Account.last_contact_at)
        .order_by(place, spent, Account.id)
        .limit(limit)
    )
    if wish.owners is not None:
        statement = statement.where(Account.owner_id.in_(list(wish.owners)))
    return [tuple(row) for row in system.session.execute(statement)]
