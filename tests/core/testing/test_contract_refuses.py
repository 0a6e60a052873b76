"""The contract fails for every plugin that is broken: a contract that nothing can break would promise nothing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
#: module of the broken plugin -> a check of the contract that must find it.
BROKEN = {
    "bad_mapper": "test_every_declaration_is_accepted",
    "bad_grant": "test_every_declaration_is_accepted",
    "undeclared_route": "test_every_declaration_is_accepted",
    "slow_hook": "test_every_declaration_is_accepted",
    "bad_manifest": "test_every_declaration_is_accepted",
    "bad_migration.plugin": "test_migrations_lead_to_the_declarations_and_back",
}


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory, broken_package: Path) -> str:
    """What pytest says when each broken plugin inherits the contract (those checks that must find it)."""
    folder = tmp_path_factory.mktemp("contract")
    lines = ["from weft.core.testing.contract import PluginContract"]
    for number, module in enumerate(BROKEN):
        lines.append(f"from weft_broken.{module} import BrokenPlugin as Broken{number}")
    for number in range(len(BROKEN)):
        lines += ["", "", f"class Test{number}(PluginContract):", f"    plugin = Broken{number}"]
    (folder / "test_broken.py").write_text("\n".join(lines) + "\n", encoding="utf-8")
    names = " or ".join(sorted(set(BROKEN.values())))
    environment = {key: value for key, value in os.environ.items() if key != "WEFT_TEST_POSTGRES_URL"}
    environment["PYTHONPATH"] = str(broken_package)
    command = [sys.executable, "-m", "pytest", "-q", "--tb=no", "-rfE", "-p", "no:cacheprovider", "-k", names]
    done = subprocess.run(
        [*command, "--rootdir", folder, folder],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("module", BROKEN)
def test_a_broken_plugin_fails_its_contract(module: str, outcome: str) -> None:
    number = list(BROKEN).index(module)
    assert re.search(rf"^(FAILED|ERROR) \S*::Test{number}::{BROKEN[module]}", outcome, re.MULTILINE), outcome
