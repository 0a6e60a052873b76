"""How often one person may ask for what costs much or tells much: searches, uploads, checks.

Signing in, exports and programs have limits of their own.
"""

from __future__ import annotations

from collections.abc import Iterable

import structlog
from flask import Flask, current_app, request

from weft.core.config import Settings
from weft.core.errors import RateLimited
from weft.core.i18n import translator
from weft.core.identity.principal import Principal
from weft.core.registry.model import Registry
from weft.core.rest.limits import Counter, counter_of

__all__ = ["QUOTAS", "install", "take", "take_check"]

_ = translator("core")
_log = structlog.get_logger("weft.web")

#: Quota -> (how often, within seconds). ``typing``: fields that search with every pause of a person who types.
#: ``check``: warnings about what stands in a form; they tell outsiders which firms are known, so they get few.
QUOTAS = {"search": (60, 60), "typing": (300, 60), "upload": (60, 3600), "check": (60, 60), "check_outside": (30, 600)}
_CHECKED = _("What you type was checked very often, so it is not checked now. Wait a little, then go on.")
_WORDS = {
    "search": _("You have searched very often within a minute. Wait a little."),
    "typing": _("You have searched very often within a minute. Wait a little."),
    "check": _CHECKED,
    "check_outside": _CHECKED,
    "upload": _("You have sent sixty files within an hour. Wait a little."),
}


def install(app: Flask, settings: Settings) -> None:
    """Give an application its counters."""
    app.extensions["weft.quotas"] = counter_of(settings.redis_url)


def take_check(registry: Registry, entity: str, names: Iterable[str], principal: Principal) -> None:
    """Count a check of what somebody types, or a save of it: what a save refuses tells as much as a warning.

    Args:
        registry: the declarations.
        entity: key of the entity.
        names: fields that are given; none of them concerns a check: nothing is counted.
        principal: who types.

    Raises:
        RateLimited: it was one too many.
    """
    given = set(names)
    if any(one.entity == entity and given & set(one.fields) for one in registry.form_checks.values()):
        take("check" if principal.internal else "check_outside", principal)


def take(quota: str, principal: Principal) -> None:
    """Count one request of a person (or, before sign-in, of an address).

    Raises:
        RateLimited: it was one too many.
    """
    if not quota:
        return
    most, seconds = QUOTAS[quota]
    who = str(principal.user_id or request.remote_addr)
    counter: Counter = current_app.extensions["weft.quotas"]
    try:
        fine = counter.hit(f"{quota}:{who}", most, seconds)
    except Exception as error:  # work goes on when Redis is gone; only signing in fails closed, and it needs no Redis
        _log.error("quotas", problem=type(error).__name__)
        return
    if not fine:
        raise RateLimited(str(_WORDS[quota]), retry_after=seconds)
