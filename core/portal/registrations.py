"""Strangers who ask for an account of a portal that lets them ask; nothing opens before an administrator approves.

Every address is answered alike, whether it has an account or not (R24): what is wrong shows when it is decided, to the
administrator alone. Mails go out of band.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from weft.core.errors import ErrorCollector, NotFound, StateConflict, ValidationFailed
from weft.core.i18n import LOCALES, translator
from weft.core.identity import admin, company, users
from weft.core.identity.acting import Acting, note, require_admin
from weft.core.identity.admin import Invitation
from weft.core.mail.mailer import Mailer, is_set_up
from weft.core.mail.render import render
from weft.core.outbox.publishing import enqueue
from weft.core.portal import faces, terms
from weft.core.portal.tables import registration
from weft.core.registry.runtime import Runtime

__all__ = ["MAIL_JOB", "Registration", "approve", "ask", "count_waiting", "find", "refuse", "send_mail_job", "waiting"]

_ = translator("core")

MAIL_JOB = "core.portal.registration"
_LONGEST_NOTE = 2000


@dataclass(frozen=True, slots=True)
class Registration:
    """One wish for an account; ``state`` is ``waiting``, ``approved`` or ``refused``."""

    id: int
    portal: str
    state: str
    organisation: str
    name: str
    email: str
    locale: str
    note: str
    consent: Mapping[str, int]
    created_at: datetime
    decided_at: datetime | None
    decided_by: int | None
    reason: str
    user_id: int | None


def ask(
    acting: Acting, portal: str, *, organisation: str, name: str, email: str, note_text: str, locale: str,
    consent: Mapping[str, int],
) -> int:  # fmt: skip
    """Keep a wish for an account; returns its id.

    Args:
        acting: anybody; the form was guarded before.
        portal: key of the portal.
        organisation, name, email: as typed.
        note_text: what else the person wrote.
        locale: language of the form, in which mails are written.
        consent: kind -> version of the texts agreed to.

    Raises:
        NotFound: the portal does not exist or lets nobody ask.
        ValidationFailed: something is missing; names all such fields.
    """
    face = faces.face_of(acting.runtime, portal)
    if portal not in acting.runtime.registry.portals or not face.registration:
        raise NotFound(portal)
    errors = ErrorCollector()
    values: dict[str, Any] = {"organisation": " ".join(organisation.split()), "name": " ".join(name.split())}
    for field, longest, words in (
        ("organisation", 200, _("Enter the name of your company.")), ("name", 120, _("Enter your name.")),
    ):  # fmt: skip
        if not values[field]:
            errors.add(field, "required", words)
        elif len(values[field]) > longest:
            errors.add(field, "too_long", _("Use at most %(count)s characters.") % {"count": longest})
    try:
        values["email"] = users.normal_email(email)
    except ValidationFailed as error:
        errors.errors.extend(error.errors)
    if len(note_text) > _LONGEST_NOTE:
        errors.add("note", "too_long", _("Use at most %(count)s characters.") % {"count": _LONGEST_NOTE})
    if dict(consent) != dict(face.texts):
        errors.add("consent", "required", _("Please agree to the terms and the privacy page."))
    errors.raise_if_any()
    values |= {"portal": portal, "locale": locale if locale in LOCALES else "en", "note": note_text.strip() or None}
    values |= {"consent": dict(consent), "created_at": acting.now}
    number: int = acting.connection.execute(
        insert(registration).values(**values).returning(registration.c.id)
    ).scalar_one()
    told = {"name": [None, values["name"]], "organisation": [None, values["organisation"]]}
    note(acting, "registration.ask", {"registration": [None, number], **told})
    _mail(acting, number, "asked")
    return number


def waiting(conn: Connection, *, limit: int = 200) -> list[Registration]:
    """Wishes nobody decided yet, oldest first."""
    r = registration.c
    statement = select(registration).where(r.state == "waiting").order_by(r.created_at, r.id).limit(limit)
    return [_shown(row) for row in conn.execute(statement)]


def count_waiting(conn: Connection) -> int:
    """How many wait."""
    return conn.scalar(select(func.count()).where(registration.c.state == "waiting")) or 0


def find(conn: Connection, number: int) -> Registration:
    """One wish; raises ``NotFound``."""
    row = conn.execute(select(registration).where(registration.c.id == number)).first()
    if row is None:
        raise NotFound("registration")
    return _shown(row)


def approve(acting: Acting, number: int, *, anchors: Iterable[int], roles: Iterable[str]) -> Invitation:
    """Make the account and its first link; what the person agreed to on the form counts as consent.

    Args:
        anchors: the records that stand for the person, above all the organisation.
        roles: keys besides the audience's base role.

    Raises:
        Denied: not an administrator. StateConflict: it was decided already.
        ValidationFailed: no organisation, or the address is taken in this portal.
    """
    require_admin(acting)
    one, own, given = find(acting.connection, number), sorted(set(anchors)), sorted(set(roles))
    if not own:
        message = _("Choose the organisation this person belongs to; without it the portal stays empty.")
        raise ValidationFailed.single("anchors", "required", message)
    spec = acting.runtime.registry.portals.get(one.portal)
    if spec is None:
        raise NotFound(one.portal)
    if one.state != "waiting":
        raise StateConflict(str(_("This was decided already.")))
    user_id = admin.create_user(
        acting, email=one.email, name=one.name, audience=spec.audience, roles=given, anchors=own, locale=one.locale
    )
    _decide(acting, number, state="approved", user_id=user_id)
    if one.consent:
        terms.record_consent(acting, user_id, one.portal, one.consent)
    told = {"user": [None, user_id], "organisation": [None, one.organisation]}
    change_set = note(acting, "registration.approve", {**told, "roles": [[], given]})
    return admin.make_link(acting, user_id, "invite", change_set)


def refuse(acting: Acting, number: int, reason: str) -> int:
    """Refuse with a reason, which is mailed to whoever asked; returns the change set.

    Raises:
        Denied: not an administrator. StateConflict: it was decided already.
        ValidationFailed: no reason.
    """
    require_admin(acting)
    one, text = find(acting.connection, number), reason.strip()
    if not text or len(text) > _LONGEST_NOTE:
        raise ValidationFailed.single("reason", "required", _("Say why in a few words; the person is told."))
    _decide(acting, number, state="refused", reason=text)
    _mail(acting, number, "refused")
    told = {"name": [None, one.name], "organisation": [None, one.organisation], "reason": [None, text]}
    return note(acting, "registration.refuse", told)


def _decide(acting: Acting, number: int, **values: Any) -> None:
    r = registration.c
    done = update(registration).where(r.id == number, r.state == "waiting")
    row = {"decided_at": acting.now, "decided_by": acting.principal.user_id, **values}
    if not acting.connection.execute(done.values(**row)).rowcount:
        raise StateConflict(str(_("This was decided already.")))


def _mail(acting: Acting, number: int, kind: str) -> None:
    if is_set_up(acting.runtime.settings):
        enqueue(acting.connection, MAIL_JOB, {"registration": number, "kind": kind}, now=acting.now)


def send_mail_job(context: Any, payload: Mapping[str, Any]) -> None:
    """Job: tell whoever asked that the wish has arrived, or why it was refused."""
    runtime: Runtime = context.runtime
    mailer: Mailer | None = runtime.services.get("mailer")
    with runtime.db.read() as conn:
        one, settings = find(conn, int(payload["registration"])), company.get(conn)
    if mailer is None:
        return
    name = faces.face_of(runtime, one.portal).name(one.locale) or settings.shown(one.locale)[0]
    template = "registration_refused.txt" if payload["kind"] == "refused" else "registration.txt"
    mailer.send(render(template, one.locale, to=one.email, name=one.name, company=name, reason=one.reason))


def _shown(row: Any) -> Registration:
    values = dict(row._mapping)
    values["note"], values["reason"] = values["note"] or "", values["reason"] or ""
    return Registration(**{name: values[name] for name in Registration.__dataclass_fields__})
