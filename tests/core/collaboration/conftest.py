"""The same small plugin as the tests of records."""

from __future__ import annotations

from tests.core.records.conftest import state_of, weft_plugins  # noqa: F401  (fixtures)
