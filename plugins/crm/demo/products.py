"""The twelve products of the demo company with their words, and its three price lists."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from weft.plugins.crm.demo import story

__all__ = ["LISTS", "make"]

#: code -> product line, kind, unit (English, Chinese), what it is (English, Chinese), promotion (English, Chinese).
WORDS = {
    "WH-20": ("meters", "good", ("pc", "台"),
              ("Ultrasonic clamp-on meter for pipes DN 15 to DN 300.", "适用于 DN 15 至 DN 300 管道的超声外夹式流量计。"),
              ("Measure without cutting the pipe: mounted in twenty minutes, accurate to 1 %.",
               "无需断管，二十分钟装好，精度 1%。")),
    "WH-40": ("meters", "good", ("pc", "台"),
              ("Insertion meter for large pipes DN 200 to DN 2000.", "适用于 DN 200 至 DN 2000 大管径的插入式流量计。"),
              ("One hot tap instead of a shutdown: for pumping stations that cannot stop.",
               "带压开孔，无需停水，适合不能停的泵站。")),
    "WH-80": ("meters", "good", ("pc", "台"),
              ("Electromagnetic meter for billing and process water.", "用于贸易结算和工艺用水的电磁流量计。"),
              ("Ten years without recalibration in clean water, with a certificate your auditor accepts.",
               "清水工况十年免重新校准，附可供审计的证书。")),
    "LD-3": ("loggers", "good", ("pc", "台"),
             ("Acoustic leak logger with five years of battery.", "五年电池寿命的声学漏损记录仪。"),
             ("Listens at night, reports in the morning: finds the leak before the street does.",
              "夜间监听，清晨上报，先于路面发现漏点。")),
    "LD-4": ("loggers", "good", ("pc", "台"),
             ("Second generation of the leak logger: correlates between neighbours.", "第二代漏损记录仪，相邻设备互相关定位。"),
             ("New: pinpoints a leak to two metres without a crew in the street.", "新品：无需人员到场，定位精度两米。")),
    "GW-1": ("loggers", "good", ("pc", "台"),
             ("Gateway for up to 200 loggers and meters.", "可接入 200 台记录仪和流量计的网关。"),
             ("One gateway per district, one SIM card, one bill.", "一个片区一台网关，一张卡，一份账单。")),
    "SP-20": ("spares", "spare", ("set", "套"),
              ("Couplant, straps and sensor cable for WH-20.", "WH-20 用耦合剂、卡带和传感器电缆。"),
              ("Keep one set in the van.", "随车常备一套。")),
    "SP-80": ("spares", "spare", ("set", "套"),
              ("Electrodes, gaskets and terminal board for WH-80.", "WH-80 用电极、垫片和接线板。"),
              ("Back in service the same day.", "当天恢复运行。")),
    "COM": ("services", "service", ("site", "站点"),
            ("Commissioning on site with acceptance protocol.", "现场调试，附验收记录。"),
            ("We stay until it measures.", "测准才离场。")),
    "CARE": ("services", "service", ("year", "年"),
             ("Yearly care: two visits, remote watch, spare parts at list price.", "年度维保：两次上门、远程值守、备件按价目表。"),
             ("A named engineer who knows your chambers.", "专属工程师，熟悉您的每口井。")),
    "TRAIN": ("services", "service", ("day", "天"),
              ("Training day for up to eight people.", "培训一天，至多八人。"),
              ("Your own people find the next leak.", "让您的团队自己找到下一个漏点。")),
    "CAL": ("services", "service", ("pc", "台"),
            ("Calibration with certificate, traceable.", "校准并出具可溯源证书。"),
            ("Back within ten working days.", "十个工作日内返还。")),
}  # fmt: skip

#: key, English, Chinese, currency, for the channel.
LISTS = (
    ("china", "China", "中国", "CNY", False),
    ("europe", "Europe", "欧洲", "EUR", False),
    ("distributor", "Distributors", "渠道", "EUR", True),
)
#: What distributors pay of the European list.
_CHANNEL_SHARE = Decimal("0.75")
#: Code of the product that was released days before D, and when.
RELEASED = {"LD-4": -9}
#: A step of quantity: list, product, from, amount.
_STEP = ("china", "LD-3", "100", "2980.00")


def make(context: Any) -> None:
    """Make products, price lists and prices; ``made`` knows them as ``product.<code>`` and ``prices.<list>``."""
    chinese = context.locale == "zh"
    with context.acting("manager", context.moment(-719)) as records:
        _products(context, records, chinese)
        for position, (key, english, name_zh, currency, channel) in enumerate(LISTS):
            row = records.create(
                "crm.price_list",
                {"name": english, "name_alt": name_zh, "currency": currency, "channel": channel,
                 "position": 10 * (position + 1)},
            )  # fmt: skip
            context.made[f"prices.{key}"] = row["id"]
        records.load("crm.price", _prices(context))
    for code, days in RELEASED.items():
        with context.acting("manager", context.moment(days)) as records:
            values = {"sold_from": context.moment(days).date().isoformat(), "active": True}
            records.update("crm.product", context.made[f"product.{code}"], values, version=None)


def _products(context: Any, records: Any, chinese: bool) -> None:
    page = records.query("core.value", fields=("code",), filters={"list_key": "crm.product_family"}, limit=200)
    families = {row["code"]: row["id"] for row in page.rows}
    side = 1 if chinese else 0
    rows = []
    for product in story.PRODUCTS:
        family, kind, unit, summary, promotion = WORDS[product.code]
        both = context.locale == "both"
        rows.append({
            "code": product.code, "name": product.name, "name_alt": product.name_alt, "kind": kind,
            "family": families.get(family), "unit_of_sale": unit[side],
            "summary": "\n\n".join(summary) if both else summary[side],
            "promotion": "\n\n".join(promotion) if both else promotion[side],
            "active": product.code not in RELEASED,
        })  # fmt: skip
    result = records.load("crm.product", rows)
    for product, record_id in zip(story.PRODUCTS, result.created, strict=True):
        context.made[f"product.{product.code}"] = record_id


def _prices(context: Any) -> list[dict[str, Any]]:
    rows = []
    for key, _english, _chinese, currency, channel in LISTS:
        for product in story.PRODUCTS:
            amount = Decimal(product.cny if currency == "CNY" else product.eur)
            if channel:
                amount = (amount * _CHANNEL_SHARE).quantize(Decimal(1), ROUND_HALF_UP)
            rows.append(_price(context, key, product.code, f"{amount:.2f}", currency))
    key, code, quantity, text = _STEP
    rows.append(_price(context, key, code, text, "CNY") | {"from_quantity": quantity})
    return rows


def _price(context: Any, key: str, code: str, amount: str, currency: str) -> dict[str, Any]:
    row: dict[str, Any] = {
        "price_list": context.made[f"prices.{key}"],
        "product": context.made[f"product.{code}"],
        "price": {"amount": amount, "currency": currency},
    }
    if code in RELEASED:
        row["valid_from"] = context.moment(RELEASED[code]).date().isoformat()
    return row
