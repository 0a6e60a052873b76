"""One plugin that implements every hook; each test names its hook and shows what becomes of what it returns."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from weft.core.errors import UndoRefused
from weft.core.plugin.hookspecs import WeftHooks
from weft.core.registry.collect import DECLARING_HOOKS
from weft.core.sdk import (
    ALL,
    Action,
    ActionContext,
    ActionResult,
    CalendarSource,
    Change,
    Command,
    DemoContext,
    Denied,
    Entity,
    Extension,
    FormCheck,
    FormWarning,
    Grant,
    Home,
    HttpRoute,
    Job,
    JobContext,
    ListView,
    Mapped,
    NavEntry,
    NavGroup,
    NewEntry,
    Plugin,
    PortalSpec,
    RecordPage,
    RelationType,
    Role,
    Row,
    Setting,
    Slot,
    Subscriber,
    TraitSpec,
    ValidationFailed,
    ValueList,
    Widget,
    WriteContext,
    choices,
    field,
    hookimpl,
    own,
)
from weft.core.testing.stubs import stub_entity_type

HOOKS = sorted(name for name in vars(WeftHooks) if name.startswith("weft_"))
seen: list[Any] = []


class Boat(Entity, key="harbour.boat", label="Boat", plural="Boats", title="name", traits=["harbour.floating"]):
    """A boat."""

    name: Mapped[str] = field.text("Name", required=True, max_length=40)
    place: Mapped[str] = field.choice(
        "Place", choices(sea="At sea", dock="In the dock"), default="sea", state=True, transitions={"sea": ["dock"]}
    )


def moor(context: ActionContext, record: Row, data: dict[str, Any]) -> ActionResult:
    """Note where the boat was moored."""
    seen.append(("moor", record["place"], data["pier"]))
    return ActionResult(message="Moored.")


def sweep(context: JobContext, payload: dict[str, Any]) -> None:
    """A job."""
    seen.append(("sweep", payload))


def warn_of_names(records: Any, rows: list[dict[str, Any]], record_id: int | None) -> list[list[FormWarning]]:
    """What is said while a name is typed."""
    lost = FormWarning("Ships of that name were lost.")
    return [[lost] if "dutchman" in str(row.get("name") or "").casefold() else [] for row in rows]


def boat_made(context: JobContext, event: dict[str, Any]) -> None:
    """A receiver."""
    seen.append(("made", event))


@click.command("count")
def count() -> None:
    """Count boats."""
    click.echo("3 boats")


class HarbourPlugin(Plugin):
    """Every hook once."""

    key, title, version = "harbour", "Harbour", "1.0"

    @hookimpl
    def weft_entities(self):
        return [Boat]

    @hookimpl
    def weft_extensions(self):
        return [Extension("town.house", {"pier": field.text("Pier", max_length=10)})]

    @hookimpl
    def weft_traits(self):
        return [TraitSpec("harbour.floating", "Floating")]

    @hookimpl
    def weft_relations(self):
        return [RelationType("harbour.tows", "harbour.towed_by", "Tows", "Towed by", ("harbour.boat",),
                             ("trait:harbour.floating",), acyclic=True)]  # fmt: skip

    @hookimpl
    def weft_value_lists(self):
        return [ValueList("harbour.cargo", "Cargo", [("fish", {"en": "Fish", "zh": "鱼"})])]

    @hookimpl
    def weft_roles(self):
        return [Role("harbour.pilot", "Pilot")]

    @hookimpl
    def weft_grants(self):
        return [Grant("harbour.pilot", "harbour.boat", ALL), Grant("employee", "harbour.boat", rows=own)]

    @hookimpl
    def weft_actions(self):
        return [Action("moor", "harbour.boat", "Moor", moor, {"pier": field.text("Pier", required=True)},
                       transition=("sea", "dock"))]  # fmt: skip

    @hookimpl
    def weft_views(self):
        return [ListView("harbour.docked", "harbour.boat", "In the dock", {"place": "dock"})]

    @hookimpl
    def weft_record_pages(self):
        return [RecordPage("harbour.boat", facts=("place",))]

    @hookimpl
    def weft_slots(self):
        return [Slot("profile", "harbour/profile.html", key="harbour.profile")]

    @hookimpl
    def weft_widgets(self):
        return [Widget("harbour.at_sea", "At sea", "figures", "number", lambda view: {"value": 1})]

    @hookimpl
    def weft_homes(self):
        return [Home("harbour.pilot", ("harbour.at_sea",))]

    @hookimpl
    def weft_navigation(self):
        entry = NavEntry("harbour.boats", "harbour", "Boats", "harbour.boat")
        return [NavGroup("harbour", "Harbour", "anchor", 55), entry, NewEntry("harbour.boat", "Boat")]

    @hookimpl
    def weft_routes(self):
        return [HttpRoute("/tide", "harbour.tide", lambda view: "low tide", "role:harbour.pilot")]

    @hookimpl
    def weft_portals(self):
        return [PortalSpec("employee", "employee", "Employees")]

    @hookimpl
    def weft_settings(self):
        return [Setting("harbour.berths", field.integer("Berths", default=12))]

    @hookimpl
    def weft_jobs(self):
        return [Job("harbour.sweep", "Sweep the quay", sweep)]

    @hookimpl
    def weft_subscribers(self):
        return [Subscriber("harbour.boat.created", boat_made)]

    @hookimpl
    def weft_calendar(self):
        return [CalendarSource("harbour.arrivals", "Arrivals", "harbour.boat", "created_at", movable=False)]

    @hookimpl
    def weft_form_checks(self):
        return [FormCheck("harbour.names", "harbour.boat", ("name",), warn_of_names)]

    @hookimpl
    def weft_commands(self):
        return [Command("count", count)]

    @hookimpl(elevated=True)
    def weft_before_write(self, changes: list[Change], context: WriteContext):
        for change in changes:
            if change.entity == "harbour.boat" and change.after("name") == "Titanic":
                raise ValidationFailed.single("name", "unlucky", "This name brings bad luck.")
            if change.entity == "harbour.boat" and change.changed("name"):
                change.values["name"] = change.values["name"].strip().title()
                seen.append(context.system("count boats").query("harbour.boat", count="exact").count.value)

    @hookimpl(elevated=True)
    def weft_before_undo(self, changes: list[Change], context: WriteContext):
        boats = {one["id"] for one in context.system("look").query("harbour.boat", filters={"place": "dock"}).rows}
        for change in changes:
            seen.append(("undo", change.operation, change.after("name"), context.operation))
            if change.entity == "harbour.boat" and change.record_id in boats and change.changed("name"):
                raise ValidationFailed.single("name", "docked", "In the dock it keeps its name.")

    @hookimpl
    def weft_demo(self, context: DemoContext):
        seen.append(("demo", context.size))


@pytest.fixture(autouse=True)
def _forget() -> None:
    seen.clear()


@pytest.fixture
def weft_plugins() -> list[type[Plugin]]:
    return [HarbourPlugin, stub_entity_type("town.house")]


@pytest.fixture
def registry(weft_runtime: Any) -> Any:
    return weft_runtime.registry


def test_weft_entities(make_record: Callable[..., Any]) -> None:
    assert make_record("harbour.boat", name="Alba")["type"] == "harbour.boat"


def test_weft_extensions(make_record: Callable[..., Any], records_as: Callable[..., Any]) -> None:
    house = make_record("town.house", name="Mill", harbour_pier="7")
    with records_as("employee") as records:
        assert records.query("town.house", filters={"harbour_pier": "7"}).rows[0]["id"] == house["id"]
        assert not records.query("town.house", filters={"harbour_pier": "8"}).rows


def test_weft_traits(registry: Any) -> None:
    assert [entity.key for entity in registry.with_trait("harbour.floating")] == ["harbour.boat"]


def test_weft_relations(make_record: Callable[..., Any], link: Callable[..., Any]) -> None:
    one, two = make_record("harbour.boat", name="One"), make_record("harbour.boat", name="Two")
    link("harbour.tows", one, two)
    with pytest.raises(ValidationFailed):
        link("harbour.tows", two, one)


def test_weft_value_lists(weft_runtime: Any, records_as: Callable[..., Any]) -> None:
    from weft.core.ops.value_lists import install_defaults

    assert install_defaults(weft_runtime) == ["harbour.cargo"]
    assert install_defaults(weft_runtime) == [], "the company may delete a value: it must not come back"
    with records_as("employee") as records:
        (value,) = records.query("core.value", filters={"list_key": "harbour.cargo"}).rows
    assert (value["label_en"], value["label_zh"]) == ("Fish", "鱼")


def test_weft_roles(weft_cast: Any) -> None:
    assert weft_cast.principal("harbour.pilot").roles == {"harbour.pilot", "employee"}


def test_weft_grants(make_record: Callable[..., Any], records_as: Callable[..., Any], weft_cast: Any) -> None:
    make_record("harbour.boat", name="Theirs")
    mine = make_record("harbour.boat", name="Mine", owner=weft_cast.user_of("employee"))
    with records_as("employee") as records:
        assert [row["id"] for row in records.query("harbour.boat").rows] == [mine["id"]]
    with records_as("harbour.pilot") as records:
        assert len(records.query("harbour.boat").rows) == 2


def test_weft_actions(make_record: Callable[..., Any], records_as: Callable[..., Any]) -> None:
    boat = make_record("harbour.boat", name="Alba")
    with records_as("harbour.pilot", write=True) as records:
        records.act("harbour.boat.moor", boat["id"], {"pier": "3"})
    assert seen[-1] == ("moor", "dock", "3")
    with records_as("harbour.pilot") as records:
        assert records.get("harbour.boat", boat["id"])["place"] == "dock"


def test_weft_views(client_as: Callable[..., Any]) -> None:
    assert "In the dock" in client_as("harbour.pilot").get("/employee/harbour/boats/").get_data(as_text=True)


def test_weft_record_pages(registry: Any, client_as: Callable[..., Any], make_record: Callable[..., Any]) -> None:
    boat = make_record("harbour.boat", name="Alba")
    page = client_as("harbour.pilot").get(f"/employee/harbour/boats/{boat['id']}").get_data(as_text=True)
    assert registry.record_pages["harbour.boat"].facts == ("place",)
    assert "At sea" in page


def test_weft_slots(registry: Any) -> None:
    assert [slot.key for slot in registry.slots] == ["harbour.profile"]


def test_weft_widgets_and_weft_homes(client_as: Callable[..., Any]) -> None:
    assert "At sea" in client_as("harbour.pilot").get("/employee/").get_data(as_text=True)


def test_weft_homes(registry: Any) -> None:
    assert [home.widgets for home in registry.homes if home.role == "harbour.pilot"] == [("harbour.at_sea",)]


def test_weft_navigation(client_as: Callable[..., Any]) -> None:
    page = client_as("harbour.pilot").get("/employee/").get_data(as_text=True)
    assert 'href="/employee/harbour/boats/"' in page


def test_weft_routes(client_as: Callable[..., Any]) -> None:
    assert client_as("harbour.pilot").get("/employee/harbour/tide").get_data(as_text=True) == "low tide"
    assert client_as("employee").get("/employee/harbour/tide").status_code in (403, 404)
    assert client_as(None).get("/employee/harbour/tide").status_code in (302, 303, 401)


def test_weft_portals(registry: Any) -> None:
    assert registry.portals["employee"].audience == "employee"


def test_weft_settings(registry: Any) -> None:
    assert registry.settings["harbour.berths"].field.default_value() == 12


def test_weft_jobs(weft_runtime: Any, records_as: Callable[..., Any]) -> None:
    from weft.core.outbox.worker import Worker

    with records_as("system", write=True) as records:
        records.enqueue("harbour.sweep", {"quay": 4})
    Worker(weft_runtime).run_due()
    assert ("sweep", {"quay": 4}) in seen


def test_weft_subscribers(weft_runtime: Any, make_record: Callable[..., Any]) -> None:
    from weft.core.outbox.worker import Worker

    boat = make_record("harbour.boat", name="Alba")
    Worker(weft_runtime).run_due()
    (event,) = [one[1] for one in seen if isinstance(one, tuple) and one[0] == "made"]
    assert event["record"] == boat["id"]


def test_weft_calendar(client_as: Callable[..., Any], records_as: Callable[..., Any], weft_cast: Any) -> None:
    pilot = weft_cast.user("harbour.pilot")
    with records_as(pilot, write=True) as records:
        records.create("harbour.boat", {"name": "Alba"})
    assert "Alba" in client_as(pilot).get("/employee/calendar/").get_data(as_text=True)


def test_weft_form_checks(client_as: Callable[..., Any]) -> None:
    answer = client_as("harbour.pilot").post("/employee/harbour/boats/check", data={"name": "Flying Dutchman"})
    assert "Ships of that name were lost." in answer.get_data(as_text=True)


def test_weft_commands(registry: Any) -> None:
    from click.testing import CliRunner

    assert CliRunner().invoke(registry.commands["harbour.count"].command).output == "3 boats\n"


def test_weft_before_write(make_record: Callable[..., Any], records_as: Callable[..., Any]) -> None:
    assert make_record("harbour.boat", name=" alba ")["name"] == "Alba"
    assert seen == [0], "the elevated look at the database happened before the boat was written"
    with pytest.raises(ValidationFailed, match="bad luck"):
        make_record("harbour.boat", name="Titanic")
    with records_as("system") as records:
        assert [row["name"] for row in records.query("harbour.boat").rows] == ["Alba"]


def test_weft_before_write_is_not_elevated_unless_it_says_so(weft_boot: Callable[..., Any]) -> None:
    from weft.core.testing.people import Cast

    class Nosy(Plugin):
        key, title = "nosy", "Nosy"

        @hookimpl
        def weft_before_write(self, changes: Any, context: WriteContext) -> None:
            context.system("just looking")

    cast = Cast(weft_boot(Nosy, stub_entity_type("town.house")))
    with pytest.raises(RuntimeError, match="elevated=True"), cast.records("system", write=True) as records:
        records.create("town.house", {"name": "Mill"})


def test_weft_before_write_may_deny(weft_boot: Callable[..., Any]) -> None:
    from weft.core.testing.people import Cast

    class Closed(Plugin):
        key, title = "closed", "Closed"

        @hookimpl
        def weft_before_write(self, context: WriteContext) -> None:
            raise Denied("The books are closed.")

    cast = Cast(weft_boot(Closed, stub_entity_type("town.house")))
    with pytest.raises(Denied, match="books are closed"), cast.records("system", write=True) as records:
        records.create("town.house", {"name": "Mill"})
    with cast.records("system") as records:
        assert records.query("town.house").rows == []


def test_weft_before_undo(make_record: Callable[..., Any], records_as: Callable[..., Any]) -> None:
    """What would be written is shown before anything is; a refusal reaches whoever undoes as the plugin says it."""

    def renamed(boat: int, name: str) -> int:
        with records_as("system", write=True) as records:
            records.update("harbour.boat", boat, {"name": name}, version=None)
            return int(records.change_set_id)

    boat = make_record("harbour.boat", name="Alba")["id"]
    change = renamed(boat, "Berta")
    seen.clear()
    with records_as("system", write=True) as records:
        records.undo(change)
    assert seen == [("undo", "update", "Alba", "undo")]
    change = renamed(boat, "Carla")
    with records_as("system", write=True) as records:
        records.act("harbour.boat.moor", boat, {"pier": "3"})
    with (
        pytest.raises(UndoRefused, match=r"In the dock it keeps its name\."),
        records_as("system", write=True) as records,
    ):
        records.undo(change)
    with records_as("system") as records:
        assert records.get("harbour.boat", boat)["name"] == "Carla"


def test_weft_demo(weft_runtime: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from weft.core.ops.demo import make_demo

    monkeypatch.setenv("WEFT_DEMO_PASSWORD", "seven brown otters swim")
    assert make_demo(weft_runtime) == "seven brown otters swim"
    assert ("demo", "small") in seen


# ---- the catalogue of hooks itself


def test_this_plugin_implements_every_hook() -> None:
    assert [name for name in HOOKS if not hasattr(HarbourPlugin, name)] == []
    assert set(HOOKS) == set(DECLARING_HOOKS) | {"weft_before_write", "weft_before_undo", "weft_demo"}


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_has_a_test_that_names_it(hook: str) -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    assert re.search(rf"^def test_{hook}(\w*)\(", source, re.MULTILINE)


def test_there_are_few_hooks_with_few_arguments() -> None:
    import inspect

    assert len(HOOKS) <= 30
    for name in HOOKS:
        assert len(inspect.signature(getattr(WeftHooks, name)).parameters) - 1 <= 4
