"""The named parties of the demo company and its fixed figures; the same in every size. Data only.

Days are relative to the day the demo is made (D); amounts are net.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = [
    "COMPETITORS", "CONTRACT_ENDS", "NAMED", "NAMED_CONTACTS", "NAMED_DEALS", "NAMED_STEPS", "OWNED_CUSTOMERS", "OWN_STAGES", "PIPELINES", "PRODUCTS", "STAGES",
    "VISITORS", "DealStory", "NamedAccount", "NamedContact", "Product",
]  # fmt: skip


class NamedAccount(NamedTuple):
    """A party of the story; ``days`` ago it was entered, ``touched`` days ago it was last spoken to."""

    key: str
    name: str
    name_alt: str
    role: tuple[str, ...]
    life: str | None
    owner: str | None
    city: tuple[str, str]
    country: str
    industry: str = "other"
    value_class: str | None = None
    days: int = 500
    touched: int | None = 10
    parent: str = ""
    source: str = "referral"
    frozen: bool = False
    domain: str = ""
    note: str = ""


class NamedContact(NamedTuple):
    """A person of the story at a named account."""

    account: str
    name: str
    name_alt: str
    position: str
    influence: str
    language: str = "en"


class DealStory(NamedTuple):
    """A deal of the story; ``closes`` days from D, negative when it ended."""

    key: str
    account: str
    name: str
    stage: str
    outcome: str
    amount: str
    currency: str
    closes: int
    owner: str
    product: str = ""
    competitor: str = ""
    reason: str = ""
    days: int = 120


class Product(NamedTuple):
    """What is sold, with list prices net."""

    code: str
    name: str
    name_alt: str
    cny: int
    eur: int


PRODUCTS = [
    Product("WH-20", "Clamp-on flow meter", "外夹式流量计", 9_800, 1_380),
    Product("WH-40", "Insertion flow meter", "插入式流量计", 13_600, 1_890),
    Product("WH-80", "Electromagnetic flow meter", "电磁流量计", 21_400, 2_940),
    Product("LD-3", "Leak logger", "漏损记录仪", 3_250, 465),
    Product("LD-4", "Leak logger, second generation", "漏损记录仪（第二代）", 3_900, 545),
    Product("GW-1", "Gateway", "网关", 5_600, 790),
    Product("SP-20", "Spare set WH-20", "WH-20 备件包", 1_180, 168),
    Product("SP-80", "Spare set WH-80", "WH-80 备件包", 2_360, 328),
    Product("COM", "Commissioning", "调试", 4_800, 980),
    Product("CARE", "Yearly care", "年度维保", 12_000, 2_400),
    Product("TRAIN", "Training", "培训", 6_500, 1_250),
    Product("CAL", "Calibration", "校准", 860, 145),
]

#: code, English, Chinese, probability in per cent, outcome.
STAGES = [
    ("contact", "Contact", "初步接触", 10, "open"),
    ("needs", "Needs", "需求确认", 25, "open"),
    ("proposal", "Proposal", "方案报价", 50, "open"),
    ("negotiation", "Negotiation", "商务谈判", 75, "open"),
    ("won", "Won", "赢单", 100, "won"),
    ("lost", "Lost", "输单", 0, "lost"),
]

#: code, English, Chinese: ways of selling; yearly care needs no stage of finding out what is needed.
PIPELINES = [("new", "New business", "新业务"), ("care", "Care and renewals", "维保与续签")]
#: Stages of one pipeline only.
OWN_STAGES = {"needs": "new"}

#: Live customers per owner in the small demo; the rest of the 243 lie in the pools (China 17, Europe 7).
OWNED_CUSTOMERS = {
    "sales": 31, "su": 34, "jian": 33, "wen": 29, "yan": 12, "gu": 6, "maud": 38, "floris": 26, "ilse": 10,
}  # fmt: skip

_SUZHOU, _WUXI = ("Suzhou", "苏州"), ("Wuxi", "无锡")

NAMED = [
    NamedAccount("haverdijk", "Haverdijk Water Board", "哈弗代克水务局", ("customer",), "won", "maud", ("Haverdijk", "哈弗代克"), "NL", "water", "A", 690, 1, domain="haverdijk-water.example", source="tender"),
    NamedAccount("tangyu", "Tangyu Water Group", "棠屿供水集团", ("customer",), "won", "sales", _WUXI, "CN", "water", "A", 705, 5, domain="tangyu-water.example", source="tender"),
    NamedAccount("tangyu_waste", "Tangyu Wastewater", "棠屿污水", ("customer",), "won", "sales", _WUXI, "CN", "wastewater", "B", 640, 12, "tangyu", domain="waste.tangyu-water.example"),
    NamedAccount("tangyu_net", "Tangyu Networks", "棠屿管网", ("customer",), "won", "sales", _WUXI, "CN", "water", "B", 610, 18, "tangyu", domain="net.tangyu-water.example"),
    NamedAccount("inkboat", "Inkboat Heating", "砚舟热力", ("customer",), "basic", "sales", ("Taizhou", "泰州"), "CN", "heating", "C", 1, None, source="web", domain="inkboat-heating.example"),
    NamedAccount("lanan", "Lan'an Foods", "澜桉食品", ("customer",), "potential", "sales", ("Changzhou", "常州"), "CN", "food", "B", 260, 47, source="fair", domain="lanan-foods.example"),
    NamedAccount("brunnvik", "Brunnvik Paper", "布伦维克纸业", ("customer",), "potential", "maud", ("Brunnvik", "布伦维克"), "NO", "paper", "B", 210, 2, domain="brunnvik-paper.example", source="fair"),
    NamedAccount("ferrault", "Ferrault Brewing", "费罗酿造", ("customer",), "won", "maud", ("Ferrault", "费罗"), "BE", "food", "B", 660, 7, domain="ferrault.example"),
    NamedAccount("jilan", "Jilan Park Water", "霁岚园区水务", ("customer",), "basic", "yan", ("Foshan", "佛山"), "CN", "park", "C", 6, 6, source="channel", domain="jilan-park.example"),
    NamedAccount("kestrelmoor", "Kestrelmoor Estates", "凯斯特摩物业", ("customer",), "invalid", "floris", ("Kestrelmoor", "凯斯特摩"), "IE", "other", "C", 520, 400, frozen=True, domain="kestrelmoor.example"),
    NamedAccount("shuohe", "Shuohe Precision Castings", "朔禾精密铸造", ("supplier",), None, "dai", ("Ningbo", "宁波"), "CN", "other", days=720, domain="shuohe-castings.example"),
    NamedAccount("nordlyng", "Nordlyng Sensors", "诺德林传感", ("supplier",), None, "dai", ("Bergen", "卑尔根"), "NO", "other", days=700, domain="nordlyng.example"),
    NamedAccount("lingke", "Lingke Electronics", "翎柯电子", ("supplier",), None, "dai", _SUZHOU, "CN", "other", days=715, domain="lingke.example"),
    NamedAccount("ruoling", "Ruoling Calibration", "箬岭计量", ("supplier",), None, "dai", ("Hefei", "合肥"), "CN", "other", days=640, domain="ruoling.example"),
    NamedAccount("vesterlund", "Vesterlund Fieldworks", "维斯特伦德现场工程", ("supplier",), None, "maud", ("Zwolle", "兹沃勒"), "NL", "other", days=400, domain="vesterlund.example"),
    NamedAccount("baltmere", "Baltmere Tehnika", "巴尔特米尔技术", ("distributor",), None, "gu", ("Tartu", "塔尔图"), "EE", "trade", "A", 650, 9, domain="baltmere.example"),
    NamedAccount("baltmere_riga", "Baltmere Riga", "巴尔特米尔里加", ("distributor",), None, "gu", ("Riga", "里加"), "LV", "trade", "C", 420, 30, "baltmere", domain="riga.baltmere.example"),
    NamedAccount("baltmere_turku", "Baltmere Turku", "巴尔特米尔图尔库", ("distributor",), None, "gu", ("Turku", "图尔库"), "FI", "trade", "C", 390, 34, "baltmere", domain="turku.baltmere.example"),
    NamedAccount("lingtang", "Lingtang Automation", "岭棠自动化", ("agent",), None, "yan", ("Foshan", "佛山"), "CN", "trade", "B", 480, 6, domain="lingtang.example"),
    NamedAccount("ribarga", "Ribarga", "里巴加", ("distributor",), None, "gu", ("Porto", "波尔图"), "PT", "trade", "C", 70, 15, domain="ribarga.example"),
    NamedAccount("ostrane", "Ostrane Metering", "奥斯特兰仪表", ("competitor",), None, "manager", ("Aarhus", "奥胡斯"), "DK", "other", days=720, domain="ostrane.example", note="Strong in paper mills, weak service in China; long delivery of gateways."),
    NamedAccount("hengshu", "Hengshu Controls", "恒澍测控", ("competitor",), None, "manager", ("Hefei", "合肥"), "CN", "other", days=720, domain="hengshu.example", note="价格低，售后响应慢；热力行业关系深。"),
    NamedAccount("pellgrave", "Pellgrave Flow", "佩尔格雷夫流量", ("competitor",), None, "manager", ("Leuven", "鲁汶"), "BE", "other", days=720, domain="pellgrave.example", note="Good clamp-on meters, no leak loggers."),
]  # fmt: skip
COMPETITORS = ("ostrane", "hengshu", "pellgrave")

NAMED_CONTACTS = [
    NamedContact("haverdijk", "Lieke Haagstra", "莉可·哈格斯特拉", "Plant engineer", "decides"),
    NamedContact("haverdijk", "Bram Osterveld", "布拉姆·奥斯特费尔德", "Purchasing", "influences"),
    NamedContact("haverdijk", "Sanne Kuiphof", "桑内·凯普霍夫", "Finance", "pays"),
    NamedContact("haverdijk", "Jelle Rijnderse", "耶勒·赖恩德瑟", "Network manager", "uses"),
    NamedContact("haverdijk", "Femke Wolthuizen", "费姆克·沃尔特赫伊曾", "Board secretary", "influences"),
    NamedContact("tangyu", "纪怀远", "Ji Huaiyuan", "总工程师", "decides", "zh"),
    NamedContact("tangyu", "崔令仪", "Cui Lingyi", "采购部长", "pays", "zh"),
    NamedContact("tangyu_waste", "骆望舒", "Luo Wangshu", "厂长", "decides", "zh"),
    NamedContact("tangyu_net", "滕清和", "Teng Qinghe", "管网主管", "uses", "zh"),
    NamedContact("inkboat", "戚明远", "Qi Mingyuan", "设备经理", "decides", "zh"),
    NamedContact("lanan", "姚知微", "Yao Zhiwei", "采购经理", "decides", "zh"),
    NamedContact("lanan", "尹牧之", "Yin Muzhi", "工程部长", "influences", "zh"),
    NamedContact("brunnvik", "Sigrid Brattlien", "西格丽德·布拉特利恩", "Mill engineer", "decides"),
    NamedContact("brunnvik", "Tormod Solbakke", "托尔莫德·索尔巴克", "Purchasing", "pays"),
    NamedContact("ferrault", "Gauthier Delacroisette", "戈蒂埃·德拉克鲁瓦塞特", "Head of utilities", "decides", "fr"),
    NamedContact("ferrault", "Solene Peeterbroeck", "索莱娜·佩特布鲁克", "Maintenance", "uses", "fr"),
    NamedContact("jilan", "顾思齐", "Gu Siqi", "园区水务主管", "decides", "zh"),
    NamedContact("shuohe", "金叙白", "Jin Xubai", "销售", "decides", "zh"),
    NamedContact("baltmere", "Kadri Tammsoo", "卡德莉·塔姆索", "Owner", "decides"),
    NamedContact("lingtang", "卓栖迟", "Zhuo Qichi", "华南代理", "decides", "zh"),
    NamedContact("vesterlund", "Ruben Dekkinga", "鲁本·德金哈", "Site manager", "decides"),
]

NAMED_DEALS = [
    DealStory("haverdijk_metering", "haverdijk", "District metering Haverdijk", "negotiation", "won", "486000.00", "EUR", -520, "maud", "LD-3", days=680),
    DealStory("tangyu_frame", "tangyu", "棠屿框架合同", "negotiation", "won", "1180000.00", "CNY", -310, "sales", "WH-80", days=420),
    DealStory("tangyu_renewal", "tangyu", "棠屿框架合同续签", "negotiation", "open", "1260000.00", "CNY", 24, "sales", "WH-80", days=60),
    DealStory("lanan_line", "lanan", "澜桉食品 3 号线计量", "negotiation", "open", "760000.00", "CNY", 18, "sales", "WH-40", "hengshu", days=150),
    DealStory("brunnvik_mill", "brunnvik", "Brunnvik mill 2", "proposal", "open", "210000.00", "EUR", 33, "maud", "WH-80", "ostrane", days=90),
    DealStory("ferrault_exchange", "ferrault", "Ferrault meter exchange", "negotiation", "won", "64000.00", "EUR", -280, "maud", "WH-40", days=360),
    DealStory("ferrault_care", "ferrault", "Ferrault yearly care", "negotiation", "won", "9600.00", "EUR", -190, "maud", "CARE", days=240),
]  # fmt: skip

#: Visitors of the external portals: sign-in name, audience, contact, account, language.
VISITORS = [
    ("customer", "customer", "Lieke Haagstra", "haverdijk", "en"),
    ("supplier", "supplier", "金叙白", "shuohe", "zh"),
    ("distributor", "distributor", "Kadri Tammsoo", "baltmere", "en"),
    ("agent", "distributor", "卓栖迟", "lingtang", "zh"),
]

#: account -> days from D to the end of its contract.
CONTRACT_ENDS = {"haverdijk": 240, "tangyu": 50}

#: account -> (English, Chinese, days from D); the next steps of the story.
NAMED_STEPS = {
    "haverdijk": ("Call about the acceptance of milestone 2", "电话沟通二期里程碑验收", 2),
    "tangyu": ("Contract: answer of Shen Zhiyao", "合同：等待沈知遥答复", 2),
    "tangyu_waste": ("Close request on outlet meter", "关闭出水口流量计服务请求", 1),
    "lanan": ("Send revised payment terms", "发送修订后的付款条件", -40),
    "brunnvik": ("Answer on the 12 % discount", "答复 12% 折扣", 1),
    "ferrault": ("Complaint meeting, Ferrault site", "费罗现场投诉沟通会", 7),
}
