"""A small plugin with everything the write path must deal with, and the people who use it."""

from __future__ import annotations

import pytest

from weft.core.db import field
from weft.core.db.entity import Entity
from weft.core.db.fields import choices, trait
from weft.core.plugin.base import Plugin, hookimpl
from weft.core.records.changes import ActionResult
from weft.core.registry.access import ALL, EDIT, READ, WRITE, Grant, Role, own, path
from weft.core.registry.declarations import Action, RecordPage, RelationType, Story

STATES = choices(new="New", running="Running", done="Done")


class Party(Entity, key="desk.party", label="Party", plural="Parties", title="name", traits=("core.organization",)):
    """Somebody the desk deals with."""

    name = field.text("Name", required=True, max_length=80)
    code = field.text("Code", unique=True, max_length=20)
    mail = field.email("Mail")
    phone = field.phone("Phone")
    above = field.reference(
        "Above", to="desk.party", relation="desk.below", inverse=("desk.above", "Below"), on_delete="detach"
    )


class Case(Entity, key="desk.case", label="Case", plural="Cases", title="name", number="C-"):
    """A piece of work."""

    name = field.text("Name", required=True, max_length=80)
    status = field.choice(
        "Status", STATES, state=True, default="new",
        transitions={"new": ("running",), "running": ("done", "new"), "done": ()},
    )  # fmt: skip
    party = field.reference(
        "Party", to=trait("core.organization"), relation="desk.about", inverse=("desk.has_case", "Cases")
    )
    amount = field.money("Amount", index=True)
    hours = field.decimal("Hours", scale=2, minimum=0)
    due = field.date("Due")
    note = field.multiline("Note")
    secret = field.text("Secret")
    checked = field.boolean("Checked", readonly=True)
    picture = field.file("Picture")


class Note(Entity, key="desk.note", label="Note", plural="Notes", title="text", traits=("core.activity",), sort="-at"):
    """Something that happened on a case or a party."""

    text = field.text("Text", required=True)
    at = field.datetime("At", index=True)
    about = field.reference("About", to="*", relation="desk.note_on", inverse=("desk.has_note", "Notes"))


class Line(Entity, key="desk.line", label="Line", plural="Lines", title="text"):
    """A part of a case that goes where the case goes."""

    text = field.text("Text", required=True)
    case = field.reference(
        "Case", to="desk.case", relation="desk.line_of", inverse=("desk.has_line", "Lines"), required=True,
        on_delete="archive",
    )  # fmt: skip


def _double(context, record, data):
    amount = record["hours"] * data["times"]
    context.records.update("desk.case", record["id"], {"hours": amount}, version=None)
    return ActionResult(message="doubled")


def _fail(context, record, data):
    context.records.update("desk.case", record["id"], {"note": "half done"}, version=None)
    raise RuntimeError("the handler broke")


class DeskPlugin(Plugin):
    """Only for these tests."""

    key, title = "desk", "Desk"
    seen: list = []

    @hookimpl
    def weft_entities(self):
        return [Party, Case, Line, Note]

    @hookimpl
    def weft_relations(self):
        return [
            RelationType("desk.works_with", "desk.worked_with_by", "Works with", "Works with", source=("desk.party",),
                         target=("desk.party",), symmetric=True),
            RelationType("desk.employs", "desk.employed_by", "Employs", "Employed by", source=("desk.party",),
                         target=("desk.party",), repeatable=True,
                         attributes={"role": field.text("Role", max_length=10)}),
            RelationType("desk.chief", "desk.chief_of", "Chief", "Chief of", source=("desk.party",),
                         target=("desk.party",), cardinality="many_to_one", acyclic=True),
            RelationType("desk.sees", "desk.seen_by", "Sees", "Seen by", source=("desk.case",), target=("desk.party",)),
        ]  # fmt: skip

    @hookimpl
    def weft_record_pages(self):
        told = path("desk.line_of"), path("desk.line_of", "desk.about"), path("gone.relation")
        said = path("desk.note_on")
        return [
            RecordPage("desk.line", story=Story(("create",), told, only={"text": ("told", "told too")})),
            RecordPage("desk.note", story=Story(("create",), (said,), only={"text": ("about it",)}, through=True)),
        ]

    @hookimpl
    def weft_roles(self):
        return [Role("desk.boss", "Boss"), Role("desk.clerk", "Clerk"), Role("desk.reader", "Reader")]

    @hookimpl
    def weft_grants(self):
        return [
            *(Grant("desk.boss", key, ALL) for key in ("desk.party", "desk.case", "desk.line", "desk.note")),
            Grant("desk.clerk", "desk.party", READ),
            Grant("desk.clerk", "desk.case", WRITE | {"assign"}, rows=own, without={"secret"}),
            Grant("desk.clerk", "desk.line", EDIT),
            Grant("desk.clerk", "desk.note", EDIT, rows=own),
            Grant("desk.reader", "desk.party", READ),
            Grant("desk.reader", "desk.case", READ, without={"secret"}),
            Grant(
                "customer",
                "desk.case",
                READ | {"comment", "attach"},
                rows=path("desk.sees"),
                fields={"name", "status", "picture"},
            ),
            Grant("customer", "desk.party", READ, rows=path(), fields={"name"}),
        ]

    @hookimpl
    def weft_actions(self):
        return [
            Action("start", "desk.case", "Start", transition=("new", "running"), bulk=True),
            Action("finish", "desk.case", "Finish", transition=("running", "done")),
            Action("multiply", "desk.case", "Multiply", handler=_double,
                   fields={"times": field.integer("Times", required=True)}),
            Action("pay", "desk.case", "Pay", handler=_double, final=True,
                   fields={"times": field.integer("Times", required=True)}),
            Action("fail", "desk.case", "Fail", handler=_fail, transition=("new", "running")),
        ]  # fmt: skip

    @hookimpl
    def weft_before_write(self, changes, context):
        for change in changes:
            if change.entity == "desk.case" and change.values.get("note") == "shout":
                change.values["note"] = "SHOUT"
            if change.entity == "desk.case" and change.values.get("note") == "veto":
                from weft.core.errors import ValidationFailed

                raise ValidationFailed.single("note", "veto", "Not like this.")
            if change.entity == "desk.case" and change.values.get("note") == "bad hook":
                change.values["hours"] = "many"


@pytest.fixture
def weft_plugins():
    return [DeskPlugin]


@pytest.fixture
def state_of(weft_runtime):
    """A digest of all rows that a refused write could have left behind."""
    import hashlib

    from sqlalchemy import select

    from weft.core.db.tables import change_set, journal, outbox, record, relation

    def digest() -> str:
        found = hashlib.sha256()
        with weft_runtime.db.read() as connection:
            tables = [Party.__table__, Case.__table__, Line.__table__, change_set, journal, outbox, record, relation]
            for table in tables:
                for row in connection.execute(select(table).order_by(*table.primary_key.columns)):
                    found.update(repr(tuple(row)).encode())
        return found.hexdigest()

    return digest
