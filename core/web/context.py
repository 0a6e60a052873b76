"""Names every template has: the frame and the view."""

from __future__ import annotations

from typing import Any

from flask import Flask

from weft.core.web.frame import LazyFrame, build_frame
from weft.core.web.request import current

__all__ = ["install_context"]


def install_context(app: Flask) -> None:
    """Give templates ``frame`` (built when first looked at) and ``view``."""

    @app.context_processor
    def names() -> dict[str, Any]:
        view = current()
        return {"frame": LazyFrame(lambda: build_frame(view)), "view": view}
