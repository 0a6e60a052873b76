"""Settings > Portals and menus: how each portal looks, what its terms say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response

from weft.core.errors import FieldError, NotFound, ValidationFailed
from weft.core.files import files
from weft.core.i18n import LOCALES, translator
from weft.core.identity import company
from weft.core.portal import faces, terms
from weft.core.registry.declarations import PortalSpec
from weft.core.web.frame import locale_names
from weft.core.web.request import View, current
from weft.core.web.routing import route
from weft.core.web.settings.area import BASE, POLICY, field, form_block, settings_page

__all__ = ["HERE", "blueprint", "portal_page", "portal_spec"]

_ = translator("core")

blueprint = Blueprint("settings_portals", __name__)
HERE = f"{BASE}portals/"
_TABS = (("", _("Look")), ("texts", _("Terms and privacy")), ("menu", _("Menu")), ("homes", _("Home pages")))


def portal_spec(view: View, key: str) -> PortalSpec:
    """A portal that is installed; raises ``NotFound``."""
    found = view.runtime.registry.portals.get(key)
    if found is None:
        raise NotFound(key)
    return found


def portal_page(
    view: View, key: str, tab: str, blocks: Sequence[dict[str, Any]], status: int = 200, **more: Any
) -> Response:
    """One page about one portal, with the tabs of all of them."""
    spec = portal_spec(view, key)
    tabs = [
        {"label": str(label), "url": f"{HERE}{key}/{word}/" if word else f"{HERE}{key}/", "current": word == tab}
        for word, label in _TABS
    ]
    shown = [{"kind": "tabs", "tabs": {"label": str(spec.label), "tabs": tabs}}, *blocks]
    crumbs = [{"url": HERE, "label": str(_("Portals and menus"))}]
    return settings_page(view, "portals", shown, title=spec.label, crumbs=crumbs, status=status, **more)


@route(blueprint, HERE, policy=POLICY, endpoint="list")
def show_portals() -> Response:
    view = current()
    rows = []
    for spec in sorted(view.runtime.registry.portals.values(), key=lambda one: (one.order, one.key)):
        face = faces.face_of(view.runtime, spec.key)
        parts = [face.name(view.locale), face.host, *(str(terms.KINDS[kind]) for kind in sorted(face.texts))]
        if face.registration:
            parts.append(str(_("Registration is open")))
        rows.append(
            {
                "title": str(spec.label), "url": f"{HERE}{spec.key}/", "icon": "layout-grid-add",
                "sub": " · ".join(part for part in parts if part) or str(_("As it comes")),
            }
        )  # fmt: skip
    panel = {"title": str(_("Portals")), "rows": rows, "rows_two": True, "full": True}
    return settings_page(view, "portals", [{"kind": "panel", "panel": panel}])


# ---- look


@route(blueprint, HERE + "<key>/", policy=POLICY, endpoint="look")
def show_look(key: str) -> Response:
    return _look_page(current(), key, {})


def _look_page(view: View, key: str, typed: Mapping[str, Any], errors: Sequence[FieldError] = ()) -> Response:
    spec, face = portal_spec(view, key), faces.face_of(view.runtime, key)
    settings = company.cached(view.runtime)
    logo = files.info(view.records, [face.logo_file]).get(face.logo_file) if face.logo_file else None
    kept = [{"id": logo.id, "name": logo.name, "url": f"/files/{logo.id}", "size": view.formats.filesize(logo.size)}]\
        if logo else []  # fmt: skip
    fields = [
        *(
            field(f"name_{code}", "text", _("Name (%(language)s)") % {"language": label},
                  typed.get(f"name_{code}", face.name(code)), width="half", required=False, max_length=60,
                  placeholder=settings.shown(code)[0])
            for code, label in LOCALES.items()
        ),
        field("logo", "file", _("Logo"), required=False, files=kept, upload_url=view.page("me", "upload"),
              accept="image/png,image/jpeg,image/webp", help=str(_("A square picture of at least 56 points."))),
        field("accent", "text", _("Accent colour"), typed.get("accent", face.accent), width="half", required=False,
              max_length=7, placeholder="#0a5f63", help=str(_("Links and buttons; white text stands on it."))),
        field("accent_dark", "text", _("Accent colour on dark pages"), typed.get("accent_dark", face.accent_dark),
              width="half", required=False, max_length=7, help=str(_("Found from the other one when empty."))),
        field("host", "text", _("Host name"), typed.get("host", face.host), required=False, max_length=253,
              help=str(_("Such as customers.company.example. Your name server must lead it here."))),
        field("locales", "choices", _("Languages"), typed.get("locales", list(face.locales)), choices=locale_names()),
    ]  # fmt: skip
    if spec.audience != "employee":
        text = _("Strangers may ask for an account; nothing opens before you approve it.")
        fields.append(
            field("registration", "boolean", _("Registration"), typed.get("registration", face.registration),
                  checkbox_label=str(text))
        )  # fmt: skip
    form = form_block(f"{HERE}{key}/", fields, _("Save"), errors)
    look = {"label": str(_("Look at the sign-in page")), "url": f"/auth/{spec.audience}/sign-in?as=%20", "icon": "eye"}
    return portal_page(view, key, "", [form], 422 if errors else 200, actions=[look])


@route(blueprint, HERE + "<key>/", policy=POLICY, methods=["POST"], endpoint="save_look")
def save_look(key: str) -> Response:
    view = current()
    form = view.form
    typed: dict[str, Any] = {name: form.get(name, "").strip() for name in ("accent", "accent_dark", "host")}
    typed |= {f"name_{code}": form.get(f"name_{code}", "").strip() for code in LOCALES}
    typed |= {"locales": form.getlist("locales"), "registration": form.getlist("registration")[-1:] == ["1"]}
    names = {code: typed[f"name_{code}"] for code in LOCALES}
    changes: dict[str, Any] = {"names": names, "locales": typed["locales"]}
    changes |= {name: typed[name] for name in ("accent", "accent_dark", "host")}
    if portal_spec(view, key).audience != "employee":
        changes["registration"] = typed["registration"]
    try:
        changes["logo_file"] = _logo(view, key)
        faces.save(view.records, key, **changes)
    except ValidationFailed as error:
        view.undo_all()
        return _look_page(view, key, typed, error.errors)
    view.toast(_("The look of the portal is saved"))
    return view.redirect(f"{HERE}{key}/")


def _logo(view: View, key: str) -> int | None:
    """The file chosen: a picture just uploaded by this administrator, the present one, or none."""
    chosen = next((part for part in reversed(view.form.getlist("logo")) if part.isdigit()), "")
    if not chosen or int(chosen) == faces.face_of(view.runtime, key).logo_file:
        return int(chosen) if chosen else None
    found, stream = files.open_for(view.records, int(chosen))
    stream.close()
    if not found.media_type.startswith("image/"):
        raise ValidationFailed.single("logo", "type", _("Choose a picture."))
    return found.id


# ---- terms and privacy


@route(blueprint, HERE + "<key>/texts/", policy=POLICY, endpoint="texts")
def show_texts(key: str) -> Response:
    return _texts_page(current(), key, {})


def _texts_page(view: View, key: str, typed: Mapping[str, str], errors: Sequence[FieldError] = ()) -> Response:
    spec = portal_spec(view, key)
    note = _("Whoever uses the portal is asked to agree, and is asked again when you publish a new version.")
    blocks: list[dict[str, Any]] = [{"kind": "note", "text": str(note)}]
    for kind, label in terms.KINDS.items():
        text = terms.published(view.connection, key, kind)
        stored = text.texts if text else {}
        fields = [
            field(f"text_{code}", "multiline", name, typed.get(f"{kind}_{code}", stored.get(code, "")), required=False,
                  rows=12, id=f"f-{kind}-{code}", help=str(_("Markdown")))
            for code, name in LOCALES.items()
        ]  # fmt: skip
        blocks.append({"kind": "head", "text": str(label)})
        if text is not None:
            day = view.formats.long_date(text.created_at.date())
            line = str(_("Version %(n)s of %(date)s") % {"n": text.version, "date": day})
            see = {"label": str(_("Read it")), "url": f"/auth/{spec.audience}/{kind}"}
            blocks.append({"kind": "note", "text": line, "actions": [see]})
        mine = errors if typed.get("kind") == kind else ()
        blocks.append(
            form_block(f"{HERE}{key}/texts/", fields, _("Publish"), mine, hidden={"kind": kind}, id=f"wf-{kind}")
        )
    return portal_page(view, key, "texts", blocks, 422 if errors else 200)


@route(blueprint, HERE + "<key>/texts/", policy=POLICY, methods=["POST"], endpoint="publish")
def publish(key: str) -> Response:
    view = current()
    kind = view.form.get("kind", "")
    texts = {code: view.form.get(f"text_{code}", "") for code in LOCALES}
    try:
        terms.publish(view.records, key, kind, texts)
    except ValidationFailed as error:
        view.undo_all()
        typed = {"kind": kind, **{f"{kind}_{code}": text for code, text in texts.items()}}
        return _texts_page(view, key, typed, error.errors)
    view.toast(_("The text is published"))
    return view.redirect(f"{HERE}{key}/texts/")
