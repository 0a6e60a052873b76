"""Built assets: ``asset("weft.css")`` through Vite's manifest, served with far-future caching."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, send_from_directory
from werkzeug.exceptions import NotFound

from weft.core.web.routing import route

__all__ = ["Assets", "assets_blueprint"]

_YEAR = 31_536_000


class Assets:
    """The manifest of one build folder; read again when the file changes, so that ``npm run build`` shows at once.

    Args:
        folder: folder with ``manifest.json`` and the built files.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._manifest: dict[str, Any] = {}
        self._read_at = 0.0

    def entry(self, name: str) -> dict[str, Any]:
        """The manifest's entry of a source name, matched by full key, name or last part of the key; else empty."""
        manifest = self._load()
        if name in manifest:
            return dict(manifest[name])
        for key, found in manifest.items():
            if found.get("name") == name or key.rsplit("/", 1)[-1] == name:
                return dict(found)
        return {}

    def url(self, name: str) -> str:
        """Address of a built file; a name that is not in the manifest must be a file of the folder."""
        found = self.entry(name)
        return f"/static/dist/{found.get('file', name)}"

    def styles(self, name: str) -> list[str]:
        """Addresses of the style sheets an entry brings."""
        found = self.entry(name)
        return [f"/static/dist/{path}" for path in found.get("css", ())]

    def _load(self) -> dict[str, Any]:
        path = next(
            (p for p in (self.folder / "manifest.json", self.folder / ".vite/manifest.json") if p.exists()), None
        )
        if path is None:
            return {}
        changed = path.stat().st_mtime
        if changed != self._read_at:
            self._manifest, self._read_at = json.loads(path.read_text(encoding="utf-8")), changed
        return self._manifest


def core_assets() -> Assets:
    """The assets of the core, built into ``weft.core.web``."""
    return Assets(Path(str(resources.files("weft.core.web") / "static" / "dist")))


def assets_blueprint(assets: Assets) -> Blueprint:
    """The route of built files; their names carry a hash, so they may be kept for a year."""
    blueprint = Blueprint("assets", __name__)

    @route(blueprint, "/static/dist/<path:name>", policy="public", endpoint="dist")
    def dist(name: str) -> Response:
        if not assets.folder.exists() or name.endswith("manifest.json"):
            raise NotFound
        response = send_from_directory(assets.folder, name, max_age=_YEAR)
        hashed = any(found.get("file") == name or name in found.get("css", ()) for found in assets._load().values())
        response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable" if hashed else "public, max-age=300"
        return response

    return blueprint
