"""Cookies: one session cookie per audience, so that an employee and a visitor can be signed in side by side.

Values are opaque; what they mean stands in the database. Preferences before sign-in (language, theme) hold no secret.
"""

from __future__ import annotations

from flask import Request, Response

from weft.core.config import Settings
from weft.core.i18n import LOCALES

__all__ = [
    "clear_pending_cookie", "clear_provider_cookie", "clear_session_cookie", "has_theme", "pending_token",
    "preferred_locale", "preferred_theme", "provider_cookie", "session_cookie", "session_token", "set_pending_cookie",
    "set_preference", "set_provider_cookie", "set_session_cookie",
]  # fmt: skip

_YEAR = 31_536_000
THEMES = ("auto", "light", "dark")


def session_cookie(settings: Settings, audience: str) -> str:
    """Name of the session cookie of an audience: ``__Host-weft-<audience>``, on plain loopback ``weft_<audience>``."""
    return f"weft_{audience}" if settings.loopback else f"__Host-weft-{audience}"


def session_token(request: Request, settings: Settings, audience: str) -> str:
    """Value of the session cookie, empty when there is none."""
    return request.cookies.get(session_cookie(settings, audience), "")


def set_session_cookie(response: Response, settings: Settings, audience: str, token: str) -> None:
    """Give the browser a session: until it is closed, never to scripts, never to other sites' posts."""
    response.set_cookie(
        session_cookie(settings, audience), token, path="/", secure=not settings.loopback, httponly=True, samesite="Lax"
    )


def clear_session_cookie(response: Response, settings: Settings, audience: str) -> None:
    """Take the session cookie away (signing out also revokes the session)."""
    response.delete_cookie(
        session_cookie(settings, audience), path="/", secure=not settings.loopback, httponly=True, samesite="Lax"
    )


def pending_token(request: Request, settings: Settings, audience: str) -> str:
    """Value of the cookie of somebody half signed in, empty when there is none."""
    return request.cookies.get(_pending_cookie(settings, audience), "")


def set_pending_cookie(response: Response, settings: Settings, audience: str, token: str) -> None:
    """Remember who still has to do a step; ends with the browser, and after minutes in the database."""
    response.set_cookie(
        _pending_cookie(settings, audience),
        token,
        path="/",
        secure=not settings.loopback,
        httponly=True,
        samesite="Lax",
    )


def clear_pending_cookie(response: Response, settings: Settings, audience: str) -> None:
    """The step is done, or was given up."""
    response.delete_cookie(
        _pending_cookie(settings, audience), path="/", secure=not settings.loopback, httponly=True, samesite="Lax"
    )


def _pending_cookie(settings: Settings, audience: str) -> str:
    return f"weft_step_{audience}" if settings.loopback else f"__Host-weft-step-{audience}"


def provider_cookie(request: Request, settings: Settings) -> str:
    """What binds a provider's answer to this browser, empty when there is nothing."""
    return request.cookies.get(_provider_cookie(settings), "")


def set_provider_cookie(response: Response, settings: Settings, value: str) -> None:
    """Remember, sealed, what was asked of a provider. Lax: the provider sends the browser back by a link."""
    response.set_cookie(
        _provider_cookie(settings), value, path="/", max_age=600, secure=not settings.loopback, httponly=True,
        samesite="Lax",
    )  # fmt: skip


def clear_provider_cookie(response: Response, settings: Settings) -> None:
    """The provider has answered."""
    response.delete_cookie(
        _provider_cookie(settings), path="/", secure=not settings.loopback, httponly=True, samesite="Lax"
    )


def _provider_cookie(settings: Settings) -> str:
    return "weft_provider" if settings.loopback else "__Host-weft-provider"


def set_preference(response: Response, settings: Settings, name: str, value: str) -> None:
    """Remember a choice made before sign-in: ``name`` is ``locale`` or ``theme``."""
    response.set_cookie(
        f"weft_{name}", value, path="/", max_age=_YEAR, secure=not settings.loopback, httponly=True, samesite="Lax"
    )


def preferred_locale(request: Request, fallback: str) -> str:
    """Language of somebody not signed in: chosen before, else the browser's, else the company's."""
    chosen = request.cookies.get("weft_locale", "")
    if chosen in LOCALES:
        return chosen
    wanted = request.accept_languages.best_match(["en", "zh", "zh-CN", "zh-Hans"])
    return wanted[:2] if wanted else fallback


def has_theme(request: Request) -> bool:
    """True when this browser knows which theme to show."""
    return request.cookies.get("weft_theme", "") in THEMES


def preferred_theme(request: Request) -> str:
    """Theme of somebody not signed in: ``auto``, ``light`` or ``dark``."""
    chosen = request.cookies.get("weft_theme", "")
    return chosen if chosen in THEMES else "auto"
