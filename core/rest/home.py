"""Who calls and what is there: ``me``, ``search`` and the description of the interface itself."""

from __future__ import annotations

from typing import Any

from weft.core.access.policy import AccessPolicy
from weft.core.errors import QueryError
from weft.core.i18n import translator
from weft.core.registry.model import EntityType
from weft.core.rest.answers import Answer
from weft.core.rest.calls import Call
from weft.core.rest.entities import single, whole
from weft.core.search import documents
from weft.core.search import service as index

__all__ = ["me", "readable_entities", "search"]

_ = translator("core")

_SHORTEST = 1
_LONGEST = 200


def readable_entities(call: Call) -> list[EntityType]:
    """Entities of which the caller may read some rows, in order of their address."""
    policy: AccessPolicy = AccessPolicy.of(call.runtime)
    entities = call.runtime.registry.entities.values()
    found = [entity for entity in entities if policy.allows(call.principal, entity.key, "read")]
    return sorted(found, key=lambda entity: (entity.plugin, entity.slug))


def me(call: Call) -> Answer:
    """The caller: name, roles, units and what they may do with which entity."""
    single(frozenset())
    principal = call.principal
    policy: AccessPolicy = AccessPolicy.of(call.runtime)
    asked = ("create", "update", "delete", "assign", "export", "import")
    return Answer(
        {
            "id": principal.user_id,
            "name": principal.name,
            "name_alt": principal.name_alt,
            "audience": principal.audience,
            "roles": sorted(principal.roles),
            "scopes": None if principal.scopes is None else sorted(principal.scopes),
            "units": list(principal.units),
            "locale": principal.locale,
            "zone": principal.zone,
            "entities": [
                {
                    "type": entity.key,
                    "label": str(entity.label),
                    "plural": str(entity.plural),
                    "href": f"/api/v1/{entity.plugin}/{entity.slug}",
                    "operations": [
                        "read",
                        *(name for name in asked if policy.allows(principal, entity.key, name)),
                    ],
                }
                for entity in readable_entities(call)
            ],
        }
    )


def search(call: Call) -> Answer:
    """Records whose text matches, of one entity or of all."""
    parameters = single(frozenset({"q", "type", "limit"}))
    words = parameters.get("q", "").strip()
    if not _SHORTEST <= len(words) <= _LONGEST:
        raise QueryError(str(_("Say what to look for, in at most 200 characters.")), name="q")
    limit = whole(parameters, "limit", 20, 1, 50)
    wanted = parameters.get("type")
    entities = [entity for entity in readable_entities(call) if wanted is None or entity.key == wanted]
    if wanted is not None and not entities:
        raise QueryError(str(_("There is no kind of record of that name.")), name="type")
    found = _found(call, entities, words, limit + 1)
    return Answer({"data": [_hit(row) for row in found[:limit]], "more": len(found) > limit})


def _found(call: Call, entities: list[EntityType], words: str, limit: int) -> list[Any]:
    """Rows that match, best first; kinds that are not in the index, or all without one, by their titles."""
    searched = [entity for entity in entities if entity.has("search")]
    groups = index.search(call.records, words, types=[entity.key for entity in searched], limit=limit)
    scored = [(group.scores[row.id], row) for group in groups or () for row in group.rows]
    found = [row for _score, row in sorted(scored, key=lambda one: -one[0])][:limit]
    for entity in searched:
        if len(found) < limit and (groups is None or not documents.searchable(entity)):
            # A name that the caller cannot read is left out of the answer; asked for, it would refuse all of it.
            names = AccessPolicy.of(call.runtime).access(call.principal, entity.key).names
            asked = [name for name in ("title", "number") if name in names]
            page = call.records.query(entity.key, fields=asked, search=words, limit=limit - len(found))
            found.extend(page.rows)
    return found


def _hit(row: Any) -> dict[str, Any]:
    return {name: row.get(name) for name in ("id", "type", "title", "number")}
