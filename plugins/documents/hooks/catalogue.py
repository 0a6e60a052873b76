"""What must hold of documents, folders and contracts, whichever way a write comes in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from weft.core.sdk import Denied, ValidationFailed, translator
from weft.plugins.documents.grants import LIBRARIAN
from weft.plugins.documents.services import folders, from_deal
from weft.plugins.documents.services.certificates import CERTIFICATE, owner_of

_ = translator("documents")

__all__ = ["before_write"]

_FOLDER, _DOCUMENT, _STEP = "documents.folder", "documents.document", "documents.step"
_CONTRACT = "documents.contract"
_REASON = "documents: checks"


def before_write(changes: Sequence[Any], context: Any) -> None:
    """See the functions below; raises ``ValidationFailed`` and ``Denied``."""
    checks = {
        _FOLDER: _folder, _DOCUMENT: _document, _STEP: _step, _CONTRACT: _contract, CERTIFICATE: _certificate,
    }  # fmt: skip
    for change in changes:
        check = checks.get(change.entity)
        if check is not None and change.operation not in ("delete", "restore", "assign"):
            check(change, context)


def _folder(change: Any, context: Any) -> None:
    """Readers are those of the folder above where it says so; folders below follow in the same transaction."""
    system = context.system(_REASON)
    parent = change.after("parent")
    if parent is not None and (change.changed("parent") or not change.before):
        folders.check_place(system, change.record_id, parent)
    if parent is not None and change.after("inherits") and context.principal.kind != "system":
        above = folders.access_of(system, parent)
        if change.changed("parent") or change.changed("inherits") or not change.before:
            change.values["access"] = above
        elif change.changed("access") and change.values["access"] != above:
            change.values["inherits"] = False
    if change.before and change.changed("access"):
        folders.spread(system, change.record_id, change.values["access"])


def _document(change: Any, context: Any) -> None:
    """A file document has a file; a new content is a new version; releasing is for those who may."""
    form = change.after("form")
    if not change.before and form == "file" and change.after("file") is None and not change.after("body"):
        raise ValidationFailed.single("file", "required", _("Choose a file."))
    released = change.after("status") == "released"
    if released and (change.changed("status") or not change.before):
        _may_release(change, context)
        change.values["released_at"] = change.values.get("released_at") or context.now
    if change.before:
        was_released = change.before.get("status") in ("released", "archived")
        if change.changed("file") or (change.changed("body") and was_released):
            change.values["revision"] = int(change.before.get("revision") or 1) + 1
    if change.changed("expires_on") or not change.before:
        ends, today = change.after("expires_on"), context.now.astimezone(context.records.zone).date()
        change.values["expired"] = ends is not None and ends < today


def _may_release(change: Any, context: Any) -> None:
    me = context.principal
    if me.kind == "system" or me.has_role(LIBRARIAN):
        return
    if change.before and change.after("reviewer") is not None and change.before.get("reviewer") == me.user_id:
        return
    folder = context.system(_REASON).query(_FOLDER, fields=("reviewed",), filters={"id": change.after("folder")},
                                           limit=1).rows  # fmt: skip
    if folder and folder[0]["reviewed"]:
        text = _("Documents of this folder are released by a reviewer. Send it to one.")
        raise Denied(str(text), rule=_DOCUMENT, ask=str(_("Choose a reviewer with “Send for review”.")))


def _certificate(change: Any, context: Any) -> None:
    """What a supplier enters is of itself and waits; whoever looks after the supplier looks after it too."""
    me = context.principal
    if change.before or me.kind == "system":
        return
    system = context.system(_REASON)
    if not me.internal:
        change.values |= {"holder": _organisation(context, system), "status": "to_confirm"}
        if change.after("file") is None:
            raise ValidationFailed.single("file", "required", _("Choose a file."))
    elif change.after("holder") is None:
        raise ValidationFailed.single("holder", "required", _("Say whose certificate it is."))
    else:
        change.values.setdefault("status", "valid")
    holder = change.after("holder")
    owner = owner_of(system, int(getattr(holder, "id", holder))) if holder is not None else None
    if owner is not None:
        change.values["owner_id"] = owner


def _organisation(context: Any, system: Any) -> int | None:
    """The organisation the visitor stands for."""
    known = context.records.runtime.registry.entities
    titles = system.titles(context.principal.anchors)
    for key in sorted(titles):
        entity = known.get(titles[key].type)
        if entity is not None and "core.organization" in entity.spec.traits:
            return int(key)
    return None


def _step(change: Any, context: Any) -> None:
    """A finished step has a day; an amount follows from the share of the contract."""
    today = context.now.astimezone(context.records.zone).date()
    if change.changed("status") or not change.before:
        if change.after("status") == "done" and change.after("done_on") is None:
            change.values["done_on"] = today
        elif change.after("status") == "planned" and change.after("done_on") is not None:
            change.values["done_on"] = None
    if change.changed("due_on") and change.before:
        change.values["reminded_at"] = None


def _contract(change: Any, context: Any) -> None:
    """A new contract of a deal takes over what nobody said otherwise."""
    if change.before or change.after("opportunity") is None or context.principal.kind == "system":
        return
    known = from_deal.taken_over(context.records, change.after("opportunity"))
    for name in ("account", "amount", "project"):
        if name in known and name not in change.given:
            change.values[name] = known[name]
