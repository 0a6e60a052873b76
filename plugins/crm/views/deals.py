"""The page of a deal: facts, way through the stages, lines, competitors, what was learned on similar deals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from weft.core.sdk import (
    HttpRoute,
    ListView,
    RecordPage,
    RefValue,
    Row,
    Slot,
    Story,
    current_locale,
    field_moves,
    in_script,
    path,
    translator,
)
from weft.core.websdk import Period
from weft.plugins.crm.grants import MANAGER
from weft.plugins.crm.services import channel, warmth
from weft.plugins.crm.services import deals as services
from weft.plugins.crm.views import deal_lines, deal_partners, deal_rivals

_ = translator("crm")

_DEAL = "crm.opportunity"
_ALIKE = {
    "product": _("same product"),
    "industry": _("same industry"),
    "competitor": _("same competitor"),
    "size": _("similar amount"),
}


# ---- the page


def deal_page(view: Any, record: Row) -> dict[str, Any]:
    """Facts, path and panels of one deal."""
    if not view.principal.internal:
        return deal_partners.deal_page(view, record)
    pipeline = record["pipeline"].id if record.get("pipeline") else None
    if not view.may("crm.stage", "read"):
        # A project lead reads which deal was won: no pipeline, no prices.
        return {"facts": _facts(view, record, None), "head": {"path": None}, "red": [], "waiting": "", "lines": None,
                "rivals": None, "lessons": []}  # fmt: skip
    stages = services.stages_of(view.records, pipeline)
    stage = next((one for one in stages if record.get("stage") and one.id == record["stage"].id), None)
    return {
        "facts": _facts(view, record, stage),
        "head": {"path": _path(view, record, stages)},
        "red": [] if record.get("outcome") != "open" else _red(view, record),
        "waiting": deal_partners.waiting(view, record),
        "lines": deal_lines.sheet_of(view, record),
        "rivals": deal_rivals.comparison(view, record),
        "lessons": _lessons(view, record) if record.get("outcome") == "open" else [],
    }


def _facts(view: Any, record: Row, stage: Row | None) -> list[dict[str, Any]]:
    formats, none = view.formats, str(_("none"))
    facts: list[dict[str, Any]] = [
        {"label": str(_("Account")), "kind": "reference", "v": reference(view, record.get("account")), "wide": True}
    ]
    if "amount" in record:
        facts.append({"label": str(_("Amount")), "kind": "money", "v": money(record["amount"]), "none": none})
        weighed = services.weighted(record["amount"], stage["probability"] if stage else 0)
        if record.get("outcome") == "open" and stage is not None:
            percent = formats.percent(stage["probability"])
            label = str(_("Weighted, %(percent)s") % {"percent": percent})
            facts.append({"label": label, "kind": "money", "v": money(weighed), "none": none})
    if record.get("outcome") == "open":
        day = record.get("expected_close")
        late = formats.overdue(day) if day else ""
        facts.append({"label": str(_("Expected close")), "kind": "date", "v": day, "none": none,
                      **({"after": late, "after_tone": "late"} if late else {})})  # fmt: skip
    else:
        facts.append({"label": str(_("Closed on")), "kind": "date", "v": record.get("closed_on"), "none": none})
    if record.get("outcome") == "lost":
        facts.append(
            {"label": str(_("Loss reason")), "kind": "reference", "v": reference(view, record.get("loss_reason"))}
        )
        facts.append(
            {"label": str(_("Competitor")), "kind": "reference", "v": reference(view, record.get("competitor"))}
        )
    else:
        facts.append(
            {"label": str(_("Last contact")), "kind": "reldate", "v": record.get("last_contact_at"), "none": none}
        )
    owner = record.get("owner")
    name = in_script(owner.name, owner.alt, current_locale())[0] if owner else None
    facts.append({"label": str(_("Owner")), "kind": "text", "v": name, "none": none})
    return facts


def money(value: Any) -> dict[str, Any] | None:
    """An amount as the macros take it."""
    return None if value is None else {"amount": value.amount, "currency": value.currency}


def reference(view: Any, value: RefValue | None) -> dict[str, Any] | None:
    """A reference as the macros take it; one the viewer may not read says only that it is there."""
    if value is None:
        return None
    if value.restricted:
        return {"restricted": True, "title": str(_("Not shared with you"))}
    title = in_script(value.title, value.alt, current_locale())[0]
    return {"title": title} if value.type == "core.value" else {"title": title, "url": view.url(value.type, value.id)}


def _path(view: Any, record: Row, stages: Sequence[Row]) -> dict[str, Any]:
    """Open stages and the end, with the day each was entered; a click moves the deal there."""
    lost = record.get("outcome") == "lost"
    shown = [one for one in stages if one["outcome"] == "open" or one["outcome"] == ("lost" if lost else "won")]
    now = record["stage"].id if record.get("stage") else 0
    place = next((number for number, one in enumerate(shown) if one.id == now), -1)
    reached = {
        _number(move.new): move.at for move in field_moves(view.records, _DEAL, "stage", filters={"id": record.id})
    }
    steps = []
    for number, one in enumerate(shown):
        state = "at" if number == place else "done" if number < place else "todo"
        if state == "done" and one.id not in reached:
            state = "skip"
        step: dict[str, Any] = {
            "label": in_script(one["label_en"], one.get("label_zh"), current_locale())[0],
            "state": state,
        }
        if one.id in reached and state != "todo":
            step["date"] = reached[one.id]
        if record.get("outcome") == "open" and one["outcome"] == "open" and number != place:
            step["move_url"] = view.url(_DEAL, record.id, "move", by="stage", to=one.id)
        steps.append(step)
    return {"label": str(_("Stage")), "steps": steps, "dead": lost}


def _number(value: Any) -> int:
    text = str(value.get("id") if isinstance(value, Mapping) else value or 0)
    return int(text) if text.isdigit() else 0


def _red(view: Any, record: Row) -> list[dict[str, str]]:
    found = warmth.reasons(view.records, [record.id]).get(record.id, ())
    return [{"text": str(one.text), "tone": one.tone} for one in found]


def _lessons(view: Any, record: Row) -> list[dict[str, Any]]:
    found = []
    for one in services.lessons(view.records, record):
        parts = [
            str(_("Deal won") if one.outcome == "won" else _("Deal lost")), one.product,
            _name(one.reason), _name(one.competitor), view.formats.date(one.closed_on),
        ]  # fmt: skip
        found.append({
            "head": " · ".join(part for part in parts if part),
            "text": one.text,
            "alike": ", ".join(str(_ALIKE[key]) for key in one.alike),
        })  # fmt: skip
    return found


def _name(pair: tuple[str, str]) -> str:
    return in_script(pair[0], pair[1], current_locale())[0] if pair[0] else ""


# ---- new deals, lists and boards


def preset(view: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """A new deal begins in the first open stage."""
    pipeline = str(given.get("pipeline") or "")
    reader = view.records if view.principal.internal else view.records.system("crm: first stage")
    first = services.first_stage(reader, int(pipeline) if pipeline.isdigit() else None)
    found: dict[str, Any] = {"stage": first} if first else {}
    currency = channel.currency(view.records)
    return found | ({"amount": {"amount": "", "currency": currency}} if currency else {})


def marks(view: Any, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The gravest reason why a deal is red, with all of them in the tooltip."""
    found: dict[int, dict[str, Any]] = {}
    if not view.principal.internal:
        return found
    for number, broken in warmth.reasons(view.records, ids).items():
        if broken[0].tone == "late":
            title = " ".join(str(one.text) for one in broken)
            found[number] = {"label": str(broken[0].short), "tone": "late", "icon": "alert-circle", "title": title}
    return found


