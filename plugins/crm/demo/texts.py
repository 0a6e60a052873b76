"""Conversations of the demo company, written for its story: pairs (English, Chinese) with slots.

A note is a fact of its kind followed by what comes of it, so that every text reads as one entry of a busy week.
Slots: ``{contact}`` who was spoken to, ``{product}`` and ``{place}``.
"""

from __future__ import annotations

__all__ = ["FACTS", "FOLLOW_UPS", "NEXT_STEPS", "SUBJECTS"]

SUBJECTS = {
    "call": [("Call about {product}", "电话沟通 {product}"), ("Question on delivery time", "询问交货期"), ("Call: budget for next year", "电话：明年预算"), ("Price question on {product}", "{product} 询价"), ("Call after the site survey", "现场踏勘后回访")],
    "visit": [("Visit to {place}", "拜访{place}"), ("Site survey {place}", "{place}现场踏勘"), ("Demonstration of {product}", "{product} 现场演示"), ("Walk through the meter chambers", "巡看计量井"), ("Visit with the field team", "与现场组同行拜访")],
    "meeting": [("Video call on the offer", "报价视频会议"), ("Meeting on the pilot", "试点沟通会"), ("Review of the yearly care", "年度维保回顾"), ("Kick-off {product}", "{product} 启动会"), ("Meeting with purchasing", "与采购部会谈")],
    "mail": [("Offer {product} sent", "已发 {product} 报价"), ("Data sheet {product} sent", "已发 {product} 技术规格书"), ("Answer on payment terms", "付款条件回复"), ("Reference list sent", "已发业绩清单"), ("Revised dates sent", "已发调整后的日期")],
    "message": [("Short question on {product}", "{product} 简短咨询"), ("Photo of the chamber received", "收到计量井照片"), ("Appointment confirmed", "确认预约"), ("Thanks after the visit", "拜访后致谢")],
    "note": [("Note on the decision makers", "决策人备注"), ("Competitor on site", "竞争对手动态"), ("Tender expected", "预计招标"), ("Change in the organisation", "组织变动")],
    "task": [("Prepare offer {product}", "准备 {product} 报价"), ("Send reference list", "发送业绩清单"), ("Book the field team", "预约现场组"), ("Check stock of {product}", "核对 {product} 库存")],
}  # fmt: skip

