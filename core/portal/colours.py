"""One accent per portal: is it readable, what are its shades, and the few lines of CSS that set it.

Contrast is that of WCAG 2: (lighter + 0.05) / (darker + 0.05) of relative luminances.
"""

from __future__ import annotations

import re

from weft.core.errors import ErrorCollector
from weft.core.i18n import translator

__all__ = ["LEAST", "contrast", "dark_twin", "parse_colours", "stylesheet"]

_ = translator("core")

#: Least contrast of text.
LEAST = 4.5
#: What the dark twin of a colour aims at when nobody chose one: links on dark grounds read better a little brighter.
_WISHED = 7.0
_HEX = re.compile(r"#[0-9a-f]{6}")
#: The pages' grounds and the text on filled buttons; see 01-tokens.css.
_LIGHT, _DARK, _WHITE = "#ffffff", "#181716", "#ffffff"


def contrast(one: str, other: str) -> float:
    """Contrast of two colours written ``#rrggbb``, 1 to 21."""
    first, second = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (first + 0.05) / (second + 0.05)


def parse_colours(accent: str, accent_dark: str) -> tuple[str, str]:
    """Bring the colours an administrator typed to the stored form; empty means the product's own.

    Args:
        accent: links and buttons on light pages; white text stands on it.
        accent_dark: links on dark pages; found from ``accent`` when empty.

    Raises:
        ValidationFailed: no colour, or one that could not be read on the grounds it stands on.
    """
    errors = ErrorCollector()
    light, dark = accent.strip().lower(), accent_dark.strip().lower()
    for name, value in (("accent", light), ("accent_dark", dark)):
        if value and not _HEX.fullmatch(value):
            errors.add(name, "invalid", _("Enter a colour as # and six digits, such as #0a5f63."))
    errors.raise_if_any()
    if dark and not light:
        errors.add("accent", "required", _("Choose the colour for light pages first."))
    found = contrast(light, _LIGHT) if light else LEAST
    if found < LEAST:
        text = _("On white this colour has a contrast of %(found)s : 1; text needs 4.5 : 1. Choose a darker one.")
        errors.add("accent", "contrast", text % {"found": _shown(found)})
    if dark and (found := contrast(dark, _DARK)) < LEAST:
        text = _("On dark pages this colour has a contrast of %(found)s : 1; text needs 4.5 : 1. Choose a lighter one.")
        errors.add("accent_dark", "contrast", text % {"found": _shown(found)})
    errors.raise_if_any()
    return light, dark


def dark_twin(accent: str) -> str:
    """A lighter shade of a colour that reads well on dark pages."""
    return next(shade for step in range(101) if contrast(shade := _mix(accent, _WHITE, step / 100), _DARK) >= _WISHED)


def stylesheet(accent: str, accent_dark: str) -> str:
    """CSS that gives the accent to everything; empty for the product's own.

    On dark pages buttons are as light as white text on them allows, so that they stand out from the ground.
    """
    if not accent:
        return ""
    dark = accent_dark or dark_twin(accent)
    shades = [_mix(accent, _WHITE, step / 100) for step in range(60)]
    fill = [shade for shade in shades if contrast(shade, _WHITE) >= LEAST + 0.6][-1:] or [accent]
    hover = [shade for shade in shades if contrast(shade, _WHITE) >= LEAST][-1]
    pressed = _mix(accent, "#000000", 0.2)
    return (
        ":root, .wf-portal {\n"
        f"  --wf-accent: light-dark({accent}, {dark});\n"
        f"  --wf-accent-fill: light-dark({accent}, {fill[0]});\n"
        f"  --wf-accent-fill-hover: light-dark({pressed}, {hover});\n"
        "  --tblr-primary: var(--wf-accent-fill);\n"
        "  --tblr-link-color: var(--wf-accent);\n"
        "  --tblr-link-hover-color: var(--wf-accent);\n"
        "  --tblr-focus-ring-color: var(--wf-accent);\n"
        "}\n"
    )


def _luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mix(colour: str, other: str, share: float) -> str:
    pairs = [(int(colour[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(own + (to - own) * share):02x}" for own, to in pairs)


def _shown(ratio: float) -> str:
    # Cut, not rounded: 4.49 must not read 4.5.
    return f"{int(ratio * 10) / 10:.1f}"
