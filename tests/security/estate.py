"""A plugin of stand-ins: every kind of row rule and of field mask, so that the matrix meets each of them.

What is installed may use few of them; these records make sure that none is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weft.core.db.entity import Entity
from weft.core.sdk import (
    ALL,
    EDIT,
    READ,
    WRITE,
    Action,
    Grant,
    Plugin,
    RelationType,
    Role,
    choices,
    field,
    hookimpl,
    own,
    path,
    rev,
    shared,
    trait,
    tree,
    unit,
    unit_tree,
    via,
    where,
)

STATUS = choices(open="Open", closed="Closed")
KINDS = choices(repair="Repair", advice="Advice", visit="Visit")


class Firm(Entity, key="estate.firm", label="Firm", title="name", traits=("core.organization",)):
    """A firm that rents; its people sign in."""

    name = field.text("Name", required=True, index=True, search=True)
    rating = field.text("Rating", search=True)
    head = field.reference("Head", to="estate.firm", relation="estate.headed_by", inverse=("estate.heads", "Heads"))


class Person(Entity, key="estate.person", label="Person", title="name", traits=("core.person",)):
    """A person of a firm."""

    name = field.text("Name", required=True, search=True)
    mail = field.email("Mail")
    diary = field.multiline("Diary", sensitive=True)


class Site(Entity, key="estate.site", label="Site", title="name"):
    """A building; it stands within another one."""

    name = field.text("Name", required=True, index=True, search=True)
    rent = field.money("Rent")
    keys = field.text("Where the keys are", search=True)
    tenant = field.reference(
        "Tenant", to=trait("core.organization"), relation="estate.let_to", inverse=("estate.rents", "Rents")
    )


class Job(Entity, key="estate.job", label="Job", title="subject", number="J-"):
    """Something to be done at a site."""

    subject = field.text("Subject", required=True, search=True)
    kind = field.choice("Kind", KINDS, default="repair", index=True)
    tags = field.multi_choice("Tags", KINDS)
    status = field.choice("Status", STATUS, default="open", state=True, transitions={"open": ("closed",), "closed": ()})
    cost = field.integer("Cost", index=True)
    remark = field.text("Remark for ourselves", search=True)
    drawing = field.file("Drawing")
    site = field.reference("Site", to="estate.site", relation="estate.job_at", inverse=("estate.has_job", "Jobs"))


class Memo(Entity, key="estate.memo", label="Memo", title="words", features=("comments", "search", "export")):
    """What somebody wrote about a job."""

    words = field.text("Words", required=True, search=True)
    job = field.reference("Job", to="estate.job", relation="estate.memo_of", inverse=("estate.has_memo", "Memos"))


RELATIONS = [
    RelationType("estate.asked_by", "estate.asked", "Asked by", "Asked", source=("estate.job",),
                 target=("estate.person",)),
    RelationType("estate.works_at", "estate.employs", "Works at", "People", source=("estate.person",),
                 target=("estate.firm",), repeatable=True),
    RelationType("estate.within", "estate.holds", "Within", "Holds", source=("estate.site",), target=("estate.site",),
                 acyclic=True),
    RelationType("estate.below", "estate.above", "Below", "Above", source=("estate.firm",), target=("estate.firm",),
                 acyclic=True),
    RelationType("estate.serves", "estate.served_by", "Serves", "Served by", source=("estate.firm",),
                 target=("estate.job",)),
]  # fmt: skip

FIRM, PERSON, SITE, JOB, MEMO = "estate.firm", "estate.person", "estate.site", "estate.job", "estate.memo"
#: A job is a firm's when one of its people asked for it, or when the site stands within one that it rents.
OURS = path("estate.asked_by", "estate.works_at") | path("estate.job_at", tree("estate.within"), "estate.let_to")

ROLES = [
    *(Role(f"estate.{key}", key.title()) for key in ("boss", "clerk", "team", "area", "helper", "auditor", "reader")),
    Role("estate.tenant", "Tenant", audience="customer"),
    Role("estate.visitor", "Visitor", audience="customer"),
    Role("estate.craftsman", "Craftsman", audience="supplier"),
    Role("estate.broker", "Broker", audience="distributor"),
]

GRANTS = [
    *(Grant("estate.boss", key, ALL) for key in (FIRM, PERSON, SITE, JOB, MEMO)),
    Grant("estate.clerk", JOB, WRITE, rows=own, without={"cost"}),
    Grant("estate.clerk", JOB, READ | {"comment"}, rows=via("site"), fields={"subject", "status"}),
    Grant("estate.clerk", SITE, EDIT, rows=own),
    Grant("estate.clerk", MEMO, EDIT, rows=via("job")),
    Grant("estate.team", JOB, READ | {"update", "estate.job.close"}, rows=unit),
    Grant("estate.area", JOB, READ, rows=unit_tree),
    Grant("estate.area", SITE, WRITE | {"assign"}, rows=unit_tree & where(rent__isnull=False)),
    Grant("estate.helper", JOB, READ | {"comment", "attach"}, rows=shared),
    Grant("estate.helper", JOB, {"update"}, rows=shared),
    Grant("estate.auditor", JOB, READ, rows=where(kind__in=["repair", "visit"], cost__gte=1)),
    Grant("estate.auditor", SITE, READ, without={"keys"}),
    Grant("estate.reader", JOB, {"read"}, fields={"subject", "kind"}),
    Grant("estate.reader", JOB, {"read"}, rows=own),
    Grant("estate.reader", FIRM, {"read"}, rows=where(name__isnull=False), fields={"name"}),
    Grant("customer", FIRM, {"read"}, rows=path(), fields={"name"}),
    Grant("estate.tenant", JOB, READ | {"comment", "attach", "update"}, rows=OURS,
          fields={"subject", "status", "kind", "number", "site", "drawing", "created_at"}),
    Grant("estate.tenant", JOB, {"read"}, rows=path("estate.job_at", "estate.let_to"), fields={"subject", "cost"}),
    Grant("estate.tenant", SITE, READ, rows=path("estate.let_to"), fields={"name", "rent"}),
    Grant("estate.tenant", PERSON, READ, rows=path() | path("estate.works_at"), fields={"name", "mail"}),
    Grant("estate.tenant", MEMO, READ, rows=path("estate.memo_of", "estate.asked_by", "estate.works_at"),
          fields={"words", "job"}),
    Grant("estate.visitor", JOB, {"read", "estate.job.close"}, rows=path("estate.asked_by"), fields={"subject"}),
    Grant("estate.craftsman", JOB, READ | {"comment"}, rows=path(rev("estate.serves")) & where(status="open"),
          fields={"subject", "kind", "tags"}),
    Grant("estate.broker", SITE, {"read"}, rows=path("estate.let_to", tree("estate.below")), fields={"name", "tenant"}),
    Grant("estate.broker", FIRM, {"read"}, rows=path() | path(tree("estate.below")), fields={"name"}),
]  # fmt: skip


def _close(context: Any, record: Any, data: Any) -> None:
    """Action: the job is done; the platform moved its state before."""


class EstatePlugin(Plugin):
    """Only for tests of rights."""

    key, title = "estate", "Estate"
    package = "tests.security"

    @hookimpl
    def weft_entities(self) -> Sequence[type[Entity]]:
        return [Firm, Person, Site, Job, Memo]

    @hookimpl
    def weft_relations(self) -> Sequence[RelationType]:
        return RELATIONS

    @hookimpl
    def weft_roles(self) -> Sequence[Role]:
        return ROLES

    @hookimpl
    def weft_grants(self) -> Sequence[Grant]:
        return GRANTS

    @hookimpl
    def weft_actions(self) -> Sequence[Action]:
        return [Action("close", JOB, "Close", _close, states=("open",), transition=("*", "closed"))]
