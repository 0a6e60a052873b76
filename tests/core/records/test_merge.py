"""Two records become one: everything follows, nothing is doubled, and Undo makes two of them again."""

from __future__ import annotations

import pytest

from weft.core.collaboration import comments, followers, tags
from weft.core.errors import Denied, NotFound, UndoRefused, ValidationFailed
from weft.core.records import merge, shares

pytestmark = pytest.mark.both_databases


@pytest.fixture
def parties(make_record, weft_cast):
    """Two writings of one party, with a case, a child and a note each, and the boss who merges them."""
    keep = make_record("desk.party", name="Mills", phone="+31101234567")["id"]
    drop = make_record("desk.party", name="Mills Ltd", mail="office@mills.example", code="M-2")["id"]
    other = make_record("desk.party", name="Third", above=drop)["id"]
    case = make_record("desk.case", name="Pump", party=drop)["id"]
    return {"keep": keep, "drop": drop, "other": other, "case": case, "boss": weft_cast.user_of("desk.boss")}


def ends(group) -> list[int]:
    return [item.record.id for item in group.items]


def merged(records_as, parties, values=None) -> int:
    with records_as(parties["boss"], write=True) as records:
        return records.merge("desk.party", parties["keep"], parties["drop"], values)


def undo(records_as, parties, number) -> None:
    with records_as(parties["boss"], write=True) as records:
        records.undo(number)


def test_values_references_and_links_follow_and_come_back(records_as, parties, link):
    link("desk.works_with", parties["drop"], parties["other"])
    link("desk.employs", parties["other"], parties["drop"])
    with records_as("system") as records:
        before = {key: dict(records.get("desk.party", parties[key])) for key in ("keep", "drop", "other")}
    number = merged(records_as, parties, {"name": "Mills Ltd", "mail": "office@mills.example"})
    with records_as(parties["boss"]) as records:
        kept = records.get("desk.party", parties["keep"])
        assert (kept["name"], kept["mail"], kept["phone"]) == ("Mills Ltd", "office@mills.example", "+31101234567")
        assert records.get("desk.case", parties["case"])["party"].id == parties["keep"]
        assert records.get("desk.party", parties["other"])["above"].id == parties["keep"]
        linked = {(group.type, far) for group in records.neighbours(parties["keep"]) for far in ends(group)}
        other, case = parties["other"], parties["case"]
        assert linked == {
            ("desk.works_with", other), ("desk.employs", other), ("desk.below", other), ("desk.about", case)
        }  # fmt: skip
        assert parties["drop"] not in [row.id for row in records.query("desk.party").rows]
        assert merge.merged_into(records.connection, parties["drop"]) == parties["keep"]
        assert any("merged Mills Ltd into" in entry.text for entry in records.history(parties["keep"]))
    undo(records_as, parties, number)
    with records_as("system") as records:
        for key, was in before.items():
            now = records.get("desk.party", parties[key])
            changing = ("version", "updated_at")
            assert {n: v for n, v in now.items() if n not in changing} == {
                n: v for n, v in was.items() if n not in changing
            }
        assert records.get("desk.case", parties["case"])["party"].id == parties["drop"]
        assert merge.merged_into(records.connection, parties["drop"]) is None
        assert {far for g in records.neighbours(parties["drop"]) for far in ends(g)} >= {parties["other"]}


def test_what_lies_beside_records_moves_and_goes_back(records_as, parties):
    boss = parties["boss"]
    with records_as(boss, write=True) as records:
        comments.add(records, parties["drop"], "said of the second")
        comments.add(records, parties["keep"], "said of the first")
        for one in ("keep", "drop"):
            tags.add(records, parties[one], "pumps")
            followers.follow(records, parties[one])
        tags.add(records, parties["drop"], "fair")

    def state(records, key):
        found = comments.comments(records, parties[key])
        return [c.text for c in found], sorted(tag.label for tag in tags.tags_of(records, [parties[key]])[parties[key]])

    number = merged(records_as, parties)
    with records_as(boss, write=True) as records:
        texts, words = state(records, "keep")
        assert sorted(texts) == ["said of the first", "said of the second"]
        assert words == ["fair", "pumps"]
        comments.add(records, parties["keep"], "said since")
        records.update("desk.party", parties["keep"], {"phone": "+31107654321"}, version=None)
    undo(records_as, parties, number)
    with records_as(boss) as records:
        assert sorted(state(records, "keep")[0]) == ["said of the first", "said since"]
        assert state(records, "keep")[1] == ["pumps"]
        assert state(records, "drop") == (["said of the second"], ["fair", "pumps"])
        assert records.get("desk.party", parties["keep"])["phone"] == "+31107654321"


def test_a_field_changed_since_stays_and_merging_again_works(records_as, parties):
    first = merged(records_as, parties, {"name": "Mills Ltd"})
    with records_as(parties["boss"], write=True) as records:
        records.update("desk.party", parties["keep"], {"name": "Mills of the north"}, version=None)
    with records_as(parties["boss"], write=True) as records:
        back = records.undo(first)
        assert records.get("desk.party", parties["keep"])["name"] == "Mills of the north"
        assert records.get("desk.party", parties["drop"])["name"] == "Mills Ltd"
    with records_as(parties["boss"], write=True) as records, pytest.raises(UndoRefused):
        records.undo(back)
    merged(records_as, parties)
    with records_as(parties["boss"]) as records:
        assert merge.merged_into(records.connection, parties["drop"]) == parties["keep"]


