"""Somebody acts for somebody else for a period: what they see and do then, and how it is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from weft.core.db.tables import change_set
from weft.core.identity import rights
from weft.core.testing.client import sign_in

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee")

ACCOUNT = "crm.account"


@pytest.fixture
def pair(weft_runtime: Any, weft_cast: Any, make_record: Any, moved_clock: Any) -> tuple[int, int, int]:
    """Lin acts for Lu from today; one customer of Lu's waits for its next contact."""
    lu = weft_cast.user("crm.sales_rep", name="Lu Jinghe")
    lin = weft_cast.user("crm.sales_rep", name="Lin Shutong")
    number = make_record(ACCOUNT, name="Lan'an Foods", role=["customer"], owner=lu).id
    start = moved_clock.now
    with weft_runtime.db.write() as connection:
        rights.add_deputy(connection, lu, lin, valid_from=start, valid_to=start + timedelta(days=2), now=start)
    with weft_cast.records(lu, write=True) as records:
        records.act("crm.account.log_contact", number, {
            "kind": "call", "note": "Asked", "next_step": "Call again", "next_on": str(start.date()),
        })  # fmt: skip
    return lu, lin, number


def test_the_deputy_finds_what_waits_with_the_name(
    pair: tuple[int, int, int], weft_app: Any, weft_runtime: Any, moved_clock: Any
) -> None:
    lu, lin, _number = pair
    text = sign_in(weft_app, weft_runtime, lin).get("/employee/todo/").text
    assert "Lan&#39;an Foods" in text and "for Lu Jinghe" in text
    assert "for Lu Jinghe" not in sign_in(weft_app, weft_runtime, lu).get("/employee/todo/").text
    moved_clock.move(days=3)
    assert "Lan&#39;an Foods" not in sign_in(weft_app, weft_runtime, lin).get("/employee/todo/").text


def test_what_the_deputy_does_reads_for_whom(pair: tuple[int, int, int], weft_cast: Any, weft_runtime: Any) -> None:
    lu, lin, number = pair
    with weft_cast.records(lin, write=True) as records:
        records.update(ACCOUNT, number, {"phone": "+31 10 5550123"}, version=None)
        made = records.change_set_id
    with weft_runtime.db.read() as connection:
        assert connection.scalar(select(change_set.c.on_behalf_of).where(change_set.c.id == made)) == lu
    with weft_cast.records(lu) as records:
        assert records.history(number)[0].text.startswith("Lin Shutong for Lu Jinghe set Phone")


def test_what_is_ones_own_is_done_for_nobody(
    pair: tuple[int, int, int], weft_cast: Any, weft_runtime: Any, make_record: Any
) -> None:
    _lu, lin, number = pair
    own = make_record(ACCOUNT, name="Own", role=["customer"], owner=lin).id
    with weft_cast.records(lin, write=True) as records:
        records.update(ACCOUNT, number, {"phone": "+31 10 5550123"}, version=None)
        records.update(ACCOUNT, own, {"phone": "+31 10 5550124"}, version=None)
        made = records.change_set_id
    with weft_runtime.db.read() as connection:
        assert connection.scalar(select(change_set.c.on_behalf_of).where(change_set.c.id == made)) is None


def test_it_is_appointed_in_the_profile_with_its_last_day_and_ended_by_an_administrator(
    weft_app: Any, weft_runtime: Any, weft_cast: Any, moved_clock: Any
) -> None:
    lu, lin = weft_cast.user("employee", name="Lu Jinghe"), weft_cast.user("employee", name="Lin Shutong")
    client, day = sign_in(weft_app, weft_runtime, lu), moved_clock.now.date()
    data = {"deputy": str(lin), "start": str(day), "end": str(day)}
    assert client.post("/employee/profile/deputies/", data=data).status_code == 303
    assert "Lin Shutong" in client.get("/employee/profile/deputies/").text
    there = sign_in(weft_app, weft_runtime, lin).get("/employee/profile/deputies/").text
    assert "For whom you act" in there and "Lu Jinghe" in there
    assert weft_cast.principal(lin).acts_for == (lu,)
    admin = sign_in(weft_app, weft_runtime, weft_cast.user("core.admin"))
    page = admin.get(f"/employee/settings/users/{lu}/").text
    url = page.split(f"/employee/settings/users/{lu}/deputies/")[1].split("/")[0]
    ending = f"/employee/settings/users/{lu}/deputies/{url}/end/"
    assert client.post(ending).status_code == 403
    assert admin.post(ending).status_code == 303
    assert weft_cast.principal(lin).acts_for == ()
