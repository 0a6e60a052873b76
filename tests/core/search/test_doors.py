"""Search through the doors: REST, the search page, the palette and lists, with an index and without one."""

from __future__ import annotations

import pytest


@pytest.fixture
def company(make_record, feed):
    found = make_record(
        "house.company", name="北方智造水务股份有限公司", name_alt="Northern Water", phone="+8613812345678"
    )
    make_record("house.case", name="LD-3", note="near the canal")
    feed()
    return found


def test_rest_finds_what_titles_do_not_show(company, weft_app, api_as):
    asking, headers = weft_app.test_client(), api_as("house.boss")

    def hits(address):
        answer = asking.get(address, headers=headers)
        assert answer.status_code == 200, answer.json
        return [hit["title"] for hit in answer.json["data"]]

    assert hits("/api/v1/search?q=智造水务") == [company.title]
    assert hits("/api/v1/search?q=bfzz") == [company.title]
    assert hits("/api/v1/search?q=canal") == ["LD-3"]
    assert hits("/api/v1/search?q=canal&type=house.company") == []
    assert hits("/api/v1/house/companies?q=13812345678") == [company.title]


def test_the_page_groups_and_says_where_it_matches(company, client_as):
    page = client_as("house.boss").get("/employee/search/?q=canal").text
    assert "LD-3" in page and "Note: near the canal" in page
    assert "北方智造" not in page
    assert "Note:" not in client_as("house.clerk").get("/employee/search/?q=canal").text


def test_the_palette_finds_by_pinyin(company, client_as):
    answer = client_as("house.boss").get("/employee/palette/?q=bfzz").json
    assert [row["title"] for row in answer["groups"][0]["rows"]] == ["Northern Water"]
    assert answer["groups"][0]["rows"][0]["other"] == company.title


def test_the_palette_lists_names_first_and_says_why_others_match(make_record, feed, client_as):
    group = make_record("house.company", name="Tangyu Water Group")
    make_record("house.company", name="Tangyun Works")
    make_record("house.company", name="New Tangyu")
    make_record("house.company", name="Tangyu")
    make_record("house.case", name="Leak", note="seen at tangyu lake")
    feed()
    groups = client_as("house.boss").get("/employee/palette/?q=tangyu").json["groups"]
    assert [row["title"] for row in groups[0]["rows"]] == [group.title, "Tangyu", "Tangyun Works", "New Tangyu"]
    assert not any("end" in row for row in groups[0]["rows"])
    assert [(row["title"], row["end"]) for row in groups[1]["rows"]] == [("Leak", "Note: seen at tangyu lake")]


def test_without_an_index_titles_are_searched(make_record, weft_app, api_as, client_as):
    make_record("house.case", name="Only the title")
    answer = weft_app.test_client().get("/api/v1/search?q=the tit", headers=api_as("house.boss"))
    assert [hit["title"] for hit in answer.json["data"]] == ["Only the title"]
    assert "Only the title" in client_as("house.boss").get("/employee/search/?q=the tit").text
    palette = client_as("house.boss").get("/employee/palette/?q=the tit").json
    assert palette["groups"][0]["rows"][0]["title"] == "Only the title"
