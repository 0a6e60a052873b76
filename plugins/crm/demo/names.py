"""Name parts of the demo's invented companies and people, each in both scripts. Data only.

Brands are built from parts so that no real firm is meant; a test compares every result with public company lists.
"""

from __future__ import annotations

__all__ = [
    "CN_CITIES", "CN_FIRST", "CN_GIVEN", "CN_KINDS", "CN_SECOND", "CN_SURNAMES", "EU_CITIES", "EU_FIRST", "EU_KINDS",
    "EU_LAST", "EU_STEMS", "POSITIONS",
]  # fmt: skip

#: First and second character of a Chinese brand, with pinyin.
CN_FIRST = [
    ("荷", "He"), ("墨", "Mo"), ("岸", "An"), ("碧", "Bi"), ("禾", "He"), ("淮", "Huai"), ("芷", "Zhi"), ("棠", "Tang"),
    ("霁", "Ji"), ("澜", "Lan"), ("砚", "Yan"), ("翎", "Ling"), ("箬", "Ruo"), ("朔", "Shuo"), ("瑾", "Jin"), ("溯", "Su"),
    ("苇", "Wei"), ("栖", "Qi"), ("霖", "Lin"), ("鹤", "He"), ("屿", "Yu"), ("岑", "Cen"), ("菱", "Ling"), ("蔚", "Wei"),
]  # fmt: skip
CN_SECOND = [
    ("汀", "ting"), ("泠", "ling"), ("樵", "qiao"), ("泉", "quan"), ("祁", "qi"), ("筠", "yun"), ("言", "yan"), ("洲", "zhou"),
    ("屏", "ping"), ("圃", "pu"), ("渡", "du"), ("陵", "ling"), ("渚", "zhu"), ("川", "chuan"), ("临", "lin"), ("桥", "qiao"),
]  # fmt: skip
#: Kind of business: English, Chinese, code of the industry value.
CN_KINDS = [
    ("Water Supply", "供水", "water"), ("Water", "水务", "water"), ("Heat Supply", "供热", "heating"),
    ("Wastewater", "污水处理", "wastewater"), ("Foods", "食品", "food"), ("Bottling", "瓶装水", "food"),
    ("Pulp", "纸浆", "paper"), ("Paper", "纸业", "paper"), ("Pharma", "制药", "other"), ("Brewery", "酒业", "food"),
    ("Dairy", "乳业", "food"), ("Park Services", "园区服务", "park"), ("Textile", "纺织", "other"), ("Steel", "钢铁", "other"),
]  # fmt: skip
CN_CITIES = [
    ("Suzhou", "苏州", "JS"), ("Wuxi", "无锡", "JS"), ("Changzhou", "常州", "JS"), ("Nantong", "南通", "JS"),
    ("Jiaxing", "嘉兴", "ZJ"), ("Huzhou", "湖州", "ZJ"), ("Taizhou", "泰州", "JS"), ("Quzhou", "衢州", "ZJ"),
    ("Huai'an", "淮安", "JS"), ("Ningbo", "宁波", "ZJ"), ("Foshan", "佛山", "GD"), ("Zhuhai", "珠海", "GD"),
    ("Jinan", "济南", "SD"), ("Yantai", "烟台", "SD"), ("Hefei", "合肥", "AH"), ("Wuhu", "芜湖", "AH"),
]  # fmt: skip
#: Invented stems of European firms with their Chinese form.
EU_STEMS = [
    ("Oosterlee", "奥斯特雷"), ("Torvestrand", "托尔韦斯特兰"), ("Vennebroek", "芬讷布鲁克"), ("Halvemark", "哈尔韦马克"),
    ("Sundelin", "松德林"), ("Quillebeau", "基勒博"), ("Marchetain", "马尔谢坦"), ("Aldersund", "阿尔德松"),
    ("Wexholm", "韦克斯霍尔姆"), ("Grimbergsen", "格林贝格森"), ("Lindevoort", "林德沃特"), ("Bracquemont", "布拉克蒙"),
    ("Skarvik", "斯卡维克"), ("Tervueren", "泰尔维伦"), ("Hellendaal", "海伦达尔"), ("Ostervang", "奥斯特旺"),
    ("Pellinge", "佩林厄"), ("Ravelgem", "拉韦尔亨"), ("Stavelund", "斯塔韦隆"), ("Uithoven", "厄伊特霍芬"),
    ("Valbonnet", "瓦尔博内"), ("Zandkreek", "赞德克雷克"), ("Drevsjord", "德雷夫约尔"), ("Eikenrode", "艾肯罗德"),
    ("Fjellvar", "菲耶尔瓦"), ("Gastelmeer", "哈斯特尔梅尔"), ("Hovdaberg", "霍夫达贝格"), ("Isenbroek", "伊森布鲁克"),
    ("Jarlsund", "亚尔松"), ("Kortgene-Zuid", "科特亨南"), ("Lauwersdal", "劳沃斯达尔"), ("Moerkapel", "穆尔卡佩尔"),
    ("Nesthavn", "内斯特港"), ("Overschelde", "奥弗斯海尔德"), ("Perchevaux", "佩尔谢沃"), ("Roskenas", "罗斯克纳斯"),
    ("Saltvedt", "萨尔特韦特"), ("Tholenberg", "托伦贝格"), ("Ulvedal", "乌尔沃达尔"), ("Vliermeer", "弗利尔梅尔"),
    ("Westkapelse", "西卡珀尔瑟"), ("Ymsland", "于姆斯兰"), ("Zuidwolde-Oost", "南沃尔德东"), ("Arkenbout", "阿肯鲍特"),
    ("Bokkestad", "博克斯塔"), ("Carnoise", "卡努瓦兹"), ("Dommelaar", "多默拉尔"), ("Esperlund", "埃斯珀隆"),
    ("Fagervoll", "法格沃尔"), ("Grevelduin", "赫雷弗尔代恩"), ("Heidekamp", "海德坎普"), ("Ingelmont", "英厄尔蒙"),
    ("Juvelin", "尤韦林"), ("Kvernbakk", "克文巴克"), ("Loosbroek", "洛斯布鲁克"), ("Maelstede", "马尔斯特德"),
]  # fmt: skip
EU_KINDS = [
    ("Heat", "供热", "heating"), ("Dairy", "乳业", "food"), ("Water Works", "水厂", "water"), ("Brewing", "酿造", "food"),
    ("Paper", "纸业", "paper"), ("District Energy", "区域能源", "heating"), ("Foods", "食品", "food"),
    ("Water Board", "水务局", "water"), ("Chemie", "化工", "other"), ("Board Mill", "纸板厂", "paper"),
]  # fmt: skip
EU_CITIES = [
    ("Haarlem", "哈勒姆", "NL"), ("Breda", "布雷达", "NL"), ("Zwolle", "兹沃勒", "NL"), ("Ghent", "根特", "BE"),
    ("Leuven", "鲁汶", "BE"), ("Bergen", "卑尔根", "NO"), ("Stavanger", "斯塔万格", "NO"), ("Aarhus", "奥胡斯", "DK"),
    ("Turku", "图尔库", "FI"), ("Tartu", "塔尔图", "EE"), ("Lille", "里尔", "FR"), ("Porto", "波尔图", "PT"),
]  # fmt: skip

