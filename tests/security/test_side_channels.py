"""What is hidden answers like what does not exist, at every door that takes a name or a number."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote

import pytest

from tests.security.doors import Doors
from tests.security.matrix import PARTS, part, seed
from tests.security.world import Person
from weft.core.db.fields import Kind
from weft.core.registry.model import EntityType

pytestmark = pytest.mark.slow

#: A name that no entity has; as long as an ordinary one.
NOBODYS = "zqnone"
#: A number that no record has.
MISSING = 2**50
#: Parts of an answer that differ with every call: signed tokens, which may hold a short name between two signs by
#: chance and so go first, and numbers of requests.
_TOKENS = re.compile(r'name="csrf[^>]*>|(?:content|value)="[A-Za-z0-9._-]{60,}"')
_VARYING = re.compile(r"[a-f0-9]{16,}|qw\d+z", re.IGNORECASE)
#: What an earlier call left to be said stands on the next page, whatever that is about.
_LEFT = re.compile(r"<div data-toast=[^>]*></div>")
_LISTS = ["fields={}", "sort={}", "sort=-{}", "{}=1", "{}__isnull=true", "{}__in=1,2", "{}__gt=1", "{}__contains=a",
          "{}__ne=x", "or={}=1", "include={}", "include={}.title", "q=a&sort={}"]  # fmt: skip
_FIGURES = ["group={}", "measure=sum({})", "measure=max({})", "measure=count&{}=1", "group={}:month"]
_PAGES = ["{}=1", "sort={}", "layout=board&by={}", "sum={}", "group={}", "part=rows&{}__gt=1", "layout=calendar&cal={}"]


def base(entity: EntityType) -> str:
    return f"/{entity.plugin}/{entity.slug}"


def spies(doors: Doors) -> list[Person]:
    """One of firm A per outside role, and people of the company who see a part."""
    inside = {"employee", "crm.sales_rep", "estate.clerk", "estate.reader", "estate.auditor"}
    return [
        person for person in doors.world.people
        if person.who.user is not None and (person.name in inside or (person.outside and person.name.endswith("A")))
    ]  # fmt: skip


def pairs(
    doors: Doors, fits: Callable[[Person, EntityType], Any], each: int = 1, number: int = 0, parts: int = 1
) -> Iterator[tuple[Person, Any]]:
    """Spies with kinds that fit them: all in a whole run, else for each kind those who were asked least so far.

    Args:
        doors: all doors.
        fits: whether a spy is to be tried on a kind.
        each: spies per kind of a selection.
        number, parts: which of equal parts of the spies.
    """
    asked: Counter[str] = Counter()
    people = random.Random(seed()).sample(spies(doors), len(spies(doors)))[number::parts]
    for entity in doors.world.registry.entities.values():
        some = sorted((one for one in people if fits(one, entity)), key=lambda one: asked[one.name])
        for person in some[: part(len(some), each)]:
            asked[person.name] += 1
            yield person, entity


def shown(answer: Any, real: Any, other: Any) -> tuple[int, str, str]:
    """Status, entity tag and body, with the asked name or number and all that varies by call taken out."""
    text = unquote(_TOKENS.sub("*", _LEFT.sub("", answer.text)))
    for one in (real, other):
        text = re.sub(rf"(?<![A-Za-z0-9]){re.escape(str(one))}(?![A-Za-z0-9])", "#", text)
    return answer.status_code, answer.headers.get("ETag", ""), _VARYING.sub("*", text)


def difference(real: tuple[int, str, str], none: tuple[int, str, str]) -> str:
    """Where two answers part, for whoever has to mend it."""
    if real[:2] != none[:2]:
        return f"{real[:2]} {none[:2]}"
    place = next((n for n, pair in enumerate(zip(real[2], none[2], strict=False)) if pair[0] != pair[1]), -1)
    start = max(0, place - 60)
    return f"{real[0]} ...{real[2][start : start + 160]!r} | {none[2][start : start + 160]!r}"


def hidden_fields(doors: Doors, person: Person, entity: EntityType) -> list[str]:
    """Some declared names of an entity that the person may read in no row, of each kind of value one."""
    known = doors.oracle.known(person.who, entity.key)
    if not known:
        return []
    names = sorted(name for name in entity.fields if name not in known)
    kinds = {entity.fields[name].kind: name for name in names}
    return sorted({*kinds.values()})[: part(99, 1)]


@pytest.mark.parametrize("number", range(PARTS))
def test_a_hidden_field_is_like_a_name_that_does_not_exist(doors: Doors, number: int) -> None:
    wrong, asked = [], 0
    for person, entity in pairs(doors, lambda who, kind: hidden_fields(doors, who, kind), number=number, parts=PARTS):
        for name in hidden_fields(doors, person, entity):
            for what, real, none in field_calls(doors, person, entity, name):
                asked += 1
                pair = shown(real, name, NOBODYS), shown(none, name, NOBODYS)
                if pair[0] != pair[1]:
                    wrong.append(f"{person.name} {entity.key}.{name} {what}: {difference(*pair)}")
    assert asked > part(100, 500)
    assert not wrong, "\n".join(wrong[:40])


def field_calls(doors: Doors, person: Person, entity: EntityType, name: str) -> Iterator[tuple[str, Any, Any]]:
    """Pairs of answers: about the hidden name, and about one that does not exist."""
    address = base(entity)
    for form in _LISTS:
        yield form, *(doors.rest(person, "GET", f"{address}?{form.format(one)}") for one in (name, NOBODYS))
    for form in _FIGURES:
        yield form, *(doors.rest(person, "GET", f"{address}/aggregate?{form.format(one)}") for one in (name, NOBODYS))
    for form in _PAGES:
        yield f"page {form}", *(doors.page(person, f"{address}/?{form.format(one)}") for one in (name, NOBODYS))
    yield "export", *(doors.page(person, f"{address}/export.csv?{one}__gt=1") for one in (name, NOBODYS))
    made = doors.world.made[entity.key]
    number = made.get("A") or next(iter(made.values()))  # some kinds concern no firm
    for place in ("cell/{}", "edit?field={}"):
        yield place, *(doors.page(person, f"{address}/{number}/{place.format(one)}") for one in (name, NOBODYS))
    for one in ("POST", "PATCH"):
        place = address if one == "POST" else f"{address}/{number}"
        yield one, *(doors.rest(person, one, place, {key: "x"}, If_Match='"1"') for key in (name, NOBODYS))
    bulk = {"operation": "update", "ids": [number], "expected": 1}
    yield "bulk", *(doors.rest(person, "POST", f"{address}/bulk", {**bulk, "values": {one: "x"}})
                    for one in (name, NOBODYS))  # fmt: skip


@pytest.mark.parametrize("turn", range(PARTS))
def test_a_hidden_record_is_like_a_number_that_does_not_exist(doors: Doors, turn: int) -> None:
    wrong, asked = [], 0
    for person, entity in pairs(doors, lambda who, kind: hidden_records(doors, who, kind), number=turn, parts=PARTS):
        for number in hidden_records(doors, person, entity)[: part(3, 1)]:
            for what, real, none in record_calls(doors, person, entity, number):
                asked += 1
                pair = shown(real, number, MISSING), shown(none, number, MISSING)
                if pair[0] != pair[1]:
                    wrong.append(f"{person.name} {entity.key} {what}: {difference(*pair)}")
    assert asked > part(100, 500)
    assert not wrong, "\n".join(wrong[:40])


def hidden_records(doors: Doors, person: Person, entity: EntityType) -> list[int]:
    """Records of a kind that the person does not see."""
    return [n for n in doors.world.made[entity.key].values() if not doors.oracle.sees(person.who, n)]


def record_calls(doors: Doors, person: Person, entity: EntityType, number: int) -> Iterator[tuple[str, Any, Any]]:
    """Pairs of answers: about the hidden record, and about a number that no record has."""
    address, both = base(entity), (number, MISSING)
    mine = next((n for n in doors.world.book.rows if doors.oracle.sees(person.who, n)), 1)
    doors.browser(person).get("/")  # what an earlier test left to be said is said
    doors.page(person, f"{address}/{MISSING}")
    for form in ("/records/{}", "/records/{}/relations", "/records/{}/history", "/records/{}/graph",
                 "/explain?record={}", f"/path?from={mine}&to={{}}", f"{address}/{{}}", f"{address}/{{}}?trash=true",
                 f"{address}?id__in={{}}&count=exact", f"{address}?linked=core.linked:{{}}"):  # fmt: skip
        yield form, *(doors.rest(person, "GET", form.format(one)) for one in both)
    for place in ("", "/history", "/peek", "/stream", "/edit", "/attach", "/merge?keep={0}&drop={0}"):
        yield f"page {place}", *(doors.page(person, f"{address}/{one}{place.format(one)}") for one in both)
    yield "export", *(doors.page(person, f"{address}/export.csv?ids={one}") for one in both)
    yield "short link", *(doors.browser(person).get(f"/r/{one}") for one in both)
    for method, form, body in (
        ("PATCH", f"{address}/{{}}", {}), ("DELETE", f"{address}/{{}}", None),
        ("POST", f"{address}/{{}}/actions/assign", {"owner": 1}), ("POST", f"{address}/{{}}/actions/restore", {}),
        ("POST", f"{address}/{{}}/merge", {"drop": mine}),
    ):  # fmt: skip
        yield f"{method} {form}", *(doors.rest(person, method, form.format(one), body, If_Match='"1"') for one in both)
    yield "merge", *(doors.rest(person, "POST", f"{address}/{mine}/merge", {"drop": one}) for one in both)
    yield "bulk", *(doors.rest(person, "POST", f"{address}/bulk", {"operation": "delete", "ids": [one], "expected": 1})
                    for one in both)  # fmt: skip
    for ends in (("source", "target"), ("target", "source")):
        yield "link", *(doors.rest(person, "POST", "/relations", {
            "relation": "core.linked", ends[0]: mine, ends[1]: one}) for one in both)  # fmt: skip
    yield from reference_calls(doors, person, entity, number)


def reference_calls(doors: Doors, person: Person, entity: EntityType, number: int) -> Iterator[tuple[str, Any, Any]]:
    """The hidden record named by its number in a field or a filter of another entity."""
    for other in doors.world.registry.entities.values():
        known = doors.oracle.known(person.who, other.key)
        for name in sorted(known & set(other.fields)):
            declared = other.fields[name]
            if declared.kind is not Kind.REFERENCE or entity not in doors.world.registry.targets(declared):
                continue
            if not person.outside and _named(doors, person, other, name, number):
                continue  # colleagues are told that a reference leads to something restricted, with its number
            yield f"{other.key}?{name}=", *(doors.rest(person, "GET", f"{base(other)}?{name}={one}&count=exact")
                                            for one in (number, MISSING))  # fmt: skip
            yield f"POST {other.key} {name}", *(doors.rest(person, "POST", base(other), {name: one})
                                                for one in (number, MISSING))  # fmt: skip


def _named(doors: Doors, person: Person, entity: EntityType, name: str, number: int) -> bool:
    """A record of the entity that the person reads, with this cell, refers to the number."""
    rows = (row for row in doors.world.book.of(entity.key) if row[name] == number)
    return any(name in doors.oracle.names(person.who, "read", row["id"]) for row in rows)


def test_a_hidden_kind_is_like_one_that_is_not_installed(doors: Doors) -> None:
    wrong = []
    for person, entity in pairs(doors, lambda who, kind: not doors.oracle.known(who.who, kind.key), each=3):
        for form in ("/{}/{}", "/{}/{}?sort=title", "/{}/{}/aggregate", "/{}/{}/1"):
            pair = [doors.rest(person, "GET", form.format(entity.plugin, one)) for one in (entity.slug, NOBODYS)]
            if shown(pair[0], entity.slug, NOBODYS) != shown(pair[1], entity.slug, NOBODYS):
                wrong.append(f"{person.name} {entity.key} {form}")
        pair = [doors.rest(person, "GET", f"/search?q=qw1&type={one}") for one in (entity.key, NOBODYS)]
        if shown(pair[0], entity.key, NOBODYS) != shown(pair[1], entity.key, NOBODYS):
            wrong.append(f"{person.name} search {entity.key}")
    assert not wrong, "\n".join(wrong[:40])


def test_the_description_of_the_interface_names_nothing_hidden(doors: Doors) -> None:
    wrong = []
    for person in spies(doors):
        described = doors.rest(person, "GET", "/openapi.json").get_json()
        for entity in doors.world.registry.entities.values():
            known = doors.oracle.known(person.who, entity.key)
            schema = described["components"]["schemas"].get(entity.key)
            if not known:
                if schema is not None or any(path.startswith(f"/api/v1{base(entity)}") for path in described["paths"]):
                    wrong.append(f"{person.name} {entity.key}")
                continue
            names = set((schema or {}).get("properties", ()))
            if hidden := names & set(entity.fields) - known:
                wrong.append(f"{person.name} {entity.key} {sorted(hidden)}")
    assert not wrong, "\n".join(wrong[:40])


def test_pickers_offer_and_name_only_what_may_be_read(doors: Doors) -> None:
    for person, entity in pairs(doors, lambda _who, _kind: True, each=2):
        for name, declared in entity.fields.items():
            if declared.kind is Kind.REFERENCE:
                answer = doors.page(person, f"/pick/{entity.plugin}/{entity.slug}/{name}/?q=")
                doors.check_words(person, "pick", f"{entity.key}.{name}", answer)
                if name not in doors.oracle.known(person.who, entity.key) and answer.status_code == 200:
                    doors.found("leak", person, "pick", f"{entity.key}.{name}", "answers for a hidden field")
    assert not doors.report.findings, doors.report.text()


def test_a_difference_is_found(doors: Doors) -> None:
    person = doors.world.person("estate.tenant of A")
    address = "/estate/jobs?sort={}"
    pair = [doors.rest(person, "GET", address.format(one)) for one in ("subject", NOBODYS)]
    assert shown(pair[0], "subject", NOBODYS) != shown(pair[1], "subject", NOBODYS)
