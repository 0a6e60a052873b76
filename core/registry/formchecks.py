"""What a plugin says about a form while it is filled in: warnings, and what must not be saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from weft.core.i18n import Text

__all__ = ["FormAction", "FormCheck", "FormWarning"]


@dataclass(frozen=True, slots=True)
class FormAction:
    """A button beside a warning.

    Attributes:
        label: the verb.
        endpoint: an ``HttpRoute`` of the plugin that takes the values by POST and answers with a toast.
        values: what is sent along, texts by name.
    """

    label: Text
    endpoint: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FormWarning:
    """One sentence about what is being filled in.

    Attributes:
        text: the sentence; it tells only what the person may know.
        entity, record: a record it is about, linked to; only one the person may read.
        tone: ``warn``, ``stop`` or ``info``.
        action: what can be done about it.
        blocks: saving is off; the plugin's ``weft_before_write`` refuses the same.
    """

    text: Text
    entity: str = ""
    record: int | None = None
    tone: str = "warn"
    action: FormAction | None = None
    blocks: bool = False


@dataclass(frozen=True, slots=True)
class FormCheck:
    """Asked while somebody fills in the form of an entity, and by the dry run of an import.

    Attributes:
        key: ``crm.account_collision``.
        entity: whose form.
        fields: typing in one of these asks.
        check: ``check(records, rows, record_id) -> [[FormWarning]]``, one list per row and in few statements for all.
            ``rows`` hold what was typed by field name, in API values and unchecked; ``record_id`` is None for a new
            record. ``records`` reads only.
    """

    key: str
    entity: str
    fields: tuple[str, ...]
    check: Callable[[Any, Sequence[Mapping[str, Any]], int | None], Sequence[Sequence[FormWarning]]]
