"""What a distributor or agent is told when the firm they want to register is taken: that it is, and nothing more.

Whether the company serves it, another partner is protected for it, or a colleague works on an enquiry of it sounds the
same, so that nobody learns whose it is, how far it got, or how its name is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from weft.core.sdk import FormWarning, Records, Row, directory, in_script, translator
from weft.plugins.crm.services import channel, collision

_ = translator("crm")

__all__ = ["in_hands", "refusal", "served", "warnings"]

_REGISTRATION = "crm.registration"


def served(records: Records) -> str:
    """The one sentence for all who are taken, with the person's contact at the company."""
    own = channel.firms(records)
    owner = channel.responsible(records, own[0]["id"]) if own else None
    person = directory.persons(records, [owner]).get(owner) if owner is not None else None
    if person is None:
        return str(_("Not possible: this firm is already served. Ask your contact."))
    name = in_script(person.name, person.name_alt)[0]
    return str(_("Not possible: this firm is already served. Ask your contact, %(person)s.") % {"person": name})


def warnings(records: Records, rows: Sequence[Mapping[str, Any]], besides: int | None) -> list[list[FormWarning]]:
    """What to tell a partner about each row they type or import.

    Args:
        records: unit of the person.
        rows: values of registrations by field name.
        besides: the registration being changed, None for a new one.
    """
    probes = [collision.probe(records, _REGISTRATION, row) for row in rows]
    if not any(probes):
        return [[] for _row in rows]
    theirs = frozenset(row["id"] for row in [*channel.firms(records), *channel.dealers(records)])
    today = records.now.astimezone(records.zone).date()
    shields = collision.find(records, _REGISTRATION, probes, besides=besides)
    accounts = collision.find(records, "crm.account", probes)
    leads = collision.find(records, "crm.lead", probes)
    partners = _partners(records, [one.row["id"] for some in accounts for one in some])
    hands = _hands(records, [one.row["id"] for some in leads for one in some])
    told = []
    for some, firms, enquiries in zip(shields, accounts, leads, strict=True):
        own = _own([one.row for one in some], theirs, today)
        if own is not None:
            told.append([own])
        elif (
            collision.protected((one.row for one in some), today)
            or any(_taken(partners.get(one.row["id"]), theirs) for one in firms)
            or any(one.row["id"] in hands and hands[one.row["id"]] not in theirs for one in enquiries)
        ):
            told.append([FormWarning(served(records), tone="stop", blocks=True)])
        else:
            told.append([])
    return told


def refusal(records: Records, values: Mapping[str, Any]) -> str:
    """Why a firm cannot be registered, empty when it can."""
    (told,) = warnings(records, [values], None)
    return next((str(one.text) for one in told if one.blocks), "")


def in_hands(records: Records, found: Sequence[collision.Found], theirs: frozenset[int]) -> list[collision.Found]:
    """Those of some accounts that count as served, or are customers of the partner's own."""
    rows = _partners(records, [one.row["id"] for one in found])
    return [
        one for one in found
        if (row := rows.get(one.row["id"])) and (_taken(row, theirs) or channel.number_of(row, "partner") in theirs)
    ]  # fmt: skip


def _own(rows: Sequence[Row], theirs: frozenset[int], today: date) -> FormWarning | None:
    """A live registration of their own firm or of a dealer."""
    for row in collision.protected(rows, today):
        if channel.number_of(row, "partner") in theirs:
            text = _("Registered already, protected until %(until)s:") % {
                "until": collision.day(row["protected_until"])
            }
            return FormWarning(text, _REGISTRATION, row["id"], tone="stop", blocks=True)
    return None


def _taken(account: Row | None, theirs: frozenset[int]) -> bool:
    """A firm counts as served unless nobody has it, it was given up, or it is a customer of their own."""
    if account is None or account.get("frozen") or account.get("pool") is not None or account.get("life") == "invalid":
        return False
    return channel.number_of(account, "partner") not in theirs


def _partners(records: Records, ids: Sequence[int]) -> dict[int, Row]:
    wanted = sorted(set(ids))
    system = records.system("crm: collision")
    found: dict[int, Row] = {}
    for start in range(0, len(wanted), 200):
        filters = {"id__in": wanted[start : start + 200]}
        page = system.query("crm.account", fields=("partner", "pool", "frozen", "life"), filters=filters, limit=200)
        found |= {row["id"]: row for row in page.rows}
    return found


def _hands(records: Records, ids: Sequence[int]) -> dict[int, int | None]:
    """Open enquiries that somebody works on -> the firm that has them, None for people of the company."""
    found: dict[int, int | None] = {}
    wanted = sorted(set(ids))
    system = records.system("crm: collision")
    for start in range(0, len(wanted), 200):
        filters = {"id__in": wanted[start : start + 200], "status__in": ["new", "working"]}
        for row in system.query("crm.lead", fields=("partner", "owner"), filters=filters, limit=200).rows:
            if row.get("owner") is not None or row.get("partner") is not None:
                found[row["id"]] = channel.number_of(row, "partner")
    return found
