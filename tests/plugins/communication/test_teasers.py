"""Lines of lists show whole words of a text, and that it goes on."""

from __future__ import annotations

import pytest

from weft.plugins.communication.services.teasers import beginning


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("Short **and** done.", 40, "Short and done."),
        ("# Hall 2\n\n- shut on **Friday**\n- open on Monday", 60, "Hall 2 shut on Friday open on Monday"),
        ("> 1. Read [the plan](https://weft.example/plan)\n---\n2) Sign it", 60, "Read the plan Sign it"),
        ("-5 degrees in #3, 2.5 bar", 60, "-5 degrees in #3, 2.5 bar"),
        ("The update takes five minutes by the service port.", 30, "The update takes five…"),
        ("两节之间鹿特丹每天九点到十三点有人，苏州照常答复。", 12, "两节之间鹿特丹每天九点…"),
    ],
)
def test_the_beginning_of_a_text(text: str, limit: int, shown: str) -> None:
    assert beginning(text, limit) == shown
    assert len(shown) <= limit
