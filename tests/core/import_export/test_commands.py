"""``weft import`` and ``weft export`` on a real data folder: words, exit codes, the fault file, and back again."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from weft.core.cli.main import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def weft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """``weft("import", ...)`` gives exit code, output and error output."""
    monkeypatch.delenv("WEFT_DATABASE_URL", raising=False)
    monkeypatch.setenv("WEFT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("WEFT_PLUGINS", "crm")

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        streams = capsys.readouterr()
        code = ended.value.code or 0
        return (code if isinstance(code, int) else 1), streams.out, streams.err

    assert run("db", "upgrade")[0] == 0
    return run


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.reader(text))


def test_import_and_export_from_the_command_line(weft: Run, tmp_path: Path) -> None:
    source, faults, target = tmp_path / "firms.csv", tmp_path / "faulty.csv", tmp_path / "out.csv"
    source.write_bytes("名称;付款\n棠屿供水;30\n砚舟热力;many\n".encode("gb18030"))
    wanted = ("import", "crm.account", str(source), "--key", "name", "--map", "付款=payment_days")

    code, out, err = weft(*wanted, "--dry-run")
    assert code == 1
    assert "1 would be created" in out and "1 faulty" in out, err
    assert weft("export", "crm.account", str(target), "--fields", "name")[0] == 0
    assert len(rows_of(target)) == 1
    target.unlink()

    code, out, _err = weft(*wanted, "--errors", str(faults))
    assert code == 1
    assert rows_of(faults)[1][:4] == ["砚舟热力", "many", "3", "付款"]

    mended = faults.read_text(encoding="utf-8-sig").replace("many", "45")
    source.write_text(mended, encoding="utf-8")
    assert weft(*wanted)[0] == 0
    assert weft("export", "crm.account", str(target), "--fields", "name,payment_days", "--sort", "payment_days")[0] == 0
    assert rows_of(target)[1:] == [["棠屿供水", "30"], ["砚舟热力", "45"]]


def test_commands_say_what_is_wrong(weft: Run, tmp_path: Path) -> None:
    source = tmp_path / "x.csv"
    source.write_text("colour\nred\n")
    for arguments, word in (
        (("import", "crm.nothing", str(source)), "crm.account"),
        (("import", "crm.account", str(source)), "choose the fields"),
        (("import", "crm.account", str(source), "--map", "name"), "NAME=VALUE"),
        (("export", "crm.account", str(tmp_path / "x.pdf")), ".xlsx"),
        (("export", "crm.account", str(source)), "not overwritten"),
    ):
        code, _out, err = weft(*arguments)
        assert code == 1, arguments
        assert word in err, arguments
        assert "Traceback" not in err
    assert source.read_text() == "colour\nred\n"
    for command in ("import", "export"):
        code, out, _err = weft(command, "--help")
        assert code == 0
        assert "Example" in out
