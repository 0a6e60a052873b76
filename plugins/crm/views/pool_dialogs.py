"""Claiming customers and giving them to a pool: the dialogs and what they do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from weft.core.sdk import Denied, StateConflict, ValidationFailed, WeftError, in_script, translator
from weft.core.websdk import View, chosen_ids, with_query
from weft.plugins.crm.services import claims, pools

_ = translator("crm")

__all__ = ["claim", "give", "label_of", "pool_url", "standing_words"]


def label_of(pool: Mapping[str, Any]) -> str:
    """The pool in the viewer's language."""
    return in_script(pool["label_en"], pool.get("label_zh"))[0]


def pool_url(view: View, *parts: str, **query: Any) -> str:
    """Address of the pool page or one below it."""
    pairs = [(name, str(value)) for name, value in query.items() if value not in (None, "")]
    return with_query(view.page("crm", "pool", *parts), pairs)


def standing_words(found: claims.Standing) -> str:
    """Where the viewer stands, in words: claims left, customers held, who has to wait."""
    if not found.member:
        return str(_("You are no member of this pool: its customers are claimed by others or allocated."))
    parts = []
    if found.per_day is not None:
        what = {"left": max(0, found.per_day - found.claimed), "n": found.per_day}
        parts.append(str(_("%(left)s of %(n)s claims left today") % what))
    if found.most is not None:
        parts.append(str(_("you have %(held)s of %(most)s customers") % {"held": found.held, "most": found.most}))
    days = found.pool.get("cooling_days")
    if days:
        parts.append(str(_("what was yours you may claim again after %(days)s days") % {"days": days}))
    return " · ".join(parts)


def claim(view: View) -> Any:
    """Claim the customer of a row, or what is ticked after saying how many claims are left."""
    source = view.form if "ids" in view.form else view.args
    ids = chosen_ids(view, view.entity("crm.account"), source)
    if not ids:
        raise ValidationFailed.single("ids", "required", _("Tick the customers you want to claim."))
    if view.method != "POST":
        return _claim_form(view, ids)
    try:
        number = claims.claim(view.records, ids)
    except WeftError as error:
        if "asked" not in view.form or not isinstance(error, (Denied, StateConflict, ValidationFailed)):
            raise
        view.undo_all()
        return _claim_form(view, ids, error)
    if number == 1:
        title = view.records.titles(ids)[ids[0]]
        message = str(_("%(name)s is yours now") % {"name": in_script(title.title, title.alt)[0]})
    else:
        message = str(_("%(n)s customers are yours now") % {"n": number})
    return _written(view, message)


def _claim_form(view: View, ids: Sequence[int], error: WeftError | None = None) -> Any:
    """The question before many are claimed; after a refusal it says why."""
    said = []
    if isinstance(error, ValidationFailed):
        said = [str(one.message) for one in error.errors]
    elif error is not None:
        said = [str(error), getattr(error, "ask", None) or ""]
    pooled = view.records.query("crm.account", fields=("pool",), filters={"id__in": list(ids)[:1]}, limit=1).rows
    ref = pooled[0].get("pool") if pooled else None
    found = [pool for pool in pools.pools_in_use(view.records) if ref is not None and pool["id"] == ref.id]
    stands = claims.standing(view.records, found)
    form = {
        "action": pool_url(view, "claim"),
        "fields": [],
        "hidden": {"ids": ",".join(map(str, ids)), "asked": "1"},
        "submit": str(_("Claim")),
        "errors": [{"text": text} for text in said if text],
    }
    sub = " · ".join([str(_("%(n)s customers") % {"n": len(ids)}), *(standing_words(one) for one in stands.values())])
    dialog = {"title": str(_("Claim")), "sub": sub, "size": "small"}
    return view.render("pages/form_dialog.html", 422 if said else 200, dialog=dialog, form=form)


def _written(view: View, message: str) -> Any:
    view.toast(message, undo=view.records.change_set_id)
    if view.scripted:
        return view.done(wf_close=True, wf_refresh="#wf-page")
    return view.redirect(pool_url(view))


def give(view: View, record_id: int | None = None) -> Any:
    """Ask why and into which pool customers are given, and do it: from a record's page or for ticked rows."""
    entity = view.entity("crm.account")
    source = view.form if "ids" in view.form else view.args
    ids = [record_id] if record_id is not None else chosen_ids(view, entity, source)
    _require(view, ids)
    if view.method != "POST" or "reason" not in view.form:
        return _give_form(view, ids, {})
    reason, wanted = view.form.get("reason", "").strip(), view.form.get("pool", "")
    try:
        if not reason:
            raise ValidationFailed.single("reason", "required", _("Say why; the next owner reads it."))
        pools.give(view.records, ids, reason[:250], int(wanted) if wanted.isdigit() else None)
    except ValidationFailed as error:
        view.undo_all()
        return _give_form(view, ids, dict(view.form), error)
    return _written(view, str(_("%(n)s customers given to the pool") % {"n": len(ids)}))


def _require(view: View, ids: Sequence[int]) -> None:
    """Refuse when the viewer may not give one of the customers."""
    allowed: set[int] = set()
    for start in range(0, len(ids), 200):
        some = {"id__in": list(ids[start : start + 200])}
        page = view.records.query("crm.account", fields=(), filters=some, limit=200, operation="crm.account.give")
        allowed.update(row["id"] for row in page.rows)
    if not ids or allowed != set(ids):
        message = _("You may give only your own customers to a pool.")
        raise Denied(str(message), ask=str(_("Ask their owner or a sales manager.")), rule="crm.account.give")


def _give_form(view: View, ids: Sequence[int], values: Mapping[str, str], error: ValidationFailed | None = None) -> Any:
    errors = {one.field: str(one.message) for one in error.errors} if error else {}
    found = pools.pools_in_use(view.records)
    choices = [{"value": "", "label": str(_("The pool of the owner"))}]
    choices += [{"value": str(pool["id"]), "label": label_of(pool)} for pool in found]
    form = {
        "action": pool_url(view, "give"),
        "fields": [
            {"name": "reason", "kind": "text", "label": str(_("Reason")), "max_length": 250, "autofocus": True,
             "value": values.get("reason", ""), "error": errors.get("reason"),
             "help": str(_("Stands in the pool's history."))},
            {"name": "pool", "kind": "choice", "label": str(_("Pool")), "choices": choices, "required": False,
             "value": values.get("pool", ""), "error": errors.get("pool")},
        ],
        "hidden": {"ids": ",".join(map(str, ids))},
        "submit": str(_("Give to the pool")),
        "errors": [{"text": text, "field": name} for name, text in errors.items()],
    }  # fmt: skip
    sub = str(_("%(n)s customers") % {"n": view.formats.number(len(ids))})
    dialog = {"title": str(_("Give to the pool")), "sub": sub, "size": "small"}
    return view.render("pages/form_dialog.html", 422 if errors else 200, dialog=dialog, form=form)
