"""Northwind customers and suppliers become accounts; a firm that is both is one account with both roles."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from weft.core.import_export.options import ImportOptions, Outcome, Source
from weft.core.import_export.planning import plan
from weft.core.records.facade import Records

pytestmark = [pytest.mark.weft_plugins("crm"), pytest.mark.both_databases]

Open = Callable[..., AbstractContextManager[Records]]
#: The same heading means the firm in both files; contact, fax and the files' own ids have no place on an account.
MAPPING = {"CompanyName": "name", "Address": "address.lines", "ContactName": None, "ContactTitle": None, "Fax": None}


def load(records_as: Open, data: bytes, name: str, role: str) -> Outcome:
    # the numbers are of the nineties: some have too few digits for their country today
    options = ImportOptions(defaults={"role": role}, add_to=("role",), leave_empty=("phone",))
    with records_as("crm.sales_manager", write=True, door="import") as records:
        made = plan(records, "crm.account", Source(io.BytesIO(data), name), MAPPING, "name", options)
        assert {"City", "Country", "PostalCode", "Region", "Phone"} <= set(made.mapping)
        return made.run(records)


@pytest.fixture
def files(data_file: Callable[..., Path]) -> tuple[bytes, bytes]:
    return data_file("northwind", "customers.csv").read_bytes(), data_file("northwind", "suppliers.csv").read_bytes()


def test_customers_and_suppliers(records_as: Open, files: tuple[bytes, bytes]) -> None:
    customers, suppliers = files
    first = load(records_as, customers, "customers.csv", "customer")
    # 93 rows; the two stray ones are both called "IT"
    assert (first.total, first.created, first.skipped + first.updated, first.faulty) == (93, 92, 1, 0)
    second = load(records_as, suppliers, "suppliers.csv", "supplier")
    assert (second.total, second.created, second.faulty) == (29, 29, 0)
    with records_as("crm.sales_manager") as records:
        count = records.aggregate("crm.account")[0]["count"]
        assert count == 121
        berlin = records.query("crm.account", filters={"name": "Alfreds Futterkiste"}).rows[0]
        assert berlin["address"] == {
            "country": "DE", "region": None, "city": "Berlin", "lines": ["Obere Str. 57"], "postcode": "12209",
        }  # fmt: skip
        assert berlin["phone"] == "+49300074321"


def test_a_firm_that_is_both_is_one_account(records_as: Open, files: tuple[bytes, bytes]) -> None:
    customers, suppliers = files
    load(records_as, customers, "customers.csv", "customer")
    load(records_as, suppliers, "suppliers.csv", "supplier")
    # the suppliers' own file once more, as customers: every one of these firms is now both
    again = load(records_as, suppliers, "suppliers.csv", "customer")
    assert (again.created, again.updated, again.faulty) == (0, 29, 0)
    with records_as("crm.sales_manager") as records:
        assert records.aggregate("crm.account")[0]["count"] == 121
        names = {row["CompanyName"].strip() for row in csv.DictReader(io.StringIO(suppliers.decode()))}
        both = records.query("crm.account", filters={"role": ["supplier"]}, limit=200).rows
        assert {row["name"] for row in both} == {" ".join(name.split()) if "  " in name else name for name in names}
        assert {tuple(row["role"]) for row in both} == {("customer", "supplier")}
