"""A small plugin whose records reference each other in every way that storage has to keep right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from weft.core.plugin.base import Plugin
    from weft.core.registry.runtime import Runtime

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def _plugins() -> list[type[Plugin]]:
    from weft.core import sdk
    from weft.core.sdk import ALL, Entity, Grant, Mapped, Ref, RelationType, choices, field, hookimpl, path, tree

    class Site(Entity, key="depot.site", label="Site"):
        """A place; sites lie in sites (free edges of an acyclic type)."""

        name: Mapped[str] = field.text("Name")

    class Crate(Entity, key="depot.crate", label="Crate", title=("code", "label"), number="CR-"):
        """A crate at a site, with one lid."""

        code: Mapped[str] = field.text("Code", unique=True)
        label: Mapped[str] = field.text("Label")
        phase: Mapped[str] = field.choice("Phase", choices(new="New", used="Used"), default="new", state=True)
        site: Mapped[Ref | None] = field.reference(
            "Site", to="depot.site", relation="depot.stands_at", inverse=("depot.holds", "Holds")
        )
        twin: Mapped[Ref | None] = field.reference(
            "Twin", to="depot.crate", relation="depot.twin_of", inverse=("depot.twinned_by", "Twin of"), unique=True
        )

    class DepotPlugin(sdk.Plugin):
        key, title, api = "depot", "Depot", ">=1,<2"

        @hookimpl
        def weft_entities(self) -> Any:
            return [Site, Crate]

        @hookimpl
        def weft_relations(self) -> Any:
            return [
                RelationType(
                    "depot.within", "depot.contains", "Within", "Contains",
                    source=("depot.site",), target=("depot.site",), acyclic=True,
                )
            ]  # fmt: skip

        @hookimpl
        def weft_grants(self) -> Any:
            rows = path("depot.stands_at", tree("depot.within"))
            return [
                Grant("employee", "depot.crate", ALL),
                Grant("employee", "depot.site", ALL),
                Grant("customer", "depot.crate", rows=rows, fields={"code"}),
            ]

    class LabelsPlugin(sdk.Plugin):
        key, title, api, requires = "labels", "Labels", ">=1,<2", ("depot",)

        @hookimpl
        def weft_extensions(self) -> Any:
            home = field.reference(
                "Home", to="depot.site", relation="labels.home_at", inverse=("labels.home_of", "Home of")
            )
            return [sdk.Extension("depot.crate", {"colour": field.text("Colour"), "home": home})]

    return [DepotPlugin, LabelsPlugin]


_made: list[Any] = []


@pytest.fixture
def weft_plugins() -> list[type[Plugin]]:
    """The plugins of these tests, made once per process: a table can be declared only once."""
    if not _made:
        _made.extend(_plugins())
    return list(_made)


@pytest.fixture
def tables(weft_runtime: Runtime) -> Any:
    """The tables of the plugins, by short name."""
    from types import SimpleNamespace

    entities = weft_runtime.registry.entities
    crate = entities["depot.crate"]
    return SimpleNamespace(
        site=entities["depot.site"].table, crate=crate.table, label=crate.extensions["labels"].table,
        Site=entities["depot.site"].cls, Crate=crate.cls,
    )  # fmt: skip


@pytest.fixture
def header() -> Callable[..., dict[str, Any]]:
    """Values every row of an entity table needs."""

    def make(**more: Any) -> dict[str, Any]:
        return {"created_at": NOW, "updated_at": NOW, **more}

    return make
