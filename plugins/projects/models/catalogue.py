"""All entities of the projects plugin, in the order their tables are made."""

from __future__ import annotations

from weft.plugins.projects.models.hours import Rate, TimeEntry
from weft.plugins.projects.models.projects import Member, Milestone, Phase, Project, Risk
from weft.plugins.projects.models.tasks import Check, Dependency, Helper, Task
from weft.plugins.projects.models.templates import Template, TemplateStep

__all__ = ["ENTITIES"]

ENTITIES = [
    Template, TemplateStep, Project, Phase, Milestone, Member, Risk, Task, Check, Helper, Dependency, Rate, TimeEntry,
]  # fmt: skip
