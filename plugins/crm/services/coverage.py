"""Customers nobody can call: read in one statement, for people who read all customers."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import exists, select

from weft.core.sdk import Records
from weft.plugins.crm.models.accounts import Account, Contact

__all__ = ["Bare", "without_contact"]


@dataclass(frozen=True, slots=True)
class Bare:
    """A customer without contact person."""

    id: int
    owner: int | None
    life: str | None


def without_contact(records: Records) -> list[Bare]:
    """Customers that are not frozen and for which no contact is known, by name.

    The caller has decided that the viewer reads all customers: accounts and contacts carry fields for comparing that
    only the platform reads, so the statement runs as the platform.
    """
    system = records.system("crm: coverage")
    known = exists().where(Contact.account == Account.id, Contact.deleted_at.is_(None))
    statement = (
        select(Account.id, Account.owner_id, Account.life, Account.role)
        .where(Account.frozen.is_(False), ~known)
        .order_by(Account.name, Account.id)
    )
    return [Bare(row.id, row.owner_id, row.life) for row in system.session.execute(statement) if "customer" in row.role]
