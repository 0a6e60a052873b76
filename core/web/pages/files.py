"""Files of records, and the one route that serves any file with the rights of the record it belongs to."""

from __future__ import annotations

from typing import Any

from weft.core.i18n import translator
from weft.core.web.record.head import RecordHead

__all__ = ["files_panel"]

_ = translator("core")


def files_panel(head: RecordHead) -> dict[str, Any]:
    """Files attached to the record."""
    return {"title": str(_("Files")), "rows": []}
