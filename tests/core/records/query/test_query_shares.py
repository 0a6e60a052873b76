"""Sharing: with whom, how far, until when; only with the right to share, and never without a trace."""

from __future__ import annotations

from datetime import timedelta

import pytest

from weft.core.errors import Denied, NotFound, ValidationFailed
from weft.core.records import shares
from weft.core.records.facade import ReadOnly
from weft.core.records.unit import writing

pytestmark = pytest.mark.both_databases


@pytest.fixture
def deals(shop, users):
    return shop.add(shop.Deal, [{"name": f"d{n}", "owner_id": users[n % 2]} for n in range(3)])


def test_a_shared_record_appears_and_goes_again(shop, users, deals, weft_runtime):
    boss, guest = shop.as_("boss", user=users[0]), shop.as_("shares", user=users[2])
    assert shop.ids(guest) == []
    with writing(weft_runtime, boss, "test") as records:
        number = shares.share(records, deals[0], user=users[2], expires_at=records.now + timedelta(days=1))
        again = shares.share(records, deals[0], user=users[2], level="edit")
        assert again == number
    assert shop.ids(guest) == [deals[0]]
    with shop.reading(guest) as records:
        (found,) = shares.shares(records, deals[0])
        assert (found.person.name, found.unit, found.level, found.expires_at) == ("User 2", None, "edit", None)
        history = records.history(deals[0])
        assert [entry.action for entry in history] == ["share", "share"]
    with writing(weft_runtime, boss, "test") as records:
        shares.unshare(records, deals[0], number)
    assert shop.ids(guest) == []


def test_only_who_may_share_shares(shop, users, deals, weft_runtime):
    with writing(weft_runtime, shop.as_("rep", user=users[0]), "test") as records:
        with pytest.raises(Denied):
            shares.share(records, deals[0], user=users[2])
        with pytest.raises(NotFound):
            shares.share(records, deals[1], user=users[2])
    with shop.reading(shop.as_("boss", user=users[0])) as records, pytest.raises(ReadOnly):
        shares.share(records, deals[0], user=users[2])


@pytest.mark.parametrize(
    "wrong", [{}, {"user": 1, "unit": 1}, {"user": 99999}, {"unit": 99999}, {"user": "me", "level": "all"}]
)
def test_what_cannot_be_shared_is_refused(shop, users, deals, weft_runtime, wrong):
    wrong = {key: users[2] if value == "me" else value for key, value in wrong.items()}
    with writing(weft_runtime, shop.as_("boss", user=users[0]), "test") as records, pytest.raises(ValidationFailed):
        shares.share(records, deals[0], **wrong)
