"""Answers of decision tables and what conditions ask for, in the one form in which they are compared.

A cell ``yes`` is the value true, ``1,000`` the number 1000; who writes a condition writes it like the cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from weft.plugins.workflow.services import cells, dmn, feel
from weft.plugins.workflow.services.feel import FeelError, Scope

__all__ = ["normal", "of_table"]


def normal(value: Any) -> str:
    """The one text of an answer, whether a table gave it or somebody wrote it."""
    if isinstance(value, str):
        try:
            value = feel.evaluate(cells.result(value), Scope())
        except (cells.CellError, FeelError):
            return str(value).strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        text = f"{Decimal(value):f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)


def of_table(declared: Mapping[str, Any]) -> list[str] | None:
    """Every answer a table can give, in its one form; None when they are computed and nobody knows them before."""
    try:
        found = _of_model(declared) if declared.get("dmn") else _of_rules(declared)
        return None if found is None else list(dict.fromkeys(normal(feel.evaluate(one, Scope())) for one in found))
    except FeelError:  # it names a value of the record
        return None


def _of_rules(declared: Mapping[str, Any]) -> list[str]:
    width = len(declared["inputs"])
    return [str(cell) for rule in declared["rules"] for cell in rule[width:] if str(cell).strip() not in ("", "-")]


def _of_model(declared: Mapping[str, Any]) -> list[str] | None:
    decision = dmn.read(str(declared["dmn"])).decisions.get(str(declared.get("decision") or ""))
    table = decision.logic if decision is not None else None
    if not isinstance(table, dmn.Table) or table.aggregate:
        return None
    found = [cell for rule in table.rules for cell in rule.results if cell.strip() not in ("", "-")]
    return [*found, *(one.default for one in table.outputs if one.default)]
