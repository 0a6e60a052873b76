"""Programs that call at the same moment: one Idempotency-Key makes one record, one version lets one change through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

pytestmark = [pytest.mark.weft_plugins("crm"), pytest.mark.both_databases]

ACCOUNTS = "/api/v1/crm/accounts"
CALLERS = 8


def together(call: Callable[[int], Any]) -> list[Any]:
    with ThreadPoolExecutor(CALLERS) as pool:
        return list(pool.map(call, range(CALLERS)))


def test_the_same_key_at_the_same_moment_makes_one_record(weft_app: Any, api_as: Any) -> None:
    headers = {**api_as("crm.sales_manager"), "Idempotency-Key": "the-same"}
    body = {"name": "Once", "role": ["customer"]}
    answers = together(lambda _n: weft_app.test_client().post(ACCOUNTS, json=body, headers=headers))
    assert {answer.status_code for answer in answers} == {201}, [answer.text for answer in answers]
    assert len({answer.get_json()["id"] for answer in answers}) == 1
    assert sum("Idempotent-Replay" in answer.headers for answer in answers) == CALLERS - 1
    assert len(weft_app.test_client().get(ACCOUNTS, headers=headers).get_json()["data"]) == 1


def test_of_changes_to_one_version_one_wins(weft_app: Any, api_as: Any, make_record: Any) -> None:
    account = make_record("crm.account", name="Contested")
    headers = {**api_as("crm.sales_manager"), "If-Match": '"1"'}
    address = f"{ACCOUNTS}/{account.id}"
    answers = together(lambda n: weft_app.test_client().patch(address, json={"payment_days": n + 1}, headers=headers))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: CALLERS - 1}
    winner = next(answer.get_json() for answer in answers if answer.status_code == 200)
    found = weft_app.test_client().get(address, headers=headers).get_json()
    assert (found["version"], found["payment_days"]) == (2, winner["payment_days"])


def test_changes_to_whatever_version_is_there_all_take_effect(weft_app: Any, api_as: Any, make_record: Any) -> None:
    account = make_record("crm.account", name="Contested")
    headers = {**api_as("crm.sales_manager"), "If-Match": "*"}
    address = f"{ACCOUNTS}/{account.id}"
    answers = together(lambda n: weft_app.test_client().patch(address, json={"payment_days": n + 1}, headers=headers))
    assert {answer.status_code for answer in answers} == {200}, [answer.text for answer in answers]
    assert sorted(answer.get_json()["version"] for answer in answers) == list(range(2, CALLERS + 2))
