"""What every request passes and every answer carries: hosts, origins, forgery tokens, sizes, headers, error pages."""

from __future__ import annotations

import json
from typing import Any

import pytest

from weft.core.web.security import json_depth

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee")


def test_pages_carry_strict_headers(client_as: Any) -> None:
    answer = client_as("employee").get("/employee/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Cookie" in answer.headers["Vary"]
    assert len(answer.headers["X-Request-ID"]) == 16
    assert "Werkzeug" not in answer.headers.get("Server", "")


def test_pages_hold_no_inline_script_or_style(client_as: Any, make_record: Any) -> None:
    account = make_record("crm.account", name="Acme", role=["customer"])
    client = client_as("crm.sales_manager")
    for path in ("/employee/", "/employee/crm/accounts/", f"/employee/crm/accounts/{account.id}", "/employee/profile/"):
        text = client.get(path).text
        assert " style=" not in text, path
        assert "<script>" not in text and " onclick=" not in text and "javascript:" not in text, path


def test_a_foreign_host_is_refused(weft_app: Any) -> None:
    client = weft_app.test_client()
    assert client.get("/healthz", headers={"Host": "localhost"}).status_code == 200
    assert client.get("/auth/employee/sign-in", headers={"Host": "evil.example"}).status_code == 400


def test_a_write_from_another_site_is_refused(client_as: Any, make_record: Any, records_as: Any) -> None:
    account = make_record("crm.account", name="Acme", role=["customer"])
    client, path = client_as("crm.sales_manager"), f"/employee/crm/accounts/{account.id}/delete"
    assert client.post(path, forged=True).status_code in (400, 403)
    assert client.post(path, headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.post(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    with records_as("crm.sales_manager") as records:
        assert records.get("crm.account", account.id).version == account.version
    assert client.post(path).status_code == 303


@pytest.mark.parametrize(
    ("text", "depth"), [("{}", 1), ('{"a": [1, {"b": []}]}', 4), ('"[[[["', 0), (r'{"a": "\"[["}', 1), ("[" * 30, 30)]
)
def test_depth_of_json_is_counted_without_parsing(text: str, depth: int) -> None:
    assert json_depth(text.encode()) == depth


def test_deep_or_large_json_is_refused_before_it_is_parsed(client_as: Any) -> None:
    client = client_as("employee")
    deep = "[" * 3000 + "]" * 3000
    path = "/employee/me/sidebar/"
    assert client.post(path, data=deep, content_type="application/json").status_code == 400
    large = json.dumps({"a": "x" * 300_000})
    assert client.post(path, data=large, content_type="application/json").status_code == 413


def test_a_large_form_is_refused(client_as: Any) -> None:
    answer = client_as("employee").post("/employee/me/ask/", data={"why": "x" * 2_000_000})
    assert answer.status_code == 413
    assert "This is too large" in answer.text


def test_an_error_shows_its_number_and_no_trace(weft_app: Any, client_as: Any, monkeypatch: Any) -> None:
    from weft.core.web.pages import search

    def broken(*_args: Any) -> Any:
        raise RuntimeError("secret-of-the-house")

    weft_app.testing = False
    weft_app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr(search, "_entities", broken)
    answer = client_as("employee").get("/employee/search/?q=x")
    assert answer.status_code == 500
    assert "secret-of-the-house" not in answer.text and "Traceback" not in answer.text
    assert answer.headers["X-Request-ID"] in answer.text


def test_health_answers_without_a_sign_in_and_metrics_only_from_this_machine(weft_app: Any) -> None:
    client = weft_app.test_client()
    assert client.get("/healthz").text == "ok\n"
    assert client.get("/readyz").text == "ready\n"
    local = client.get("/metrics", environ_base={"REMOTE_ADDR": "127.0.0.1"})
    assert local.status_code == 200 and b"weft_requests_total" in local.data
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "10.0.0.9"}).status_code == 404
    proxied = {"REMOTE_ADDR": "127.0.0.1"}
    assert client.get("/metrics", environ_base=proxied, headers={"X-Forwarded-For": "10.0.0.9"}).status_code == 404


def test_logs_name_the_rule_and_never_what_was_sent(client_as: Any) -> None:
    import structlog

    with structlog.testing.capture_logs() as lines:
        client_as("employee").get("/employee/search/?q=very-private-words")
    line = next(one for one in lines if one["event"] == "request")
    assert line["rule"] == "/<portal>/search/"
    assert line["status"] == 200
    assert "very-private-words" not in json.dumps(lines)
