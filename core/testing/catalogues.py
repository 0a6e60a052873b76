"""Checks of a package's translations and templates: complete, used, with equal placeholders."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from weft.core.i18n import LOCALES

__all__ = ["catalogue_problems", "template_names", "unused_templates"]

_KEYWORDS = {"_": None, "_n": (1, 2), "gettext": (2,), "ngettext": (2, 3)}
_SLOT = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
_TEMPLATES = (".html", ".txt", ".xml")


def catalogue_problems(package: Traversable, domain: str) -> list[str]:
    """What is wrong with the catalogues of a package, one sentence each."""
    used = set(_marked(package))
    problems: list[str] = []
    for locale in LOCALES:
        if locale == "en":
            continue
        file = package / "translations" / locale / "LC_MESSAGES" / f"{domain}.po"
        if not file.is_file():
            problems += [f"there is no {file}"] if used else []
            continue
        with file.open("rb") as handle:
            catalogue = read_po(handle, locale=locale, abort_invalid=True)
        problems += _differences(catalogue, used, locale)
    return problems


def _differences(catalogue: Catalog, used: set[tuple[str, str]], locale: str) -> Iterator[str]:
    known = {_key(message): message for message in catalogue if message.id}
    for _context, text in sorted(used - known.keys()):
        yield f"{locale}: {text!r} is not in the catalogue"
    for (context, text), message in sorted(known.items()):
        if (context, text) not in used:
            yield f"{locale}: {text!r} is used nowhere"
        translations = message.string if isinstance(message.string, (tuple, list)) else [message.string]
        for translation in translations:
            if not translation or message.fuzzy:
                yield f"{locale}: {text!r} is not translated"
            elif not isinstance(message.id, (tuple, list)) and _slots(translation) != _slots(text):
                yield f"{locale}: {text!r} has other placeholders than {translation!r}"


def _key(message: Message) -> tuple[str, str]:
    """Context (or empty) and text."""
    return message.context or "", message.id[0] if isinstance(message.id, (tuple, list)) else str(message.id)


def _slots(text: str) -> Counter[str]:
    return Counter(_SLOT.findall(text))


def _marked(package: Traversable) -> Iterator[tuple[str, str]]:
    """Messages marked in the Python files and templates of a package, each after its context (or empty)."""
    for path in _files(package):
        extract: Any = extract_python if path.name.endswith(".py") else babel_extract
        if not path.name.endswith((".py", *_TEMPLATES)):
            continue
        with path.open("rb") as handle:
            for _line, function, messages, _comments in extract(handle, _KEYWORDS, (), {}):
                texts = messages if isinstance(messages, (tuple, list)) else [messages]
                # a call with a named domain has the message second
                text = texts[1] if function in ("gettext", "ngettext") and len(texts) > 1 else texts[0]
                context = texts[1] if function == "_" and len(texts) > 1 else ""
                if isinstance(text, str) and text:
                    yield context or "", text


def template_names(package: Traversable) -> list[str]:
    """Names of the templates of a package as they are loaded: ``fleet/vehicle.html``."""
    folder = package / "templates"
    return sorted(_below(folder, "")) if folder.is_dir() else []


def unused_templates(package: Traversable, declared: set[str]) -> list[str]:
    """Templates that no declaration, no code and no other template names."""
    names = template_names(package)
    texts = [path.read_text(encoding="utf-8") for path in _files(package) if path.name.endswith((".py", *_TEMPLATES))]
    return [name for name in names if name not in declared and not any(name in text for text in texts)]


def _below(folder: Traversable, prefix: str) -> Iterator[str]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _below(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(_TEMPLATES):
            yield f"{prefix}{entry.name}"


def _files(folder: Traversable) -> Iterator[Traversable]:
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.is_dir() and entry.name not in ("__pycache__", "node_modules", "frontend", "static", "translations"):
            yield from _files(entry)
        elif entry.is_file():
            yield entry
