"""Fixtures of this repository's own tests; everything plugin authors can use is in ``weft.core.testing``."""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The folder of this checkout."""
    return CHECKOUT


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of public data sets that lies beside the checkout; tests that need it say so when they skip."""
    folder = CHECKOUT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("REAL DATA NOT TESTED: there is no folder shared/data beside the checkout")
    return folder


@pytest.fixture(scope="session")
def fleet_package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder into which pip installed the sample plugin as a stranger's package."""
    yield from _installed(CHECKOUT / "tests" / "sample_plugin", tmp_path_factory.mktemp("fleet"))


@pytest.fixture(scope="session")
def broken_package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder into which pip installed the plugins that fail."""
    yield from _installed(CHECKOUT / "tests" / "broken_plugins", tmp_path_factory.mktemp("broken"))


def _installed(project: Path, folder: Path) -> Iterator[Path]:
    """Install a project by pip into a folder of its own that is importable meanwhile."""
    # pip builds inside the source folder: the checkout's own must stay clean
    ignored = shutil.ignore_patterns("build", "*.egg-info", "__pycache__")
    source = shutil.copytree(project, folder / "source", ignore=ignored)
    target = folder / "site"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    done = subprocess.run([*command, "--target", target, source], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    sys.path.append(str(target))
    importlib.invalidate_caches()
    yield target
    sys.path.remove(str(target))
