"""Changes that people ask for in their own file: they wait until a people officer enters them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weft.core.sdk import Records, Row, ValidationFailed, notify, register_notice, settle_notices, translator
from weft.plugins.hrm import vocabulary as words
from weft.plugins.hrm.services import people

_ = translator("hrm")

__all__ = ["CHANGE", "answer", "ask", "enter"]

CHANGE = "hrm.file_change"
ASKED, ANSWERED = "hrm.file_change_asked", "hrm.file_change_answered"
register_notice(ASKED, _("%(who)s asks for a change in the file: %(record)s"), headline=_("Changes asked for"))
register_notice(ANSWERED, _("%(who)s answered about the change in your file: %(record)s"),
                headline=_("Changes asked for"))  # fmt: skip
_REASON = "hrm: change of a file"


def ask(records: Records, record: Row, data: Mapping[str, Any]) -> Row:
    """Ask for other values in one's own file; people officers are told.

    Args:
        records: unit of the person.
        record: the file.
        data: wanted values by name; those that are as in the file do not count.

    Raises:
        ValidationFailed: nothing would change, or a change is waiting already.
    """
    wanted = {name: data.get(name) for name in words.ASKABLE.labels if _differs(record.get(name), data.get(name))}
    if not wanted:
        raise ValidationFailed.single("", "same", _("Your file says this already."))
    system = records.system(_REASON)
    person = record["user"].id
    if system.query(CHANGE, fields=(), filters={"person": person, "status": "asked"}, limit=1).rows:
        text = _("You have asked for a change that is not decided yet. Withdraw it first.")
        raise ValidationFailed.single("", "waiting", text)
    made = system.create(CHANGE, {**wanted, "person": person, "concerns": list(wanted)})
    notify(records, [one for one in people.officers(records) if one != person], ASKED, made["id"])
    return made


def _differs(before: Any, after: Any) -> bool:
    """Whether a value is another one; an address of which nothing is filled in is none."""

    def plain(value: Any) -> Any:
        if isinstance(value, Mapping):
            value = {key: one for key, one in value.items() if one}
        return value or None

    return bool(plain(before) != plain(after))


def enter(records: Records, record: Row, text: str = "") -> None:
    """Write what was asked for into the file, with the rights of the officer, who may add a sentence.

    Raises:
        ValidationFailed: there is no file any more.
    """
    person = record["person"].id
    file = people.files(records, [person]).get(person)
    if file is None:
        raise ValidationFailed.single("", "state", _("There is no file of this person any more."))
    values = {name: record.get(name) for name in record.get("concerns") or ()}
    records.update(people.EMPLOYEE, file["id"], values, version=None)
    answer(records, record, text)


def answer(records: Records, record: Row, text: str) -> None:
    """Tell the person that it was decided, and what about it; a refusal says why."""
    if text:
        records.system(_REASON).update(CHANGE, record["id"], {"answer": text}, version=None)
    settle_notices(records, record["id"])
    notify(records, [record["person"].id], ANSWERED, record["id"])
