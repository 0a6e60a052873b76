"""Routes and their policies: every rule of the application says who may call it, or the application does not start.

A policy is written as text: ``public``, ``signed_in``, ``portal:<audience>``, ``role:<key>``,
``grant:<operation>:<entity>`` or ``record`` (signed in; the record functions decide row by row).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.sansio.scaffold import Scaffold

from weft.core.errors import DeclarationError

__all__ = ["Policy", "RouteInfo", "RouteMark", "check_routes", "inventory", "mark_of", "parse_policy", "route"]

_SIMPLE = frozenset({"public", "signed_in", "record"})
_MARK = "__weft_route__"


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may call a route.

    Attributes:
        kind: ``public``, ``signed_in``, ``portal``, ``role``, ``grant`` or ``record``.
        value: audience, role key or entity key.
        operation: operation of a ``grant`` policy.
    """

    kind: str
    value: str = ""
    operation: str = ""

    def __str__(self) -> str:
        return ":".join(part for part in (self.kind, self.operation, self.value) if part)


@dataclass(frozen=True, slots=True)
class RouteMark:
    """What :func:`route` notes on a view function.

    Attributes:
        policy: who may call it.
        door: ``page`` for routes with a cookie principal, ``rest`` for bearer tokens (checked by that blueprint).
        upload: the request may carry files up to the upload limit.
        quota: key of :data:`weft.core.web.quotas.QUOTAS`: how often one person may ask.
    """

    policy: Policy
    door: str = "page"
    upload: bool = False
    quota: str = ""


@dataclass(frozen=True, slots=True)
class RouteInfo:
    """One line of the route inventory."""

    rule: str
    methods: tuple[str, ...]
    endpoint: str
    policy: str
    door: str


def parse_policy(text: str) -> Policy:
    """Read the text of a policy.

    Raises:
        ValueError: the text names no known policy.
    """
    kind, _, rest = text.partition(":")
    if kind in _SIMPLE and not rest:
        return Policy(kind)
    if kind in ("portal", "role") and rest:
        return Policy(kind, rest)
    if kind == "grant":
        operation, _, entity = rest.partition(":")
        if operation and entity:
            return Policy("grant", entity, operation)
    raise ValueError(f"unknown policy {text!r}")


def route(
    target: Scaffold,
    rule: str,
    *,
    policy: str,
    methods: Sequence[str] = ("GET",),
    endpoint: str | None = None,
    door: str = "page",
    upload: bool = False,
    quota: str = "",
    **options: Any,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a view function with its policy on an application or blueprint.

    Args:
        target: the :class:`flask.Flask` or blueprint.
        rule: the address as Flask writes it.
        policy: see the module's docstring.
        methods: HTTP methods.
        endpoint: name, the function's by default.
        door: ``page``: policy and unit of work are handled here; ``rest``: the blueprint does it itself.
        upload: the body may be as large as the upload limit; counts against the quota of uploads.
        quota: how often one person may ask, see :mod:`weft.core.web.quotas`.
        options: passed on to Flask (``defaults``, ``strict_slashes`` ...).

    Raises:
        ValueError: the policy is unknown.
    """
    mark = RouteMark(parse_policy(policy), door, upload, quota or ("upload" if upload else ""))

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        view = _with_unit(function, mark) if door == "page" else _plain(function)
        setattr(view, _MARK, mark)
        target.add_url_rule(rule, endpoint or function.__name__, view, methods=list(methods), **options)
        return function

    return register


def _plain(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def run(**parts: Any) -> Any:
        return function(**parts)

    return run


def _with_unit(function: Callable[..., Any], mark: RouteMark) -> Callable[..., Any]:
    @functools.wraps(function)
    def run(**parts: Any) -> Any:
        from weft.core.web.request import current

        return current().run(function, parts, mark)

    return run


def mark_of(app: Flask, endpoint: str | None) -> RouteMark | None:
    """The mark of an endpoint, None when it has none."""
    return getattr(app.view_functions.get(endpoint or ""), _MARK, None)


def inventory(app: Flask) -> Iterator[RouteInfo]:
    """All routes in order of their rule, for ``weft routes`` and the permission tests."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda found: (found.rule, found.endpoint)):
        mark = mark_of(app, rule.endpoint)
        methods = tuple(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        yield RouteInfo(rule.rule, methods, rule.endpoint, str(mark.policy) if mark else "", mark.door if mark else "")


def check_routes(app: Flask) -> None:
    """Refuse to start with a route that nobody classified.

    Raises:
        DeclarationError: names the first route without a policy.
    """
    for info in inventory(app):
        if not info.policy:
            raise DeclarationError(
                info.endpoint.partition(".")[0],
                f"{info.rule} ({info.endpoint})",
                "the route has no policy, so nobody decided who may call it.",
                'register it with weft.core.web.routing.route(..., policy="...").',
            )
