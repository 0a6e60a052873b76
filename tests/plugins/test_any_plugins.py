"""Any subset of the plugins that come with Weft starts and works; one that is taken away leaves readable stubs.

Three kinds of choices say it for all others, since plugins only meet in pairs: each alone with the employee portal, all
together, and all but one. One database is made with all of them; "all but one" is that database without the plugin, as
when a company stops using it.
"""

from __future__ import annotations

import html
import importlib.util
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

from weft.core.ops.boot import boot
from weft.core.plugin.base import ENTRY_POINT_GROUP, Plugin
from weft.core.testing.client import WeftClient, sign_in
from weft.core.testing.contract import PluginContract
from weft.core.testing.databases import unsynced
from weft.core.testing.minimal import minimal_records
from weft.core.testing.people import Cast
from weft.core.testing.plugins import Stage, named
from weft.core.web.app import create_app

pytestmark = pytest.mark.slow

_POINTS = {point.name: point.value for point in entry_points(group=ENTRY_POINT_GROUP)}
PLUGINS = sorted(key for key, value in _POINTS.items() if value.startswith("weft.plugins."))
PORTALS = sorted(key for key, value in _POINTS.items() if value.startswith("weft.portals."))
PORTAL = "portal_employee"


@dataclass
class Company:
    """A started choice of plugins with what was made in it.

    Attributes:
        runtime: the installation.
        reader: user with every role of the company.
        made: entity -> a record of it.
    """

    runtime: Any
    reader: int
    made: dict[str, Any] = field(default_factory=dict)

    @property
    def own(self) -> list[str]:
        """Entities of business plugins."""
        return [key for key, one in self.runtime.registry.entities.items() if one.plugin in PLUGINS]


def _with_required(keys: Iterable[str]) -> list[type[Plugin]]:
    """Classes of these keys and of the plugins they cannot be without."""
    wanted, found = list(keys), []
    while wanted:
        key = wanted.pop(0)
        if key not in found:
            found.append(key)
            wanted += named([key])[0].requires
    return named(found)


def _given(key: str, runtime: Any, tests: Path) -> Mapping[str, Mapping[str, Any]]:
    """What the contract test of a plugin gives its records instead of invented values."""
    path = tests / key / "test_contract.py"
    spec = importlib.util.spec_from_file_location(f"contract_of_{key}", path)
    assert spec is not None and spec.loader is not None, path
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    classes = [
        one for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, PluginContract) and one is not PluginContract
    ]  # fmt: skip
    return classes[0]().given(runtime)


def _filled(runtime: Any, tests: Path) -> Company:
    """One record of every entity, made as the platform."""
    assert not runtime.plugins.quarantined, runtime.plugins.quarantined
    roles = [role.key for role in runtime.registry.roles.values() if role.audience == "employee"]
    reader = Cast(runtime).user("employee", *(key for key in roles if key != "employee"), email="all@weft.example")
    company = Company(runtime, reader)
    given: dict[str, Mapping[str, Any]] = {}
    for key in runtime.plugins.active:
        if key in PLUGINS:
            given |= _given(key, runtime, tests)
    cast = Cast(runtime)

    def create(entity: str, values: Mapping[str, Any]) -> Any:
        row = company.made[entity] = records.create(entity, values, owner=reader)
        return row

    with cast.records("system", write=True) as records:
        minimal_records(runtime.registry, company.own, create, given)
    assert set(company.own) <= set(company.made)
    return company


def _client(company: Company) -> Any:
    app = create_app(company.runtime, testing=True)
    app.test_client_class = WeftClient
    return sign_in(app, company.runtime, company.reader)


def _look(company: Company, lists: Iterable[str] | None = None, *, records: Iterable[str]) -> None:
    """Open the home, lists (of all entities where none are named) and record pages: no page may fail."""
    client, registry = _client(company), company.runtime.registry
    home = client.get("/employee/")
    assert home.status_code == 200 and "could not be filled" not in home.text
    addresses = []
    for key in company.own if lists is None else lists:
        entity = registry.entity(key)
        if any(grant.role in registry.roles and "read" in grant.actions for grant in registry.grants_on(key)):
            addresses.append(f"/employee/{entity.plugin}/{entity.slug}/")
    for key in records:
        entity = registry.entity(key)
        addresses.append(f"/employee/{entity.plugin}/{entity.slug}/{company.made[key]['id']}")
    statuses = {address: client.get(address, follow_redirects=True).status_code for address in addresses}
    bad = {address: status for address, status in statuses.items() if status not in (200, 404)}
    assert bad == {}
    # What only outsiders or the platform read is no page of the company; the others open.
    assert sum(status == 200 for status in statuses.values()) >= 0.8 * len(statuses), statuses


