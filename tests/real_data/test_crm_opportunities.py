"""85 accounts and 8,800 opportunities of a practice pipeline: counts and won value through the REST aggregate.

The file has real faults: 1,480 rows name a product that does not exist, 1,425 name no account. Both are told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from weft.core.import_export.options import ImportOptions, Outcome, Source
from weft.core.import_export.planning import plan
from weft.core.records.facade import Records

pytestmark = [pytest.mark.weft_plugins("crm"), pytest.mark.slow]

Open = Callable[..., AbstractContextManager[Records]]
PRODUCTS = ("GTX Basic", "GTX Pro", "MG Special", "MG Advanced", "GTX Plus Pro", "GTX Plus Basic", "GTK 500")
NO_ACCOUNT = "(no account given)"
DEALS = {
    "opportunity_id": "name", "product": "product", "account": "account", "deal_stage": "stage",
    "engage_date": "expected_close", "close_date": "closed_on", "close_value": "amount", "sales_agent": None,
}  # fmt: skip


@pytest.fixture
def accounts(records_as: Open, data_file: Callable[..., Path], make_record: Any) -> Outcome:
    for position, stage in enumerate(("Prospecting", "Engaging", "Won", "Lost")):
        make_record("crm.stage", code=stage.lower(), label_en=stage, position=position * 10)
    make_record("crm.account", name=NO_ACCOUNT)
    path = data_file("crm-opportunities", "accounts.csv")
    mapping = {"account": "name", "office_location": "address.country", "subsidiary_of": "parent"}
    options = ImportOptions(replace={"address.country": {"Philipines": "Philippines", "Korea": "South Korea"}})
    with path.open("rb") as stream, records_as("crm.sales_manager", write=True, door="import") as records:
        dry = plan(records, "crm.account", Source(stream, path.name), mapping, "name").dry_run(records)
        assert [fault.line for fault in dry.faults] == [5, 37]  # a misspelt country, and one of which there are two
        return plan(records, "crm.account", Source(stream, path.name), mapping, "name", options).run(records)


def load(records_as: Open, path: Path, options: ImportOptions, *, dry: bool = False) -> tuple[Outcome, list[str]]:
    with path.open("rb") as stream, records_as("crm.sales_manager", write=not dry, door="import") as records:
        made = plan(records, "crm.opportunity", Source(stream, path.name), DEALS, "name", options)
        return (made.dry_run(records) if dry else made.run(records)), [str(note) for note in made.notes]


def test_accounts_with_their_parents(accounts: Outcome, records_as: Open) -> None:
    assert (accounts.total, accounts.created, accounts.replaced, accounts.faulty) == (85, 85, 2, 0)
    with records_as("crm.sales_manager") as records:
        children = records.query("crm.account", filters={"parent__isnull": "false"}, limit=200).rows
        assert len(children) == 15
        bluth = next(row for row in children if row.title == "Bluth Company")
        assert bluth["parent"].title == "Acme Corporation"


def test_faulty_products_and_missing_accounts_are_named(
    accounts: Outcome, records_as: Open, data_file: Callable[..., Path]
) -> None:
    path = data_file("crm-opportunities", "sales_pipeline.csv")
    outcome, _notes = load(records_as, path, ImportOptions(allowed={"product": PRODUCTS}), dry=True)
    by_column: Counter[str] = Counter()
    for (column, _code, _reason), rows in outcome.reasons.items():
        by_column[column] += rows
    assert by_column["product"] == 1_480
    assert outcome.total == 8_800
    assert by_column["account"] == 1_425
    assert outcome.created + outcome.faulty == 8_800
    product = next(reason for column, _code, reason in outcome.reasons if column == "product")
    assert "GTXPro" in product


def test_the_pipeline_gives_the_known_answers_over_rest(
    accounts: Outcome, records_as: Open, data_file: Callable[..., Path], weft_app: Any, api_as: Any
) -> None:
    path = data_file("crm-opportunities", "sales_pipeline.csv")
    options = ImportOptions(
        allowed={"product": PRODUCTS},
        replace={"product": {"GTXPro": "GTX Pro"}},
        defaults={"account": NO_ACCOUNT},
        currency="USD",
    )
    outcome, notes = load(records_as, path, options)
    assert (outcome.total, outcome.created, outcome.faulty, outcome.replaced) == (8_800, 8_800, 0, 1_480)
    assert any("GTXPro" in note and "GTX Pro" in note for note in notes)  # the mapping is one that people see

    client, headers = weft_app.test_client(), api_as("crm.sales_manager")
    answer = client.get("/api/v1/crm/opportunities/aggregate?group=stage&measure=count,sum(amount)", headers=headers)
    assert answer.status_code == 200, answer.text
    groups = {line["stage"]["title"]: line for line in answer.get_json()["data"]}
    assert {name: line["count"] for name, line in groups.items()} == {
        "Won": 4_238, "Lost": 2_473, "Engaging": 1_589, "Prospecting": 500,
    }  # fmt: skip
    assert groups["Won"]["sum(amount)"]["amounts"] == [{"amount": "10005534.00", "currency": "USD"}]

    quarters = client.get(
        f"/api/v1/crm/opportunities/aggregate?group=closed_on:quarter&stage={groups['Won']['stage']['id']}",
        headers=headers,
    ).get_json()["data"]
    assert sorted(line["count"] for line in quarters) == [531, 1_196, 1_254, 1_257]
    first = client.get("/api/v1/crm/opportunities?sort=closed_on&limit=1&closed_on__isnull=false", headers=headers)
    assert first.get_json()["data"][0]["closed_on"] >= "2017-03-01"
    kan = client.get("/api/v1/crm/accounts?title=Kan-code&fields=title", headers=headers).get_json()["data"][0]["id"]
    best = client.get(
        f"/api/v1/crm/opportunities/aggregate?measure=sum(amount)&account={kan}&stage={groups['Won']['stage']['id']}",
        headers=headers,
    ).get_json()["data"]
    assert best[0]["sum(amount)"]["amounts"] == [{"amount": "341455.00", "currency": "USD"}]
