"""Which encoding a text file has: byte order mark, then proof, then a vote of common characters.

A byte order mark and valid UTF-8 are proof. Among the rest, East Asian encodings accept nearly any byte pair, so what
they decode to is weighed by how many common characters appear; single-byte encodings are left to charset-normalizer.
"""

from __future__ import annotations

import codecs
import unicodedata
from dataclasses import dataclass
from typing import BinaryIO

from charset_normalizer import from_bytes

__all__ = ["Detected", "detect", "read_sample"]

#: Bytes looked at; enough for a vote, small enough to be quick.
SAMPLE = 256 * 1024
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: Characters looked at.
_VOTERS = 4_000
#: Russian or Greek bytes read as Chinese stay below 0.3, names of people above 0.4.
_GOOD_ENOUGH = 0.4
#: Encoding -> national standard and the lead bytes of its first level.
_LEVELS = {
    "gb18030": ("gb2312", 0xB0, 0xD7), "big5hkscs": ("big5", 0xA4, 0xC6), "cp932": ("cp932", 0x88, 0x98),
    "euc_jp": ("cp932", 0x88, 0x98), "cp949": ("euc_kr", 0xB0, 0xC8),
}  # fmt: skip
_ASIAN = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949")
#: Encodings charset-normalizer need not weigh: they were voted on here, or are excluded by the tests before.
_VOTED = [
    "utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_7", "cp037", "cp273", "cp424", "cp500", "cp875", "cp1006",
    "cp1026", "cp1140", "cp864", "ptcp154", "big5", "big5hkscs", "cp949", "cp950", "cp932", "euc_jp", "euc_kr",
    "gb18030", "gb2312", "gbk", "hz", "johab", "shift_jis", "shift_jis_2004", "shift_jisx0213", "euc_jis_2004",
    "euc_jisx0213",
]  # fmt: skip
_SIMPLIFIED = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
    "十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平"
    "形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党"
    "程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做"
    "省市县镇州称号码姓名地址电话司限股份有责任址邮箱备注金额日期状态类型编东南北京海广江浙苏福湖河陕川云贵辽吉黑皖赣鲁豫鄂湘琼渝"
)
_TRADITIONAL = frozenset(
    "的一是在不了有和人這中大為上個國我以要他時來用們生到作地於出就分對成會可主發年動同工也能下過子說產種面而方後多定行學法所民得經"
    "十三之進著等部度家電力裡如水化高自二理起小物現實加量都兩體制機當使點從業本去把性好應開它合還因由其些然前外天政四日那社義事平"
    "形相全表間樣與關各重新線內數正心反你明看原又麼利比或但質氣第向道命此變條只沒結解問意建月公無系軍很情者最立代想已通並提直題黨"
    "程展五果料象員革位入常文總次品式活設及管特件長求老頭基資邊流路級少圖山統接知較將組見計別她手角期根論運農指幾九區強放決西被幹做"
    "省市縣鎮州稱號碼姓名地址電話司限股份有責任址郵箱備註金額日期狀態類型編東南北京海廣江臺灣園路段樓豐證券銀行泥塑紡織董監職"
)
_JAPANESE = frozenset("日本人年月大国会社中学生事業名前所在地電話番号株式会社区市町村都府県東京大阪氏")


@dataclass(frozen=True, slots=True)
class Detected:
    """What was found.

    Attributes:
        name: Python name of the encoding.
        certain: proved (mark, or valid UTF-8 with multi-byte characters), not voted.
    """

    name: str
    certain: bool


def read_sample(stream: BinaryIO) -> bytes:
    """Read the beginning of a seekable stream and go back."""
    stream.seek(0)
    sample = stream.read(SAMPLE)
    stream.seek(0)
    return sample


def detect(stream: BinaryIO) -> Detected:
    """Find the encoding of a seekable binary stream; the position is 0 afterwards."""
    sample = read_sample(stream)
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return Detected(name, True)
    wide = _without_mark(sample)
    if wide:
        return Detected(wide, False)
    if _valid_utf8(stream):
        return Detected("utf-8", any(byte > 127 for byte in sample))
    return Detected(_vote(sample), False)


