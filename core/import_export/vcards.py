"""vCards (2.1, 3.0, 4.0) as people write and programs send them: read, kept whole, written again.

Own reader because the cards of real programs mix the versions; what it does not know it keeps as it was.
"""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from charset_normalizer import from_bytes

__all__ = ["Card", "Line", "read_cards", "write_card"]

#: Most cards taken from one file.
MOST = 5000
_NAME = re.compile(r"(?:(?P<group>[A-Za-z0-9-]+)\.)?(?P<name>[A-Za-z0-9-]+)")
#: Properties that a written card takes from the record; all others come from the card it came with.
_OWN = frozenset({"BEGIN", "END", "VERSION", "FN", "N", "EMAIL", "TITLE", "TEL", "NOTE", "ORG", "REV", "PRODID"})


@dataclass(frozen=True, slots=True)
class Line:
    """One property of a card.

    Attributes:
        name: in capitals, without its group.
        types: words of TYPE and bare parameters, in capitals (``CELL``, ``WORK``, ``PREF``).
        value: decoded text; escapes of the version are still in it.
        raw: the unfolded line as it stood.
    """

    name: str
    types: frozenset[str]
    value: str
    raw: str


@dataclass(slots=True)
class Card:
    """One card: its lines, and what a record takes from them."""

    version: str = "3.0"
    lines: list[Line] = field(default_factory=list)
    line: int = 1

    def all(self, name: str) -> list[Line]:
        """Properties of a name, the preferred first."""
        found = [one for one in self.lines if one.name == name and one.value.strip()]
        return sorted(found, key=lambda one: "PREF" not in one.types)

    def text(self, name: str) -> str:
        """The first value of a name as plain text."""
        found = self.all(name)
        return self.plain(found[0].value) if found else ""

    def plain(self, value: str) -> str:
        """A value without the escapes of its version."""
        if self.version != "2.1":
            value = re.sub(r"\\[nN]", "\n", value)
        return re.sub(r"\\([,;:\\])", r"\1", value).strip()

    def parts(self, name: str) -> list[str]:
        """The parts of a structured value (N, ORG)."""
        found = self.all(name)
        return [self.plain(part) for part in re.split(r"(?<!\\);", found[0].value)] if found else []

    @property
    def name(self) -> str:
        """Name of the person: FN, else made of N, else the nickname or the mail address."""
        if self.text("FN"):
            return " ".join(self.text("FN").split())
        parts = [*self.parts("N"), "", "", "", ""]
        made = " ".join(part for part in (parts[1], parts[2], parts[0]) if part)
        return " ".join(made.split()) or self.text("NICKNAME") or self.text("EMAIL")

    @property
    def email(self) -> str:
        """First mail address, in lower case."""
        return self.text("EMAIL").lower()

    @property
    def company(self) -> str:
        """The organisation, without its departments."""
        return next(iter(self.parts("ORG")), "")

    def phone(self, *, mobile: bool) -> str:
        """First telephone number that is one of a mobile, or first that is neither mobile nor fax."""
        for one in self.all("TEL"):
            if (("CELL" in one.types) == mobile) and not one.types & {"FAX", "PAGER", "MODEM"}:
                return self.plain(one.value).removeprefix("tel:")
        return ""

    @property
    def wechat(self) -> str:
        """A WeChat id, as the usual extensions write it."""
        for one in self.lines:
            if one.name in ("X-WECHAT", "X-WEIXIN") and one.value.strip():
                return self.plain(one.value)
            if one.name == "IMPP" and one.value.lower().startswith(("wechat:", "weixin:")):
                return one.value.partition(":")[2].strip()
        return ""


def read_cards(data: bytes) -> list[Card]:
    """All cards of a file, in order, at most 5,000; what is no card is passed over.

    Args:
        data: UTF-8, or whatever the bytes look like.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        best = from_bytes(data).best()
        text = str(best) if best is not None else data.decode("latin-1")
    cards: list[Card] = []
    card: Card | None = None
    depth = 0
    for number, raw in _unfolded(text):
        word = raw.strip().upper().replace(" ", "")
        if word == "BEGIN:VCARD":
            depth += 1
            if card is None:
                card = Card(line=number)
                continue
        elif word == "END:VCARD":
            depth -= 1
            if card is not None and depth <= 0:
                cards.append(card)
                card, depth = None, 0
                if len(cards) >= MOST:
                    break
                continue
        if card is not None:
            line = _line(raw)
            if line is not None:
                card.lines.append(line)
                if line.name == "VERSION" and depth == 1:
                    card.version = line.value.strip()
    if card is not None and card.lines:  # the end is missing: what was read is still somebody
        cards.append(card)
    return cards


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their number; folded lines and soft breaks of quoted-printable are joined."""
    number, kept = 0, ""
    for at, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        quoted = "QUOTED-PRINTABLE" in kept.partition(":")[0].upper()
        if quoted and kept.endswith("="):
            kept = kept[:-1] + line.lstrip(" \t")
            continue
        if line[:1] in (" ", "\t") and kept:
            kept += line[1:] if not quoted else line.strip()
            continue
        if kept.strip():
            yield number, kept
        number, kept = at, line
    if kept.strip():
        yield number, kept


