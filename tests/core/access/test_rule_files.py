"""The whole set of rights as a file: what comes out goes in again, and nothing wrong goes in."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from weft.core.access import role_changes, rule_changes
from weft.core.access.rule_checks import present_rules
from weft.core.access.rule_files import FORMAT, read_file, write_file
from weft.core.errors import ValidationFailed
from weft.core.identity import audit, rulebook, undo

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee", "portal_customer")

REP, ACCOUNT = "crm.sales_rep", "crm.account"
HERE = "/employee/settings/roles/file/"
OWN = {"actions": ["read"], "rows": {"kind": "own"}, "fields": None, "without": []}


@pytest.fixture
def changed(weft_cast: Any) -> str:
    """A file of a company with one own role and one changed rule."""
    with weft_cast.records("core.admin", write=True) as records:
        seen = present_rules(records.runtime.registry, REP, ACCOUNT)
        rule_changes.save_rules(records, REP, {ACCOUNT: (seen, [OWN])})
    with weft_cast.records("core.admin", write=True) as records:
        role_changes.create_role(records, audience="customer", label_en="Buyer", label_zh="采购")
    with weft_cast.records("core.admin") as records:
        return write_file(rulebook.read(records.connection))


def upload(client: Any, text: str) -> Any:
    data = {"file": (io.BytesIO(text.encode()), "rights.json")}
    return client.post(HERE + "check/", data=data, content_type="multipart/form-data")


def hidden(page: str, name: str) -> str:
    from html import unescape

    return unescape(page.split(f'name="{name}" value="')[1].split('"')[0])


def test_a_file_is_compared_applied_and_undone(changed: str, client_as: Any, weft_runtime: Any, weft_cast: Any) -> None:
    admin = client_as("core.admin")
    assert json.loads(admin.get(HERE + "rights.json").text) == json.loads(changed)
    assert "Nothing: these rights hold already." in upload(admin, changed).text
    empty = json.dumps({"format": FORMAT, "roles": [], "rules": {}})
    page = upload(admin, empty).text
    assert "Buyer" in page and "role goes" in page and "Sales rep: Accounts" in page
    with weft_runtime.db.read() as connection:
        assert rulebook.read(connection).rules, "comparing changes nothing"
    data = {name: hidden(page, name) for name in ("text", "version")}
    assert admin.post(HERE + "apply/", data=data).status_code == 303
    assert admin.post(HERE + "apply/", data=data).status_code == 409
    with weft_runtime.db.read() as connection:
        assert not rulebook.read(connection).rules
        (entry,) = audit.entries(connection, action="rights.import")
    with weft_cast.records("core.admin", write=True) as records:
        undo.undo_audit(records, entry.change_set_id)
        assert json.loads(write_file(rulebook.read(records.connection))) == json.loads(changed)


@pytest.mark.parametrize(
    "change",
    [
        lambda file: file | {"format": "other"},
        lambda file: file | {"roles": [{"key": "core.admin", "audience": "employee"}]},
        lambda file: file | {"roles": [*file["roles"], *file["roles"]]},
        lambda file: file | {"rules": {"nobody": {}}},
        lambda file: file | {"rules": {REP: {"crm.ghost": []}}},
        lambda file: file | {"rules": {REP: {ACCOUNT: [OWN | {"actions": ["fly"]}]}}},
        lambda file: file | {"rules": {"customer": {ACCOUNT: [OWN]}}},
        lambda file: file | {"rules": {REP: {ACCOUNT: [OWN | {"rows": {"kind": "sql"}}]}}},
        lambda file: file | {"rules": {REP: {ACCOUNT: ["read"]}}},
        lambda _file: [1, 2],
    ],
)
def test_a_wrong_file_is_refused_as_a_whole(changed: str, weft_runtime: Any, change: Any) -> None:
    with pytest.raises(ValidationFailed):
        read_file(weft_runtime.registry, json.dumps(change(json.loads(changed))))


@pytest.mark.parametrize("who", [None, "employee", "customer", "core.explain"])
def test_only_administrators_have_the_file(client_as: Any, who: str | None) -> None:
    client = client_as(who)
    assert client.get(HERE + "rights.json").status_code in (303, 403)
    assert client.post(HERE + "apply/", data={"text": "{}", "version": "0"}).status_code in (303, 401, 403)
