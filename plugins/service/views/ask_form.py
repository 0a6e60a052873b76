"""The public form for requests: a page for the whole world at ``/service/ask``, without cookies or a script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from weft.core.sdk import FieldError, ValidationFailed, translator, use_locale
from weft.core.websdk import View, public
from weft.plugins.service.services import arrivals

_ = translator("service")

__all__ = ["show_ask"]

_LANGUAGES = {"en": "English", "zh": "中文"}
_ADDRESS = "/service/ask"
#: Filled by machines only: people do not see it.
_TRAP = "homepage"
_PURPOSE = "service.ask"
_ASKED = ("name", "email", "company", "number", "subject", "description")
_REQUIRED = ("name", "email", "subject", "description")
_LONGEST = {"description": 4000}
_AN_HOUR = 5


def show_ask(view: View) -> Any:
    """The form, or what became of it once it is sent."""
    wanted = view.args.get("lang", "")
    language = wanted if wanted in _LANGUAGES else view.locale if view.locale in _LANGUAGES else "en"
    with use_locale(language):
        return _send(view, language) if view.writing else _page(view, language)


def _send(view: View, language: str) -> Any:
    visit = public.visit_of(view, _PURPOSE, view.form.get("_shown", ""))
    if visit.state == "fine" and view.form.get(_TRAP):
        return _thanks(view, language, "")  # a machine fell into the trap; it learns nothing
    if visit.state != "fine":
        texts = {
            "quick": _("That was very quick. Please look through your answers and send them again."),
            "old": _("This page was open for a long time. Please send it again."),
        }
        text = texts.get(visit.state, _("This page was not complete. Please send it again."))
        token = view.form.get("_shown") if visit.state == "quick" else None
        return _page(view, language, [FieldError("", visit.state, text)], token=token)
    given = {name: view.form.get(name, "").strip()[: _LONGEST.get(name, 200)] for name in _ASKED}
    errors = [FieldError(name, "required", _("Please fill this in.")) for name in _REQUIRED if not given[name]]
    if given["email"] and "@" not in given["email"]:
        errors.append(FieldError("email", "format", _("This is no mail address.")))
    if errors:
        return _page(view, language, errors, token=view.form.get("_shown"))
    return _receive(view, language, visit, given)


def _receive(view: View, language: str, visit: public.Shown, given: Mapping[str, str]) -> Any:
    view.undo_all()  # counting has a transaction of its own
    counted = public.may_send(view, "ask", visit.nonce)
    if counted == "fine":
        counted = public.may_send(view, "askmail", given["email"].lower(), most=_AN_HOUR)
        counted = "busy" if counted == "again" else counted
    if counted == "again":
        return _thanks(view, language, "")
    if counted != "fine":
        text = str(_("Too many messages came from your network. Please try again in an hour, or write to us by mail."))
        return _answer(view, language, 429, refused=text)
    try:
        request = arrivals.from_the_web(view.records, given, language)
    except ValidationFailed as error:
        view.undo_all()
        shown = [
            FieldError("email" if one.field == "reply_to" else one.field, one.code, one.message) for one in error.errors
        ]
        return _page(view, language, shown, token=view.form.get("_shown"))
    return _thanks(view, language, request["number"])


# ---- the pages


def _page(view: View, language: str, errors: Sequence[FieldError] = (), *, token: str | None = None) -> Any:
    messages = {error.field: str(error.message) for error in errors if error.field}
    kinds = {"email": "email", "description": "multiline"}
    fill = {"name": "name", "email": "email", "company": "organization"}
    labels = {
        "name": _("Your name"), "email": _("Your mail address"), "company": _("Company"),
        "number": _("Serial number of the device"), "subject": _("What is it about?"), "description": _("Describe it"),
    }  # fmt: skip
    fields = [
        {"name": name, "kind": kinds.get(name, "text"), "label": str(labels[name]), "required": name in _REQUIRED,
         "value": view.form.get(name, "")[:4000], "max_length": _LONGEST.get(name, 200), "rows": 6,
         "autocomplete": fill.get(name), "error": messages.get(name)}
        for name in _ASKED
    ]  # fmt: skip
    form = {
        "action": f"{_ADDRESS}?lang={language}", "fields": fields, "plain": True, "submit": str(_("Send the request")),
        "hidden": {"_shown": token or public.shown_token(view, _PURPOSE)},
        "errors": [{"text": str(error.message), "field": error.field} for error in errors],
    }  # fmt: skip
    return _answer(view, language, 422 if errors else 200, form=form)


def _thanks(view: View, language: str, number: str) -> Any:
    text = str(_("Thank you. Your request has arrived; we answer by mail."))
    return _answer(view, language, 200, sent=text, number=number)


def _answer(view: View, language: str, status: int, **data: Any) -> Any:
    other = "zh" if language == "en" else "en"
    switch = {
        "url": f"{_ADDRESS}?lang={other}", "label": _LANGUAGES[other], "lang": "zh-CN" if other == "zh" else "en",
    }  # fmt: skip
    title = str(_("Ask our service"))
    answer = view.render(
        "service/ask.html",
        status,
        page={"title": title},
        title=title,
        switch=switch,
        trap=_TRAP,
        privacy_url=public.privacy_url(view),
        **data,
    )
    return public.framed_by(answer, ())
