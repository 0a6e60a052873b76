"""The doors of an installation as somebody uses them, and what was found behind them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.security.oracle import Oracle
from tests.security.touched import Touched
from tests.security.values import Words
from tests.security.world import Person, World
from weft.core.import_export import exporting
from weft.core.records import unit
from weft.core.rest import limits
from weft.core.testing.client import WeftClient, api_headers, sign_in
from weft.core.web import quotas
from weft.core.web.app import create_app

__all__ = ["Doors", "Finding", "Report"]

#: Tables that a refused call may touch: sessions, tokens and attempts are noted, ids are handed out in blocks.
NOTED = frozenset({"user_session", "api_token", "sign_in_attempt", "id_block", "recent_record"})


@dataclass(frozen=True)
class Finding:
    """One cell of the matrix where door and oracle disagree."""

    kind: str
    person: str
    channel: str
    subject: str
    detail: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.person} {self.channel} {self.subject}: {self.detail}"


@dataclass
class Report:
    """Cases looked at, by channel, named actions that were tried, and what was found."""

    cases: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    actions: set[str] = field(default_factory=set)

    @property
    def total(self) -> int:
        """All cases."""
        return sum(self.cases.values())

    def of(self, kind: str) -> list[Finding]:
        """Findings of one kind: ``leak``, ``wrong refusal``, ``changed`` or ``broken``."""
        return [one for one in self.findings if one.kind == kind]

    def text(self, most: int = 60) -> str:
        """The findings for whoever has to mend them."""
        lines = [str(one) for one in self.findings[:most]]
        return "\n".join([f"{len(self.findings)} findings in {self.total} cases {dict(self.cases)}", *lines])


class Rehearsed(Exception):
    """Takes back what an allowed call did, so that the world stays as it is."""


class Doors:
    """Every door of one world.

    Args:
        world: who and what there is.
        patch: for the limits of calls, and for rehearsals.
    """

    def __init__(self, world: World, patch: pytest.MonkeyPatch) -> None:
        patch.setattr(limits, "PER_MINUTE", 10**9)
        patch.setattr(limits, "FAILURES_PER_MINUTE", 10**9)
        patch.setattr(exporting, "PER_HOUR", 10**9)
        for quota, (_most, seconds) in quotas.QUOTAS.items():  # a door that says "too often" says nothing of rights
            patch.setitem(quotas.QUOTAS, quota, (10**9, seconds))
        self.world = world
        self.app = create_app(world.runtime, testing=True)
        self.app.test_client_class = WeftClient
        self.oracle: Oracle = world.oracle()
        self.report = Report()
        self._headers: dict[str, dict[str, str]] = {}
        self._browsers: dict[str, Any] = {}
        self._words: dict[str, dict[str, set[tuple[int, str]]]] = {}
        #: Person -> two records that they see and may not link.
        self.ends: dict[str, list[int]] = {}
        self._touched = Touched(world.runtime, NOTED)
        self._rehearsing = False
        self._install(patch)

    # ---- who asks

    def headers(self, person: Person) -> dict[str, str]:
        """Headers of a program of somebody; none for nobody."""
        if person.who.user is None:
            return {}
        if person.name not in self._headers:
            self._headers[person.name] = api_headers(self.world.runtime, person.who.user)
        return self._headers[person.name]

    def browser(self, person: Person) -> Any:
        """A browser somebody is signed in with."""
        if person.name not in self._browsers:
            client = self.app.test_client()
            if person.who.user is not None:
                client = sign_in(self.app, self.world.runtime, person.who.user)
            self._browsers[person.name] = client
        return self._browsers[person.name]

    def rest(self, person: Person, method: str, address: str, json: Any = None, **headers: str) -> Any:
        """Call the interface for programs; ``If_Match`` becomes ``If-Match``."""
        sent = {**self.headers(person), **{name.replace("_", "-"): value for name, value in headers.items()}}
        client = self.app.test_client()
        return client.open(f"/api/v1{address}", method=method, headers=sent, json=json)

    def page(self, person: Person, address: str, method: str = "GET", data: Any = None) -> Any:
        """Open a page of somebody's portal."""
        portal = person.portal or "employee"
        return self.browser(person).open(f"/{portal}{address}", method=method, data=data)

    # ---- what was found

    def case(self, channel: str, number: int = 1) -> None:
        """Count cases."""
        self.report.cases[channel] += number

    def found(self, kind: str, person: Person, channel: str, subject: Any, detail: Any) -> None:
        """Note a finding."""
        self.report.findings.append(Finding(kind, person.name, channel, str(subject), str(detail)[:300]))
        print(self.report.findings[-1], flush=True)  # a run that is broken off has told what it found

    def readable_words(self, person: Person) -> dict[str, set[tuple[int, str]]]:
        """Words somebody may meet, with the cells they stand in."""
        if person.name not in self._words:
            self._words[person.name] = self.world.cells(person, self.oracle)
        return self._words[person.name]

    def check_words(self, person: Person, channel: str, subject: Any, answer: Any, asked: str = "") -> frozenset[str]:
        """Every word of the answer must be readable; words of the question may come back. Returns the words."""
        got = Words.within(answer.text if hasattr(answer, "text") else str(answer))
        strange = got - frozenset(self.readable_words(person)) - Words.within(asked)
        if strange:
            places = "; ".join(self.world.place(word) for word in sorted(strange)[:3])
            self.found("leak", person, channel, subject, f"{places} (told on purpose? values.TOLD)")
        if hasattr(answer, "status_code") and answer.status_code >= 500:
            self.found("broken", person, channel, subject, f"{answer.status_code} {answer.text[:200]}")
        return got

    # ---- what a refused call leaves behind

    @contextmanager
    def unchanged(self, person: Person, channel: str, subject: Any, *, but: frozenset[str] = NOTED) -> Iterator[None]:
        """All tables (but some that note calls) and files are the same afterwards."""
        self._touched.since()
        yield
        if changed := sorted({*self._touched.since()} - but):
            self.found("changed", person, channel, subject, f"a refused call left something in {changed}")

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        """Writes inside are taken back at their end, after everything was checked and written."""
        self._rehearsing = True
        try:
            yield
        finally:
            self._rehearsing = False

    def _install(self, patch: pytest.MonkeyPatch) -> None:
        real = unit.writing

        @contextmanager
        def writing(*args: Any, **kwargs: Any) -> Iterator[Any]:
            try:
                with real(*args, **kwargs) as records:
                    yield records
                    if self._rehearsing:
                        raise Rehearsed
            except Rehearsed:
                pass

        patch.setattr(unit, "writing", writing)

    def forget(self) -> None:
        """Words were added to the world: look up anew who may read them."""
        self._words.clear()

    def unlearn(self) -> None:
        """Let the installation compile its rules anew, as a process does that starts with a defect, or without it."""
        self.world.runtime.services.pop("access.policy", None)

    def close(self) -> None:
        """Give the watching connection back."""
        self._touched.close()
