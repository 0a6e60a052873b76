"""Words for days, and patterns that find text whatever its case."""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, date, datetime

import pytest

from weft.core.access.moments import Moment, Word, day_of
from weft.core.access.texts import escaped_like, pattern

TODAY = date(2026, 2, 28)


@pytest.mark.parametrize(
    ("word", "day"),
    [
        ("today", "2026-02-28"), ("today+1", "2026-03-01"), ("today-28", "2026-01-31"), ("tomorrow", "2026-03-01"),
        ("yesterday", "2026-02-27"), ("week_start", "2026-02-23"), ("week_end", "2026-03-01"),
        ("month_start", "2026-02-01"), ("month_end", "2026-02-28"), ("quarter_start", "2026-01-01"),
        ("quarter_end", "2026-03-31"), ("year_start", "2026-01-01"), ("year_end", "2026-12-31"),
        ("month_start+14", "2026-02-15"),
    ],
)  # fmt: skip
def test_day_words(word, day):
    assert day_of(word, TODAY) == date.fromisoformat(day)


@pytest.mark.parametrize("word", ["", "now", "monday", "today+", "today+99999", "today ", "TODAY"])
def test_other_words_are_no_days(word):
    with pytest.raises(ValueError):
        day_of(word, TODAY)


def test_the_year_turns_inside_a_month_and_a_quarter():
    assert day_of("month_end", date(2026, 12, 5)) == date(2026, 12, 31)
    assert day_of("quarter_end", date(2026, 11, 5)) == date(2026, 12, 31)


def test_a_day_begins_where_the_viewer_is():
    moment = Moment(datetime(2026, 2, 28, 20, tzinfo=UTC), "Asia/Shanghai", 7)
    assert moment.today == date(2026, 3, 1)
    assert Word("today", "start").value(moment) == datetime(2026, 2, 28, 16, tzinfo=UTC)
    assert Word("today", "following").value(moment) == datetime(2026, 3, 1, 16, tzinfo=UTC)
    assert Word("today", "date").value(moment) == date(2026, 3, 1)
    assert Word("me", "user").value(moment) == 7
    assert Moment(moment.now, "Nowhere/Land").today == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("needle", "found", "missed"),
    [
        ("éCLAIR", "Éclair", "Eclair"), ("ÖL*", "öl*", "öl-"), ("ñ[a]?", "Ñ[A]?", "Ña"), ("ДОМ", "мой дом.", "том"),
        ("straße", "STRAßE 1", "strase"), ("ä.b", "Ä.B", "äxb"), ("é\\", "É\\", "é/"),
    ],
)  # fmt: skip
def test_patterns_mean_the_same_to_both_engines(needle, found, missed):
    connection = sqlite3.connect(":memory:")
    for start in (False, True):
        made = pattern(needle, start=start)
        for text, expected in ((found, not start or found.lower().startswith(needle.lower())), (missed, False)):
            assert bool(connection.execute("SELECT ? GLOB ?", (text, made["sqlite"])).fetchone()[0]) == expected
            assert bool(re.search(made["postgresql"], text)) == expected
    connection.close()


def test_like_patterns_take_every_character_as_it_is():
    connection = sqlite3.connect(":memory:")
    for needle in ("100%", "a_b", "c/d", "荷兰"):
        like = escaped_like(needle, start=False)
        query = "SELECT ? LIKE ? ESCAPE '/'"
        assert connection.execute(query, (f"x{needle.upper()}y", like)).fetchone()[0] == 1
        assert connection.execute(query, ("100x a-b cd", like)).fetchone()[0] == 0
    connection.close()
