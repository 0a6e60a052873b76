"""Countries of ISO 3166-1, for addresses: which two-letter codes there are, and their names.

Babel's list of territories also has codes that name no country: reserved ones, groups of countries, codes of a user
and the pseudo languages of testers.
"""

from __future__ import annotations

from functools import cache

from babel import Locale

__all__ = ["country_codes", "country_names"]

#: Two-letter territories of CLDR that ISO 3166-1 does not assign.
_NOT_ASSIGNED = frozenset({
    "AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ",
})  # fmt: skip


@cache
def country_codes() -> frozenset[str]:
    """The alpha-2 codes, in capitals."""
    codes = map(str, Locale.parse("en").territories)
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha() and code not in _NOT_ASSIGNED)


@cache
def country_names(locale: str) -> dict[str, str]:
    """Code -> name in a Babel locale (``zh_Hans``), for every code of :func:`country_codes` that has a name there."""
    names = Locale.parse(locale).territories
    return {code: str(names[code]) for code in sorted(country_codes()) if code in names}
