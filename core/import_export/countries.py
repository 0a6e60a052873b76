"""Countries by code and by name in several languages, for the addresses of an import."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from weft.core.db.countries import country_names
from weft.core.i18n import translator
from weft.core.import_export.converting import Unreadable
from weft.core.import_export.targets import normalised

__all__ = ["country_code"]

_ = translator("core")


@cache
def _countries() -> Mapping[str, str]:
    words: dict[str, str] = {}
    for locale in ("en", "zh_Hans", "zh_Hant", "de", "fr", "es"):
        for code, name in country_names(locale).items():
            words.setdefault(normalised(code), code)
            words.setdefault(normalised(name), code)
    words |= {"uk": "GB", "usa": "US", "unitedstatesofamerica": "US", "america": "US", "england": "GB", "holland": "NL",
              "台灣": "TW", "台湾": "TW", "美國": "US", "prchina": "CN", "中国大陆": "CN"}  # fmt: skip
    return words


def country_code(text: str) -> str:
    """ISO 3166-1 alpha-2 code of a country's code or name in several languages.

    Raises:
        Unreadable: no such country.
    """
    code = _countries().get(normalised(text))
    if code is None:
        raise Unreadable(_("“%(value)s” is not a country.") % {"value": text[:60]}, "country")
    return code
