"""The surface plugins rely on: a name that comes or goes shows here, and needs a fragment in changes/."""

from __future__ import annotations

import subprocess
import sys

import weft.core.sdk
import weft.core.websdk

SDK = [
    "ALL",
    "API_LEVEL",
    "AUDIENCES",
    "Action",
    "ActionContext",
    "ActionResult",
    "BulkResult",
    "Change",
    "Choices",
    "Command",
    "Conflict",
    "DeclarationError",
    "DemoContext",
    "Denied",
    "EDIT",
    "Entity",
    "Extension",
    "Field",
    "FieldError",
    "Filter",
    "Grant",
    "Home",
    "HttpRoute",
    "Job",
    "JobContext",
    "Kind",
    "LazyText",
    "ListView",
    "LoadResult",
    "Mapped",
    "Money",
    "MoneySum",
    "NavEntry",
    "NavGroup",
    "NewEntry",
    "NotFound",
    "Page",
    "PersonRef",
    "Plugin",
    "PortalSpec",
    "Principal",
    "QueryError",
    "READ",
    "RecordPage",
    "Records",
    "Ref",
    "RefValue",
    "RelationType",
    "Role",
    "Row",
    "RowScope",
    "Setting",
    "Slot",
    "StateConflict",
    "Step",
    "Subscriber",
    "Text",
    "Trait",
    "TraitSpec",
    "UnitRef",
    "ValidationFailed",
    "ValueList",
    "WRITE",
    "WeftError",
    "Widget",
    "WriteContext",
    "all_of",
    "all_rows",
    "any_of",
    "choices",
    "current_locale",
    "field",
    "hookimpl",
    "hookspec",
    "in_script",
    "own",
    "path",
    "rev",
    "shared",
    "timedelta",
    "trait",
    "translator",
    "tree",
    "unit",
    "unit_tree",
    "use_locale",
    "via",
    "where",
]

WEBSDK = ["Formats", "View", "core_tiles", "current", "with_query"]


def test_the_surface_of_the_facade() -> None:
    assert sorted(weft.core.sdk.__all__) == sorted(SDK)
    assert all(hasattr(weft.core.sdk, name) for name in SDK)


def test_the_surface_for_pages() -> None:
    assert sorted(weft.core.websdk.__all__) == sorted(WEBSDK)
    assert all(hasattr(weft.core.websdk, name) for name in WEBSDK)


def test_the_facade_does_without_flask() -> None:
    code = "import sys, weft.core.sdk; sys.exit('flask' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
