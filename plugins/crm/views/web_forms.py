"""Public web forms: the page for strangers, alone or inside a frame of the company's site, and the code to embed it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from weft.core.sdk import FieldError, HttpRoute, NotFound, RecordPage, Slot, ValidationFailed, translator, use_locale
from weft.core.websdk import View, public
from weft.plugins.crm import vocabulary as words
from weft.plugins.crm.services import intake

_ = translator("crm")

VIEWS: list[Any] = []
NAVIGATION: list[Any] = []

_LANGUAGES = {"en": "English", "zh": "中文"}
_KINDS = {"need": "multiline", "email": "email", "phone": "phone", "website": "url"}
_FILL = {
    "company": "organization", "person": "name", "position": "organization-title", "email": "email", "phone": "tel",
    "website": "url", "city": "address-level2",
}  # fmt: skip
_NEEDS = {
    "enquiry": _("What do you need?"), "trial": _("What would you like to try?"), "feedback": _("Your message"),
    "newsletter": _("What interests you?"),
}  # fmt: skip
_SEND = {
    "enquiry": _("Send"), "trial": _("Ask for a trial"), "feedback": _("Send", "feedback"),
    "newsletter": _("Subscribe"),
}  # fmt: skip
#: Filled by machines only: people do not see it.
_TRAP = "homepage"
_MAILS_AN_HOUR = 2


def show_form(view: View, slug: str) -> Any:
    """The form, or what became of it once it is sent."""
    language = _language(view)
    with use_locale(language):
        answer = _send(view, slug, language) if view.writing else _page(view, _form(view, slug, language), language)
    return answer


def _language(view: View) -> str:
    wanted = view.args.get("lang", "")
    return wanted if wanted in _LANGUAGES else view.locale if view.locale in _LANGUAGES else "en"


def _form(view: View, slug: str, language: str) -> intake.Form:
    form = intake.form_at(view.records, slug, language)
    if form is None:
        raise NotFound(slug)
    return form


def _send(view: View, slug: str, language: str) -> Any:
    visit = public.visit_of(view, slug, view.form.get("_shown", ""))
    if visit.state == "fine" and not view.form.get(_TRAP):
        return _receive(view, slug, language, visit)
    form = _form(view, slug, language)
    if visit.state == "fine":  # a machine fell into the trap; it learns nothing
        return _thanks(view, form, language, "")
    texts = {
        "quick": _("That was very quick. Please look through your answers and send them again."),
        "old": _("This page was open for a long time. Please send it again."),
    }
    text = texts.get(visit.state, _("This page was not complete. Please send it again."))
    token = view.form.get("_shown") if visit.state == "quick" else None
    return _page(view, form, language, [FieldError("", visit.state, text)], token=token)


def _receive(view: View, slug: str, language: str, visit: public.Shown) -> Any:
    form = _form(view, slug, language)
    given = {name: view.form.get(name, "") for name in intake.ASKS}
    given["consent"] = next(iter(view.form.getlist("consent")[-1:]), "")
    errors = intake.missing(form, given)
    if errors:  # the token is not spent yet: who mends one field in a moment is no machine
        return _page(view, form, language, errors, token=view.form.get("_shown"))
    view.undo_all()  # counting has a transaction of its own
    counted = public.may_send(view, "form", visit.nonce)
    if counted != "fine":
        return _thanks(view, form, language, "") if counted == "again" else _busy(view, form, language)
    email = given["email"].strip().lower()
    mailed = bool(email) and public.may_send(view, "formmail", email, most=_MAILS_AN_HOUR) == "fine"
    try:
        lead = intake.receive(view.records, form, given, language=language, page_url=visit.came_from)
    except ValidationFailed as error:
        view.undo_all()
        return _page(view, form, language, error.errors)
    if mailed:
        intake.thank(view.records, form, lead, email, view.company_name)
    return _thanks(view, form, language, lead["number"])


# ---- the pages


def _page(
    view: View, form: intake.Form, language: str, errors: Sequence[FieldError] = (), *, token: str | None = None
) -> Any:
    messages = {error.field: str(error.message) for error in errors if error.field}
    fields = [_field(view, form, name, language, messages) for name in form.asks]
    fields.append(
        {"name": "consent", "kind": "boolean", "label": str(_("Consent")), "checkbox_label": form.consent,
         "required": True, "value": view.form.getlist("consent")[-1:] == ["1"], "error": messages.get("consent")}
    )  # fmt: skip
    shown = {
        "action": _address(form, language), "fields": fields, "plain": True, "submit": str(_SEND[form.kind]),
        "hidden": {"_shown": token or public.shown_token(view, form.slug)},
        "errors": [{"text": str(error.message), "field": error.field} for error in errors],
    }  # fmt: skip
    return _answer(view, form, language, 422 if errors else 200, form=shown, lead=form.intro)


def _field(view: View, form: intake.Form, name: str, language: str, messages: Mapping[str, str]) -> dict[str, Any]:
    labels = {"need": _NEEDS[form.kind], "person": _("Your name")}
    label = labels.get(name, words.FORM_FIELDS.labels[name])
    found: dict[str, Any] = {
        "name": name, "kind": _KINDS.get(name, "text"), "label": str(label), "value": view.form.get(name, "")[:4000],
        "required": name in form.requires, "max_length": 4000 if name == "need" else 200,
        "autocomplete": _FILL.get(name), "error": messages.get(name),
    }  # fmt: skip
    if name == "country":
        found |= {"kind": "country", "choices": public.countries()}
    elif name in ("industry", "product"):
        choices = intake.choices_of(view.records, name, language)
        found |= {"kind": "choice", "as_select": True,
                  "choices": [{"value": number, "label": text} for number, text in choices]}  # fmt: skip
    return found


def _thanks(view: View, form: intake.Form, language: str, number: str) -> Any:
    said = form.thanks or str(_("Thank you. Your message has arrived; we will answer you soon."))
    return _answer(view, form, language, 200, sent=said, number=number, heading=str(_("Thank you")))


def _busy(view: View, form: intake.Form, language: str) -> Any:
    text = str(_("Too many messages came from your network. Please try again in an hour, or write to us by mail."))
    return _answer(view, form, language, 429, refused=text)


def _answer(view: View, at: intake.Form, language: str, status: int, **data: Any) -> Any:
    other = "zh" if language == "en" else "en"
    switch = {"url": _address(at, other), "label": _LANGUAGES[other], "lang": "zh-CN" if other == "zh" else "en"}
    title = data.pop("heading", at.title)
    page = {"title": title}
    answer = view.render(
        "crm/web_form.html",
        status,
        page=page,
        title=title,
        switch=switch,
        trap=_TRAP,
        privacy_url=public.privacy_url(view),
        **data,
    )
    return public.framed_by(answer, at.origins)


def _address(form: intake.Form, language: str) -> str:
    return f"/crm/forms/{form.slug}?lang={language}"


# ---- for who sets a form up


def _embedding(view: View, record: Mapping[str, Any]) -> dict[str, Any] | None:
    """Where the form is, and what to put into a page of the company's site."""
    if not record.get("slug"):
        return None
    address = f"{view.runtime.settings.public_url.rstrip('/')}/crm/forms/{record['slug']}"
    code = (
        f'<iframe src="{address}" title="{record.get("title_en") or record["name"]}" '
        'width="100%" height="860" loading="lazy"></iframe>'
    )
    lines = (record.get("origins") or "").split()
    return {"address": address, "code": code, "framed": bool(lines), "active": bool(record.get("active"))}


RECORD_PAGES = [
    RecordPage(
        "crm.web_form",
        facts=("slug", "kind", "source", "receiver", "active"),
        sections=[
            (_("Form"), ("name", "slug", "kind", "active")),
            (_("Words"), ("title_en", "title_zh", "intro_en", "intro_zh", "thanks_en", "thanks_zh")),
            (_("Fields"), ("asks", "requires")),
            (_("Consent"), ("consent_en", "consent_zh")),
            (_("What becomes of it"), ("source", "territory", "receiver")),
            (_("On other sites"), ("origins",)),
        ],
    )
]
SLOTS = [
    Slot("record.side", "crm/web_form_embed.html", _embedding, "crm.web_form", _("Put it on a page"), key="crm.embed")
]
ROUTES = [HttpRoute("/forms/<slug>", "crm.web_form", show_form, "public", ("GET", "POST"), portal="")]
