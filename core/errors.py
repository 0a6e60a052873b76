"""Every error Weft raises on purpose; a door (page, REST, command) maps the class, never the text.

Layering: this module imports nothing of Weft except :mod:`weft.core.i18n`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


class WeftError(Exception):
    """Base of all errors with a meaning for the caller."""


class ConfigError(WeftError):
    """A setting is missing or unusable; the message names the setting and the remedy."""


class DeclarationError(WeftError):
    """A plugin declared something that cannot work.

    Args:
        plugin: key of the plugin that made the declaration.
        declaration: the declaration's own key, e.g. ``crm.account.owner``.
        problem: what is wrong.
        remedy: what the author should change.
    """

    def __init__(self, plugin: str, declaration: str, problem: str, remedy: str) -> None:
        super().__init__(f"{plugin}: {declaration}: {problem} Remedy: {remedy}")
        self.plugin = plugin
        self.declaration = declaration
        self.problem = problem
        self.remedy = remedy


class NotFound(WeftError):
    """The record does not exist or may not be read: both look the same (HTTP 404)."""


class Denied(WeftError):
    """The record may be read, but this operation on it is not allowed (HTTP 403).

    Args:
        reason: what is refused and why, in the viewer's language.
        ask: whom to ask, when somebody can help.
        rule: key of the deciding rule, for the explanation page.
    """

    def __init__(self, reason: str, *, ask: str | None = None, rule: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.ask = ask
        self.rule = rule


class NotSignedIn(WeftError):
    """No principal, or its session has ended (HTTP 401 or a redirect to sign-in)."""


class NextStep(NotSignedIn):
    """The password (or the provider's answer) was right, but nobody is signed in before another step is done.

    A door that does not know of steps refuses, as it does for every :class:`NotSignedIn`.

    Args:
        step: ``code`` (type one) or ``enrol`` (the second factor must be set up first).
        audience: of the account.
        token: for a short-lived cookie; it is no session.
    """

    def __init__(self, step: str, audience: str, token: str) -> None:
        super().__init__("another step is needed")
        self.step = step
        self.audience = audience
        self.token = token


class ConfirmationNeeded(WeftError):
    """The session is too old for this change: the person must show again who they are (HTTP 403).

    Args:
        problem: what was wrong with the last try, in the viewer's language.
        retry_after: seconds to wait when there were too many tries.
    """

    def __init__(self, problem: str = "", retry_after: int = 0) -> None:
        super().__init__(problem or "confirm who you are")
        self.problem = problem
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with one field.

    Attributes:
        field: field name, or ``""`` for the record as a whole.
        code: stable machine word (``required``, ``invalid``, ``unique``, ``too_long`` ...).
        message: one sentence that says how to mend it, lazy-translated.
        index: position in a bulk call, ``None`` for a single write.
    """

    field: str
    code: str
    message: Any
    index: int | None = None


class ValidationFailed(WeftError):
    """Input was understood and refused; nothing was written (HTTP 422).

    Args:
        errors: one entry per field and reason, at least one.
    """

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__("; ".join(f"{error.field}: {error.message}" for error in errors))
        self.errors = tuple(errors)

    @classmethod
    def single(cls, name: str, code: str, message: Any) -> ValidationFailed:
        """Build the error for exactly one field."""
        return cls([FieldError(name, code, message)])


class ActionNeeded(ValidationFailed):
    """A plain change cannot say all that is needed: an action with its input does (HTTP 422).

    Pages open the form of the action instead of only refusing.

    Args:
        action: full key of the action.
        errors: what is missing, one entry per field.
    """

    def __init__(self, action: str, errors: Sequence[FieldError]) -> None:
        super().__init__(errors)
        self.action = action


class QueryError(WeftError):
    """A read names something that does not exist for this caller, or asks too much.

    Args:
        message: what is wrong, translated when it is shown; unknown and unreadable names give the same text.
        name: the field or parameter concerned.
        status: 400 for names and syntax, 422 for requests that are refused for their cost.
    """

    def __init__(self, message: Any, *, name: str = "", status: int = 400) -> None:
        super().__init__(message)
        self.name = name
        self.status = status


@dataclass(frozen=True, slots=True)
class FieldConflict:
    """A field that two people changed: the value read, mine and theirs (plain API values)."""

    field: str
    base: Any
    mine: Any
    theirs: Any


class Conflict(WeftError):
    """The record changed since it was read (HTTP 412, or the conflict page).

    Args:
        record_id: the record concerned.
        version: its present version.
        fields: fields that differ, when the caller sent the values it started from.
    """

    def __init__(self, record_id: int, version: int, fields: Sequence[FieldConflict] = ()) -> None:
        super().__init__(f"record {record_id} is at version {version} now")
        self.record_id = record_id
        self.version = version
        self.fields = tuple(fields)


class PreconditionRequired(WeftError):
    """An update or delete came without the version it is based on (HTTP 428)."""


class StateConflict(WeftError):
    """A transition found the record in another state than expected (HTTP 409).

    Args:
        message: what happened meanwhile, in the viewer's language.
    """


class UndoRefused(WeftError):
    """A change set cannot be undone; the message says what changed since (HTTP 409)."""


class TooLarge(WeftError):
    """An upload, import or page exceeds a limit that the message names (HTTP 413)."""


class RateLimited(WeftError):
    """Too many attempts; ``retry_after`` is in seconds (HTTP 429)."""

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class StorageNotReady(WeftError):
    """The database lacks migrations or its triggers differ; run ``weft db upgrade``."""


@dataclass(slots=True)
class ErrorCollector:
    """Gathers field errors so that a person sees all of them at once."""

    errors: list[FieldError] = field(default_factory=list)

    def add(self, name: str, code: str, message: Any, index: int | None = None) -> None:
        """Note one error."""
        self.errors.append(FieldError(name, code, message, index))

    def raise_if_any(self) -> None:
        """Raise :class:`ValidationFailed` when anything was noted."""
        if self.errors:
            raise ValidationFailed(self.errors)
