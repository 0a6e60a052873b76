"""An ordinary size: 100,000 rows, one in a hundred faulty; the good ones go in, and all of it can be taken back."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from weft.core.import_export import runs
from weft.core.import_export.options import ImportOptions
from weft.core.outbox.worker import Worker

pytestmark = [pytest.mark.weft_plugins("crm", "portal_employee"), pytest.mark.slow]

ROWS, FAULTY = 100_000, 1_000


def file_of(known: int) -> io.BytesIO:
    """A CSV whose first rows name records that are there, and in which every hundredth row is faulty."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["Name", "Payment (days)", "City"])
    for number in range(ROWS):
        days = "soon" if number % 100 == 99 else str(number % 90)
        writer.writerow([f"Known {number}" if number < known else f"Firm {number}", days, "Utrecht"])
    return io.BytesIO(text.getvalue().encode())


def test_a_hundred_thousand_rows_with_faults_and_back(weft_runtime: Any, weft_cast: Any, records_as: Any) -> None:
    user = weft_cast.user("crm.sales_manager")
    with records_as(user, write=True) as records:
        known = [{"name": f"Known {n}", "role": ["customer"], "payment_days": 5} for n in range(50)]
        records.load("crm.account", known)
    address = runs.keep_source(weft_runtime, file_of(50))
    with records_as(user, write=True) as records:
        mapping = {"Name": "name", "Payment (days)": "payment_days", "City": "address.city"}
        options = ImportOptions()
        number = runs.start(
            records, "crm.account", address, "big.csv", mapping=mapping, key="name", options=options, total=ROWS
        )
    Worker(weft_runtime, threads=1).run_due()
    with records_as(user) as records:
        run = runs.find(records, number)
        assert (run.state, run.total, run.faulty) == ("done", ROWS, FAULTY)
        assert (run.created, run.updated) == (ROWS - FAULTY - 50, 50)
        with runs.faults(records, number) as stream:
            faults = list(csv.reader(io.StringIO(stream.read().decode("utf-8-sig"))))
        assert len(faults) == 1 + FAULTY and faults[1][3:5] == ["101", "Payment (days)"]
        assert records.query("crm.account", limit=1, count="exact").count.value == ROWS - FAULTY
    with records_as(user, write=True) as records:
        records.undo(run.change_set_id)
    with records_as(user) as records:
        page = records.query("crm.account", limit=50, count="exact")
        assert page.count.value == 50
        assert {row["payment_days"] for row in page.rows} == {5} and not any(row.get("address") for row in page.rows)
