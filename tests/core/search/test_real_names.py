"""Names of real companies: any part of a name finds the company, with no other company that lacks the part."""

from __future__ import annotations

import csv
import random

import pytest

from weft.core.search import indexing
from weft.core.search.service import find_ids

pytestmark = pytest.mark.both_databases


def test_any_part_of_the_name_of_a_listed_company_finds_it(real_data, weft_runtime, records_as):
    with (real_data / "zh-companies" / "twse_listed_companies.csv").open(encoding="utf-8-sig", newline="") as handle:
        names = sorted({row["公司名稱"].strip() for row in csv.DictReader(handle)})
    assert len(names) > 900
    with records_as("system", write=True) as records:
        records.load("house.company", [{"name": name} for name in names])
    assert indexing.rebuild(weft_runtime) == len(names)
    chance = random.Random(11)
    with records_as("house.boss") as records:
        known = {row.id: row.title for row in _every(records)}
        for name in chance.sample(names, 60):
            start = chance.randrange(len(name) - 1)
            part = name[start : start + chance.randint(1, 6)]
            titles = {known[one] for one in find_ids(records, "house.company", part) or ()}
            assert name in titles, part
            assert {one for one in names if part.lower() in one.lower()} <= titles, part
            if len(part) == 2 and part.isalpha():  # pairs are exact; longer parts may cross each other, rarely
                assert all(part in one for one in titles), part


def _every(records):
    cursor = None
    while True:
        page = records.query("house.company", fields=["title"], sort="id", limit=200, cursor=cursor)
        yield from page.rows
        cursor = page.next
        if cursor is None:
            return
