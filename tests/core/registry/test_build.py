"""What the registry makes of declarations, and the sentence an author gets when one cannot work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import click
import pytest

from weft.core.db import field
from weft.core.db.entity import Entity
from weft.core.db.fields import choices, trait
from weft.core.plugin.base import Plugin, hookimpl
from weft.core.plugin.loader import LoadedPlugins, load
from weft.core.registry.access import ALL, READ, Grant, Role, own, path, rev, tree, via, where
from weft.core.registry.background import Command, Job, Subscriber
from weft.core.registry.build import build
from weft.core.registry.declarations import (
    Action,
    Extension,
    Home,
    HttpRoute,
    ListView,
    NavEntry,
    NavGroup,
    NewEntry,
    PortalSpec,
    RecordPage,
    RelationType,
    Setting,
    Slot,
    TraitSpec,
    ValueList,
    Widget,
)
from weft.core.registry.model import Registry
from weft.core.testing.stubs import declared_apart, stub_entity_type

STATUS = choices(new="New", done="Done")


def entity(key: str, fields: dict[str, Any] | None = None, **keywords: Any) -> type[Entity]:
    """An entity class of its own tables, so that each test may declare what it likes."""
    attributes = {"__module__": __name__, "name": field.text("Name"), **(fields or {})}
    with declared_apart(key.partition(".")[0]):
        return type(Entity)("Thing", (Entity,), attributes, key=key, label="Thing", **keywords)


def plugin(key: str, /, *, requires: tuple[str, ...] = (), **hooks: Any) -> type[Plugin]:
    """A plugin whose hooks return what is given: ``plugin("fleet", entities=[...])``."""
    body: dict[str, Any] = {"key": key, "title": key.capitalize(), "requires": requires, "__module__": __name__}
    for noun, items in hooks.items():
        body[f"weft_{noun}"] = _hook(items)
    return type(f"Plugin_{key}", (Plugin,), body)


def _hook(items: Any) -> Callable[..., Any]:
    @hookimpl
    def implementation(self: Plugin) -> Any:
        return items() if callable(items) else items

    return implementation


def built(*plugins: type[Plugin]) -> tuple[Registry, LoadedPlugins]:
    loaded = load(classes=plugins)
    return build(loaded), loaded


def reason(*plugins: type[Plugin], key: str = "demo") -> str:
    """Why a plugin was refused; the test fails when it was not."""
    _registry, loaded = built(*plugins)
    assert key in loaded.quarantined, "the plugin was accepted"
    return loaded.quarantined[key].reason


THING = "demo.thing"


def demo(fields: dict[str, Any] | None = None, **hooks: Any) -> type[Plugin]:
    """A plugin ``demo`` with the entity ``demo.thing`` and further hooks."""
    return plugin("demo", entities=[entity(THING, fields)], **hooks)


# ---- what comes out


def test_without_plugins_there_are_values_free_links_base_roles_and_menu_groups() -> None:
    registry, _ = built()
    assert set(registry.roles) == {
        "employee",
        "customer",
        "supplier",
        "distributor",
        "core.admin",
        "core.explain",
        "core.rates",
        "core.view_as",
    }
    assert registry.relation("core.linked_from") == (registry.relations["core.linked"], True)
    assert list(registry.relations["core.linked"].attributes) == ["label"]
    assert list(registry.nav_groups) == [
        "work", "customers", "partners", "trade", "service", "projects", "documents", "people", "money", "reports",
        "values", "settings",
    ]  # fmt: skip
    assert {grant.role for grant in registry.grants_on("core.value")} == {"employee", "core.admin"}


def test_a_reference_field_becomes_a_relation_from_its_entity_to_its_targets() -> None:
    owner = field.reference("Owner", to=["demo.thing", trait("core.person")], relation="demo.owned_by",
                            inverse=("demo.owns", "Owns"), on_delete="detach")  # fmt: skip
    registry, _ = built(demo({"owner_thing": owner}))
    relation = registry.relations["demo.owned_by"]
    assert (relation.source, relation.target) == (("demo.thing",), ("demo.thing", "trait:core.person"))
    assert (relation.field, relation.cardinality, relation.on_delete) == ("owner_thing", "many_to_one", "detach")
    assert (relation.label, relation.inverse_label) == ("Owner", "Owns")
    assert registry.relation("demo.owns") == (relation, True)


def test_extension_fields_stand_beside_own_ones_under_the_contributors_name() -> None:
    guest = plugin("guest", extensions=[Extension(THING, {"colour": field.text("Colour", index=True)})])
    registry, _ = built(demo(), guest)
    thing = registry.entity(THING)
    assert list(thing.fields) == ["name", "guest_colour"]
    assert thing.fields["guest_colour"].extension_of == "guest"
    assert thing.column("guest_colour").table.name == "guest_x_demo_thing"
    assert thing.column("name").table is thing.table


def test_an_extension_waits_for_its_entity() -> None:
    registry, loaded = built(plugin("guest", extensions=[Extension("crm.account", {"colour": field.text("Colour")})]))
    assert "guest" in loaded.active
    assert any("crm.account" in line for line in registry.dormant)


def test_actions_stand_on_their_entity_in_their_order() -> None:
    actions = [Action("shut", THING, "Shut", _do, order=20), Action("open", THING, "Open", _do, order=10)]
    registry, _ = built(demo(actions=actions))
    assert list(registry.entity(THING).actions) == ["open", "shut"]
    assert registry.actions["demo.thing.open"].label == "Open"


def test_declared_fields_of_actions_relations_and_settings_know_their_names() -> None:
    reason_field = {"reason": field.text("Reason")}
    registry, _ = built(
        demo(
            actions=[Action("shut", THING, "Shut", _do, fields=reason_field)],
            relations=[RelationType("demo.near", "demo.far", "Near", "Far", attributes=reason_field)],
            settings=[Setting("demo.limit", field.integer("Limit"))],
        )
    )
    assert registry.actions["demo.thing.shut"].fields["reason"].name == "reason"
    assert registry.relations["demo.near"].attributes["reason"].name == "reason"
    assert registry.settings["demo.limit"].field.name == "limit"


def test_nothing_visible_depends_on_the_order_of_plugins() -> None:
    first = plugin("one", navigation=[NavGroup("alpha", "Alpha", "box", 60), NavGroup("beta", "Beta", "box", 60)])
    second = plugin("two", navigation=[NavGroup("gamma", "Gamma", "box", 55)])
    forwards, _ = built(first, second)
    backwards, _ = built(second, first)
    assert list(forwards.nav_groups) == list(backwards.nav_groups)
    assert list(forwards.nav_groups)[5:9] == ["gamma", "alpha", "beta", "projects"] or "gamma" in forwards.nav_groups
    assert list(forwards.nav_groups).index("gamma") < list(forwards.nav_groups).index("alpha")


def test_a_plugin_without_a_place_in_the_menu_gets_a_group_of_its_own() -> None:
    registry, _ = built(demo())
    assert registry.nav_groups["demo"].label == "Demo"
    assert [entry.entity for entry in registry.nav_entries.values() if entry.group == "demo"] == [THING]
    assert [entry.entity for entry in registry.new_entries] == [THING]


def test_a_plugin_that_places_itself_gets_no_group() -> None:
    registry, _ = built(demo(navigation=[NavEntry("demo.all", "work", "Things", entity=THING)]))
    assert "demo" not in registry.nav_groups
    assert list(registry.nav_entries) == ["demo.all"]
    assert registry.new_entries == ()


def test_internal_grants_cover_all_rows_unless_they_say_otherwise() -> None:
    registry, _ = built(demo(grants=[Grant("employee", THING, ALL)]))
    (grant,) = registry.grants_on(THING)
    assert type(grant.rows).__name__ == "AllRows"
    assert grant.plugin == "demo"


def test_outside_audiences_read_values_of_the_lists_that_name_them_only() -> None:
    lists = [ValueList("demo.open", "Open", audiences=("employee", "supplier")), ValueList("demo.inner", "Inner")]
    registry, _ = built(demo(value_lists=lists))
    outside = {
        grant.role: grant for grant in registry.grants_on("core.value") if grant.role not in ("core.admin", "employee")
    }
    assert list(outside) == ["supplier"]
    assert outside["supplier"].rows.scopes[0].filters == {"list_key__in": ("demo.open",)}
    assert outside["supplier"].fields == {"code", "label_en", "label_zh"}


def test_steps_are_brought_into_one_form() -> None:
    near = RelationType("demo.near", "demo.far", "Near", "Far", source=(THING,), target=(THING,), acyclic=True)
    rows = path("demo.far", rev("demo.far"), tree("demo.near"))
    registry, _ = built(demo(relations=[near], grants=[Grant("employee", THING, READ, rows=rows)]))
    steps = registry.grants_on(THING)[0].rows.steps
    assert [(step.relation, step.reverse, step.descend) for step in steps] == [
        ("demo.near", True, False), ("demo.near", False, False), ("demo.near", False, True),
    ]  # fmt: skip


def test_the_registry_is_frozen() -> None:
    registry, _ = built(demo())
    with pytest.raises(TypeError):
        registry.entities["demo.other"] = registry.entity(THING)  # type: ignore[index]
    with pytest.raises(TypeError, match="frozen"):
        registry.entities = {}
    with pytest.raises(AttributeError):
        registry.grants.append(None)  # type: ignore[attr-defined]


# ---- dormant: what belongs to plugins that are not there


def test_what_belongs_to_absent_plugins_waits_without_an_error() -> None:
    absent = field.reference("Driver", to="hrm.employee", relation="demo.driven_by", inverse=("demo.drives", "Drives"))
    registry, loaded = built(
        demo(
            {"driver": absent},
            grants=[
                Grant("hrm.officer", THING, READ),
                Grant("employee", THING, READ, rows=path("hrm.reports_to") | own),
                Grant("customer", THING, READ, rows=path("demo.driven_by"), fields={"name"}),
            ],
            views=[ListView("demo.view", "crm.account", "Accounts")],
            homes=[Home("hrm.officer", ("demo.tile",)), Home("employee", ("hrm.away_today",))],
            navigation=[NavEntry("demo.all", "work", "Things", entity=THING), NewEntry("crm.account", "Account")],
        )
    )
    assert "demo" in loaded.active, loaded.quarantined
    grants = registry.grants_on(THING)
    assert [(grant.role, type(grant.rows).__name__) for grant in grants] == [("employee", "Own")]
    assert not registry.views
    assert [home.widgets for home in registry.homes] == [()]
    assert registry.new_entries == ()
    assert sum("hrm" in line for line in registry.dormant) >= 4


def test_a_key_of_an_installed_plugin_that_is_not_there_is_an_error() -> None:
    other = plugin("hrm", entities=[entity("hrm.employee")])
    wrong = demo({"driver": field.reference("Driver", to="hrm.employe", relation="demo.driven_by",
                                            inverse=("demo.drives", "Drives"))})  # fmt: skip
    text = reason(wrong, other)
    assert "hrm.employe" in text
    assert "did you mean hrm.employee" in text


# ---- what is refused, and how


def _do(context: object, record: object, data: object) -> None: ...


def _reference(**keywords: Any) -> Any:
    named = {"to": THING, "relation": "demo.owned_by", "inverse": ("demo.owns", "Owns"), **keywords}
    return field.reference("Owner", **named)


def _state(**keywords: Any) -> Any:
    return field.choice("Status", STATUS, state=True, **keywords)


NEAR = RelationType("demo.near", "demo.far", "Near", "Far", source=(THING,), target=(THING,))
CASES: dict[str, tuple[Callable[[], type[Plugin]], str]] = {
    "entity of another key": (lambda: plugin("demo", entities=[entity("other.thing")]), "other.thing"),
    "two entities with one address": (
        lambda: plugin("demo", entities=[entity("demo.box"), entity("demo.crate", slug="boxes")]), "slug=",
    ),
    "relation of another key": (lambda: demo({"x": _reference(relation="crm.owned_by")}), "crm.owned_by"),
    "relation declared twice": (
        lambda: demo({"x": _reference(), "y": _reference(inverse=("demo.owns2", "Owns too"))}), "declared twice",
    ),
    "relation with equal labels": (lambda: demo({"x": _reference(inverse=("demo.owns", "Owner"))}), "tell them apart"),
    "relation with one name": (
        lambda: demo(relations=[RelationType("demo.near", "demo.near", "Near", "Far")]), "symmetric=True",
    ),
    "relation without a label": (
        lambda: demo(relations=[RelationType("demo.near", "demo.far", "Near", "")]), "lacks the label",
    ),
    "unknown cardinality": (
        lambda: demo(relations=[RelationType("demo.near", "demo.far", "N", "F", cardinality="few")]), "many_to_one",
    ),
    "unknown trait": (lambda: demo({"x": _reference(to=trait("core.ghost"))}), "core.ghost"),
    "unknown value list": (
        lambda: demo({"x": field.value("X", list="demo.none", relation="demo.x", inverse=("demo.xs", "Of"))}),
        "demo.none",
    ),
    "required but detached": (lambda: demo({"x": _reference(required=True, on_delete="detach")}), "cannot be emptied"),
    "transition to an unknown value": (lambda: demo({"s": _state(transitions={"new": ["gone"]})}), "gone"),
    "default that is no value": (lambda: demo({"s": field.choice("S", STATUS, default="old")}), "'old'"),
    "transitions without state": (
        lambda: demo({"s": field.choice("S", STATUS, transitions={"new": ["done"]})}), "state=True",
    ),
    "action on another's entity": (lambda: demo(actions=[Action("x", "crm.account", "X", _do)]), "another plugin"),
    "action that does nothing": (lambda: demo(actions=[Action("x", THING, "X")]), "does nothing"),
    "action in an unknown state": (
        lambda: demo({"s": _state()}, actions=[Action("x", THING, "X", _do, states=("gone",))]), "gone",
    ),
    "action with states but no state": (
        lambda: demo(actions=[Action("x", THING, "X", transition=("*", "done"))]), "no state",
    ),
    "role of another key": (lambda: demo(roles=[Role("crm.rep", "Rep")]), "demo.rep"),
    "role of no audience": (lambda: demo(roles=[Role("demo.rep", "Rep", audience="guest")]), "audience"),
    "role that includes itself": (
        lambda: demo(roles=[Role("demo.a", "A", includes=("demo.b",)), Role("demo.b", "B", includes=("demo.a",))]),
        "includes itself",
    ),
    "inside role with an outside one": (
        lambda: demo(roles=[Role("demo.a", "A", includes=("demo.b",)), Role("demo.b", "B", audience="customer")]),
        "exclude each other",
    ),
    "grant on another's entity": (lambda: demo(grants=[Grant("employee", "crm.account")]), "another plugin"),
    "grant to a misspelt audience": (lambda: demo(grants=[Grant("emploee", THING)]), "employee"),
    "grant of an unknown operation": (lambda: demo(grants=[Grant("employee", THING, {"reed"})]), "reed"),
    "grant on an unknown field": (lambda: demo(grants=[Grant("employee", THING, fields={"nam"})]), "'nam'"),
    "outside grant without rows": (lambda: demo(grants=[Grant("customer", THING, fields={"name"})]), "rows="),
    "outside grant without fields": (lambda: demo(grants=[Grant("customer", THING, rows=own)]), "fields="),
    "where on an unknown field": (
        lambda: demo(grants=[Grant("employee", THING, rows=where(colour="red"))]), "colour",
    ),
    "path over an unknown relation": (
        lambda: demo(grants=[Grant("employee", THING, rows=path("demo.nowhere"))]), "demo.nowhere",
    ),
    "path that does not chain": (
        lambda: demo(
            relations=[NEAR, RelationType("demo.of", "demo.has", "Of", "Has", source=("core.value",), target=("*",))],
            grants=[Grant("employee", THING, rows=path("demo.near", "demo.of"))],
        ),
        "step 2",
    ),
    "path that is too long": (
        lambda: demo(relations=[NEAR], grants=[Grant("employee", THING, rows=path(*["demo.near"] * 5))]), "at most 4",
    ),
    "too many paths": (
        lambda: demo(relations=[NEAR], grants=[Grant("employee", THING, rows=_many(9))]), "at most 8",
    ),
    "tree over a relation with circles": (
        lambda: demo(relations=[NEAR], grants=[Grant("employee", THING, rows=path(tree("demo.near")))]), "acyclic=True",
    ),
    "via a field that is no reference": (
        lambda: demo(grants=[Grant("employee", THING, rows=via("name"))]), "no reference field",
    ),
    "via in a circle": (lambda: demo({"x": _reference()}, grants=[Grant("employee", THING, rows=via("x"))]), "circle"),
    "view with an unknown column": (
        lambda: demo(views=[ListView("demo.v", THING, "V", columns=("nam",))]), "'nam'",
    ),
    "view with an unknown filter": (
        lambda: demo(views=[ListView("demo.v", THING, "V", filters={"colour__in": "red"})]), "'colour'",
    ),
    "page with an unknown fact": (lambda: demo(record_pages=[RecordPage(THING, facts=("nam",))]), "'nam'"),
    "tile in no band": (lambda: demo(widgets=[Widget("demo.t", "T", "middle", "list", _do)]), "band"),
    "tile of no kind": (lambda: demo(widgets=[Widget("demo.t", "T", "new", "gauge", _do)]), "kind"),
    "home with an unknown tile": (lambda: demo(homes=[Home("employee", ("demo.none",))]), "demo.none"),
    "long menu label": (
        lambda: demo(navigation=[NavEntry("demo.n", "work", "A label of far too many letters", entity=THING)]), "24",
    ),
    "menu entry that leads nowhere": (lambda: demo(navigation=[NavEntry("demo.n", "work", "N")]), "nowhere"),
    "menu entry in no group": (
        lambda: demo(navigation=[NavEntry("demo.n", "wrok", "N", entity=THING)]), "did you mean work",
    ),
    "menu entry to a page that is not there": (
        lambda: demo(navigation=[NavEntry("demo.n", "work", "N", endpoint="demo.page")]), "HttpRoute",
    ),
    "page without a policy": (lambda: demo(routes=[HttpRoute("/x", "demo.x", _do, "")]), "no policy"),
    "page with an unknown policy": (lambda: demo(routes=[HttpRoute("/x", "demo.x", _do, "everybody")]), "everybody"),
    "page for an unknown role": (lambda: demo(routes=[HttpRoute("/x", "demo.x", _do, "role:demo.none")]), "demo.none"),
    "page with a relative rule": (lambda: demo(routes=[HttpRoute("x", "demo.x", _do, "signed_in")]), "relative"),
    "page of another name": (lambda: demo(routes=[HttpRoute("/x", "crm.x", _do, "signed_in")]), "demo.x"),
    "page with an unknown method": (
        lambda: demo(routes=[HttpRoute("/x", "demo.x", _do, "signed_in", methods=("FETCH",))]), "FETCH",
    ),
    "slot on an unknown entity": (lambda: demo(slots=[Slot("profile", "demo/x.html", entity="demo.no")]), "demo.no"),
    "job with two schedules": (
        lambda: demo(jobs=[Job("demo.j", "J", _do, every=timedelta(hours=1), at="03:00")]), "both",
    ),
    "job at no time of day": (lambda: demo(jobs=[Job("demo.j", "J", _do, at="25:00")]), "HH:MM"),
    "two receivers of one key": (lambda: demo(subscribers=[Subscriber("a.b", _do), Subscriber("a.c", _do)]), "key="),
    "receiver of no event": (lambda: demo(subscribers=[Subscriber("Not an event", _do)]), "no event"),
    "portal for nobody": (lambda: demo(portals=[PortalSpec("x", "guest", "X")]), "audience"),
    "command that is none": (lambda: demo(commands=[Command("x", _do)]), "@click.command"),
    "extension of one's own entity": (
        lambda: demo(extensions=[Extension(THING, {"colour": field.text("Colour")})]), "entity's class",
    ),
    "extension field that is required": (
        lambda: demo(extensions=[Extension("core.value", {"c": field.text("C", required=True)})]), "weft_before_write",
    ),
    "a hook that returns the wrong things": (lambda: demo(roles=[Grant("employee", THING)]), "list of Role"),
    "a hook that returns no list": (lambda: demo(traits={"demo.t": "T"}), "list of TraitSpec"),
    "a hook that raises": (lambda: demo(traits=lambda: 1 / 0), "ZeroDivisionError"),
    "a trait of another key": (lambda: demo(traits=[TraitSpec("finance.costable", "Costable")]), "demo.costable"),
}  # fmt: skip


def _many(number: int) -> Any:
    rows = path("demo.near")
    for _ in range(number - 1):
        rows = rows | path("demo.near")
    return rows


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_declaration_is_refused_with_a_sentence_that_helps(case: str) -> None:
    make, part = CASES[case]
    healthy = stub_entity_type("calm.thing")
    registry, loaded = built(make(), healthy)
    assert "demo" in loaded.quarantined, "it was accepted"
    assert part in loaded.quarantined["demo"].reason
    assert "calm.thing" in registry.entities, "the rest must start"
    assert not [key for key in registry.entities if key.startswith(("demo.", "other."))]


def test_a_duplicate_key_names_both_plugins() -> None:
    groups = [NavGroup("things", "Things", "box")]
    text = reason(plugin("alpha", navigation=groups), plugin("demo", navigation=groups))
    assert "alpha" in text
    assert "demo" in text


def test_dependents_go_with_a_plugin_that_fails_its_checks() -> None:
    broken = demo(grants=[Grant("employee", "crm.account")])
    registry, loaded = built(broken, plugin("upper", requires=("demo",), traits=[TraitSpec("upper.t", "T")]))
    assert set(loaded.quarantined) == {"demo", "upper"}
    assert "upper.t" not in registry.traits


def test_a_hook_that_hangs_does_not_hang_the_start() -> None:
    import threading

    released = threading.Event()
    loaded = load(classes=[demo(traits=lambda: released.wait(20) and []), stub_entity_type("calm.thing")])
    registry = build(loaded, deadline=0.2)
    released.set()
    assert "0.2 seconds" in loaded.quarantined["demo"].reason
    assert "calm.thing" in registry.entities


def test_commands_of_plugins_are_kept_by_their_full_name() -> None:
    @click.command("count")
    def count() -> None:
        """Count."""

    registry, _ = built(demo(commands=[Command("count", count)]))
    assert registry.commands["demo.count"].command is count


def test_hooks_are_called_once_even_when_another_plugin_is_dropped() -> None:
    calls: list[int] = []
    counted = plugin("counted", traits=lambda: calls.append(1) or [])
    built(counted, demo(grants=[Grant("employee", "crm.account")]))
    assert calls == [1]
