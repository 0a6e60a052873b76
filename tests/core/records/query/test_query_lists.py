"""Lists: what a page holds, its order, its cursor, its filters."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from weft.core.db.money import Money
from weft.core.errors import NotFound, QueryError
from weft.core.records.filters import all_of, any_of
from weft.core.records.values import Count, PersonRef, RefValue, to_api

pytestmark = pytest.mark.both_databases


@pytest.fixture
def boss(shop):
    return shop.as_("boss", user=1)


@pytest.fixture
def deals(shop, users):
    """Five deals that differ in everything."""
    (org,) = shop.add(shop.Org, [{"name": "Acme", "name_alt": "阿克米"}])
    rows = [
        {"name": "Éclair bakery", "status": "open", "amount": Decimal("100.00"), "amount_currency": "CNY", "at": 1,
         "owner_id": users[0], "margin": 3, "kinds": ["small"], "closed": date(2026, 1, 31), "hot": True, "org": org,
         "called_at": datetime(2026, 1, 31, 17, 0, tzinfo=UTC), "weight": Decimal("1.125")},
        {"name": "荷兰乳业 100%", "status": "won", "amount": Decimal("200.50"), "amount_currency": "EUR", "at": 2,
         "margin": 1, "kinds": ["small", "large"], "closed": date(2026, 2, 1), "hot": False},
        {"name": "apple_juice", "status": "won", "at": 3, "kinds": [], "owner_id": users[1], "number": "D-3"},
        {"name": "APPLE PIE", "status": None, "amount": Decimal("99.99"), "amount_currency": "CNY", "at": 4,
         "margin": 2, "note": "line"},
        {"name": "zebra", "status": "lost", "at": 4, "margin": 2, "kinds": ["strange"]},
    ]  # fmt: skip
    return shop.add(shop.Deal, rows)


def test_a_row_has_header_and_fields_as_python_values(shop, boss, deals, users):
    with shop.reading(boss) as records:
        row = records.get("shop.deal", deals[0])
    assert row["type"] == "shop.deal"
    assert row["title"] == row["name"] == "Éclair bakery"
    assert row["status"] == row["state"] == "open"
    assert row["amount"] == Money("100.00", "CNY")
    assert row["weight"] == Decimal("1.125")
    assert row["owner"] == PersonRef(users[0], "User 0", "用户0")
    assert row["org"] == RefValue(row["org"].id, "shop.org", "Acme", "阿克米")
    assert row["called_at"] == datetime(2026, 1, 31, 17, 0, tzinfo=UTC)
    assert row["kinds"] == ["small"]
    assert row["hot"] is True
    assert row["shout"] == "ÉCLAIR BAKERY"
    assert "deleted_at" not in row
    assert "more_rank" in row


def test_the_json_form_is_flat(shop, boss, deals, weft_runtime):
    with shop.reading(boss) as records:
        found = to_api(weft_runtime.registry.entity("shop.deal"), records.get("shop.deal", deals[0]))
    assert found["amount"] == {"amount": "100.00", "currency": "CNY"}
    assert found["org"] == {"id": found["org"]["id"], "type": "shop.org", "title": "Acme", "alt": "阿克米"}
    assert found["closed"] == "2026-01-31"
    assert found["called_at"] == "2026-01-31T17:00:00.000000Z"


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"status": "won"}, [1, 2]),
        ({"status__in": "won,lost"}, [1, 2, 4]),
        ({"status__ne": "won"}, [0, 3, 4]),
        ({"status__not_in": "won,open"}, [3, 4]),
        ({"status": "none"}, [3]),
        ({"status__isnull": "false"}, [0, 1, 2, 4]),
        ({"status": ["won", "lost"]}, [1, 2, 4]),
        ({"amount__gte": "100"}, [0, 1]),
        ({"amount__lt": "100"}, [3]),
        ({"amount_currency": "CNY"}, [0, 3]),
        ({"margin__gt": 1, "margin__lte": 3}, [0, 3, 4]),
        ({"weight": "1.125"}, [0]),
        ({"name__contains": "éCLAIR"}, [0]),
        ({"name__contains": "apple"}, [2, 3]),
        ({"name__contains": "apple_"}, [2]),
        ({"name__contains": "乳业"}, [1]),
        ({"name__contains": "100%"}, [1]),
        ({"name__startswith": "éc"}, [0]),
        ({"name__startswith": "pie"}, []),
        ({"title__contains": "ZEB"}, [4]),
        ({"number": "D-3"}, [2]),
        ({"kinds": "small"}, [0, 1]),
        ({"kinds__in": "strange,large"}, [1, 4]),
        ({"kinds__ne": "small"}, [2, 3, 4]),
        ({"hot": "true"}, [0]),
        ({"hot__ne": "true"}, [1, 2, 3, 4]),
        ({"closed__gte": "2026-02-01"}, [1]),
        ({"called_at": "2026-02-01"}, [0]),
        ({"called_at__lt": "2026-02-01"}, []),
        ({"called_at__gte": "2026-01-31T17:00:00Z"}, [0]),
        ({"owner": "me"}, [0]),
        ({"org__isnull": "true"}, [1, 2, 3, 4]),
        ({"half": 1}, [1, 3, 4]),
        ({"or": "status=lost|amount__gte=200"}, [1, 4]),
        ({"or": ["status=lost|status=won", "margin=1|margin=2"]}, [1, 4]),
        (any_of(status="lost", amount__gte=200), [1, 4]),
        (all_of(any_of(status="lost", status__isnull=True), margin=2), [3, 4]),
        ({"more_rank__isnull": "true"}, [0, 1, 2, 3, 4]),
        ({"more_rank__gt": 1}, []),
    ],
)
def test_filters_find_the_same_rows_on_both_databases(shop, deals, users, filters, expected):
    if filters == {"half": 1}:
        expected = [3, 4]
    principal = shop.as_("boss", user=users[0], zone="Asia/Shanghai")
    assert sorted(shop.ids(principal, filters=filters)) == [deals[n] for n in expected]


def test_day_words_count_in_the_zone_of_the_viewer(shop, weft_runtime):
    weft_runtime.clock = lambda: datetime(2026, 2, 28, 20, 0, tzinfo=UTC)  # 1 March in Shanghai
    ids = shop.add(
        shop.Deal,
        [{"name": str(day), "closed": day} for day in (date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31))],
    )
    there, here = shop.as_("boss", user=1, zone="Asia/Shanghai"), shop.as_("boss", user=1)
    assert shop.ids(there, filters={"closed": "today"}) == [ids[1]]
    assert shop.ids(here, filters={"closed": "today"}) == [ids[0]]
    assert shop.ids(here, filters={"closed": "today+1"}) == [ids[1]]
    assert sorted(shop.ids(there, filters={"closed__gte": "month_start", "closed__lte": "month_end"})) == ids[1:]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("-updated_at", [4, 3, 2, 1, 0]),
        ("updated_at", [0, 1, 2, 3, 4]),
        ("name", [3, 2, 4, 0, 1]),
        ("-amount", [1, 0, 3, 4, 2]),
        ("amount", [3, 0, 1, 2, 4]),
        ("margin,-name", [1, 4, 3, 0, 2]),
        ("-status,name", [2, 1, 0, 4, 3]),
        ("closed", [0, 1, 2, 3, 4]),
        ("owner", [0, 2, 1, 3, 4]),
        ("-hot,name", [0, 1, 3, 2, 4]),
        ("number", [2, 0, 1, 3, 4]),
    ],
)
def test_orders_put_nothing_last_in_both_directions(shop, boss, deals, sort, expected):
    assert shop.ids(boss, sort=sort) == [deals[n] for n in expected]


@pytest.mark.parametrize(
    "sort", ["-updated_at", "amount", "-amount", "margin,-name", "-status,name", "-closed,amount", "id"]
)
@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_joined_are_the_whole_list(shop, boss, deals, sort, size):
    whole = shop.ids(boss, sort=sort)
    joined, cursor = [], None
    with shop.reading(boss) as records:
        for _ in range(10):
            page = records.query("shop.deal", sort=sort, limit=size, cursor=cursor)
            joined += [row.id for row in page.rows]
            cursor = page.next
            if cursor is None:
                break
    assert joined == whole
    assert len(whole) == 5


def test_a_cursor_is_good_only_for_its_own_list(shop, boss, deals):
    with shop.reading(boss) as records:
        cursor = records.query("shop.deal", sort="name", limit=2).next
        for other in (
            {"sort": "-name"},
            {"sort": "name", "filters": {"status": "won"}},
            {"sort": "name", "search": "a"},
        ):
            with pytest.raises(QueryError):
                records.query("shop.deal", cursor=cursor, limit=2, **other)
        for broken in (cursor[:-2], "x" + cursor, "é", ""[:0] or "AAAA"):
            with pytest.raises(QueryError):
                records.query("shop.deal", sort="name", cursor=broken)


def test_counts(shop, boss):
    shop.add(shop.Deal, [{"name": f"n{n}", "at": n} for n in range(1005)])
    with shop.reading(boss) as records:
        assert records.query("shop.deal", limit=1).count is None
        assert records.query("shop.deal", limit=1, count="capped").count == Count(1000, False)
        assert records.query("shop.deal", limit=1, count="exact").count == Count(1005, True)
        assert records.query("shop.deal", count="capped", filters={"name": "n7"}).count == Count(1, True)
        assert records.query("shop.deal", limit=1, count="capped", filters={"name__contains": "n99"}).count == Count(
            11, True
        )


@pytest.mark.parametrize(
    "query",
    [
        {"filters": {"nothing": 1}}, {"sort": "nothing"}, {"fields": ["nothing"]}, {"include": ["nothing"]},
        {"filters": {"status": "never"}}, {"filters": {"amount__contains": "1"}}, {"filters": {"margin": "x"}},
        {"filters": {"closed": "soon"}}, {"sort": "kinds"}, {"filters": {"name__gte": "\x00"}}, {"limit": 0},
        {"limit": 201}, {"filters": {f"margin__{op}": 1 for op in ("gt", "lt")} | {"or": "|".join(["margin=1"] * 19)}},
        {"filters": {"margin__in": list(range(501))}}, {"include": ["org.parent.parent"]}, {"filters": {"or": "x"}},
        {"count": "all"}, {"filters": {"linked": "no:1"}}, {"filters": {"shout": "A"}}, {"sort": "shout"},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(shop, boss, deals, query):
    with shop.reading(boss) as records, pytest.raises(QueryError):
        records.query("shop.deal", **query)


def test_only_wanted_fields_are_read(shop, boss, deals):
    with shop.reading(boss) as records:
        row = records.query("shop.deal", fields=["name", "more_memo"], limit=1).rows[0]
    assert set(row) == {"id", "type", "version", "name", "more_memo"}


def test_added_fields_are_read_filtered_and_sorted(shop, boss, deals, weft_runtime):
    from sqlalchemy import insert

    table = weft_runtime.registry.entity("shop.deal").extensions["more"].table
    with weft_runtime.db.write() as connection:
        connection.execute(insert(table), [{"id": deals[n], "more_rank": n, "more_memo": f"m{n}"} for n in (1, 3)])
    assert shop.ids(boss, filters={"more_rank__gte": 2}) == [deals[3]]
    assert shop.ids(boss, sort="-more_rank")[:2] == [deals[3], deals[1]]
    with shop.reading(boss) as records:
        assert records.get("shop.deal", deals[1])["more_memo"] == "m1"
        assert records.get("shop.deal", deals[0])["more_memo"] is None


def test_include_brings_records_two_steps_deep(shop, boss):
    top, mid = shop.add(shop.Org, [{"name": "Top"}, {"name": "Mid"}])
    from sqlalchemy import update

    with shop.runtime.db.write() as connection:
        connection.execute(update(shop.Org.__table__).where(shop.Org.__table__.c.id == mid).values(parent=top))
    shop.add(shop.Deal, [{"name": "d", "org": mid}])
    with shop.reading(boss) as records:
        row = records.query("shop.deal", include=["org.parent"]).rows[0]
    assert row["org"].row["name"] == "Mid"
    assert row["org"].row["parent"].row["name"] == "Top"
    assert to_api(shop.runtime.registry.entity("shop.deal"), row)["org"]["parent"]["title"] == "Top"


def test_trash_is_a_list_of_its_own(shop, boss, deals):
    from sqlalchemy import update

    table = shop.Deal.__table__
    with shop.runtime.db.write() as connection:
        connection.execute(
            update(table).where(table.c.id == deals[1]).values(deleted_at=datetime(2026, 5, 1, tzinfo=UTC))
        )
    assert deals[1] not in shop.ids(boss)
    assert shop.ids(boss, trash=True) == [deals[1]]
    with shop.reading(boss) as records:
        assert records.get("shop.deal", deals[1])["deleted_at"] == datetime(2026, 5, 1, tzinfo=UTC)


def test_search_looks_into_title_number_and_other_name(shop, boss, deals):
    shop.add(shop.Org, [{"name": "Rotterdam Dairy", "name_alt": "鹿特丹乳业"}])
    assert shop.ids(boss, search="apple") == [deals[3], deals[2]]
    assert shop.ids(boss, search="d-3") == [deals[2]]
    assert len(shop.ids(boss, "shop.org", search="乳业")) == 1


def test_linked_finds_the_other_ends_of_a_relation(shop, boss):
    a, b = shop.add(shop.Org, [{"name": "A"}, {"name": "B"}])
    people = shop.add(shop.Person, [{"name": f"p{n}", "at": n} for n in range(4)])
    shop.link("shop.member_of", [(people[0], a), (people[2], a), (people[3], b)])
    shop.link("shop.member_of", [(people[0], a)], ordinal=1)
    shop.link("shop.member_of", [(people[1], a)], valid_to=datetime(2026, 1, 2, tzinfo=UTC))
    assert shop.ids(boss, "shop.person", filters={"linked": f"shop.member_of:{a}"}) == [people[2], people[0]]
    assert shop.ids(boss, "shop.org", filters={"linked": f"shop.has_member:{people[3]}"}) == [b]
    assert shop.ids(boss, "shop.person", filters={"linked": "shop.member_of:999999"}) == []


def test_large_lists_are_not_sorted_by_names_without_index(shop, boss):
    shop.add(shop.Deal, [{"name": f"n{n}", "note": f"{n % 7}", "margin": n % 600, "weight": n} for n in range(5001)])
    with shop.reading(boss) as records:
        with pytest.raises(QueryError) as refused:
            records.query("shop.deal", sort="weight")
        assert refused.value.status == 422
        assert refused.value.name == "weight"
        assert len(records.query("shop.deal", sort="weight", filters={"margin": 3}).rows) == 9


def test_find_and_titles_work_across_entities(shop, boss, deals):
    (org,) = shop.add(shop.Org, [{"name": "X"}])
    with shop.reading(boss) as records:
        assert records.find(org)["name"] == "X"
        found = records.titles([org, deals[4], 424242])
        assert {value.title for value in found.values()} == {"X", "zebra"}
        with pytest.raises(NotFound):
            records.find(424242)
        with pytest.raises(NotFound):
            records.get("shop.org", deals[0])
