"""Distributors and agents: for which firms a visitor of the portal acts, and who at the company looks after them.

Reads only. A firm is an account of the role distributor or agent that stands for the visitor; a dealer is one that
names such a firm as *Looked after by*.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from weft.core.sdk import Records, Row, ValidationFailed, directory, in_script, notify, translator
from weft.plugins.crm.grants import MANAGER

_ = translator("crm")

__all__ = [
    "currency", "dealers", "firm_for", "firms", "is_partner", "name_of", "number_of", "responsible", "tell_company",
    "tell_firms",
]  # fmt: skip

_REASON = "crm: own firm of a visitor"
_FIELDS = ("name", "name_alt", "owner", "price_list", "partner", "role")
_MOST = 50


def is_partner(records: Records) -> bool:
    """True for people of distributors and agents."""
    return records.principal.kind == "user" and records.principal.audience == "distributor"


def firms(records: Records) -> list[Row]:
    """The distributors and agents for which the person acts, oldest first; empty for everybody else.

    Args:
        records: unit of the person.
    """
    anchors = sorted(records.principal.anchors)
    if not anchors or not is_partner(records):
        return []
    filters = {"id__in": anchors, "role__in": ["distributor", "agent"]}
    return list(records.system(_REASON).query("crm.account", fields=_FIELDS, filters=filters, sort="id").rows)


def dealers(records: Records) -> list[Row]:
    """Dealers that the person's firms look after, by name."""
    mine = [row["id"] for row in firms(records)]
    if not mine:
        return []
    filters = {"partner__in": mine, "role__in": ["distributor", "agent"]}
    page = records.system(_REASON).query(
        "crm.account", fields=(*_FIELDS, "email", "phone"), filters=filters, sort="name", limit=_MOST
    )
    return list(page.rows)


def firm_for(records: Records, given: int | None, *, below: bool = True) -> Row:
    """The firm in whose name something is written: the one it belongs to if the person may act for it, else their own.

    Args:
        records: unit of the person.
        given: id of the firm that the customer or lead was given to.
        below: the person may act for dealers of the firm too; a contact is always logged in the own name.

    Raises:
        ValidationFailed: the person acts for no firm.
    """
    own = firms(records)
    if not own:
        message = _("No distributor or agent stands for you. Ask your contact.")
        raise ValidationFailed.single("partner", "required", message)
    if given is not None:
        found = next((row for row in [*own, *(dealers(records) if below else ())] if row["id"] == given), None)
        if found is not None:
            return found
    return own[0]


def currency(records: Records) -> str:
    """Currency in which the person's firm buys, empty when no list says so."""
    for row in firms(records):
        number = number_of(row, "price_list")
        if number is not None:
            return str(records.system(_REASON).get("crm.price_list", number, fields=("currency",))["currency"])
    return ""


def number_of(row: Mapping[str, Any], name: str) -> int | None:
    """Id behind a reference, a person or a plain number."""
    value = row.get(name)
    if value is None or isinstance(value, int):
        return value
    return int(value.id)


def name_of(row: Mapping[str, Any]) -> str:
    """Name of an account in the reader's script."""
    return in_script(row["name"], row.get("name_alt"))[0]


# ---- who is told


def responsible(records: Records, firm: int) -> int | None:
    """The colleague who looks after a firm; of a dealer without one, who looks after the firm above."""
    system = records.system("crm: who looks after a partner")
    row = system.get("crm.account", firm, fields=("owner", "partner"))
    owner, above = number_of(row, "owner"), number_of(row, "partner")
    if owner is None and above is not None:
        owner = number_of(system.get("crm.account", above, fields=("owner",)), "owner")
    return owner


def tell_company(records: Records, firm: int, kind: str, record: int, data: Mapping[str, Any]) -> None:
    """Tell the managers and the colleague who looks after a firm what its people did."""
    owner = responsible(records, firm)
    managers = directory.holders(records, MANAGER)
    notify(records, [*managers, *([owner] if owner is not None else [])], kind, record, data)


def tell_firms(
    records: Records, kind: str, given: Mapping[int, Iterable[int]], *, at_sign_in: bool = False,
    data: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Tell the people of firms about records; firm id -> record ids."""
    people = directory.standing_for(records, list(given)) if given else {}
    for firm, ids in given.items():
        for number in ids:
            notify(records, people.get(firm, []), kind, number, data, at_sign_in=at_sign_in)
