"""Tables reduced to names and types, for the inside of row rules.

An alias of a mapped table copies every column with its constraints; rules make many aliases and use three or four of
their columns.
"""

from __future__ import annotations

import weakref

from sqlalchemy import FromClause, Table, TableClause, column, table

__all__ = ["alias_of", "named_alias"]

_lean: weakref.WeakKeyDictionary[Table, TableClause] = weakref.WeakKeyDictionary()


def alias_of(full: Table) -> FromClause:
    """A new alias of a table whose columns have the same names and types and nothing else."""
    found = _lean.get(full)
    if found is None:
        columns = (column(one.name, one.type) for one in full.columns)
        found = _lean[full] = table(full.name, *columns, schema=full.schema)
    return found.alias()


def named_alias(full: Table, name: str) -> FromClause:
    """The alias of a table by a name: always the same object, so that its columns are copied once.

    For what stands once in a statement; two places of one statement need two aliases.
    """
    made: dict[str, FromClause] = full.info.setdefault("named aliases", {})
    if name not in made:
        made[name] = full.alias(name)
    return made[name]
