"""The page of a document: what is in it, its versions, who has to read it, who outside sees it; comparing versions."""

from __future__ import annotations

from typing import Any

from weft.core.sdk import NotFound, Row, in_script, translator
from weft.core.websdk import View, markdown, preview_url
from weft.plugins.documents.services import library, readings
from weft.plugins.documents.views.library import library_url
from weft.plugins.documents.views.rows import DOCUMENT, named

_ = translator("documents")

__all__ = ["compare", "page_context"]


def page_context(view: View, record: Row) -> dict[str, Any]:
    """What the template of a document's page shows beside what every record has."""
    number = record["id"]
    found: dict[str, Any] = {
        "head": {"path": None},
        "paper": {"body": markdown(record.get("body")), "look": "", "download": ""},
    }
    if record.get("file") is not None:
        found["paper"]["look"] = preview_url(view.portal_key, int(record["file"])) + "?part=1"
        found["paper"]["download"] = f"/files/{record['file']}"
    if record.get("expired"):
        found["paper"]["note"] = str(_("This document is no longer valid."))
    mine = view.records.query(
        "documents.reading", fields=("due_on",), limit=1,
        filters={"document": number, "owner": "me", "confirmed_at__isnull": "true"},
    ).rows  # fmt: skip
    if mine and record.get("status") == "released":
        url = f"{view.url(DOCUMENT, number)}/act/confirm"
        found["confirm"] = {"label": str(_("Read and confirm")), "url": url, "opens": "post", "icon": "check"}
        found["confirm_by"] = view.formats.date(mine[0]["due_on"]) if mine[0].get("due_on") else ""
    if not view.principal.internal:
        return found
    folder = record.get("folder")
    if folder is not None and not folder.restricted:
        found["place"] = {"label": in_script(folder.title or "", folder.alt)[0], "url": library_url(folder.id)}
    found["older"] = _versions(view, record)
    found["outside"] = _outside(view, record)
    if view.may(DOCUMENT, "update", number):
        found |= _readings(view, record)
    return found


def _versions(view: View, record: Row) -> dict[str, Any]:
    kept = library.versions(view.records, record["id"])
    rows = []
    for row in kept:
        who = in_script(row["owner"].name, row["owner"].alt)[0] if row.get("owner") is not None else ""
        when = view.formats.stamp(row["made_at"]) if row.get("made_at") is not None else ""
        line: dict[str, Any] = {
            "title": str(_("Version %(n)s") % {"n": row["revision"]}), "icon": "versions",
            "url": f"/files/{row['file']}" if row.get("file") is not None else view.url("documents.version", row["id"]),
            "sub": " · ".join(part for part in (row.get("note") or "", who, when) if part),
        }  # fmt: skip
        if row.get("file") is not None:
            line["look"] = {"label": str(_("Look into it")), "icon": "eye", "opens": "dialog",
                            "url": preview_url(view.portal_key, int(row["file"]))}  # fmt: skip
        if row["revision"] != record["revision"]:
            url = f"/employee/documents/compare/{record['id']}?a={row['revision']}&b={record['revision']}"
            line["action"] = {"label": str(_("Compare")), "url": url, "button": True, "opens": "dialog"}
        rows.append(line)
    return {"title": str(_("Versions")), "rows": rows, "rows_two": True, "full": True, "count": len(rows)}


def _outside(view: View, record: Row) -> dict[str, Any] | None:
    """Who outside reads it, by name."""
    lines = [
        str(label)
        for flag, label in (("for_customers", _("All customers")), ("for_suppliers", _("All suppliers")),
                            ("for_distributors", _("All distributors and agents")))
        if record.get(flag)
    ]  # fmt: skip
    shared = library.shared_with(view.records, record["id"])
    if not lines and not shared:
        return None
    who = library.who_reads(view.records, [number for number, _name in shared])
    rows: list[dict[str, Any]] = [{"title": label, "icon": "world"} for label in lines]
    for number, name in shared:
        people = str(_(", ")).join(who.get(number, ())) or str(_("nobody has an account there yet"))
        rows.append({"title": name, "icon": "building", "sub": people, "url": f"/r/{number}"})
    return {"title": str(_("Seen outside by")), "rows": rows, "rows_two": True, "full": True}


def _readings(view: View, record: Row) -> dict[str, Any]:
    lines = readings.by_unit(view.records, record["id"])
    if not lines:
        return {}
    done, left = sum(len(line.done) for line in lines), sum(len(line.open) for line in lines)
    found: dict[str, Any] = {
        "lines": [
            {"unit": line.unit, "done": line.done, "open": line.open,
             "percent": round(100 * len(line.done) / (len(line.done) + len(line.open)))}
            for line in lines
        ],
        "done": done, "left": left,
    }  # fmt: skip
    if left and view.may(DOCUMENT, f"{DOCUMENT}.remind", record["id"]):
        url = f"{view.url(DOCUMENT, record['id'])}/act/remind"
        label = str(_("Remind the %(n)s who have not") % {"n": left})
        found["remind"] = {"label": label, "url": url, "opens": "post", "icon": "bell"}
    return found


def compare(view: View, record_id: int) -> Any:
    """What changed from one version to another, line by line."""
    record = view.records.get(DOCUMENT, record_id)
    kept = {row["revision"]: row for row in library.versions(view.records, record_id)}
    pair = [int(text) if (text := view.args.get(name, "")).isdigit() else 0 for name in ("a", "b")]
    if any(number not in kept for number in pair):
        raise NotFound(str(record_id))
    older, newer = (kept[number] for number in sorted(pair))
    lines = library.changes_between(view.records, older, newer)
    title = str(_("Version %(a)s and %(b)s") % {"a": older["revision"], "b": newer["revision"]})
    data: dict[str, Any] = {"lines": lines, "dialog": {"title": title, "sub": named(record), "size": "wide"}}
    if view.target == "wf-dialog":
        return view.render("documents/compare_dialog.html", **data)
    back = {"url": view.url(DOCUMENT, record_id), "label": named(record)}
    return view.render("documents/compare.html", page={"title": title, "back": back}, **data)
