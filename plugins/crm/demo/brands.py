"""Hands out invented firms for the demo, no name twice. Pure, deterministic, writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from weft.plugins.crm.demo import names, story

__all__ = ["AccountPlan", "Brands", "territory_of"]


@dataclass(slots=True)
class AccountPlan:
    """One party to make; ``created`` and ``touched`` in days before D, ``former`` who had it before it was pooled."""

    key: str
    name: str
    name_alt: str
    role: tuple[str, ...]
    life: str | None
    owner: str | None
    city: tuple[str, str]
    country: str
    industry: str
    value_class: str | None
    created: int
    touched: int | None
    parent: str = ""
    source: str = "referral"
    frozen: bool = False
    domain: str = ""
    note: str = ""
    territory: str | None = None
    chinese: bool = True
    former: str = ""

    @property
    def holder(self) -> str:
        """Who entered it and spoke to it: its owner, or who had it before it was pooled (and still works here)."""
        return self.owner or (self.former if self.former not in ("", "joris") else "manager")


def territory_of(country: str, city: str) -> str:
    """Code of the territory a place belongs to."""
    if country == "CN":
        return {"Foshan": "cn_south", "Zhuhai": "cn_south", "Jinan": "cn_north", "Yantai": "cn_north"}.get(
            city, "cn_east"
        )
    if country in ("NL", "BE"):
        return "benelux"
    return "south_europe" if country in ("FR", "PT", "IE") else "nordics"


class Brands:
    """Hands out invented firms, no name twice."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._chinese = self._shuffled(names.CN_FIRST, names.CN_SECOND)
        self._european = self._shuffled(names.EU_STEMS, names.EU_KINDS)
        self._used = {row.name for row in story.NAMED}
        self._bases: dict[str, int] = {}

    def _shuffled(self, first: list[Any], second: list[Any]) -> Iterator[tuple[Any, Any]]:
        pairs = [(a, b) for a in first for b in second]
        self._random.shuffle(pairs)
        return iter(pairs)

    def next(self, chinese: bool, role: tuple[str, ...]) -> AccountPlan:
        """The next firm, with city, trade and domain."""
        while True:
            account = self._from_china(role) if chinese else self._from_europe(role)
            if account.name not in self._used:
                self._used.add(account.name)
                return account

    def _from_china(self, role: tuple[str, ...]) -> AccountPlan:
        (first, first_latin), (second, second_latin) = next(self._chinese)
        kind, kind_zh, industry = self._random.choice(names.CN_KINDS)
        city, city_zh, _region = self._random.choice(names.CN_CITIES)
        latin = f"{first_latin}{second_latin}"
        return self._made(
            f"{latin} {kind}", f"{first}{second}{kind_zh}", role, (city, city_zh), "CN", industry, latin.lower()
        )

    def _from_europe(self, role: tuple[str, ...]) -> AccountPlan:
        (stem, stem_zh), (kind, kind_zh, industry) = next(self._european)
        city, city_zh, country = self._random.choice(names.EU_CITIES)
        domain = stem.lower().replace(" ", "-")
        return self._made(f"{stem} {kind}", f"{stem_zh}{kind_zh}", role, (city, city_zh), country, industry, domain)

    def _made(
        self, name: str, alt: str, role: tuple[str, ...], city: tuple[str, str], country: str, industry: str, stem: str
    ) -> AccountPlan:
        base = f"{stem}-{name.rsplit(' ', 1)[-1].lower()}"
        self._bases[base] = self._bases.get(base, 0) + 1
        base += "" if self._bases[base] == 1 else str(self._bases[base])
        return AccountPlan(
            key=base,
            name=name,
            name_alt=alt,
            role=role,
            life=None,
            owner=None,
            city=city,
            country=country,
            industry=industry if role == ("customer",) else "trade" if "distributor" in role else "other",
            value_class=None,
            created=self._random.randint(60, 720),
            touched=self._random.randint(2, 60),
            source=self._random.choice(["referral", "fair", "web", "call", "tender"]),
            domain=f"{base}.example",
            territory=territory_of(country, city[0]),
            chinese=country == "CN",
        )
