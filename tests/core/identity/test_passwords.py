"""Passwords: what is refused and why, and that nobody can tell unknown people from known ones by the clock."""

from __future__ import annotations

import statistics
import time

import pytest

from weft.core.errors import ValidationFailed
from weft.core.identity import passwords
from weft.core.identity.common_passwords import common_passwords

CONTEXT = ("lin.shutong@weirholm.example", "Lin Shutong", "林疏桐", "Weirholm Instruments")


def refusal(password: str) -> str | None:
    try:
        passwords.check_policy(password, CONTEXT)
    except ValidationFailed as error:
        assert error.errors[0].field == "password"
        return error.errors[0].code
    return None


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short-one-1", "too_short"),
        ("x" * 129, "too_long"),
        ("Password1234!", "common"),
        ("P@ssw0rd2026!!", "common"),
        ("Welcome-2026!!", "common"),
        ("123456789012", "common"),
        ("qwertyuiop123", "common"),
        ("1qaz2wsx3edc", "common"),
        ("abcdefghijkl", "common"),
        ("aaaaaaaaaaaaa", "common"),
        ("abcabcabcabcabc", "common"),
        ("iloveyouiloveyou", "common"),
        ("zhongguo12345678", "common"),
        ("2026-11-22-2026", "common"),
        ("lin.shutong2026", "personal"),
        ("shutong-weirholm-1", "personal"),
        ("Instruments-Lin!", "personal"),
        ("ｐａｓｓｗｏｒｄ１２３４", "common"),
    ],
)
def test_refused_with_a_reason(password: str, code: str) -> None:
    assert refusal(password) == code


@pytest.mark.parametrize(
    "password",
    [
        "tulips under rain",
        "correct horse battery",
        "林疏桐喜欢在苏州喝绿茶吃点心哦",
        "Xk29fk2lsl2v",
        "x" * 3 + "y7$K" * 31,
    ],
)
def test_accepted_without_rules_of_composition(password: str) -> None:
    assert refusal(password) is None


def test_the_list_is_long_and_only_of_passwords_the_length_rule_lets_pass() -> None:
    assert len(common_passwords()) >= 3000
    assert min(map(len, common_passwords())) >= passwords.MIN_LENGTH
    assert all(refusal(word) == "common" for word in sorted(common_passwords())[::97] if len(word) <= 128)


def test_stored_with_argon2id_and_the_agreed_cost() -> None:
    stored = passwords.hash_password("tulips under rain")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.verify(stored, "tulips under rain")
    assert not passwords.verify(stored, "tulips under snow")
    assert passwords.hash_password("tulips under rain") != stored
    assert not passwords.needs_rehash(stored)
    assert passwords.needs_rehash(stored.replace("t=2", "t=1"))


def test_one_text_typed_in_two_ways_is_one_password() -> None:
    assert passwords.verify(passwords.hash_password("café au lait noir"), "café au lait noir")


def test_no_stored_password_is_never_right_and_takes_as_long() -> None:
    stored = passwords.hash_password("tulips under rain")
    assert not passwords.verify(None, "")
    assert not passwords.verify("broken", "tulips under rain")

    def seconds(of: str | None) -> float:
        began = time.perf_counter()
        passwords.verify(of, "something else")
        return time.perf_counter() - began

    pairs = [(seconds(stored), seconds(None)) for _number in range(15)]
    known, unknown = (statistics.median(column) for column in zip(*pairs, strict=True))
    assert 0.5 < known / unknown < 2
