"""Forms of names, telephone numbers, addresses and codes in which two writings of the same thing are equal. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise

import phonenumbers

__all__ = ["PUBLIC_MAIL", "code_key", "company_key", "domain_key", "fold", "person_key", "phone_key", "words"]


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Providers whose domain says nothing about the firm behind an address.
PUBLIC_MAIL = _listed(
    "gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com aol.com icloud.com "
    "me.com proton.me protonmail.com gmx.net gmx.de web.de t-online.de ziggo.nl kpnmail.nl planet.nl orange.fr "
    "free.fr laposte.net libero.it qq.com foxmail.com 163.com 126.com yeah.net sina.com sina.cn sohu.com 139.com "
    "189.cn wo.cn 21cn.com aliyun.com tom.com mail.ru yandex.ru"
)
#: Words of the legal form and fillers that a Latin company name is known without.
_LATIN_FORMS = _listed(
    "ltd limited llc llp lp plc inc incorporated corp corporation co company gmbh ag kg kgaa ug ohg ev eg mbh se "
    "sa sas sarl sasu srl spa sl slu bv nv vof cv bvba as asa ans ab oy oyj aps a/s ou oue uab sia kft zrt sro "
    "doo pte pty sdn bhd kk holding holdings group the and und et en og och"
)
#: Endings of a Chinese company name, longest first.
_CHINESE_FORMS = (
    "股份有限责任公司", "集团股份有限公司", "集团有限责任公司", "集团有限公司", "控股有限公司", "股份有限公司",
    "有限责任公司", "有限合伙企业", "股份公司", "有限公司", "总公司", "分公司", "集团公司", "子公司", "公司", "集团",
)  # fmt: skip
_PROVINCES = (
    "北京|上海|天津|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|"
    "云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门|中国"
)
_REGION = re.compile(rf"^(?:(?:{_PROVINCES})(?:省|市|自治区|特别行政区)?|[\u4e00-\u9fff]{{2,3}}(?:省|市))")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_RUN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+|[^\W_\u3400-\u9fff\uf900-\ufaff]+")
_BRACKETS = re.compile(r"[(\[【〔][^)\]】〕]*[)\]】〕]")
#: Long forms of words in addresses and the short ones in use; the empty form is dropped.
_SHORT = {
    "street": "st", "avenue": "ave", "av": "ave", "boulevard": "blvd", "blv": "blvd", "road": "rd", "drive": "dr",
    "highway": "hwy", "place": "pl", "court": "ct", "square": "sq", "crescent": "cres", "suite": "ste", "fort": "ft",
    "north": "n", "south": "s", "east": "e", "west": "w", "saint": "st", "strasse": "str", "straat": "str",
    "first": "1st", "second": "2nd", "third": "3rd", "fourth": "4th", "fifth": "5th", "sixth": "6th",
    "seventh": "7th", "eighth": "8th", "ninth": "9th", "tenth": "10th",
    "between": "", "and": "", "the": "", "of": "", "at": "", "near": "", "off": "", "in": "",
}  # fmt: skip
_LEAST = 2


def fold(text: str | None) -> str:
    """Full width, case, accents and typographic marks taken out."""
    plain = unicodedata.normalize("NFKD", (text or "").replace("ß", "ss")).casefold()
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return unicodedata.normalize("NFKC", bare).replace("'", "").replace("\u2019", "")


def words(text: str | None) -> tuple[str, ...]:
    """Words of a text in their short forms; Chinese in overlapping pairs of characters."""
    found: list[str] = []
    for run in _RUN.findall(fold(text)):
        if _HAN.match(run):
            found += [run[at : at + 2] for at in range(len(run) - 1)] or [run]
        else:
            found.append(_SHORT.get(run, run))
    return tuple(word for word in found if word)


def company_key(name: str | None) -> str:
    """A company name without its legal form, region and punctuation: ``霁岚园区水务有限公司`` -> ``霁岚园区水务``.

    Empty for an empty name. What would be empty without its form keeps it (a firm called just "Holding").
    """
    text = fold(name)
    if _HAN.search(text):
        return _chinese(text)
    runs = _RUN.findall(_joined_initials(text))
    core = [run for run in runs if run not in _LATIN_FORMS]
    return " ".join(core or runs)[:200]


def _joined_initials(text: str) -> str:
    """``b.v.``, ``a/s`` and ``s.r.l.`` become one word, so that they are known as legal forms."""
    return re.sub(r"\b(?:[^\W\d_][./]\s?){1,4}[^\W\d_]\b\.?", lambda found: re.sub(r"[./\s]", "", found.group()), text)


def _chinese(text: str) -> str:
    without = "".join(_RUN.findall(_BRACKETS.sub("", text)))
    core = without or "".join(_RUN.findall(text))
    for form in _CHINESE_FORMS:
        if core.endswith(form) and len(core) - len(form) >= _LEAST:
            core = core.removesuffix(form)
            break
    while (found := _REGION.match(core)) and len(core) - found.end() >= 2 * _LEAST:
        core = core[found.end() :]
    return core[:200]


def person_key(name: str | None) -> str:
    """A person's name with its words in order of the alphabet, Chinese names without spaces."""
    text = fold(name)
    if _HAN.search(text):
        return "".join(_RUN.findall(text))[:200]
    return " ".join(sorted(_RUN.findall(text)))[:200]


def phone_key(number: str | None, region: str | None = None) -> str:
    """Digits of the international form of a telephone number; empty when it is none.

    Args:
        number: as written.
        region: country (ISO 3166-1 alpha-2) of numbers without a country code.
    """
    if not number:
        return ""
    try:
        parsed = phonenumbers.parse(unicodedata.normalize("NFKC", number), region)
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164).lstrip("+")


def domain_key(*places: str | None) -> str:
    """The first domain of a web address or mail address that is the firm's own; empty when none is."""
    for place in places:
        text = (place or "").strip().casefold()
        host = text.rpartition("@")[2] if "@" in text else re.sub(r"^[a-z][a-z0-9+.-]*://", "", text)
        host = re.split(r"[/?#:]", host, maxsplit=1)[0].removeprefix("www.").strip(".")
        if "." in host and host not in PUBLIC_MAIL:
            return host[:200]
    return ""


def code_key(code: str | None) -> str:
    """Letters and digits of a number given by an authority."""
    return "".join(_RUN.findall(fold(code))).upper()


def bigrams(parts: Iterable[str]) -> tuple[str, ...]:
    """Pairs of neighbouring words, as keys of blocks."""
    found = list(parts)
    return tuple(f"{one} {other}" for one, other in pairwise(found))
