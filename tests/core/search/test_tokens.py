"""Which words a text is found by."""

from __future__ import annotations

import pytest

from weft.core.search.tokens import Wanted, matches, phone_tokens, pinyin_tokens, tokens, wanted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pump LD-3", {"pump", "ld-3", "ld", "3", "ld3"}),
        ("漏损", {"漏", "损", "漏损"}),
        ("水A泵", {"水", "a", "泵"}),
        ("Müller’s ＡＢＣ", {"mullers", "abc"}),
        ("a_b", {"a_b", "a", "b"}),
        ("anna@demo.example", {"anna@demo.example", "anna", "demo", "example"}),
        ("…!? ", set()),
        ("東京タワー", {"東", "京", "タ", "ワ", "ー", "東京", "京タ", "タワ", "ワー"}),
    ],
)
def test_tokens(text, expected):
    assert tokens(text) == expected


def test_only_the_word_being_typed_may_go_on():
    assert wanted("big pum") == (Wanted("big"), Wanted("pum", prefix=True))
    assert wanted("漏损控制") == (Wanted("漏损"), Wanted("损控"), Wanted("控制"))
    assert wanted("LD-3 漏") == (Wanted("ld-3"), Wanted("漏"))
    assert wanted(" - ") == ()
    assert wanted("138 1234 5678") == (Wanted("13812345678", prefix=True),)
    assert len(wanted(" ".join(f"w{number}" for number in range(50)))) == 12


def test_every_part_of_a_text_matches_it():
    text = "北方智造 LD-3 Haverdijk"
    have = tokens(text)
    for start in range(4):
        for end in range(start + 1, 5):
            assert matches(have, wanted(text[start:end]))
    assert matches(have, wanted("haver")) and not matches(have, wanted("haver ld"[::-1]))


def test_spellings():
    assert {"lst", "linshutong", "shutong", "st"} <= pinyin_tokens("林疏桐")
    assert {"chongqing", "zhongqing", "cq", "zq"} <= pinyin_tokens("重庆")
    assert {"lvbu", "lb"} <= pinyin_tokens("吕布")
    assert pinyin_tokens("Anna") == set()
    assert len(pinyin_tokens("重重重重重重重重重重")) <= 32


def test_endings_of_numbers():
    found = phone_tokens("+8613812345678")
    assert {"8613812345678", "13812345678", "12345678", "5678"} <= found
    assert "345678" not in found and phone_tokens("12") == set()
