"""The plugin's part of the demo company: figures of the story, something for everybody, and nobody else's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from weft.core.identity import principals, users
from weft.core.ops.demo import make_demo
from weft.core.ops.value_lists import install_defaults
from weft.core.portal import terms
from weft.core.records import unit
from weft.core.testing.client import WeftClient, sign_in
from weft.core.testing.plugins import Stage, named
from weft.plugins.communication.services import announcements, people

PLUGINS = (
    "crm", "communication", "portal_employee", "portal_customer", "portal_supplier", "portal_distributor",
)  # fmt: skip
NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
INSIDE = ("admin", "manager", "sales", "hr", "finance", "project", "employee", "head", "executive")
OUTSIDE = {"customer": "customer", "supplier": "supplier", "distributor": "distributor", "agent": "distributor"}


@pytest.fixture(scope="module")
def company(weft_databases: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The small demo company, made once for this module; tests only read it."""
    stage = Stage()
    classes = stage.enter(named(PLUGINS))
    runtime = weft_databases.runtime("sqlite", classes, tmp_path_factory.mktemp("talks"))
    runtime.clock = lambda: NOW
    install_defaults(runtime)
    make_demo(runtime)
    yield runtime
    weft_databases.drop(runtime)
    stage.leave()


def reading(company: Any, who: str) -> Any:
    """A unit of work of a person of the demo."""
    audience = OUTSIDE.get(who, "employee")
    with company.db.read() as connection:
        user = users.find_by_email(connection, f"{who}@demo.weft.example", audience)
        principal = principals.load(connection, company, user.id, audience)
    return unit.reading(company, principal)


def test_four_announcements_of_which_one_is_confirmed_by_31_of_48(company):
    with reading(company, "hr") as records:
        rows = records.query("communication.announcement", filters={"status": "published"}).rows
        assert len(rows) == 4
        (must,) = [row for row in rows if row["to_confirm"]]
        lines = announcements.by_unit(records, must["id"])
        assert (sum(len(line.done) for line in lines), sum(len(line.open) for line in lines)) == (31, 17)
        (yard,) = [row for row in rows if row["valid_until"] and row["subject"].startswith("Calibration")]
        told = sum(len(line.done) + len(line.open) for line in announcements.by_unit(records, yard["id"]))
        assert told == 15


@pytest.mark.parametrize("who", INSIDE)
def test_everybody_who_signs_in_has_something_to_read_and_to_answer(company, who):
    with reading(company, who) as records:
        assert len(announcements.waiting(records)) >= 1
        assert len(records.query("communication.thread").rows) >= 3
        assert people.unread_count(records) >= 1
        assert len(records.query("communication.news").rows) >= 3


@pytest.mark.parametrize(
    ("who", "talks", "unread", "news"),
    [("customer", 3, 1, 4), ("supplier", 3, 3, 3), ("distributor", 2, 1, 4), ("agent", 2, 1, 4)],
)
def test_people_outside_see_their_own_conversations_and_the_news_for_them(company, who, talks, unread, news):
    with reading(company, who) as records:
        threads = records.query("communication.thread").rows
        assert len(threads) == talks and people.unread_count(records) == unread
        assert {row["account"].id for row in threads} <= set(records.principal.anchors)
        assert 3 <= len(records.query("communication.message").rows) <= 16
        shown = records.query("communication.news").rows
        assert len(shown) == news
        if who in ("customer", "distributor"):
            newest = shown[0]
            assert newest["headline"].startswith("LD-4") and newest["published_at"].date().isoformat() == "2026-11-16"
        assert "visible" not in shown[0] and "audiences" not in shown[0]


def test_answers_come_after_questions(company):
    with reading(company, "executive") as records:
        system = records.system("test")
        threads = system.query("communication.thread", limit=100).rows
        for thread in threads:
            page = system.query("communication.message", filters={"thread": thread["id"]}, sort="id", limit=50)
            moments = [row["sent_at"] for row in page.rows]
            assert moments == sorted(moments) and moments[-1] <= NOW, thread["subject"]


@pytest.mark.parametrize("who", [*INSIDE, *OUTSIDE])
def test_tiles_say_what_the_lists_behind_them_say(company, who):
    from weft.core.web.app import create_app

    audience = OUTSIDE.get(who, "employee")
    app = create_app(company, testing=True)
    app.test_client_class = WeftClient
    with company.db.read() as connection:
        user = users.find_by_email(connection, f"{who}@demo.weft.example", audience)
    _agree(company, user.id, audience)
    client = sign_in(app, company, user.id)
    home = client.get(f"/{audience}/").text
    if audience == "employee":
        told = re.search(r'data-tile="communication\.announcements".*?wf-n">(\d+)<', home, re.S)
        listed = client.get("/employee/communication/board?waiting=1").text
        assert int(told[1]) == _heads(listed)
        unread = re.search(r'data-tile="communication\.unread".*?wf-n">(\d+)<', home, re.S)
        assert int(unread[1]) == _heads(client.get("/employee/messages/?unread=1").text)
    else:
        assert _heads(client.get(f"/{audience}/messages/?unread=1").text) == (3 if who == "supplier" else 1)
        waiting = home.split('class="wf-card-list"', 1)[1].split("</ul>", 1)[0]
        assert waiting.count(f"/{audience}/communication/") >= (3 if who == "supplier" else 1)
        assert _heads(client.get(f"/{audience}/communication/news/").text) >= 3


def _agree(company: Any, user_id: int, audience: str) -> None:
    """Agree to the terms of the portal, as visitors do after their first sign-in."""
    with company.db.read() as connection:
        principal = principals.load(connection, company, user_id, audience)
    with unit.writing(company, principal) as records:
        asked = terms.missing(records.connection, company, principal, audience)
        if asked:
            terms.agree(records, audience, {kind: text.version for kind, text in asked.items()})


def _heads(page: str) -> int:
    """The number beside the title of a list."""
    return int(re.search(r"<h1[^>]*>.*?wf-n[^>]*>(\d+)<", page, re.S)[1])
