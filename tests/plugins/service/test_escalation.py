"""Terms that come near and pass: who is told and once only; figures equal plain SQL over the tables."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import text

from weft.core.collaboration import notices
from weft.plugins.service.services import conversation, escalation, reports, risk
from weft.plugins.service.services.desk import members_of

pytestmark = [pytest.mark.weft_plugins("crm", "service", "portal_employee", "portal_customer", "portal_distributor")]
REQUEST = "service.request"


def kinds(records_as, user):
    with records_as(user) as records:
        return [one.kind for one in notices.inbox(records)]


def watch(records_as):
    with records_as("system", write=True) as records:
        return escalation.warn(records), escalation.tell_overdue(records)


def test_the_owner_is_warned_then_lead_and_head_are_told_each_once(world, asked, records_as, row_of, client_as):
    """S3 step 2: not answered until due: escalated, the head hears of it; the customer still sees who answers."""
    assert watch(records_as) == (0, 0)
    world.clock.move(hours=7)
    assert watch(records_as) == (1, 0) and watch(records_as) == (0, 0)
    assert "service.due_soon" in kinds(records_as, world.agent) and kinds(records_as, world.head) == []
    world.clock.move(hours=2)
    assert watch(records_as) == (0, 1) and watch(records_as) == (0, 0)
    assert row_of(asked)["escalated_at"] is not None
    for user in (world.agent, world.colleague, world.head):
        assert "service.overdue" in kinds(records_as, user)
    assert "service.overdue" not in kinds(records_as, world.stranger)
    assert "Anneke Roodhuyzen" in client_as(world.lieke).get(f"/customer/service/requests/{asked}").text
    assert "1 overdue" in client_as(world.head).get("/employee/").text


def test_an_answer_begins_the_next_term_and_waiting_ones_are_left_alone(world, asked, records_as, row_of):
    world.clock.move(hours=7)
    watch(records_as)
    with records_as(world.agent, write=True) as records:
        conversation.say(records, records.get(REQUEST, asked), "I look.", audience="shared")
    row = row_of(asked)
    assert row["next_due_at"] == row["due_at"]
    with records_as(world.agent, write=True) as records:
        records.act("service.request.wait", asked)
    world.clock.move(days=30)
    assert watch(records_as) == (0, 0)


def test_solved_requests_close_by_themselves(world, asked, records_as, row_of):
    with records_as(world.agent, write=True) as records:
        records.act("service.request.solve", asked, {})
    world.clock.move(days=3)
    with records_as("system", write=True) as records:
        assert escalation.close_old(records) == 0
    world.clock.move(days=5)
    with records_as("system", write=True) as records:
        assert escalation.close_old(records) == 1
    row = row_of(asked)
    assert row["status"] == "closed" and row["resolved_at"] < row["closed_at"]


@pytest.fixture
def many(world, make_record, records_as):
    """Requests of both firms: solved in time, solved late, open and past due, waiting, withdrawn; some rated."""
    start = world.clock()
    made = []
    for number in range(14):
        row = make_record(
            REQUEST, subject=f"Request {number}", customer=(world.firm, world.rival)[number % 2], asked_at=start,
            priority=("normal", "high")[number % 3 == 0],
        )  # fmt: skip
        made.append(row["id"])
    plan = {0: 10, 1: 10, 2: 10, 3: 90, 4: 90}
    for hours in sorted(set(plan.values())):
        world.clock.set(start)
        world.clock.move(hours=hours)
        with records_as("system", write=True) as records:
            for number in (n for n, at in plan.items() if at == hours):
                records.act("service.request.solve", made[number], {})
    with records_as("system", write=True) as records:
        records.act("service.request.wait", made[5])
    for number, score in ((0, "2"), (1, "5"), (2, "2"), (3, "1")):
        with records_as("system", write=True) as records:
            records.act("service.request.rate", made[number], {"rating": score})
    world.clock.move(days=20)
    return made


def test_due_times_kept_equal_plain_sql(world, many, records_as, weft_runtime):
    """R8: COUNT(resolved_at <= due_at) / COUNT(*) of what is decided; open and past due counts as missed."""
    statement = text(
        "SELECT SUM(CASE WHEN resolved_at <= due_at THEN 1 ELSE 0 END) AS kept, COUNT(*) AS judged"
        " FROM service_request WHERE deleted_at IS NULL AND status <> 'withdrawn' AND due_at IS NOT NULL"
        " AND (resolved_at IS NOT NULL OR (status IN ('new', 'open') AND due_at <= :now))"
    )
    with weft_runtime.db.read() as connection:
        now = world.clock().astimezone().replace(tzinfo=None)
        row = connection.execute(statement, {"now": world.clock().strftime("%Y-%m-%d %H:%M:%S.%f")}).one()
        assert now is not None
    with records_as("service.lead") as records:
        whole = reports.Kept()
        for one in reports.keeping(records, None, None).values():
            whole.join(one)
        assert (whole.kept, whole.judged) == (row.kept, row.judged)
        assert whole.kept >= 1 and whole.late >= 1 and whole.over >= 1
        by_queue = reports.keeping(records, None, None, "queue")
        assert sum(one.judged for one in by_queue.values()) == row.judged
        period = reports.keeping(records, world.clock().date().replace(day=1), world.clock().date())
        assert sum(one.judged for one in period.values()) <= row.judged


def test_satisfaction_equals_plain_sql_and_load_counts_what_is_open(world, many, records_as, weft_runtime):
    """R12: mean of the scores by customer, with the number of answers."""
    statement = text(
        "SELECT customer, AVG(score * 1.0) AS mean, COUNT(score) AS answers FROM service_request"
        " WHERE deleted_at IS NULL AND score IS NOT NULL GROUP BY customer"
    )
    with weft_runtime.db.read() as connection:
        wanted = {row.customer: (Decimal(str(row.mean)), row.answers) for row in connection.execute(statement)}
    with records_as("service.lead") as records:
        found = reports.ratings(records, None, None, "customer")
        assert {key: (one.mean, one.answers) for key, one in found.items()} == wanted
        load = reports.load(records)
        assert sum(one["live"] for one in load.values()) == 9 and sum(one["waiting"] for one in load.values()) == 1


def test_a_customer_is_at_risk_by_the_rule_and_it_says_why(world, many, records_as, client_as, make_record):
    with records_as("service.lead") as records:
        found = risk.of(records, [world.firm, world.rival])
        assert found[world.firm].at_risk and "2.0 of 5" in found[world.firm].why  # 2 and 2
        assert not found[world.rival].at_risk  # 5 and 1
        kind = risk.complaint_kind(records)
    card = client_as(world.rep).get(f"/employee/crm/accounts/{world.firm}").text
    assert "At risk" in card and "2.0 of 5" in card
    for number in range(2):
        make_record(REQUEST, subject=f"Complaint {number}", customer=world.rival, kind=kind)
    with records_as("service.lead") as records:
        found = risk.of(records, [world.rival])[world.rival]
        assert found.at_risk and found.complaints == 2 and "2 open complaints" in found.why


def test_reports_open_for_those_who_lead_and_their_figures_lead_to_lists(world, many, client_as):
    for who, status in (("service.lead", 200), (world.head, 200), (world.bare, 302), (None, 302)):
        for page in ("due-times", "satisfaction", "load"):
            answer = client_as(who).get(f"/employee/service/{page}?period=all")
            assert answer.status_code in ((status,) if status == 200 else (302, 303, 403, 404)), (who, page)
    lead = client_as("service.lead")
    page = lead.get("/employee/service/due-times?period=all").text
    assert "in_time=true" in page and "Due-time keeping" in page
    assert lead.get("/employee/service/due-times?period=all&format=csv").status_code == 200


def test_a_queue_by_load_gives_to_whoever_has_least(world, make_record, records_as):
    with records_as("system", write=True) as records:
        records.update("service.queue", world.queue, {"rule": "load"}, version=None)
        members = members_of(records, records.get("service.queue", world.queue))
        assert sorted(members) == sorted([world.agent, world.colleague])
    owners = [make_record(REQUEST, subject=f"R{n}", customer=world.firm)["owner"].id for n in range(4)]
    assert sorted(owners) == sorted([world.agent, world.colleague] * 2)


def test_the_queue_follows_the_country_and_the_agreement_the_customer(world, make_record, row_of, records_as):
    china = make_record("service.queue", name="Field", team=world.other, countries="CN, HK")["id"]
    row = make_record(REQUEST, subject="Pump", customer=world.rival)
    assert row["queue"].id == china and row["unit"].id == world.other and row["owner"] is None
    day = world.clock().date()
    make_record("service.agreement", name="Care", customer=world.firm, valid_from=day.isoformat(), answer_normal=2,
                solve_normal=16)  # fmt: skip
    row = make_record(REQUEST, subject="Pump", customer=world.firm)
    assert row["agreement"].title == "Care"
    assert (row["answer_due_at"] - world.clock()).total_seconds() == 2 * 3600
    with records_as(world.agent, write=True) as records:
        records.act("service.request.change_queue", row["id"], {"queue": china})
    moved = row_of(row["id"])
    assert moved["queue"].id == china and moved["unit"].id == world.other and moved["owner"] is None