CN_SURNAMES = [
    ("周", "Zhou"), ("吴", "Wu"), ("郑", "Zheng"), ("冯", "Feng"), ("褚", "Chu"), ("卫", "Wei"), ("蒋", "Jiang"), ("沈", "Shen"),
    ("韩", "Han"), ("杨", "Yang"), ("秦", "Qin"), ("尤", "You"), ("许", "Xu"), ("吕", "Lyu"), ("严", "Yan"), ("华", "Hua"),
    ("魏", "Wei"), ("姜", "Jiang"), ("谢", "Xie"), ("邹", "Zou"), ("苏", "Su"), ("范", "Fan"), ("彭", "Peng"), ("鲁", "Lu"),
]  # fmt: skip
CN_GIVEN = [
    ("景行", "Jingxing"), ("知微", "Zhiwei"), ("子衿", "Zijin"), ("望舒", "Wangshu"), ("怀瑾", "Huaijin"), ("若谷", "Ruogu"),
    ("令仪", "Lingyi"), ("清和", "Qinghe"), ("思齐", "Siqi"), ("明远", "Mingyuan"), ("云起", "Yunqi"), ("既白", "Jibai"),
    ("采薇", "Caiwei"), ("牧之", "Muzhi"), ("希声", "Xisheng"), ("松筠", "Songyun"), ("乐水", "Leshui"), ("鸣谦", "Mingqian"),
    ("静姝", "Jingshu"), ("长卿", "Changqing"), ("予安", "Yu'an"), ("维桢", "Weizhen"), ("其琛", "Qichen"), ("嘉树", "Jiashu"),
]  # fmt: skip
EU_FIRST = [
    ("Bram", "布拉姆"), ("Sanne", "桑内"), ("Jelle", "耶勒"), ("Femke", "费姆克"), ("Ruben", "鲁本"), ("Eline", "埃莉内"),
    ("Sigrid", "西格丽德"), ("Halvard", "哈尔瓦"), ("Ingrid", "英格丽德"), ("Tormod", "托尔莫德"), ("Maarten", "马尔滕"),
    ("Annelies", "安内莉丝"), ("Gauthier", "戈蒂埃"), ("Solene", "索莱娜"), ("Mads", "马斯"), ("Kirsten", "基尔斯滕"),
    ("Aleksi", "阿莱克西"), ("Merle", "梅尔勒"), ("Duarte", "杜阿尔特"), ("Ines", "伊内丝"), ("Wouter", "沃特"),
    ("Hanneke", "汉内克"), ("Olivier", "奥利维耶"), ("Liv", "莉芙"),
]  # fmt: skip
EU_LAST = [
    ("Osterveld", "奥斯特费尔德"), ("Kuiphof", "凯普霍夫"), ("Bruinsloot", "布勒因斯洛特"), ("Hagelund", "哈格隆"),
    ("Vestergren", "韦斯特格伦"), ("Delacroisette", "德拉克鲁瓦塞特"), ("Meulenbroeks", "默伦布鲁克斯"), ("Aaltonsaar", "阿尔通萨尔"),
    ("Nordvang", "努尔旺"), ("Peeterbroeck", "佩特布鲁克"), ("Rijnderse", "赖恩德瑟"), ("Solbakke", "索尔巴克"),
    ("Tervoort", "特福特"), ("Vandermolenaar", "范德莫伦纳尔"), ("Wolthuizen", "沃尔特赫伊曾"), ("Zeedijkema", "泽代克马"),
    ("Brattlien", "布拉特利恩"), ("Carvalheira", "卡瓦列拉"), ("Dekkinga", "德金哈"), ("Engelvoort", "恩格尔福特"),
]  # fmt: skip
#: English, Chinese, influence.
POSITIONS = [
    ("Plant engineer", "设备工程师", "uses"), ("Head of purchasing", "采购经理", "pays"), ("Technical director", "技术总监", "decides"),
    ("Network manager", "管网主管", "influences"), ("Buyer", "采购员", "influences"), ("Managing director", "总经理", "decides"),
    ("Maintenance lead", "维修主管", "uses"), ("Finance", "财务", "pays"), ("Metering engineer", "计量工程师", "uses"),
    ("Quality manager", "质量经理", "influences"),
]  # fmt: skip
