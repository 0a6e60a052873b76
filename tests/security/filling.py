"""Fill an empty installation: people, records of every kind by plan, links, comments, files, notices.

Nothing here knows an entity by name. Optional values that a business rule refuses are left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from io import BytesIO
from typing import Any

from sqlalchemy import insert, select

from tests.security.oracle import Who
from tests.security.plans import Plan, plans_for
from tests.security.values import EXTRA, Words, fillable, plain_values
from tests.security.world import AUDIENCES, Person, World, read_book
from weft.core.access.tables import record_share
from weft.core.collaboration import comments
from weft.core.collaboration.tables import follower, notice
from weft.core.db.fields import Kind
from weft.core.errors import ValidationFailed, WeftError
from weft.core.files import files
from weft.core.identity import rights
from weft.core.outbox.worker import Worker
from weft.core.registry.model import EntityType
from weft.core.search import indexing
from weft.core.testing.people import Cast

__all__ = ["build"]


def build(runtime: Any) -> World:
    """Fill an empty installation."""
    world = World(runtime, Words(), Cast(runtime))
    _people(world)
    for entity in _in_order(world):
        _records_of(world, entity)
    _anchor(world)
    _links(world)
    _more(world)
    read_book(world)
    return world


# ---- people


def _people(world: World) -> None:
    cast, units = world.cast, world.units
    units["Head"] = cast.unit("Head")
    units["North"] = cast.unit("North", units["Head"])
    units["Deep"] = cast.unit("Deep", units["North"])
    units["South"] = cast.unit("South", units["Head"])
    colleague = cast.user("employee", name="Colleague", units=[units["South"]])
    world.people.append(_person("colleague", colleague, "employee", (), {units["South"]}))
    for role in world.registry.roles.values():
        given = () if role.key == role.audience else (role.key,)
        if role.audience == "employee":
            user = cast.user(role.key, name=f"Person {role.key}", units=[units["North"]])
            world.people.append(_person(role.key, user, "employee", given, {units["North"]}))
        else:
            for firm in "AB":
                user = cast.user(role.key, name=f"Person {role.key} {firm}")
                world.people.append(_person(f"{role.key} of {firm}", user, role.audience, given, ()))
    for audience in AUDIENCES:  # as most are in a portal: everything that their company uses
        held = sorted(r.key for r in world.registry.roles.values() if r.audience == audience and r.key != audience)
        for firm in "AB":
            user = cast.user(audience, *held, name=f"Person {audience} with all roles {firm}")
            world.people.append(_person(f"{audience} with all roles of {firm}", user, audience, held, ()))
    world.people.append(Person("nobody", Who(None)))


def _person(name: str, user: int, audience: str, roles: Iterable[str], units: Iterable[int]) -> Person:
    return Person(name, Who(user, audience, frozenset(roles), frozenset(units)), audience)


def _anchor(world: World) -> None:
    """Each firm's people stand for its organisations and persons: those of this firm's records."""
    ends = [e.key for trait in ("core.organization", "core.person") for e in world.registry.with_trait(trait)]
    for number, person in enumerate(world.people):
        if person.outside and person.who.user is not None:
            firm = person.name[-1]
            anchors = [world.made[key][firm] for key in ends if firm in world.made[key]]
            with world.runtime.db.write() as connection:
                rights.set_anchors(connection, person.who.user, anchors, now=world.runtime.clock())
            who = replace(person.who, anchors=frozenset(anchors))
            world.people[number] = replace(person, who=who)


# ---- records


def _in_order(world: World) -> list[EntityType]:
    """Entities after those they refer to, as far as there is such an order."""
    found: dict[str, EntityType] = {}

    def visit(entity: EntityType, waiting: frozenset[str]) -> None:
        if entity.key in found or entity.key in waiting:
            return
        for declared in entity.fields.values():
            if declared.kind is Kind.REFERENCE and "*" not in declared.to:
                for target in world.registry.targets(declared):
                    visit(target, waiting | {entity.key})
        found[entity.key] = entity

    for entity in sorted(world.registry.entities.values(), key=lambda one: one.key):
        visit(entity, frozenset())
    return list(found.values())


def _records_of(world: World, entity: EntityType) -> None:
    problem = ""
    for turn, plan in enumerate(plans_for(world, entity)):
        try:
            number = _make(world, entity, plan, turn)
        except (WeftError, LookupError) as error:
            problem = f"{entity.key} {plan.label}: {_why(error)}"
            world.unmade.append(problem)
            continue
        world.made[entity.key][plan.label] = number
    if not world.made[entity.key]:
        raise AssertionError(f"no record of {entity.key} could be made, say what it needs in values.EXTRA: {problem}")


def _why(error: Exception) -> str:
    if isinstance(error, ValidationFailed):
        return "; ".join(f"{one.field}: {one.message}" for one in error.errors)
    return f"{type(error).__name__} {error}"


def _make(world: World, entity: EntityType, plan: Plan, turn: int) -> int:
    """Create a record with all fields; optional ones that a business rule refuses are left out."""
    values = {**plain_values(entity, turn, world.words), **_ends(world, entity, plan)}
    header = {k: v for k, v in plan.values.items() if k not in ("owner", "unit")}
    values |= {k: [v] if _many(entity, k) and not isinstance(v, list) else v for k, v in header.items()}
    for name in plan.empty:
        values.pop(name, None)
    owner = None if "owner" in plan.empty else plan.owner
    kept = {*plan.filled, *plan.values, *plan.ends}
    for _attempt in range(12):
        try:
            with world.acting() as records:
                number = int(records.create(entity.key, values, owner=owner, unit=plan.unit)["id"])
                _change_once(world, records, entity, number)
                if plan.trashed:
                    records.delete(entity.key, number)
            break
        except ValidationFailed as error:
            fewer = _without(entity, values, {str(one.field) for one in error.errors}, kept)
            if fewer == values:
                raise
            values = fewer
    _share(world, number, plan)
    return number


def _without(entity: EntityType, values: dict[str, Any], wrong: set[str], kept: set[str]) -> dict[str, Any]:
    """The values without those found wrong; where that changes nothing, without all that may be left out."""
    fewer = {k: v for k, v in values.items() if k not in wrong or k in kept or _must(entity, k)}
    if fewer != values:
        return fewer
    texts = {Kind.TEXT, Kind.MULTILINE, Kind.MARKDOWN}
    return {k: v for k, v in values.items() if k in kept or _must(entity, k) or entity.fields[k].kind in texts}


def _must(entity: EntityType, name: str) -> bool:
    return entity.fields[name].required or name in entity.spec.title


def _many(entity: EntityType, name: str) -> bool:
    return name in entity.fields and entity.fields[name].kind is Kind.MULTI_CHOICE


def _ends(world: World, entity: EntityType, plan: Plan) -> dict[str, Any]:
    """Values of references, people and units: those of the same firm."""
    found: dict[str, Any] = {}
    extra = EXTRA.get(entity.key, {})
    for name, declared in entity.fields.items():
        if not fillable(declared) or declared.internal or name in extra:
            continue
        if declared.kind is Kind.REFERENCE:
            found[name] = _end(world, entity, plan, name)
        elif declared.kind is Kind.USER:
            found[name] = plan.owner
        elif declared.kind is Kind.UNIT:
            found[name] = plan.unit or world.units["South"]
        elif declared.kind is Kind.FILE:
            found[name] = None
    return {name: value for name, value in {**found, **plan.ends}.items() if value is not None}


def _end(world: World, entity: EntityType, plan: Plan, name: str) -> int | None:
    declared = entity.fields[name]
    if declared.values is not None:
        return _value_of(world, declared.values, plan.firm)
    targets = world.registry.targets(declared)
    if "*" in declared.to:  # about anything: an organisation of the firm
        targets = tuple(world.registry.with_trait("core.organization"))
    for target in targets:
        made = world.made.get(target.key, {})
        if target.key == entity.key:
            # Only the second record of a firm stands below the first one: no circles.
            return made.get(plan.firm) if plan.label not in ("A", "B") else None
        for label in (plan.label, plan.firm):
            if label in made and label != "trash":
                return made[label]
    return None


def _value_of(world: World, list_key: str, firm: str) -> int:
    """A value of a company's list, one for each firm."""
    known = world.made["core.value"]
    label = f"{list_key} {firm}"
    if label not in known:
        word = world.words.new("v")
        values = {"list_key": list_key, "code": word, "label_en": word, "label_zh": world.words.new("v")}
        with world.acting() as records:
            known[label] = int(records.create("core.value", values)["id"])
    return known[label]


