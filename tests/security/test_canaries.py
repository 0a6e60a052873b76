"""Two firms: every text of the other one, and what is internal about one's own, stands on no page anybody can reach."""

from __future__ import annotations

import pytest

from tests.security.crawl import Crawl
from tests.security.doors import Doors
from tests.security.matrix import PARTS, WHOLE, part
from tests.security.values import Words
from tests.security.world import Person, World
from weft.core.collaboration import comments, notices
from weft.core.mail.mailer import Mailbox
from weft.core.outbox.worker import Worker
from weft.core.records import unit

pytestmark = pytest.mark.slow


def starts(doors: Doors, person: Person) -> list[str]:
    """Where somebody may begin: their portal and every list; exports, records and files by guessed numbers.

    A selection holds the lists they know and some others, and of each kind a record of both firms.
    """
    portal, world = person.portal, doors.world
    everything = WHOLE or person.who.user is None  # a visitor is sent to sign in, which takes no time
    known = [key for key in world.registry.entities if everything or doors.oracle.known(person.who, key)]
    closed = [key for key in world.registry.entities if key not in known][::12]
    kinds = [world.registry.entity(key) for key in [*known, *closed]]
    lists = [f"/{portal}/{e.plugin}/{e.slug}/" for e in kinds]
    exports = [f"{one}export.csv?all=1" for one in lists]
    records = [
        f"/r/{number}" for e in kinds for label, number in world.made[e.key].items() if WHOLE or label in ("A", "B")
    ]  # fmt: skip
    files = [f"/files/{one[0]}" for some in world.attached.values() for one in some][:: part(1, 40)]
    pages = [f"/{portal}/{page}/" for page in ("", "notices", "todo", "search", "profile", "trash", "calendar")]
    words = sorted({word for row in world.book.rows.values() for word in Words.within(str(row["title"]))})[::7]
    palette = [f"/{portal}/palette/?q={word}" for word in words[: part(40, 5)]]
    return [one.replace("//", "/") for one in ("/", *pages, *lists, *records, *files, *exports, *palette)]


def crawled(doors: Doors, person: Person, most: int) -> list[str]:
    """What stood where it may not."""
    allowed = frozenset(doors.readable_words(person))
    walk = Crawl(doors.browser(person), most=most)
    walk.walk(starts(doors, person))
    wrong = []
    for address, text in walk.pages.items():
        strange = Words.within(text) - allowed - Words.within(address)
        if strange:
            wrong.append(f"{person.name} {address}: {sorted(strange)[:4]}")
    wrong += [f"{person.name} {address}: {status}" for address, status in walk.statuses.items() if status >= 500]
    assert len(walk.pages) > 40, f"{person.name} got nowhere"
    return wrong


@pytest.mark.parametrize("number", range(PARTS))
@pytest.mark.parametrize("firm", ["A", "B"])
def test_people_of_one_firm_meet_no_word_of_the_other(doors: Doors, firm: str, number: int) -> None:
    wrong: list[str] = []
    for person in doors.world.people[number::PARTS]:
        # Whoever has a role also sees what the base role of the audience sees: those without one are left out. A
        # selection takes those who have all roles of their audience.
        mine = person.who.roles and person.outside and person.name.endswith(f"of {firm}")
        if mine and (WHOLE or "with all roles" in person.name):
            wrong += crawled(doors, person, part(3000, 170))
    assert not wrong, "\n".join(wrong[:40])


def test_an_employee_without_roles_meets_nothing_of_business(doors: Doors) -> None:
    wrong = crawled(doors, doors.world.person("employee"), part(3000, 120))
    assert not wrong, "\n".join(wrong[:40])


def test_a_visitor_meets_nothing(doors: Doors) -> None:
    person = doors.world.person("nobody")
    walk = Crawl(doors.browser(person), most=part(3000, 400))
    walk.walk([one for portal in doors.world.registry.portals for one in _of(doors, person, portal)])
    wrong = [address for address, text in walk.pages.items() if Words.within(text) - Words.within(address)]
    assert not wrong, "\n".join(wrong[:40])


def _of(doors: Doors, person: Person, portal: str) -> list[str]:
    from dataclasses import replace

    return starts(doors, replace(person, portal=portal))


def test_what_is_planted_is_found(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    from weft.core.files import files

    monkeypatch.setattr(files, "_may_open", lambda records, row: True)
    wrong = crawled(doors, doors.world.person("estate.tenant of A"), part(300, 120))
    assert any("/files/" in one for one in wrong)


def test_followers_are_told_and_written_to_only_about_what_they_may_read(
    world: World, doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody follows a record of each firm; somebody comments, internally and for all, and hands it over."""
    box = Mailbox()
    runtime = world.runtime
    monkeypatch.setitem(runtime.services, "mailer", box)
    settings = runtime.settings.with_changes(mail_url="smtp://127.0.0.1:2525?from=weft@test.example")
    monkeypatch.setattr(runtime, "settings", settings)
    oracle, colleague = world.oracle(), world.person("colleague").who.user
    numbers = [world.made["estate.job"][firm] for firm in "AB"]
    with runtime.db.read() as connection:
        before = connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM notice").scalar_one()
    said: dict[str, tuple[int, str]] = {}
    with world.acting(colleague) as records:
        for number in numbers:
            for audience in ("internal", "shared"):
                word = world.words.new("n")
                said[word] = (number, audience)
                world.spoken[number].append((audience, word))
                comments.add(records, number, word, audience=audience)
    doors.forget()
    Worker(runtime).run_due()
    with runtime.db.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT user_id, record_id, kind FROM notice WHERE id > ? AND record_id IN (?, ?)", (before, *numbers)
        ).all()
    told = {(row[0], row[1]) for row in rows}
    people = [person for person in world.people if person.who.user not in (None, colleague)]
    expected = {(p.who.user, number) for p in people for number in numbers if oracle.sees(p.who, number)}
    assert told == expected
    for person in people:
        with unit.reading(runtime, world.cast.principal(person.who.user or 0)) as records:
            texts = " ".join(one.text for one in notices.inbox(records, limit=200))
        assert not Words.within(texts) - frozenset(world.cells(person, oracle)), person.name
    for message in box.messages:
        assert not Words.within(f"{message.subject} {message.text}") & set(said), message.to
