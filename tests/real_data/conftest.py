"""Real data beside the checkout: read from there, never copied; tests that need it say so when they skip."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture
def data_file() -> Callable[..., Path]:
    """``data_file("northwind", "customers.csv")``: a file of the real data, or a skip that names what is missing."""

    def find(*parts: str) -> Path:
        path = DATA.joinpath(*parts)
        if not path.exists():
            pytest.skip(f"REAL DATA MISSING: {'/'.join(parts)} is not beside the checkout (shared/data)")
        return path

    return find
