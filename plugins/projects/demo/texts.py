"""Words of the demo's projects in both languages: templates, named projects, risks, checklists. Data only."""

from __future__ import annotations

from typing import NamedTuple

__all__ = [
    "CARE", "CHECKS", "HAVERDIJK", "HAVERDIJK_GOALS", "HAVERDIJK_PHASES", "LD4", "LD4_GOALS", "LD4_PHASES", "RISKS", "TANGYU",
    "TANGYU_GOALS", "TANGYU_PHASES", "TEMPLATES", "Step", "Template",
]  # fmt: skip


class Step(NamedTuple):
    """A task: names, phase number, working days, hours of effort, places it waits for, milestone it leads to."""

    name: str
    name_alt: str
    phase: int
    days: int
    effort: int
    after: str = ""
    goal: int = 0


class Template(NamedTuple):
    """A kind of project: names, title of a project with a slot for the customer, phases, steps, milestones."""

    key: str
    name: str
    name_alt: str
    title: str
    title_alt: str
    phases: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]
    goals: tuple[tuple[str, str], ...]


_DISTRICT = Template(
    "district", "District metering", "分区计量", "District metering {name}", "{name}分区计量",
    (("Survey and design", "踏勘与设计"), ("Preparation", "准备"), ("Installation", "安装"),
     ("Commissioning", "调试"), ("Handover", "移交")),
    (
        Step("Walk the network with the operator", "与运维人员现场踏勘", 1, 3, 24),
        Step("Draw the zones", "划定分区", 1, 5, 40, "1"),
        Step("Choose meter places", "确定计量点位", 1, 3, 24, "2"),
        Step("Design agreed with the customer", "设计经客户确认", 1, 2, 8, "3", 1),
        Step("Order meters and loggers", "订购流量计与记录仪", 2, 2, 8, "4"),
        Step("Permits for work in the road", "申请道路施工许可", 2, 10, 16, "4"),
        Step("Pits cleaned and measured", "清理并测量井室", 2, 6, 48, "4SS+2"),
        Step("Material on site", "材料到场", 2, 5, 16, "5FS+5"),
        Step("Fit meters, first half", "安装流量计（前半）", 3, 8, 96, "6,7,8"),
        Step("Fit meters, second half", "安装流量计（后半）", 3, 8, 96, "9"),
        Step("Fit loggers", "安装漏损记录仪", 3, 6, 72, "9SS+4"),
        Step("Connect the gateway", "接入网关", 3, 3, 24, "10,11", 2),
        Step("Check the signal of every point", "逐点检查信号", 4, 4, 32, "12"),
        Step("Night flow measured", "夜间最小流量测量", 4, 3, 24, "13"),
        Step("Limits for alarms set", "设置报警阈值", 4, 2, 16, "14"),
        Step("Operators trained", "培训运维人员", 5, 2, 16, "15"),
        Step("Papers handed over", "移交竣工资料", 5, 2, 16, "15SS+1,16", 3),
    ),
    (("Design agreed", "设计确认"), ("Installation finished", "安装完成"), ("Handover", "项目移交")),
)  # fmt: skip
_EXCHANGE = Template(
    "exchange", "Meter exchange", "仪表更换", "Meter exchange {name}", "{name}仪表更换",
    (("Stocktaking", "盘点"), ("Preparation", "准备"), ("Exchange", "更换"), ("Closing", "收尾")),
    (
        Step("List the meters in use", "登记在用仪表", 1, 4, 32),
        Step("Measure the pipes", "测量管道", 1, 4, 32, "1"),
        Step("Choose replacements", "选型", 1, 3, 24, "2"),
        Step("List agreed with the customer", "清单经客户确认", 1, 1, 4, "3", 1),
        Step("Order the meters", "订购仪表", 2, 1, 4, "4"),
        Step("Calibrate before delivery", "出厂前校准", 2, 6, 48, "5FS+8"),
        Step("Plan the stops with production", "与生产协调停机", 2, 3, 16, "4"),
        Step("Safety papers", "办理安全手续", 2, 3, 16, "7"),
        Step("Exchange in line 1", "更换一号线", 3, 3, 48, "6,8"),
        Step("Exchange in line 2", "更换二号线", 3, 3, 48, "9"),
        Step("Exchange in line 3", "更换三号线", 3, 3, 48, "10"),
        Step("Exchange in the boiler house", "更换锅炉房仪表", 3, 2, 32, "11"),
        Step("Old meters taken back", "旧表回收", 3, 1, 8, "12"),
        Step("Signals checked in the control room", "中控室信号核对", 4, 2, 16, "12", 2),
        Step("Certificates filed", "归档校准证书", 4, 2, 8, "14"),
        Step("Staff shown the new meters", "新仪表培训", 4, 1, 8, "14"),
        Step("Closing talk with the customer", "项目总结会", 4, 1, 8, "15,16", 3),
    ),
    (("List agreed", "清单确认"), ("Exchange finished", "更换完成"), ("Closed", "项目结束")),
)  # fmt: skip
_HEAT = Template(
    "heat", "Heat metering", "热量计量", "Heat metering {name}", "{name}热量计量",
    (("Survey", "踏勘"), ("Supply", "供货"), ("Installation", "安装"), ("Season test", "供暖季测试")),
    (
        Step("Visit the stations", "走访换热站", 1, 4, 32),
        Step("Measure with clamp-on meters", "外夹式流量计测量", 1, 5, 40, "1"),
        Step("Report with proposals", "提交测量报告", 1, 3, 24, "2"),
        Step("Proposals agreed", "方案确认", 1, 1, 4, "3", 1),
        Step("Order meters", "订购仪表", 2, 1, 4, "4"),
        Step("Factory test", "出厂测试", 2, 3, 24, "5FS+10"),
        Step("Delivery", "发货到场", 2, 3, 8, "6"),
        Step("Fit meters in stations 1 to 4", "安装1至4号站", 3, 5, 80, "7"),
        Step("Fit meters in stations 5 to 8", "安装5至8号站", 3, 5, 80, "8"),
        Step("Wire the transmitters", "变送器接线", 3, 4, 48, "8SS+2"),
        Step("Gateway in the dispatch centre", "调度中心接入网关", 3, 2, 16, "9,10", 2),
        Step("First week of figures compared", "首周数据比对", 4, 5, 24, "11"),
        Step("Corrections", "修正", 4, 3, 24, "12"),
        Step("Dispatchers trained", "培训调度员", 4, 2, 16, "12"),
        Step("Season report", "供暖季报告", 4, 3, 24, "13"),
        Step("Papers handed over", "移交竣工资料", 4, 1, 8, "14,15", 3),
    ),
    (("Proposals agreed", "方案确认"), ("Stations connected", "站点接入"), ("Season report accepted", "季度报告验收")),
)  # fmt: skip
TEMPLATES = (_DISTRICT, _EXCHANGE, _HEAT)
#: The small jobs between the projects; only the larger companies have them.
CARE = Template(
    "care", "Yearly care", "年度维保", "Yearly care {name}", "{name}年度维保",
    (("Before the visit", "到访前"), ("Visit", "现场"), ("Afterwards", "收尾")),
    (
        Step("Read the loggers from afar", "远程读取记录仪", 1, 1, 4),
        Step("Agree on the days of the visit", "约定到访日期", 1, 1, 2, "1"),
        Step("Spare parts packed", "备件装车", 1, 1, 4, "2FS+2"),
        Step("Clean and test the meters", "清洁并检测流量计", 2, 2, 24, "3"),
        Step("Change batteries and gaskets", "更换电池和垫片", 2, 1, 12, "4"),
        Step("Protocol sent to the customer", "维保记录交客户", 3, 1, 4, "5", 1),
    ),
    (("Protocol accepted", "记录签收"),),
)  # fmt: skip

