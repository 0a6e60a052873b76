"""The demo's requests keep the figures of the product page, on whatever day they are made."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from weft.core.collaboration import comments
from weft.core.ops.demo import DemoContext
from weft.core.ops.value_lists import install_defaults
from weft.plugins.service.demo import make, plan
from weft.plugins.service.demo.plan import CHINA, EUROPE, Customer

REQUEST = "service.request"
DAYS = [date(2026, 11, 30) + timedelta(days=n) for n in range(9)] + [date(2026, 10, 6), date(2027, 1, 1)]


def customers():
    found = [
        Customer(
            number,
            None,
            key.title(),
            "",
            ("X", "X"),
            key.startswith("tangyu"),
            key=key,
            user=1 if key == "haverdijk" else None,
        )
        for number, key in enumerate(("haverdijk", "ferrault", "tangyu", "tangyu_waste", "tangyu_net"), 1)
    ]
    return found + [Customer(10 + n, None, f"C{n}", "", ("X", "X"), n % 2 == 0) for n in range(30)]


@pytest.mark.parametrize("day", DAYS)
def test_as_many_are_open_and_overdue_as_the_story_says_on_any_day(day):
    asked = plan.draw(day, customers(), 7, None)
    assert len(asked) == 160
    live = [one for one in asked if one.status in ("new", "open", "waiting")]
    assert len(live) == 22
    end = datetime.combine(day + timedelta(days=1), datetime.min.time(), UTC) - timedelta(hours=8)  # of D in Suzhou
    begin = end - timedelta(days=1)
    due = [
        (CHINA if one.customer.chinese else EUROPE).add(one.asked_at, 4800 if one.priority == "low" else 2400)
        for one in live if one.status == "open"
    ]  # fmt: skip
    assert sum(moment < begin + timedelta(hours=1) for moment in due) == 3
    assert all(moment >= end - timedelta(minutes=65) for moment in due if moment >= begin + timedelta(hours=1))
    assert all(said[0] <= datetime.combine(day, datetime.max.time(), UTC) for one in asked for said in one.said)


def test_named_customers_keep_their_story_and_texts_have_no_slot_left():
    asked = plan.draw(date(2026, 11, 25), customers(), 7, None)
    by = Counter(one.customer.key for one in asked)
    assert by["haverdijk"] == 4
    haverdijk = [one for one in asked if one.customer.key == "haverdijk"]
    assert [one.status for one in haverdijk].count("open") == 1
    ferrault = [one for one in asked if one.customer.key == "ferrault"]
    assert [one.kind for one in ferrault] == ["complaint", "complaint"] and {one.rating for one in ferrault} == {2}
    texts = [text for one in asked for text in (one.subject, one.description, *(said[2] for said in one.said))]
    assert not any("{" in text or "}" in text for text in texts)
    assert plan.draw(date(2026, 11, 25), customers(), 7, None) == asked
    assert all(2 <= len(one.said) <= 8 for one in asked if one.status == "closed")


@pytest.mark.weft_plugins("crm", "service", "portal_employee")
def test_the_demo_is_made_with_queues_agreements_and_talks(
    weft_runtime, moved_clock, weft_cast, make_record, records_as
):
    install_defaults(weft_runtime)
    europe, field = weft_cast.unit("Projects"), weft_cast.unit("Field")
    people = {
        key: weft_cast.user("service.agent", units=[field]) for key in ("employee", "shi", "fang", "bai", "qiao", "lei")
    }
    people["project"] = weft_cast.user("service.agent", units=[europe])
    made = {}
    for key, country in (("haverdijk", "NL"), ("ferrault", "BE"), ("tangyu", "CN"), ("tangyu_waste", "CN")):
        made[key] = _firm(make_record, key, country)
    for number in range(8):
        _firm(make_record, f"Firm {number}", "CN" if number % 2 else "NL")
    context = DemoContext(weft_runtime, weft_runtime.clock().date(), "small", 7, "both", "x", lambda *_: None,
                          people, {"projects": europe, "field": field}, made)  # fmt: skip
    make.make(context)
    with records_as("service.lead") as records:
        total = records.query(REQUEST, fields=(), limit=1, count="exact").count
        live = records.query(REQUEST, filters={"status__in": "new,open,waiting"}, limit=200)
        over = [row for row in live.rows if row.get("next_due_at") and row["next_due_at"] < records.now]
        assert total.value == 160 and len(live.rows) == 22 and len(over) == 3
        row = next(one for one in live.rows if one["customer"].id == made["haverdijk"])
        assert row["owner"].id == people["project"] and row["agreement"] is not None
        said = comments.comments(records, row.id)
        assert 3 <= len(said) <= 8 and any(one.audience == "internal" for one in said)
        chinese = [one for one in live.rows if one["unit"] is not None and one["unit"].id == field]
        assert chinese and all(one["owner"] is None or one["owner"].id != people["project"] for one in chinese)
        assert records.query("service.agreement", fields=(), limit=1, count="exact").count.value == 12


def _firm(make_record, name, country):
    firm = make_record(
        "crm.account", name=name, role=["customer"], life="won", address={"country": country, "city": "X", "lines": []}
    )
    make_record(
        "crm.contact",
        name=f"Person of {name}",
        account=firm["id"],
        email=f"{name.replace(' ', '').lower()}@firm.example",
    )
    return firm["id"]
