"""All entities of the workflow plugin, in the order their tables are made."""

from __future__ import annotations

from weft.plugins.workflow.models.cases import Case, Task
from weft.plugins.workflow.models.processes import Duty, Process, Version

__all__ = ["ENTITIES"]

ENTITIES = [Process, Version, Duty, Case, Task]