HAVERDIJK_PHASES = (
    ("Survey and design", "踏勘与设计"), ("Pilot zones", "试点分区"), ("Installation", "全面安装"),
    ("Commissioning", "调试"), ("Handover", "移交"),
)  # fmt: skip
#: (name, Chinese name, phase, shared with the customer, accepted by the customer).
HAVERDIJK_GOALS = (
    ("Design agreed", "设计确认", 1, False, False),
    ("Acceptance of phase 2", "二期验收", 2, True, True),
    ("All zones measured", "全部分区投入计量", 4, True, False),
    ("Final acceptance", "最终验收", 5, True, True),
)
HAVERDIJK = (
    Step("Kick-off in Haverdijk", "哈弗代克启动会", 1, 1, 16),
    Step("Collect pipe drawings", "收集管网图纸", 1, 5, 40, "1"),
    Step("Walk the southern network", "踏勘南部管网", 1, 4, 48, "1"),
    Step("Walk the northern network", "踏勘北部管网", 1, 4, 48, "3"),
    Step("Draw twelve zones", "划定十二个分区", 1, 6, 64, "2,4"),
    Step("Calculate meter sizes", "计算口径", 1, 4, 32, "5"),
    Step("Radio survey for the loggers", "记录仪无线信号勘测", 1, 4, 48, "5"),
    Step("Design agreed with the water board", "设计经水务局确认", 1, 3, 24, "6,7", 1),
    Step("Order WH-80 and LD-3", "订购 WH-80 与 LD-3", 2, 2, 16, "8"),
    Step("Permits from the municipality", "市政施工许可", 2, 12, 24, "8"),
    Step("Clean pits of zones 1 and 2", "清理1、2区井室", 2, 5, 60, "8FS+2"),
    Step("Fit meters in zone 1", "1区安装流量计", 2, 6, 96, "9FS+10,10,11"),
    Step("Fit meters in zone 2", "2区安装流量计", 2, 6, 96, "12SS+3"),
    Step("Loggers and gateway of the pilot", "试点记录仪与网关", 2, 5, 72, "12,13"),
    Step("Four weeks of figures", "四周数据观察", 2, 20, 48, "14"),
    Step("Report on the pilot", "试点报告", 2, 4, 40, "15", 2),
    Step("Clean pits of zones 3 to 7", "清理3至7区井室", 3, 8, 96, "14"),
    Step("Clean pits of zones 8 to 12", "清理8至12区井室", 3, 8, 96, "17"),
    Step("Fit meters in zone 3", "3区安装流量计", 3, 5, 80, "16,17"),
    Step("Fit meters in zones 5 and 6", "5、6区安装流量计", 3, 7, 112, "19"),
    Step("Fit meters in zones 7 and 8", "7、8区安装流量计", 3, 7, 112, "18,20SS+4"),
    Step("Fit meters in zones 9 and 10", "9、10区安装流量计", 3, 7, 112, "21SS+5"),
    Step("Fit meters in zones 11 and 12", "11、12区安装流量计", 3, 7, 112, "22SS+5"),
    Step("Loggers in zones 3 to 8", "3至8区安装记录仪", 3, 6, 80, "21"),
    Step("Loggers in zones 9 to 12", "9至12区安装记录仪", 3, 6, 80, "23,24SS+3"),
    Step("Second gateway on the water tower", "水塔加装第二网关", 3, 3, 32, "24"),
    Step("Fit meters and loggers in zone 4", "4区安装流量计与记录仪", 3, 4, 56, "23,25"),
    Step("Check the radio signal in zone 4", "4区信号检查", 3, 5, 32, "27SS+3"),
    Step("Check the signal of zones 3 to 6", "3至6区信号检查", 4, 4, 32, "26,27,28"),
    Step("Trench and cable at the pumping house", "泵房电缆沟与电缆敷设", 4, 6, 72, "26,27SS+3"),
    Step("Reinstate the pits in zone 4", "4区井室恢复", 4, 4, 48, "27"),
    Step("Check the signal of zones 7 to 12", "7至12区信号检查", 4, 4, 32, "29"),
    Step("Night flow in all zones", "各分区夜间流量测量", 4, 8, 64, "32"),
    Step("Limits for alarms set", "设置报警阈值", 4, 3, 24, "33"),
    Step("Figures connected to the control room", "数据接入中控室", 4, 5, 48, "30,33SS+2"),
    Step("Two weeks of trial operation", "两周试运行", 4, 10, 40, "34,35", 3),
    Step("Train the operators", "培训运维人员", 5, 3, 32, "36"),
    Step("Train the planners", "培训规划人员", 5, 2, 24, "36"),
    Step("As-built drawings", "竣工图", 5, 8, 64, "31,33"),
    Step("Manuals in Dutch", "荷兰语手册", 5, 6, 48, "34"),
    Step("Final report", "总结报告", 5, 5, 40, "36,39"),
    Step("Handover to the water board", "向水务局移交", 5, 2, 16, "37,38,40,41", 4),
)

