"""The fixtures that plugin authors build on do what they promise."""

from __future__ import annotations

import socket
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text

from weft.core.db.tables import record
from weft.core.errors import Denied, NotFound
from weft.core.plugin.base import Plugin, hookimpl
from weft.core.registry.access import ALL, READ, Grant, Role
from weft.core.testing.guards import NetworkRefused
from weft.core.testing.stubs import stub_entity_type as stub


@pytest.fixture
def weft_plugins() -> list[type[Plugin]]:
    thing = stub("kit.thing", grants=[Grant("employee", "kit.thing", READ), Grant("core.admin", "kit.thing", ALL)])
    return [thing]


@pytest.mark.both_databases
class TestDatabases:
    def test_runtime_is_of_the_dialect(self, weft_runtime, weft_dialect):
        assert weft_runtime.db.dialect == weft_dialect
        assert list(weft_runtime.plugins.active) == ["kit"]

    @pytest.mark.parametrize("turn", [1, 2])
    def test_each_test_starts_empty_although_tests_commit(self, weft_runtime, make_record, turn):
        with weft_runtime.db.read() as connection:
            assert connection.execute(select(record.c.id)).all() == []
        make_record("kit.thing", name=f"turn {turn}")
        with weft_runtime.db.read() as connection:
            assert connection.execute(select(record.c.title)).scalars().all() == [f"turn {turn}"]

    def test_two_installations_at_once_share_nothing(self, weft_runtime, weft_boot, weft_plugins):
        other = weft_boot(*weft_plugins)
        assert other.db.engine.url != weft_runtime.db.engine.url


def test_records_as_a_role_has_that_roles_rights(make_record, records_as):
    row = make_record("kit.thing", name="lamp")
    with records_as("employee") as records:
        assert records.get("kit.thing", row["id"])["title"] == "lamp"
    with records_as("employee", write=True) as records, pytest.raises(Denied):
        records.update("kit.thing", row["id"], {"name": "torch"}, version=row["version"])
    with records_as("core.admin", write=True) as records:
        records.update("kit.thing", row["id"], {"name": "torch"}, version=row["version"])
    with records_as("customer") as records, pytest.raises(NotFound):
        records.get("kit.thing", row["id"])


def test_one_user_per_role_and_more_on_request(weft_cast):
    assert weft_cast.user_of("employee") == weft_cast.user_of("employee")
    assert weft_cast.user("employee") != weft_cast.user_of("employee")


def test_units_and_anchors_reach_the_principal(weft_cast, make_record):
    top = weft_cast.unit("Company")
    below = weft_cast.unit("Sales", parent=top)
    row = make_record("kit.thing", name="own company")
    principal = weft_cast.principal(weft_cast.user("employee", units=[top], anchors=[row["id"]]))
    assert principal.units == (top,)
    assert set(principal.unit_tree) == {top, below}
    assert principal.anchors == (row["id"],)


def test_events_are_captured_from_committed_writes_only(make_record, records_as, captured_events):
    row = make_record("kit.thing", name="lamp")
    with pytest.raises(RuntimeError, match="on purpose"), records_as("system", write=True) as records:
        records.create("kit.thing", {"name": "never"})
        raise RuntimeError("on purpose")
    created = captured_events.of("kit.thing.created")
    assert [payload["record"] for payload in created] == [row["id"]]


def test_the_clock_moves_and_writes_show_it(moved_clock, make_record):
    moved_clock.set(datetime(2027, 2, 28, 23, 0, tzinfo=UTC))
    assert moved_clock.move(hours=2) == datetime(2027, 3, 1, 1, 0, tzinfo=UTC)
    assert make_record("kit.thing", name="late")["created_at"] == datetime(2027, 3, 1, 1, 0, tzinfo=UTC)


def test_statements_are_counted_and_too_many_fail(weft_runtime, query_count):
    with weft_runtime.db.read() as connection:
        with query_count() as counted:
            connection.execute(text("SELECT 1"))
            connection.execute(text("SELECT 2"))
        assert counted.number == 2
        assert counted.matching("select 2") == ["SELECT 2"]
        with pytest.raises(AssertionError, match=r"2 statements.*\n1\. SELECT 1"), query_count(at_most=1):
            connection.execute(text("SELECT 1"))
            connection.execute(text("SELECT 2"))


def test_other_machines_cannot_be_reached():
    with socket.socket() as connection, pytest.raises(NetworkRefused):
        connection.connect(("192.0.2.1", 80))
    with pytest.raises(NetworkRefused):
        socket.getaddrinfo("weft.example", 443)
    assert socket.getaddrinfo("127.0.0.1", 80)


def test_stand_ins_of_one_plugin_are_joined_and_the_real_one_is_not_touched(weft_boot, stub_entity_type):
    first = weft_boot(stub_entity_type("crm.account", traits=["core.organization"]), stub_entity_type("crm.contact"))
    assert {"crm.account", "crm.contact"} <= set(first.registry.entities)
    assert [entity.key for entity in first.registry.with_trait("core.organization")] == ["crm.account"]
    second = weft_boot(stub_entity_type("crm.account"))
    assert "crm.contact" not in second.registry.entities


def test_a_plugin_may_grant_to_its_own_roles(weft_boot, stub_entity_type):
    class Shop(Plugin):
        key, title = "kit_shop", "Shop"

        @hookimpl
        def weft_roles(self):
            return [Role("kit_shop.keeper", "Keeper")]

    runtime = weft_boot(Shop, stub_entity_type("kit.thing"))
    assert "kit_shop.keeper" in runtime.registry.roles
