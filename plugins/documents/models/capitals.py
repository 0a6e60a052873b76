"""Amounts in Chinese capitals (大写金额), as contracts and bills of exchange write them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

__all__ = ["in_capitals"]

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")
_NAMES = {
    "CNY": "人民币", "EUR": "欧元", "USD": "美元", "GBP": "英镑", "HKD": "港元", "JPY": "日元", "CHF": "瑞士法郎",
    "SEK": "瑞典克朗", "NOK": "挪威克朗", "DKK": "丹麦克朗", "SGD": "新加坡元", "AUD": "澳元", "CAD": "加元",
}  # fmt: skip
_MOST = Decimal("9999999999999999.99")


def in_capitals(value: Any) -> str | None:
    """An amount with its currency in Chinese capitals: ``人民币壹佰贰拾陆万元整``.

    Args:
        value: a ``Money``, or None.

    Returns:
        None without an amount, or for one of more than sixteen digits.
    """
    if value is None or value.amount is None or abs(value.amount) > _MOST:
        return None
    amount = abs(value.amount).quantize(Decimal("0.01"), ROUND_HALF_UP)
    whole, cents = int(amount), int(amount * 100) % 100
    words = f"{_whole(whole)}元" if whole or not cents else ""
    if not cents:
        words += "整"
    else:
        tens, ones = divmod(cents, 10)
        words += f"{_DIGITS[tens]}角" if tens else ("零" if whole else "")
        words += f"{_DIGITS[ones]}分" if ones else "整"
    return _NAMES.get(value.currency, value.currency) + ("负" if value.amount < 0 else "") + words


def _whole(number: int) -> str:
    if number == 0:
        return _DIGITS[0]
    groups: list[int] = []
    while number:
        number, rest = divmod(number, 10_000)
        groups.append(rest)
    words, gap = "", False
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if group == 0:
            gap = bool(words)
            continue
        if words and (gap or group < 1000):
            words += _DIGITS[0]
        words += _group(group) + _GROUPS[place]
        gap = False
    return words


def _group(number: int) -> str:
    words, gap = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit == 0:
            gap = bool(words)
            continue
        words += (_DIGITS[0] if gap else "") + _DIGITS[digit] + _PLACES[place]
        gap = False
    return words
