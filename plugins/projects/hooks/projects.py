"""What projects and the rows below them get by themselves: names, the project of a task's parts, the team."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from weft.core.sdk import Records, ValidationFailed, among, company_currency, directory, translator
from weft.plugins.projects.services.plan import DEPENDENCY, PROJECT, TASK, ref_id
from weft.plugins.projects.services.workdays import known_country

_ = translator("projects")

__all__ = ["before_write"]

_REASON = "projects: names and team of a project"
_MEMBER, _HELPER, _CHECK, _HOURS = "projects.member", "projects.helper", "projects.check", "projects.time_entry"
_RATE = "projects.rate"


def before_write(changes: Sequence[Any], context: Any) -> None:
    """Complete a batch of changes.

    Raises:
        ValidationFailed: a country, currency or dependency that cannot be.
    """
    entity, operation = changes[0].entity, context.operation
    if operation == "assign":
        _assigned(entity, changes, context)
        return
    if operation in ("delete", "restore"):
        return
    if entity == PROJECT:
        _projects(changes, context)
    elif entity == TASK:
        _tasks(changes, context)
    elif entity in (_MEMBER, _HELPER, _RATE):
        _people(entity, changes, context)
    elif entity == _CHECK:
        _of_tasks(changes, context, "task")
    elif entity == DEPENDENCY:
        _dependencies(changes, context)


def _projects(changes: Sequence[Any], context: Any) -> None:
    for change in changes:
        country = (change.after("country") or "").strip().upper()
        if change.changed("country") and country:
            if not known_country(country):
                raise ValidationFailed.single("country", "unknown", _("No holidays are known of this country."))
            change.values["country"] = country
        currency = (change.after("currency") or "").strip().upper()
        if change.changed("currency") and currency:
            if len(currency) != 3 or not currency.isalpha():
                raise ValidationFailed.single("currency", "format", _("Write three letters, such as EUR."))
            change.values["currency"] = currency
        if not change.before and not currency:
            change.values["currency"] = company_currency(context.records)
        first, last = change.after("starts_on"), change.after("ends_on")
        if first and last and last < first and (change.changed("starts_on") or change.changed("ends_on")):
            raise ValidationFailed.single("ends_on", "order", _("It ends before it starts."))
        if change.changed("status"):
            today = context.now.astimezone(context.records.zone).date()
            over = change.after("status") == "finished"
            change.values["finished_on"] = (change.after("finished_on") or today) if over else None


def _tasks(changes: Sequence[Any], context: Any) -> None:
    """Phase, milestone and parent lie in the same project; whoever gets a task belongs to the team."""
    system = context.system(_REASON)
    for name in ("phase", "milestone", "parent"):
        moved = [one for one in changes if one.after(name) and (one.changed(name) or one.changed("project"))]
        ids = {ref_id(one.after(name)) for one in moved}
        entity = TASK if name == "parent" else f"projects.{name}"
        far = {row.id: row["project"].id for row in among(system, entity, ("project",), "id", ids)}
        for change in moved:
            if far.get(ref_id(change.after(name))) not in (None, ref_id(change.after("project"))):
                raise ValidationFailed.single(name, "project", _("This belongs to another project."))
    fresh = [one for one in changes if not one.before]
    _join(system, [(ref_id(one.after("project")), one.after("owner_id")) for one in fresh])


def _join(
    system: Records, pairs: Iterable[tuple[int | None, int | None]], new_leads: Mapping[int, int | None] | None = None
) -> None:
    """Make people members of projects they work on and do not lead."""
    wanted = {(project, person) for project, person in pairs if project and person}
    if not wanted:
        return
    projects = {project for project, _person in wanted}
    leads = {
        row.id: row["owner"].id if row.get("owner") else None
        for row in among(system, PROJECT, ("owner",), "id", projects)
    }
    leads |= new_leads or {}
    known = {
        (row["project"].id, row["person"].id)
        for row in among(system, _MEMBER, ("project", "person"), "project", projects)
        if row.get("person")
    }
    for project, person in sorted(wanted - known):
        if project in leads and leads[project] != person:
            system.create(_MEMBER, {"project": project, "person": person}, owner=leads[project])


def _people(entity: str, changes: Sequence[Any], context: Any) -> None:
    ids = {change.after("person") for change in changes if change.after("person")}
    found = directory.persons(context.records, ids)
    for change in changes:
        person = found.get(change.after("person"))
        change.values["name"] = person.name if person is not None else str(_("Everybody"))
        if entity != _RATE and person is None and not change.before and context.principal.kind != "system":
            raise ValidationFailed.single("person", "required", _("Choose a colleague."))
    if entity == _HELPER:
        _of_tasks(changes, context, "task")
        system = context.system(_REASON)
        _join(system, [(ref_id(one.after("project")), one.after("person")) for one in changes])
    elif entity == _MEMBER:
        fresh = [one for one in changes if not one.before]
        rows = among(
            context.system(_REASON), PROJECT, ("owner",), "id", {ref_id(one.after("project")) for one in fresh}
        )
        leads = {row.id: row["owner"].id if row.get("owner") else None for row in rows}
        for change in fresh:
            change.values["owner_id"] = leads.get(ref_id(change.after("project")))


def _of_tasks(changes: Sequence[Any], context: Any, name: str) -> None:
    ids = {ref_id(change.after(name)) for change in changes}
    found = {row.id: row["project"].id for row in among(context.system(_REASON), TASK, ("project",), "id", ids)}
    for change in changes:
        project = found.get(ref_id(change.after(name)))
        if change.after("project") != project:
            change.values["project"] = project


def _dependencies(changes: Sequence[Any], context: Any) -> None:
    ids = {ref_id(change.after(name)) for change in changes for name in ("before", "after")}
    rows = {row.id: row for row in among(context.system(_REASON), TASK, ("name", "project"), "id", ids)}
    for change in changes:
        before, after = rows.get(ref_id(change.after("before"))), rows.get(ref_id(change.after("after")))
        if before is None or after is None:
            continue
        if before["project"].id != after["project"].id:
            raise ValidationFailed.single("after", "project", _("Both tasks belong to one project."))
        if before.id == after.id and context.principal.kind != "system":  # the plan leaves such a row out
            raise ValidationFailed.single("after", "same", _("A task cannot wait for itself."))
        change.values |= {"project": before["project"].id, "name": f"{before['name']} → {after['name']}"}


def _assigned(entity: str, changes: Sequence[Any], context: Any) -> None:
    """Who leads the project now looks after its team and approves its hours; who gets a task joins the team."""
    system = context.system(_REASON)
    moved = [change for change in changes if change.changed("owner_id")]
    if entity == TASK:
        _join(system, [(ref_id(one.before.get("project")), one.after("owner_id")) for one in moved])
    if entity != PROJECT or not moved:
        return
    leads = {change.record_id: change.after("owner_id") for change in moved}
    # Who led it until now stays on the team.
    _join(system, [(one.record_id, one.before.get("owner_id")) for one in moved], leads)
    for row in among(system, _MEMBER, ("project",), "project", leads):
        system.assign(_MEMBER, row.id, owner=leads[row["project"].id])
    rows = list(among(system, _HOURS, ("project",), "project", leads, status__ne="approved"))
    if rows:
        system.update_many(_HOURS, {row.id: {"lead": leads[row["project"].id]} for row in rows})
