"""The doctor notices a changed history and files without bytes."""

from __future__ import annotations

import io

from sqlalchemy import update

from weft.core.db.tables import journal
from weft.core.files import files
from weft.core.files.store import store_of
from weft.core.ops.doctor import doctor
from weft.core.records import sealing


def kinds(runtime) -> set[str]:
    return {finding.kind for finding in doctor(runtime)}


def test_a_changed_history_and_lost_bytes_are_found(weft_runtime, records_as):
    with records_as("core.admin", write=True) as records:
        value = records.create("core.value", {"list_key": "x.y", "code": "a", "label_en": "A"})
        kept = files.upload(records, io.BytesIO(b"kept"), "a.txt")
    sealing.seal(weft_runtime)
    assert not kinds(weft_runtime) & {"broken_seal", "missing_content"}
    with weft_runtime.db.write() as connection:
        connection.execute(update(journal).where(journal.c.record_id == value["id"]).values(changes={}))
    store = store_of(weft_runtime)
    store.discard(kept.sha256)
    assert kinds(weft_runtime) & {"broken_seal", "missing_content"} == {"broken_seal"}
    store.destroy(kept.sha256)
    assert {"broken_seal", "missing_content"} <= kinds(weft_runtime)
