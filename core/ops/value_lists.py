"""First values of the lists a company keeps: made once when a list is installed, then the company's own."""

from __future__ import annotations

from sqlalchemy import insert, select

from weft.core.db.tables import installation
from weft.core.identity.principal import SYSTEM
from weft.core.records.unit import writing
from weft.core.registry.runtime import Runtime

__all__ = ["install_defaults"]

_DONE = "value_lists"


def install_defaults(runtime: Runtime) -> list[str]:
    """Make the default values of lists that were never installed; returns the keys of those lists.

    A list whose values the company deleted does not come back: what was installed once is remembered.
    """
    with writing(runtime, SYSTEM, door="command") as records:
        conn = records.connection
        row = conn.execute(select(installation.c.value).where(installation.c.key == _DONE)).scalar_one_or_none()
        done = set(row or ())
        fresh = {key: one for key, one in runtime.registry.value_lists.items() if key not in done}
        values = [
            {
                "list_key": key,
                "code": code,
                "label_en": labels["en"],
                "label_zh": labels.get("zh") or labels["en"],
                "position": 10 * (number + 1),
            }
            for key, one in sorted(fresh.items())
            for number, (code, labels) in enumerate(one.defaults)
        ]
        if values:
            records.load("core.value", values)
        kept = sorted(done | set(fresh))
        if row is None:
            conn.execute(insert(installation).values(key=_DONE, value=kept))
        elif fresh:
            conn.execute(installation.update().where(installation.c.key == _DONE).values(value=kept))
    return sorted(fresh)
