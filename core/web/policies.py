"""Deciding a route's policy for the present principal; record functions decide the rest row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from weft.core.access.policy import AccessPolicy
from weft.core.errors import Denied, NotFound, NotSignedIn
from weft.core.i18n import translator
from weft.core.identity.principal import Principal
from weft.core.registry.runtime import Runtime
from weft.core.web.routing import Policy

if TYPE_CHECKING:
    from weft.core.web.request import View

__all__ = ["enforce", "may", "policy_allows"]

_ = translator("core")


def may(runtime: Runtime, principal: Principal, operation: str, entity: str) -> bool:
    """True when some grant of the principal's roles allows an operation on some rows of an entity."""
    policy: AccessPolicy = AccessPolicy.of(runtime)
    return policy.allows(principal, entity, operation)


def policy_allows(runtime: Runtime, principal: Principal, policy: Policy) -> bool:
    """True when the policy lets the principal in."""
    if policy.kind == "public":
        return True
    if principal.kind == "anonymous":
        return False
    if policy.kind == "portal":
        return principal.audience == policy.value
    if policy.kind == "role":
        return principal.has_role(policy.value)
    if policy.kind == "grant":
        return may(runtime, principal, policy.operation, policy.value)
    return True


def enforce(view: View, policy: Policy) -> None:
    """Let the request pass or refuse it.

    Raises:
        NotSignedIn: somebody must sign in first.
        Denied: a role is missing that the address itself names (settings).
        NotFound: the page is about an entity that does not exist for this principal.
    """
    principal = view.principal
    if policy_allows(view.runtime, principal, policy):
        return
    if principal.kind == "anonymous":
        raise NotSignedIn
    if policy.kind == "role":
        role = view.runtime.registry.roles.get(policy.value)
        label = role.label if role else policy.value
        raise Denied(
            str(_("This page is for the role %(role)s.") % {"role": label}),
            ask=str(_("An administrator can give you the role.")),
        )
    raise NotFound(view.path)