def _firsts(company: Company) -> list[str]:
    """One entity of each plugin."""
    entities = company.runtime.registry.entities
    return list({entities[key].plugin: key for key in reversed(company.own)}.values())


#: Record pages that one case opens at most.
_MOST = 14


def _others(whole: Company, company: Company) -> list[str]:
    """Entities that have other fields or other parts on their page than with all plugins, and one of each plugin."""
    before, now = whole.runtime.registry, company.runtime.registry

    def parts(registry: Any, key: str) -> Any:
        slots = {slot.key for slot in registry.slots if slot.entity == key}
        return set(registry.entity(key).fields), set(registry.entity(key).actions), slots

    changed = [key for key in company.own if parts(before, key) != parts(now, key)]
    return list(dict.fromkeys([*_firsts(company), *changed]))[:_MOST]


@pytest.fixture
def tests(checkout: Path) -> Path:
    """Where the contract tests of the plugins are."""
    return checkout / "tests" / "plugins"


@pytest.mark.parametrize("key", PLUGINS)
def test_each_plugin_works_alone(key: str, weft_boot: Any, tests: Path) -> None:
    company = _filled(weft_boot(*_with_required([PORTAL, key])), tests)
    assert key in company.runtime.plugins.active and company.own
    _look(company, records=_firsts(company))


# ---- all of them, then each taken away


@pytest.fixture(scope="module")
def whole(weft_databases: Any, tmp_path_factory: pytest.TempPathFactory, checkout: Path) -> Iterator[Company]:
    """All plugins and portals, a record of each entity, and links from those of a plugin to one of the next."""
    stage = Stage()
    classes = stage.enter(_with_required([*PORTALS, *PLUGINS]))
    runtime = weft_databases.runtime("sqlite", classes, tmp_path_factory.mktemp("whole"))
    company = _filled(runtime, checkout / "tests" / "plugins")
    with Cast(runtime).records("system", write=True) as records:
        for key in PLUGINS:
            anchor = _anchor(company, key)
            for entity in _linkable(company, key):
                records.link("core.linked", anchor, company.made[entity]["id"])
    yield company
    weft_databases.drop(runtime)
    stage.leave()


def _linkable(company: Company, key: str) -> list[str]:
    entities = company.runtime.registry.entities
    return [one for one in company.made if entities[one].plugin == key and entities[one].has("links")]


def _anchor(company: Company, key: str) -> int:
    """A record of the plugin after this one, to which records of this one are linked."""
    number = PLUGINS.index(key)
    for other in [*PLUGINS[number + 1 :], *PLUGINS[:number]]:
        for entity in _linkable(company, other) if key not in named([other])[0].requires else ():
            return int(company.made[entity]["id"])
    raise AssertionError("no other plugin has records that can be linked")


def test_all_of_them_work_together(whole: Company) -> None:
    assert set(PLUGINS) <= {whole.runtime.registry.entity(key).plugin for key in whole.made}
    _look(whole, records=_firsts(whole))


@pytest.mark.parametrize("key", PLUGINS)
def test_without_one_the_others_work_and_show_what_is_left_of_it(key: str, whole: Company, tmp_path: Path) -> None:
    rest = [cls for cls in named([*PORTALS, *PLUGINS]) if cls.key != key and key not in cls.requires]
    with whole.runtime.db.read() as connection:  # everything is in the file before it is copied
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copyfile(str(whole.runtime.db.engine.url.database), tmp_path / "weft.sqlite3")
    settings = whole.runtime.settings.with_changes(
        home=tmp_path, database_url=f"sqlite:///{tmp_path / 'weft.sqlite3'}"
    )  # fmt: skip
    runtime = boot(settings, plugins=rest)
    unsynced(runtime)
    try:
        assert not runtime.plugins.quarantined and key not in runtime.plugins.active
        gone = {entity: row for entity, row in whole.made.items() if entity.startswith(f"{key}.")}
        company = Company(runtime, whole.reader, {one: row for one, row in whole.made.items() if one not in gone})
        company.made = {one: row for one, row in company.made.items() if one in runtime.registry.entities}
        _look(company, _firsts(company), records=_others(whole, company))
        with Cast(runtime).records(whole.reader) as records:
            titles = records.titles([row["id"] for row in gone.values()])
        for entity, row in gone.items():
            assert (titles[row["id"]].type, titles[row["id"]].title) == (entity, row["title"])
        linked = _linkable(whole, key)
        page = html.unescape(_client(company).get(f"/r/{_anchor(whole, key)}", follow_redirects=True).text)
        assert ("Of plugins that are not running" in page) == bool(linked)
        for entity in linked:
            assert str(whole.made[entity]["title"]) in page, entity
            assert str(whole.runtime.registry.entity(entity).label) in page, entity
    finally:
        runtime.db.dispose()
