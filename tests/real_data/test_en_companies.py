"""503 companies of the S&P 500: names, places of head offices, and their Chinese names by symbol."""

from __future__ import annotations

import csv
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from weft.core.import_export.options import ImportOptions, Source
from weft.core.import_export.planning import plan
from weft.core.records.facade import Records

pytestmark = pytest.mark.weft_plugins("crm")

Open = Callable[..., AbstractContextManager[Records]]


def test_companies_and_their_names_in_the_other_script(records_as: Open, data_file: Callable[..., Path]) -> None:
    path = data_file("en-companies", "sp500_constituents.csv")
    chinese = data_file("zh-companies", "sp500_zh.csv")
    mapping = {"Security": "name", "Headquarters Location": "address.city", "Symbol": "tax_id", "Date added": None}
    with path.open("rb") as stream, records_as("crm.sales_manager", write=True, door="import") as records:
        made = plan(records, "crm.account", Source(stream, path.name), mapping, "tax_id", ImportOptions())
        dry = made.dry_run(records)
        outcome = made.run(records)
    assert (outcome.total, outcome.created, outcome.faulty) == (503, 503, 0)
    assert (dry.created, dry.faulty) == (503, 0)
    with chinese.open(encoding="utf-8-sig", newline="") as text:
        heading = next(csv.reader(text))
    with chinese.open("rb") as stream, records_as("crm.sales_manager", write=True, door="import") as records:
        symbol, name = heading[0], heading[1]
        mapping = {**dict.fromkeys(heading), symbol: "tax_id", name: "name_alt"}
        made = plan(
            records, "crm.account", Source(stream, chinese.name), mapping, "tax_id", ImportOptions(mode="update")
        )
        outcome = made.run(records)
    assert (outcome.total, outcome.updated, outcome.faulty) == (508, 441, 67)
    with records_as("crm.sales_manager") as records:
        apple = records.query("crm.account", filters={"tax_id": "AAPL"}).rows[0]
        assert apple["name_alt"] and apple["address"]["city"] == "Cupertino, California"
