"""Passwords that everybody tries first: a short own list of words and the habits with which people stretch them.

Policy asks for twelve characters, so what matters is how people reach twelve: a word with a year, a word twice, a row
of keys, digits that count. The set is built once, at first use.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

__all__ = ["WORDS", "common_passwords", "keyboard_runs", "plain", "weak_cores"]

_WORDS = """
password passwort passe wachtwoord contrasena senha haslo parola salasana losenord kennwort mima mypassword letmein
welcome willkommen bienvenue bienvenido welkom huanying hello hallo bonjour nihao iloveyou ichliebedich jetaime woaini
admin administrator root superuser system manager master supervisor operator service support helpdesk guest user test
tester testing demo default changeme temporary secret geheim private access login signin logon office company business
sales finance customer supplier partner project internet computer keyboard server network database software windows
linux google facebook amazon apple samsung microsoft android iphone london paris berlin amsterdam rotterdam beijing
shanghai suzhou shenzhen guangzhou germany holland nederland england france china zhongguo america summer winter
spring autumn herbst sommer fruehling zomer lente monday friday sunday january february march april august september
october november december football baseball basketball soccer hockey tennis formula ferrari mercedes porsche dragon
monkey tiger lion eagle falcon shadow phoenix unicorn butterfly flower sunshine rainbow starwars superman batman
spiderman pokemon minecraft matrix gandalf merlin wizard princess prince queen king angel heaven jesus christ michael
jennifer jessica ashley daniel andrew joshua thomas robert matthew charlie george william jordan nicole hunter maggie
pepper ginger cookie chocolate banana cheese coffee orange purple silver golden diamond crystal freedom liberty
forever trustno money million dollar lucky happy family mother father sister brother baby love lover friend friends
school student teacher doctor nurse music guitar piano metallica nirvana beatles killer warrior soldier ranger
hunter123 mustang harley yamaha corvette camaro cowboy chelsea arsenal liverpool barcelona juventus ajax feyenoord
woaizhongguo wangyi taobao weixin alipay dragonball naruto doraemon zhang wang chen huang xiaoming baobao laogong
laopo qwerty azerty qwertz asdfgh zxcvbn abc123 abcdef weft instruments ledger invoice account contract
"""

#: Words that begin the usual lists in several languages, product and calendar words, first names, pinyin.
WORDS: tuple[str, ...] = tuple(_WORDS.split())

_ROWS = (
    "1234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "qwertzuiop",
    "yxcvbnm",
)
_COLUMNS = ("1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "8ik", "9ol", "0p", "qaz", "wsx", "edc")
_TAILS = (
    "123", "1234", "12345", "123456", "1234567", "12345678", "123456789", "1234567890", "321", "111", "1111", "111111",
    "000", "0000", "666", "888", "8888", "520", "1314", "5201314", "007", "69", "99", "1", "12", "01", "!", "!!", "1!",
    "123!", "1234!", "!123", "@123", "#123", "abc", "abc123", "qwerty", "qwe", "asd",
)  # fmt: skip
_LEET = str.maketrans("0134578@$!|+", "oleastbasiit")
_SHORTEST = 12


def plain(password: str) -> str:
    """Fold case and the usual letter substitutions: ``P@ssw0rd -> password``."""
    return password.casefold().translate(_LEET)


@cache
def weak_cores() -> frozenset[str]:
    """What remains weak whatever digits and signs are put around it: the words and the rows of the keyboard."""
    return frozenset(WORDS) | frozenset(_ROWS) | frozenset(row[::-1] for row in _ROWS)


def keyboard_runs() -> Iterator[str]:
    """Walks over neighbouring keys, forwards and backwards, row by row and column by column."""
    for rows in (_ROWS[:4], (_ROWS[0], *_ROWS[4:7]), (_ROWS[0], _ROWS[7], _ROWS[2], _ROWS[8]), _COLUMNS[:10]):
        for start in range(len(rows)):
            walk = "".join(rows[start:])
            for length in range(_SHORTEST, len(walk) + 1):
                yield walk[:length]
                yield walk[:length][::-1]
    for row in (*_ROWS, *_COLUMNS, "abcdefghijklmnopqrstuvwxyz", "0123456789", "9876543210"):
        for times in range(2, 8):
            yield row * times


@cache
def common_passwords() -> frozenset[str]:
    """All derived passwords of at least twelve characters, in lower case; more than 3,000."""
    found: set[str] = set(keyboard_runs())
    years = [str(year) for year in range(1950, 2036)]
    for word in WORDS:
        found.update(word + tail for tail in (*_TAILS, *years))
        found.update(word + year + "!" for year in years[60:])
        found.update(tail + word for tail in _TAILS)
        found.update(word * times for times in (2, 3, 4))
        found.update((word + word[::-1], "my" + word + "123", "the" + word + "1", word + word + "123"))
    starts = ("password", "welcome", "admin", "iloveyou", "letmein", "summer", "winter", "qwerty", "hello", "test")
    found.update(start + word for start in starts for word in WORDS)
    found.update(character * times for character in "0123456789abcdefghijklmnopqrstuvwxyz" for times in range(12, 21))
    return frozenset(word for word in found if len(word) >= _SHORTEST)
