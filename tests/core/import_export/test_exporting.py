"""Exports: the present view within one's rights, in both formats, noted, and good to import again."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import update

from weft.core.errors import Denied, QueryError, RateLimited
from weft.core.identity import audit
from weft.core.import_export import runs
from weft.core.import_export.exporting import PER_HOUR, ExportRequest, run_export
from weft.core.import_export.options import ImportOptions, Source
from weft.core.import_export.planning import plan

pytestmark = [pytest.mark.weft_plugins("crm"), pytest.mark.both_databases]


@pytest.fixture
def export(weft_runtime: Any, weft_cast: Any) -> Callable[..., bytes]:
    """``export("crm.account", who=..., fields=..., format=...)`` gives the bytes of the file."""

    def run(entity: str, *, who: Any = "crm.sales_manager", door: str = "command", **wishes: Any) -> bytes:
        out = io.BytesIO()
        run_export(weft_runtime, weft_cast.principal(who), ExportRequest(entity, **wishes), out, door=door)
        return out.getvalue()

    return run


def rows_of(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.fixture
def deals(make_record: Any) -> list[Any]:
    stage = make_record("crm.stage", code="new", label_en="New")
    account = make_record("crm.account", name="=Formula & Co", role=["customer", "supplier"])
    amounts = [{"amount": "-12.50", "currency": "CNY"}, {"amount": "1000", "currency": "EUR"}, None]
    return [
        make_record("crm.opportunity", name=f"Deal {n}", account=account.id, stage=stage.id, amount=amount,
                    expected_close=f"2026-0{n}-15")
        for n, amount in enumerate(amounts, 1)
    ]  # fmt: skip


def test_the_view_decides_columns_filters_and_order(export: Any, deals: list[Any]) -> None:
    found = rows_of(export(
        "crm.opportunity", fields=("name", "account", "amount", "expected_close", "outcome"), sort="-title",
        filters={"expected_close__gte": "2026-02-01"},
    ))  # fmt: skip
    assert found == [
        ["Name", "Account", "Amount", "Amount currency", "Expected close", "Outcome"],
        ["Deal 3", "'=Formula & Co", "", "", "2026-03-15", "Open"],
        ["Deal 2", "'=Formula & Co", "1000.00", "EUR", "2026-02-15", "Open"],
    ]


def test_headings_and_labels_are_in_the_persons_language(export: Any, deals: list[Any], weft_cast: Any) -> None:
    chinese = weft_cast.user("crm.sales_manager", locale="zh")
    from weft.core.i18n import use_locale

    with use_locale("zh"):
        found = rows_of(export("crm.account", who=chinese, fields=("name", "role")))
    assert found[0] == ["名称", "角色"]
    assert found[1][1] == "客户; 供应商"


def test_the_list_and_its_export_say_the_same(export: Any, make_record: Any, weft_cast: Any, weft_runtime: Any) -> None:
    from weft.core.i18n import use_locale
    from weft.core.identity.tables import app_user
    from weft.core.web.values import header_fields

    owner = weft_cast.user("crm.sales_rep", name="林月")
    with weft_runtime.db.write() as connection:
        changed = update(app_user).where(app_user.c.id == owner)
        connection.execute(changed.values(name="Lin Yue", name_alt="林月"))
    make_record("crm.account", name="Tangyu", name_alt="塘渔水务", role=["customer"], owner=owner)
    who = weft_cast.user("crm.sales_manager", locale="zh")
    names = ("title", "owner", "unit", "created_at", "updated_at")
    with use_locale("zh"):
        found = rows_of(export("crm.account", who=who, fields=names))
        assert found[0] == ["名称", *(str(header_fields()[name].label) for name in names[1:])]
    assert found[1][1] == "林月"
    english = rows_of(export("crm.account", fields=("owner",)))
    assert english == [["Owner"], ["Lin Yue"]]


def test_a_spreadsheet_has_typed_cells(export: Any, deals: list[Any]) -> None:
    data = export(
        "crm.opportunity", format="xlsx", fields=("name", "account", "amount", "expected_close"), sort="title"
    )
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert sheet[1][:4] == ["Deal 1", "=Formula & Co", -12.5, "CNY"]
    assert sheet[1][4].isoformat() == "2026-01-15"


def test_more_rows_than_a_page_all_come(export: Any, weft_cast: Any) -> None:
    with weft_cast.records("crm.sales_manager", write=True) as records:
        records.load("crm.account", [{"name": f"Firm {n:03}"} for n in range(450)])
    found = rows_of(export("crm.account", fields=("name",), sort="title"))
    assert [row[0] for row in found[1:]] == [f"Firm {n:03}" for n in range(450)]
    assert len(rows_of(export("crm.account", fields=("name",), limit=210))) == 211


def test_only_ones_own_rows_and_fields(export: Any, make_record: Any, weft_cast: Any) -> None:
    rep, other = weft_cast.user("crm.sales_rep"), weft_cast.user("crm.sales_rep")
    make_record("crm.account", name="Mine", owner=rep)
    make_record("crm.account", name="Theirs", owner=other)
    assert [row[0] for row in rows_of(export("crm.account", who=rep, fields=("name",)))] == ["Name", "Mine"]
    with pytest.raises(Denied):
        export("crm.account", who="employee")
    for name in ("password", "nothing"):
        with pytest.raises(QueryError):
            export("crm.account", fields=(name,))


def test_every_export_is_noted(export: Any, deals: list[Any], weft_runtime: Any, records_as: Any) -> None:
    export("crm.opportunity", filters={"name": "Deal 1"}, fields=("name",))
    with pytest.raises(QueryError):
        export("crm.opportunity", fields=("nothing",))
    with records_as("crm.sales_manager") as records:
        (run,) = runs.exports(records)
        assert (run.entity, run.state, run.rows, run.door) == ("crm.opportunity", "done", 1, "command")
        assert run.view["filters"] == {"name": "Deal 1"}
        noted = audit.entries(records.connection, limit=10)
        assert [entry.action for entry in noted] == ["records.export"]


def test_ten_an_hour(export: Any, deals: list[Any]) -> None:
    for _number in range(PER_HOUR):
        export("crm.stage", door="page")
    with pytest.raises(RateLimited):
        export("crm.stage", door="page")
    export("crm.stage", door="command")


def test_what_was_exported_imports_again_without_a_change(export: Any, deals: list[Any], records_as: Any) -> None:
    for form in ("csv", "xlsx"):
        data = export("crm.opportunity", format=form)
        with records_as("crm.sales_manager", write=True, door="import") as records:
            made = plan(records, "crm.opportunity", Source(io.BytesIO(data), f"x.{form}"), None, "id", ImportOptions())
            outcome = made.run(records)
        assert (outcome.total, outcome.updated, outcome.faulty, outcome.skipped) == (3, 0, 0, 3), (form, outcome.faults)
