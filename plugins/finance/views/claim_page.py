"""The page of an expense claim: every line with its receipt beside it, to be written and to be checked."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from weft.core.sdk import Money, Row, every, translator
from weft.core.websdk import View, preview_url
from weft.plugins.finance import vocabulary as words
from weft.plugins.finance.queries.rows import ref_id
from weft.plugins.finance.services import budgets, turns
from weft.plugins.finance.services.claims import CLAIM, LINE, OFFICER, by_process
from weft.plugins.finance.services.graph import places
from weft.plugins.finance.services.limits import known_limits, rule_on
from weft.plugins.finance.services.money import into
from weft.plugins.finance.services.payees import PAYEE, tail
from weft.plugins.finance.views.parts import amount, course, name_of, names, person

_ = translator("finance")

__all__ = ["decides", "marks", "page", "preset"]

_FIELDS = ("subject", "kind", "day", "gross", "tax", "net", "charged_to", "receipt", "rate", "rate_on", "company",
           "back", "most", "excess", "why")  # fmt: skip


def page(view: View, record: Row) -> dict[str, Any]:
    """Lines and receipts, why it came back, what decides next."""
    rows = list(every(view.records, LINE, _FIELDS, {"claim": str(record.id)}, sort="day"))
    limits = known_limits(view.records) if any(row.get("excess") is not None for row in rows) else {}
    days = {"submitted": record.get("submitted_on"), "approved": record.get("decided_on"),
            "booked": record.get("booked_on"), "paid": record.get("paid_on")}  # fmt: skip
    order = ("draft", "submitted", "approved", "booked", "paid")
    head = course(words.CLAIM_STATUS, record.get("status"), order, days)
    keys = _keys(view, record)
    found: dict[str, Any] = {
        "head": {**head, **({"actions": keys} if keys else {})},
        "claim": {
            "lines": [_line(view, row, number, record, limits) for number, row in enumerate(rows, 1)],
            "why": record.get("why") if record.get("status") in ("returned", "rejected") else "",
            "total": record.get("total"), "payable": record.get("payable"), "add": _add(view, record),
            "short": _short(view, record, rows), "payee": _payee(view, record),
        },
    }  # fmt: skip
    return found


def decides(view: View, record: Mapping[str, Any]) -> dict[str, Any] | None:
    """Who decides on a claim now, for the strip below its head; nothing while nobody does."""
    row = view.records.get(CLAIM, record["id"], fields=("status", "approver"))
    if row.get("status") not in words.RESERVED:
        return None
    approver = row.get("approver")
    who = turns.waits_for(view.records, record["id"]) if by_process(view.records) else [approver] if approver else []
    return {"facts": [{"label": str(_("Decides now")), "kind": "text", "v": ", ".join(map(person, who)) or None}]}


def preset(view: View, given: Mapping[str, Any]) -> dict[str, Any]:
    """A new claim is paid back like the last one."""
    last = view.records.query(CLAIM, fields=("currency",), filters={"owner": "me"}, sort="-created_at", limit=1).rows
    return {name: last[0][name] for name in ("currency",) if last and last[0].get(name)}


def _short(view: View, record: Row, rows: list[Row]) -> list[str]:
    """Cost limits that a claim would go over when it is sent, with what is left and whom to ask."""
    if record.get("status") not in ("draft", "returned"):
        return []
    system = view.records.system("finance: cost limits of what a claim is charged to")
    charged = {ref_id(row.get("charged_to")) for row in rows} - {None}
    known = places(system, charged)
    wanted = charged | {place.customer for place in known.values()}
    found = []
    for budget in budgets.of_records(system, wanted, view.today):
        ids = set(budgets.charged_ids(system, budget["charged_to"].id))
        code = budget["amount"].currency
        mine = Money(sum((into(system, row["net"], code, row["day"]).amount for row in rows
                          if ref_id(row.get("charged_to")) in ids), Decimal(0)), code)  # fmt: skip
        left = budgets.usage(view.records, budget).available
        if mine.amount > left.amount:
            text = _("%(name)s: %(left)s is left of the cost limit, this claim takes %(mine)s. Ask %(who)s first.")
            slots = {"name": name_of(budget), "left": amount(view, left), "mine": amount(view, mine),
                     "who": person(budget.get("owner")) or str(_("finance"))}  # fmt: skip
            found.append(str(text % slots))
    return found


def _payee(view: View, record: Row) -> dict[str, Any] | None:
    """Where the money goes, for whoever gets it; finance is told where no account is known."""
    owner = record.get("owner")
    if owner is None or record.get("status") in ("paid", "rejected"):
        return None
    own = owner.id == view.principal.user_id
    if not own and not view.principal.has_role(OFFICER):
        return None
    filters = {"owner": str(owner.id), "status__in": "waiting,confirmed"}
    known = {row["status"]: row for row in every(view.records, PAYEE, ("account", "status"), filters)}
    add = [{"label": str(_("Enter an account")), "url": view.url(PAYEE, "new"), "opens": "dialog", "icon": "plus"}]
    confirmed, waiting = known.get("confirmed"), known.get("waiting")
    texts = []
    if confirmed is not None:
        texts.append(str(_("Paid back to the account %(account)s.") % {"account": tail(confirmed["account"])}))
    if waiting is not None:
        texts.append(str(_("The account %(account)s waits for finance to confirm it.") % {
            "account": tail(waiting["account"])}))  # fmt: skip
    if not own:
        return None if confirmed is not None else {
            "text": " ".join([str(_("No confirmed account for repayment is known.")), *texts]), "tone": "warn",
            "actions": []}  # fmt: skip
    text = " ".join(texts) or str(_("Say to which account you are paid back."))
    return {"text": text, "tone": None if texts else "warn", "actions": add}


def _add(view: View, record: Row) -> dict[str, Any] | None:
    if record.get("status") not in ("draft", "returned") or not view.may(CLAIM, "update", record.id):
        return None
    return {"label": str(_("Add an expense")), "icon": "plus", "opens": "dialog",
            "url": view.url(LINE, "new", claim=record.id)}  # fmt: skip


def _keys(view: View, record: Row) -> list[dict[str, Any]]:
    """The two answers, by one key each, for whoever checks claims in a row; sending again for who corrects one."""
    if record.get("status") == "returned" and view.may(CLAIM, f"{CLAIM}.submit", record.id):
        return [
            {"label": str(_("Send again")), "url": view.url(CLAIM, record.id, "act", "submit"), "opens": "post",
             "icon": "send", "primary": True},
            {"label": str(_("Edit")), "url": view.url(CLAIM, record.id, "edit"), "icon": "pencil", "shortcut": "e"},
        ]  # fmt: skip
    if record.get("status") not in ("submitted", "approved"):
        return []
    found = []
    owner = record.get("owner")
    own = owner is not None and owner.id == view.principal.user_id
    if not own and view.may(CLAIM, f"{CLAIM}.agree", record.id) and _turn(view, record):
        found.append({"label": str(_("Agree")), "url": view.url(CLAIM, record.id, "act", "agree"), "opens": "post",
                      "icon": "check", "primary": True, "shortcut": "a"})  # fmt: skip
        found.append({"label": str(_("Send back")), "url": view.url(CLAIM, record.id, "act", "send_back"),
                      "opens": "dialog", "icon": "arrow-back-up", "shortcut": "b"})  # fmt: skip
    elif own and view.principal.has_role(OFFICER) and record.get("waits") == "finance":
        found.append({"label": str(_("Agree")), "url": "#", "icon": "check",
                      "disabled": str(_("Your own claim: another person of finance must agree."))})  # fmt: skip
    return found


def _turn(view: View, record: Row) -> bool:
    """True when it is for the viewer to decide now, as far as a process says."""
    return not by_process(view.records) or turns.mine(view.records, record.id) is not None


def _line(view: View, row: Row, number: int, claim: Row, limits: Mapping[int, list[Row]]) -> dict[str, Any]:
    """One expense with everything that is said of it."""
    writable = claim.get("status") in ("draft", "returned") and view.may(LINE, "update", row.id)
    charged = row.get("charged_to")
    notes = []
    if row.get("tax") is not None:
        notes.append(str(_("tax %(tax)s") % {"tax": amount(view, row["tax"])}))
    if row.get("rate") is not None and row.get("rate_on") is not None:
        slots = {"amount": amount(view, row["company"]), "rate": view.formats.number(row["rate"], 4),
                 "day": view.formats.date(row["rate_on"])}  # fmt: skip
        notes.append(str(_("net %(amount)s at %(rate)s, the rate of %(day)s") % slots))
    found: dict[str, Any] = {
        "number": number, "id": row.id, "title": row["subject"], "url": view.url(LINE, row.id),
        "kind": names(row.get("kind")), "day": row["day"], "gross": row["gross"], "notes": " · ".join(notes),
        "charged": names(charged) if charged is not None else str(_("Own unit")),
        "charged_url": f"/r/{charged.id}" if charged is not None and not charged.restricted else "",
        "why": row.get("why") or "", "receipt": None,
        "over": "",
    }  # fmt: skip
    if row.get("excess") is not None and row.get("most") is not None:
        rule = rule_on(limits.get(ref_id(row.get("kind")) or 0, ()), row["day"])
        slots = {"limit": amount(view, row["most"]), "excess": amount(view, row["excess"]),
                 "rule": rule["name"] if rule is not None else ""}  # fmt: skip
        text = (
            _("limit %(limit)s (%(rule)s), %(excess)s above it")
            if rule is not None
            else _("limit %(limit)s, %(excess)s above it")
        )
        found["over"] = str(text % slots)
    if row.get("receipt"):
        number_of_file = int(getattr(row["receipt"], "id", row["receipt"]))
        address = preview_url(view.portal_key, number_of_file)
        found["receipt"] = {"look": f"{address}?part=1", "url": address}
    if writable:
        found["edit"] = {"label": str(_("Change")), "icon": "pencil", "opens": "dialog",
                         "url": view.url(LINE, row.id, "edit")}  # fmt: skip
    return found


def marks(view: View, ids: list[int]) -> dict[int, dict[str, str]]:
    """What stands out in a list: above a limit."""
    rows = every(view.records, CLAIM, ("over_limit",), {"id__in": ids, "over_limit": "true"})
    return {row.id: {"label": str(_("Over a limit")), "tone": "late", "icon": "alert-triangle"} for row in rows}
