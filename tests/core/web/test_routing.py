"""Every route says who may call it; what is not classified does not start."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from flask import Blueprint, Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import stream_encode_multipart

from weft.core.errors import DeclarationError
from weft.core.plugin.base import Plugin, hookimpl
from weft.core.registry.declarations import HttpRoute
from weft.core.testing.client import WeftClient, sign_in
from weft.core.testing.people import Cast
from weft.core.testing.plugins import named
from weft.core.web.app import create_app
from weft.core.web.routing import check_routes, inventory, parse_policy, route


def test_policies_are_read_and_nonsense_is_refused() -> None:
    assert str(parse_policy("public")) == "public"
    assert parse_policy("portal:supplier").value == "supplier"
    found = parse_policy("grant:export:crm.account")
    assert (found.kind, found.operation, found.value) == ("grant", "export", "crm.account")
    for wrong in ("", "anyone", "portal", "grant:read", "public:x"):
        with pytest.raises(ValueError, match="unknown policy"):
            parse_policy(wrong)


def test_a_bare_route_stops_the_start() -> None:
    app = Flask("bare")
    classified = Blueprint("good", __name__)
    route(classified, "/good", policy="public", endpoint="page")(lambda: "ok")
    app.register_blueprint(classified)
    app.add_url_rule("/bare", "bare_page", lambda: "who may call me?")
    with pytest.raises(DeclarationError, match="/bare") as refused:
        check_routes(app)
    assert "policy" in refused.value.remedy


@pytest.mark.weft_plugins("crm", "portal_employee", "portal_customer")
def test_every_route_of_the_application_is_classified(weft_app: Any) -> None:
    lines = list(inventory(weft_app))
    assert len(lines) > 80
    assert [line.rule for line in lines if not line.policy] == []
    public = {line.rule for line in lines if line.policy == "public" and line.door == "page"}
    # What anybody may call is listed by name: a new public page has to be added here on purpose.
    assert public == {
        "/",
        "/auth/",
        "/auth/<audience>/code",
        "/auth/<audience>/oidc/<key>",
        "/auth/<audience>/oidc/<key>/out",
        "/auth/<audience>/privacy",
        "/auth/<audience>/register",
        "/auth/<audience>/reset",
        "/auth/<audience>/sign-in",
        "/auth/<audience>/sign-out",
        "/auth/<audience>/terms",
        "/auth/<audience>/two-step",
        "/auth/link/<token>",
        "/auth/locale",
        "/auth/oidc/<key>/callback",
        "/auth/setup",
        "/auth/theme",
        "/crm/forms/<slug>",
        # Whoever is nobody gets the logo of a portal there, and nothing else.
        "/files/<int:file_id>",
        "/theme/<name>.css",
    }


def _plugin(policy: str) -> type[Plugin]:
    class Fleet(Plugin):
        key, title = "fleet", "Fleet"

        @hookimpl
        def weft_routes(self) -> list[HttpRoute]:
            return [HttpRoute("/hello", "fleet.hello", lambda view: f"hello {view.portal_key}", policy=policy)]

    return Fleet


def test_a_plugin_route_without_a_readable_policy_never_answers(weft_boot: Any) -> None:
    (portal,) = named(["portal_employee"])
    runtime = weft_boot(portal, _plugin("whoever"))
    # The registry takes the plugin out of operation with its reason; were it to pass, the application would refuse.
    if "fleet" in runtime.plugins.quarantined:
        assert "whoever" in runtime.plugins.quarantined["fleet"].reason
        assert "/employee/fleet/hello" not in {info.rule for info in inventory(create_app(runtime, testing=True))}
    else:
        with pytest.raises(DeclarationError, match="whoever"):
            create_app(runtime, testing=True)


def test_a_plugin_route_is_mounted_with_its_policy(weft_boot: Any) -> None:
    (portal,) = named(["portal_employee"])
    runtime = weft_boot(portal, _plugin("role:core.admin"))
    app = create_app(runtime, testing=True)
    app.test_client_class = WeftClient
    cast = Cast(runtime)
    admin, other = cast.user("core.admin"), cast.user("employee")
    assert sign_in(app, runtime, admin).get("/employee/fleet/hello").text == "hello employee"
    assert sign_in(app, runtime, other).get("/employee/fleet/hello").status_code == 403
    assert app.test_client().get("/employee/fleet/hello").status_code == 303


def _taking(policy: str, portal: str, *, upload: bool) -> type[Plugin]:
    class Fleet(Plugin):
        key, title = "fleet", "Fleet"

        @hookimpl
        def weft_routes(self) -> list[HttpRoute]:
            return [HttpRoute("/papers", "fleet.papers", lambda view: f"{len(view.files['file'].read())} bytes", policy,
                              ("POST",), portal, upload=upload)]  # fmt: skip

    return Fleet


@pytest.mark.parametrize(("upload", "status"), [(True, 200), (False, 413)])
def test_a_plugin_route_takes_a_large_file_where_it_says_so(weft_boot: Any, upload: bool, status: int) -> None:
    (portal,) = named(["portal_employee"])
    runtime = weft_boot(portal, _taking("portal:employee", "employee", upload=upload))
    app = create_app(runtime, testing=True)
    app.test_client_class = WeftClient
    client = sign_in(app, runtime, Cast(runtime).user("employee"))
    size = 2 * 1024 * 1024
    file = {"file": FileStorage(BytesIO(b"x" * size), "papers.csv")}
    body, _size, boundary = stream_encode_multipart(file, use_tempfile=False)
    kind = f"multipart/form-data; boundary={boundary}"
    answer = client.post("/employee/fleet/papers", data=body.read(), content_type=kind)
    assert answer.status_code == status
    if upload:
        assert answer.text == f"{size} bytes"


def test_large_files_of_nobody_are_taken_nowhere(weft_boot: Any) -> None:
    (portal,) = named(["portal_employee"])
    runtime = weft_boot(portal, _taking("public", "", upload=True))
    assert "takes large files of everybody" in runtime.plugins.quarantined["fleet"].reason
