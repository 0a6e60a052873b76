"""The pool page: what lies in each pool, claiming from it, giving to it; the preview of what falls next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from weft.core.sdk import HttpRoute, ListView, NavEntry, directory, in_script, translator
from weft.core.websdk import View, with_query
from weft.plugins.crm.grants import MANAGER, REP
from weft.plugins.crm.services import claims, pools, silence
from weft.plugins.crm.views.pool_dialogs import claim, give, label_of, pool_url, standing_words

_ = translator("crm")

__all__ = ["NAVIGATION", "ROUTES", "VIEWS"]

_SIZE = 50
_DAYS = (0, 3, 7, 30)
_FIELDS = (
    "name", "name_alt", "life", "value_class", "territory", "former_owner", "last_contact_at", "pooled_at",
)  # fmt: skip
_CUSTOMER: Mapping[str, str] = {"role": "customer", "frozen": "false"}
#: Customers whose class is another than what they bought suggests.
_OTHER_CLASS = "|".join(
    ["value_class__isnull=true", *(f"value_class={one}&suggested_class__ne={one}" for one in ("A", "B", "C"))]
)
_POOL_COLUMNS = ("name", "pool", "pooled_at", "former_owner", "last_contact_at", "life", "value_class")


def show_pool(view: View) -> Any:
    """One pool: where the viewer stands, and its customers."""
    found = pools.pools_in_use(view.records)
    title = str(_("Pool"))
    if not found:
        return view.render("crm/pool.html", page={"title": title}, nothing=_no_pool(view))
    stands = claims.standing(view.records, found)
    chosen = _chosen(view, stands)
    counts = {
        line["pool"].id: line["count"]
        for line in view.records.aggregate("crm.account", group=("pool",), filters={"pool__isnull": "false"})
        if line["pool"]
    }
    search = view.args.get("q", "").strip()[:200]
    page = view.records.query(
        "crm.account", fields=_FIELDS, filters={"pool": chosen.pool["id"]}, sort="-pooled_at", limit=_SIZE,
        cursor=view.args.get("cursor") or None, count="capped", search=search or None,
    )  # fmt: skip
    rows = [_row(view, row, chosen) for row in page.rows]
    table = _table(rows, _columns(chosen), _("No customer in this pool"), _("Everybody in it was claimed."))
    if page.next:
        table["more_url"] = pool_url(view, pool=chosen.pool["id"], q=search, cursor=page.next, part="rows")
    if view.args.get("part") == "rows":
        return view.fragment_of("wf/table.html", "rows", table)
    number = view.formats.number(page.count.value if page.count else len(rows))
    shown = {
        "head": {"title": title, "sub": standing_words(chosen), "actions": _head_actions(view, chosen)},
        "views": {"tabs": [_tab(view, one, counts, chosen) for one in found]},
        "filters": {"chips": [], "search": {"name": "q", "value": search, "placeholder": str(_("Find in the pool"))}},
        "table": table,
        "bulk": _bulk(view, chosen, len(rows)),
        # On a phone the head goes: where one stands is said below the rows too.
        "foot": {"label": f"{_('%(n)s customers') % {'n': number}} · {standing_words(chosen)}".removesuffix(" · ")},
    }
    if not chosen.left and not _manages(view):
        shown.pop("bulk")
        table["select"] = False
    return view.render("crm/pool.html", page={"title": title, "count": number}, list=shown)


def _chosen(view: View, stands: Mapping[int, claims.Standing]) -> claims.Standing:
    wanted = view.args.get("pool", "")
    if wanted.isdigit() and int(wanted) in stands:
        return stands[int(wanted)]
    return next((one for one in stands.values() if one.member), next(iter(stands.values())))


def _manages(view: View) -> bool:
    return view.principal.has_role(MANAGER)


def _no_pool(view: View) -> dict[str, Any]:
    found: dict[str, Any] = {
        "title": str(_("No pool is in use")),
        "text": str(_("A pool holds customers nobody owns until somebody claims them.")),
    }
    if _manages(view):
        found["action"] = {"label": str(_("New pool")), "url": view.url("crm.pool", "new"), "icon": "plus"}
    return found


def _tab(view: View, pool: Mapping[str, Any], counts: Mapping[int, int], chosen: claims.Standing) -> dict[str, Any]:
    return {
        "label": label_of(pool),
        "url": pool_url(view, pool=pool["id"]),
        "count": view.formats.number(counts.get(pool["id"], 0)),
        "current": pool["id"] == chosen.pool["id"],
    }


def _head_actions(view: View, chosen: claims.Standing) -> list[dict[str, Any]]:
    address = view.url("crm.account", pool=chosen.pool["id"], all=1)
    found = [
        {"label": str(_("Open as list")), "url": address, "icon": "list"},
        {"label": str(_("Pool history")), "url": view.url("crm.pool_move", pool=chosen.pool["id"]), "icon": "history"},
    ]
    if _manages(view):
        found.append({"label": str(_("What falls next")), "url": pool_url(view, "next", days=3), "icon": "hourglass"})
    return found


def _columns(chosen: claims.Standing) -> list[dict[str, Any]]:
    columns: list[dict[str, Any]] = [
        {"key": "title", "label": str(_("Customer")), "kind": "name"},
        {"key": "life", "label": str(_("Life")), "kind": "status", "width": 112, "phone": "line"},
        {"key": "value_class", "label": str(_("Class")), "kind": "text", "width": 60},
        {"key": "territory", "label": str(_("Territory")), "kind": "text", "width": 104},
        {"key": "former_owner", "label": str(_("Former owner")), "kind": "text", "width": 124},
        {"key": "last_contact_at", "label": str(_("Last contact")), "kind": "reldate", "width": 100},
        {"key": "pooled_at", "label": str(_("In the pool since")), "kind": "reldate", "width": 116},
    ]
    if chosen.member:
        columns.append({"key": "claim", "label": "", "kind": "action", "width": 88, "align": "right", "phone": "end"})
    return columns


def _row(view: View, row: Mapping[str, Any], chosen: claims.Standing) -> dict[str, Any]:
    url = view.url("crm.account", row["id"])
    name, other = in_script(row["name"], row.get("name_alt"))
    former = row.get("former_owner")
    cells = {
        "title": {"title": name, "url": url, **({"other": other} if other else {})},
        "life": _life(view, row.get("life")),
        "value_class": row.get("value_class"),
        "territory": _ref(row.get("territory")),
        "former_owner": in_script(former.name, former.alt)[0] if former else None,
        "last_contact_at": row.get("last_contact_at"),
        "pooled_at": row.get("pooled_at"),
    }
    if chosen.member:
        cells["claim"] = _claim_button(view, row, chosen, name)
    return {"id": row["id"], "url": url, "title": name, "cells": cells, "peek_url": f"{url}/peek"}


def _claim_button(view: View, row: Mapping[str, Any], chosen: claims.Standing, name: str) -> dict[str, Any]:
    button: dict[str, Any] = {
        "label": str(_("Claim")),
        "url": pool_url(view, "claim"),
        "opens": "post",
        "hidden": {"ids": row["id"]},
        "title": str(_("Claim %(name)s") % {"name": name}),
    }
    former = row.get("former_owner")
    if former is not None and former.id == view.principal.user_id and row.get("pooled_at"):
        free = row["pooled_at"] + timedelta(days=chosen.pool.get("cooling_days") or 0)
        if free > view.records.now:
            button["disabled"] = str(_("Yours again from %(day)s") % {"day": view.formats.date(free)})
    if not chosen.left:
        button["disabled"] = str(_("No claim is left today, or you have as many customers as allowed."))
    return button


def _life(view: View, life: str | None) -> dict[str, Any] | None:
    choices = view.entity("crm.account").fields["life"].choices
    if life is None or choices is None:
        return None
    return {"label": str(choices.labels[life]), "dot": choices.tones.get(life)}


def _ref(value: Any) -> str | None:
    return in_script(value.title, value.alt)[0] if value is not None else None


def _table(
    rows: Sequence[dict[str, Any]], columns: list[dict[str, Any]], title: object, text: object
) -> dict[str, Any]:
    table: dict[str, Any] = {"label": str(_("Customers")), "columns": columns, "rows": list(rows), "two": True}
    if not rows:
        table["empty"] = {"title": str(title), "text": str(text)}
    return table


def _bulk(view: View, chosen: claims.Standing, matches: int) -> dict[str, Any]:
    actions = []
    if chosen.member:
        actions.append(
            {"label": str(_("Claim")), "url": pool_url(view, "claim"), "icon": "hand-grab", "opens": "dialog"}
        )
    if "crm.allocate_customers" in view.runtime.registry.routes and _manages(view):
        url = with_query(f"/{view.portal_key}/crm/allocate/customers", [])
        actions.append({"label": str(_("Allocate")), "url": url, "icon": "user-share", "opens": "dialog"})
    return {"matches": matches, "all_label": str(_("Select all %(n)s") % {"n": matches}), "actions": actions}


# ---- what falls next


def show_next(view: View) -> Any:
    """Which customers fall by a day, by which rule; changes nothing."""
    wanted = view.args.get("days", "")
    days = min(int(wanted), 365) if wanted.isdigit() else 3
    today = silence.today_of(view.records.system("crm: pool rules"))
    found = pools.due(view.records, today + timedelta(days=days))
    rows = _due_rows(view, found[:200])
    title, number = str(_("What falls next")), view.formats.number(len(found))
    text = _("Every customer with an owner was spoken to in time.")
    table = _table(rows, _due_columns(), _("Nothing falls into a pool"), text) | {"select": False}
    shown = {
        "head": {
            "title": title, "count": number, "sub": str(_("A preview: nothing changes by looking.")),
            "crumbs": {"links": [{"label": str(_("Pool")), "url": pool_url(view)}]},
            "actions": _run_button(view, found, today),
        },
        "views": {"tabs": [_days_tab(view, one, days) for one in _DAYS]},
        "table": table,
        "foot": {"label": str(_("%(n)s customers") % {"n": number})},
    }  # fmt: skip
    back = {"url": pool_url(view), "label": str(_("Pool"))}
    return view.render("crm/pool.html", page={"title": title, "count": number, "back": back}, list=shown)


def _days_tab(view: View, days: int, current: int) -> dict[str, Any]:
    label = _("Today") if not days else _("Within %(n)s days") % {"n": days}
    return {"label": str(label), "url": pool_url(view, "next", days=days), "current": days == current}


def _due_columns() -> list[dict[str, Any]]:
    return [
        {"key": "title", "label": str(_("Customer")), "kind": "name"},
        {"key": "owner", "label": str(_("Owner")), "kind": "text", "width": 140, "phone": "line"},
        {"key": "rule", "label": str(_("Rule")), "kind": "text", "width": 210},
        {"key": "pool", "label": str(_("Pool")), "kind": "text", "width": 90},
        {"key": "since", "label": str(_("Counts from")), "kind": "date", "width": 104},
        {"key": "on", "label": str(_("Falls on")), "kind": "reldate", "width": 104, "phone": "end"},
    ]


def _due_rows(view: View, found: Sequence[pools.Due]) -> list[dict[str, Any]]:
    titles = view.records.titles(one.account for one in found)
    people = directory.persons(view.records, {one.owner for one in found})
    names = {pool["id"]: label_of(pool) for pool in pools.pools_in_use(view.records)}
    rows = []
    for one in found:
        ref, url = titles[one.account], view.url("crm.account", one.account)
        name, other = in_script(ref.title, ref.alt)
        cells = {
            "title": {"title": name, "url": url, **({"other": other} if other else {})},
            "owner": people[one.owner].shown()[0] if one.owner in people else None,
            "rule": in_script(one.rule_name, one.rule_alt)[0], "pool": names.get(one.pool),
            "since": one.since, "on": one.on,
        }  # fmt: skip
        rows.append({"id": one.account, "url": url, "title": name, "cells": cells, "peek_url": f"{url}/peek"})
    return rows


def _run_button(view: View, found: Sequence[pools.Due], today: Any) -> list[dict[str, Any]]:
    number = sum(one.on <= today for one in found)
    button: dict[str, Any] = {
        "label": str(_("Apply the rules now")), "url": pool_url(view, "run"), "icon": "recycle", "opens": "post",
        "title": str(_("%(n)s customers fall today") % {"n": number}),
    }  # fmt: skip
    if not number:
        button["disabled"] = str(_("Nothing falls today."))
    return [button]


def run(view: View) -> Any:
    """Apply the rules at once, as every night."""
    fallen = pools.run(view.records)
    message = str(_("%(n)s customers fell into their pool") % {"n": len(fallen)})
    view.toast(message, undo=view.records.change_set_id)
    if view.scripted:
        return view.done(wf_refresh="#wf-page")
    return view.redirect(pool_url(view, "next"))


ROUTES = [
    HttpRoute("/pool/", "crm.pool", show_pool, "grant:crm.account.claim:crm.account"),
    HttpRoute("/pool/claim/", "crm.pool_claim", claim, "grant:crm.account.claim:crm.account", methods=("GET", "POST")),
    HttpRoute("/pool/give/", "crm.pool_give", give, "grant:crm.account.give:crm.account", methods=("GET", "POST")),
    HttpRoute("/pool/next/", "crm.pool_next", show_next, f"role:{MANAGER}"),
    HttpRoute("/pool/run/", "crm.pool_run", run, f"role:{MANAGER}", methods=("POST",)),
]

NAVIGATION = [NavEntry("crm.nav_pool", "customers", _("Pool"), endpoint="crm.pool", order=60)]

VIEWS = [
    ListView("crm.customers_cold", "crm.account", _("Going cold"),
             {**_CUSTOMER, "owner": "me", "recycle_on__lte": "today+7"},
             ("name", "recycle_on", "last_contact_at", "next_step", "life", "value_class"), sort="recycle_on",
             page="role=customer", order=60, roles=(REP,)),
    ListView("crm.customers_falling", "crm.account", _("Going cold"), {**_CUSTOMER, "recycle_on__lte": "today+7"},
             ("name", "owner", "recycle_on", "last_contact_at", "next_step", "life", "value_class"), sort="recycle_on",
             page="role=customer", order=60, roles=(MANAGER,)),
    ListView("crm.customers_silent", "crm.account", _("Silent"), {**_CUSTOMER, "silence__in": "manager,warned"},
             ("name", "owner", "silence", "last_contact_at", "recycle_on", "life"), sort="last_contact_at",
             page="role=customer", order=70, roles=(MANAGER,)),
    ListView("crm.customers_pooled", "crm.account", _("In pools"), {**_CUSTOMER, "pool__isnull": "false"},
             _POOL_COLUMNS, sort="-pooled_at", page="role=customer", order=80),
    ListView("crm.customers_reclass", "crm.account", _("Class differs"),
             {**_CUSTOMER, "suggested_class__isnull": "false", "or": _OTHER_CLASS},
             ("name", "value_class", "suggested_class", "won_amount", "owner", "life"), sort="-won_amount",
             page="role=customer", order=90, roles=(MANAGER,)),
    ListView("crm.pool_moves", "crm.pool_move", _("All moves"), {}, order=10),
    ListView("crm.pool_recycled", "crm.pool_move", _("Recycled"), {"kind": "recycled"}, order=20),
    ListView("crm.pool_claimed", "crm.pool_move", _("Claimed"), {"kind": "claimed"}, order=30),
]  # fmt: skip
RECORD_PAGES: list[Any] = []
SLOTS: list[Any] = []