def test_a_party_below_its_double_does_not_come_to_stand_above_itself(records_as, make_record, weft_cast):
    drop = make_record("desk.party", name="Above")["id"]
    keep = make_record("desk.party", name="Below", above=drop)["id"]
    with records_as(weft_cast.user_of("desk.boss"), write=True) as records:
        records.merge("desk.party", keep, drop)
        assert records.get("desk.party", keep)["above"] is None


def test_a_link_that_both_have_is_not_doubled(records_as, parties, link):
    link("desk.works_with", parties["keep"], parties["other"])
    link("desk.works_with", parties["drop"], parties["other"])
    link("desk.chief", parties["keep"], parties["other"])
    link("desk.works_with", parties["keep"], parties["drop"])
    merged(records_as, parties)
    with records_as(parties["boss"]) as records:
        groups = [g for g in records.neighbours(parties["keep"]) if g.type == "desk.works_with"]
        assert [far for g in groups for far in ends(g)] == [parties["other"]]


def test_merging_chains_lead_to_the_last_record(records_as, parties, make_record):
    last = make_record("desk.party", name="Mills Holding")["id"]
    merged(records_as, parties)
    with records_as(parties["boss"], write=True) as records:
        records.merge("desk.party", last, parties["keep"])
        assert merge.merged_into(records.connection, parties["drop"]) == last
        key, gone = merge.entity_and_merged(records, last)
        assert (key, set(gone)) == ("desk.party", {parties["drop"], parties["keep"]})
        assert [one.title for one in merge.merges_of(records, last)] == ["Mills"]


def test_a_merged_record_is_not_restored_alone(records_as, parties):
    merged(records_as, parties)
    with records_as(parties["boss"], write=True) as records, pytest.raises(ValidationFailed, match="Mills"):
        records.restore("desk.party", parties["drop"])


@pytest.mark.parametrize(("who", "error"), [("anonymous", Exception), ("desk.clerk", Denied), ("desk.reader", Denied)])
def test_who_may_not_change_and_delete_may_not_merge(records_as, parties, state_of, who, error):
    before = state_of()
    with records_as(who, write=True) as records, pytest.raises(error):
        records.merge("desk.party", parties["keep"], parties["drop"])
    assert state_of() == before


def test_a_record_one_does_not_see_cannot_be_merged(records_as, make_record, weft_cast):
    clerk = weft_cast.user_of("desk.clerk")
    mine = make_record("desk.case", name="Mine", owner=clerk)["id"]
    theirs = make_record("desk.case", name="Theirs")["id"]
    for keep, drop in ((mine, theirs), (theirs, mine)):
        with records_as(clerk, write=True) as records, pytest.raises(NotFound):
            records.merge("desk.case", keep, drop)
    with records_as(clerk, write=True) as records, pytest.raises(ValidationFailed):
        records.merge("desk.case", mine, mine)


def test_moving_a_share_needs_the_right_to_share(records_as, make_record, weft_cast):
    clerk = weft_cast.user_of("desk.clerk")
    keep, drop = (make_record("desk.case", name=name, owner=clerk)["id"] for name in ("One", "Two"))
    reader = weft_cast.user_of("desk.reader")
    with records_as("desk.boss", write=True) as records:
        shares.share(records, drop, user=reader)
    with records_as(clerk, write=True) as records, pytest.raises(Denied):
        records.merge("desk.case", keep, drop)
    with records_as("desk.boss", write=True) as records:
        records.merge("desk.case", keep, drop)
        assert len(shares.shares(records, keep)) == 1


def test_a_file_on_the_second_record_is_found_on_the_first(records_as, parties, weft_runtime):
    import io

    from weft.core.files import files

    with records_as(parties["boss"], write=True) as records:
        received = files.receive(weft_runtime, io.BytesIO(b"plain words"), "survey.txt")
        files.attach(records, parties["drop"], received)
    merged(records_as, parties)
    with records_as(parties["boss"]) as records:
        assert [one.file.name for one in files.attachments(records, parties["keep"])] == ["survey.txt"]


def test_programs_merge_and_follow_the_old_address(weft_app, api_as, parties):
    client = weft_app.test_client()
    headers = api_as(parties["boss"])
    answer = client.post(
        f"/api/v1/desk/parties/{parties['keep']}/merge", json={"drop": parties["drop"]}, headers=headers
    )
    assert answer.status_code == 200, answer.text
    assert answer.json["id"] == parties["keep"]
    old = client.get(f"/api/v1/desk/parties/{parties['drop']}", headers=headers)
    assert (old.status_code, old.headers["Location"].rsplit("/", 1)[-1]) == (301, str(parties["keep"]))
    back = client.post(f"/api/v1/changes/{answer.headers['Weft-Change']}/undo", headers=headers)
    assert back.status_code in (200, 201), back.text
    assert client.get(f"/api/v1/desk/parties/{parties['drop']}", headers=headers).status_code == 200
