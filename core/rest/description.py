"""``/openapi.json``: the interface as the caller may see it, made from the registry, kept per set of rights."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

from apispec import APISpec

from weft.core.access import fields as field_access
from weft.core.access.policy import AccessPolicy, features_of
from weft.core.i18n import current_locale
from weft.core.registry.model import EntityType
from weft.core.rest.answers import Answer, encode
from weft.core.rest.calls import Call
from weft.core.rest.entities import single
from weft.core.rest.home import readable_entities
from weft.core.rest.operations import common_paths, entity_paths, responses
from weft.core.rest.schemas import FIXED, record_schema, write_schema

__all__ = ["describe", "openapi"]

_KEPT = 64
_lock = threading.Lock()


def openapi(call: Call) -> Answer:
    """The description as prepared JSON text."""
    single(frozenset())
    cache: OrderedDict[Any, bytes] = call.runtime.services.setdefault("rest.descriptions", OrderedDict())
    principal = call.principal
    key = (principal.audience, principal.roles, principal.scopes, features_of(principal), current_locale())
    with _lock:
        found = cache.get(key)
    if found is None:
        found = encode(describe(call))
        with _lock:
            cache[key] = found
            while len(cache) > _KEPT:
                cache.popitem(last=False)
    return Answer(text=found)


def describe(call: Call) -> dict[str, Any]:
    """Build the OpenAPI document for the caller."""
    spec = APISpec(
        title="Weft",
        version="1",
        openapi_version="3.1.0",
        info={"description": "Records of one installation; what may be seen depends on the token."},
        security=[{"token": []}],
        servers=[{"url": call.runtime.settings.public_url}],
    )
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    for name, schema in FIXED.items():
        spec.components.schema(name, schema)
    for code, response in responses().items():
        spec.components.response(code, response)
    for path, operations in common_paths():
        spec.path(path=path, operations=operations)
    policy: AccessPolicy = AccessPolicy.of(call.runtime)
    for entity_type in readable_entities(call):
        _entity(spec, call, policy, entity_type)
    document: dict[str, Any] = spec.to_dict()
    return document


def _entity(spec: APISpec, call: Call, policy: AccessPolicy, entity_type: EntityType) -> None:
    access = field_access.readable(call.records, entity_type.key)
    name = entity_type.key
    spec.components.schema(name, record_schema(entity_type, access.names))
    allowed = {
        operation
        for operation in ("create", "update", "delete", "restore", "assign")
        if policy.allows(call.principal, name, operation)
    }
    actions = [one for one in entity_type.actions.values() if policy.allows(call.principal, name, one.key)]
    create = access.writable(operation="create")
    change = access.writable()
    state = entity_type.state_field
    guarded = {state.name} if state is not None and state.transitions else set()
    if "create" in allowed:
        spec.components.schema(f"{name}.new", _form(entity_type, create, required=True))
    if "update" in allowed:
        spec.components.schema(f"{name}.change", _form(entity_type, change - guarded, required=False))
    for action in actions:
        if action.fields:
            properties = {key: write_schema(value.named(key)) for key, value in action.fields.items()}
            needed = [key for key, value in action.fields.items() if value.required and value.default is None]
            form = {"type": "object", "properties": properties, "required": needed, "additionalProperties": False}
            spec.components.schema(f"{action.key}.input", form)
    for path, operations in entity_paths(entity_type, access.names, allowed, actions):
        spec.path(path=path, operations=operations)


def _form(entity_type: EntityType, names: frozenset[str], *, required: bool) -> dict[str, Any]:
    fields = {name: declared for name, declared in entity_type.fields.items() if name in names}
    needed = [name for name, one in fields.items() if one.required and one.default_value() in (None, "", [])]
    return {
        "type": "object",
        "properties": {name: write_schema(declared) for name, declared in fields.items()},
        "required": needed if required else [],
        "additionalProperties": False,
    }
