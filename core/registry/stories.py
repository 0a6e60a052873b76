"""On whose timelines the steps of an entity are told: found once, at start, from the paths that its story declares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from weft.core.registry.access import PathScope

if TYPE_CHECKING:
    from weft.core.registry.declarations import Story
    from weft.core.registry.model import Registry

__all__ = ["told_on"]


def told_on(registry: Registry) -> dict[str, tuple[str, ...]]:
    """Entity key -> keys of the entities with a story that can be told on its timeline, in order of declaration."""
    found: dict[str, list[str]] = defaultdict(list)
    for key, page in registry.record_pages.items():
        if page.story is None or key not in registry.entities:
            continue
        ends = set(_ends(registry, page.story))
        if page.story.through:
            for end in list(ends):
                other = registry.record_pages.get(end)
                if other is not None and other.story is not None and not other.story.through:
                    ends.update(_ends(registry, other.story))
        for end in ends - {key}:
            found[end].append(key)
    return {key: tuple(stories) for key, stories in found.items()}


def _ends(registry: Registry, story: Story) -> Iterator[str]:
    return (end for path in story.to for end in _ends_of(registry, path))


def _ends_of(registry: Registry, path: PathScope) -> Iterator[str]:
    """Entities a path may end at; none while one of its relations is not installed."""
    if all(step.relation in registry.relations for step in path.steps):
        last = registry.relations[path.steps[-1].relation]
        ends = last.source if path.steps[-1].reverse else last.target
        yield from (key for key in registry.entities if registry.matches(ends, key))
