"""Fixtures of this repository's own tests; everything plugin authors can use is in ``weft.core.testing``."""

from __future__ import annotations

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
    """The sample plugin, installed by pip as a stranger's package into a folder of its own."""
    target = tmp_path_factory.mktemp("fleet")
    source = target / "source"
    # pip builds inside the source folder: the checkout's own must stay clean
    _copy(CHECKOUT / "tests" / "sample_plugin", source)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    done = subprocess.run([*command, "--target", target / "site", source], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    sys.path.append(str(target / "site"))
    yield target / "site"
    sys.path.remove(str(target / "site"))


def _copy(source: Path, target: Path) -> None:
    import shutil

    shutil.copytree(source, target, ignore=shutil.ignore_patterns("build", "*.egg-info", "__pycache__"))
