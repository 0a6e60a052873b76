"""Hooks this plugin offers. Others implement them with ``@hookimpl(optionalhook=True)`` and import nothing of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from weft.core.sdk import hookspec

__all__ = ["WorkflowHooks"]


class WorkflowHooks:
    """What other plugins tell the workflow plugin."""

    @hookspec
    def weft_workflow_chains(self) -> Sequence[Mapping[str, Any]] | None:
        """Approval chains a company begins with; each becomes version 1 of a process that is then the company's.

        Returns:
            One mapping per chain, keys in ``docs/workflow.md``:
            ``{"key", "title", "entity", "start": {"on": "action", "action": "submit"}, "steps": [{"key", "title",
            "who": {"kind": "unit_head", "levels": 1}, "mode", "when", "silence", "fields"}], "approved", "returned",
            "rejected"}``. ``approved``, ``returned`` and ``rejected`` name actions of the entity. A chain about an
            entity that is not installed sleeps.
        """

    @hookspec
    def weft_workflow_advice(self, view: Any, record: Any, asked: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """What somebody who decides about a record should know, from another plugin: risks, papers, what changed.

        Args:
            view: who looks; only what they may read belongs in the answer.
            record: the whole record, as its plugin gives it; ``record["type"]`` says which kind.
            asked: what whoever asks wrote for the operation that would carry it out, by name of its input.

        Returns:
            ``{"risks": [{"text", "url"}], "panels": [panel]}``; panels as on record pages (``title``, ``rows``).
        """
