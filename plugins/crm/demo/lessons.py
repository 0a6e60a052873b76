"""What the people of the demo company learned on deals, and how they see their competitors."""

from __future__ import annotations

from zlib import crc32

from weft.plugins.crm.demo.plan import DealPlan

__all__ = ["LESSONS", "RIVALS", "lesson_of"]

#: Why a deal ended -> (English, Chinese).
LESSONS: dict[str, list[tuple[str, str]]] = {
    "won": [
        ("A test meter for four weeks decided it: their own night readings convinced the board.",
         "试用四周起了决定作用：客户自己的夜间读数说服了领导层。"),
        ("Bring the field engineer to the second talk. Questions on mounting were answered on the spot.",
         "第二次沟通就带上现场工程师，安装问题当场解决。"),
        ("Splitting delivery over two budget years made it possible.", "分两个预算年度交付，项目才得以成立。"),
        ("Offer yearly care from the start; adding it later took two more months.",
         "一开始就报年度维保，后补又多花了两个月。"),
        ("The certificate for billing was worth more to them than five per cent.",
         "结算证书对客户来说比五个点的折扣更重要。"),
        ("A reference visit to a water works nearby settled the doubts about batteries.",
         "参观附近水司的业绩现场，消除了对电池的顾虑。"),
    ],
    "price": [
        ("We defended the price too late. Show the cost of five years in the first offer.",
         "价格解释得太晚，第一份报价就应列出五年总成本。"),
        ("The discount came in three steps and looked like bargaining. One clear offer would have been better.",
         "分三次让价显得像讨价还价，不如一次给出明确报价。"),
        ("Purchasing compared only the meter. Put mounting and certificate on the same page.",
         "采购只比较表价，应把安装和证书写在同一页。"),
    ],
    "competitor": [
        ("They had a test device of the other side in the chamber for months. Ask for it in the first talk.",
         "对方的试用表早已装在井里数月，第一次沟通就要问到。"),
        ("The other side promised remote readings we also have but never showed. Demonstrate the gateway.",
         "对方承诺的远传我们也有，却没有演示。务必演示网关。"),
        ("The consultant wrote the tender with the other side. Get in before the specification is fixed.",
         "招标文件由设计院与对方共同编写，要在技术规格确定前介入。"),
    ],
    "budget": [
        ("The budget was never approved. Ask who signs and when the budget year begins.",
         "预算从未批准，要问清由谁签字、预算年度何时开始。"),
        ("Offer a small first stage when money is uncertain.", "资金不确定时，先做一个小的一期。"),
    ],
    "fit": [
        ("Foam in the pipe: clamp-on does not work there. Look at the site before the offer.",
         "管内有泡沫，外夹式不适用。报价前先看现场。"),
        ("They needed explosion protection, which we do not have. Ask before the second visit.",
         "现场要求防爆，我们没有。第二次拜访前就要问清。"),
    ],
    "silent": [
        ("We had one contact only, and she left. Know two people at every customer.",
         "只联系一个人，她离职后就断了。每家客户至少认识两个人。"),
        ("No next step was agreed after the offer. Always leave with a date.",
         "报价后没有约定下一步，每次离开都要有一个日期。"),
    ],
}  # fmt: skip

#: Competitor -> (strengths, weaknesses), each in English and Chinese.
RIVALS: dict[str, list[tuple[tuple[str, str], tuple[str, str]]]] = {
    "ostrane": [
        (("Installed in two mills of the group", "集团两家工厂已在用"), ("Gateways take twelve weeks", "网关交期十二周")),
        (("Own service crew in the Nordics", "北欧有自己的服务队"), ("No leak loggers", "没有漏损记录仪")),
        (("Known to the consultant", "与设计院关系熟"), ("Weak service in China", "在华服务薄弱")),
    ],
    "hengshu": [
        (("Lowest price", "价格最低"), ("Answers complaints slowly", "售后响应慢")),
        (("Deep ties in district heating", "热力行业关系深"), ("Calibration is done elsewhere", "校准需外送")),
        (("Delivers from stock", "现货供应"), ("Readings drift in hard water", "硬水工况读数漂移")),
    ],
    "pellgrave": [
        (("Good clamp-on meter", "外夹式表做得好"), ("No leak loggers, no gateway", "无漏损记录仪和网关")),
        (("Portal for the customer's engineers", "有面向客户工程师的平台"), ("Service only by partners", "仅由合作方服务")),
    ],
}  # fmt: skip


def lesson_of(deal: DealPlan) -> str:
    """What was learned on a deal that ended, for every third one, in the language of its office; else empty."""
    number = crc32(deal.key.encode())
    texts = LESSONS.get(deal.reason if deal.outcome == "lost" else deal.outcome, ())
    return texts[number // 3 % len(texts)][1 if deal.currency == "CNY" else 0] if texts and number % 3 == 0 else ""
