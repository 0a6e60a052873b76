"""Contracts of the demo company: the one of Haverdijk with its six steps, the framework of Tangyu, and some more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from weft.plugins.documents.services import contracts

__all__ = ["make_contracts"]

_STEPS = (
    (("Signature", "签订"), "30", "145800.00", -255, True, False),
    (("Hardware delivered", "设备到货"), "20", "97200.00", -120, True, False),
    (("Installation finished", "安装完成"), "0", None, -20, True, False),
    (("Acceptance of phase 2", "二期验收"), "10", "48600.00", 12, False, True),
    (("Final acceptance", "最终验收"), "30", "145800.00", 95, False, True),
    (("End of warranty", "质保期满"), "10", "48600.00", 825, False, False),
)
#: Account, name in both languages, kind, amount, currency, begins, ends, owner, steps done of three.
_OTHERS = (
    ("ferrault", ("Yearly care Ferrault", "费罗年度维保"), "service", "38400.00", "EUR", -314, 51, "maud", 2),
    ("baltmere", ("Distribution Baltic states", "波罗的海渠道协议"), "channel", None, "EUR", -600, 130, "gu", 0),
    ("lingtang", ("Agency South China", "华南代理协议"), "channel", None, "CNY", -400, 330, "yan", 0),
    ("ruoling", ("Calibration by Ruoling", "箬岭校准服务协议"), "purchase", "96000.00", "CNY", -340, 25, "dai", 0),
    ("shuohe", ("Castings by Shuohe", "朔禾铸件采购框架"), "purchase", "720000.00", "CNY", -200, 165, "dai", 0),
    ("lingke", ("Boards by Lingke", "翎柯电路板采购"), "purchase", "540000.00", "CNY", -280, 85, "dai", 0),
    ("tangyu_net", ("Loggers Tangyu Networks", "棠屿管网记录仪供货"), "sale", "286000.00", "CNY", -150, 215, "sales", 1),
    ("tangyu_waste", ("Meters Tangyu Wastewater", "棠屿污水流量计供货"), "sale", "198000.00", "CNY", -500, -20, "sales", 3),
    ("vesterlund", ("Subcontract Vesterlund", "维斯特伦德分包合同"), "purchase", "64000.00", "EUR", -200, 100, "maud", 1),
)  # fmt: skip
_THREE = (("Signature", "签订"), ("Delivery", "交货"), ("Acceptance", "验收"))


def make_contracts(context: Any) -> None:
    """Write them as their owners would have, with the steps."""
    made: list[int] = []
    with context.acting(None, context.moment(-255)) as records:
        made += _haverdijk(context, records)
    with context.acting(None, context.moment(-12)) as records:
        made.append(_tangyu(context, records))
    for one in _OTHERS:
        if one[0] in context.made and one[7] in context.people:
            with context.acting(None, context.moment(one[5])) as records:
                made.append(_other(context, records, one))
    with context.acting(None, context.moment(-1)) as records:
        contracts.refresh(records, made)


def _day(context: Any, days: int) -> str:
    return str((context.day + timedelta(days=days)).isoformat())


def _haverdijk(context: Any, records: Any) -> list[int]:
    if "haverdijk" not in context.made:
        return []
    number = records.create("documents.contract", {
        "name": "District metering Haverdijk", "name_alt": "哈弗代克分区计量", "kind": "sale", "status": "active",
        "account": context.made["haverdijk"], "amount": {"amount": "486000.00", "currency": "EUR"},
        "signed_on": _day(context, -255), "starts_on": _day(context, -255), "ends_on": _day(context, 825),
        "note": "62 WH-40, 240 LD-3, 18 GW-1 in eleven districts; commissioning, training, two years of care.",
        **_project(context, "haverdijk"),
    }, owner=context.people.get("maud"))["id"]  # fmt: skip
    context.made["contract.haverdijk"] = number
    for place, (names, share, amount, day, done, customer) in enumerate(_STEPS, 1):
        row: dict[str, Any] = {
            "name": names[0], "name_alt": names[1], "contract": number, "place": place, "share": share,
            "due_on": _day(context, day), "status": "done" if done else "planned", "by_customer": customer,
        }  # fmt: skip
        if amount:
            row["amount"] = {"amount": amount, "currency": "EUR"}
        if done:
            row["done_on"] = _day(context, day)
        step = records.create("documents.step", row, owner=context.people.get("maud"))
        context.made[f"contract.haverdijk.step{place}"] = step["id"]
    change = records.create("documents.contract", {
        "name": "Amendment 1 Haverdijk", "name_alt": "哈弗代克补充协议一", "kind": "sale", "status": "active",
        "account": context.made["haverdijk"], "signed_on": _day(context, -75), "amends": number,
        "note": "District 7 split in two; acceptance of phase 2 moves by three weeks.",
    }, owner=context.people.get("maud"))["id"]  # fmt: skip
    return [number, change]


def _project(context: Any, key: str) -> dict[str, Any]:
    """The project a contract is about, where there are projects."""
    return {"project": context.made[f"project.{key}"]} if f"project.{key}" in context.made else {}


def _tangyu(context: Any, records: Any) -> int:
    values: dict[str, Any] = {
        "name": "Framework contract Tangyu", "name_alt": "棠屿框架合同", "kind": "framework", "status": "approval",
        "account": context.made.get("tangyu"), "amount": {"amount": "1260000.00", "currency": "CNY"},
        "starts_on": _day(context, -315), "ends_on": _day(context, 50), "renewal": "agreed", "notice_days": 60,
        "note": ("Renewal in approval; prices of the list China less 8 %.",
                 "续约审批中；按中国价格表下浮 8 %。")[context.side(True)],
        **_project(context, "tangyu"),
    }  # fmt: skip
    row = records.create("documents.contract", values, owner=context.people.get("sales"))
    context.made["contract.tangyu"] = row["id"]
    for key, name in (("tangyu_waste", "Tangyu Wastewater"), ("tangyu_net", "Tangyu Networks")):
        if key in context.made:
            party = {"name": name, "contract": row["id"], "account": context.made[key], "part": "customer"}
            records.create("documents.party", party, owner=context.people.get("sales"))
    return int(row["id"])


def _other(context: Any, records: Any, one: tuple[Any, ...]) -> int:
    account, names, kind, amount, currency, begins, ends, owner, done = one
    values: dict[str, Any] = {
        "name": names[0], "name_alt": names[1], "kind": kind, "account": context.made[account],
        "status": "active" if ends > 0 else "ended", "signed_on": _day(context, begins),
        "starts_on": _day(context, begins), "ends_on": _day(context, ends), "renewal": "agreed", "notice_days": 60,
    }  # fmt: skip
    if amount:
        values["amount"] = {"amount": amount, "currency": currency}
    who = context.people[owner]
    number = records.create("documents.contract", values, owner=who)["id"]
    if amount:
        for place, step in enumerate(_THREE, 1):
            day = begins + (ends - begins) * (place - 1) // 3
            finished = place <= done
            row = {"name": step[0], "name_alt": step[1], "contract": number, "place": place, "owner": who,
                   "due_on": _day(context, max(day, 5 if owner == "maud" else 40) if not finished else day),
                   "status": "done" if finished else "planned"}  # fmt: skip
            records.create("documents.step", {k: v for k, v in row.items() if k != "owner"}, owner=who)
    return int(number)
