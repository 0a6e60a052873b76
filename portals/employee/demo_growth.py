"""The people of the larger demo companies: colleagues without a name in the story, by unit. None of them signs in."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

__all__ = ["PEOPLE", "make", "people"]

#: People of the company by size, those of the story included.
PEOPLE = {"small": 48, "medium": 400, "large": 1_500}
#: Unit, share, position in both languages, roles.
_UNITS: list[tuple[str, int, str, str, tuple[str, ...]]] = [
    ("sales_china", 22, "Account manager", "客户经理", ("crm.sales_rep",)),
    ("sales_europe", 14, "Account manager", "客户经理", ("crm.sales_rep",)),
    ("field", 22, "Field engineer", "现场工程师", ()),
    ("projects", 14, "Project engineer", "项目工程师", ()),
    ("product", 18, "Technician", "技术员", ()),
    ("finance", 5, "Accountant", "会计", ()),
    ("people", 3, "Administration", "行政", ()),
    ("it", 2, "IT support", "信息支持", ()),
]
_SURNAMES = [
    ("蓝", "Lan"), ("温", "Wen"), ("柏", "Bai"), ("陶", "Tao"), ("祝", "Zhu"), ("费", "Fei"), ("廉", "Lian"), ("岑", "Cen"),
    ("薛", "Xue"), ("雷", "Lei"), ("贺", "He"), ("倪", "Ni"), ("汤", "Tang"), ("滕", "Teng"), ("殷", "Yin"), ("罗", "Luo"),
    ("毕", "Bi"), ("郝", "Hao"), ("邬", "Wu"), ("安", "An"), ("常", "Chang"), ("乐", "Yue"), ("于", "Yu"), ("时", "Shi"),
]  # fmt: skip
_FIRST = [("书", "Shu"), ("若", "Ruo"), ("景", "Jing"), ("以", "Yi"), ("听", "Ting"), ("知", "Zhi"), ("叙", "Xu"), ("南", "Nan"), ("疏", "Shu"), ("沐", "Mu")]  # fmt: skip
_SECOND = [("遥", "yao"), ("禾", "he"), ("桐", "tong"), ("澜", "lan"), ("宁", "ning"), ("瑶", "yao"), ("沫", "mo"), ("白", "bai"), ("乔", "qiao"), ("川", "chuan")]  # fmt: skip
_EUROPEAN = [("Anouk", "阿努克"), ("Thijs", "泰斯"), ("Marloes", "马卢斯"), ("Sven", "斯文"), ("Elke", "埃尔克"), ("Henrik", "亨里克"), ("Lotte", "洛特"), ("Pieter", "彼得")]  # fmt: skip
_FAMILY = [("Vaarkamp", "法尔坎普"), ("Lindhuis", "林德豪斯"), ("Oosterwal", "奥斯特瓦尔"), ("Brakelmeer", "布拉克尔梅尔"), ("Sonnevang", "松讷旺"), ("Hoogstede", "霍赫斯泰德"), ("Teerlinck", "泰林克"), ("Wijnvoord", "维恩福德")]  # fmt: skip


def people(wanted: int, seed: int) -> Iterator[tuple[str, str, str, str]]:
    """(key, name, name in the other script, unit) of so many colleagues; sellers have keys that begin so."""
    random = Random(seed)
    units = [row[0] for row in _UNITS]
    shares = [row[1] for row in _UNITS]
    for number in range(wanted):
        unit = random.choices(units, shares)[0]
        if unit == "sales_europe":
            (first, first_zh), (last, last_zh) = random.choice(_EUROPEAN), random.choice(_FAMILY)
            name, alt = f"{first} {last}", f"{first_zh}·{last_zh}"
        else:
            (surname, latin), (one, one_latin) = random.choice(_SURNAMES), random.choice(_FIRST)
            two, two_latin = random.choice(_SECOND)
            name, alt = f"{surname}{one}{two}", f"{latin} {one_latin}{two_latin}"
        yield f"{'seller' if unit.startswith('sales') else 'staff'}-{number + 1:04d}", name, alt, unit


def make(context: Any, present: int) -> None:
    """Add colleagues until the size is reached.

    Args:
        context: of the demo.
        present: how many the story has.
    """
    rows = {row[0]: row for row in _UNITS}
    missing = [key for key in rows if key not in context.units]
    if missing:
        raise LookupError(f"the demo company has no unit {missing[0]}")
    wanted = PEOPLE[context.size] - present
    for number, (key, name, alt, unit) in enumerate(people(wanted, context.seed)):
        _unit, _share, position, position_alt, roles = rows[unit]
        if number % 50 == 0:
            context.progress("people", number, wanted)
        context.add_person(
            key, name, alt, unit=unit, position=position, position_alt=position_alt, roles=roles,
            locale="en" if unit == "sales_europe" else "zh", since=-200 - number % 500,
        )  # fmt: skip
