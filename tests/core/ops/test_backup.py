"""Archives on both databases: what was there comes back, with its files, and works."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from weft.core.config import Settings
from weft.core.ops.backup import ArchiveRefused, BackupFailed, backup, restore, verify
from weft.core.ops.boot import boot
from weft.core.plugin.base import Plugin
from weft.core.testing.people import Cast
from weft.core.testing.stubs import stub_entity_type


@pytest.fixture
def weft_plugins() -> list[type[Plugin]]:
    return [stub_entity_type("attic.box")]


@pytest.mark.both_databases
def test_an_archive_comes_back_whole(
    weft_runtime: Any, weft_databases: Any, weft_dialect: str, weft_plugins: list[type[Plugin]],
    make_record: Callable[..., Any], link: Callable[..., Any], tmp_path: Path,
) -> None:  # fmt: skip
    if weft_dialect == "postgresql" and not (shutil.which("pg_dump") and shutil.which("pg_restore")):
        pytest.skip("the client programs of PostgreSQL are not installed")
    one, two = make_record("attic.box", name="Lamps 灯"), make_record("attic.box", name="Books")
    link("core.linked", one, two, label="stands on")
    stored = weft_runtime.settings.home / "files" / "ab"
    stored.mkdir(parents=True)
    (stored / "abcdef").write_bytes(bytes(range(256)) * 5000)
    archive = tmp_path / "weft.zip"
    made = backup(weft_runtime.settings, archive, now=weft_runtime.clock(), plugins={"attic": "1"})
    assert verify(archive) == made

    url = weft_databases.empty(weft_dialect, tmp_path)
    settings = Settings(home=tmp_path / "new", database_url=url, secret_key="k" * 40)
    settings.home.mkdir()
    restore(settings, archive, empty=True)
    assert (settings.home / "files" / "ab" / "abcdef").read_bytes() == bytes(range(256)) * 5000
    again = boot(settings, plugins=weft_plugins)
    try:
        with Cast(again).records("system", write=True) as records:
            assert records.get("attic.box", one["id"])["title"] == "Lamps 灯"
            (group,) = records.neighbours(one["id"])
            assert [item.record.id for item in group.items] == [two["id"]]
            fresh = records.create("attic.box", {"name": "New"})
        assert fresh["id"] > two["id"], "no id may be given twice"
    finally:
        weft_databases.drop(again)


def test_the_secret_key_and_the_search_index_stay_out(weft_runtime: Any, tmp_path: Path) -> None:
    home = weft_runtime.settings.home
    (home / "secret.key").write_text("do not copy")
    (home / "search").mkdir(exist_ok=True)
    (home / "search" / "segment").write_text("derived")
    backup(weft_runtime.settings, tmp_path / "weft.zip", now=weft_runtime.clock())
    names = zipfile.ZipFile(tmp_path / "weft.zip").namelist()
    assert sorted(names) == ["database.sqlite3", "manifest.json"]


def test_a_backup_that_fails_leaves_nothing_behind(weft_runtime: Any, tmp_path: Path) -> None:
    broken = weft_runtime.settings.with_changes(database_url=f"sqlite:///{tmp_path / 'none.sqlite3'}")
    with pytest.raises(BackupFailed):
        backup(broken, tmp_path / "weft.zip", now=weft_runtime.clock())
    assert list(tmp_path.iterdir()) == []


def test_parts_cannot_leave_their_folder(tmp_path: Path, weft_runtime: Any) -> None:
    archive = tmp_path / "weft.zip"
    backup(weft_runtime.settings, archive, now=weft_runtime.clock())
    with zipfile.ZipFile(archive) as source:
        database, manifest = source.read("database.sqlite3"), json.loads(source.read("manifest.json"))
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    for name in ("../outside", "/outside", "files/../../outside"):
        changed = {**manifest, "parts": {**manifest["parts"], name: {"sha256": empty, "bytes": 0}}}
        hostile = tmp_path / "hostile.zip"
        with zipfile.ZipFile(hostile, "w") as target:
            target.writestr("database.sqlite3", database)
            target.writestr(name, b"")
            target.writestr("manifest.json", json.dumps(changed))
        with pytest.raises(ArchiveRefused):
            verify(hostile)


def test_an_archive_of_another_kind_of_database_is_refused(tmp_path: Path, weft_runtime: Any) -> None:
    archive = tmp_path / "weft.zip"
    backup(weft_runtime.settings, archive, now=weft_runtime.clock())
    other = weft_runtime.settings.with_changes(database_url="postgresql+psycopg://nobody@127.0.0.1/none")
    with pytest.raises(ArchiveRefused, match="sqlite"):
        restore(other, archive, empty=True)
