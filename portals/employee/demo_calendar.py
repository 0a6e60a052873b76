"""Appointments of the demo company around D: weekly calls, visits, reviews and tasks of the people who sign in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from weft.core.sdk import share_record

__all__ = ["make"]

_CHINESE = frozenset({"manager", "sales", "su", "hr", "finance", "employee", "executive", "admin", "lei"})


class Plan(NamedTuple):
    """One appointment: owner, days from D, hour, minute, length, words, place, guests, rule, kind."""

    owner: str
    day: int
    hour: int
    minute: int
    minutes: int
    subject: str
    subject_alt: str
    place: tuple[str, str] = ("", "")
    guests: tuple[str, ...] = ()
    rule: str = ""
    kind: str = "appointment"
    remind: int | None = None


_ROOM = ("Meeting room Taihu, Suzhou", "苏州太湖会议室")
_DESK = ("Rotterdam, room Maas", "鹿特丹马斯会议室")
_CHINA = ("su", "sales", "jian", "wen", "ruan")
_FIELD = ("shi", "sander", "employee", "fang", "bai")

PLANS = [
    Plan("manager", 0, 10, 0, 45, "China team: weekly call", "中国组周会", _ROOM, _CHINA, "FREQ=WEEKLY", remind=10),
    Plan("sales", 1, 9, 30, 60, "Prepare the Lan'an offer", "准备澜桉报价", kind="task"),
    Plan("sales", -1, 9, 0, 30, "Send the minutes to Tangyu", "把会议纪要发给棠屿", kind="task"),
    Plan("sales", 2, 13, 30, 120, "Tangyu Networks: walk through the pump stations", "棠屿管网：泵站现场走访", guests=("employee",)),
    Plan("manager", 0, 15, 0, 60, "Forecast of next month", "下月预测讨论", _ROOM, ("executive",), "FREQ=WEEKLY;INTERVAL=4"),
    Plan("manager", 1, 10, 30, 60, "Discount for Brunnvik: go through the offer", "布伦维克折扣：过一遍报价", guests=("maud",)),
    Plan("manager", 2, 16, 0, 30, "One to one with Lin Shutong", "与林疏桐一对一", guests=("sales",), rule="FREQ=WEEKLY;INTERVAL=2"),
    Plan("manager", 0, 17, 0, 30, "Look through new leads", "查看新线索", kind="task"),
    Plan("executive", 0, 9, 0, 30, "Day with the assistant", "与助理安排当天工作", guests=("assistant",), rule="FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
    Plan("executive", 1, 14, 0, 90, "Renewal of the Tangyu framework contract", "棠屿框架合同续签", _ROOM, ("manager", "finance")),
    Plan("executive", 3, 10, 0, 60, "Heads of departments", "部门负责人例会", _ROOM, ("manager", "head", "finance", "hr"), "FREQ=WEEKLY"),
    Plan("admin", 0, 11, 0, 30, "Look at backups and jobs", "检查备份与后台任务", rule="FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
    Plan("admin", 1, 15, 30, 45, "Accounts for the newcomers", "新同事账号开通", guests=("hr",)),
    Plan("executive", 0, 17, 30, 30, "Read the renewal of Tangyu once more", "再看一遍棠屿续签合同", kind="task"),
    Plan("admin", 0, 16, 30, 30, "Try out the restore of last night's backup", "用昨晚备份做一次恢复演练", kind="task"),
    Plan("admin", 2, 10, 0, 60, "Change the certificate of the portal", "更换门户证书", kind="task"),
    Plan("hr", 0, 13, 30, 60, "Gu Nanqiao: first two weeks", "顾南乔入职两周面谈", ("", ""), ("gu",)),
    Plan("hr", 1, 9, 30, 45, "Interview: field engineer", "现场工程师面试", _ROOM, ("lei", "cheng")),
    Plan("hr", 0, 16, 0, 30, "Write to the two applicants", "给两位应聘者回信", kind="task"),
    Plan("hr", 2, 15, 0, 60, "Leave of the Spring Festival: plan make-up days", "春节调休排班", kind="task"),
    Plan("finance", 0, 10, 30, 45, "Receivables: overdue invoices", "应收账款：逾期发票", guests=("kong", "pei"), rule="FREQ=WEEKLY"),
    Plan("finance", 0, 16, 0, 30, "Check the bill of Shuohe Castings", "核对朔禾铸造账单", kind="task"),
    Plan("finance", 2, 14, 0, 60, "Monthly closing with the controller", "与财务分析月结", guests=("marijn",), rule="FREQ=WEEKLY;INTERVAL=4"),
    Plan("project", 0, 16, 0, 60, "Haverdijk: progress with the customer", "哈弗代克：与客户对进度", _DESK, ("cen", "bart")),
    Plan("project", 1, 17, 0, 30, "Tangyu pump stations: what is late", "棠屿泵站：延期事项", ("", ""), ("jiang", "head")),
    Plan("project", 2, 16, 30, 45, "Plan the commissioning weeks", "安排调试周计划", kind="task"),
    Plan("employee", 0, 8, 30, 30, "Field service: who goes where", "现场组派工", guests=("lei",), rule="FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
    Plan("employee", 1, 13, 0, 180, "Commissioning at Heting Water", "禾亭水务调试"),
    Plan("employee", -1, 16, 0, 30, "Write the report of the Tangyu visit", "写棠屿现场报告", kind="task"),
    Plan("head", 0, 17, 0, 45, "Engineering leads", "工程负责人例会", _DESK, ("project", "lei"), "FREQ=WEEKLY"),
    Plan("head", 0, 15, 0, 30, "Two requests past their due time: call the customers", "两个逾期请求：致电客户", kind="task"),
    Plan("head", 1, 15, 30, 30, "Hours of the unit", "部门工时", kind="task"),
    Plan("head", 2, 18, 0, 60, "LD-4: experience from the field", "LD-4 现场使用反馈", guests=("pan", "xia")),
    Plan("lei", 0, 8, 0, 20, "Weather and roads", "天气与路况", guests=_FIELD, rule="FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
]  # fmt: skip


def make(context: Any) -> None:
    """Make the appointments, each entered by its owner some days before."""
    owners = list(dict.fromkeys(plan.owner for plan in PLANS))
    for number, owner in enumerate(owners):
        context.progress("appointments", number, len(owners))
        with context.acting(owner, context.moment(-9, 9, 30)) as records:
            for plan in (one for one in PLANS if one.owner == owner):
                row = records.create("core.event", _values(context, plan))
                for guest in plan.guests:
                    share_record(records, row["id"], user=context.people[guest])


def _values(context: Any, plan: Plan) -> dict[str, Any]:
    chinese = context.locale == "zh" or (context.locale == "both" and plan.owner in _CHINESE)
    start = context.moment(plan.day, plan.hour, plan.minute)
    if plan.rule:
        start -= timedelta(weeks=8)
        if "BYDAY" in plan.rule:
            start = _monday(start)
    values: dict[str, Any] = {
        "subject": plan.subject_alt if chinese else plan.subject,
        "kind": plan.kind,
        "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(minutes=plan.minutes)).isoformat(),
        "place": plan.place[1 if chinese else 0] or None,
        "rule": plan.rule or None,
        "remind_minutes": plan.remind,
    }
    return {name: value for name, value in values.items() if value is not None}


def _monday(start: datetime) -> datetime:
    return start - timedelta(days=start.weekday())
