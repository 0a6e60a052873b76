"""The oracle itself: right about a few rows that anybody can check by hand, and independent of what it judges."""

from __future__ import annotations

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.security.estate import EstatePlugin
from tests.security.oracle import Book, Edge, Oracle, Share, Who
from weft.core.registry.access import Grant, Role, own, path, rev, shared, tree, unit, unit_tree, via, where

NOW = datetime(2026, 5, 4, tzinfo=UTC)
PERSON, FIRM, ABOVE, JOB, OTHER, GONE = 1, 2, 3, 4, 5, 6


def relation(key: str, **more: Any) -> Any:
    return SimpleNamespace(key=key, inverse=f"{key}_back", symmetric=False, **more)


def oracle(*grants: Grant) -> Oracle:
    """Two jobs; a person asked for the first one and works at a firm below another."""
    entities = {e.spec.key: SimpleNamespace(fields=e.spec.fields, spec=e.spec) for e in EstatePlugin().weft_entities()}
    relations = {key: relation(key) for key in ("asked_by", "works_at", "below", "estate.job_at")}
    roles = {"clerk": Role("clerk", "Clerk"), "boss": Role("boss", "Boss", includes=("clerk",)),
             "guest": Role("guest", "Guest", audience="customer")}  # fmt: skip
    registry = SimpleNamespace(entities=entities, grants=grants, roles=roles, relations=relations, actions={})

    def row(number: int, entity: str, **more: Any) -> dict[str, Any]:
        plain = {"id": number, "entity": entity, "owner": None, "unit": None, "deleted_at": None, "version": 1}
        return {**plain, "kind": None, "cost": None, "tags": [], "site": None, **more}

    book = Book(now=NOW, parents={1: None, 2: 1, 3: 2})
    book.rows = {
        PERSON: row(PERSON, "estate.person"), FIRM: row(FIRM, "estate.firm"), ABOVE: row(ABOVE, "estate.firm"),
        JOB: row(JOB, "estate.job", owner=7, unit=3, kind="repair", cost=5, tags=["visit"], site=GONE),
        OTHER: row(OTHER, "estate.job", unit=1, kind="advice"), GONE: row(GONE, "estate.site", deleted_at=NOW),
    }  # fmt: skip
    book.edges = [Edge("asked_by", JOB, PERSON), Edge("works_at", PERSON, FIRM), Edge("below", FIRM, ABOVE)]
    return Oracle(registry, book)


def sees(rows: Any, who: Who) -> set[int]:
    found = oracle(Grant("clerk", "estate.job", rows=rows))
    return {number for number in (JOB, OTHER) if found.sees(who, number)}


