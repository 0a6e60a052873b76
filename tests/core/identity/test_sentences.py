"""The audit trail reads as sentences in the viewer's language, with people and labels."""

from __future__ import annotations

import re

import pytest

from weft.core.i18n import use_locale
from weft.core.identity import account, admin, audit, organisation, people
from weft.core.identity.acting import writing
from weft.core.identity.audit import ACTIONS
from weft.core.identity.sentences import sentence
from weft.core.registry.core_plugin import ADMIN
from weft.core.registry.runtime import Runtime
from weft.core.testing.people import Cast


def trail(runtime: Runtime, locale: str) -> list[str]:
    with runtime.db.read() as conn, use_locale(locale):
        rows = list(reversed(audit.entries(conn)))
        known = people.people(conn, audit.subjects(rows))
        return [sentence(row, known, runtime.registry) for row in rows]


@pytest.fixture
def done(weft_runtime: Runtime, weft_cast: Cast) -> None:
    """A morning of an administrator."""
    boss, user = weft_cast.user(ADMIN, name="Shao Yining"), weft_cast.user("employee", name="Xu Tinglan")
    with writing(weft_runtime, weft_cast.principal(boss), "page") as acting:
        unit, _number = organisation.create_unit(acting, name="Field service", name_alt="现场组")
        admin.update_user(acting, user, name_alt="许听澜", locale="zh")
        admin.set_roles(acting, user, ["core.explain"])
        admin.add_membership(acting, user, unit)
        organisation.update_company(acting, name="Weirholm", currency="CNY")
        account.create_token(acting, "Report")
        admin.deactivate(acting, user)


def test_in_english(weft_runtime: Runtime, done: None) -> None:
    assert trail(weft_runtime, "en") == [
        "Shao Yining added the unit Field service",
        "Shao Yining changed the user Xu Tinglan: Name in the other script 许听澜, Language English → 简体中文",
        "Shao Yining changed the roles of Xu Tinglan: + Explain access",
        "Shao Yining changed the units of Xu Tinglan: joined Field service",
        "Shao Yining changed the company settings: Name Weft → Weirholm, Currency EUR → CNY",
        "Shao Yining made the API token “Report”",
        "Shao Yining deactivated Xu Tinglan",
    ]


def test_in_chinese(weft_runtime: Runtime, done: None) -> None:
    assert trail(weft_runtime, "zh") == [
        "Shao Yining新增了部门现场组",
        "Shao Yining修改了用户许听澜：另一文字的名称 许听澜、语言 English → 简体中文",
        "Shao Yining调整了许听澜的角色：+ 查看权限说明",
        "Shao Yining调整了许听澜的部门：加入现场组",
        "Shao Yining修改了公司设置：名称 Weft → Weirholm、币种 EUR → CNY",
        "Shao Yining创建了 API 令牌“Report”",
        "Shao Yining停用了许听澜",
    ]


def test_every_action_has_a_sentence_with_the_same_slots_in_chinese() -> None:
    slots = {"actor": "A", "subject": "S", "detail": "D"}
    for action, text in ACTIONS.items():
        english, chinese = (str((text % slots).in_locale(locale)) for locale in ("en", "zh"))
        assert english != chinese, action
        for name in slots.values():
            assert bool(re.search(rf"\b{name}\b", english)) == (name in chinese), action
