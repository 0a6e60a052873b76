"""What people and programs get from the sample plugin's few lines: menu, list, board, form, history, interface."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest

VEHICLES = "/employee/fleet/vehicles/"
API = "/api/v1/fleet/vehicles"


@pytest.fixture
def weft_plugins(fleet_package: Path) -> list[type]:
    from weft.core.testing.plugins import named

    return named(["crm", "portal_employee", "fleet"])


@pytest.fixture
def garage(make_record: Callable[..., Any]) -> Any:
    return make_record("crm.account", name="Brookline Garage", role=["supplier"])


@pytest.fixture
def van(make_record: Callable[..., Any], garage: Any) -> Any:
    return make_record("fleet.vehicle", plate="AB-12", status="repair", garage=garage["id"])


def text_of(answer: Any) -> str:
    assert answer.status_code == 200, f"{answer.status_code}: {answer.get_data(as_text=True)[:500]}"
    return unescape(answer.get_data(as_text=True))


# ---- pages


def test_the_menu_leads_to_the_list(client_as: Callable[..., Any]) -> None:
    page = text_of(client_as("fleet.manager").get("/employee/"))
    assert f'href="{VEHICLES}"' in page
    assert "Fleet" in page


def test_list_and_board_show_the_vehicles(client_as: Callable[..., Any], van: Any) -> None:
    client = client_as("fleet.manager")
    rows = text_of(client.get(VEHICLES))
    assert "AB-12" in rows
    assert "In repair" in rows
    assert "Brookline Garage" not in rows, "the fleet manager may not read accounts"
    board = text_of(client.get(VEHICLES, query_string={"layout": "board"}))
    assert all(column in board for column in ("Free", "In use", "In repair"))
    assert "AB-12" in board
    assert "AB-12" not in text_of(client.get(VEHICLES, query_string={"status": "free"}))


def test_a_reference_shows_its_title_to_those_who_may_read_it(
    client_as: Callable[..., Any], weft_cast: Any, van: Any
) -> None:
    both = weft_cast.user("fleet.manager", "crm.sales_manager")
    assert "Brookline Garage" in text_of(client_as(both).get(VEHICLES))


def test_the_form_makes_and_changes_a_vehicle_and_history_tells_it(
    client_as: Callable[..., Any], records_as: Callable[..., Any]
) -> None:
    client = client_as("fleet.manager")
    form = text_of(client.get(f"{VEHICLES}new"))
    assert 'name="plate"' in form
    made = client.post(f"{VEHICLES}new", data={"plate": "CD-34", "status": "free"})
    assert made.status_code in (200, 302, 303), made.get_data(as_text=True)[:500]
    with records_as("system") as records:
        (row,) = records.query("fleet.vehicle").rows
    assert (row["plate"], row["status"]) == ("CD-34", "free")
    page = f"{VEHICLES}{row['id']}"
    assert "CD-34" in text_of(client.get(page))
    with records_as("fleet.manager", write=True) as records:
        records.update("fleet.vehicle", row["id"], {"status": "repair"}, version=row["version"])
    history = re.sub(r"<[^>]+>", "", text_of(client.get(f"{page}/history")))
    assert "moved CD-34 from Free to In repair" in history
    assert "created CD-34" in history


def test_a_twin_plate_is_refused_beside_the_field(client_as: Callable[..., Any], van: Any) -> None:
    answer = client_as("fleet.manager").post(f"{VEHICLES}new", data={"plate": "AB-12", "status": "free"})
    assert answer.status_code == 422 or "AB-12" in answer.get_data(as_text=True)


def test_pages_are_in_the_viewers_language(
    client_as: Callable[..., Any], weft_cast: Any, weft_runtime: Any, van: Any
) -> None:
    page = text_of(client_as(weft_cast.user("fleet.manager", locale="zh")).get(VEHICLES))
    assert "车辆" in page
    assert "维修中" in page
    assert "Vehicles" not in page


def test_an_employee_without_the_role_reads_but_does_not_write(client_as: Callable[..., Any], van: Any) -> None:
    client = client_as("employee")
    assert "AB-12" in text_of(client.get(VEHICLES))
    assert client.get(f"{VEHICLES}new").status_code in (403, 404)
    assert client.post(f"{VEHICLES}new", data={"plate": "X", "status": "free"}).status_code in (403, 404)


def test_the_other_end_of_the_link_shows_it(records_as: Callable[..., Any], van: Any, garage: Any) -> None:
    with records_as("system") as records:
        (group,) = [one for one in records.neighbours(garage["id"]) if one.relation == "fleet.maintains"]
    assert str(group.label) == "Maintains"
    assert [item.record.title for item in group.items] == ["AB-12"]


# ---- the interface for programs


def test_programs_create_read_change_and_delete(weft_app: Any, api_as: Callable[..., Any]) -> None:
    client, headers = weft_app.test_client(), api_as("fleet.manager")
    made = client.post(API, json={"plate": "EF-56", "status": "in_use"}, headers=headers)
    assert made.status_code == 201, made.json
    record = made.json
    assert (record["type"], record["title"], record["status"]) == ("fleet.vehicle", "EF-56", "in_use")
    address = made.headers["Location"]
    changed = client.patch(address, json={"status": "free"}, headers={**headers, "If-Match": made.headers["ETag"]})
    assert changed.status_code == 200, changed.json
    listed = client.get(API, query_string={"status": "free", "count": "exact"}, headers=headers).json
    assert [row["plate"] for row in listed["data"]] == ["EF-56"]
    assert listed["count"] == {"value": 1, "exact": True}
    gone = client.delete(address, headers={**headers, "If-Match": changed.headers["ETag"]})
    assert gone.status_code == 204
    assert client.get(API, headers=headers).json["data"] == []


def test_the_description_of_the_interface_has_it(weft_app: Any, api_as: Callable[..., Any]) -> None:
    described = weft_app.test_client().get("/api/v1/openapi.json", headers=api_as("fleet.manager")).json
    assert any(path.endswith("/fleet/vehicles") for path in described["paths"])


def test_a_supplier_sees_plate_and_status_of_what_it_maintains_and_nothing_else(
    weft_app: Any, api_as: Callable[..., Any], weft_cast: Any, van: Any, garage: Any, make_record: Callable[..., Any]
) -> None:
    other = make_record("fleet.vehicle", plate="ZZ-99", status="free")
    visitor = weft_cast.user("supplier", anchors=[garage["id"]])
    client, headers = weft_app.test_client(), api_as(visitor)
    (row,) = client.get(API, headers=headers).json["data"]
    assert (row["plate"], row["status"]) == ("AB-12", "repair")
    assert not {"garage", "driver", "owner", "unit"} & set(row)
    assert client.get(f"{API}/{van['id']}", headers=headers).status_code == 200
    assert client.get(f"{API}/{other['id']}", headers=headers).status_code == 404
    hidden = client.get(API, query_string={"garage": garage["id"]}, headers=headers)
    absent = client.get(API, query_string={"nosuchfield": 1}, headers=headers)
    assert hidden.status_code == absent.status_code == 400
    refused = client.patch(
        f"{API}/{van['id']}", json={"status": "free"}, headers={**headers, "If-Match": f'"{van["version"]}"'}
    )
    assert refused.status_code in (403, 404)


def test_a_supplier_whose_work_ended_sees_nothing(
    weft_app: Any, api_as: Callable[..., Any], weft_cast: Any, van: Any, garage: Any, records_as: Callable[..., Any]
) -> None:
    headers = api_as(weft_cast.user("supplier", anchors=[garage["id"]]))
    with records_as("system", write=True) as records:
        records.update("fleet.vehicle", van["id"], {"garage": None}, version=van["version"])
    assert weft_app.test_client().get(API, headers=headers).json["data"] == []


# ---- files


def test_the_list_is_exported_as_people_see_it_and_comes_back_by_import(
    client_as: Callable[..., Any], van: Any, records_as: Callable[..., Any], weft_runtime: Any, weft_cast: Any
) -> None:
    import io

    from weft.core.import_export.exporting import ExportRequest, run_export
    from weft.core.import_export.options import Source
    from weft.core.import_export.planning import plan
    from weft.core.import_export.running import run

    out = io.BytesIO()
    manager = weft_cast.principal("fleet.manager")
    request = ExportRequest("fleet.vehicle", ("plate", "status"), {"status": "repair"})
    assert run_export(weft_runtime, manager, request, out, door="command") == 1
    assert out.getvalue().decode("utf-8-sig").splitlines() == ["Plate,Status", "AB-12,In repair"]
    changed = io.BytesIO(b"Plate,Status\nAB-12,Free\nCD-34,In use\n")
    with records_as("fleet.manager", write=True, door="import") as records:
        outcome = run(records, plan(records, "fleet.vehicle", Source(changed, "vehicles.csv"), key="plate"))
    assert (outcome.updated, outcome.created, outcome.faulty) == (1, 1, 0)
    with records_as("fleet.manager") as records:
        rows = records.query("fleet.vehicle", sort="title").rows
    assert [(row["plate"], row["status"]) for row in rows] == [("AB-12", "free"), ("CD-34", "in_use")]