FACTS = {
    "call": [
        ("{contact} wants to compare {product} with the meters they have.", "{contact}希望将 {product} 与现有仪表对比。"),
        ("{contact} asked for a firm delivery date of {product}.", "{contact}要求 {product} 的确切交期。"),
        ("The budget for {product} is with the board until the end of the month.", "{product} 预算月底前由董事会审批。"),
        ("{contact} says the night values of the old loggers cannot be trusted.", "{contact}反映旧记录仪夜间数据不可靠。"),
        ("Two zones in {place} lose more water than planned; {contact} looks for a quick check.", "{place}有两个分区漏损超标，{contact}希望尽快排查。"),
        ("{contact} was not in; the assistant knows about the offer.", "{contact}不在，助理已知悉报价。"),
        ("{contact} accepts the price but not the payment terms.", "{contact}接受价格，对付款条件有异议。"),
        ("They need {product} before the heating season.", "他们要求供热季前到货 {product}。"),
    ],
    "visit": [
        ("Saw the pump hall in {place}; straight runs are long enough for {product}.", "查看了{place}泵房，直管段满足 {product} 安装要求。"),
        ("Measured three points with {contact}; one shows air in the pipe.", "与{contact}实测三个点位，其中一处管内有气。"),
        ("{contact} showed the chambers; two are flooded after rain.", "{contact}带看计量井，两处雨后积水。"),
        ("Demonstrated {product}; readings agree with theirs within one per cent.", "演示了 {product}，读数与对方偏差在 1% 以内。"),
        ("Met {contact} and the maintenance crew; they want a training day.", "与{contact}及维修班见面，对方希望安排一天培训。"),
        ("The cabinet for the gateway must move; {contact} agrees.", "网关箱需移位，{contact}同意。"),
        ("Counted the old meters in {place}: forty are past their calibration date.", "清点{place}旧表，四十台已过校准期。"),
    ],
    "meeting": [
        ("Went through the offer line by line with {contact}.", "与{contact}逐项核对报价。"),
        ("{contact} asked for a pilot with two {product} in {place}.", "{contact}提出在{place}用两台 {product} 试点。"),
        ("Purchasing compares three bidders; service counts for a third.", "采购比选三家，服务占三成权重。"),
        ("Agreed the acceptance test for {product}.", "确认了 {product} 的验收方法。"),
        ("{contact} wants one price list for all plants of the group.", "{contact}希望集团各厂统一价格。"),
        ("The pilot runs well; {contact} shows the curves to the board.", "试点顺利，{contact}将向董事会展示曲线。"),
    ],
    "mail": [
        ("Sent the offer for {product} with delivery from stock.", "已发送 {product} 报价，现货交付。"),
        ("Sent the data sheet and the installation manual of {product}.", "已发送 {product} 规格书与安装手册。"),
        ("{contact} asks for the calibration certificates of the last batch.", "{contact}索要上一批的校准证书。"),
        ("Confirmed the date of commissioning in {place}.", "已确认{place}调试日期。"),
        ("{contact} forwarded the offer to the technical department.", "{contact}已将报价转技术部。"),
        ("Answered the twelve questions of the tender on {product}.", "已答复招标文件中关于 {product} 的十二个问题。"),
    ],
    "message": [
        ("{contact} sent a photo of the chamber in {place}.", "{contact}发来{place}计量井照片。"),
        ("{contact} confirms the appointment.", "{contact}确认预约。"),
        ("Short answer on the battery life of {product}.", "简要答复 {product} 电池寿命。"),
        ("{contact} asks who answers on site next week.", "{contact}询问下周现场对接人。"),
    ],
    "note": [
        ("{contact} prepares the decision, the director signs.", "{contact}准备方案，由总监签字。"),
        ("Ostrane has a test meter in {place} since last month.", "奥斯特兰上月起在{place}有一台试用表。"),
        ("A tender for zone metering is expected in spring.", "预计明年春季有分区计量招标。"),
        ("The plant in {place} gets a new manager next quarter.", "{place}厂下季度将更换负责人。"),
    ],
    "task": [
        ("Needs stock and the discount limit checked first.", "先核对库存与折扣权限。"),
        ("{contact} expects it before the meeting.", "{contact}希望会前收到。"),
        ("With prices of the current list.", "按现行价格表。"),
    ],
}  # fmt: skip

FOLLOW_UPS = [
    ("Sends us the drawings by the end of the week.", "本周内发来图纸。"),
    ("We call again after their meeting.", "待其会后再联系。"),
    ("Wants an answer on the price next week.", "要求下周答复价格。"),
    ("Field service checks the date.", "由现场组确认日期。"),
    ("They decide together with the maintenance budget.", "与维修预算一并决定。"),
    ("Asked for a reference in the same trade.", "希望提供同行业案例。"),
    ("No objection to the delivery time.", "对交期无异议。"),
    ("The next talk is with the technical director.", "下次与技术总监沟通。"),
    ("We keep two loggers in reserve for them.", "为其预留两台记录仪。"),
    ("They will place a small order first.", "先下小批量订单。"),
]  # fmt: skip

NEXT_STEPS = [
    ("Send revised payment terms", "发送修订后的付款条件"), ("Confirm calibration dates", "确认校准日期"),
    ("Answer their counter-offer", "答复对方还价"), ("Present the pump station quote", "讲解泵站报价"),
    ("Site walk, zones 1 to 3", "踏勘 1 至 3 区"), ("Send WH-20 reference list", "发送 WH-20 业绩清单"),
    ("Renew yearly care", "续签年度维保"), ("Call about the budget", "电话确认预算"),
    ("Bring the test logger", "送试用记录仪"), ("Agree the acceptance test", "确认验收方法"),
    ("Ask for the drawings", "索要图纸"), ("Invite to the training day", "邀请参加培训日"),
]  # fmt: skip
