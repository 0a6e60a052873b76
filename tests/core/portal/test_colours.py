"""The accent of a portal: what can be read is taken, everything else refused with the reason."""

from __future__ import annotations

import pytest

from weft.core.errors import ValidationFailed
from weft.core.portal import colours

DARK_GROUND = "#181716"


def test_black_on_white_has_the_largest_contrast() -> None:
    assert round(colours.contrast("#000000", "#ffffff")) == 21
    assert colours.contrast("#0a5f63", "#ffffff") > 7


@pytest.mark.parametrize("accent", ["#0a5f63", "#3550b4", "#767676", "#8a1c1c"])
def test_every_shade_that_is_served_can_be_read(accent: str) -> None:
    light, dark = colours.parse_colours(accent.upper(), "")
    css = colours.stylesheet(light, dark)
    assert f"light-dark({accent}," in css
    shades = [
        part.strip(" ();") for line in css.splitlines() if "fill" in line for part in line.split(":")[-1].split(",")
    ]
    shades = [one.removeprefix("light-dark(") for one in shades if "#" in one]
    assert len(shades) == 4 and all(colours.contrast(one, "#ffffff") >= colours.LEAST for one in shades)
    assert colours.contrast(colours.dark_twin(accent), DARK_GROUND) >= colours.LEAST


@pytest.mark.parametrize(
    ("accent", "accent_dark", "field", "said"),
    [
        ("#ffcc00", "", "accent", "darker"),
        ("#777777", "", "accent", "4.4 : 1"),
        ("#0a5f63", "#333333", "accent_dark", "lighter"),
        ("teal", "", "accent", "#0a5f63"),
        ("#0a5f6", "", "accent", "six digits"),
        ("#0a5f63;}body{", "", "accent", "six digits"),
        ("", "#6cc5c4", "accent", "first"),
    ],
)
def test_a_colour_that_cannot_be_read_is_refused(accent: str, accent_dark: str, field: str, said: str) -> None:
    with pytest.raises(ValidationFailed) as caught:
        colours.parse_colours(accent, accent_dark)
    (error,) = caught.value.errors
    assert error.field == field and said in str(error.message)


def test_no_colour_is_the_products_own() -> None:
    assert colours.parse_colours(" ", "") == ("", "") and colours.stylesheet("", "") == ""
