"""Migrations of core and plugins on empty and on old databases, on both engines."""

from __future__ import annotations

import importlib
import itertools
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, inspect, select, text

from weft.core.config import Settings
from weft.core.db import triggers
from weft.core.db.tables import record, relation
from weft.core.errors import StorageNotReady
from weft.core.ops import upgrade as migrations
from weft.core.ops.boot import boot
from weft.core.ops.doctor import doctor
from weft.core.ops.schema import create_everything

pytestmark = pytest.mark.both_databases

_numbers = itertools.count(1)

PLUGIN = """
from weft.core.sdk import ALL, Entity, Grant, Mapped, Plugin, Ref, field, hookimpl


class Thing(Entity, key="{key}.thing", label="Thing"):
    name: Mapped[str] = field.text("Name", unique=True)
    weight = field.decimal("Weight", scale=3)
    price = field.money("Price")
    made_at = field.datetime("Made at")
    extra = field.address("Address")
    part_of: Mapped[Ref | None] = field.reference(
        "Part of", to="{key}.thing", relation="{key}.part_of", inverse=("{key}.parts", "Parts")
    ){more}


class ThePlugin(Plugin):
    key, title, package = "{key}", "Thing", "{package}"

    @hookimpl
    def weft_entities(self):
        return [Thing]

    @hookimpl
    def weft_grants(self):
        return [Grant("employee", "{key}.thing", ALL)]
"""

BROKEN = '''
"""Fails after its first statement."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "{number}", {before}


def upgrade():
    op.create_table("{key}_half_made", sa.Column("id", sa.Integer(), primary_key=True))
    raise RuntimeError("the second statement failed")


def downgrade():
    op.drop_table("{key}_half_made")
'''


class Package:
    """A plugin on disk whose author can change the models and generate migrations."""

    def __init__(self, folder: Path) -> None:
        self.name = f"weft_grown_{next(_numbers)}"
        self.key = f"grown{next(_numbers)}"
        self.folder = folder / self.name
        (self.folder).mkdir()
        (self.folder / "__init__.py").write_text("")
        self.write()

    def write(self, more: str = "") -> type[Any]:
        """Write the models and load them as a new process would."""
        from weft.core.db.entity import orm_registry, plugin_metadata

        (self.folder / "plugin.py").write_text(PLUGIN.format(key=self.key, package=self.name, more=more))
        orm_registry(self.key).dispose()
        plugin_metadata(self.key).clear()
        for name in [name for name in sys.modules if name.startswith(self.name)]:
            del sys.modules[name]
        importlib.invalidate_caches()
        sys.dont_write_bytecode = True
        self.plugin: type[Any] = importlib.import_module(f"{self.name}.plugin").ThePlugin
        return self.plugin

    def break_next(self, number: str, before: str) -> Path:
        """Add a migration that fails half-way."""
        folder = self.folder / "migrations" / "versions"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{number}_broken.py"
        path.write_text(BROKEN.format(key=self.key, number=number, before=before))
        return path


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Package:
    monkeypatch.syspath_prepend(str(tmp_path))
    return Package(tmp_path)


@pytest.fixture
def second(tmp_path: Path, package: Package) -> Package:
    return Package(tmp_path)


