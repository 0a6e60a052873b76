"""The trash is for people of the company: to others a deleted record is gone, with all that hung on it."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from tests.security.estate import EstatePlugin
from weft.core.collaboration import notices
from weft.core.files import files
from weft.core.testing.plugins import named


@pytest.fixture
def weft_plugins() -> list[Any]:
    return [EstatePlugin, *named(["portal_employee", "portal_customer"])]


def test_a_record_in_the_trash_does_not_exist_for_people_from_outside(
    weft_app: Any, client_as: Any, api_as: Any, weft_cast: Any, make_record: Any, records_as: Any
) -> None:
    firm = make_record("estate.firm", name="Alder")
    site = make_record("estate.site", name="Mill", tenant=firm.id)
    job = make_record("estate.job", subject="Leaking valve", site=site.id)
    tenant, boss = weft_cast.user("estate.tenant", anchors=[firm.id]), weft_cast.user("estate.boss")
    with records_as(boss, write=True) as records:
        kept = files.attach(records, job.id, BytesIO(b"plan"), "plan.txt", audience="shared")
        notices.note(records, [tenant], "changed", job.id)
    browser, headers = client_as(tenant), api_as(tenant)
    assert browser.get(f"/files/{kept.file.id}").status_code == 200
    assert "Leaking valve" in browser.get("/customer/notices/").text
    with records_as("system", write=True) as records:
        records.delete("estate.job", job.id)
    assert browser.get(f"/files/{kept.file.id}").status_code == 404
    assert "Leaking valve" not in browser.get("/customer/notices/").text
    for method, address, body in (
        ("GET", f"/records/{job.id}/history", None),
        ("GET", f"/records/{job.id}/relations", None),
        ("GET", f"/records/{job.id}/graph", None),
        ("GET", f"/explain?record={job.id}", None),
        ("GET", f"/estate/jobs/{job.id}?trash=true", None),
        ("PATCH", f"/estate/jobs/{job.id}", {"subject": "Mine"}),
        ("POST", f"/estate/jobs/{job.id}/actions/restore", {}),
        ("POST", f"/estate/jobs/{job.id}/actions/close", {}),
        ("POST", "/estate/jobs/bulk", {"operation": "update", "ids": [job.id], "values": {"subject": "Mine"},
                                       "expected": 1}),
    ):  # fmt: skip
        sent = {**headers, "If-Match": '"2"'}
        answer = weft_app.test_client().open(f"/api/v1{address}", method=method, headers=sent, json=body)
        assert answer.status_code == 404, (method, address, answer.text)
    for part, data in (("comments", {"text": "Hello"}), ("attach", {"file": (BytesIO(b"x"), "x.txt")})):
        assert browser.post(f"/customer/estate/jobs/{job.id}/{part}", data=data).status_code == 404
    assert client_as(boss).get(f"/files/{kept.file.id}").status_code == 200