@pytest.mark.parametrize(
    ("rows", "who", "expected"),
    [
        (None, Who(9, "employee", frozenset({"clerk"})), {JOB, OTHER}),
        (None, Who(9, "employee", frozenset({"boss"})), {JOB, OTHER}),
        (None, Who(9, "employee"), set()),
        (None, Who(None, "employee", frozenset({"clerk"})), set()),
        (own, Who(7, "employee", frozenset({"clerk"})), {JOB}),
        (own, Who(9, "employee", frozenset({"clerk"}), acts_for=frozenset({7})), {JOB}),
        (unit, Who(9, "employee", frozenset({"clerk"}), frozenset({2})), set()),
        (unit, Who(9, "employee", frozenset({"clerk"}), frozenset({3})), {JOB}),
        (unit_tree, Who(9, "employee", frozenset({"clerk"}), frozenset({2})), {JOB}),
        (unit_tree, Who(9, "employee", frozenset({"clerk"}), frozenset({1})), {JOB, OTHER}),
        (where(kind__in=["repair", "visit"], cost__gte=5), Who(9, "employee", frozenset({"clerk"})), {JOB}),
        (where(cost__gte=6), Who(9, "employee", frozenset({"clerk"})), set()),
        (where(owner__isnull=True), Who(9, "employee", frozenset({"clerk"})), {OTHER}),
        (where(tags__in="visit,advice"), Who(9, "employee", frozenset({"clerk"})), {JOB}),
        (path("asked_by"), Who(9, "employee", frozenset({"clerk"}), anchors=frozenset({PERSON})), {JOB}),
        (path("asked_by", "works_at"), Who(9, "employee", frozenset({"clerk"}), anchors=frozenset({FIRM})), {JOB}),
        (path("asked_by", "works_at"), Who(9, "employee", frozenset({"clerk"}), anchors=frozenset({ABOVE})), set()),
        (path("asked_by", "works_at", tree("below")), Who(9, "employee", frozenset({"clerk"}),
                                                           anchors=frozenset({ABOVE})), {JOB}),
        (path("asked_by", "works_at", tree("below")), Who(9, "employee", frozenset({"clerk"}),
                                                           anchors=frozenset({FIRM})), {JOB}),
        (path(rev("asked_by")), Who(9, "employee", frozenset({"clerk"}), anchors=frozenset({PERSON})), set()),
        (path(), Who(9, "employee", frozenset({"clerk"}), anchors=frozenset({OTHER})), {OTHER}),
        (own | unit, Who(7, "employee", frozenset({"clerk"}), frozenset({1})), {JOB, OTHER}),
        (own & unit, Who(7, "employee", frozenset({"clerk"}), frozenset({1})), set()),
        (via("site", "estate.site"), Who(9, "employee", frozenset({"clerk"})), set()),
    ],
)  # fmt: skip
def test_rows(rows: Any, who: Who, expected: set[int]) -> None:
    assert sees(rows, who) == expected


def test_links_that_ended_or_lead_through_the_trash_give_nothing() -> None:
    who = Who(9, "employee", frozenset({"clerk"}), anchors=frozenset({FIRM}))
    found = oracle(Grant("clerk", "estate.job", rows=path("asked_by", "works_at")))
    found.book.edges[1] = Edge("works_at", PERSON, FIRM, None, NOW - timedelta(days=1))
    assert not found.sees(who, JOB)
    found = oracle(Grant("clerk", "estate.job", rows=path("asked_by", "works_at")))
    found.book.rows[PERSON]["deleted_at"] = NOW
    assert not found.sees(who, JOB)


def test_shares_have_a_level_and_an_end() -> None:
    who = Who(9, "employee", frozenset({"clerk"}), frozenset({3}))
    found = oracle(Grant("clerk", "estate.job", {"read", "update"}, rows=shared))
    found.book.shares = [Share(JOB, 9, None, "read"), Share(OTHER, None, 3, "edit", NOW - timedelta(seconds=1))]
    assert found.may(who, "read", JOB)
    assert not found.may(who, "update", JOB)
    assert not found.may(who, "read", OTHER)


def test_cells_are_those_of_the_grants_that_cover_the_row() -> None:
    insider, guest = Who(7, "employee", frozenset({"clerk"})), Who(9, "customer", frozenset({"guest"}))
    found = oracle(
        Grant("clerk", "estate.job", rows=own, without={"cost"}),
        Grant("clerk", "estate.job", fields={"kind"}),
        Grant("guest", "estate.job", fields={"kind", "created_at"}),
    )
    assert {"subject", "title", "state", "owner"} <= found.names(insider, "read", JOB)
    assert "cost" not in found.names(insider, "read", JOB)
    assert not {"subject", "title", "remark"} & found.names(insider, "read", OTHER)
    assert found.names(guest, "read", JOB) == {"id", "type", "version", "kind", "created_at"}


def test_the_oracle_shares_no_code_with_what_it_judges() -> None:
    source = (Path(__file__).parent / "oracle.py").read_text(encoding="utf-8")
    imported = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            imported.add(node.module)
        elif isinstance(node, ast.Import):
            imported.update(name.name for name in node.names)
    assert {name for name in imported if name and name.startswith("weft")} == {"weft.core.registry.access"}
