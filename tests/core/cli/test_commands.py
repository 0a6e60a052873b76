"""The command line as an operator uses it: real arguments, real data folder, exit codes and words."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

from weft.core.cli.main import cli, main


@dataclass(frozen=True)
class Answer:
    """What a command left behind: exit code and both streams."""

    code: int
    out: str
    err: str


Weft = Callable[..., Answer]


@pytest.fixture
def weft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Weft:
    """``weft("db", "upgrade")`` in a data folder of the test, with the CRM only."""
    for name in ("WEFT_DATABASE_URL", "WEFT_PUBLIC_URL", "WEFT_BIND", "WEFT_MAIL_URL", "WEFT_DEMO_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WEFT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("WEFT_PLUGINS", "crm")

    def run(*arguments: str) -> Answer:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        streams = capsys.readouterr()
        code = ended.value.code
        return Answer(code if isinstance(code, int) else 1, streams.out, streams.err)

    return run


def test_upgrade_makes_the_tables_and_may_be_run_again(weft: Weft) -> None:
    assert weft("db", "upgrade").code == 0
    again = weft("db", "upgrade")
    assert again.code == 0
    assert "up to date" in again.err
    assert weft("db", "check").code == 0
    assert weft("doctor").code == 0


def test_check_ends_with_an_error_when_a_table_differs(weft: Weft, tmp_path: Path) -> None:
    import sqlite3

    weft("db", "upgrade")
    with sqlite3.connect(tmp_path / "home" / "weft.sqlite3") as connection:
        connection.execute("DROP INDEX ix_core_value_list_key")
    connection.close()
    answer = weft("db", "check", "core")
    assert answer.code == 1
    assert "ix_core_value_list_key" in answer.out


def test_commands_on_an_empty_database_say_what_to_run(weft: Weft) -> None:
    answer = weft("user", "add", "--email", "lin@test.example", "--name", "Lin")
    assert answer.code == 1
    assert "weft db upgrade" in answer.err
    assert "Traceback" not in answer.err


INIT = ("init", "--company", "Weirholm", "--currency", "CNY", "--zone", "Asia/Shanghai", "--language", "en", "--name",
        "Shao Yining", "--email", "admin@test.example")  # fmt: skip


@pytest.fixture
def set_up(weft: Weft, monkeypatch: pytest.MonkeyPatch) -> Weft:
    """An installation with company and administrator."""
    monkeypatch.setenv("WEFT_ADMIN_PASSWORD", "seven brown otters swim")
    answer = weft(*INIT)
    assert answer.code == 0, answer.err
    return weft


def test_init_names_company_and_administrator_once(set_up: Weft) -> None:
    again = set_up(*INIT)
    assert again.code == 1
    assert "set up already" in again.err


def test_init_refuses_a_weak_password_and_stays_empty(weft: Weft, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEFT_ADMIN_PASSWORD", "password")
    answer = weft(*INIT)
    assert answer.code == 1
    assert "password" in answer.err
    monkeypatch.setenv("WEFT_ADMIN_PASSWORD", "seven brown otters swim")
    assert weft(*INIT).code == 0


def test_init_without_a_terminal_says_how_to_give_the_password(weft: Weft, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WEFT_ADMIN_PASSWORD", raising=False)
    answer = weft(*INIT)
    assert answer.code == 1
    assert "--password-file" in answer.err


def test_user_add_prints_a_link_that_leads_to_the_password_page(set_up: Weft) -> None:
    answer = set_up("user", "add", "--email", "lin@test.example", "--name", "Lin Shutong", "--role", "crm.sales_rep")
    assert answer.code == 0, answer.err
    (link,) = re.findall(r"http\S+", answer.out)

    from weft.core.config import load_settings
    from weft.core.ops.boot import boot
    from weft.core.web.app import create_app

    runtime = boot(load_settings())
    try:
        page = create_app(runtime).test_client().get(link.removeprefix(runtime.settings.public_url))
    finally:
        runtime.db.dispose()
    assert page.status_code == 200
    assert "password" in page.get_data(as_text=True)


def test_a_role_that_does_not_exist_is_named_and_nobody_is_added(set_up: Weft) -> None:
    wrong = ("user", "add", "--email", "lin@test.example", "--name", "Lin", "--role", "crm.salesrep")
    answer = set_up(*wrong)
    assert answer.code == 1
    assert "crm.salesrep" in answer.err
    assert set_up(*wrong[:-2]).code == 0, "the first try must have left nothing behind"


def test_token_add_prints_a_token_that_programs_can_use(set_up: Weft) -> None:
    answer = set_up("token", "add", "--user", "admin@test.example", "--name", "report", "--days", "3")
    assert answer.code == 0, answer.err
    secret = answer.out.splitlines()[-1]

    from weft.core.config import load_settings
    from weft.core.ops.boot import boot
    from weft.core.web.app import create_app

    runtime = boot(load_settings())
    try:
        client = create_app(runtime).test_client()
        me = client.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
        assert me.status_code == 200
        assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}x"}).status_code == 401
    finally:
        runtime.db.dispose()


def test_a_token_for_nobody_is_refused(set_up: Weft) -> None:
    answer = set_up("token", "add", "--user", "ghost@test.example", "--name", "report")
    assert answer.code == 1
    assert "ghost@test.example" in answer.err


def test_routes_lists_every_address_with_its_policy(set_up: Weft) -> None:
    lines = set_up("routes").out.splitlines()
    assert any(line.startswith("/healthz") and "public" in line for line in lines)
    assert any("/api/v1/" in line for line in lines)
    public = set_up("routes", "--policy", "public").out.splitlines()
    assert 0 < len(public) < len(lines)


def test_wrong_usage_ends_with_two_and_a_hint(weft: Weft) -> None:
    assert weft("nosuchcommand").code == 2
    answer = weft("user", "add")
    assert answer.code == 2
    assert "--email" in answer.err


def test_a_wrong_setting_is_named(weft: Weft, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEFT_DATABASE_URL", "mysql://somewhere")
    answer = weft("db", "check")
    assert answer.code == 1
    assert "WEFT_DATABASE_URL" in answer.err


def _commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from _commands(command, (*path, name))


def test_every_command_explains_itself_with_an_example(weft: Weft) -> None:
    seen = set()
    for path, command in _commands(cli):
        answer = weft(*path, "--help")
        assert answer.code == 0
        assert "Example" in answer.out, f"weft {' '.join(path)} --help shows no example"
        assert f"weft {path[0]}" in answer.out
        assert command.help
        seen.add(" ".join(path))
    promised = {
        "serve", "worker", "demo", "init", "db upgrade", "db check", "db downgrade", "plugin list", "plugin new",
        "plugin migrate", "plugin remove", "user add", "token add", "import", "export", "reindex", "backup", "restore",
        "doctor", "routes",
    }  # fmt: skip
    assert promised <= seen


# ---- plugins


def test_plugin_list_shows_what_runs_what_is_off_and_why_one_does_not(
    weft: Weft, broken_package: Path, fleet_package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = weft("plugin", "list")
    assert answer.code == 0
    assert re.search(r"^crm +\S+ +weft \S+ +running$", answer.out, re.MULTILINE)
    assert re.search(r"^fleet +weft-fleet 1.0.0 +off$", answer.out, re.MULTILINE)
    monkeypatch.setenv("WEFT_PLUGINS", "crm,broken_import")
    answer = weft("plugin", "list")
    assert answer.code == 1
    assert "weft_library_that_is_not_installed" in answer.out
    assert re.search(r"^crm .* running$", answer.out, re.MULTILINE)


def test_a_plugin_is_migrated_used_and_removed(
    weft: Weft, fleet_package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert weft("db", "upgrade").code == 0
    monkeypatch.setenv("WEFT_PLUGINS", "crm,fleet")
    refused = weft("user", "add", "--email", "a@test.example", "--name", "A")
    assert refused.code == 1
    assert "weft db upgrade" in refused.err
    migrated = weft("plugin", "migrate", "fleet")
    assert migrated.code == 0, migrated.err
    assert "0001" in migrated.out
    assert weft("db", "check").code == 0
    assert weft("plugin", "remove", "fleet", "--yes").code == 0
    monkeypatch.setenv("WEFT_PLUGINS", "crm")
    assert weft("db", "check").code == 0
    assert weft("user", "add", "--email", "a@test.example", "--name", "A").code == 0


def test_a_failing_migration_stops_one_plugin_and_nothing_else(
    weft: Weft, broken_package: Path, fleet_package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEFT_PLUGINS", "crm,fleet,broken_migration")
    answer = weft("db", "upgrade")
    assert answer.code == 1
    assert "half-way" in answer.err
    listed = weft("plugin", "list")
    assert listed.code == 1
    assert re.search(r"^broken_migration .*half-way", listed.out, re.MULTILINE)
    assert re.search(r"^fleet .* running$", listed.out, re.MULTILINE)
    added = weft("user", "add", "--email", "a@test.example", "--name", "A")
    assert added.code == 0, "the platform runs without it"
    assert "broken_migration is not running (migration)" in added.err


def test_a_new_plugin_is_the_sample_under_its_own_name(weft: Weft, tmp_path: Path, checkout: Path) -> None:
    answer = weft("plugin", "new", "fleet", "--title", "Fleet", "--into", str(tmp_path / "new"))
    assert answer.code == 0, answer.err
    sample = checkout / "tests" / "sample_plugin"
    ignored = ("__pycache__", "build", ".egg-info")
    files = [path.relative_to(sample) for path in sample.rglob("*") if path.is_file()]
    wanted = {place for place in files if not any(part.endswith(ignored) for part in place.parts)}
    made = {path.relative_to(tmp_path / "new") for path in (tmp_path / "new").rglob("*") if path.is_file()}
    assert made == wanted
    for place in wanted:
        assert (tmp_path / "new" / place).read_text("utf-8") == (sample / place).read_text("utf-8"), (
            f"{place} differs: run tools/plugin_template.py"
        )


def test_a_plugin_with_a_name_of_its_own_starts_and_its_migration_fits(
    weft: Weft, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "weft-machinery"
    assert weft("plugin", "new", "machinery", "--entity", "work_bench", "--into", str(project)).code == 0
    information = project / "weft_machinery-1.0.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: weft-machinery\nVersion: 1.0.0\n", "utf-8")
    points = "[weft.plugins]\nmachinery = weft_machinery.plugin:MachineryPlugin\n"
    (information / "entry_points.txt").write_text(points, "utf-8")
    monkeypatch.syspath_prepend(str(project))
    monkeypatch.setenv("WEFT_PLUGINS", "crm,machinery")
    upgraded = weft("db", "upgrade")
    assert upgraded.code == 0, upgraded.err
    assert weft("db", "check").code == 0
    assert re.search(r"^machinery .* running$", weft("plugin", "list").out, re.MULTILINE)


@pytest.mark.parametrize("key", ["settings", "Fleet", "class", "a-b", "x"])
def test_a_plugin_needs_a_usable_key(weft: Weft, key: str, tmp_path: Path) -> None:
    answer = weft("plugin", "new", key, "--into", str(tmp_path / "new"))
    assert answer.code == 1
    assert not (tmp_path / "new").exists()


def test_commands_of_plugins_stand_below_their_key(weft: Weft, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site" / "weft_counting"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text('"""Counts."""\n', "utf-8")
    (package / "plugin.py").write_text(
        "import click\n"
        "from weft.core.sdk import Command, Plugin, hookimpl\n\n\n"
        "@click.command('twice')\n@click.argument('number', type=int)\n"
        "def twice(number):\n    '''Double a number.'''\n    click.echo(number * 2)\n\n\n"
        "class CountingPlugin(Plugin):\n    key, title = 'counting', 'Counting'\n\n"
        "    @hookimpl\n    def weft_commands(self):\n        return [Command('twice', twice)]\n",
        "utf-8",
    )
    information = tmp_path / "site" / "weft_counting-1.0.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: weft-counting\nVersion: 1.0.0\n", "utf-8")
    points = "[weft.plugins]\ncounting = weft_counting.plugin:CountingPlugin\n"
    (information / "entry_points.txt").write_text(points, "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.setenv("WEFT_PLUGINS", "crm,counting")
    assert weft("counting", "twice", "21").out == "42\n"
    assert "counting" in weft("--help").out
    assert weft("counting", "thrice", "21").code == 2


# ---- backup


@pytest.fixture
def archive(set_up: Weft, tmp_path: Path) -> Path:
    """An archive of an installation with a user and a stored file."""
    stored = tmp_path / "home" / "files" / "ab"
    stored.mkdir(parents=True)
    (stored / "abcd").write_bytes(b"content of a file" * 1000)
    set_up("user", "add", "--email", "lin@test.example", "--name", "Lin")
    answer = set_up("backup", str(tmp_path / "weft.zip"))
    assert answer.code == 0, answer.err
    return tmp_path / "weft.zip"


def test_an_archive_comes_back_whole_into_an_empty_folder(
    weft: Weft, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert archive.stat().st_mode & 0o077 == 0, "an archive holds everything: only its owner may read it"
    monkeypatch.setenv("WEFT_HOME", str(tmp_path / "second"))
    answer = weft("restore", str(archive))
    assert answer.code == 0, answer.err
    assert (tmp_path / "second" / "files" / "ab" / "abcd").read_bytes() == b"content of a file" * 1000
    assert weft("db", "check").code == 0
    assert weft("doctor").code == 0
    taken = weft("user", "add", "--email", "lin@test.example", "--name", "Lin")
    assert taken.code == 1, "the restored installation knows the user"


def test_nothing_is_overwritten(weft: Weft, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert weft("restore", str(archive)).code == 1, "the installation is not empty"
    assert weft("backup", str(archive)).code == 1, "the archive exists"
    monkeypatch.setenv("WEFT_HOME", str(tmp_path / "third"))
    (tmp_path / "third" / "files").mkdir(parents=True)
    (tmp_path / "third" / "files" / "stray").write_text("x")
    answer = weft("restore", str(archive))
    assert answer.code == 1
    assert "not empty" in answer.err


def test_a_damaged_archive_is_refused_and_changes_nothing(
    weft: Weft, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = archive.read_bytes()
    monkeypatch.setenv("WEFT_HOME", str(tmp_path / "second"))
    damaged = tmp_path / "damaged.zip"
    for cut in (0, 10, len(whole) // 2, len(whole) - 1):
        damaged.write_bytes(whole[:cut])
        _refused(weft, damaged, tmp_path / "second")
    step = max(1, len(whole) // 40)
    for place in range(60, len(whole), step):
        flipped = bytearray(whole)
        flipped[place] ^= 0x10
        damaged.write_bytes(flipped)
        _refused(weft, damaged, tmp_path / "second")


def _refused(weft: Weft, damaged: Path, home: Path) -> None:
    answer = weft("restore", str(damaged))
    if answer.code == 0:
        # A bit of padding that no reader looks at: then everything must have come back.
        assert weft("doctor").code == 0
        shutil.rmtree(home)
        return
    assert "Error:" in answer.err
    assert "Traceback" not in answer.err
    assert not (home / "weft.sqlite3").exists()
    assert not (home / "files").exists()
