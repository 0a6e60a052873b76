"""Turn a violated constraint into a field error in words; what is no rule of the data goes on as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy.exc import IntegrityError

from weft.core.db.mirror import CYCLE
from weft.core.errors import ValidationFailed
from weft.core.i18n import translator
from weft.core.registry.model import EntityType, Registry

__all__ = ["in_words"]

_ = translator("core")

_SQLITE_UNIQUE = re.compile(r"UNIQUE constraint failed: (?:index '([^']+)'|(.+))")


@contextmanager
def in_words(registry: Registry, entity_type: EntityType | None = None, name: str = "") -> Iterator[None]:
    """Catch violations of unique, cardinality, cycle and existence rules.

    Args:
        registry: to find the field behind a column.
        entity_type: the entity written, when it is one.
        name: field that a relation's rule is reported at.

    Raises:
        ValidationFailed: what was violated, at the field concerned.
    """
    try:
        yield
    except IntegrityError as error:
        found = _translate(error, entity_type, name)
        if found is None:
            raise
        raise found from error


def _translate(error: IntegrityError, entity_type: EntityType | None, name: str) -> ValidationFailed | None:
    text = str(error.orig)
    if CYCLE in text:
        message = _("This would make a circle: the record would come to stand above itself.")
        return ValidationFailed.single(name or _acyclic_field(entity_type), "cycle", message)
    constraint = _constraint(error, text)
    if "uq_relation_inverse_functional" in constraint or constraint == "relation.target_id, relation.type_id":
        return ValidationFailed.single(name, "cardinality", _("The other record already has such a link."))
    if "uq_relation_functional" in constraint or constraint == "relation.source_id, relation.type_id":
        return ValidationFailed.single(name, "cardinality", _("This record already has such a link."))
    if constraint.startswith(("relation.source_id", "pk_relation")):
        return ValidationFailed.single(name, "linked", _("These records are linked already."))
    if "FOREIGN KEY" in text.upper() and "UNIQUE" not in text.upper():
        return ValidationFailed.single(name, "missing", _("This entry does not exist."))
    field = _unique_field(constraint, entity_type)
    if field is not None:
        return ValidationFailed.single(field, "unique", _("This value is taken."))
    return None


def _constraint(error: IntegrityError, text: str) -> str:
    diagnostics: Any = getattr(error.orig, "diag", None)
    if diagnostics is not None:
        return str(diagnostics.constraint_name or "")
    found = _SQLITE_UNIQUE.search(text)
    return (found.group(1) or found.group(2)) if found else ""


def _unique_field(constraint: str, entity_type: EntityType | None) -> str | None:
    """The field of a unique index: PostgreSQL names the index, SQLite the columns."""
    if entity_type is None or not constraint:
        return None
    table = entity_type.spec.table_name
    columns = [part.rpartition(".")[2] for part in constraint.split(", ") if part.startswith(f"{table}.")]
    if not columns:
        indexes: Mapping[Any, Any] = {index.name: index for index in entity_type.table.indexes}
        columns = [column.name for column in indexes[constraint].columns] if constraint in indexes else []
    named = [column for column in columns if column in entity_type.fields or column == "number"]
    return named[-1] if named else None


def _acyclic_field(entity_type: EntityType | None) -> str:
    """The only reference of an entity to its own kind; empty when it could be several."""
    if entity_type is None:
        return ""
    own = [name for name, declared in entity_type.fields.items() if entity_type.key in declared.to]
    return own[0] if len(own) == 1 else ""
