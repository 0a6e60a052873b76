"""Decision tables in the form of a chain: conditions in columns, one rule per line, what comes out at its end."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from weft.core.sdk import FieldError, translator
from weft.plugins.workflow.services import cells, dmn
from weft.plugins.workflow.services import tables as tables_of
from weft.plugins.workflow.services.feel import FeelError

_ = translator("workflow")

__all__ = ["changed", "given_of", "new_table", "parts", "raw_of", "read"]

_NAME = re.compile(r"[\w -]{1,40}\Z")
#: As many the form adds; tables of plugins may have more, and keep them.
MOST_TABLES, MOST_COLUMNS, MOST_RESULTS, MOST_RULES = 10, 8, 4, 100
#: As many are read from what was posted; one rule too many is read so that the check can refuse it.
_POSTED, _POSTED_RULES = 200, tables_of.MOST_RULES + 1
#: How many rules of a table may hold, as offered; others of DMN stay what they are.
HITS = {"FIRST": _("the first rule that holds"), "COLLECT": _("all rules that hold"), "UNIQUE": _("exactly one rule")}


#: Parts of a table that the form shows.
_SHOWN = frozenset({"hit", "currency", "inputs", "outputs", "rules", "dmn", "decision"})


def new_table(number: int) -> dict[str, Any]:
    """A table as it is added: one condition, one rule."""
    rules = [["", ""]]
    return {"name": f"table{number}", "hit": "FIRST", "currency": "", "in": [""], "out": ["result"], "rules": rules}


def given_of(chain: Mapping[str, Any], fields: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The tables of a chain as they stand in the form; those of uploaded models are left out."""
    found = []
    for name, table in (chain.get("tables") or {}).items():
        if table.get("dmn"):
            continue
        inputs = [str(one) for one in table["inputs"]]
        rules = []
        for rule in table["rules"]:
            tests = [cells.shown_test(fields.get(one), str(cell)) for one, cell in zip(inputs, rule, strict=False)]
            rules.append([*tests, *(cells.shown_result(str(cell)) for cell in rule[len(inputs) :])])
        found.append(
            {
                "name": str(name),
                "hit": str(table.get("hit") or "COLLECT"),
                "currency": str(table.get("currency") or ""),
                "in": inputs,
                "out": [str(one) for one in table["outputs"]],
                "rules": rules,
            }
        )
    return found


def _count(form: Mapping[str, str], name: str, most: int) -> int:
    text = str(form.get(name, "0"))
    return min(int(text), most) if text.isdigit() else 0


def read(form: Mapping[str, str]) -> list[dict[str, Any]]:
    """The tables that were posted."""
    found = []
    for at in range(_count(form, "tables", _POSTED)):
        columns = _count(form, f"t{at}-columns", _POSTED)
        results = _count(form, f"t{at}-results", _POSTED)
        table: dict[str, Any] = {
            name: str(form.get(f"t{at}-{name}", "")).strip() for name in ("name", "hit", "currency")
        }
        table["in"] = [str(form.get(f"t{at}-in{column}", "")) for column in range(columns)]
        table["out"] = [str(form.get(f"t{at}-out{column}", "")).strip() for column in range(results)]
        table["rules"] = [
            [str(form.get(f"t{at}-r{rule}-c{column}", "")).strip() for column in range(columns + results)]
            for rule in range(_count(form, f"t{at}-rules", _POSTED_RULES))
        ]
        found.append(table)
    return found


def changed(word: str, place: str, tables: list[dict[str, Any]]) -> bool:
    """Do what a button of the form asks with the tables; False when it asks nothing of them."""
    numbers = [int(one) for one in place.split(".") if one.isdigit()]
    if word == "table" and len(tables) < MOST_TABLES:
        tables.append(new_table(len(tables) + 1))
        return True
    if not word.startswith("table-") or not numbers or numbers[0] >= len(tables):
        return word == "table"
    _change(word.removeprefix("table-"), tables, numbers[0], numbers[-1])
    return True


def _change(word: str, tables: list[dict[str, Any]], at: int, which: int) -> None:
    table = tables[at]
    columns, rules = table["in"], table["rules"]
    if word == "remove":
        del tables[at]
    elif word == "column" and len(columns) < MOST_COLUMNS:
        for rule in rules:
            rule.insert(len(columns), "")
        columns.append("")
    elif word == "uncolumn" and which < len(columns) and len(columns) > 1:
        del columns[which]
        for rule in rules:
            del rule[which]
    elif word == "rule" and len(rules) < MOST_RULES:
        rules.append([""] * (len(columns) + len(table["out"])))
    elif word == "unrule" and which < len(rules):
        del rules[which]
    elif word == "up" and 0 < which < len(rules):
        rules[which - 1], rules[which] = rules[which], rules[which - 1]


