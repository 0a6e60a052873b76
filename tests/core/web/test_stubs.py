"""What is left of a plugin that was taken away: seen by people of the company on pages of others, by nobody outside."""

from __future__ import annotations

from typing import Any

import pytest

from weft.core.ops.boot import boot
from weft.core.records.stubs import stubs_of
from weft.core.registry.access import READ, Grant, all_rows
from weft.core.testing.people import Cast
from weft.core.testing.stubs import stub_entity_type


@pytest.mark.both_databases
def test_kind_and_title_stay_for_people_of_the_company_only(weft_boot: Any, weft_dialect: str) -> None:
    rights = [
        Grant("employee", "near.thing", READ, rows=all_rows),
        Grant("customer", "near.thing", {"read"}, rows=all_rows, fields={"name"}),
    ]
    near = stub_entity_type("near.thing", grants=rights)
    far = stub_entity_type("far.other_thing")
    runtime = weft_boot(near, far)
    with Cast(runtime).records("system", write=True) as records:
        here = records.create("near.thing", {"name": "Here"})["id"]
        there, gone = (records.create("far.other_thing", {"name": name})["id"] for name in ("There", "Gone"))
        records.link("core.linked", here, there)
        records.link("core.linked", gone, here)
        records.delete("far.other_thing", gone, version=None)
        assert stubs_of(records, here) == []
    without = boot(runtime.settings, plugins=[near])
    try:
        cast = Cast(without)
        with cast.records("employee") as records:
            (stub,) = stubs_of(records, here)
            assert (stub.id, stub.type, stub.kind, stub.title) == (there, "far.other_thing", "Other thing", "There")
        with cast.records("customer") as records:
            assert records.get("near.thing", here)["name"] == "Here" and stubs_of(records, here) == []
    finally:
        without.db.dispose()