@pytest.fixture
def start(weft_databases: Any, weft_dialect: str, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Boot on one empty database, as often as asked, with the given plugins."""
    url = weft_databases.empty(weft_dialect, tmp_path)
    made = []

    def begin(*packages: Any, check_storage: bool = False) -> Any:
        settings = Settings(home=tmp_path, database_url=url, secret_key="k" * 40)
        plugins = [getattr(one, "plugin", one) for one in packages]
        runtime = boot(settings, plugins=plugins, check_storage=check_storage)
        made.append(runtime)
        return runtime

    yield begin
    for runtime in made:
        runtime.db.dispose()


def names(runtime: Any) -> set[str]:
    return set(inspect(runtime.db.engine).get_table_names())


def add_things(runtime: Any, count: int = 3) -> list[int]:
    """Records that are each part of the one before."""
    table = next(e.table for e in runtime.registry.entities.values() if e.key.endswith(".thing"))
    ids = runtime.db.ids.take(count)
    moment = runtime.clock()
    with runtime.db.write() as connection:
        for place, number in enumerate(ids):
            before = ids[place - 1] if place else None
            values = {"id": number, "name": f"T{place}", "part_of": before, "weight": "1.250"}
            connection.execute(table.insert().values(created_at=moment, updated_at=moment, **values))
    return ids


def grow(start: Any, package: Package, more: str = "") -> Any:
    """Let the author write a migration and upgrade to it; returns the running runtime."""
    if more:
        package.write(more)
    runtime = start(package)
    migrations.upgrade(start())  # an author begins with an upgraded core
    migrations.revision(runtime, package.key, "next step")
    report = migrations.upgrade(runtime)
    assert report.failed == {}
    return runtime


def test_the_core_migrations_make_what_the_declarations_say(start: Any, weft_databases: Any, tmp_path: Path) -> None:
    runtime = start()
    assert list(migrations.upgrade(runtime).applied) == ["core"]
    assert migrations.check(runtime) == []
    assert doctor(runtime) == []
    started = start(check_storage=True)
    registry = started.registry
    assert sorted(map(registry.entity_id, registry.entities)) == list(range(1, len(registry.entities) + 1))
    assert migrations.upgrade(start()).applied == {}


def test_both_ways_of_making_a_database_give_the_same_columns(
    start: Any, weft_databases: Any, weft_dialect: str, tmp_path: Path
) -> None:
    migrated = start()
    migrations.upgrade(migrated)
    url = weft_databases.empty(weft_dialect, tmp_path)
    made = boot(Settings(home=tmp_path, database_url=url, secret_key="k" * 40), plugins=[], check_storage=False)
    create_everything(made.db, made.registry)

    def shape(runtime: Any) -> dict[str, Any]:
        inspector = inspect(runtime.db.engine)
        return {
            name: (
                sorted(  # a column that came by a migration stands last
                    (c["name"], str(c["type"]), c["nullable"], str(c.get("computed")))
                    for c in inspector.get_columns(name)
                ),
                sorted((i["name"], i["unique"], tuple(i["column_names"])) for i in inspector.get_indexes(name)),
                sorted(
                    (f["referred_table"], tuple(f["constrained_columns"])) for f in inspector.get_foreign_keys(name)
                ),
                inspector.get_pk_constraint(name)["constrained_columns"],
            )
            for name in inspector.get_table_names()
            if not name.startswith("weft_migration_")
        }

    wanted = shape(made)
    made.db.dispose()
    assert shape(migrated) == wanted


def test_a_generated_migration_goes_up_down_and_up_again(start: Any, package: Package) -> None:
    runtime = grow(start, package)
    table = f"{package.key}_thing"
    assert migrations.check(runtime) == []
    ids = add_things(runtime)
    assert doctor(runtime) == []

    migrations.downgrade(runtime, package.key, "base")
    assert table not in names(runtime)
    assert package.key in runtime.plugins.quarantined
    with runtime.db.read() as connection:
        stubs = connection.execute(select(record.c.title).where(record.c.id.in_(ids)).order_by(record.c.id)).scalars()
        assert list(stubs) == ["T0", "T1", "T2"]  # readable stubs stay
    start(check_storage=True)  # without the plugin everything runs
    with pytest.raises(StorageNotReady, match="db upgrade"):
        start(package, check_storage=True)

    again = start(package)
    assert migrations.upgrade(again).applied == {package.key: ["0001"]}
    assert table in names(again)
    assert migrations.check(again) == []
    start(package, check_storage=True)


def test_rebuilding_a_table_keeps_rows_triggers_and_references(start: Any, package: Package) -> None:
    runtime = grow(start, package)
    ids = add_things(runtime)
    runtime = grow(start, package, '\n    colour = field.text("Colour", index=True)')
    path = package.folder / "migrations" / "versions" / "0003_narrow.py"
    path.write_text(
        '"""Rebuild the table."""\nimport sqlalchemy as sa\nfrom alembic import op\n'
        'revision, down_revision = "0003", "0002"\n'
        "def upgrade():\n"
        "    how = 'always' if op.get_bind().dialect.name == 'sqlite' else 'never'\n"
        f"    with op.batch_alter_table('{package.key}_thing', recreate=how) as batch:\n"
        "        batch.alter_column('made_at', nullable=True)\n"
        "def downgrade():\n    pass\n"
    )
    assert migrations.upgrade(runtime).applied == {package.key: ["0003"]}
    assert migrations.check(runtime) == []
    assert doctor(runtime) == []
    table = runtime.registry.entities[f"{package.key}.thing"].table
    with runtime.db.write() as connection:
        connection.execute(table.update().where(table.c.id == ids[2]).values(part_of=ids[0], name="New name"))
    with runtime.db.read() as connection:
        assert connection.execute(select(record.c.title).where(record.c.id == ids[2])).scalar() == "New name"
        assert connection.execute(select(relation.c.target_id).where(relation.c.source_id == ids[2])).scalar() == ids[0]
        weights = connection.execute(select(table.c.weight)).scalars().all()
    assert [str(weight) for weight in weights] == ["1.250"] * 3


def test_a_failing_plugin_migration_leaves_nothing_and_stops_only_the_plugin(
    start: Any, package: Package, second: Package
) -> None:
    grow(start, package)
    package.break_next("0002", '"0001"')
    runtime = start(package, second)
    (second.folder / "migrations" / "versions").mkdir(parents=True)
    migrations.revision(runtime, second.key, "initial")
    report = migrations.upgrade(runtime)
    assert "the second statement failed" in report.failed[package.key]
    assert report.applied == {second.key: ["0001"]}
    assert f"{package.key}_half_made" not in names(runtime)
    assert runtime.plugins.quarantined[package.key].stage == "migration"
    with runtime.db.read() as connection:
        version = connection.execute(text(f"SELECT version_num FROM weft_migration_{package.key}")).scalar()
    assert version == "0001"

    started = start(package, second, check_storage=True)  # the rest runs, the plugin is listed with its reason
    assert "the second statement failed" in started.plugins.quarantined[package.key].reason
    assert list(started.plugins.active) == [second.key]
    assert doctor(started) == []

    (package.folder / "migrations" / "versions" / "0002_broken.py").unlink()
    repaired = start(package, second)
    assert migrations.upgrade(repaired).failed == {}
    assert set(start(package, second, check_storage=True).plugins.active) == {package.key, second.key}


def test_removed_code_leaves_the_others_upgradable(start: Any, package: Package, second: Package) -> None:
    grow(start, package)
    runtime = grow(start, second)
    assert f"{package.key}_thing" in names(runtime)
    runtime = grow(start, second, '\n    colour = field.text("Colour")')  # package is not installed any more
    assert migrations.check(runtime) == []
    migrations.downgrade(runtime, second.key, "0001")
    assert migrations.upgrade(start(second)).applied == {second.key: ["0002"]}
    assert f"{package.key}_thing" in names(runtime)


def test_two_upgrades_at_once_both_end_well(start: Any) -> None:
    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(lambda runtime: migrations.upgrade(runtime), [start(), start()]))
    assert sorted(len(report.applied) for report in reports) == [0, 1]
    assert doctor(start(check_storage=True)) == []


def test_drift_is_reported_by_name(start: Any, package: Package) -> None:
    runtime = grow(start, package)
    table = f"{package.key}_thing"
    with runtime.db.write() as connection:
        connection.exec_driver_sql(f"DROP INDEX ix_{table}_title")
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN stray INTEGER")
    lines = "\n".join(migrations.check(runtime))
    assert f"ix_{table}_title" in lines
    assert "stray" in lines


def test_a_lost_condition_of_a_partial_index_is_drift(start: Any, package: Package) -> None:
    runtime = grow(start, package)
    table = f"{package.key}_thing"
    with runtime.db.write() as connection:
        connection.exec_driver_sql(f"DROP INDEX uq_{table}_name")
        connection.exec_driver_sql(f"CREATE UNIQUE INDEX uq_{table}_name ON {table} (name)")
    assert [line for line in migrations.check(runtime) if f"uq_{table}_name" in line and "deleted_at" in line]


def test_a_changed_title_is_drift(start: Any, package: Package) -> None:
    runtime = grow(start, package)
    column = runtime.registry.entities[f"{package.key}.thing"].table.c.title
    column.computed.sqltext = text("coalesce(\"name\", '') || '!'")
    assert any("modify computed" in line and "title" in line for line in migrations.check(runtime))


def test_a_plugin_without_migrations_for_its_tables_does_not_start(start: Any, package: Package) -> None:
    runtime = start(package)
    report = migrations.upgrade(runtime)
    assert f"{package.key}_thing" in report.failed[package.key]
    assert "db revision" in report.failed[package.key]


def test_a_new_version_with_a_migration_to_run_does_not_start(start: Any, package: Package) -> None:
    grow(start, package)
    package.write('\n    colour = field.text("Colour")')
    author = start(package)
    path = migrations.revision(author, package.key, "colour")
    with pytest.raises(StorageNotReady, match=f"columns of {package.key} are missing.*db upgrade"):
        start(package, check_storage=True)
    assert path.name == "0002_colour.py"
    migrations.upgrade(author)
    start(package, check_storage=True)


def test_a_lost_trigger_is_refused_at_start(start: Any, package: Package) -> None:
    runtime = grow(start, package)
    start(package, check_storage=True)
    table = f"{package.key}_thing"
    with runtime.db.write() as connection:
        name = next(name for name in triggers.present(connection) if table in name)
        on = f' ON "{table}"' if runtime.db.dialect == "postgresql" else ""
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"{on}')
    with pytest.raises(StorageNotReady, match=r"triggers.*db upgrade"):
        start(package, check_storage=True)
    migrations.upgrade(start(package))
    start(package, check_storage=True)


def test_a_database_that_was_never_upgraded_is_refused(start: Any) -> None:
    with pytest.raises(StorageNotReady, match="weft db upgrade"):
        start(check_storage=True)


def test_an_interrupted_upgrade_is_refused_and_can_be_repeated(
    start: Any, package: Package, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(start, package)

    def die(connection: Connection, registry: Any) -> None:
        raise KeyboardInterrupt

    runtime = start(package)
    monkeypatch.setattr(triggers, "install", die)
    with pytest.raises(KeyboardInterrupt):
        migrations.upgrade(runtime)
    monkeypatch.undo()
    sys.path.insert(0, str(package.folder.parent))
    with pytest.raises(StorageNotReady, match="did not finish"):
        start(package, check_storage=True)
    migrations.upgrade(start(package))
    assert doctor(start(package, check_storage=True)) == []