def raw_of(
    tables: list[dict[str, Any]], fields: Mapping[str, Any], kept: Mapping[str, Mapping[str, Any]]
) -> tuple[dict[str, Any], list[FieldError]]:
    """The tables as a chain keeps them, and what is wrong, by the name of the input.

    Args:
        tables: what was posted.
        fields: what conditions can compare, by name.
        kept: the tables as they are; what the form does not show stays as it is there.
    """
    found: dict[str, Any] = {}
    errors: list[FieldError] = []
    for at, table in enumerate(tables):
        name = table["name"]
        if not _NAME.match(name) or name in found:
            errors.append(
                FieldError(f"t{at}-name", "name", _("Give each table a name of its own: letters, digits, spaces."))
            )
        if table["currency"] and not re.fullmatch(r"[A-Z]{3}", table["currency"].upper()):
            message = _("Write the code of a currency, such as CNY.")
            errors.append(FieldError(f"t{at}-currency", "currency", message))
        try:
            dmn.check_hit(table["hit"] or "FIRST")
        except FeelError as error:
            errors.append(FieldError(f"t{at}-hit", "choice", str(error)))
        errors += [
            FieldError(f"t{at}-in{column}", "required", _("Choose the field to compare."))
            for column, one in enumerate(table["in"])
            if not one
        ]
        errors += [
            FieldError(f"t{at}-out{column}", "required", _("Name what comes out."))
            for column, one in enumerate(table["out"])
            if not one
        ]
        if not table["rules"]:
            errors.append(FieldError(f"t{at}-name", "rules", _("A table needs at least one rule.")))
        rules = [_rule(table, rule, f"t{at}-r{line}", line, fields, errors) for line, rule in enumerate(table["rules"])]
        found[name] = {one: value for one, value in (kept.get(name) or {}).items() if one not in _SHOWN}
        found[name] |= {"hit": table["hit"] or "FIRST", "inputs": table["in"], "outputs": table["out"], "rules": rules}
        if table["currency"]:
            found[name]["currency"] = table["currency"].upper()
    return found, errors


def _rule(
    table: Mapping[str, Any], rule: list[str], name: str, line: int, fields: Mapping[str, Any], errors: list[FieldError]
) -> list[str]:
    """The cells of one rule; what cannot be read is named with its line and column."""
    kept = []
    width = len(table["in"])
    for column, text in enumerate(rule):
        declared = fields.get(table["in"][column]) if column < width else None
        label = (declared.label if declared is not None else table["in"][column]) if column < width else _("Result")
        try:
            kept.append(cells.test(declared, text) if column < width else cells.result(text))
        except cells.CellError as error:
            message = _("Rule %(n)s, %(column)s: %(why)s") % {"n": line + 1, "column": label, "why": error}
            errors.append(FieldError(f"{name}-c{column}", "cell", message))
            kept.append(cells.ANY if column < width else '""')
    return kept


def parts(tables: list[dict[str, Any]], fields: Mapping[str, Any], errors: Mapping[str, str]) -> list[dict[str, Any]]:
    """The tables as the template draws them."""
    choices = [{"value": name, "label": str(one.label)} for name, one in fields.items()]
    return [_part(at, table, choices, errors) for at, table in enumerate(tables)]


def _part(
    at: int, table: Mapping[str, Any], choices: list[dict[str, str]], errors: Mapping[str, str]
) -> dict[str, Any]:
    def one(name: str, kind: str, label: Any, value: str, **more: Any) -> dict[str, Any]:
        found = {"name": f"t{at}-{name}", "kind": kind, "label": str(label), "value": value, **more}
        return found | ({"error": errors[f"t{at}-{name}"]} if f"t{at}-{name}" in errors else {})

    hits = [{"value": key, "label": str(label)} for key, label in HITS.items()]
    if table["hit"] not in HITS:
        hits.append({"value": table["hit"], "label": table["hit"]})
    known = {choice["value"] for choice in choices}
    width = len(table["in"])
    return {
        "place": at,
        "head": str(_("Decision table %(name)s") % {"name": table["name"]}),
        "top": [
            one("name", "text", _("Name of the table"), table["name"], width="third", max_length=40),
            one("hit", "choice", _("What counts"), table["hit"], width="third", as_select=True, choices=hits),
            one("currency", "text", _("Currency of its amounts"), table["currency"], width="third", required=False,
                max_length=3),
        ],
        "columns": [
            one(f"in{column}", "choice", _("Condition %(n)s") % {"n": column + 1}, name, as_select=True,
                choices=choices if not name or name in known else [*choices, {"value": name, "label": name}],
                placeholder=str(_("Field")))
            for column, name in enumerate(table["in"])
        ],
        "results": [one(f"out{column}", "text", _("Result"), name) for column, name in enumerate(table["out"])],
        "rules": [
            [
                {
                    "name": f"t{at}-r{line}-c{column}",
                    "value": text,
                    "error": errors.get(f"t{at}-r{line}-c{column}"),
                    "label": str(_("Rule %(n)s, column %(m)s") % {"n": line + 1, "m": column + 1}),
                    "placeholder": str(_("any", "value of a condition")) if column < width else "",
                }
                for column, text in enumerate(rule)
            ]
            for line, rule in enumerate(table["rules"])
        ],
    }  # fmt: skip
