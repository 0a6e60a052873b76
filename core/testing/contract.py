"""What every plugin owes the platform, as inheritable tests.

    class TestContract(PluginContract):
        plugin = FleetPlugin

runs all checks below for the plugin, on SQLite and, for migrations, on PostgreSQL too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from weft.core.i18n import LOCALES
from weft.core.plugin.base import Plugin
from weft.core.registry.access import AUDIENCES, EXTERNAL

if TYPE_CHECKING:
    from weft.core.registry.runtime import Runtime

__all__ = ["PluginContract"]

#: Longest menu label in Chinese characters.
_HAN = 8


class PluginContract:
    """Inherit, name the plugin, get its whole contract tested.

    Attributes:
        plugin: its class, or the key of an installed one.
        others: plugins it is tested together with (those it requires).
        values: entity -> API values of a small record, where required fields need more than the kit can invent.
        unused: texts and templates that only look unused (built at run time), with the reason in a comment.
    """

    plugin: ClassVar[type[Plugin] | str]
    others: ClassVar[Sequence[type[Plugin] | str]] = ()
    values: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    unused: ClassVar[frozenset[str]] = frozenset()

    @pytest.fixture
    def weft_plugins(self) -> list[type[Plugin]]:
        """The plugin and those it needs."""
        from weft.core.testing.plugins import named

        return named([*self.others, self.plugin])

    @pytest.fixture
    def tested(self, weft_plugins: list[type[Plugin]]) -> type[Plugin]:
        """The plugin under test."""
        return weft_plugins[-1]

    # ---- manifest and vocabulary

    def test_manifest(self, tested: type[Plugin]) -> None:
        """Title and version are there, and the entry point of its package has the plugin's key."""
        from importlib.metadata import entry_points

        from weft.core.plugin.base import ENTRY_POINT_GROUP

        assert str(tested.title)
        assert tested.version != "0", "give the plugin a version"
        target = f"{tested.__module__}:{tested.__qualname__}"
        names = [point.name for point in entry_points(group=ENTRY_POINT_GROUP) if point.value == target]
        assert names in ([], [tested.key]), f"the entry point is named {names}, the key is {tested.key}"

    def test_every_declaration_is_accepted(self, weft_runtime: Runtime, tested: type[Plugin]) -> None:
        """It starts with the plugins it requires and no others."""
        assert tested.key in weft_runtime.plugins.active

    def test_labels_exist_in_every_language(self, weft_runtime: Runtime, tested: type[Plugin]) -> None:
        """Both directions of a relation read differently, and menu labels are short, in every language."""
        registry = weft_runtime.registry
        for locale in LOCALES:
            for relation in registry.relations.values():
                if relation.plugin == tested.key and not relation.symmetric:
                    words = [_shown(text, locale) for text in (relation.label, relation.inverse_label)]
                    assert words[0] != words[1], f"{relation.key} reads {words[0]!r} from both ends in {locale}"
            for entry in registry.nav_entries.values():
                if entry.key.startswith(f"{tested.key}.") and locale == "zh":
                    label = _shown(entry.label, locale)
                    assert len(re.findall("[\u3400-\u9fff]", label)) <= _HAN, f"{entry.key}: {label} is too long"

    # ---- tables and migrations

    def test_tables_are_owned_and_foreign_keys_are_legal(self, weft_runtime: Runtime, tested: type[Plugin]) -> None:
        """Every table carries its owner; foreign keys lead to the plugin's own tables or those of the core."""
        from weft.core.db.entity import plugin_metadata
        from weft.core.db.tables import core_metadata

        for table in plugin_metadata(tested.key).tables.values():
            assert table.info.get("owner") == tested.key, f"{table.name} has no owner in its info"
            assert table.name.startswith(f"{tested.key}_"), f"{table.name} does not begin with the plugin's key"
            for key in table.foreign_keys:
                target = key.column.table
                own = target.info.get("owner") == tested.key
                assert own or target.name in core_metadata.tables, f"{table.name} refers to {target.name}"

    @pytest.mark.both_databases
    def test_migrations_lead_to_the_declarations_and_back(
        self, weft_databases: Any, weft_dialect: str, weft_stage: Any, weft_plugins: list[type[Plugin]], tmp_path: Any
    ) -> None:
        """Upgrading an empty database gives exactly the declared tables; downgrading takes all of them away."""
        from sqlalchemy import inspect

        from weft.core.config import Settings
        from weft.core.ops import upgrade
        from weft.core.ops.boot import boot

        classes, tested = weft_stage.enter(weft_plugins), weft_plugins[-1]
        url = weft_databases.empty(weft_dialect, tmp_path)
        settings = Settings(home=tmp_path, database_url=url, secret_key="k" * 40)
        runtime = boot(settings, plugins=classes, check_storage=False)
        try:
            assert upgrade.upgrade(runtime).failed == {}
            assert upgrade.check(runtime, tested.key) == []
            owned = upgrade.owner_of(runtime, tested.key).tables
            upgrade.downgrade(runtime, tested.key, "base")
            assert not owned & set(inspect(runtime.db.engine).get_table_names())
        finally:
            weft_databases.drop(runtime)

    # ---- rights

    def test_outside_audiences_get_named_rows_and_fields_only(
        self, weft_runtime: Runtime, tested: type[Plugin]
    ) -> None:
        """No grant to customers, suppliers or distributors covers a sensitive field."""
        registry = weft_runtime.registry
        for grant in registry.grants:
            if grant.plugin != tested.key or registry.roles[grant.role].audience not in EXTERNAL:
                continue
            assert grant.fields is not None
            fields = registry.entity(grant.entity).fields
            sensitive = [name for name in grant.fields if name in fields and fields[name].sensitive]
            assert not sensitive, f"{grant.key} shows {sensitive} to people outside"

    def test_every_entity_can_be_read_by_somebody(self, weft_runtime: Runtime, tested: type[Plugin]) -> None:
        """An entity without any grant is visible to nobody: a forgotten grant."""
        registry = weft_runtime.registry
        for entity in registry.entities.values():
            if entity.plugin == tested.key:
                assert any("read" in grant.actions for grant in registry.grants_on(entity.key)), entity.key

    def test_pages_refuse_those_who_may_not(
        self, weft_runtime: Runtime, tested: type[Plugin], weft_app: Any, client_as: Callable[..., Any]
    ) -> None:
        """Pages of the plugin answer strangers, and people of another portal, with a refusal."""
        routes = [one for one in weft_runtime.registry.routes.values() if one.endpoint.startswith(f"{tested.key}.")]
        for declared in routes:
            if declared.policy == "public":
                continue
            rule = f"/{declared.portal}/{declared.page or tested.key}{declared.rule}"
            address = re.sub(r"<(?:[^:>]+:)?[^>]+>", "1", rule)
            other = next(audience for audience in AUDIENCES if audience != declared.portal)
            for who in (None, other):
                client = client_as(who)
                for method in declared.methods:
                    status = client.open(address, method=method).status_code
                    assert status in (302, 303, 401, 403, 404), f"{method} {address} as {who}: {status}"

    # ---- texts and templates

    def test_translations_are_complete_used_and_equal(self, tested: type[Plugin]) -> None:
        """Every text has its translation with the same placeholders, and no translation is left over."""
        from weft.core.testing.catalogues import catalogue_problems

        found = catalogue_problems(resources.files(tested.package_name()), tested.key)
        assert [line for line in found if not any(text in line for text in self.unused)] == []

    def test_templates_compile_and_stand_in_their_folder(self, weft_runtime: Runtime, tested: type[Plugin]) -> None:
        """Templates are in ``templates/<plugin>/``, each compiles, each is used."""
        from weft.core.testing.catalogues import template_names, unused_templates

        package = resources.files(tested.package_name())
        names = template_names(package)
        if not names:
            return
        from weft.core.web.app import create_app

        environment = create_app(weft_runtime, testing=True).jinja_env
        for name in names:
            assert name.startswith(f"{tested.key}/"), f"{name} must stand in templates/{tested.key}/"
            environment.get_template(name)
        registry = weft_runtime.registry
        declared = {page.template for page in registry.record_pages.values()}
        declared |= {slot.template for slot in registry.slots} | {tile.template for tile in registry.widgets.values()}
        assert [name for name in unused_templates(package, declared) if name not in self.unused] == []

    # ---- at work

    def test_events_can_be_written_down(
        self, weft_runtime: Runtime, tested: type[Plugin], make_record: Callable[..., Any], captured_events: Any
    ) -> None:
        """Creating a record of each entity publishes an event whose payload is plain JSON."""
        own = [key for key, entity in weft_runtime.registry.entities.items() if entity.plugin == tested.key]
        given = self.given(weft_runtime)
        for entity in self._made(weft_runtime, own, lambda key, values: make_record(key, **values), given):
            assert captured_events.of(f"{entity}.created"), f"no event for {entity}"
        for event in captured_events.all():
            assert json.loads(json.dumps(event.payload)) == event.payload

    def test_tiles_render_without_data_and_without_rights(
        self, weft_runtime: Runtime, tested: type[Plugin], weft_cast: Any, client_as: Callable[..., Any]
    ) -> None:
        """The home page opens for every role with a tile of the plugin, and for somebody with no right at all."""
        registry = weft_runtime.registry
        tiles = [tile for tile in registry.widgets.values() if tile.key.startswith(f"{tested.key}.")]
        roles = {role for tile in tiles for role in tile.roles if role in registry.roles}
        portals = {tile.portal for tile in tiles} & set(registry.portals)
        for portal in sorted(portals):
            audience = registry.portals[portal].audience
            for role in sorted({audience} | {role for role in roles if registry.roles[role].audience == audience}):
                status = client_as(role).get(f"/{portal}/").status_code
                assert status == 200, f"the home of {role}: {status}"

    def test_the_platform_starts_without_it_and_shows_its_records_by_title(
        self, weft_boot: Callable[..., Any], tested: type[Plugin], weft_plugins: list[type[Plugin]]
    ) -> None:
        """Without the plugin its records keep type and title, and links to them break nothing."""
        from weft.core.ops.boot import boot
        from weft.core.testing.people import Cast
        from weft.core.testing.stubs import stub_entity_type

        neighbour = stub_entity_type("neighbour.thing")
        runtime = weft_boot(*weft_plugins, neighbour)
        linkable = [
            key for key, one in runtime.registry.entities.items() if one.plugin == tested.key and one.has("links")
        ]
        given = self.given(runtime)
        with Cast(runtime).records("system", write=True) as records:
            near = records.create("neighbour.thing", {"name": "Somewhere else"})
            made = self._made(runtime, linkable, records.create, given)
            for row in made.values():
                records.link("core.linked", near["id"], row["id"])
        rest = [cls for cls in weft_plugins if cls is not tested and tested.key not in cls.requires]
        without = boot(runtime.settings, plugins=[*rest, neighbour])
        try:
            with Cast(without).records("system") as records:
                titles = records.titles([row["id"] for row in made.values()])
                records.neighbours(near["id"])  # a link to something unknown is no error
            for key, row in made.items():
                assert (titles[row["id"]].type, titles[row["id"]].title) == (key, row["title"])
        finally:
            without.db.dispose()

    def given(self, runtime: Runtime) -> Mapping[str, Mapping[str, Any]]:
        """``values``, to be extended by a plugin whose records need a unit or a person, which are made here first."""
        return self.values

    def _made(
        self, runtime: Runtime, keys: Sequence[str], create: Callable[..., Any], given: Mapping[str, Mapping[str, Any]]
    ) -> dict[str, Any]:
        """One small record of each entity, by key."""
        from weft.core.testing.minimal import minimal_records

        return minimal_records(runtime.registry, keys, create, given)


def _shown(text: Any, locale: str) -> str:
    return text.in_locale(locale) if hasattr(text, "in_locale") else str(text)
