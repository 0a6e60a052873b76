"""Settings > Jobs and health: what ran, by names people know, each once."""

from __future__ import annotations

import re
from typing import Any

import pytest

from weft.core.db.tables import outbox
from weft.core.outbox.publishing import enqueue

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee")


def test_what_ran_often_is_one_line_with_a_name(client_as: Any, weft_runtime: Any) -> None:
    now = weft_runtime.clock()
    with weft_runtime.db.write() as connection:
        connection.execute(outbox.delete())
        for number in range(4):
            topic = "core.notices" if number else "crm.gone_receiver"
            enqueue(connection, topic, {}, now=now, dedup_key=f"t{number}", kind="receiver")
        connection.execute(outbox.update().values(state="done", done_at=now))
    text = client_as("core.admin").get("/employee/settings/jobs/").text
    assert "core.notices" not in text
    assert len(re.findall(r">Write notices<", text)) == 1
    assert "3 times, last" in text
    assert len(re.findall(r">crm.gone_receiver<", text)) == 1 and "1 times" not in text
