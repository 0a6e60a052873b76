"""What comes in by a public web form: from the answers of a stranger to a lead that somebody receives.

Everything is written by the platform: the visitor has no rights and learns nothing but the number of the own lead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from weft.core.sdk import FieldError, Records, Row, ValidationFailed, directory, send_mail, translator
from weft.plugins.crm.services import allocation

_ = translator("crm")

__all__ = ["ASKS", "Form", "choices_of", "form_at", "missing", "receive", "thank"]

#: What a form may ask for, in the order it is shown.
ASKS = (
    "company", "person", "position", "email", "phone", "wechat", "website", "city", "country", "industry", "product",
    "need",
)  # fmt: skip
_DIRECT = ("company", "person", "position", "email", "phone", "wechat", "website", "need", "industry", "product")
_LONGEST = {"need": 4000}
_REASON = "crm: public web form"


@dataclass(frozen=True, slots=True)
class Form:
    """A web form in use, in one language.

    Attributes:
        asks, requires: names of :data:`ASKS`.
        origins: sites that may show it in a frame, as typed.
    """

    id: int
    slug: str
    kind: str
    title: str
    intro: str
    consent: str
    thanks: str
    asks: tuple[str, ...]
    requires: frozenset[str]
    origins: tuple[str, ...]
    row: Row


def form_at(records: Records, slug: str, language: str) -> Form | None:
    """The form at an address, None when there is none in use."""
    filters = {"slug": slug, "active": "true"}
    rows = records.system(_REASON).query("crm.web_form", filters=filters, limit=1).rows
    if not rows:
        return None
    row = rows[0]

    def text(name: str) -> str:
        first, second = ("zh", "en") if language == "zh" else ("en", "zh")
        return str(row.get(f"{name}_{first}") or row.get(f"{name}_{second}") or "")

    chosen = set(row.get("asks") or ())
    return Form(
        row["id"], slug, row["kind"], text("title"), text("intro"), text("consent"), text("thanks"),
        tuple(name for name in ASKS if name in chosen), frozenset(row.get("requires") or ()) & chosen,
        tuple((row.get("origins") or "").split()), row,
    )  # fmt: skip


def choices_of(records: Records, name: str, language: str) -> list[tuple[int, str]]:
    """What may be chosen for ``industry`` or ``product``: ids and words in the visitor's language."""
    system = records.system(_REASON)
    if name == "industry":
        filters = {"list_key": "crm.industry", "status": "active"}
        page = system.query("core.value", fields=("label_en", "label_zh"), filters=filters, sort="position", limit=200)
        pairs = [(row["id"], row["label_en"], row.get("label_zh")) for row in page.rows]
    else:
        page = system.query(
            "crm.product", fields=("name", "name_alt", "code"), filters={"active": "true"}, sort="code", limit=200
        )
        pairs = [(row["id"], row["name"], row.get("name_alt")) for row in page.rows]
    return [(number, (chinese or english) if language == "zh" else english) for number, english, chinese in pairs]


def receive(records: Records, form: Form, given: Mapping[str, str], *, language: str, page_url: str) -> Row:
    """Make the lead of a filled form and give it to whoever shall have it.

    Args:
        records: a writing unit of nobody.
        form: the form as it was shown.
        given: what was typed, by name of :data:`ASKS`, complete as :func:`missing` says.
        language: of the form as shown, ``en`` or ``zh``.
        page_url: page the visitor came from, if known.

    Raises:
        ValidationFailed: with names of :data:`ASKS` or ``consent``.
    """
    typed = _typed(form, given)
    values: dict[str, Any] = {name: typed[name][: _LONGEST.get(name, 200)] for name in _DIRECT if typed.get(name)}
    if typed.get("city") or typed.get("country"):
        values["address"] = {"city": typed.get("city") or None, "country": typed.get("country") or None, "lines": []}
    values |= {
        "name": typed.get("company") or typed.get("person") or typed.get("email") or typed.get("phone") or form.title,
        "form": form.id, "language": language, "consent": "given", "consent_text": form.consent,
        "territory": _id(form.row, "territory"), "source": _id(form.row, "source") or _web(records),
        "page_url": page_url or None,
    }  # fmt: skip
    system = records.system(_REASON)
    try:
        lead = system.create("crm.lead", {name: value for name, value in values.items() if value is not None})
    except ValidationFailed as error:
        raise ValidationFailed(_shown(error.errors)) from error
    _hand_on(system, form, lead["id"])
    return lead


def _typed(form: Form, given: Mapping[str, str]) -> dict[str, str]:
    return {name: str(given.get(name) or "").strip() for name in form.asks}


def missing(form: Form, given: Mapping[str, str]) -> list[FieldError]:
    """What must still be filled in or agreed to before anything is kept."""
    typed = _typed(form, given)
    errors = [
        FieldError(name, "required", _("Please fill this in."))
        for name in form.asks
        if name in form.requires and not typed[name]
    ]
    if not any(typed.get(name) for name in ("email", "phone", "wechat")):
        reach = next((name for name in ("email", "phone", "wechat") if name in form.asks), None)
        if reach is not None and not any(error.field == reach for error in errors):
            errors.append(FieldError(reach, "required", _("Tell us how we can answer you.")))
    if given.get("consent") != "1":
        errors.append(FieldError("consent", "required", _("Please agree, otherwise we may not keep your data.")))
    return errors


def _shown(errors: Sequence[FieldError]) -> list[FieldError]:
    """Errors of the lead under the names that the form asked for."""
    found: list[FieldError] = []
    for error in errors:
        name = error.field.partition(".")[0]
        name = "country" if name == "address" else "company" if name == "name" else name
        found.append(FieldError(name, error.code, error.message))
    return found


def _hand_on(system: Records, form: Form, lead: int) -> None:
    """To the form's receiver, else by the rules, else it waits and the managers are told."""
    receiver = form.row.get("receiver")
    if receiver is not None and directory.persons(system, [receiver.id])[receiver.id].active:
        decisions = [allocation.Decision(lead, allocation.Target(person=receiver.id))]
    else:
        decisions = allocation.by_rules(system, "crm.lead", [lead], lock=True)
    if not allocation.give(system, "crm.lead", decisions):
        allocation.wait_unassigned(system, lead)


def thank(records: Records, form: Form, lead: Row, email: str, company: str) -> bool:
    """Queue a mail of thanks with the number; says whether one will be sent."""
    subject = _("%(company)s: we have received your message") % {"company": company}
    text = _("Thank you. Your message has arrived; its number is %(number)s. We will answer you soon.\n\n%(company)s")
    return send_mail(records, email, str(subject), str(text % {"number": lead["number"], "company": company}))


def _web(records: Records) -> int | None:
    filters = {"list_key": "crm.source", "code": "web"}
    rows = records.system(_REASON).query("core.value", fields=(), filters=filters, limit=1).rows
    return rows[0]["id"] if rows else None


def _id(row: Mapping[str, Any], name: str) -> int | None:
    value = row.get(name)
    return value.id if value is not None else None
