"""What a write is made of: the :class:`Change` that hooks see, and the context they get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from weft.core.registry.model import EntityType

if TYPE_CHECKING:
    from weft.core.identity.principal import Principal
    from weft.core.records.facade import Records

__all__ = ["UNSET", "ActionContext", "ActionResult", "BulkResult", "Change", "LoadResult", "Unset", "WriteContext"]


class Unset:
    """Type of :data:`UNSET`."""

    def __repr__(self) -> str:
        return "UNSET"

    def __bool__(self) -> bool:
        return False


#: "Not given", where None means "empty".
UNSET = Unset()


@dataclass(slots=True)
class Change:
    """One record about to be written; hooks may change ``values`` in place.

    Attributes:
        operation: ``create``, ``update``, ``assign``, ``delete``, ``restore`` or the key of an action.
        type: the entity.
        record_id: id of the record; a new one has its id already.
        values: Python values to be written, by field name; header names ``owner_id`` and ``unit_id`` for assign.
        before: stored Python values by field name and header name; empty for a new record.
        version: stored version, 0 for a new record.
        index: position in a bulk call, None for a single write.
        given: names the caller sent, as opposed to defaults and values set by hooks.
    """

    operation: str
    type: EntityType
    record_id: int
    values: dict[str, Any]
    before: Mapping[str, Any] = field(default_factory=dict)
    version: int = 0
    index: int | None = None
    given: frozenset[str] = frozenset()

    @property
    def entity(self) -> str:
        """Key of the entity."""
        return self.type.key

    def after(self, name: str) -> Any:
        """Value of a field once the change is written."""
        return self.values[name] if name in self.values else self.before.get(name)

    def changed(self, name: str) -> bool:
        """True when the field gets another value than it has."""
        return name in self.values and self.values[name] != self.before.get(name)


@dataclass(frozen=True, slots=True)
class WriteContext:
    """What ``weft_before_write`` and ``weft_before_undo`` get besides the changes.

    Attributes:
        records: reads (and writes) as the person who acts, on the same connection.
        operation: as in :class:`Change`; ``undo`` for all changes of an undo.
        elevated: the hook declared ``elevated=True``.
    """

    records: Records
    operation: str
    elevated: bool = False

    @property
    def principal(self) -> Principal:
        """Who acts."""
        return self.records.principal

    @property
    def now(self) -> datetime:
        """Moment of the write, aware, in UTC."""
        return self.records.now

    @property
    def door(self) -> str:
        """Where the write came in: page, rest, import, job, command, demo."""
        return self.records.door

    def system(self, reason: str) -> Records:
        """Elevated records on the same connection; for hooks that declare ``elevated=True``.

        Raises:
            RuntimeError: the hook did not declare it; a mistake of its author, and the write is refused.
        """
        if not self.elevated:
            raise RuntimeError("context.system() needs @hookimpl(elevated=True) on the hook")
        return self.records.system(reason)


@dataclass(frozen=True, slots=True)
class ActionContext:
    """What the handler of an action gets.

    Attributes:
        records: the only way to write; acts as the person.
        action: full key of the action.
    """

    records: Records
    action: str

    @property
    def principal(self) -> Principal:
        """Who acts."""
        return self.records.principal

    @property
    def now(self) -> datetime:
        """Moment of the action, aware, in UTC."""
        return self.records.now

    def system(self, reason: str) -> Records:
        """Elevated records on the same connection, audited with the reason."""
        return self.records.system(reason)


@dataclass(frozen=True, slots=True)
class ActionResult:
    """What an action answers.

    Attributes:
        record: id of the record to show next, the action's own record when None.
        message: one sentence for the toast, in the past tense.
        redirect: address to open instead of a record.
    """

    record: int | None = None
    message: Any = ""
    redirect: str = ""


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What a bulk operation did: how many records, and the change set that Undo takes back."""

    count: int
    ids: tuple[int, ...]
    change_set_id: int | None


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What a load did.

    Attributes:
        created, updated, unchanged: ids in the order of the rows.
        change_set_id: what Undo takes back; None when nothing was written.
    """

    created: tuple[int, ...] = ()
    updated: tuple[int, ...] = ()
    unchanged: tuple[int, ...] = ()
    change_set_id: int | None = None