def _line(raw: str) -> Line | None:
    head, mark, value = _split(raw)
    pieces = head.split(";")
    named = _NAME.fullmatch(pieces[0].strip())
    if not mark or named is None:
        return None
    types: set[str] = set()
    encoding, charset = "", "utf-8"
    for piece in pieces[1:]:
        key, has_value, words = piece.partition("=")
        key, words = key.strip().upper(), words.strip().strip('"')
        if not has_value:
            types.add(key)
            encoding = key if key in ("QUOTED-PRINTABLE", "BASE64") else encoding
        elif key == "TYPE":
            types |= {word.strip().upper() for word in words.split(",")}
        elif key == "PREF":
            types.add("PREF")
        elif key == "ENCODING":
            encoding = words.upper()
        elif key == "CHARSET":
            charset = words
    if encoding == "QUOTED-PRINTABLE":
        value = _decoded(quopri.decodestring(value.encode("utf-8", "replace")), charset)
    return Line(named["name"].upper(), frozenset(types), value, raw)


def _split(raw: str) -> tuple[str, str, str]:
    """Head and value at the first colon that stands in no quotes."""
    quoted = False
    for at, letter in enumerate(raw):
        if letter == '"':
            quoted = not quoted
        elif letter == ":" and not quoted:
            return raw[:at], ":", raw[at + 1 :]
    return raw, "", ""


def _decoded(data: bytes, charset: str) -> str:
    for wanted in (charset, "utf-8", "latin-1"):
        try:
            return data.decode(wanted).replace("\r\n", "\n")
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("latin-1")


def photo(card: Card) -> bytes | None:
    """The picture that a card carries itself, None for none or a mere address."""
    for one in card.all("PHOTO"):
        value = one.value.split("base64,")[-1]
        try:
            return binascii.a2b_base64("".join(value.split()))
        except (binascii.Error, ValueError):
            continue
    return None


# ---- writing


def write_card(values: dict[str, str], kept: Card | None = None) -> str:
    """A card of version 3.0.

    Args:
        values: ``name``, ``company``, ``position``, ``email``, ``phone``, ``mobile``, ``note``; no empty ones.
        kept: the card the person came with: its other properties, also unknown ones, are written as they were.
    """
    name = values.get("name", "")
    parts = kept.parts("N") if kept is not None and kept.name == name else []
    if not parts:
        first, _blank, last = name.rpartition(" ")
        parts = [last, first, "", "", ""]
    lines = ["BEGIN:VCARD", "VERSION:3.0", f"FN:{_escaped(name)}", "N:" + ";".join(_escaped(one) for one in parts)]
    for key, prefix in (
        ("company", "ORG:"), ("position", "TITLE:"), ("email", "EMAIL;TYPE=INTERNET:"), ("phone", "TEL;TYPE=WORK:"),
        ("mobile", "TEL;TYPE=CELL:"), ("note", "NOTE:"),
    ):  # fmt: skip
        if values.get(key):
            lines.append(prefix + _escaped(values[key]))
    own = {values.get("email", "").lower(), values.get("phone", ""), values.get("mobile", "")}
    for one in kept.lines if kept is not None else ():
        further = one.name in ("EMAIL", "TEL") and kept is not None and kept.plain(one.value).lower() not in own
        if one.name not in _OWN or further:
            lines.append(_again(one, kept.version if kept is not None else "3.0"))
    return "".join(f"{folded}\r\n" for line in [*lines, "END:VCARD"] for folded in _folded(line))


def _again(line: Line, version: str) -> str:
    """A line of an older card in the form of 3.0: quoted-printable becomes text, bare words become types."""
    head = _split(line.raw)[0]
    name, *pieces = head.split(";")
    kept = []
    for piece in pieces:
        key, has_value, words = piece.partition("=")
        if key.upper() == "CHARSET" or "QUOTED-PRINTABLE" in (words.upper(), piece.upper()):
            continue
        if words.upper() == "BASE64" or piece.upper() == "BASE64":
            kept.append("ENCODING=b")
        else:
            kept.append(piece if has_value else f"TYPE={piece.upper()}")
    value = line.value
    if version == "2.1" and "\n" in value:
        value = value.replace("\n", "\\n")
    if any(piece == "ENCODING=b" for piece in kept):
        value = "".join(value.split())
    return ";".join([name, *kept]) + ":" + value


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace(",", "\\,").replace(";", "\\;")


def _folded(line: str) -> Iterable[str]:
    """Lines of at most 75 octets; characters stay whole."""
    found: list[str] = []
    part, size = "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > (75 if not found else 74):
            found.append(part if not found else f" {part}")
            part, size = "", 0
        part += letter
        size += octets
    found.append(part if not found else f" {part}")
    return found