def _change_once(world: World, records: Any, entity: EntityType, number: int) -> None:
    """Give the record a past: one text that stands only in its history."""
    for name, declared in entity.fields.items():
        if declared.kind in (Kind.TEXT, Kind.MULTILINE) and declared.writable and not declared.internal:
            row = records.get(entity.key, number)
            old = Words.within(str(row.get(name) or ""))
            if old:
                try:
                    records.update(entity.key, number, {name: world.words.new()}, version=None)
                except (WeftError, LookupError):
                    continue
                world.earlier[number, name] = old
                return


def _share(world: World, number: int, plan: Plan) -> None:
    for role, level, ends in plan.shares:
        user = next(p.who.user for p in world.people if role in {p.name, *p.who.roles})
        now = world.runtime.clock()
        row = {
            "id": world.runtime.db.ids.next(), "record_id": number, "user_id": user if level else None,
            "unit_id": None if level else world.units["North"], "level": level or "read",
            "expires_at": None if ends is None else now + ends, "created_at": now,
        }  # fmt: skip
        with world.runtime.db.write() as connection:
            connection.execute(insert(record_share).values(**row))


# ---- links, comments, files, notices


def _links(world: World) -> None:
    """Every kind of link that people make, within each firm."""
    for declared in world.registry.relations.values():
        if declared.field:
            continue
        for source, target in _pairs(world, declared):
            for firm in "AB":
                first = world.made[source].get(firm)
                second = world.made[target].get(f"{firm}2" if source == target else firm)
                if first is None or second is None:
                    continue
                ends = (second, first) if source == target and declared.acyclic else (first, second)
                try:
                    with world.acting() as records:
                        records.link(declared.key, *ends)
                except WeftError as error:
                    world.unmade.append(f"{declared.key} {source} {target}: {_why(error)}")


