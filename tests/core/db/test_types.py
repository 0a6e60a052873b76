"""Column types keep what they are given, whatever the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import literal, select

from weft.core.db.types import UtcDateTime

pytestmark = pytest.mark.both_databases


@pytest.mark.parametrize("year", [2, 128, 999, 2026, 9999])
def test_moments_of_any_year_come_back_in_utc(weft_runtime: Any, year: int) -> None:
    given = datetime(year, 8, 22, 7, 1, 38, 468100, tzinfo=timezone(timedelta(hours=2)))
    with weft_runtime.db.read() as connection:
        found = connection.scalar(select(literal(given, UtcDateTime())))
    assert found == given and found.tzinfo is UTC
