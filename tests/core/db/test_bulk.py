"""Rows inserted many at a time are the same rows, with the same edges and errors, as one at a time."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from weft.core.db.bulk import insert_rows
from weft.core.db.tables import record, relation
from weft.core.ops.doctor import doctor

pytestmark = pytest.mark.both_databases


def test_many_rows_with_different_columns_keep_values_and_edges(weft_runtime: Any, tables: Any, header: Any) -> None:
    site, *ids = weft_runtime.db.ids.take(124)
    rows = [header(id=i, code=f"C{i}", label="a'b 中", **({"site": site} if n % 3 else {})) for n, i in enumerate(ids)]
    with weft_runtime.db.write() as connection:
        insert_rows(connection, tables.site, [header(id=site, name="Site")])
        insert_rows(connection, tables.crate, rows)
    with weft_runtime.db.read() as connection:
        stored = connection.execute(select(tables.crate).order_by(tables.crate.c.id)).all()
        assert connection.execute(select(func.count()).select_from(record)).scalar() == 124
        edges = connection.execute(select(relation.c.source_id)).scalars().all()
    assert [(row.id, row.label, row.version, row.created_at) for row in stored] == [
        (i, "a'b 中", 1, header()["created_at"]) for i in ids
    ]
    assert sorted(edges) == [row["id"] for row in rows if "site" in row]
    assert doctor(weft_runtime) == []


def test_one_bad_row_refuses_all(weft_runtime: Any, tables: Any, header: Any) -> None:
    ids = weft_runtime.db.ids.take(70)
    rows = [header(id=i, code="same" if n in (3, 66) else str(n), label="x") for n, i in enumerate(ids)]
    with pytest.raises(IntegrityError), weft_runtime.db.write() as connection:
        insert_rows(connection, tables.crate, rows)
    with weft_runtime.db.read() as connection:
        assert connection.execute(select(func.count()).select_from(record)).scalar() == 0
