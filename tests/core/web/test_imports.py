"""Importing by the browser: match columns, see the counts, run, take back."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee")

HERE = "/employee/crm/accounts/import"
FILE = b"Name,Town,Days\nAlder Water,Utrecht,30\nBirch Heat,Oslo,soon\nCedar Paper,Lyon,60\n"


def fields(text: str) -> dict[str, str]:
    """What the matching form posts when nothing is changed."""
    found = dict(re.findall(r'<input type="hidden" name="(source)" value="([^"]+)"', text))
    for name, body in re.findall(
        r'<select class="form-select" id="[^"]+" name="([^"]+)"[^>]*>(.*?)</select>', text, re.S
    ):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        found[name] = chosen.group(1) if chosen else ""
    return found


def test_a_file_is_matched_checked_and_run(client_as: Any, weft_runtime: Any, records_as: Any) -> None:
    client = client_as("crm.sales_manager")
    assert client.get(HERE).status_code == 200
    page = client.post(HERE, data={"file": (io.BytesIO(FILE), "towns.csv")})
    assert page.status_code == 200
    form = fields(page.text)
    assert (form["map-0"], form["map-2"]) == ("name", "-")
    form |= {"map-1": "address.city", "map-2": "payment_days", "go": "check"}
    checked = client.post(HERE + "/check", data=form)
    assert "3 rows: 2 would be created, 0 changed, 0 left as they are, 1 refused." in checked.text
    with records_as("crm.sales_manager") as records:
        assert not records.query("crm.account").rows
    answer = client.post(HERE + "/check", data=fields(checked.text) | {"go": "run"})
    assert answer.status_code == 303
    from weft.core.outbox.worker import Worker

    Worker(weft_runtime, threads=1).run_due()
    run = client.get(answer.headers["Location"])
    assert "done" in run.text and "Take the import back" in run.text
    with records_as("crm.sales_manager") as records:
        rows = records.query("crm.account", sort="title").rows
        assert [(row.title, row["payment_days"]) for row in rows] == [("Alder Water", 30), ("Cedar Paper", 60)]
    undo = re.search(r"/employee/undo/\d+/", run.text)
    assert undo is not None
    client.post(undo.group(0))
    with records_as("crm.sales_manager") as records:
        assert not records.query("crm.account").rows


def test_a_file_that_is_none_says_so(client_as: Any) -> None:
    answer = client_as("crm.sales_manager").post(HERE, data={})
    assert answer.status_code == 422 and "Choose a file." in answer.text


def test_another_persons_upload_cannot_be_named(client_as: Any) -> None:
    manager, rep = client_as("crm.sales_manager"), client_as("crm.sales_rep")
    form = fields(manager.post(HERE, data={"file": (io.BytesIO(FILE), "towns.csv")}).text)
    assert rep.post(HERE + "/check", data=form).status_code == 404


def test_what_is_refused_is_mended_in_the_grid(client_as: Any, weft_runtime: Any, records_as: Any) -> None:
    rows = "".join(f"Firm {n},soon\n" for n in range(3)) + "Alder,later\nBirch,30\n"
    client = client_as("crm.sales_manager")
    page = client.post(HERE, data={"file": (io.BytesIO(f"Name,Days\n{rows}".encode()), "a.csv")})
    form = fields(page.text) | {"map-1": "payment_days", "go": "check"}
    checked = client.post(HERE + "/check", data=form).text
    assert "5 rows: 1 would be created" in checked and "Not understood in several rows" in checked
    # "soon" stands in three rows and is read as 14 once for all; the single "later" of line 5 is mended on its own
    assert 'name="swap-0" value="soon"' in checked and 'name="fix-5-1" value="later"' in checked
    mended = client.post(HERE + "/check", data=fields(checked) | {"swap-0": "14", "fix-5-1": "60", "go": "check"}).text
    assert "5 rows: 5 would be created, 0 changed, 0 left as they are, 0 refused." in mended
    client.post(HERE + "/check", data=fields(mended) | {"go": "run"})
    from weft.core.outbox.worker import Worker

    Worker(weft_runtime, threads=1).run_due()
    with records_as("crm.sales_manager") as records:
        found = {row.title: row["payment_days"] for row in records.query("crm.account").rows}
    assert found == {"Firm 0": 14, "Firm 1": 14, "Firm 2": 14, "Alder": 60, "Birch": 30}
