"""The list of packages; everything else about the distribution stands in setup.cfg."""

from setuptools import find_packages, setup

ROOTS = ("core", "plugins", "portals")
PACKAGES = [f"weft.{name}" for root in ROOTS for name in find_packages(include=[root, f"{root}.*"])]

setup(packages=PACKAGES)
