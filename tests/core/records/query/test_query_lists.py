"""Lists: what a page holds, its order, its cursor, its filters."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.both_databases
