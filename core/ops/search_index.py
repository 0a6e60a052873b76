"""What the doctor says about the search index: an index that cannot be used, or has other records than the database."""

from __future__ import annotations

from collections.abc import Callable

from weft.core.ops.doctor import DOCTOR_SERVICE, Finding
from weft.core.registry.runtime import Runtime
from weft.core.search import indexing, state
from weft.core.search.backend import SearchUnavailable

__all__ = ["examine", "install"]

_REMEDY = "Run `weft reindex`."


def install(runtime: Runtime) -> None:
    """Let the doctor look at the index too."""
    checks: list[Callable[[Runtime], list[Finding]]] = runtime.services.setdefault(DOCTOR_SERVICE, [])
    checks.append(examine)


def examine(runtime: Runtime) -> list[Finding]:
    """Findings about the index; none for an installation that has not made one yet."""
    with runtime.db.read() as connection:
        if not state.read(connection).get("token"):
            return []
    try:
        found = indexing.differences(runtime)
    except SearchUnavailable as error:
        return [Finding("search_index", f"The search index cannot be used: {error}", _REMEDY)]
    if found is None:
        return []
    there, wanted = found
    return [Finding("search_index", f"The search index has {there:,} records instead of {wanted:,}", _REMEDY)]
