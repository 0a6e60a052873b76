"""The story of the people in plain data: kinds of leave, templates, who is away, what ends, what people aim at."""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = [
    "AWAY", "CONTRACTS", "GOALS", "JOINING", "LEAVE_TYPES", "LEAVING", "PAST_REASONS", "REQUESTS", "Goal", "Request",
    "Step", "Terms",
]  # fmt: skip

#: name, name in Chinese, country, accrual, days a year, carried at most, expire after months, counted.
LEAVE_TYPES: list[tuple[str, str, str, str, str, str, int, str]] = [
    ("Annual leave", "年假", "CN", "year", "12", "5", 3, "working"),
    ("Annual leave", "年假", "NL", "month", "25", "5", 6, "working"),
    ("Sick leave", "病假", "", "none", "", "", 0, "working"),
    ("Personal leave", "事假", "", "none", "", "", 0, "working"),
    ("Parental leave", "育儿假", "", "year", "10", "", 0, "working"),
    ("Maternity leave", "产假", "", "none", "", "", 0, "calendar"),
]


class Step(NamedTuple):
    """One step of a template: English, Chinese, who does it, days after the first or last day."""

    subject: str
    subject_alt: str
    responsible: str
    days: int


JOINING = [
    Step("Contract signed and filed", "签署并归档劳动合同", "officer", -3),
    Step("Account and roles checked", "核对账号与角色", "it", -1),
    Step("Laptop, phone and badge handed over", "发放电脑、手机和工牌", "it", 0),
    Step("Desk and team introduced", "介绍工位与团队", "head", 0),
    Step("Goals of the first three months agreed", "约定前三个月目标", "head", 10),
    Step("Bank account and tax form received", "收到银行账户与个税表", "officer", 5),
    Step("Safety training", "安全培训", "person", 13),
    Step("New-employee guide read", "阅读新员工手册", "person", 14),
    Step("Talk after the first month", "满月面谈", "officer", 30),
]
LEAVING = [
    Step("Leaving talk", "离职面谈", "officer", -5),
    Step("Work handed over to colleagues", "工作交接", "head", 0),
    Step("Laptop, phone and badge returned", "归还电脑、手机和工牌", "it", 0),
    Step("Accounts of other systems closed", "关闭其他系统账号", "it", 1),
    Step("Open expenses settled", "结清报销", "officer", 10),
    Step("Remaining leave paid out", "结算剩余年假", "officer", 20),
    Step("Certificate of employment sent", "开具离职证明", "officer", 30),
]

#: Away on D: person, first and last day from D; nobody else is.
AWAY = [("wen", -2, 3), ("bart", -1, 1)]


class Request(NamedTuple):
    """A request that waits: person, days from D, reason in both languages."""

    person: str
    first: int
    last: int
    reason: tuple[str, str]


REQUESTS = [
    Request("cheng", 9, 10, ("Visiting parents", "回家看望父母")),
    Request("su", 15, 17, ("Moving house", "搬家")),
    Request("lei", 22, 23, ("School event of my daughter", "女儿学校活动")),
]
PAST_REASONS = [
    ("Family visit", "探亲"), ("Holiday", "休假"), ("Appointment in town", "办理个人事务"), ("Long weekend", "调整休息"),
]  # fmt: skip


class Terms(NamedTuple):
    """Contracts that end or are on probation: person, kind, end and end of probation in days from D."""

    person: str
    kind: str
    ends: int | None
    trial: int | None


CONTRACTS = [
    Terms("gu", "fixed", 353, 48),
    Terms("kai", "fixed", 26, None),
    Terms("wieke", "fixed", 54, None),
    Terms("zhu", "fixed", 130, None),
    Terms("an", "trainee", 40, None),
    Terms("hou", "fixed", 300, None),
]


class Goal(NamedTuple):
    """A goal: person, words, target, reached, measure, source, whether of the quarter (else of the year)."""

    person: str
    subject: tuple[str, str]
    target: str
    reached: str
    measure: str
    source: str = ""
    quarter: bool = True


GOALS = [
    Goal("sales", ("Won amount of the quarter", "本季赢单金额"), "1500000", "0", "CNY", "crm.won"),
    Goal("maud", ("Won amount of the quarter", "本季赢单金额"), "1200000", "0", "CNY", "crm.won"),
    Goal("jian", ("Won amount of the quarter", "本季赢单金额"), "900000", "0", "CNY", "crm.won"),
    Goal("employee", ("Commissionings without a second visit", "一次完成的调试"), "20", "14", "visits", "", True),
    Goal("qiao", ("Requests answered on the same day", "当日答复的服务请求"), "95", "91", "%", "", True),
    Goal("ye", ("Meters returned under warranty, at most", "质保退回数量控制"), "12", "5", "pieces", "", False),
    Goal("cheng", ("Positions filled", "完成招聘岗位"), "6", "4", "positions", "", False),
]


def named(rows: list[Any]) -> set[str]:
    """Keys of the people in rows."""
    return {row[0] for row in rows}
