"""From the click on a provider's button to a session or a link; what binds both ends is sealed in a cookie."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection

from weft.core.config_oidc import OidcProvider
from weft.core.errors import NextStep, ValidationFailed, WeftError
from weft.core.i18n import LazyText, translator
from weft.core.identity import audit, company, identities, pending, rights, users
from weft.core.identity.oidc.provider import ProviderError, Request, connection_to
from weft.core.identity.principal import Principal
from weft.core.identity.sealing import Unreadable, seal, unseal
from weft.core.identity.sign_in import Browser, SignedIn, step_or_session
from weft.core.registry.runtime import Runtime

__all__ = ["Account", "Begun", "SignInRefused", "begin", "enter", "finish", "opened_account", "sealed_account"]

_ = translator("core")
_log = structlog.get_logger("weft.sign_in")

_GOOD = timedelta(minutes=10)
_PURPOSE, _ACCOUNT = "oidc-request", "oidc-account"


class SignInRefused(WeftError):
    """Signing in at a provider did not work; the message says why, for the person."""


@dataclass(frozen=True, slots=True)
class Begun:
    """Where to send the browser, and the cookie it needs to come back."""

    url: str
    cookie: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Account:
    """An account at a provider whose owner has just shown to have it.

    Attributes:
        label: what the provider calls it; only to be shown.
        email: verified by the provider, else empty.
        user_id: who wants to link it, None when somebody signs in.
        goal: where to go on.
    """

    provider: str
    issuer: str
    subject: str
    label: str
    email: str = ""
    name: str = ""
    locale: str = ""
    user_id: int | None = None
    goal: str = ""


def begin(
    runtime: Runtime, provider: OidcProvider, *, goal: str = "", user_id: int | None = None, again: bool = False
) -> Begun:
    """Begin to sign in (or, with ``user_id``, to link).

    Args:
        again: the person must sign in anew at the provider, also when they are signed in there.

    Raises:
        SignInRefused: the provider cannot be used now.
    """
    asked = Request(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))
    more = {"prompt": "login", "max_age": "0"} if again else {}
    try:
        url = connection_to(runtime, provider).address(asked, **more)
    except ProviderError as error:
        raise _refused(runtime, provider, error) from error
    kept = {
        "s": asked.state, "n": asked.nonce, "v": asked.verifier, "t": int(runtime.clock().timestamp()),
        "g": goal[:500], "u": user_id, "a": again,
    }  # fmt: skip
    return Begun(url, seal(runtime.settings, _PURPOSE, json.dumps(kept), about=provider.key))


def finish(runtime: Runtime, provider: OidcProvider, cookie: str, answer: Mapping[str, str]) -> Account:
    """Take the provider's answer; a second use of it is refused.

    Args:
        answer: query of the address the browser came back with.

    Raises:
        SignInRefused: says why.
    """
    now = runtime.clock()
    kept = _opened(runtime, provider, cookie, now)
    # ASCII bytes: compare_digest takes no other text, and everything else differs anyway.
    state = answer.get("state", "")[:200].encode("utf-8", "replace")
    if kept is None or not secrets.compare_digest(kept["s"].encode(), state):
        raise SignInRefused(str(_("This sign-in was not begun in this browser, or it took too long. Try again.")))
    if answer.get("error"):
        raise SignInRefused(str(_error_text(answer["error"]) % {"provider": provider.label}))
    if answer.get("iss") and answer["iss"] != provider.issuer:
        raise _refused(runtime, provider, ProviderError("untrusted", "the answer names another issuer"))
    with runtime.db.write() as conn:
        if not pending.spend(conn, f"oidc:{kept['s']}", until=now + _GOOD):
            raise SignInRefused(str(_("This sign-in was not begun in this browser, or it took too long. Try again.")))
    request = Request(kept["s"], kept["n"], kept["v"])
    try:
        claims = connection_to(runtime, provider).claims(
            answer.get("code", "")[:2000], request, now=now.timestamp(), max_age=bool(kept["a"])
        )
    except ProviderError as error:
        raise _refused(runtime, provider, error) from error
    return _account(provider, claims, kept)


def enter(runtime: Runtime, provider: OidcProvider, account: Account, browser: Browser) -> SignedIn:
    """Sign in whoever the account is linked to, or make an account where the settings say so.

    Raises:
        NextStep: the account is known, and a second step is missing.
        SignInRefused: it belongs to nobody here.
    """
    now = runtime.clock()
    with runtime.db.write() as conn:
        found = identities.find(conn, provider.audience, account.issuer, account.subject)
        if found is None:
            user_id = _create(conn, runtime, provider, account, now)
        elif not users.find(conn, found.user_id).active:
            raise SignInRefused(str(_("This account is closed. Ask an administrator.")))
        else:
            user_id = found.user_id
            identities.used(conn, found.id, account.label, now=now)
        trusted = provider.second_factor == "provider"
        done = step_or_session(conn, runtime, user_id, browser, now=now, provider=provider.key, trusted=trusted)
    if isinstance(done, NextStep):
        raise done
    return done


def sealed_account(runtime: Runtime, account: Account) -> str:
    """An account for the form that asks whether it shall be linked."""
    shown = [account.provider, account.issuer, account.subject, account.label, int(runtime.clock().timestamp())]
    return seal(runtime.settings, _ACCOUNT, json.dumps(shown), about=str(account.user_id))


def opened_account(runtime: Runtime, principal: Principal, sealed: str) -> Account:
    """What :func:`sealed_account` made for this person.

    Raises:
        ValidationFailed: it is too old, or was made for somebody else.
    """
    try:
        shown = json.loads(unseal(runtime.settings, _ACCOUNT, sealed[:4000], about=str(principal.user_id)))
    except Unreadable:
        shown = ["", "", "", "", 0]
    if runtime.clock().timestamp() - shown[4] > _GOOD.total_seconds():
        raise ValidationFailed.single("", "expired", _("This page is too old. Begin again."))
    provider, issuer, subject, label = shown[:4]
    return Account(provider, issuer, subject, label, user_id=principal.user_id)


# ---- inside


def _opened(runtime: Runtime, provider: OidcProvider, cookie: str, now: datetime) -> dict[str, Any] | None:
    try:
        kept: dict[str, Any] = json.loads(unseal(runtime.settings, _PURPOSE, cookie[:4000], about=provider.key))
    except Unreadable:
        return None
    return kept if now.timestamp() - kept["t"] <= _GOOD.total_seconds() else None


def _account(provider: OidcProvider, claims: Mapping[str, Any], kept: Mapping[str, Any]) -> Account:
    """The account that claims speak of, if its domain is allowed."""
    typed = claims.get("email")
    email = typed.strip().lower() if isinstance(typed, str) and claims.get("email_verified") is True else ""
    # Compared whole: `firm.example.evil.example` and `notfirm.example` are others.
    mailbox, _at, domain = email.rpartition("@")
    if provider.domains and not (mailbox and domain in provider.domains):
        text = _("Only accounts with a verified address at %(domains)s may sign in here.")
        raise SignInRefused(str(text % {"domains": ", ".join(provider.domains)}))
    name = claims.get("name") or claims.get("preferred_username") or ""
    subject = str(claims["sub"])
    return Account(
        provider=provider.key,
        issuer=provider.issuer,
        subject=subject,
        label=(email or (name if isinstance(name, str) else "") or subject)[:254],
        email=email,
        name=name[:120] if isinstance(name, str) else "",
        locale="zh" if str(claims.get("locale") or "").lower().startswith("zh") else "",
        user_id=kept["u"],
        goal=str(kept["g"]),
    )


def _create(conn: Connection, runtime: Runtime, provider: OidcProvider, account: Account, now: datetime) -> int:
    if not provider.create:
        text = _("This account is linked to nobody here. Sign in with your password and link it in your profile.")
        raise SignInRefused(str(text))
    settings = company.get(conn)
    roles = [provider.role] if provider.role else []
    try:
        user_id = users.create(
            conn, email=account.email, name=account.name or account.email, audience=provider.audience, now=now,
            locale=account.locale or settings.locale, zone=settings.zone,
        )  # fmt: skip
        rights.set_roles(conn, runtime.registry, user_id, roles, now=now)
    except ValidationFailed as error:
        if any(found.field == "email" for found in error.errors):
            # Never linked by address: whoever controls a provider's addresses would control accounts here (R25).
            text = _(
                "Somebody with this address is here already. Sign in with the password and link it in the profile."
            )
            raise SignInRefused(str(text)) from error
        _log.error("oidc_create", provider=provider.key, problem=str(error))
        raise SignInRefused(str(_("No account could be made. Ask an administrator."))) from error
    identities.link(
        conn, user_id, provider.audience, provider.key, account.issuer, account.subject, account.label, now=now, by=None
    )
    changes = {"user": [None, user_id], "roles": [[], roles], "provider": [None, provider.key]}
    audit.write(conn, now, None, "page", "user.create", changes)
    return user_id


def _refused(runtime: Runtime, provider: OidcProvider, error: ProviderError) -> SignInRefused:
    _log.warning("oidc", provider=provider.key, kind=error.kind, problem=str(error)[:300])
    slots = {"provider": provider.label}
    return SignInRefused(str(_PROBLEMS[error.kind] % slots))


_PROBLEMS: Mapping[str, LazyText] = {
    "unreachable": _("%(provider)s cannot be reached at the moment. Sign in with your password, or try again later."),
    "refused": _("%(provider)s did not accept this sign-in any more. Try again."),
    "untrusted": _("The answer of %(provider)s cannot be trusted, so nobody was signed in. Tell an administrator."),
}


def _error_text(code: str) -> Any:
    if code in ("access_denied", "login_required", "interaction_required", "consent_required"):
        return _("You did not finish signing in at %(provider)s.")
    _log.warning("oidc", kind="error", problem=re.sub(r"[^a-z_]", "?", code[:60]))
    return _("%(provider)s refused the sign-in. Tell an administrator.")
