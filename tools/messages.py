"""What extract_messages.py and check_translations.py share: the domains and the messages marked in their sources.

A domain is the text of one package: `core`, a plugin's key, or `portal_<name>`. Marks in Python and Jinja are
`_("...")` and `lazy("...")`, each with an optional context as second text, and `_n("one", "many", n)`; with a named
domain `gettext("core", "...")` and `ngettext("core", "one", "many", n)`; `{% trans %}` in Jinja.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ("zh",)
TEMPLATES = {".html", ".txt", ".xml", ".jinja", ".j2", ".typ"}
SKIPPED = {"frontend", "node_modules", "static", "__pycache__", "translations"}
OWN = {"_": 1, "lazy": 1, "_n": 2}
NAMED = {"gettext": 1, "ngettext": 2}
#: Marks whose next text is a context.
CONTEXTUAL = {"_", "lazy"}
JINJA_OPTIONS = {
    "extensions": "jinja2.ext.do,jinja2.ext.loopcontrols",
    "trimmed": "true",
    "silent": "false",
}

Message = str | tuple[str, str]


@dataclass(frozen=True)
class Said:
    """A message with the context that tells it apart from the same words elsewhere.

    Attributes:
        context: text for the translators, empty for none.
        text: the message, a pair of singular and plural for counted ones.
    """

    context: str
    text: Message

    def entry(self, catalogue: Catalog) -> Entry | None:
        """Return the message's entry in a catalogue."""
        found = catalogue.get(self.text if isinstance(self.text, str) else self.text[0], self.context or None)
        return found if found is not None and found.id == self.text else None


@dataclass
class Domain:
    """The texts of one package."""

    name: str
    folder: Path
    messages: dict[Said, list[str]] = field(default_factory=dict)

    def po_file(self, locale: str) -> Path:
        """Where the translations into a locale stand."""
        return self.folder / "translations" / locale / "LC_MESSAGES" / f"{self.name}.po"

    def catalogue(self, locale: str) -> Catalog:
        """Read the translations; empty when there are none yet."""
        path = self.po_file(locale)
        if not path.exists():
            return Catalog(locale=locale, domain=self.name)
        with path.open("rb") as file:
            return read_po(file, locale=locale, domain=self.name)


def packages(folder: Path) -> list[Path]:
    """Return the packages directly inside a folder."""
    return sorted(path.parent for path in folder.glob("*/__init__.py"))


def domains() -> list[Domain]:
    """Return every domain of the checkout with the messages its sources mark."""
    found = [Domain("core", ROOT / "core")]
    found += [Domain(path.name, path) for path in packages(ROOT / "plugins")]
    found += [Domain(f"portal_{path.name}", path) for path in packages(ROOT / "portals")]
    by_name = {domain.name: domain for domain in found}
    for domain in found:
        for path in sources(domain.folder):
            place = path.relative_to(ROOT).as_posix()
            for owner, message in marked(path):
                if owner and owner not in by_name:
                    sys.exit(f"{place}: there is no text domain {owner!r}")
                target = by_name[owner] if owner else domain
                places = target.messages.setdefault(message, [])
                if place not in places:
                    places.append(place)
    return found


def sources(folder: Path) -> Iterator[Path]:
    """Yield the Python files and templates below a folder."""
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder)
        if SKIPPED.intersection(inner.parts) or not path.is_file():
            continue
        if path.suffix == ".py" or (path.suffix in TEMPLATES and "templates" in inner.parts):
            yield path


def marked(path: Path) -> Iterator[tuple[str | None, Said]]:
    """Yield (named domain or None, message) for each mark with literal text in a file."""
    keywords = {*OWN, *NAMED}
    with path.open("rb") as file:
        if path.suffix == ".py":
            found = [(name, texts) for _, name, texts, _ in extract_python(file, keywords, (), {"encoding": "utf-8"})]
        else:
            found = [(name, texts) for _, name, texts, _ in babel_extract(file, keywords, (), JINJA_OPTIONS)]
    for name, texts in found:
        arguments = list(texts) if isinstance(texts, (list, tuple)) else [texts]
        owner = None
        # In templates gettext is what {% trans %} becomes, so a domain is named only where texts are left over.
        if name in NAMED and len([text for text in arguments if text]) > NAMED[name]:
            owner = arguments.pop(0)
        count = OWN.get(name) or NAMED[name]
        message = message_of(arguments, count)
        if message is not None:
            context = arguments[count] if name in CONTEXTUAL and len(arguments) > count else None
            yield owner, Said(context or "", message)


def message_of(arguments: list[str | None], count: int) -> Message | None:
    """Return the message of a call, or None when its text is computed."""
    texts = [text for text in arguments[:count] if text]
    if len(texts) < count:
        return None
    return texts[0] if count == 1 else (texts[0], texts[1])
