"""The form of an approval chain: reads what was posted, draws it again with steps added, moved or removed.

It works without a script: "Add a step", "Up", "Remove" are submit buttons that answer with the form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from weft.core.sdk import ValidationFailed, translator
from weft.plugins.workflow.services import chains
from weft.plugins.workflow.views import table_form

_ = translator("workflow")

__all__ = ["EXPRESSION", "Given", "changed", "given_of", "new_step", "raw_of", "read"]

#: Names of a step's inputs; each is posted as ``s<n>-<name>``.
_NAMES = (
    "key",
    "title",
    "title_zh",
    "who",
    "levels",
    "role",
    "role2",
    "user",
    "path",
    "duty",
    "mode",
    "share",
    "when",
    "op",
    "value",
    "currency",
    "table",
    "has",
    "days",
    "then",
    "fields",
    "kind",
    "action",
    "decision",
)
#: Choice of a condition that is written out.
EXPRESSION = "="
#: Most steps that are read from a form: models have more than chains.
_MOST_POSTED = 200


@dataclass(slots=True)
class Given:
    """What stands in the form, as text."""

    entity: str = ""
    title: str = ""
    title_zh: str = ""
    on: str = "button"
    action: str = ""
    of_field: str = ""
    to: str = ""
    approved: str = ""
    returned: str = ""
    rejected: str = ""
    withdrawn: str = ""
    steps: list[dict[str, str]] = field(default_factory=list)
    tables: list[dict[str, Any]] = field(default_factory=list)


def new_step() -> dict[str, str]:
    """A step as it is added."""
    return {"who": "unit_head", "levels": "1", "mode": "any", "op": "ge", "currency": "CNY", "then": "remind"}


def given_of(chain: Mapping[str, Any], fields: Mapping[str, Any]) -> Given:
    """A kept chain as the form shows it.

    Args:
        chain: as it is kept.
        fields: what conditions can compare, by name.
    """
    if not chain:
        return Given()
    start = chain.get("start") or {}
    found = Given(entity=chain["entity"], title=chain["title"]["en"], title_zh=chain["title"]["zh"])
    for name, key in (("on", "on"), ("action", "action"), ("of_field", "field"), ("to", "to")):
        setattr(found, name, str(start.get(key) or ("button" if key == "on" else "")))
    for name in chains.OUTCOMES:
        setattr(found, name, str(chain.get(name) or ""))
    for step in chain.get("steps") or ():
        who, when, silence = step["who"], step.get("when") or {}, step.get("silence") or {}
        line = {
            "key": step["key"],
            "title": step["title"]["en"],
            "title_zh": step["title"]["zh"],
            "who": who["kind"],
            "levels": str(who.get("levels", 1)),
            "role": str(who.get("role", "")) if who["kind"] == "role" else "",
            "role2": str(who.get("role2", "")),
            "duty": str(who.get("role", "")) if who["kind"] == "matrix" else "",
            "user": str(who.get("user") or ""),
            "path": ">".join(who.get("path") or ()),
            "mode": step.get("mode", "any"),
            "share": str(step.get("share") or ""),
            "when": _when_word(when),
            "op": when.get("op", "ge"),
            "value": str(when.get("expression") or when.get("has") or when.get("value") or ""),
            "currency": when.get("currency", "CNY"),
            "days": str(silence.get("days") or ""),
            "then": silence.get("then", "remind"),
            "fields": ", ".join(f"{name}: {mode}" for name, mode in (step.get("fields") or {}).items()),
        }
        found.steps.append(line)
    found.tables = table_form.given_of(chain, fields)
    return found


def _when_word(when: Mapping[str, Any]) -> str:
    """What stands in the first input of a condition."""
    if when.get("expression"):
        return EXPRESSION
    return f"table:{when['table']}" if when.get("table") else str(when.get("field") or "")


def read(form: Mapping[str, str], fixed: Mapping[str, Any] | None = None) -> Given:
    """What was posted; a kept process keeps what it is about."""
    given = Given()
    for name in ("entity", "title", "title_zh", "on", "action", "of_field", "to", *chains.OUTCOMES):
        setattr(given, name, str(form.get(name, "")).strip())
    if fixed:
        given.entity = str(fixed["entity"])
    number = str(form.get("steps", "0"))
    for place in range(min(int(number) if number.isdigit() else 0, _MOST_POSTED)):
        given.steps.append({name: str(form.get(f"s{place}-{name}", "")).strip() for name in _NAMES})
    given.tables = table_form.read(form)
    return given


def changed(form: Mapping[str, str], given: Given) -> bool:
    """Do what a button of the form asks with the steps; False when the form is to be saved."""
    word, _sep, number = str(form.get("op", "")).partition(":")
    if table_form.changed(word, number, given.tables):
        return True
    place = int(number) if number.isdigit() else -1
    steps = given.steps
    if word == "add" and len(steps) < chains.MOST_STEPS:
        steps.append(new_step())
    elif word == "remove" and 0 <= place < len(steps):
        del steps[place]
    elif word in ("up", "down"):
        other = place - 1 if word == "up" else place + 1
        if 0 <= place < len(steps) and 0 <= other < len(steps):
            steps[place], steps[other] = steps[other], steps[place]
    return bool(word)


def raw_of(given: Given, fields: Mapping[str, Any], kept: Mapping[str, Any] = MappingProxyType({})) -> dict[str, Any]:
    """The chain as :func:`chains.clean` takes it.

    Args:
        given: what was posted.
        fields: what conditions can compare, by name.
        kept: the chain as it is; what the form does not show (who may ask, for one) stays as it is there.

    Raises:
        ValidationFailed: a cell of a decision table means nothing; named by its input.
    """
    tables, wrong = table_form.raw_of(given.tables, fields, kept.get("tables") or {})
    if wrong:
        raise ValidationFailed(wrong)
    shown = {"on": given.on, "action": given.action, "field": given.of_field, "to": given.to}
    start = {**(kept.get("start") or {}), **shown}
    return {
        "entity": given.entity,
        "title": {"en": given.title or given.title_zh, "zh": given.title_zh or given.title},
        "start": start,
        "approved": given.approved,
        "returned": given.returned,
        "rejected": given.rejected,
        "withdrawn": given.withdrawn,
        "steps": [_raw_step(step) for step in given.steps],
        "tables": tables,
    }


def _raw_step(step: Mapping[str, str]) -> dict[str, Any]:
    title = {
        "en": step.get("title") or step.get("title_zh") or "",
        "zh": step.get("title_zh") or step.get("title") or "",
    }
    if step.get("kind") in ("action", "table"):
        return {"key": step.get("key"), "title": title, "kind": step["kind"], "action": step.get("action")}
    kind = step.get("who", "")
    who: dict[str, Any] = {"kind": kind, "levels": step.get("levels") or 1, "user": step.get("user")}
    who["role2"] = step.get("role2")
    who["role"] = step.get("duty") if kind == "matrix" else step.get("role")
    who["path"] = [part for part in (step.get("path") or "").split(">") if part]
    found: dict[str, Any] = {
        "key": step.get("key"),
        "title": title,
        "who": who,
        "mode": step.get("mode") or "any",
        "share": step.get("share"),
    }
    when = step.get("when") or ""
    if when.startswith("table:"):
        found["when"] = {"table": when.removeprefix("table:"), "has": step.get("value")}
    elif when == EXPRESSION:
        found["when"] = {"expression": step.get("value")}
    elif when:
        found["when"] = {
            "field": when,
            "op": step.get("op"),
            "value": step.get("value"),
            "currency": step.get("currency"),
        }
    if step.get("days"):
        found["silence"] = {"days": step["days"], "then": step.get("then")}
    parts = [part.partition(":") for part in (step.get("fields") or "").split(",")]
    modes = {name.strip(): mode.strip() for name, sep, mode in parts if sep}
    if modes:
        found["fields"] = modes
    return found
