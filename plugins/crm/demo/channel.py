"""Distributors and agents of the demo company: their dealers, price lists, customers, deals, contacts and leads."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

from weft.plugins.crm.services.accounts import refresh_facts

__all__ = ["LEADS", "make"]


class Given(NamedTuple):
    """A lead given to a firm ``ago`` days before D; ``left`` days from D to answer, None for one that is in work."""

    firm: str
    name: str
    name_zh: str
    person: str
    mail: str
    country: str
    city: tuple[str, str]
    need: tuple[str, str]
    ago: int
    left: int | None
    declined: tuple[str, str] = ("", "")


#: Price list by firm.
_LISTS = {
    "baltmere": "distributor", "baltmere_riga": "distributor", "baltmere_turku": "distributor",
    "ribarga": "distributor", "lingtang": "china",
}  # fmt: skip
#: Firm -> its customers; those marked with + were spoken to by the firm, the others are owed a contact.
_CUSTOMERS = {
    "baltmere": ("+vliermeer-works", "+bracquemont-paper", "aldersund-energy", "zandkreek-chemie", "lindevoort-board"),
    "baltmere_riga": ("+ymsland-works",),
    "baltmere_turku": ("+bokkestad-brewing",),
    "ribarga": ("hellendaal-dairy", "esperlund-paper"),
    "lingtang": ("jilan", "+ruoyan-dairy", "+linping-dairy", "heyan-water", "qizhu-wastewater"),
}
#: Who speaks for a firm; dealers have people of their own, who do not stand on the sign-in page.
_SPEAKERS = {"baltmere": "distributor", "lingtang": "agent", "baltmere_riga": "riga", "baltmere_turku": "turku"}
_DEALER_PEOPLE = (
    ("riga", "Dace Kalvenaite", "达采·卡尔韦奈特", "baltmere_riga"),
    ("turku", "Aino Merivaara", "艾诺·梅里瓦拉", "baltmere_turku"),
)
#: Talks of each customer that its firm had instead of a colleague.
_TALKS = 2
#: The deal that the agent reports won, waiting for the manager.
_REPORTED = "linping-dairy"

LEADS = [
    Given("baltmere", "Haltervik Creamery", "哈尔特维克乳品厂", "Piret Vaarmets", "piret@haltervik.example", "EE",
          ("Haltervik", "哈尔特维克"),
          ("Flow meters for two pasteuriser lines, delivery before spring.", "两条巴氏杀菌线需要流量计，春季前交货。"), 1, 2),
    Given("baltmere", "Vormasund Waterworks", "沃尔马松水厂", "Henrik Tammelin", "henrik@vormasund.example", "EE",
          ("Vormasund", "沃尔马松"),
          ("Leak loggers for the old town, forty chambers.", "老城区四十口检查井需要漏损记录仪。"), 2, 1),
    Given("baltmere", "Kaldervik Brewery", "卡尔德维克啤酒厂", "Maarja Laanesild", "maarja@kaldervik.example", "EE",
          ("Kaldervik", "卡尔德维克"), ("Meters for the new bottling hall.", "新灌装车间需要流量计。"), 1, 3),
    Given("baltmere", "Toilamaa Heating", "托伊拉马供热", "Rasmus Orgvee", "rasmus@toilamaa.example", "EE",
          ("Toilamaa", "托伊拉马"), ("Heat meters for sixteen substations.", "十六座换热站需要热量表。"), 9, None),
    Given("baltmere_riga", "Ropalejas Dairy", "罗帕莱亚斯乳业", "Ilze Bramberga", "ilze@ropalejas.example", "LV",
          ("Ropalejas", "罗帕莱亚斯"), ("One clamp-on meter to try on the whey line.", "乳清线试用一台外夹式流量计。"), 6, None),
    Given("baltmere_turku", "Auravesi Paper", "奥拉韦西纸业", "Juhani Kivelanpaa", "juhani@auravesi.example", "FI",
          ("Auravesi", "奥拉韦西"), ("Replacement of eight magnetic meters.", "更换八台电磁流量计。"), 8, None),
    Given("baltmere", "Pihtlavere Bathhouse", "皮赫特拉韦雷浴场", "Siim Kaarjarv", "siim@pihtlavere.example", "EE",
          ("Pihtlavere", "皮赫特拉韦雷"), ("One meter for a warm-water basin.", "温水池需要一台流量计。"), 4, None,
          ("Too small for a visit; a web shop would serve them.", "项目过小，不值得上门，建议走网上商城。")),
    Given("lingtang", "Yuelan Food Park", "粤澜食品园", "冯以宁", "feng@yuelan-park.example", "CN", ("Zhongshan", "中山"),
          ("Metering of six tenants with monthly readings.", "六家租户分户计量，按月出数。"), 1, 2),
    Given("lingtang", "Suixi Water Supply", "穗溪供水", "霍清川", "huo@suixi-water.example", "CN", ("Zhaoqing", "肇庆"),
          ("Night flow is too high: wants loggers for one district.", "夜间最小流量偏高，先上一个片区的漏损记录仪。"), 2, 1),
    Given("lingtang", "Hengwan Heating", "珩湾热力", "莫知秋", "mo@hengwan.example", "CN", ("Foshan", "佛山"),
          ("Two electromagnetic meters for the boiler house.", "锅炉房需要两台电磁流量计。"), 1, 3),
    Given("lingtang", "Rongxi Dyeing", "榕汐印染", "贺景行", "he@rongxi-dye.example", "CN", ("Jiangmen", "江门"),
          ("Process water of three dyeing lines.", "三条印染线的工艺水计量。"), 8, None),
    Given("lingtang", "Shaoshuang Waterworks", "韶泷水务", "邝云舒", "kuang@shaoshuang.example", "CN", ("Shaoguan", "韶关"),
          ("Insertion meters for two mains without a shutdown.", "两条主干管需不停水安装插入式流量计。"), 11, None),
    Given("ribarga", "Vilacoval Canning", "维拉科瓦尔罐头厂", "Duarte Nogueirol", "duarte@vilacoval.example", "PT",
          ("Vilacoval", "维拉科瓦尔"), ("Meters for the retort cooling water.", "杀菌釜冷却水计量。"), 1, 2),
]  # fmt: skip


def make(context: Any, drawn: Any, values: dict[str, int]) -> None:
    """Let the manager set up the channel, the partners work, and the leads of this week wait for them."""
    _people(context)
    _set_up(context)
    deals = _deals(context, drawn)
    _talks(context)
    _registered(context)
    _leads(context, values)
    with context.acting(None, context.moment(-1, 18)) as records:
        refresh_facts(records, [context.made[key.lstrip("+")] for keys in _CUSTOMERS.values() for key in keys])
    _report(context, deals)


def _people(context: Any) -> None:
    for key, name, alt, firm in _DEALER_PEOPLE:
        context.add_person(
            key, name, alt, audience="distributor", locale="en", zone="Europe/Helsinki", since=-180,
            anchors=[context.made[firm]],
        )  # fmt: skip


def _set_up(context: Any) -> None:
    """The manager names list and dealers of each firm, then the customers it looks after."""
    with context.acting("manager", context.moment(-120, 10)) as records:
        for firm, prices in _LISTS.items():
            given = {"price_list": context.made[f"prices.{prices}"]}
            if firm.startswith("baltmere_"):
                given["partner"] = context.made["baltmere"]
            records.update("crm.account", context.made[firm], given, version=None)
    with context.acting("manager", context.moment(-6, 11)) as records:
        for firm, keys in _CUSTOMERS.items():
            for key in keys:
                number = context.made[key.lstrip("+")]
                records.update("crm.account", number, {"partner": context.made[firm]}, version=None)


def _deals(context: Any, drawn: Any) -> dict[str, int]:
    """Open deals of these customers are sold through the firm; account key -> deal."""
    firms = {key.lstrip("+"): firm for firm, keys in _CUSTOMERS.items() for key in keys}
    found = {deal.account: context.made[deal.key] for deal in drawn.deals if deal.outcome == "open"}
    with context.acting("manager", context.moment(-5, 11)) as records:
        for account, firm in firms.items():
            if account in found:
                records.update("crm.opportunity", found[account], {"partner": context.made[firm]}, version=None)
    return found


def _talks(context: Any) -> None:
    """The latest talks with some customers were those of the firm."""
    with context.acting(None, context.moment(-1, 17)) as records:
        for firm, keys in _CUSTOMERS.items():
            for key in (one.lstrip("+") for one in keys if one.startswith("+")):
                filters = {"account": context.made[key], "status": "done", "kind__ne": "note"}
                page = records.query("crm.activity", fields=(), filters=filters, sort="-at", limit=_TALKS)
                ids = [row["id"] for row in page.rows]
                given = {"partner": context.made[firm], "noted_by": context.people[_SPEAKERS[firm]]}
                records.update_many("crm.activity", dict.fromkeys(ids, given))
                records.bulk("crm.activity", "assign", ids, {"owner": None}, expected=len(ids))


def _registered(context: Any) -> None:
    """Jilan was registered six days before D, whatever weekday that was."""
    with context.acting(None, context.moment(-1, 17)) as records:
        filters = {"account": context.made["jilan"], "status": "registered"}
        for row in records.query("crm.registration", fields=(), filters=filters, limit=1).rows:
            days = {
                "registered_on": context.day - timedelta(days=6),
                "protected_until": context.day + timedelta(days=54),
            }
            records.update("crm.registration", row["id"], days, version=None)


def _leads(context: Any, values: dict[str, int]) -> None:
    now = context.runtime.clock() - timedelta(minutes=5)
    with context.acting(None, min(context.moment(0, 8), now)) as records:
        for one in LEADS:
            result = records.load("crm.lead", [_row(context, one, values)])
            context.made[f"lead.{one.name}"] = result.created[0]


def _row(context: Any, one: Given, values: dict[str, int]) -> dict[str, Any]:
    chinese = context.locale == "zh" or (context.locale == "both" and one.country == "CN")
    side = 1 if chinese else 0
    name = one.name_zh if chinese else one.name
    made = context.moment(-one.ago, 10)
    row: dict[str, Any] = {
        "name": name, "company": name, "person": one.person, "email": one.mail, "need": one.need[side],
        "source": values["source.web"], "language": "zh" if chinese else "en", "owner": None,
        "address": {"country": one.country, "city": one.city[side], "lines": []}, "created_at": made,
    }  # fmt: skip
    if one.declined[0]:
        said = {"declined_by": context.made[one.firm], "decline_reason": one.declined[side], "status": "new"}
        return row | said
    row["partner"] = context.made[one.firm]
    if one.left is None:
        return row | {"status": "working", "accepted_at": (made + timedelta(hours=20)).isoformat()}
    return row | {"status": "new", "answer_by": context.moment(one.left, 18).isoformat()}


def _report(context: Any, deals: dict[str, int]) -> None:
    """One deal is reported won and waits for the manager."""
    if _REPORTED in deals:
        with context.acting(None, context.moment(-1, 16)) as records:
            day = context.moment(-1).date().isoformat()
            records.update("crm.opportunity", deals[_REPORTED], {"reported_on": day}, version=None)
