"""Pools: the rules by which customers fall into them, and claiming them out again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from weft.core.collaboration.tables import notice
from weft.core.errors import Denied, NotFound, StateConflict, ValidationFailed, WeftError
from weft.core.records.unit import writing
from weft.core.sdk import company_currency
from weft.plugins.crm.services import claims, ownership, pools, silence, worth

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee")

REP, MANAGER = "crm.sales_rep", "crm.sales_manager"


class Team:
    """A unit with two sellers, their manager above, a pool and its rule of silence."""

    def __init__(self, cast, make_record, clock) -> None:
        self.cast, self.make, self.clock = cast, make_record, clock
        self.sales = cast.unit("Sales")
        self.china = cast.unit("China", parent=self.sales)
        self.manager = cast.user(MANAGER, units=[self.sales], name="Lu Jinghe")
        self.lin = cast.user(REP, units=[self.china], name="Lin Shutong")
        self.su = cast.user(REP, units=[self.china], name="Su Yingchuan")
        self.pool = self.make_pool("china", members=self.china)
        self.rule = make_record(
            "crm.pool_rule", name="Silence", pool=self.pool, kind="silence", days=50, red_days=30, manager_days=40,
            warn_days=43,
        )["id"]  # fmt: skip

    def make_pool(self, code, **values):
        return self.make("crm.pool", code=code, label_en=code.title(), **values)["id"]

    def customer(self, name, owner=None, **values):
        given = {"role": ["customer"], "life": "potential", **values}
        return self.make("crm.account", name=name, owner=owner or self.lin, **given)["id"]

    def pooled(self, name, **values):
        number = self.customer(name, **values)
        with self.cast.records("system", write=True) as records:
            ownership.to_pool(records, [number], self.pool, kind="imported")
        return number

    def run(self):
        with self.cast.records("system", write=True) as records:
            return pools.run(records)

    def account(self, number):
        with self.cast.records("system") as records:
            return records.get("crm.account", number)

    def moves(self, number):
        with self.cast.records("system") as records:
            return records.query("crm.pool_move", filters={"account": number}, sort="at").rows


@pytest.fixture
def team(weft_cast, make_record, moved_clock):
    return Team(weft_cast, make_record, moved_clock)


def told(runtime, user):
    with runtime.db.read() as connection:
        return list(connection.scalars(select(notice.c.kind).where(notice.c.user_id == user).order_by(notice.c.id)))


# ---- the rules


@pytest.mark.both_databases
def test_silence_turns_red_for_the_owner_then_the_manager_then_the_pool(weft_runtime, team):
    number = team.customer("Heting Water")
    seen = []
    for days in (29, 1, 10, 3, 6, 1):
        team.clock.move(days=days)
        fallen = team.run()
        row = team.account(number)
        seen.append((row["silence"], len(fallen), row["owner"] is not None))
    assert seen == [
        ("fine", 0, True), ("red", 0, True), ("manager", 0, True), ("warned", 0, True), ("warned", 0, True),
        ("none", 1, False),
    ]  # fmt: skip
    assert told(weft_runtime, team.lin) == ["crm.silent_red", "crm.silent_warned", "crm.recycled"]
    assert told(weft_runtime, team.manager) == ["crm.silent_manager", "crm.silent_warned", "crm.recycled"]
    row, (move,) = team.account(number), team.moves(number)
    assert row["pool"].id == team.pool and row["former_owner"].id == team.lin and row["recycle_on"] is None
    assert (move["kind"], move["rule"].id, move["from_owner"].id, move["to_owner"]) == (
        "recycled", team.rule, team.lin, None,
    )  # fmt: skip


def test_a_contact_takes_the_red_away_at_once(records_as, team):
    number = team.customer("Heting Water")
    team.clock.move(days=45)
    team.run()
    assert team.account(number)["silence"] == "warned"
    with records_as(team.lin, write=True) as records:
        records.act("crm.account.log_contact", number, {"kind": "visit", "note": "Saw line 3."})
        row = records.get("crm.account", number)
        assert row["silence"] == "fine" and row["recycle_on"] == (records.now + timedelta(days=50)).date()
        assert pools.due(records, row["recycle_on"] - timedelta(days=1)) == []


def test_a_note_to_oneself_is_no_contact(records_as, team):
    number = team.customer("Heting Water")
    team.clock.move(days=35)
    team.run()
    with records_as(team.lin, write=True) as records:
        records.act("crm.account.log_contact", number, {"kind": "note", "note": "Should call them."})
        assert records.get("crm.account", number)["silence"] == "red"


def test_nobody_loses_a_customer_that_was_never_announced(team):
    number = team.customer("Heting Water")
    team.clock.move(days=80)
    assert team.run() == [] and team.account(number)["silence"] == "warned"
    team.clock.move(days=1)
    assert [one.account for one in team.run()] == [number]


def test_the_preview_names_exactly_what_falls_and_changes_nothing(records_as, team):
    soon, later = team.customer("Soon"), team.customer("Later", owner=team.su)
    team.clock.move(days=48)
    with records_as(team.su, write=True) as records:
        records.act("crm.account.log_contact", later, {"kind": "call", "note": "Spoke."})
    team.run()
    before = team.account(soon)["version"]
    with records_as(team.manager) as records:
        today = silence.today_of(records.system("test"))
        assert [one.account for one in pools.due(records, today)] == []
        named = pools.due(records, today + timedelta(days=3))
    assert [(one.account, one.owner, one.rule_name) for one in named] == [(soon, team.lin, "Silence")]
    assert team.account(soon)["version"] == before
    team.clock.move(days=3)
    assert [one.account for one in team.run()] == [soon]


def test_rules_by_class_open_deal_value_and_end_of_contract(team, make_record):
    stage = make_record("crm.stage", code="c", label_en="C", position=1, probability=10)["id"]
    make_record("crm.pool_rule", name="Class A", pool=team.pool, position=1, kind="silence", days=90, classes=["A"])
    make_record("crm.pool_rule", name="No deal", pool=team.pool, kind="no_deal", days=20, classes=["B"])
    make_record("crm.pool_rule", name="Ended", pool=team.pool, kind="contract_ended", days=10, warn_days=5)
    little = {"amount": "1000", "currency": "EUR"}
    make_record(
        "crm.pool_rule", name="Value", pool=team.pool, kind="value", days=30, lives=["won"], below=little, classes=["C"]
    )
    patient = team.customer("Patient", value_class="A")
    without, dealing = team.customer("Without", value_class="B"), team.customer("Dealing", value_class="B")
    make_record("crm.opportunity", name="D", account=dealing, stage=stage, owner=team.lin)
    ended = team.customer("Ended", contract_ends_on=(team.clock() + timedelta(days=25)).date().isoformat())
    poor = team.customer("Poor", value_class="C", life="won")
    team.clock.move(days=31)
    team.run()
    due = {}
    with team.cast.records("system") as records:
        for one in pools.due(records, silence.today_of(records) + timedelta(days=60)):
            due[one.account] = (one.rule_name, (one.on - silence.today_of(records)).days)
    assert due == {
        patient: ("Class A", 59), without: ("No deal", 1), dealing: ("Silence", 19), ended: ("Ended", 4),
        poor: ("Value", 1),
    }  # fmt: skip
    assert {number: team.account(number)["silence"] for number in (patient, without, ended)} == {
        patient: "fine", without: "warned", ended: "warned",
    }  # fmt: skip


def test_rules_of_a_product_line_and_a_territory(team, make_record, weft_cast):
    with weft_cast.records("system", write=True) as records:
        family = records.create(
            "core.value", {"list_key": "crm.product_family", "code": "x", "label_en": "X", "label_zh": "X"}
        )["id"]
    make_record("crm.pool_rule", name="Line", pool=team.pool, position=1, kind="silence", days=20, family=family)
    stage = make_record("crm.stage", code="c", label_en="C", position=1, probability=10)["id"]
    product = make_record("crm.product", code="LD-3", name="Logger", family=family)["id"]
    buyer, other = team.customer("Buyer"), team.customer("Other")
    deal = make_record("crm.opportunity", name="D", account=buyer, stage=stage)["id"]
    make_record(
        "crm.deal_line", opportunity=deal, product=product, description="x", quantity="1",
        unit_price={"amount": "10", "currency": "EUR"},
    )  # fmt: skip
    team.run()
    with team.cast.records("system") as records:
        found = {one.account: one.rule_name for one in pools.due(records, silence.today_of(records) + timedelta(90))}
    assert found == {buyer: "Line", other: "Silence"}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"red_days": 60}, "red_days"),
        ({"red_days": 45, "manager_days": 40}, "red_days"),
        ({"warn_days": 50}, "warn_days"),
        ({"kind": "value"}, "below"),
    ],
)
def test_a_rule_whose_steps_are_out_of_order_is_refused(team, make_record, values, field):
    with pytest.raises(ValidationFailed) as refused:
        make_record("crm.pool_rule", **{"name": "R", "pool": team.pool, "kind": "silence", "days": 50, **values})
    assert refused.value.errors[0].field == field


# ---- claiming


def test_a_claim_makes_the_customer_mine_and_stands_in_the_history(records_as, team):
    number = team.pooled("Heting Water")
    with records_as(team.su, write=True) as records:
        records.act("crm.account.claim", number)
        row = records.get("crm.account", number)
        changed = records.change_set_id
    assert row["owner"].id == team.su and row["pool"] is None and row["awaits_contact"] is True
    assert row["recycle_on"] is not None
    assert [move["kind"] for move in team.moves(number)] == ["imported", "claimed"]
    with records_as(team.su, write=True) as records:
        records.undo(changed)
    assert team.account(number)["pool"].id == team.pool and team.account(number)["owner"] is None
    assert [move["kind"] for move in team.moves(number)] == ["imported"]


def test_who_is_no_member_or_had_the_customer_lately_cannot_claim(records_as, team, weft_cast):
    number = team.pooled("Heting Water")
    stranger = weft_cast.user(REP, units=[weft_cast.unit("Europe")], name="Maud")
    with records_as(stranger, write=True) as records, pytest.raises(Denied, match="Only members"):
        records.act("crm.account.claim", number)
    with records_as(team.lin, write=True) as records, pytest.raises(Denied, match="You had Heting Water before"):
        records.act("crm.account.claim", number)
    team.clock.move(days=31)
    with records_as(team.lin, write=True) as records:
        records.act("crm.account.claim", number)
    assert team.account(number)["owner"].id == team.lin


def test_quota_of_the_day_and_cap_of_holdings(records_as, team, make_record):
    with team.cast.records("system", write=True) as records:
        records.update("crm.pool", team.pool, {"claims_per_day": 2, "most_held": 3}, version=None)
    numbers = [team.pooled(f"Customer {n}") for n in range(5)]
    for number in numbers[:2]:
        with records_as(team.su, write=True) as records:
            records.act("crm.account.claim", number)
    with records_as(team.su, write=True) as records, pytest.raises(Denied, match="2 customers a day"):
        records.act("crm.account.claim", numbers[2])
    team.clock.move(days=1)
    with records_as(team.su, write=True) as records:
        records.act("crm.account.claim", numbers[2])
    with records_as(team.su, write=True) as records, pytest.raises(Denied, match="allows 3 per person"):
        records.act("crm.account.claim", numbers[3])


def test_rights_to_claim(records_as, team, weft_cast):
    pooled, owned = team.pooled("Pooled"), team.customer("Owned", owner=team.su)
    for who, error in (("anonymous", WeftError), (weft_cast.user("employee"), NotFound)):
        with records_as(who, write=True) as records, pytest.raises(error):
            records.act("crm.account.claim", pooled)
    with records_as(team.lin, write=True) as records, pytest.raises(NotFound):
        records.act("crm.account.claim", owned)
    with records_as(team.su, write=True) as records, pytest.raises(StateConflict, match="in no pool"):
        records.act("crm.account.claim", owned)


@pytest.mark.both_databases
def test_fifty_claim_one_customer_and_exactly_one_wins(weft_runtime, team, weft_cast):
    number = team.pooled("Wanted by all")
    people = [weft_cast.user(REP, units=[team.china], name=f"Seller {n}", email=f"s{n}@w.example") for n in range(50)]
    answers = _at_once(weft_runtime, [(person, number) for person in people])
    assert sorted(answers).count("claimed") == 1 and len(answers) == 50
    assert set(answers) <= {"claimed", "refused"}
    moves = [move for move in team.moves(number) if move["kind"] == "claimed"]
    assert len(moves) == 1 and team.account(number)["owner"].id == moves[0]["to_owner"].id


@pytest.mark.both_databases
def test_the_quota_holds_when_one_person_claims_from_many_places_at_once(weft_runtime, team):
    with team.cast.records("system", write=True) as records:
        records.update("crm.pool", team.pool, {"claims_per_day": 5}, version=None)
    numbers = [team.pooled(f"Customer {n}") for n in range(20)]
    answers = _at_once(weft_runtime, [(team.su, number) for number in numbers])
    assert answers.count("claimed") == 5 and set(answers) == {"claimed", "refused"}
    assert sum(team.account(number)["owner"] is not None for number in numbers) == 5


@pytest.mark.both_databases
def test_the_cap_holds_when_one_person_claims_from_many_places_at_once(weft_runtime, team):
    with team.cast.records("system", write=True) as records:
        records.update("crm.pool", team.pool, {"claims_per_day": None, "most_held": 3}, version=None)
    numbers = [team.pooled(f"Customer {n}") for n in range(12)]
    answers = _at_once(weft_runtime, [(team.su, number) for number in numbers])
    assert answers.count("claimed") == 3
    assert sum(team.account(number)["owner"] is not None for number in numbers) == 3


def _at_once(runtime, pairs):
    from weft.core.identity import principals

    with runtime.db.read() as connection:
        who = {person: principals.load(connection, runtime, person, "employee") for person, _number in pairs}

    def one(pair):
        person, number = pair
        try:
            with writing(runtime, who[person], "rest") as records:
                records.act("crm.account.claim", number)
        except (Denied, NotFound, StateConflict):
            return "refused"
        return "claimed"

    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(one, pairs))


# ---- giving, importing, choosing a pool


def test_an_owner_gives_back_with_a_reason_and_the_manager_is_told(weft_runtime, records_as, team):
    number = team.customer("Heting Water")
    with records_as(team.lin, write=True) as records, pytest.raises(ValidationFailed):
        records.act("crm.account.give", number, {})
    with records_as(team.lin, write=True) as records:
        records.act("crm.account.give", number, {"reason": "Too far away"})
    (move,) = team.moves(number)
    assert (move["kind"], move["reason"], move["pool"].id) == ("released", "Too far away", team.pool)
    assert "crm.released" in told(weft_runtime, team.manager) and told(weft_runtime, team.lin) == []
    with records_as(team.su, write=True) as records, pytest.raises(Denied):
        records.act("crm.account.give", number, {"reason": "Not mine"})


def test_an_import_goes_into_the_chosen_pool_and_is_claimed_from_there(records_as, team):
    other = team.make_pool("fair", members=team.china)
    with records_as(team.manager, write=True) as records:
        loaded = records.load("crm.account", [{"name": f"Fair {n}", "role": ["customer"]} for n in range(300)])
    with records_as(team.manager, write=True) as records:
        records.bulk(
            "crm.account", "crm.account.give", loaded.created[:2], {"reason": "Fair", "pool": other}, expected=2
        )
    with records_as(team.manager, write=True) as records:
        pools.give(records, loaded.created[2:], "Fair", other)
    with records_as(team.su) as records:
        found = records.query("crm.account", filters={"pool": other, "owner__isnull": "true"}, count="exact")
        assert found.count.value == 300
    assert [move["kind"] for move in team.moves(loaded.created[5])] == ["imported"]
    with records_as(team.su, write=True) as records:
        claims.claim(records, list(loaded.created[10:13]))
    assert [move["kind"] for move in team.moves(loaded.created[10])] == ["imported", "claimed"]


def test_giving_takes_few_statements_however_many(records_as, team, query_count):
    numbers = [team.customer(f"Customer {n}") for n in range(60)]
    with records_as(team.manager, write=True) as records:
        pools.give(records, numbers[:10], "x", team.pool)
    with records_as(team.manager, write=True) as records, query_count(at_most=60):
        pools.give(records, numbers[10:], "x", team.pool)


def test_the_nightly_round_takes_the_same_statements_for_ten_and_for_a_hundred(team, query_count):
    def counted(number):
        for n in range(number):
            team.customer(f"Customer {number}-{n}")
        team.clock.move(days=31)
        with team.cast.records("system", write=True) as records, query_count() as counting:
            changed = silence.refresh(records)
        assert changed >= number
        return counting.number

    assert counted(10) + 4 >= counted(100)


# ---- pages


def test_pages_of_the_pool_by_role(client_as, weft_app, team):
    team.pooled("Heting Water")
    seller, manager = client_as(team.su), client_as(team.manager)
    page = seller.get("/employee/crm/pool/")
    assert page.status_code == 200 and "Heting Water" in page.text and "5 of 5 claims left today" in page.text
    assert manager.get("/employee/crm/pool/next/?days=60").status_code == 200
    assert seller.get("/employee/crm/pool/next/").status_code in (403, 404)
    assert seller.post("/employee/crm/pool/run/").status_code in (403, 404)
    assert client_as("employee").get("/employee/crm/pool/").status_code == 404
    assert weft_app.test_client().get("/employee/crm/pool/").status_code in (302, 303, 401)


def test_nobody_gives_what_is_somebody_elses(client_as, team):
    theirs = team.customer("Theirs", owner=team.lin)
    answer = client_as(team.su).post("/employee/crm/pool/give/", data={"ids": str(theirs), "reason": "x"})
    assert answer.status_code in (403, 404) and team.account(theirs)["owner"].id == team.lin
    answer = client_as(team.lin).post("/employee/crm/pool/give/", data={"ids": str(theirs), "reason": ""})
    assert answer.status_code == 422 and team.account(theirs)["pool"] is None


def test_a_claim_over_rest_says_why_not(weft_app, api_as, team):
    number = team.pooled("Heting Water")
    address = f"/api/v1/crm/accounts/{number}/actions/claim"
    refused = weft_app.test_client().post(address, json={}, headers=api_as(team.lin))
    assert refused.status_code == 403 and "You had Heting Water before" in refused.text
    taken = weft_app.test_client().post(address, json={}, headers=api_as(team.su))
    assert taken.status_code == 200 and team.account(number)["owner"].id == team.su


def test_customers_whose_class_differs_from_what_they_bought_are_a_view(client_as, team):
    same, other = team.customer("Same", value_class="B"), team.customer("Other", value_class="A")
    with team.cast.records("system", write=True) as records:
        records.update_many("crm.account", {number: {"suggested_class": "B"} for number in (same, other)})
    page = client_as(team.manager).get("/employee/crm/accounts/?view=crm.customers_reclass").text
    assert "Other" in page and ">Same<" not in page


def test_effort_counts_contacts_and_opens_them(client_as, records_as, team):
    number = team.customer("Heting Water", value_class="A")
    with records_as(team.lin, write=True) as records:
        for kind in ("visit", "call", "note"):
            records.act("crm.account.log_contact", number, {"kind": kind, "note": f"A {kind}."})
    page = client_as(team.manager).get("/employee/crm/effort?period=year")
    assert page.status_code == 200 and "Work on these next" in page.text
    behind = client_as(team.manager).get("/employee/crm/effort/contacts?period=year&life=potential&kind=visit").text
    assert "A visit." in behind and "A call." not in behind
    assert "A visit." not in client_as(team.su).get("/employee/crm/effort/contacts?period=year").text


def test_what_the_night_computes_is_no_edit(team):
    number = team.customer("Quiet")
    before = team.account(number)
    team.clock.move(days=44)
    team.run()
    after = team.account(number)
    assert (before["silence"], after["silence"]) == ("fine", "warned")
    assert after["version"] > before["version"] and after["updated_at"] == before["updated_at"]
    # What somebody does is one, whatever it changes.
    with team.cast.records(team.lin, write=True) as records:
        records.act("crm.account.log_contact", number, {"kind": "call", "note": "Spoke."})
    assert team.account(number)["updated_at"] > before["updated_at"]


def test_a_customer_whose_contract_runs_is_judged_by_what_it_is_worth(team, make_record, records_as):
    stage = make_record("crm.stage", code="won", label_en="Won", position=9, probability=100, outcome="won")["id"]
    rows = {}
    with records_as("system") as records:
        currency = company_currency(records)
    for name, ends in (("Running", "2030-01-01"), ("Over", "2026-01-01")):
        rows[name] = team.customer(name, life="won", contract_ends_on=ends)
        make_record(
            "crm.opportunity", name=name, account=rows[name], stage=stage, outcome="won",
            closed_on=(team.clock.now - timedelta(days=500)).date().isoformat(),
            amount={"amount": "900000", "currency": currency},
        )  # fmt: skip
    with records_as("system", write=True) as records:
        worth.assess(records)
    found = {name: team.account(number) for name, number in rows.items()}
    assert {name: row["suggested_class"] for name, row in found.items()} == {"Running": "A", "Over": "C"}
    assert all(row["won_amount"].amount == 0 for row in found.values())
