"""Announcements and news of the demo company. Data only: each text in English and in Chinese."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["ANNOUNCEMENTS", "NEWS", "SIGNING_IN", "Notice", "Paper"]


class Notice(NamedTuple):
    """An announcement: author, day, receivers (units, none for all), words, must be confirmed, last day, how many of
    the receivers who do not sign in have read it, and who of those who do have it still before them."""

    who: str
    day: int
    units: tuple[str, ...]
    subject: tuple[str, str]
    text: tuple[str, str]
    chinese: bool = True
    to_confirm: bool = False
    until: int | None = None
    read: int = 0
    left: tuple[str, ...] = ()


class Paper(NamedTuple):
    """A news item: day, audiences, headline and text in both languages, name of the product."""

    day: int
    audiences: tuple[str, ...]
    headline: tuple[str, str]
    text: tuple[str, str]
    product: str = ""


#: Everybody of the company who signs in.
SIGNING_IN = ("admin", "manager", "sales", "hr", "finance", "project", "employee", "head", "executive")

ANNOUNCEMENTS = [
    Notice("executive", -9, (), ("LD-4 is released", "LD-4 正式发布"), (
        "Two years of work are on the market. My thanks go to Product and Production and to everybody who froze in chambers for the field trial.\n\nThe first forty loggers go to Haverdijk.",
        "两年的努力今天上市。感谢产品生产部，也感谢现场试验中在井里挨冻的每一位同事。\n\n首批四十台发往哈弗代克。",
    ), read=34, left=("employee",)),
    Notice("head", -5, ("engineering",), ("Calibration of hand-held meters", "手持仪表校准"), (
        "Bring all hand-held meters to Bai Ningshu by the end of next week. Meters without a valid sticker stay in the cabinet.\n\n- Monday and Tuesday: project group\n- Wednesday to Friday: field service",
        "请在下周末前把手持仪表交给柏宁舒。没有有效标签的仪表留在柜中。\n\n- 周一、周二：项目组\n- 周三至周五：现场组",
    ), chinese=False, until=12, read=6, left=("employee",)),
    Notice("hr", -2, (), ("New travel and expense rules", "新的差旅与报销制度"), (
        "From the first of next month:\n\n1. every receipt is a photo taken on the day,\n2. hotels up to the limit of the city need no approval,\n3. claims older than 60 days are not paid.\n\nPlease read and confirm.",
        "自下月一日起：\n\n1. 每张票据当天拍照；\n2. 住宿不超过城市标准的无需审批；\n3. 超过 60 天的报销不予支付。\n\n请阅读并确认。",
    ), to_confirm=True, read=31, left=SIGNING_IN),
    Notice("admin", -1, (), ("Weft is away on Saturday morning", "周六上午系统停机"), (
        "On Saturday from 8:00 to 11:00 (Suzhou) the database moves to the new machine. Save your work before.",
        "周六 8:00 至 11:00（苏州时间）数据库迁移到新机器，请提前保存工作。",
    ), until=6, read=4, left=("hr", "finance", "employee", "head", "executive")),
]  # fmt: skip

NEWS = [
    Paper(-9, ("customer", "distributor", "employee"), ("LD-4: hears leaks two streets away", "LD-4：两条街外也能听到漏点"), (
        "The new leak logger LD-4 replaces nothing and adds a lot: twice the microphone surface, ten years of battery at one reading an hour, and it fits chambers from **55 cm**.\n\n- range to the gateway 800 m, with external antenna 2 km\n- same mount as the LD-3\n- available from today",
        "新一代漏损记录仪 LD-4：拾音面积翻倍，每小时采集一次电池可用十年，井径 **55 厘米**起即可安装。\n\n- 到网关距离 800 米，外接天线 2 公里\n- 安装支架与 LD-3 相同\n- 即日起供货",
    ), "LD-4"),
    Paper(-34, ("customer", "distributor"), ("WH-20: firmware 4.2", "WH-20：固件 4.2"), (
        "Firmware 4.2 shows the signal quality while you clamp the meter on. The update takes five minutes by the service app.",
        "固件 4.2 在夹装时即可显示信号质量，用服务应用升级约五分钟。",
    ), "WH-20"),
    Paper(-58, ("customer",), ("Our calibration laboratory is accredited", "我们的校准实验室获得认可"), (
        "From now on certificates of our laboratory are accepted without a second test up to DN 300.",
        "即日起，本实验室出具的 DN 300 以内校准证书无需复测。",
    )),
    Paper(-20, ("customer", "supplier", "distributor"), ("Opening hours around the holidays", "节日期间服务安排"), (
        "Between Christmas and New Year Rotterdam is open from 9:00 to 13:00. Around the Spring Festival Suzhou answers urgent requests within four hours.",
        "圣诞至新年鹿特丹办公室 9:00 至 13:00 开放。春节前后苏州对紧急请求四小时内响应。",
    )),
    Paper(-14, ("distributor",), ("Pictures and texts for your web page", "网页用图片与文案"), (
        "New pictures of the whole range, free of charge for partners. Please name *Weirholm Instruments* below each.",
        "全系列新图片，渠道伙伴可免费使用，请在图下注明“澄栎仪表”。",
    )),
    Paper(-26, ("supplier",), ("Delivery notes with a code", "送货单请带二维码"), (
        "From next quarter we scan deliveries. Please print the number of our order as a code on the delivery note.",
        "下季度起收货扫码，请在送货单上以二维码打印我方订单号。",
    )),
    Paper(-41, ("supplier",), ("What we buy next year", "明年采购计划"), (
        "We expect a third more housings and sensors. Your contact tells you your part in December.",
        "壳体与传感器预计增加三分之一，十二月由您的联系人告知具体数量。",
    )),
    Paper(-3, ("employee",), ("Table tennis in the canteen", "食堂乒乓球赛"), (
        "Sixteen players, one table, every day at 12:30. Names on the list at the door.",
        "十六人一张台，每天 12:30，门口报名。",
    )),
    Paper(-17, ("employee",), ("Haverdijk in the newspaper", "哈弗代克项目登报"), (
        "The regional paper writes how our loggers found eleven leaks in one district.",
        "当地报纸报道：我们的记录仪在一个片区找到十一处漏点。",
    )),
]  # fmt: skip
