"""Joining and leaving lists: made from a template, ticked step by step, completed by what other plugins report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from weft.core.sdk import Records, Row, directory, notify, register_notice, translator, use_locale
from weft.plugins.hrm.services import people

_ = translator("hrm")

__all__ = ["begin", "handed_over", "recount", "settle", "templates", "tick", "untick"]

LIST, STEP = "hrm.checklist", "hrm.step"
STEPS_GIVEN = "hrm.steps_given"
register_notice(STEPS_GIVEN, _("%(who)s gave you steps of the list of %(record)s"), headline=_("Joining and leaving"))
_REASON = "hrm: joining and leaving lists"
_PART = 200
_ADMIN = "core.admin"
#: Handing over takes time: it is due so many days before the last one.
_BEFORE = timedelta(days=7)


def templates(records: Records, kind: str) -> list[Row]:
    """Templates in use for joining or leaving."""
    return list(records.query("hrm.template", filters={"kind": kind, "active": "true"}, sort="name", limit=50).rows)


def begin(records: Records, kind: str, user: int, base: date, template: int | None) -> Row:
    """Make the list of somebody who joins or leaves, with its steps and those that other plugins ask for.

    Args:
        records: a writing unit of whoever may make lists.
        kind: ``joining`` or ``leaving``.
        user: the person.
        base: first or last day of work.
        template: whose steps; None for an empty list.
    """
    made = records.create(LIST, {"kind": kind, "person": user, "base_on": base})
    rows = _from_template(records, made["id"], user, base, template)
    if rows:
        records.load(STEP, rows)
    asked = _handovers(records, made["id"], user, base) if kind == "leaving" else []
    if asked:  # what they come from is no field of people's
        records.system(_REASON).load(STEP, asked)
    rows += asked
    recount(records, [made["id"]])
    owners = {row["owner"] for row in rows if row["owner"] is not None}
    notify(records, sorted(owners - {records.principal.user_id}), STEPS_GIVEN, made["id"])
    return made


def _from_template(records: Records, list_id: int, user: int, base: date, template: int | None) -> list[dict[str, Any]]:
    if template is None:
        return []
    steps = records.query("hrm.template_step", filters={"template": template}, sort="position", limit=_PART).rows
    head = people.deciders(records, [user]).get(user)
    admins = directory.holders(records, _ADMIN)
    officer = records.principal.user_id or next(iter(people.officers(records)), None)
    who = {"officer": officer, "head": head, "person": user, "it": admins[0] if admins else officer}
    return [
        {
            "subject": step["subject"], "subject_alt": step.get("subject_alt"), "list": list_id,
            "owner": who[step["responsible"]], "due_on": base + timedelta(days=step["days"]),
            "position": step["position"],
        }
        for step in steps
    ]  # fmt: skip


# ---- what other plugins ask for


def reports(records: Records, users: Sequence[int]) -> list[Mapping[str, Any]]:
    """What other plugins say people who leave still have; see ``HrmHooks.weft_hrm_leaving``."""
    hook = records.runtime.plugins.manager.hook.weft_hrm_leaving
    return [one for answer in hook(records=records, users=list(users)) for one in answer or ()]


def _handovers(records: Records, list_id: int, user: int, base: date) -> list[dict[str, Any]]:
    head = people.deciders(records, [user]).get(user)
    due = max(base - _BEFORE, min(base, people.today(records)))
    rows = []
    for place, one in enumerate(reports(records.system(_REASON), [user])):
        if not one["left"]:
            continue
        with use_locale("en"):
            subject = str(one["subject"])
        with use_locale("zh"):
            other = str(one["subject"])
        rows.append({
            "subject": subject, "subject_alt": other, "list": list_id, "owner": head, "due_on": due,
            "position": 5 + place, "source": one["key"], "page": one["page"],
        })  # fmt: skip
    return rows


def handed_over(records: Records, users: Sequence[int]) -> dict[int, list[str]]:
    """How far handing over is, in words, by person; nobody is there for whom no plugin has something to say."""
    found: dict[int, list[str]] = {}
    for one in reports(records.system(_REASON), users):
        if one.get("state"):
            found.setdefault(one["user"], []).append(str(one["state"]))
    return found


def settle(records: Records) -> int:
    """Tick steps that came from other plugins once nothing is left; the job does it. Returns how many.

    Args:
        records: the platform's.
    """
    filters = {"status": "todo", "page__isnull": "false"}
    waiting = list(records.query(STEP, filters=filters, sort="id", limit=_PART).rows)
    if not waiting:
        return 0
    left = {
        (one["user"], one["key"]): one["left"]
        for one in reports(records, sorted({row["person"].id for row in waiting if row.get("person")}))
    }
    done = 0
    for row in waiting:
        if row.get("person") and left.get((row["person"].id, row.get("source") or ""), 1) == 0:
            records.act("hrm.step.tick", row["id"], {})
            done += 1
    return done


# ---- ticking


def tick(records: Records, record: Row) -> None:
    """A step is done; its state was changed before."""
    system = records.system(_REASON)
    system.update(STEP, record["id"], {"done_on": people.today(records)}, version=None)
    recount(system, [record["list"].id])


def untick(records: Records, record: Row) -> None:
    """A step is open again."""
    system = records.system(_REASON)
    system.update(STEP, record["id"], {"done_on": None}, version=None)
    recount(system, [record["list"].id])


def recount(records: Records, lists: Sequence[int]) -> None:
    """Keep how many steps of lists are done, and whether a list is."""
    system = records.system(_REASON)
    wanted = sorted(set(lists))
    for start in range(0, len(wanted), _PART):
        part = wanted[start : start + _PART]
        lines = system.aggregate(STEP, group=("list", "status"), filters={"list__in": part})
        known = {
            row["id"]: row
            for row in system.query(LIST, fields=("steps_total", "steps_done", "status"), filters={"id__in": part},
                                    limit=_PART).rows
        }  # fmt: skip
        changed = {}
        for number, row in known.items():
            own = [line for line in lines if line["list"].id == number]
            total = sum(line["count"] for line in own)
            done = sum(line["count"] for line in own if line["status"] == "done")
            values = {"steps_total": total, "steps_done": done, "status": "done" if total and done == total else "open"}
            if any(row.get(name) != value for name, value in values.items()):
                changed[number] = values
        if changed:
            system.update_many(LIST, changed)
