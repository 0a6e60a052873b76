"""Sizes and telephone numbers as people read them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from weft.core.web.formats import Formats

FORMATS = Formats("en", "Europe/Amsterdam", datetime(2026, 11, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (999, "999 B"), (1024, "1 kB"), (1_468_006, "1.4 MB"), (25 * 1024 * 1024, "25 MB"), (2**30, "1 GB")],
)
def test_a_size_reads_as_limits_are_set(size: int, text: str) -> None:
    assert FORMATS.filesize(size) == text


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("+31105550123", "+31 10 555 0123"), ("+8651200000101", "+86 512 0000 0101"),
        ("+31100000015", "+31 10 000 0015"),
        ("ext. 12", "ext. 12"), ("+3", "+3"), ("", ""), (None, ""),
    ],
)  # fmt: skip
def test_a_telephone_number_is_read_in_groups(stored: str | None, text: str) -> None:
    assert FORMATS.phone(stored) == text
