"""The people of the demo company: invented, nobody real. Data only.

Each row: key, name, name in the other script, unit, position (en, zh), language, role keys, head of the unit.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["COMPANY", "FORMER", "PEOPLE", "UNITS", "Person", "Unit"]


class Unit(NamedTuple):
    """A unit of the demo company: key, English and Chinese name, key of the unit above."""

    key: str
    name: str
    name_alt: str
    parent: str = ""


class Person(NamedTuple):
    """An employee of the demo company; people with a ``login`` can sign in."""

    key: str
    name: str
    name_alt: str
    unit: str
    position: str
    position_alt: str
    locale: str = "zh"
    roles: tuple[str, ...] = ()
    head: bool = False
    login: bool = False


COMPANY = {
    "name": "Weirholm Instruments",
    "name_alt": "澄栎仪表有限公司",
    "currency": "CNY",
    "zone": "Asia/Shanghai",
    "locale": "en",
}

UNITS = [
    Unit("company", "Weirholm Instruments", "澄栎仪表"),
    Unit("management", "Management", "总经办", "company"),
    Unit("sales", "Sales", "销售部", "company"),
    Unit("sales_china", "China", "中国组", "sales"),
    Unit("sales_europe", "Europe", "欧洲组", "sales"),
    Unit("sales_channel", "Channel", "渠道组", "sales"),
    Unit("engineering", "Engineering and Service", "工程服务部", "company"),
    Unit("projects", "Projects", "项目组", "engineering"),
    Unit("field", "Field service", "现场组", "engineering"),
    Unit("product", "Product and Production", "产品生产部", "company"),
    Unit("finance", "Finance", "财务部", "company"),
    Unit("people", "People and Administration", "人力行政部", "company"),
    Unit("it", "IT", "信息组", "company"),
]

REP, MANAGER = ("crm.sales_rep",), ("crm.sales_manager",)
AGENT, SERVICE_LEAD = ("service.agent",), ("service.lead",)
#: Writes announcements and news.
EDITOR = ("communication.editor",)
#: Leads projects; keeps what an hour of each person costs.
PROJECTS, RATES = ("projects.lead",), ("projects.rates",)
#: Checks claims and bills, issues invoices, pays; may open a closed month again.
MONEY, REOPENER = ("finance.officer",), "finance.reopener"
#: Employees, leave, joining and leaving; and what people earn.
OFFICER, PAY = ("hrm.officer",), ("hrm.pay",)
EXECUTIVE, HEAD = "portal_employee.executive", "portal_employee.department_head"

PEOPLE = [
    Person("executive", "Shen Zhiyao", "沈知遥", "management", "Managing director", "总经理", "zh", (EXECUTIVE,), True, True),
    Person("assistant", "Qiu Muyan", "邱慕言", "management", "Assistant to the director", "总经理助理"),
    Person("manager", "Lu Jinghe", "陆景禾", "sales", "Head of Sales", "销售总监", "zh", (*MANAGER, HEAD), True, True),
    Person("sales", "Lin Shutong", "林疏桐", "sales_china", "Account manager", "客户经理", "zh", REP, False, True),
    Person("su", "Su Yingchuan", "苏映川", "sales_china", "Group lead China", "中国组组长", "zh", REP, True),
    Person("jian", "Jian Ruoxi", "简若溪", "sales_china", "Account manager", "客户经理", "zh", REP),
    Person("wen", "Wen Yuzhou", "温渔舟", "sales_china", "Account manager", "客户经理", "zh", REP),
    Person("ruan", "Ruan Qinghe", "阮青禾", "sales_china", "Sales assistant", "销售助理", "zh", REP),
    Person("maud", "Maud Teunisse", "莫德·特尼瑟", "sales_europe", "Account manager", "客户经理", "en", REP, True),
    Person("floris", "Floris Wennekamp", "弗洛里斯·温内坎普", "sales_europe", "Account manager", "客户经理", "en", REP),
    Person("ilse", "Ilse Brouwerink", "伊尔丝·布劳韦林克", "sales_europe", "Inside sales", "内勤销售", "en", REP),
    Person("gu", "Gu Nanqiao", "顾南乔", "sales_channel", "Channel manager", "渠道经理", "zh", REP),
    Person("yan", "Yan Shuhe", "颜书禾", "sales_channel", "Group lead Channel", "渠道组组长", "zh", REP, True),
    Person("kai", "Kai Luo", "罗恺", "sales_channel", "Channel assistant", "渠道助理", "zh", REP),
    Person("head", "Emeric Voskamp", "埃默里克·福斯坎普", "engineering", "Head of Engineering and Service", "工程服务部经理", "en", (HEAD,), True, True),
    Person("project", "Anneke Roodhuyzen", "安妮可·罗德豪森", "projects", "Project lead", "项目经理", "en", (*AGENT, *PROJECTS), True, True),
    Person("employee", "Xu Tinglan", "许听澜", "field", "Field engineer", "现场工程师", "zh", AGENT, False, True),
    Person("cen", "Cen Yuanzhi", "岑远之", "projects", "Project engineer", "项目工程师", "zh", PROJECTS),
    Person("bart", "Bart Hoogvliet", "巴特·霍赫弗利特", "projects", "Project engineer", "项目工程师", "en", PROJECTS),
    Person("jiang", "Jiang Wanqing", "江晚晴", "projects", "Planner", "计划员", "zh", PROJECTS),
    Person("tao", "Tao Zhiheng", "陶知衡", "projects", "Project engineer", "项目工程师", "zh", PROJECTS),
    Person("noor", "Noor Dijkgraaf", "诺尔·戴克赫拉夫", "projects", "Project engineer", "项目工程师", "en", PROJECTS),
    Person("lei", "Lei Moran", "雷墨然", "field", "Group lead Field service", "现场组组长", "zh", SERVICE_LEAD, True),
    Person("shi", "Shi Yubai", "施予白", "field", "Field engineer", "现场工程师", "zh", AGENT),
    Person("sander", "Sander Kuipers-Roo", "桑德·凯珀斯罗", "field", "Field engineer", "现场工程师", "en", AGENT),
    Person("qiao", "Qiao Anran", "乔安然", "field", "Service desk", "服务台", "zh", AGENT),
    Person("fang", "Fang Zheyuan", "方哲远", "field", "Field engineer", "现场工程师", "zh", AGENT),
    Person("wieke", "Wieke Lammerts", "维克·拉默茨", "field", "Service desk", "服务台", "en", AGENT),
    Person("bai", "Bai Ningshu", "柏宁舒", "field", "Calibration engineer", "校准工程师", "zh", AGENT),
    Person("pan", "Pan Yunshen", "潘云深", "product", "Head of Product", "产品生产部经理", "zh", (HEAD,), True),
    Person("xia", "Xia Zhining", "夏知宁", "product", "Product manager", "产品经理", "zh", (*EDITOR, *PROJECTS)),
    Person("luo", "Luo Chengyi", "骆承一", "product", "Firmware engineer", "固件工程师"),
    Person("meng", "Meng Qiushi", "孟秋石", "product", "Hardware engineer", "硬件工程师"),
    Person("dai", "Dai Lanting", "戴兰亭", "product", "Buyer", "采购员"),
    Person("ye", "Ye Jiayin", "叶嘉音", "product", "Quality", "质量工程师"),
    Person("zhong", "Zhong Mingli", "钟明砺", "product", "Production lead", "生产主管"),
    Person("hou", "Hou Tianyu", "侯天予", "product", "Assembler", "装配技师"),
    Person("an", "An Ruobing", "安若冰", "product", "Warehouse", "仓库管理员"),
    Person("finance", "Tang Yimo", "唐以沫", "finance", "Finance lead", "财务主管", "zh", (*RATES, *MONEY, REOPENER), True, True),
    Person("kong", "Kong Lingxi", "孔令熙", "finance", "Accountant", "会计", "zh", MONEY),
    Person("pei", "Pei Yining", "裴亦宁", "finance", "Accountant", "会计", "zh", MONEY),
    Person("marijn", "Marijn Oosterwold", "马莱因·奥斯特沃尔德", "finance", "Controller", "财务分析", "en"),
    Person("hr", "He Shuyao", "何书瑶", "people", "Head of People and Administration", "人力行政部经理", "zh", (*EDITOR, *OFFICER, *PAY), True, True),
    Person("cheng", "Cheng Yichen", "程亦尘", "people", "People officer", "人事专员", "zh", OFFICER),
    Person("lieve", "Lieve Rademaekers", "莉芙·拉德马克斯", "people", "Office Rotterdam", "鹿特丹办公室", "en"),
    Person("zhu", "Zhu Qinglan", "祝青岚", "people", "Administration", "行政专员"),
    Person("admin", "Shao Yining", "邵以宁", "it", "IT administrator", "系统管理员", "zh", ("core.admin", *EDITOR), True, True),
    Person("nie", "Nie Chuyun", "聂初云", "it", "IT support", "技术支持"),
]  # fmt: skip

#: Left 23 days before the demo is made; keeps his name in the history.
FORMER = Person("joris", "Joris Haanstra", "约里斯·汉斯特拉", "sales_europe", "Account manager", "客户经理", "en", REP)
