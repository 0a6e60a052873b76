"""Fixtures of this repository's own tests; everything plugin authors can use is in ``weft.core.testing``."""

from __future__ import annotations

import gc
import importlib
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

CHECKOUT = Path(__file__).resolve().parent.parent
#: Folders whose files share a world that takes long to make: one process runs all of them.
ONE_WORLD = ("tests/security/",)
#: Few tests that take minutes: they begin first, so that at the end no process is left alone with one.
LONGEST = (
    "tests/security/",
    "tests/browser/journeys/test_story.py",
    "tests/plugins/test_story.py",
    "tests/browser/journeys/",
)


def pytest_configure() -> None:
    """Look for garbage less often: in a process with so many objects that takes a tenth of the time."""
    gc.set_threshold(50_000, 20, 20)


class _ByFile(LoadFileScheduling):
    """Files go to processes as wholes, and so do folders that share a world."""

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in ONE_WORLD if nodeid.startswith(folder)), super()._split_scope(nodeid))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files in the order in which they are given out: the longest, then those of most tests."""
    tests = Counter(item.nodeid.partition("::")[0] for item in items)

    def place(item: pytest.Item) -> tuple[int, int]:
        file = item.nodeid.partition("::")[0]
        first = next((at for at, path in enumerate(LONGEST) if file.startswith(path)), len(LONGEST))
        return first, -tests[file] if first == len(LONGEST) else 0

    items.sort(key=place)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """``--dist loadfile``, except for folders that share a world, in the order of the collection."""
    config.option.loadscopereorder = False
    return _ByFile(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The folder of this checkout."""
    return CHECKOUT


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of public data sets that lies beside the checkout (or where ``WEFT_TEST_DATA`` says).

    Tests that need it say so when they skip.
    """
    folder = Path(os.environ.get("WEFT_TEST_DATA") or CHECKOUT.parent / "shared" / "data")
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


@pytest.fixture(autouse=True)
def in_english() -> None:
    """Every test begins in English, whatever language the one before it left in this thread."""
    from weft.core.i18n import set_locale

    set_locale("en")