def column_notes(
    view: Any, field: str, columns: Mapping[str, Sequence[Mapping[str, Any]]], filters: Mapping[str, Any]
) -> dict[str, Any]:
    """Below the sum of a stage: what it comes to by its probability; beside open deals: what ended this month."""
    if field != "stage" or not view.principal.internal:
        return {}
    page = view.records.query("crm.stage", fields=("probability", "outcome"), limit=200)
    ends = _ended(view, page.rows, filters) if filters.get("outcome") == "open" else {}
    odds = {str(row.id): row["probability"] for row in page.rows if row["outcome"] == "open"}
    notes: dict[str, Any] = dict(ends)
    for key, sums in columns.items():
        if key in odds and sums:
            amounts = " + ".join(
                view.formats.money(one["amount"] * odds[key] / 100, one["currency"], False) for one in sums
            )
            notes[key] = str(
                _("weighted %(amount)s, %(percent)s") % {"amount": amounts, "percent": view.formats.percent(odds[key])}
            )
    return notes


#: Filters of a board of open deals that say something about ended ones too.
_KEPT = ("owner", "account", "pipeline", "partner", "product", "source", "unit")


def _ended(view: Any, stages: Sequence[Row], filters: Mapping[str, Any]) -> dict[str, Any]:
    """Stages in which deals end, with what came there this month under the same filters."""
    month = Period.of("month", view.today)
    same = {name: value for name, value in filters.items() if name.partition("__")[0] in _KEPT}
    lines = view.records.aggregate(
        _DEAL, group=("stage",), measures=("count", "sum(amount)"),
        filters={**same, "outcome__in": "won,lost", **month.filters("closed_on")},
    )  # fmt: skip
    found = {line["stage"].id: line for line in lines if line["stage"]}
    return {
        str(row.id): {
            "note": month.label, "dot": "green" if row["outcome"] == "won" else "red",
            "count": found[row.id]["count"] if row.id in found else 0,
            "total": found[row.id]["sum(amount)"] if row.id in found else None,
        }
        for row in stages if row["outcome"] in ("won", "lost")
    }  # fmt: skip


