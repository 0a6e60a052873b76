"""Fields of a record that a step can open at all: what people fill in, not what operations and roles see to."""

from __future__ import annotations

from typing import Any

__all__ = ["opens"]


def opens(registry: Any, entity: str, name: str) -> bool:
    """True when a step can let its people fill in a field.

    A state changes by its operations, and what a role confirms is changed by that role, with a note on how it was made
    sure: a step would go round both.
    """
    declared = registry.entities[entity].fields.get(name)
    if declared is None or not declared.writable or declared.readonly or declared.internal or declared.state:
        return False
    return (entity, name) not in registry.confirmed_by
