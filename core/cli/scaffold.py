"""What ``weft plugin new`` writes: the sample plugin under another name."""

from __future__ import annotations

import keyword
import re
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from weft.core.errors import ConfigError
from weft.core.plugin.loader import RESERVED_KEYS

__all__ = ["scaffold"]

_KEY = re.compile(r"[a-z][a-z0-9_]{1,29}")
_ENTITY = re.compile(r"[a-z][a-z0-9_]{1,39}")


def scaffold(target: Path, key: str, *, title: str = "", entity: str = "vehicle") -> list[Path]:
    """Write a plugin package into ``target``; returns its files.

    Args:
        target: folder that does not exist yet.
        key: the plugin's key; its package is ``weft_<key>``.
        title: words on screen, made from the key when empty.
        entity: name of its first entity, singular, lower case.

    Raises:
        ConfigError: a name cannot be used, or the folder exists.
    """
    if not _KEY.fullmatch(key) or key in RESERVED_KEYS or keyword.iskeyword(key):
        raise ConfigError(
            f"{key!r} cannot be a key: small letters, digits and underscores, and no word of the platform."
        )
    if not _ENTITY.fullmatch(entity) or keyword.iskeyword(entity):
        raise ConfigError(f"{entity!r} cannot name an entity: write a singular such as vehicle or work_order.")
    if target.exists():
        raise ConfigError(f"{target} exists already.")
    words = _words(key, title, entity)
    written = []
    for place, source in _files(resources.files("weft.core.cli") / "templates" / "plugin", ""):
        path = target / _replaced(place.removesuffix(".txt"), words)
        path.parent.mkdir(parents=True, exist_ok=True)
        text = source.read_text(encoding="utf-8")
        if path.suffix == ".po" and key != "fleet":
            text = _untranslated(text, words)
        path.write_text(_replaced(text, words), encoding="utf-8")
        written.append(path)
    return written


def _words(key: str, title: str, entity: str) -> dict[str, str]:
    """Words of the sample -> words of the new plugin; longer ones first."""
    name = entity.replace("_", " ").capitalize()
    plural = name[:-1] + "ies" if name.endswith("y") and name[-2] not in "aeiou" else f"{name}s"
    return {
        "FleetPlugin": f"{''.join(part.capitalize() for part in key.split('_'))}Plugin",
        "weft-fleet": f"weft-{key.replace('_', '-')}",
        "Vehicles": plural,
        "vehicles": plural.lower(),
        "class Vehicle": f"class {''.join(part.capitalize() for part in entity.split('_'))}",
        "import Vehicle": f"import {''.join(part.capitalize() for part in entity.split('_'))}",
        "[Vehicle]": f"[{''.join(part.capitalize() for part in entity.split('_'))}]",
        "VEHICLE": entity.upper(),
        "Vehicle": name,
        "vehicle": entity,
        "Fleet": title or key.replace("_", " ").capitalize(),
        "fleet": key,
    }


def _replaced(text: str, words: dict[str, str]) -> str:
    """All words at once, so that no replacement is replaced again."""
    pattern = re.compile("|".join(re.escape(word) for word in words))
    return pattern.sub(lambda found: words[found[0]], text)


def _untranslated(text: str, words: dict[str, str]) -> str:
    """Empty the translation of every message that gets another wording."""
    parts = text.split("\n\n")
    changed = [part for part in parts if any(word in part.split("msgstr")[0] for word in words)]
    emptied = {part: re.sub(r'msgstr ".*"', 'msgstr ""', part) for part in changed if 'msgid ""' not in part}
    return "\n\n".join(emptied.get(part, part) for part in parts)


def _files(folder: Traversable, prefix: str) -> list[tuple[str, Traversable]]:
    found: list[tuple[str, Traversable]] = []
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.is_dir():
            found.extend(_files(entry, f"{prefix}{entry.name}/"))
        elif entry.name.endswith(".txt"):
            found.append((f"{prefix}{entry.name}", entry))
    return found