VIEWS: list[Any] = [
    ListView("crm.deals_channel", _DEAL, _("Channel"), {"outcome": "open", "partner__isnull": "false"},
             ("name", "account", "partner", "stage", "amount", "expected_close", "reported_on"), layout="board",
             board="stage", order=36),
    ListView("crm.deals_to_confirm", _DEAL, _("To confirm"), {"outcome": "open", "reported_on__isnull": "false"},
             ("name", "account", "partner", "amount", "reported_on", "owner"), sort="reported_on", order=38,
             roles=(MANAGER,)),
    ListView(
        "crm.deals_stalled",
        _DEAL,
        _("Stalled"),
        {"outcome": "open", "last_contact_at__lt": "today-30"},
        ("name", "account", "stage", "amount", "last_contact_at", "expected_close", "owner"),
        sort="last_contact_at",
        order=32,
    ),
    ListView(
        "crm.deals_late",
        _DEAL,
        _("Date passed"),
        {"outcome": "open", "expected_close__lt": "today"},
        ("name", "account", "stage", "amount", "expected_close", "last_contact_at", "owner"),
        sort="expected_close",
        order=34,
    ),
]  # fmt: skip
NAVIGATION: list[Any] = []
RECORD_PAGES: list[Any] = [
    RecordPage(
        _DEAL,
        template="crm/deal.html",
        context=deal_page,
        story=Story(("create", "win", "lose", "reopen", "give_discount"), (path("crm.opportunity_of"),)),
        # Said by the lines, the path and the strip of the page itself, so the details need not.
        facts=("last_contact_at", "stage_since", "has_lines"),
        drawn=("crm.has_line",),
        sections=[
            (_("Deal"), ("name", "account", "contact", "stage", "amount", "expected_close", "price_list", "product",
                         "pipeline", "partner", "source")),
            (_("End"), ("outcome", "closed_on", "loss_reason", "competitor", "lesson")),
            (_("Details"), ("note",)),
        ],
        new=("name", "account", "contact", "stage", "amount", "expected_close", "product", "source", "note"),
        preset=preset,
        marks=marks,
        column_notes=column_notes,
    )
]  # fmt: skip
SLOTS: list[Any] = [
    Slot(
        "record.side",
        "crm/rival.html",
        context=deal_rivals.against,
        entity="crm.account",
        label=_("Against them"),
        order=40,
    )
]
_READ, _WRITE = f"grant:read:{_DEAL}", "grant:update:crm.deal_line"
ROUTES: list[Any] = [
    HttpRoute(rule, f"crm.{prefix}{name}", view, policy, methods=(method,), portal=portal)
    for portal, prefix in (("employee", ""), ("distributor", "partner_"))
    for rule, name, view, policy, method in (
        ("/deal/<int:deal_id>/lines", "deal_lines", deal_lines.show, _READ, "GET"),
        ("/deal/<int:deal_id>/lines", "deal_line_add", deal_lines.add, _WRITE, "POST"),
        ("/deal/<int:deal_id>/lines/<int:line_id>", "deal_line_change", deal_lines.change, _WRITE, "POST"),
        ("/deal/<int:deal_id>/lines/<int:line_id>/remove", "deal_line_remove", deal_lines.remove,
         "grant:delete:crm.deal_line", "POST"),
    )
]  # fmt: skip
