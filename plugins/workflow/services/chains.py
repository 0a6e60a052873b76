"""The shape of an approval chain: plain data, checked, and the same whether a plugin or a person wrote it.

A chain is ``{key, title, entity, start, steps, approved, returned, rejected, tables}``; titles are ``{"en", "zh"}``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from weft.core.sdk import (
    Action,
    FieldError,
    Kind,
    LazyText,
    Records,
    ValidationFailed,
    directory,
    translator,
    use_locale,
)
from weft.plugins.workflow import vocabulary as words
from weft.plugins.workflow.services import answers, closed, engine, figures, tables
from weft.plugins.workflow.services.feel import FeelError
from weft.plugins.workflow.services.opening import opens

_ = translator("workflow")

__all__ = [
    "MOST_STEPS",
    "OUTCOMES",
    "asked_at_start",
    "clean",
    "colleague",
    "conditions_of",
    "outcomes_of",
    "texts",
    "title_in",
]

MOST_STEPS = 20
OUTCOMES = ("approved", "returned", "rejected", "withdrawn")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,40}\Z")
#: Ids that the model itself uses.
_RESERVED = frozenset({"start", "chain", "definitions", "diagram", "plane", "root", "end"})
#: Kinds of fields a condition can compare.
_COMPARED = frozenset(
    {
        Kind.MONEY,
        Kind.DECIMAL,
        Kind.INTEGER,
        Kind.CHOICE,
        Kind.BOOLEAN,
        Kind.TEXT,
        Kind.DATE,
    }
)
_NUMBERS = frozenset({Kind.MONEY, Kind.DECIMAL, Kind.INTEGER})


def texts(value: Any) -> dict[str, str]:
    """A title in both languages: from a marked message, a mapping, or a plain text."""
    if isinstance(value, Mapping):
        found = {key: str(value.get(key) or "").strip() for key in ("en", "zh")}
        return {key: text or found["en"] or found["zh"] for key, text in found.items()}
    if isinstance(value, LazyText):
        both = {}
        for locale in ("en", "zh"):
            with use_locale(locale):
                both[locale] = str(value)
        return both
    text = str(value or "").strip()
    return {"en": text, "zh": text}


def title_in(title: Mapping[str, str], locale: str) -> str:
    """A title in a language of screens."""
    return title.get("zh" if locale.startswith("zh") else "en") or title.get("en") or ""


def conditions_of(records: Records, entity: str) -> dict[str, Any]:
    """Fields of an entity that a condition can compare, by name."""
    fields = records.runtime.registry.entities[entity].fields
    return {name: one for name, one in fields.items() if one.kind in _COMPARED and one.stored and not one.internal}


def outcomes_of(records: Records, entity: str) -> dict[str, Action]:
    """Actions of an entity that can end a chain: they need nothing but a comment."""
    actions = records.runtime.registry.entities[entity].actions
    return {name: action for name, action in actions.items() if _simple(action)}


def asked_at_start(records: Records, chain: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of the action a chain approves that whoever starts it by a button fills in: how much, from when."""
    action = records.runtime.registry.entities[chain["entity"]].actions.get(str(chain.get("approved") or ""))
    return dict(action.fields) if action is not None and chain["start"]["on"] == "button" else {}


def colleague(records: Records, value: Any) -> str:
    """Name of a person somebody chose when asking, in the viewer's script."""
    found = directory.persons(records, [int(value)]).get(int(value)) if str(value).isdigit() else None
    return found.shown()[0] if found is not None else ""


def _simple(action: Action) -> bool:
    if action.handler is None and action.transition is None:
        return False
    return all(one.kind in (Kind.TEXT, Kind.MULTILINE) for one in action.fields.values() if one.required)


class _Checker:
    """Collects what is wrong, by the name of the field in the form."""

    def __init__(self, records: Records, entity: str) -> None:
        self.registry = records.runtime.registry
        self.records = records
        self.entity = self.registry.entities.get(entity)
        self.errors: list[FieldError] = []

    def wrong(self, name: str, code: str, message: Any) -> None:
        self.errors.append(FieldError(name, code, message))