TANGYU_PHASES = (("Survey", "踏勘"), ("Design", "设计"), ("Conversion", "改造"), ("Commissioning", "调试"))
TANGYU = (
    Step("Survey of pump station 1", "一号泵站踏勘", 1, 3, 24),
    Step("Survey of pump station 2", "二号泵站踏勘", 1, 3, 24, "1"),
    Step("Survey of pump station 3", "三号泵站踏勘", 1, 3, 24, "2"),
    Step("Drawings of the pipework", "管路图纸", 2, 6, 48, "3"),
    Step("Wiring plan", "电气接线图", 2, 5, 40, "3"),
    Step("Design agreed", "设计确认", 2, 2, 8, "4,5", 1),
    Step("Order WH-80 meters", "订购 WH-80 电磁流量计", 2, 2, 8, "6"),
    Step("Castings for the flanges", "法兰铸件", 2, 15, 16, "7"),
    Step("Conversion of station 1", "一号泵站改造", 3, 8, 128, "8"),
    Step("Pressure test of station 1", "一号泵站压力试验", 3, 2, 24, "9"),
    Step("Conversion of station 2", "二号泵站改造", 3, 10, 160, "10"),
    Step("Label the cables", "电缆标识", 3, 4, 24, "9"),
    Step("Pressure test of station 2", "二号泵站压力试验", 3, 2, 24, "11"),
    Step("Conversion of station 3", "三号泵站改造", 3, 8, 128, "13"),
    Step("Pressure test of station 3", "三号泵站压力试验", 3, 2, 24, "14", 2),
    Step("Cabinets wired", "控制柜接线", 3, 6, 64, "11"),
    Step("Gateway GW-1 set up", "GW-1 网关配置", 4, 3, 24, "16"),
    Step("Figures in the dispatch room", "调度室数据接入", 4, 4, 32, "15,17"),
    Step("Three days of trial operation", "三天试运行", 4, 3, 24, "18"),
    Step("Corrections", "整改", 4, 3, 24, "19"),
    Step("Train the dispatchers", "培训调度员", 4, 2, 16, "19"),
    Step("As-built papers", "竣工资料", 4, 4, 32, "15"),
    Step("Handover talk", "移交会议", 4, 1, 8, "20,21,22"),
    Step("Handover signed", "移交签字", 4, 1, 4, "23", 3),
)
TANGYU_GOALS = (("Design agreed", "设计确认"), ("Stations converted", "泵站改造完成"), ("Handover", "项目移交"))