def _pairs(world: World, declared: Any) -> list[tuple[str, str]]:
    """Up to a few pairs of entities; for links of anything to anything each entity is linked to the one after it."""
    registry = world.registry
    near = [key for key in sorted(registry.entities) if registry.matches(declared.source, key)]
    far = [key for key in sorted(registry.entities) if registry.matches(declared.target, key)]
    if len(near) * len(far) > 12:
        free = [key for key in near if key in far and registry.entity(key).has("links")]
        return list(zip(free, [*free[1:], free[0]], strict=True))
    return [(source, target) for source in near for target in far]


def _more(world: World) -> None:
    """On each record an internal and a shared comment and file, and a notice for everybody, may they see it or not."""
    writer = world.person("colleague").who.user
    numbers = [(key, number) for key, made in world.made.items() for number in made.values()]
    with world.acting(writer) as records:
        for key, number in numbers:
            entity = world.registry.entity(key)
            for sort in ("internal", "shared"):
                if entity.has("comments"):
                    word = world.words.new("c")
                    comments.add(records, number, word, audience=sort)
                    world.spoken[number].append((sort, word))
                if entity.has("attachments"):
                    word = world.words.new("f")
                    kept = files.attach(records, number, BytesIO(word.encode()), f"{word}.txt", audience=sort)
                    world.attached[number].append((kept.file.id, sort, word))
    Worker(world.runtime).run_due()  # before anybody follows: what followers are told has a test of its own
    while indexing.feed(world.runtime):
        pass
    _notices(world, [number for _key, number in numbers])


def _notices(world: World, numbers: list[int]) -> None:
    now = world.runtime.clock()
    people = [person.who.user for person in world.people if person.who.user is not None]
    rows = [
        {"id": world.runtime.db.ids.next(), "user_id": user, "kind": "changed", "record_id": number, "created_at": now}
        for user in people
        for number in numbers
    ]
    with world.runtime.db.write() as connection:
        connection.execute(insert(notice), rows)
        known = {tuple(row) for row in connection.execute(select(follower.c.record_id, follower.c.user_id))}
        follows = [
            {"record_id": number, "user_id": user, "created_at": now}
            for user in people for number in numbers if (number, user) not in known
        ]  # fmt: skip
        connection.execute(insert(follower), follows)
