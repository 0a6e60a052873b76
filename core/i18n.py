"""Texts in the viewer's language: one gettext domain per plugin, lazy strings, locale of the moment.

Catalogues are ``translations/<locale>/LC_MESSAGES/<domain>.po`` in the package of the domain and are read straight
from the ``.po`` file, so a checkout needs no compile step. Formats of dates, numbers and money are in :mod:`babel`.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from gettext import GNUTranslations, NullTranslations
from importlib import resources
from typing import Protocol

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

__all__ = [
    "LOCALES", "LazyText", "WrittenText", "babel_locale", "current_locale", "in_script", "register_domain",
    "translator", "use_locale",
]  # fmt: skip

#: Locales a person can choose: code -> name in that language.
LOCALES: dict[str, str] = {"en": "English", "zh": "简体中文"}
_BABEL = {"en": "en_GB", "zh": "zh_Hans_CN"}
_locale: ContextVar[str] = ContextVar("weft_locale", default="en")
_packages: dict[str, str] = {"core": "weft.core"}
_catalogues: dict[tuple[str, str], NullTranslations] = {}
_lock = threading.Lock()


class LazyText:
    """A message that is looked up in the locale of the moment it is shown.

    Behaves like ``str`` for formatting; ``%`` fills named or positional slots after translation. A context tells
    apart messages of the same words that other languages say differently.
    """

    __slots__ = ("domain", "message", "arguments", "context")

    def __init__(self, domain: str, message: str, arguments: object = None, context: str | None = None) -> None:
        self.domain = domain
        self.message = message
        self.arguments = arguments
        self.context = context

    def __str__(self) -> str:
        text = gettext(self.domain, self.message, self.context)
        return text if self.arguments is None else text % self.arguments

    def in_locale(self, locale: str) -> str:
        """Return the text in one locale, whatever the present one is."""
        with use_locale(locale):
            return str(self)

    def __mod__(self, arguments: object) -> LazyText:
        return LazyText(self.domain, self.message, arguments, self.context)

    def __repr__(self) -> str:
        return f"LazyText({self.domain!r}, {self.message!r})"

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other)

    def __hash__(self) -> int:
        return hash((self.domain, self.message, self.context))

    def __html__(self) -> str:
        from markupsafe import escape

        return str(escape(str(self)))

    def __len__(self) -> int:
        return len(str(self))

    def __lt__(self, other: object) -> bool:
        return str(self) < str(other)


class WrittenText(LazyText):
    """A label that a company wrote in both languages; where one is missing the other one shows."""

    __slots__ = ("other",)

    def __init__(self, english: str, chinese: str) -> None:
        super().__init__("", english or chinese)
        self.other = chinese or english

    def __str__(self) -> str:
        return self.other if _locale.get() == "zh" else self.message


#: A label: plain text is allowed where a company wrote it, lazy text where code did.
Text = str | LazyText


class Translator(Protocol):
    """The ``_`` of a plugin: ``_("New")``, or ``_("New", "home band")`` with a context for translators."""

    def __call__(self, message: str, context: str | None = None) -> LazyText: ...


def translator(domain: str) -> Translator:
    """Return the ``_`` of a plugin: marks a message of ``domain`` for translation when shown."""

    def mark(message: str, context: str | None = None) -> LazyText:
        return LazyText(domain, message, context=context)

    return mark


def register_domain(domain: str, package: str) -> None:
    """Tell where the catalogues of a domain are; called by the plugin loader."""
    with _lock:
        _packages[domain] = package
        for key in [key for key in _catalogues if key[0] == domain]:
            del _catalogues[key]


def gettext(domain: str, message: str, context: str | None = None) -> str:
    """Translate a message of a domain into the present locale; unknown messages come back as they are."""
    if not message:
        return ""
    found = catalogue(domain, _locale.get())
    return found.gettext(message) if context is None else found.pgettext(context, message)


def ngettext(domain: str, singular: str, plural: str, number: int) -> str:
    """Translate a message with a plural form."""
    return catalogue(domain, _locale.get()).ngettext(singular, plural, number)


def catalogue(domain: str, locale: str) -> NullTranslations:
    """Return the (cached) catalogue of a domain in a locale; empty when there is none."""
    key = (domain, locale)
    found = _catalogues.get(key)
    if found is None:
        found = _load(domain, locale)
        with _lock:
            _catalogues[key] = found
    return found


def _load(domain: str, locale: str) -> NullTranslations:
    package = _packages.get(domain)
    if package is None or locale == "en":
        return NullTranslations()
    try:
        source = resources.files(package) / "translations" / locale / "LC_MESSAGES" / f"{domain}.po"
        if not source.is_file():
            return NullTranslations()
        parsed = read_po(io.BytesIO(source.read_bytes()), locale=_BABEL[locale])
    except ModuleNotFoundError:
        return NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, parsed)
    compiled.seek(0)
    return GNUTranslations(compiled)


def current_locale() -> str:
    """The locale of the viewer: a key of :data:`LOCALES`."""
    return _locale.get()


def set_locale(locale: str) -> None:
    """Set the locale of this context (a request, a job)."""
    _locale.set(locale if locale in LOCALES else "en")


@contextmanager
def use_locale(locale: str) -> Iterator[None]:
    """Show texts in another locale inside the block."""
    token = _locale.set(locale if locale in LOCALES else "en")
    try:
        yield
    finally:
        _locale.reset(token)


def babel_locale(locale: str | None = None) -> Locale:
    """The Babel locale for formats (dates, numbers, money)."""
    return Locale.parse(_BABEL[locale or _locale.get()])


def in_script(title: str, alt: str | None, locale: str | None = None) -> tuple[str, str]:
    """Order a name and its form in the other script for a viewer: (the one to show, the one beneath).

    The viewer's language decides by script, not by column: in Chinese the name with Han characters stands first, in
    English the other one. Without a second form the second part is empty.
    """
    if not alt or alt == title:
        return title, ""
    wants_han = (locale or _locale.get()) == "zh"
    if has_han(alt) == wants_han and has_han(title) != wants_han:
        return alt, title
    return title, alt


def has_han(text: str) -> bool:
    """True when a text contains Chinese characters."""
    return any("\u3400" <= character <= "\u9fff" for character in text)
