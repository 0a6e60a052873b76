"""The face of a portal on its pages: name, logo, accent, languages, terms; before sign-in and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from weft.core.i18n import LOCALES
from weft.core.identity import company
from weft.core.portal import colours, faces
from weft.core.registry.runtime import Runtime

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["HTML_LANG", "dress", "portal_for"]

HTML_LANG = {"en": "en", "zh": "zh-CN"}
_SWITCH = {"en": "EN", "zh": "中文"}


def portal_for(runtime: Runtime, audience: str) -> str:
    """Key of the portal people of an audience sign in to."""
    return next((spec.key for spec in runtime.registry.portals.values() if spec.audience == audience), audience)


def dress(view: View, portal: str) -> dict[str, Any]:
    """What the frame shows of a portal's face; see ``frame`` in docs/design-system.md."""
    face = faces.face_of(view.runtime, portal)
    settings = company.cached(view.runtime)
    found: dict[str, Any] = {"company": {"name": face.name(view.locale) or settings.shown(view.locale)[0]}}
    logo = face.logo_file or settings.logo_file
    if logo:
        found["company"]["logo_url"] = f"/files/{logo}"
    if colours.stylesheet(face.accent, face.accent_dark):
        found["accent_css_url"] = f"/theme/{portal}.css?v={face.version}"
    other = next((code for code in LOCALES if code != view.locale and code in face.locales), None)
    if other is not None:
        found["other_locale"] = {"code": other, "lang": HTML_LANG[other], "label": _SWITCH[other]}
    spec = view.runtime.registry.portals.get(portal)
    if spec is not None:
        found |= {f"{kind}_url": f"/auth/{spec.audience}/{kind}" for kind in face.texts}
    return found