def _without_mark(sample: bytes) -> str | None:
    """UTF-16 without a mark: Latin text has a NUL in every other byte, which no other text encoding has."""
    head = sample[:4096]
    if len(head) < 4 or head.count(0) < len(head) // 5:
        return None
    return "utf-16-le" if head[1::2].count(0) > head[0::2].count(0) else "utf-16-be"


def _valid_utf8(stream: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    try:
        while chunk := stream.read(1 << 20):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        stream.seek(0)
    return True


def _vote(sample: bytes) -> str:
    """The encoding under which the sample reads best."""
    best, best_score = "", 0.0
    for name in _ASIAN:
        text = _decoded(sample, name)
        if text is not None:
            score = _asian_score(text, name)
            if score > best_score + 0.02:  # earlier names win ties: GB18030 and Big5 are what people send
                best, best_score = name, score
    if best_score >= _GOOD_ENOUGH:
        return best
    if _isolated(sample):
        return "cp1252"
    found = from_bytes(sample, threshold=0.4, cp_exclusion=_VOTED).best()
    if found is not None:
        return str(found.encoding)
    return best if best_score > 0.25 else "cp1252"


def _isolated(sample: bytes) -> bool:
    """True when nearly every byte above ASCII stands alone between ASCII ones, as accents in Western text do."""
    high = alone = 0
    for index, byte in enumerate(sample):
        if byte < 128:
            continue
        high += 1
        before = sample[index - 1] if index else 0
        after = sample[index + 1] if index + 1 < len(sample) else 0
        alone += before < 128 and after < 128
    return high > 0 and alone >= 0.9 * high


def _decoded(sample: bytes, name: str) -> str | None:
    decoder = codecs.getincrementaldecoder(name)("strict")
    try:
        return decoder.decode(sample, final=len(sample) < SAMPLE)
    except UnicodeDecodeError:
        return None


def _asian_score(text: str, name: str) -> float:
    """How well a text reads as the language of an encoding: 1 is best, below 0 is nonsense.

    Half of it is the share of characters from the first level of the national standard, which holds the common ones;
    the other half the share of the few hundred most frequent ones. Neither tells alone: Korean bytes read as
    first-level Chinese, and a list of names has few frequent characters.
    """
    wide = [character for character in text if character > "\x7f"][:_VOTERS]
    if not wide:
        return 0.0
    neutral = sum("\u3000" <= one <= "\u3011" or "\uff01" <= one <= "\uff5e" for one in wide)
    odd = sum(unicodedata.category(one) in ("Co", "Cn", "Cc", "So") or "\uff61" <= one <= "\uff9f" for one in wide)
    odd += sum("\u3400" <= one <= "\u4dbf" for one in wide)
    kana = sum("\u3040" <= one <= "\u30ff" for one in wide)
    hangul = sum("\uac00" <= one <= "\ud7a3" for one in wide)
    han = sum("\u4e00" <= one <= "\u9fff" for one in wide)
    level, first, last = _LEVELS[name]
    common = sum(_lead(one, level) in range(first, last + 1) for one in wide)
    match name:
        case "cp949":
            return (hangul + neutral - 1.5 * han - odd) / len(wide)  # Koreans hardly mix in Chinese characters
        case "cp932" | "euc_jp":
            good = kana + common + neutral
            frequent = kana + neutral + sum(one in _JAPANESE for one in wide)
        case _:
            frequent_ones = _TRADITIONAL if name == "big5hkscs" else _SIMPLIFIED | _TRADITIONAL
            good, frequent = common + neutral, neutral + sum(one in frequent_ones for one in wide)
            odd += kana + hangul
    return 0.5 * good / len(wide) + 0.5 * min(1.0, 1.6 * frequent / len(wide)) - odd / len(wide)


def _lead(character: str, encoding: str) -> int:
    """First byte of a character in a national standard, 0 when it is not in it."""
    found = character.encode(encoding, "ignore")
    return found[0] if len(found) == 2 else 0
