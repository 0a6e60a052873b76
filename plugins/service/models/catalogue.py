"""All entities of the service plugin, in the order their tables are made."""

from __future__ import annotations

from weft.plugins.service.models.agreements import Agreement
from weft.plugins.service.models.queues import AnswerText, Hours, Queue
from weft.plugins.service.models.requests import Mail, Request

__all__ = ["ENTITIES"]

ENTITIES = [Hours, Queue, AnswerText, Agreement, Request, Mail]
