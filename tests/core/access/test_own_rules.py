"""Rules that a company makes for itself: kept, followed by every process, checked like those of plugins, undone."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from weft.core.access import role_changes, rule_changes
from weft.core.access.drafts import cell, set_cell
from weft.core.access.rule_checks import declared_rules, present_rules
from weft.core.errors import Denied, QueryError, StateConflict, UndoRefused, ValidationFailed
from weft.core.identity import audit, people, rulebook, sentences, undo
from weft.core.records import shares
from weft.core.registry.core_plugin import ADMIN
from weft.core.registry.runtime import Runtime
from weft.core.testing.people import Cast

pytestmark = [pytest.mark.weft_plugins("crm", "portal_employee", "portal_customer"), pytest.mark.both_databases]

ACCOUNT, CONTACT = "crm.account", "crm.contact"
REP = "crm.sales_rep"
Make = Callable[..., Any]


def rule(rows: dict[str, Any], *actions: str, fields: list[str] | None = None) -> dict[str, Any]:
    return {"actions": list(actions or ("read",)), "rows": rows, "fields": fields, "without": []}


def save(cast: Cast, role: str, entity: str, rules: list[dict[str, Any]] | None) -> int:
    """As an administrator."""
    with cast.records(ADMIN, write=True) as records:
        seen = present_rules(records.runtime.registry, role, entity)
        return rule_changes.save_rules(records, role, {entity: (seen, rules)})


def seen(cast: Cast, who: str | int, entity: str = ACCOUNT) -> set[str]:
    return {row.title for row in rows(cast, who, entity)}


def rows(cast: Cast, who: str | int, entity: str = ACCOUNT) -> list[Any]:
    with cast.records(who) as records:
        try:
            return list(records.query(entity, limit=200).rows)
        except QueryError:  # nothing of this kind exists for them
            return []


def test_a_changed_rule_holds_at_the_next_request_and_goes_back(weft_cast: Cast, make_record: Make) -> None:
    colleague = weft_cast.user("employee")
    make_record(ACCOUNT, name="Mine", role=["customer"], owner=weft_cast.user_of(REP))
    make_record(ACCOUNT, name="Other", role=["customer"], owner=colleague)
    assert seen(weft_cast, REP) == {"Mine"}
    changed = save(weft_cast, REP, ACCOUNT, [rule({"kind": "all"})])
    assert seen(weft_cast, REP) == {"Mine", "Other"}
    with weft_cast.records(REP, write=True) as records, pytest.raises(Denied):
        records.update(ACCOUNT, records.query(ACCOUNT).rows[0].id, {"name": "X"}, version=None)
    with weft_cast.records(ADMIN, write=True) as records:
        undo.undo_audit(records, changed)
    assert seen(weft_cast, REP) == {"Mine"}
    with weft_cast.records(ADMIN, write=True) as records, pytest.raises(UndoRefused):
        undo.undo_audit(records, changed)
    save(weft_cast, REP, ACCOUNT, [])
    assert seen(weft_cast, REP) == set()
    save(weft_cast, REP, ACCOUNT, None)
    assert seen(weft_cast, REP) == {"Mine"}


def test_another_process_sees_a_change_at_its_next_request(
    weft_runtime: Runtime, weft_cast: Cast, make_record: Make
) -> None:
    from weft.core.ops.boot import boot

    make_record(ACCOUNT, name="Other", role=["customer"], owner=weft_cast.user("employee"))
    user = weft_cast.user_of(REP)
    other = boot(weft_runtime.settings, plugins=list(weft_runtime.plugins.active.values()))
    there = Cast(other)
    assert seen(there, user) == set()
    save(weft_cast, REP, ACCOUNT, [rule({"kind": "all"})])
    assert seen(there, user) == {"Other"}
    other.db.dispose()


def test_the_audit_trail_says_whose_rules_of_what(weft_cast: Cast) -> None:
    save(weft_cast, REP, ACCOUNT, [rule({"kind": "own"})])
    with weft_cast.records(ADMIN) as records:
        (entry,) = audit.entries(records.connection)
        names = people.people(records.connection, audit.subjects([entry]))
        text = sentences.sentence(entry, names, records.runtime.registry)
        assert text == "core.admin 1 changed the rights of Sales rep: Accounts"
        assert [one.action for one in audit.entries(records.connection, rights=True)] == ["rights.rules"]


@pytest.mark.parametrize(
    ("role", "rules", "words"),
    [
        ("customer", [rule({"kind": "own"})], "every field"),
        ("customer", [rule({"kind": "all"}, fields=["name"])], "every record"),
        (REP, [rule({"kind": "where", "filters": {"nothing": "1"}})], "nothing"),
        (REP, [rule({"kind": "where", "filters": {"last_contact_at__gt": "soon"}})], "condition"),
        (REP, [rule({"kind": "own"}, "fly")], "fly"),
        (REP, [rule({"kind": "own"}, fields=["ghost"])], "ghost"),
        (REP, [rule({"kind": "path", "steps": [{"relation": "crm.works_for"}] * 5})], "more than 4"),
        (REP, [rule({"kind": "path", "steps": [{"relation": "crm.line_of"}]})], "begins at"),
        (REP, [rule({"kind": "either", "of": [{"kind": "path", "steps": []}] * 9})], "8"),
        (REP, [{"actions": ["read"], "rows": {"kind": "sql", "text": "1=1"}}], "rows"),
    ],
)
def test_what_plugins_may_not_declare_nobody_may_save(
    weft_cast: Cast, role: str, rules: list[dict[str, Any]], words: str
) -> None:
    with weft_cast.records(ADMIN, write=True) as records:
        before = present_rules(records.runtime.registry, role, ACCOUNT)
    with pytest.raises(ValidationFailed) as caught:
        save(weft_cast, role, ACCOUNT, rules)
    assert words in str(caught.value)
    with weft_cast.records(ADMIN) as records:
        rulebook.follow(records.runtime, records.connection)
        assert rulebook.version(records.connection) == 0
        assert present_rules(records.runtime.registry, role, ACCOUNT) == before


def test_two_administrators_do_not_overwrite_each_other(weft_cast: Cast) -> None:
    with weft_cast.records(ADMIN) as records:
        old = present_rules(records.runtime.registry, REP, ACCOUNT)
    save(weft_cast, REP, ACCOUNT, [rule({"kind": "unit"})])
    with weft_cast.records(ADMIN, write=True) as records, pytest.raises(StateConflict):
        rule_changes.save_rules(records, REP, {ACCOUNT: (old, [rule({"kind": "all"})])})


@pytest.mark.parametrize("who", ["anonymous", "employee", "crm.sales_manager", "core.explain"])
def test_only_administrators_change_rights(weft_cast: Cast, who: str) -> None:
    with weft_cast.records(who, write=True) as records, pytest.raises(Denied):
        rule_changes.save_rules(records, REP, {})
    with weft_cast.records(who, write=True) as records, pytest.raises(Denied):
        role_changes.create_role(records, audience="employee", label_en="X", label_zh="")


def test_an_own_role_is_copied_given_renamed_and_taken_away(weft_cast: Cast, make_record: Make) -> None:
    from weft.core.identity import admin

    person = weft_cast.user("employee")
    make_record(ACCOUNT, name="Mine", role=["customer"], owner=person)
    with weft_cast.records(ADMIN, write=True) as records:
        key, _number = role_changes.create_role(
            records, audience="employee", label_en="Trainee", label_zh="实习生", copy_of=REP
        )
    assert key == "company.trainee"
    with weft_cast.records(ADMIN, write=True) as records:
        admin.set_roles(records, person, [key])
    assert seen(weft_cast, person) == {"Mine"}
    with weft_cast.records(ADMIN, write=True) as records, pytest.raises(ValidationFailed, match="hold this role"):
        role_changes.delete_role(records, key)
    with weft_cast.records(ADMIN, write=True) as records:
        role_changes.update_role(records, key, label_en="Learner", label_zh="学员", includes=["crm.sales_manager"])
    assert "crm.sales_manager" in weft_cast.principal(person).roles
    with weft_cast.records(ADMIN, write=True) as records:
        admin.set_roles(records, person, [])
        gone = role_changes.delete_role(records, key)
    assert key not in weft_cast.principal(person).roles
    with weft_cast.records(ADMIN, write=True) as records:
        undo.undo_audit(records, gone)
        assert rulebook.read(records.connection).roles[key].label_zh == "学员"


def test_inside_and_outside_exclude_each_other(weft_cast: Cast) -> None:
    with weft_cast.records(ADMIN, write=True) as records, pytest.raises(ValidationFailed, match="exclude each other"):
        role_changes.create_role(records, audience="customer", label_en="Spy", label_zh="", includes=[REP])


def test_a_rule_that_an_update_broke_gives_nothing(weft_runtime: Runtime, weft_cast: Cast, make_record: Make) -> None:
    make_record(ACCOUNT, name="Other", role=["customer"], owner=weft_cast.user("employee"))
    with weft_runtime.db.write() as conn:
        broken = [rule({"kind": "all"}, "read", "was_there_once"), rule({"kind": "own"})]
        rulebook.put_rules(conn, REP, ACCOUNT, broken, now=weft_runtime.clock(), by=None)
        rulebook.bump(conn)
    assert seen(weft_cast, REP) == set()
    assert [(role, entity) for role, entity, _why in rulebook.problems(weft_runtime)] == [(REP, ACCOUNT)]


def test_a_cell_of_the_grid_says_and_sets_the_rows_of_an_operation(weft_runtime: Runtime) -> None:
    registry = weft_runtime.registry
    entity = registry.entity(ACCOUNT)
    rules = declared_rules(registry, REP, ACCOUNT)
    assert cell(rules, "update", entity) == {"kind": "own"}
    assert cell(rules, "assign", entity) is None
    changed = set_cell(rules, "export", None, entity, "employee")
    assert cell(changed, "export", entity) is None
    assert cell(changed, "read", entity) == cell(rules, "read", entity)
    changed = set_cell(changed, "read", {"kind": "unit"}, entity, "employee")
    assert cell(changed, "read", entity) == {"kind": "unit"}
    assert cell(changed, "crm.account.claim", entity) == cell(rules, "crm.account.claim", entity)


# ---- the policy against an oracle of its own


class Oracle:
    """Which accounts and contacts somebody reads, told from the data in plain Python."""

    def __init__(self, accounts: list[dict[str, Any]], contacts: list[dict[str, Any]], person: dict[str, Any]) -> None:
        self.accounts, self.contacts, self.person = accounts, contacts, person
        self.rules: dict[str, list[dict[str, Any]]] = {ACCOUNT: [], CONTACT: []}

    def read(self, entity: str) -> set[int]:
        rows = self.accounts if entity == ACCOUNT else self.contacts
        return {row["id"] for row in rows for one in self.rules[entity] if self.holds(one["rows"], row)}

    def holds(self, scope: dict[str, Any], row: dict[str, Any]) -> bool:
        kind, person = scope["kind"], self.person
        if kind == "either":
            return any(self.holds(one, row) for one in scope["of"])
        if kind == "both":
            return all(self.holds(one, row) for one in scope["of"])
        if kind == "where":
            return all(str(row[name.partition("__")[0]]) in value for name, value in scope["filters"].items())
        if kind == "via":
            return row["account"] in self.read(ACCOUNT)
        return {
            "all": True,
            "own": row["owner"] == person["id"],
            "unit": row["unit"] in person["units"],
            "unit_tree": row["unit"] in person["tree"],
            "shared": row["id"] in person["shared"],
        }[kind]


def _scope(chance: random.Random, entity: str, depth: int = 0) -> dict[str, Any]:
    kinds = ["all", "own", "unit", "unit_tree", "shared", "where", *(["via"] if entity == CONTACT else [])]
    if depth < 2:
        kinds += ["either", "both"]
    kind = chance.choice(kinds)
    if kind in ("either", "both"):
        return {"kind": kind, "of": [_scope(chance, entity, depth + 1) for _ in range(chance.randint(1, 3))]}
    if kind == "where":
        return {"kind": kind, "filters": {"name__in": chance.sample([f"N{n}" for n in range(24)], 6)}}
    return {"kind": kind, "link": "account", "entity": ACCOUNT} if kind == "via" else {"kind": kind}


def test_random_rules_give_what_an_oracle_says(weft_cast: Cast, make_record: Make) -> None:
    chance = random.Random(20261130)
    top = weft_cast.unit("Top")
    low, away = weft_cast.unit("Low", top), weft_cast.unit("Away")
    me, other = weft_cast.user(REP, units=[top]), weft_cast.user("employee")
    accounts, contacts = [], []
    for number in range(24):
        owner, unit = chance.choice([me, other, None]), chance.choice([top, low, away])
        row = make_record(ACCOUNT, name=f"N{number}", role=["customer"], owner=owner, unit=unit)
        accounts.append({"id": row.id, "owner": owner, "unit": unit, "name": f"N{number}"})
    for number in range(24):
        owner, unit, account = chance.choice([me, other]), chance.choice([top, low, away]), chance.choice(accounts)
        row = make_record(CONTACT, name=f"N{number}", account=account["id"], owner=owner, unit=unit)
        contacts.append({"id": row.id, "owner": owner, "unit": unit, "name": f"N{number}", "account": account["id"]})
    shared = [row["id"] for row in chance.sample(accounts, 4) + chance.sample(contacts, 4)]
    with weft_cast.records("crm.sales_manager", write=True) as records:
        for record_id in shared:
            shares.share(records, record_id, user=me)
    person = {"id": me, "units": {top}, "tree": {top, low}, "shared": set(shared)}
    oracle = Oracle(accounts, contacts, person)
    for _turn in range(25):
        entity = chance.choice([ACCOUNT, CONTACT])
        oracle.rules[entity] = [rule(_scope(chance, entity)) for _ in range(chance.randint(0, 3))]
        for key, rules in oracle.rules.items():
            save(weft_cast, REP, key, rules)
        for key in (ACCOUNT, CONTACT):
            found = {row.id for row in rows(weft_cast, me, key)}
            assert found == oracle.read(key), oracle.rules
