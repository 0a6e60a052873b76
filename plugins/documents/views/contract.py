"""The page of a contract: its steps with what hangs on them; contracts on other pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weft.core.sdk import Row, in_script, translator
from weft.core.websdk import View
from weft.plugins.documents import vocabulary as words
from weft.plugins.documents.services import from_deal as deals
from weft.plugins.documents.views.rows import DOCUMENT, FIELDS, document_rows, named

_ = translator("documents")

__all__ = ["documents_tab", "facts", "from_deal", "page_context", "preset", "told"]

CONTRACT, STEP = "documents.contract", "documents.step"


def page_context(view: View, record: Row) -> dict[str, Any]:
    """Steps in their order, and the documents of the contract."""
    fields = ("name", "name_alt", "place", "status", "share", "amount", "due_on", "done_on", "by_customer")
    page = view.records.query(STEP, fields=fields, filters={"contract": record["id"]}, sort="place", limit=100)
    rows = [_step(view, row) for row in page.rows]
    done = sum(1 for row in page.rows if row["status"] == "done")
    found: dict[str, Any] = {
        "head": {"path": None},
        "steps": {"rows": rows, "done": done, "all": len(rows), "label": _progress(done, len(rows))},
        "papers": _papers(view, record["id"]),
    }
    if view.may(STEP, "create"):
        found["steps"]["add"] = {"label": str(_("Add a step")), "icon": "plus", "opens": "dialog",
                                 "url": view.url(STEP, "new", contract=record["id"])}  # fmt: skip
    return found


def _progress(done: int, number: int) -> str:
    return str(_("%(n)s of %(all)s steps done") % {"n": done, "all": number})


def _step(view: View, row: Row) -> dict[str, Any]:
    late = row["status"] != "done" and row.get("due_on") is not None and row["due_on"] < view.today
    state = {"label": str(words.STEP_STATUS.labels[row["status"]]), "dot": words.STEP_STATUS.tones[row["status"]]}
    if row["status"] != "done" and row.get("by_customer"):
        state = {"label": str(_("Waits for the customer")), "dot": "amber"}
    found: dict[str, Any] = {
        "place": row["place"], "title": named(row), "url": view.url(STEP, row["id"]), "status": state, "late": late,
        "share": row.get("share"), "amount": row.get("amount"), "due": row.get("due_on"), "done": row.get("done_on"),
    }  # fmt: skip
    action = "finish" if row["status"] == "planned" else "reopen"
    if view.may(STEP, f"{STEP}.{action}", row["id"]):
        label = str(_("Done") if action == "finish" else _("Open again"))
        found["action"] = {"label": label, "url": f"{view.url(STEP, row['id'])}/act/{action}", "opens": "post"}
    return found


def _papers(view: View, record_id: int) -> dict[str, Any]:
    """Documents that belong to a record, with the ways to add one."""
    filters = {"linked": f"{words.ABOUT}:{record_id}"}
    page = view.records.query(DOCUMENT, fields=FIELDS, filters=filters, sort="-updated_at", limit=50, count="capped")
    panel: dict[str, Any] = {
        "title": str(_("Documents")), "rows": document_rows(view, page.rows), "rows_two": True, "full": True,
        "count": page.count.value if page.count else len(page.rows),
        "empty": {"title": str(_("No documents yet")), "text": str(_("Upload one, or make one from a template."))},
    }  # fmt: skip
    return panel


def documents_tab(view: View, record: Mapping[str, Any]) -> dict[str, Any] | None:
    """The tab of documents on a record of another plugin, with contracts where it is a party."""
    if not view.may(DOCUMENT, "read"):
        return None
    found: dict[str, Any] = {"panels": [_papers(view, record["id"])], "buttons": []}
    name = _named_in_contracts(view, record["type"])
    contracts = _contracts(view, name, record["id"]) if name and view.may(CONTRACT, "read") else None
    if contracts is not None:
        found["panels"].append(contracts)
    if view.may(DOCUMENT, "create") and not view.principal.read_only:
        found["buttons"] = [
            {"label": str(_("Upload files")), "url": f"/employee/documents/upload?about={record['id']}",
             "icon": "upload", "opens": "dialog", "primary": True},
            {"label": str(_("From a template")), "url": f"/employee/documents/fill/{record['id']}",
             "icon": "template", "opens": "dialog"},
        ]  # fmt: skip
    return found


def _named_in_contracts(view: View, entity: str) -> str | None:
    """The field of a contract that names records of an entity; None where none does."""
    if "core.organization" in view.entity(entity).spec.traits:
        return "account"
    return {"projects.project": "project", "crm.opportunity": "opportunity"}.get(entity)


def _contracts(view: View, name: str, record: int) -> dict[str, Any] | None:
    """Contracts with an organisation, about a project or from a deal."""
    fields = ("name", "name_alt", "status", "amount", "steps_all", "steps_done", "ends_on")
    filters = {name: str(record)}
    page = view.records.query(CONTRACT, fields=fields, filters=filters, sort="-signed_on", limit=20, count="capped")
    if not page.rows:
        return None
    rows = [
        {"title": named(row), "url": view.url(CONTRACT, row["id"]), "icon": "file-certificate",
         "sub": " · ".join(part for part in (
             str(words.CONTRACT_STATUS.labels[row["status"]]),
             _progress(row["steps_done"], row["steps_all"]) if row["steps_all"] else "",
             str(_("ends %(day)s") % {"day": view.formats.date(row["ends_on"])}) if row.get("ends_on") else "",
         ) if part),
         "kind": "money", "v": row.get("amount")}
        for row in page.rows
    ]  # fmt: skip
    count = page.count.value if page.count else len(rows)
    return {"title": str(_("Contracts")), "rows": rows, "rows_two": True, "full": True, "count": count,
            "url": view.url(CONTRACT, all="1", **filters)}  # fmt: skip


def facts(view: View, record: Mapping[str, Any]) -> dict[str, Any] | None:
    """The state of a customer's contracts, in the strip below the head of the card."""
    if not view.may(CONTRACT, "read"):
        return None
    fields = ("name", "name_alt", "status", "amount", "steps_all", "steps_done", "ends_on", "next_due_on")
    page = view.records.query(
        CONTRACT, fields=fields, sort="-updated_at", limit=20,
        filters={"account": str(record["id"]), "status__in": list(words.LIVE), "amends__isnull": "true"},
    )  # fmt: skip
    if not page.rows:
        return None
    order = {"active": 0, "approval": 1, "approved": 2, "draft": 3}
    row = min(page.rows, key=lambda one: order[one["status"]])
    text = str(words.CONTRACT_STATUS.labels[row["status"]])
    if row.get("amount") is not None:
        text += f", {view.formats.money(row['amount'])}"
    sub = _progress(row["steps_done"], row["steps_all"]) if row["steps_all"] else ""
    if not sub and row.get("ends_on") is not None:
        sub = str(_("ends %(day)s") % {"day": view.formats.date(row["ends_on"])})
    shown = {"text": text, "sub": sub, "title": named(row)}
    label = _("Contract") if len(page.rows) == 1 else _("Contract (1 of %(n)s)") % {"n": len(page.rows)}
    return {"facts": [{"label": str(label), "kind": "text", "v": shown, "wide": True}]}


def preset(view: View, given: Mapping[str, Any]) -> dict[str, Any]:
    """The form of a new contract of a deal begins with the deal's party, amount and project."""
    deal = str(given.get("opportunity") or "")
    return deals.taken_over(view.records, int(deal)) if deal.isdigit() else {}


def from_deal(view: View, record: Mapping[str, Any]) -> dict[str, Any] | None:
    """On a won opportunity without a contract: the button that makes one."""
    if not view.may(CONTRACT, "create") or view.principal.read_only or record.get("outcome") != "won":
        return None
    if view.records.query(CONTRACT, fields=(), filters={"opportunity": record["id"]}, limit=1).rows:
        return None
    url = view.url(CONTRACT, "new", opportunity=record["id"])
    return {"make": {"label": str(_("Make a contract")), "url": url, "icon": "plus"}}


def told(row: Row) -> str:
    """Name of a contract in the viewer's script."""
    return in_script(row["name"], row.get("name_alt") or "")[0]
