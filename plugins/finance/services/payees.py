"""Where people are paid back: entered by themselves, confirmed by finance, used by the payment batches."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from unicodedata import east_asian_width, normalize

from weft.core.sdk import Denied, Records, Row, among, directory, every, notify, register_notice, translator
from weft.plugins.finance.queries.rows import ref_id

_ = translator("finance")

__all__ = ["PAYEE", "accounts_of", "asked", "decide", "narrow", "tail"]

PAYEE = "finance.payee"
OFFICER = "finance.officer"
_REASON = "finance: accounts for repayment"
ASKED, CONFIRMED, REFUSED = (f"finance.payee_{word}" for word in ("asked", "confirmed", "refused"))
register_notice(ASKED, _("A new account for repayment of %(record)s waits for you"), headline=_("Accounts to confirm"))
register_notice(CONFIRMED, _("Your account for repayment is confirmed"), headline=_("Account for repayment"))
register_notice(REFUSED, _("Your account for repayment is refused: %(why)s"), headline=_("Account for repayment"))


def narrow(account: str) -> str:
    """An account number with full-width letters, digits and spaces, as Chinese keyboards type them, in plain ones."""
    plain = (normalize("NFKC", one) if east_asian_width(one) == "F" else one for one in account)
    return " ".join("".join(plain).split())


def tail(account: str) -> str:
    """The last four places of an account number."""
    plain = account.replace(" ", "")
    return f"…{plain[-4:]}" if len(plain) > 4 else "…"


def accounts_of(system: Records, people: Iterable[int | None]) -> dict[int, str]:
    """The confirmed account numbers of people, by person; who has none is absent."""
    rows = among(system, PAYEE, ("owner", "account", "status"), "owner", people)
    return {row["owner"].id: row["account"] for row in rows if row["status"] == "confirmed" and row.get("owner")}


def asked(records: Records, payee: int, owner: int) -> None:
    """Somebody entered an account: what they entered before and nobody confirmed is replaced; finance is told."""
    system = records.system(_REASON)
    before = every(system, PAYEE, (), {"owner": owner, "status": "waiting", "id__lt": payee})
    _replace(system, [row.id for row in before])
    officers = [one for one in directory.holders(records, OFFICER) if one != owner]
    notify(records, officers, ASKED, payee)


def _replace(system: Records, ids: list[int]) -> None:
    if ids:
        system.update_many(PAYEE, {one: {"status": "replaced"} for one in ids})


def decide(records: Records, row: Row, status: str, note: str) -> None:
    """Confirm or refuse an account; the one confirmed before counts until then.

    Raises:
        Denied: it is one's own, or of somebody whom one acts for.
    """
    system = records.system(_REASON)
    stored = system.get(PAYEE, row.id)
    owner = ref_id(stored.get("owner"))
    if owner == records.principal.user_id or owner in records.principal.acts_for:
        text = _("Nobody confirms an own account, or one of somebody they act for.")
        raise Denied(str(text), rule=f"{PAYEE}.confirm", ask=str(_("Ask another person of finance.")))
    if status == "confirmed":
        before = every(system, PAYEE, (), {"owner": owner, "status": "confirmed"})
        _replace(system, [one.id for one in before if one.id != row.id])
    today = records.now.astimezone(records.zone).date()
    values: dict[str, Any] = {"note": note, "decided_on": today, "decided_by": records.principal.user_id}
    system.update(PAYEE, row.id, values, version=None)
    if owner is not None:
        kind = CONFIRMED if status == "confirmed" else REFUSED
        notify(records, [owner], kind, row.id, {"why": note[:200]})
