"""Words of the demo's money, in both languages: what claims were for, what was bought, why something came back."""

from __future__ import annotations

__all__ = ["CARE", "DEALS", "DRAFTS", "LINES", "OFFICE", "ROAD", "SALES", "SUPPLIES"]

Pair = tuple[str, str]

#: What engineers claim for; {place} is what it was charged to.
ROAD: tuple[Pair, ...] = (
    ("Two days on site, {place}", "{place}现场两天"),
    ("Commissioning, {place}", "{place}调试出差"),
    ("Night shift at the pump station, {place}", "{place}泵站夜间施工"),
    ("Survey of the pipe route, {place}", "{place}管线勘察"),
    ("Fault search, {place}", "{place}故障排查"),
    ("Exchange of two loggers, {place}", "{place}更换两台记录仪"),
    ("Site meeting with the customer, {place}", "{place}现场会议"),
    ("Calibration on site, {place}", "{place}现场校准"),
    ("Training of the operators, {place}", "{place}操作培训"),
    ("Antenna work on the roof, {place}", "{place}屋顶天线安装"),
    ("Acceptance run, {place}", "{place}验收试运行"),
    ("Spare parts brought by car, {place}", "{place}自驾送备件"),
)
#: What salespeople claim for.
SALES: tuple[Pair, ...] = (
    ("Visit, {place}", "拜访{place}"),
    ("Lunch with the purchasing team, {place}", "与{place}采购团队午餐"),
    ("Presentation of the offer, {place}", "{place}方案汇报"),
    ("Tender opening, {place}", "{place}开标"),
    ("Demonstration of the logger, {place}", "{place}记录仪演示"),
    ("Negotiation of the framework, {place}", "{place}框架洽谈"),
    ("Trade fair day with {place}", "与{place}参加展会"),
    ("Follow-up after the complaint, {place}", "{place}投诉回访"),
    ("Handing over the documents, {place}", "向{place}递交资料"),
    ("Annual talk, {place}", "{place}年度沟通"),
)
#: What everybody else claims for.
OFFICE: tuple[Pair, ...] = (
    ("Course on payroll", "薪酬培训课程"),
    ("Bank visit and parking", "银行办事与停车"),
    ("Auditors' lunch", "审计工作午餐"),
    ("Adapters and cables", "转接头与线缆"),
    ("Books for the library", "部门图书"),
    ("Job fair at the university", "高校招聘会"),
    ("Moving the archive", "档案搬迁"),
    ("Trip to the other office", "往返另一办公室"),
    ("Gifts for two anniversaries", "入职周年礼品"),
    ("Notary and stamps", "公证与邮费"),
    ("Test phones", "测试手机"),
    ("Meeting with the insurer", "与保险公司会谈"),
)
#: Words of one expense, by its kind.
LINES: dict[str, tuple[Pair, ...]] = {
    "train": (("Train there and back", "往返火车票"), ("Regional train", "城际列车"), ("Bus to the site", "到现场的大巴")),
    "flight": (("Flight there and back", "往返机票"), ("Flight one way", "单程机票")),
    "taxi": (("Taxi to the station", "到车站出租车"), ("Taxi at night", "夜间出租车"), ("Taxi to the customer", "到客户处出租车")),
    "hotel": (("One night", "住宿一晚"), ("Hotel near the site", "现场附近酒店")),
    "meals": (("Lunch", "午餐"), ("Dinner with two colleagues", "三人晚餐"), ("Breakfast and lunch", "早餐与午餐")),
    "rent": (("Rented lifting gear", "租用起重设备"), ("Rented generator", "租用发电机")),
    "material": (("Fittings and seals", "管件与密封"), ("Cable and clamps", "电缆与线夹"), ("Labels and tape", "标签与胶带")),
    "other": (("Parking", "停车费"), ("Toll", "过路费"), ("Printing", "打印费")),
}  # fmt: skip
#: What suppliers bill: account -> words.
SUPPLIES: dict[str, tuple[Pair, ...]] = {
    "shuohe": (("Housings WH-40", "WH-40 壳体"), ("Flanges DN80", "DN80 法兰"), ("Castings LD-4", "LD-4 铸件")),
    "lingke": (("Boards LD-3", "LD-3 电路板"), ("Boards GW-1", "GW-1 电路板"), ("Radio modules", "无线模块")),
    "ruoling": (("Calibration of the test bench", "试验台校准"), ("Reference meters checked", "标准表检定")),
    "nordlyng": (("Ultrasonic sensors", "超声波传感器"), ("Pressure sensors", "压力传感器")),
}
#: What deals are invoiced as.
DEALS: tuple[Pair, ...] = (
    ("Meters and commissioning", "流量计及调试"),
    ("Loggers and gateways", "记录仪与网关"),
    ("Delivery by contract", "合同供货"),
    ("Instruments, second delivery", "仪表第二批供货"),
    ("Metering points complete", "计量点整套"),
    ("Leak loggers for the network", "管网漏损记录仪"),
)
#: What customers are invoiced beside their deals.
CARE: tuple[Pair, ...] = (
    ("Yearly care", "年度维保"),
    ("Half-yearly care", "半年维保"),
    ("Calibration of the meters", "流量计校准"),
    ("Spare set", "备件包"),
    ("Training of the operators", "操作培训"),
    ("Data service, one quarter", "季度数据服务"),
    ("Battery exchange", "更换电池"),
    ("Repair of two loggers", "记录仪维修两台"),
)
DRAFTS: tuple[Pair, ...] = (
    ("Final delivery", "尾批供货"), ("Care next year", "下年度维保"), ("Additional loggers", "增补记录仪"),
    ("Training day", "培训一天"),
)  # fmt: skip
