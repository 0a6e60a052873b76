"""992 listed companies and their 25,387 officer rows: people found at several companies through the graph."""

from __future__ import annotations

import csv
import random
import re
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from weft.core.db.tables import record, relation
from weft.core.import_export.options import ImportOptions, Outcome, Source
from weft.core.import_export.planning import plan
from weft.core.records.facade import Records
from weft.core.search import indexing

pytestmark = [pytest.mark.weft_plugins("crm"), pytest.mark.slow]

Open = Callable[..., AbstractContextManager[Records]]

COMPANY_MAPPING = {
    "公司名稱": "name",
    "公司簡稱": "name_alt",
    "營利事業統一編號": "tax_id",
    "住址": "address.lines",
    "總機電話": "phone",
    "電子郵件信箱": "email",
    "網址": "website",
}
OFFICER_MAPPING = {"姓名": "name", "公司名稱": "relation:crm.works_for", "職稱": "relation:crm.works_for.role"}


def load(records_as: Open, path: Path, entity: str, mapping: dict[str, str], options: ImportOptions) -> Outcome:
    with path.open("rb") as stream, records_as("crm.sales_manager", write=True, door="import") as records:
        made = plan(records, entity, Source(stream, path.name), mapping, "name", options)
        return made.run(records)


@pytest.fixture
def companies(records_as: Open, data_file: Callable[..., Path]) -> Outcome:
    path = data_file("zh-companies", "twse_listed_companies.csv")
    options = ImportOptions(defaults={"address.country": "TW"}, leave_empty=("phone", "email", "website"))
    return load(records_as, path, "crm.account", COMPANY_MAPPING, options)


def test_all_companies_come_in_with_their_tax_ids(companies: Outcome, records_as: Open) -> None:
    assert (companies.total, companies.created, companies.faulty) == (992, 992, 0)
    with records_as("crm.sales_manager") as records:
        page = records.query("crm.account", filters={"tax_id__isnull": "true"}, limit=1, count="exact")
        assert page.count is not None and page.count.value == 0


def test_any_part_of_a_name_finds_the_company(
    companies: Outcome, records_as: Open, weft_runtime: Any, data_file: Callable[..., Path]
) -> None:
    indexing.rebuild(weft_runtime)
    with data_file("zh-companies", "twse_listed_companies.csv").open(encoding="utf-8-sig", newline="") as stream:
        given = [row["公司名稱"] for row in csv.DictReader(stream)]
    names = [name for name in given if re.fullmatch(r"[\u4e00-\u9fff]+", name)]  # Latin words are found whole
    assert len(names) > 900
    chance, asked, missed = random.Random(20261130), 0, []
    with records_as("crm.sales_manager") as records:
        for name in chance.sample(names, 150):
            word = name.removesuffix("有限公司").removesuffix("股份")
            length = chance.randint(2, min(4, len(word)))
            begin = chance.randint(0, len(word) - length)
            part = word[begin : begin + length]
            rows = records.query("crm.account", fields=("name",), search=part, sort="title", limit=200).rows
            asked += 1
            if name not in {row["name"] for row in rows}:
                missed.append((name, part))
    assert (asked, missed) == (150, [])


def test_people_of_several_companies_are_found_through_the_graph(
    companies: Outcome, records_as: Open, data_file: Callable[..., Path]
) -> None:
    path = data_file("zh-companies", "twse_directors_holdings.csv")
    options = ImportOptions(replace={"relation:crm.works_for": {"總太": "富華新"}})
    officers = load(records_as, path, "crm.contact", OFFICER_MAPPING, options)
    assert (officers.total, officers.created, officers.faulty) == (25_387, 18_371, 0)
    assert officers.replaced == 20  # the one company that changed its name between the two files

    with records_as("crm.sales_manager") as records:
        number = records.runtime.registry.relation_id("crm.works_for")
        companies_of = (
            select(relation.c.source_id, func.count(relation.c.target_id.distinct()).label("companies"))
            .where(relation.c.type_id == number)
            .group_by(relation.c.source_id)
            .subquery()
        )
        several = records.connection.execute(
            select(record.c.title, companies_of.c.companies)
            .join(companies_of, companies_of.c.source_id == record.c.id)
            .where(companies_of.c.companies > 1)
        ).all()
        assert len(several) == 1_763
        widest = Counter(dict(tuple(row) for row in several))
        assert widest["行政院國家發展基金管理會"] == 17
        assert (widest["王文淵"], widest["徐旭東"]) == (10, 8)

        fund = records.query("crm.contact", filters={"name": "行政院國家發展基金管理會"}).rows[0]
        groups = records.neighbours(fund.id, relation="crm.works_for", limit=200)
        assert len({found.record.id for group in groups for found in group.items}) == 17