def clean(records: Records, raw: Mapping[str, Any], *, model: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Check a chain and give it its one shape.

    Args:
        records: any unit.
        raw: as a hook or the form gives it.
        model: ids of the tasks of an uploaded model, whose steps these are.

    Raises:
        ValidationFailed: errors name ``title``, ``entity``, ``start``, ``approved`` ..., ``steps``, or
            ``steps.<n>.<what>`` with n from 0.
    """
    check = _Checker(records, str(raw.get("entity") or ""))
    chain: dict[str, Any] = {
        "key": str(raw.get("key") or ""),
        "title": texts(raw.get("title")),
        "entity": str(raw.get("entity") or ""),
    }
    if not chain["title"]["en"]:
        check.wrong("title", "required", _("Give the process a name."))
    if check.entity is None:
        check.wrong("entity", "missing", _("Choose what kind of record it is about."))
        raise ValidationFailed(check.errors)
    chain["start"] = _start(check, raw.get("start") or {})
    allowed = outcomes_of(records, chain["entity"])
    asked = {name for name, action in check.entity.actions.items() if action.handler is not None}
    for name in OUTCOMES:
        value = str(raw.get(name) or "").rpartition(".")[2]
        by_form = name == "approved" and chain["start"]["on"] == "button" and value in asked
        if value and value not in allowed and not by_form:
            check.wrong(name, "choice", _("This operation of the record cannot end a chain."))
        chain[name] = value or None
    chain["tables"] = dict(raw.get("tables") or {})
    for name, table in chain["tables"].items():
        try:
            tables.check(table)
        except FeelError as error:
            check.wrong("tables", "table", f"{name}: {error}")
    if model:
        chain["process"] = str(raw.get("process") or "")
    chain["steps"] = _steps(check, raw.get("steps") or (), chain["tables"], model)
    if check.errors:
        raise ValidationFailed(check.errors)
    return chain


def _start(check: _Checker, raw: Mapping[str, Any]) -> dict[str, Any]:
    on = str(raw.get("on") or "button")
    if on not in words.START.labels:
        check.wrong("start", "choice", _("Choose when it starts."))
        return {"on": "button"}
    start: dict[str, Any] = {"on": on}
    if on == "button" and raw.get("by") == "read":
        start["by"] = "read"
    entity = check.entity
    if entity is None:
        return start
    if on == "action":
        action = str(raw.get("action") or "").rpartition(".")[2]
        if action not in entity.actions:
            check.wrong("start", "missing", _("Choose the operation that starts it."))
        elif entity.actions[action].transition is None:
            check.wrong("start", "state", _("Only an operation that changes the state of the record can start it."))
        start["action"] = action
    if on in ("change", "schedule"):
        field = str(raw.get("field") or "")
        declared = entity.fields.get(field)
        if declared is None:
            check.wrong("start", "missing", _("Choose the field whose value starts it."))
        start |= {"field": field, "to": str(raw.get("to") if raw.get("to") is not None else "")}
    return start


def _steps(
    check: _Checker, raw: Sequence[Any], tables: Mapping[str, Any], model: frozenset[str]
) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = []
    if not raw and not model:
        check.wrong("steps", "required", _("Add at least one step."))
    if len(raw) > MOST_STEPS and not model:
        check.wrong("steps", "too_many", _("A chain has at most %(n)s steps.") % {"n": MOST_STEPS})
    for place, one in enumerate(raw if model else raw[:MOST_STEPS]):
        if str(one.get("kind") or "") in ("action", "table"):
            steps.append(_automatic(check, one, f"steps.{place}"))
            continue
        step = _step(check, one, f"steps.{place}", {step["key"] for step in steps}, tables, place)
        steps.append(step | {"key": str(one["key"])} if one.get("key") in model else step)
    return steps


def _automatic(check: _Checker, raw: Mapping[str, Any], at: str) -> dict[str, Any]:
    """A step of a model that nobody decides: an action of the record, or a decision table."""
    kind = str(raw["kind"])
    step: dict[str, Any] = {
        "key": str(raw["key"]),
        "title": texts(raw.get("title") or raw["key"]),
        "kind": kind,
        "who": {"kind": "unit_head", "levels": 1},
        "mode": "any",
    }
    if kind == "table":
        return step | {"table": str(raw["key"])}
    action = str(raw.get("action") or "")
    if check.entity is None or action not in outcomes_of(check.records, check.entity.key):
        check.wrong(f"{at}.action", "missing", _("Choose an operation of the record that needs no input."))
    return step | {"action": action}


def _step(
    check: _Checker, raw: Mapping[str, Any], at: str, taken: set[str], tables: Mapping[str, Any], place: int
) -> dict[str, Any]:
    title = texts(raw.get("title") or raw.get("key"))
    key = str(raw.get("key") or "")
    if not _KEY.match(key) or key in taken or key in _RESERVED:
        key = next(f"step{n}" for n in range(place + 1, place + 100) if f"step{n}" not in taken)
    if not title["en"]:
        check.wrong(f"{at}.title", "required", _("Give the step a name."))
    step: dict[str, Any] = {"key": key, "title": title, "who": _who(check, raw.get("who") or {}, f"{at}.who")}
    mode = str(raw.get("mode") or "any")
    if mode not in words.MODE.labels:
        check.wrong(f"{at}.mode", "choice", _("Choose how many of them have to agree."))
    step["mode"] = mode
    if mode == "share":
        step["share"] = _whole(check, raw.get("share"), f"{at}.share", 1, 100, _("Say how many per cent of them."))
    if raw.get("when"):
        step["when"] = _when(check, raw["when"], f"{at}.when", tables)
    if raw.get("silence"):
        step["silence"] = _silence(check, raw["silence"], f"{at}.silence")
    if raw.get("fields"):
        step["fields"] = _fields(check, raw["fields"], f"{at}.fields")
    return step


def _whole(check: _Checker, raw: Any, at: str, least: int, most: int, message: Any) -> int:
    try:
        value = int(str(raw))
    except (TypeError, ValueError):
        value = least - 1
    if not least <= value <= most:
        check.wrong(at, "range", message)
    return value


def _who(check: _Checker, raw: Mapping[str, Any], at: str) -> dict[str, Any]:
    kind = str(raw.get("kind") or "")
    if kind not in words.WHO.labels:
        check.wrong(at, "required", _("Say who decides."))
        return {"kind": "unit_head", "levels": 1}
    found: dict[str, Any] = {"kind": kind}
    if kind == "unit_head":
        found["levels"] = _whole(check, raw.get("levels", 1), at, 1, 5, _("One to five levels up."))
    if kind == "role":
        found["role"] = str(raw.get("role") or "")
        # A role of a plugin that is not there is kept: the step waits for nobody until somebody has it.
        if not found["role"]:
            check.wrong(at, "required", _("Choose the role."))
        if raw.get("role2") and raw["role2"] != found["role"]:
            found["role2"] = str(raw["role2"])
    if kind == "person":
        user = str(raw.get("user") or "")
        if not user.isdigit():
            check.wrong(at, "required", _("Choose the person."))
        found["user"] = int(user) if user.isdigit() else None
    if kind == "path":
        found["path"] = [str(one) for one in raw.get("path") or ()]
        if not found["path"] or not all(_known_step(check, one) for one in found["path"]):
            check.wrong(at, "missing", _("Choose the link that leads to the person."))
    if kind == "matrix":
        found["role"] = str(raw.get("role") or "")
        if not found["role"]:
            check.wrong(at, "required", _("Choose the duty."))
    return found


def _known_step(check: _Checker, name: str) -> bool:
    """A relation of an installed plugin, a person field, or something of a plugin that is not there."""
    if name.startswith("field:"):
        return True
    plugin = name.partition(".")[0]
    try:
        check.registry.relation(name)
    except KeyError:
        return plugin not in {entity.plugin for entity in check.registry.entities.values()}
    return True


def _when(check: _Checker, raw: Mapping[str, Any], at: str, tables: Mapping[str, Any]) -> dict[str, Any]:
    if raw.get("table"):
        table = str(raw["table"])
        if table not in tables:
            check.wrong(at, "missing", _("There is no decision table of that name."))
        has = str(raw.get("has") or "").strip()
        _asked_for(check, tables.get(table), has, at.rpartition(".")[0] + ".value")
        return {"table": table, "has": has}
    if "expression" in raw:
        try:
            closed.check(str(raw["expression"] or ""), engine.FUNCTIONS)
        except closed.ClosedError as error:
            check.wrong(at, "expression", str(error))
        return {"expression": str(raw["expression"] or "")}
    name, op = str(raw.get("field") or ""), str(raw.get("op") or "ge")
    declared = conditions_of(check.records, check.entity.key).get(name) if check.entity is not None else None
    if declared is None:
        check.wrong(at, "missing", _("Choose the field to compare."))
        return {"field": name, "op": op, "value": ""}
    found: dict[str, Any] = {
        "field": name,
        "op": op,
        "value": str(raw.get("value") if raw.get("value") is not None else ""),
    }
    if op not in words.COMPARE.labels or (declared.kind not in _NUMBERS | {Kind.DATE} and op not in ("eq", "ne")):
        check.wrong(at, "choice", _("These values can only be equal or not."))
    if declared.kind in _NUMBERS:
        found["value"] = _number(check, found["value"], at.rpartition(".")[0] + ".value", declared.label)
    elif not found["value"]:
        check.wrong(at, "required", _("Say what to compare with."))
    if declared.kind is Kind.MONEY:
        found["currency"] = str(raw.get("currency") or "CNY").upper()
        if not re.fullmatch(r"[A-Z]{3}", found["currency"]):
            check.wrong(at, "currency", _("Write the code of a currency, such as CNY."))
    return found


def _number(check: _Checker, text: str, at: str, label: Any) -> str:
    try:
        return figures.plain(text)
    except figures.AmbiguousError as error:
        why = str(error)
    except ValueError:
        why = str(_("Write a number, such as 20000."))
    check.wrong(at, "number", _("%(field)s: %(why)s", "what is wrong with a field") % {"field": label, "why": why})
    return text


def _asked_for(check: _Checker, table: Mapping[str, Any] | None, has: str, at: str) -> None:
    """A condition on an answer that no rule gives would silently leave the step out for ever."""
    if table is None or not has or any(error.field == "tables" for error in check.errors):
        return
    given = answers.of_table(table)
    if given is not None and answers.normal(has) not in given:
        known = str(_(", ", "between names")).join(given)
        check.wrong(at, "missing", _("No rule of the table gives “%(has)s”; they give: %(known)s.")
                    % {"has": has[:60], "known": known[:300]})  # fmt: skip


def _silence(check: _Checker, raw: Mapping[str, Any], at: str) -> dict[str, Any]:
    days = _whole(check, raw.get("days"), at, 1, 365, _("Say after how many days, 1 to 365."))
    then = str(raw.get("then") or "remind")
    if then not in words.SILENCE.labels:
        check.wrong(at, "choice", _("Choose what happens when nobody answers."))
    return {"days": days, "then": then}


def _fields(check: _Checker, raw: Mapping[str, Any], at: str) -> dict[str, str]:
    found = {}
    key, known = (check.entity.key, check.entity.fields) if check.entity is not None else ("", {})
    for name, mode in ((str(name), str(mode)) for name, mode in raw.items()):
        if name not in known or mode not in words.FIELD_MODE.labels:
            check.wrong(at, "missing", _("There is no field “%(name)s”.") % {"name": name[:60]})
        elif mode in ("edit", "required") and not opens(check.registry, key, name):
            message = _("“%(field)s” is not filled in at a step: an operation or a role of its own changes it.")
            check.wrong(at, "closed", message % {"field": known[name].label})
        found[name] = mode
    return found
