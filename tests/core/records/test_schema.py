"""What each kind of field takes and refuses; API values and Python values load alike and come back the same."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weft.core.db import field
from weft.core.db.fields import choices, trait
from weft.core.db.money import Money
from weft.core.records.kinds import Refused, api_value, converter, phone_region

COLOURS = choices(red="Red", green="Green", blue="Blue")
REFERENCE = {"to": trait("x.y"), "relation": "x.a", "inverse": ("x.b", "B")}


def load(declared, value):
    return converter(declared.named("f"))(value)


@pytest.mark.parametrize(
    ("declared", "value", "wanted"),
    [
        (field.text("T"), "  a b ", "a b"),
        (field.text("T"), "   ", None),
        (field.text("T"), "e\u0301", "é"),
        (field.multiline("T"), "a\r\nb\r", "a\nb"),
        (field.markdown("T"), "# a\n\tb", "# a\n\tb"),
        (field.integer("I"), " 12 ", 12),
        (field.integer("I"), Decimal("7"), 7),
        (field.integer("I"), 0, 0),
        (field.decimal("D", scale=3), "1.5", Decimal("1.500")),
        (field.decimal("D"), 0.1, Decimal("0.10")),
        (field.decimal("D"), "-0.00", Decimal("0.00")),
        (field.money("M"), {"amount": "12.5", "currency": "cny"}, Money(Decimal("12.50"), "CNY")),
        (field.money("M"), {"amount": 3, "currency": "EUR"}, Money(Decimal("3.00"), "EUR")),
        (field.money("M"), {"amount": "", "currency": "EUR"}, None),
        (field.date("D"), "2026-02-28", date(2026, 2, 28)),
        (field.datetime("D"), "2026-01-01T08:00:00+08:00", datetime(2026, 1, 1, tzinfo=UTC)),
        (field.datetime("D"), "2026-01-01T00:00:00Z", datetime(2026, 1, 1, tzinfo=UTC)),
        (field.boolean("B"), "on", True),
        (field.boolean("B"), 0, False),
        (field.choice("C", COLOURS), "red", "red"),
        (field.multi_choice("C", COLOURS), ["blue", "red", "blue", ""], ["red", "blue"]),
        (field.multi_choice("C", COLOURS), [], None),
        (field.email("E"), " Name@Example.COM ", "name@example.com"),
        (field.phone("P"), "+86 512 6500 1234", "+8651265001234"),
        (field.url("U"), "https://example.com/a?b=c", "https://example.com/a?b=c"),
        (field.reference("R", **REFERENCE), "17", 17),
        (field.reference("R", **REFERENCE), {"id": 17, "title": "x"}, 17),
        (field.address("A"), {"country": "nl", "lines": "Kade 1\n"},
         {"country": "NL", "region": None, "city": None, "lines": ["Kade 1"], "postcode": None}),
        (field.address("A"), {"country": "", "lines": []}, None),
    ],
)  # fmt: skip
def test_values_that_are_taken(declared, value, wanted):
    loaded = load(declared, value)
    assert loaded == wanted and type(loaded) is type(wanted)
    assert load(declared, loaded) == loaded, "a Python value loads as itself"
    assert load(declared, api_value(declared.named("f"), loaded)) == loaded, "what is written out can be read again"


@pytest.mark.parametrize(
    ("declared", "value", "code"),
    [
        (field.text("T"), 5, "invalid"),
        (field.text("T"), "a\x00b", "control"),
        (field.text("T"), "a\nb", "control"),
        (field.text("T"), "a\ud800", "control"),
        (field.text("T", max_length=3), "abcd", "too_long"),
        (field.multiline("T"), "a\x07", "control"),
        (field.integer("I"), "1.5", "invalid"),
        (field.integer("I"), True, "invalid"),
        (field.integer("I"), 2**53, "invalid"),
        (field.integer("I"), "٣", "invalid"),
        (field.integer("I", minimum=1), 0, "too_small"),
        (field.integer("I", maximum=1), 2, "too_large"),
        (field.decimal("D"), "1.234", "scale"),
        (field.decimal("D"), "1e30", "too_large"),
        (field.decimal("D"), "NaN", "invalid"),
        (field.decimal("D"), "1_000", "invalid"),
        (field.decimal("D"), "Infinity", "invalid"),
        (field.money("M"), "12", "invalid"),
        (field.money("M"), {"amount": 1.5, "currency": "EUR"}, "invalid"),
        (field.money("M"), {"amount": "1", "currency": "EURO"}, "currency"),
        (field.money("M"), {"amount": "1"}, "currency"),
        (field.money("M"), {"amount": "1", "currency": "EUR", "rate": "2"}, "invalid"),
        (field.date("D"), "2026-02-30", "invalid"),
        (field.date("D"), datetime(2026, 1, 1, tzinfo=UTC), "invalid"),
        (field.datetime("D"), "2026-01-01T00:00:00", "zone"),
        (field.datetime("D"), datetime(2026, 1, 1), "zone"),  # noqa: DTZ001
        (field.datetime("D"), "now", "invalid"),
        (field.boolean("B"), "maybe", "invalid"),
        (field.choice("C", COLOURS), "pink", "choice"),
        (field.multi_choice("C", COLOURS), ["red", "pink"], "choice"),
        (field.multi_choice("C", COLOURS), {"red": 1}, "invalid"),
        (field.email("E"), "a@b", "invalid"),
        (field.email("E"), "a b@c.de", "invalid"),
        (field.phone("P"), "12345", "invalid"),
        (field.phone("P"), "+31 1", "invalid"),
        (field.url("U"), "javascript:alert(1)", "invalid"),
        (field.url("U"), "https://user:pw@example.com", "invalid"),
        (field.url("U"), "https://", "invalid"),
        (field.reference("R", **REFERENCE), -1, "invalid"),
        (field.reference("R", **REFERENCE), 1.0, "invalid"),
        (field.file("F"), True, "invalid"),
        (field.address("A"), {"street": "x"}, "invalid"),
        (field.address("A"), {"country": "XX"}, "country"),
        (field.address("A"), {"lines": ["x"] * 7}, "invalid"),
    ],
)
def test_values_that_are_refused(declared, value, code):
    with pytest.raises(Refused) as failure:
        load(declared, value)
    assert failure.value.code == code


def test_numbers_without_country_code_belong_to_the_companys_country():
    token = phone_region.set("CN")
    try:
        assert load(field.phone("P"), "0512-6500 1234") == "+8651265001234"
    finally:
        phone_region.reset(token)


ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=40), st.lists(st.text(max_size=5)),
    st.dictionaries(st.text(max_size=9), st.text(max_size=5), max_size=3),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(ANYTHING)
def test_no_value_at_all_breaks_a_converter(value):
    for declared in (
        field.text("T"), field.multiline("T"), field.integer("I"), field.decimal("D"), field.money("M"),
        field.date("D"), field.datetime("D"), field.boolean("B"), field.choice("C", COLOURS),
        field.multi_choice("C", COLOURS),
        field.email("E"), field.phone("P"), field.url("U"), field.address("A"), field.reference("R", **REFERENCE),
    ):  # fmt: skip
        try:
            loaded = load(declared, value)
        except Refused:
            continue
        assert load(declared, api_value(declared.named("f"), loaded)) == loaded


@settings(max_examples=200, deadline=None)
@given(st.datetimes(timezones=st.just(timezone(timedelta(hours=8)))), st.decimals(-(10**12), 10**12, places=2))
def test_moments_and_amounts_survive_the_journal(moment, amount):
    declared = field.datetime("D").named("f")
    if datetime(2, 1, 1, tzinfo=UTC) < moment:
        assert converter(declared)(api_value(declared, converter(declared)(moment))) == moment
    money = field.money("M").named("f")
    loaded = converter(money)({"amount": str(amount), "currency": "CNY"})
    assert converter(money)(api_value(money, loaded)) == loaded == Money(amount, "CNY")