LD4_PHASES = (("Design", "设计"), ("Tests", "测试"), ("Release", "发布"), ("After release", "发布后"))
LD4 = (
    Step("List of wishes", "需求清单", 1, 5, 40),
    Step("Radio module chosen", "无线模块选型", 1, 8, 64, "1"),
    Step("Housing drawn", "外壳设计", 1, 10, 80, "1"),
    Step("Firmware: night mode", "固件：夜间模式", 1, 15, 120, "2"),
    Step("Firmware: alarms", "固件：报警", 1, 12, 96, "4"),
    Step("Prototype", "样机", 1, 10, 80, "3,5", 1),
    Step("Pressure and tightness test", "耐压与密封测试", 2, 6, 48, "6"),
    Step("Radio test in pits", "井下无线测试", 2, 8, 64, "6"),
    Step("Battery life test", "电池寿命测试", 2, 20, 40, "6"),
    Step("Approval papers", "认证资料", 2, 10, 60, "7,8"),
    Step("First series of 200", "首批200台试产", 3, 8, 96, "9,10"),
    Step("Price list and data sheet", "价格表与规格书", 3, 4, 24, "10"),
    Step("Release", "发布", 3, 1, 8, "11,12", 2),
    Step("Castings of the second series", "第二批铸件", 4, 12, 24, "13"),
    Step("Surface of the castings checked", "铸件表面检验", 4, 4, 24, "14"),
    Step("Reports of the first customers", "首批客户反馈汇总", 4, 15, 48, "13", 3),
)
LD4_GOALS = (("Prototype works", "样机可用"), ("Released", "已发布"), ("First reports read", "首批反馈完成"))

RISKS = (
    ("haverdijk", "Frost stops work in the pits", "霜冻导致井下停工", "medium", "high",
     "Do the outer zones first; heaters are rented.", "先做外围分区；已租用加热设备。"),
    ("haverdijk", "Radio shadow behind the dike", "堤坝后信号盲区", "low", "medium",
     "Second gateway on the water tower.", "在水塔加装第二网关。"),
    ("tangyu", "Castings for station 3 come late", "三号站铸件延迟", "high", "high",
     "Ask weekly; partial delivery agreed.", "每周跟催；已约定分批交付。"),
    ("tangyu", "Station 2 may stop only at night", "二号站只能夜间停机", "medium", "medium",
     "Two teams, agreed with dispatch.", "两班作业，已与调度协调。"),
    ("ld4", "Approval takes longer", "认证时间延长", "medium", "high",
     "A second laboratory is asked.", "同时联系第二家实验室。"),
)  # fmt: skip

CHECKS = (
    ("Meters of pits 41 to 48 fitted", "41至48号井流量计已安装", True),
    ("Loggers started and named", "记录仪已启动并命名", True),
    ("Covers closed and photographed", "井盖已复位并拍照", False),
)
