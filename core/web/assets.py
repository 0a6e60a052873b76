"""Built assets: ``asset("weft.css")`` through Vite's manifest, served with far-future caching."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path

from flask import Blueprint, Response, send_from_directory
from werkzeug.exceptions import NotFound

from weft.core.web.routing import route

__all__ = ["Assets", "assets_blueprint"]

_YEAR = 31_536_000
_HASHED = re.compile(r"-[A-Za-z0-9_-]{8}\.[a-z0-9]+$")


class Assets:
    """The manifest of one build folder; read again when the file changes, so that ``npm run build`` shows at once.

    Args:
        folder: folder with ``manifest.json`` and the built files.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._manifest: dict[str, str] = {}
        self._read_at = 0.0

    def url(self, name: str) -> str:
        """Address of a built file by its key (``main.js``, ``weft.css``, ``icons.svg`` ...)."""
        return f"/static/dist/{self._load().get(name, name)}"

    def hashed(self, path: str) -> bool:
        """True when the path's name changes with its content, so that it may be kept for a year."""
        return path in self._load().values() or _HASHED.search(path) is not None

    def _load(self) -> dict[str, str]:
        path = self.folder / "manifest.json"
        try:
            changed = path.stat().st_mtime
        except OSError:
            return {}
        if changed != self._read_at:
            entries = json.loads(path.read_text(encoding="utf-8"))
            files = {key: found if isinstance(found, str) else found["file"] for key, found in entries.items()}
            self._manifest, self._read_at = files, changed
        return self._manifest


def core_assets() -> Assets:
    """The assets of the core, built into ``weft.core.web``."""
    return Assets(Path(str(resources.files("weft.core.web") / "static" / "dist")))


def assets_blueprint(assets: Assets) -> Blueprint:
    """The route of built files; their names carry a hash, so they may be kept for a year."""
    blueprint = Blueprint("assets", __name__)

    @route(blueprint, "/static/dist/<path:name>", policy="public", door="probe", endpoint="dist")
    def dist(name: str) -> Response:
        if not assets.folder.exists() or name.endswith("manifest.json"):
            raise NotFound
        response = send_from_directory(assets.folder, name, max_age=_YEAR)
        long = f"public, max-age={_YEAR}, immutable"
        response.headers["Cache-Control"] = long if assets.hashed(name) else "public, max-age=300"
        return response

    return blueprint
