"""Conversations of the demo company, written for its story: pairs (English, Chinese) with slots.

A note is a fact of its kind followed by what comes of it, so that every text reads as one entry of a busy week.
Slots: ``{contact}`` who was spoken to, ``{product}`` and ``{place}``.
"""

from __future__ import annotations

__all__ = ["FACTS", "FOLLOW_UPS", "NEEDS", "NEXT_STEPS", "SUBJECTS"]

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

#: What strangers write when they ask for the first time; slots ``{n}`` a number and ``{place}`` their town.
NEEDS = [
    ("Looking for clamp-on meters for {n} points in {place}; pipes DN 200 to DN 400.", "需在{place}安装外夹式流量计 {n} 处，管径 DN200 至 DN400。"),
    ("Night losses in {n} zones are too high. Can you measure them for a month?", "{n} 个分区夜间漏损偏高，可否安排一个月测试？"),
    ("Please send prices for {n} leak loggers and a gateway.", "请报 {n} 台漏损记录仪及网关的价格。"),
    ("Our meters in {place} are past their calibration date. Who can calibrate {n} of them?", "{place}有 {n} 台流量计超过检定期，能否安排校准？"),
    ("We compare suppliers for district metering; tender in spring.", "正在比选分区计量供应商，预计明年春季招标。"),
    ("Heating season begins soon: {n} electromagnetic meters within six weeks?", "供热季临近，六周内能否交付 {n} 台电磁流量计？"),
    ("Saw your stand at the fair. Please call about a trial in {place}.", "在展会上看过贵司展台，请来电商谈{place}试用。"),
    ("Do your loggers send data without a gateway nearby?", "附近没有网关时，记录仪能否回传数据？"),
    ("Need an offer for yearly care of {n} meters.", "需要 {n} 台仪表的年度维保报价。"),
    ("Our brewery measures cooling water by hand. What would you recommend?", "冷却水目前靠人工抄表，贵司有何建议？"),
    ("Can WH-20 be used on lined pipes?", "WH-20 能否用于带衬里的管道？"),
    ("A training day for {n} people of our maintenance team.", "希望为维修班 {n} 人安排一天培训。"),
    ("Interested in becoming a partner for {place}.", "有意成为{place}地区合作伙伴。"),
    ("Questions on the accuracy of LD-4 at low pressure.", "咨询 LD-4 在低压下的精度。"),
    ("A burst last week flooded a street in {place}. We want to hear the next one before it happens.", "上周{place}一处爆管淹了街道，希望下次能提前发现。"),
    ("The board asks for a water balance by zone. Where does one begin with {n} zones?", "公司要求按分区做水量平衡，共 {n} 个分区，应从何入手？"),
    ("Two of our suppliers stopped making their meters. We need a replacement that fits the old flanges.", "原有两家仪表厂停产，需要能配旧法兰的替代型号。"),
    ("Please offer {n} pieces WH-40 with cable of 20 m, delivered to {place}.", "请报 WH-40 共 {n} 台，配 20 米电缆，送货至{place}。"),
    ("How long does the battery of LD-3 last with a message every quarter of an hour?", "LD-3 每十五分钟上报一次，电池可用多久？"),
    ("Our chambers stand under water in winter. Are your loggers tight enough for that?", "计量井冬季常积水，记录仪的防护等级是否够用？"),
    ("We pay by a meter of the supplier and doubt it. Can you measure beside it for two weeks?", "对供方结算表有疑问，能否并联比对两周？"),
    ("The dairy in {place} wants to know what each line uses. {n} points, hygienic, no cutting of pipes.", "{place}乳品厂要分线计量，{n} 个点，卫生级，不能断管。"),
    ("Need certificates for the whole batch, not samples. Is that possible with {n} pieces?", "需要逐台出具检定证书，{n} 台能否做到？"),
    ("Does your data come into our SCADA by Modbus, or do we need your portal?", "数据能否通过 Modbus 接入我方 SCADA，还是必须用贵司平台？"),
    ("We run a district heating net with {n} substations and no idea of the return flow.", "我方供热管网有 {n} 个换热站，回水流量一直没有数据。"),
    ("Please call back before ten in the morning; after that I am on site.", "请上午十点前回电，之后我在现场。"),
    ("Is there a rental for a portable meter? We need it for {n} days.", "便携式流量计是否可租？需用 {n} 天。"),
    ("Our auditor wants the error of each meter on paper. We have {n} of them in {place}.", "审计要求每台表都有误差记录，{place}共 {n} 台。"),
    ("A paper mill: dirty water, air in the pipe. Would clamp-on work at all?", "造纸厂，水中带浆且有气，外夹式能用吗？"),
    ("We lost the tender of the city for lack of leak detection. Who could do it with us?", "上次市政投标因缺少检漏方案落选，想找合作方。"),
    ("How fast do you come when a meter fails on a Sunday?", "周末仪表出故障，贵司多久能到场？"),
    ("Send us a price list with discounts for resellers in {place}, please.", "请提供{place}经销商价格表及折扣。"),
    ("The park has {n} tenants and one bill. We want to share the water cost fairly.", "园区 {n} 家租户共用一张水费单，希望按量分摊。"),
    ("Can your electromagnetic meter stand sea water? We cool with it.", "电磁流量计能否用于海水？我方用海水冷却。"),
    ("Our pipes are glass-fibre, DN 600. None of the three firms we asked could help.", "我方管道为玻璃钢 DN600，问过三家都做不了。"),
    ("We want to replace {n} mechanical meters a year over five years. Is there a frame contract?", "计划五年内每年更换 {n} 台机械表，可否签框架协议？"),
    ("A colleague of ours at another plant is content with your loggers. May we see them there?", "兄弟厂反映贵司记录仪不错，能否去现场看看？"),
    ("We need the manual in our language for the field crew, else they do not take it.", "现场班组需要中文说明书，否则不愿使用。"),
    ("The old gateway in {place} drops the line each night. Would yours fit the same mast?", "{place}旧网关每晚掉线，贵司网关能否装在原杆上？"),
    ("What would {n} points cost without installation? We have our own fitters.", "我方自行安装，{n} 个点只供货多少钱？"),
    ("Textile finishing: hot water at 90 degrees. Which of your sensors stands that?", "印染厂，热水 90 度，哪款传感器适用？"),
    ("The subsidy for saving water ends this quarter. Can you deliver and bill before that?", "节水补贴本季度截止，能否在此前交货并开票？"),
    ("We have the meters already and look for somebody who reads and reports them for us.", "表已装好，想找单位代为抄读并出月报。"),
    ("First contact: we plan a plant in {place} and draw the piping now.", "初次联系：拟在{place}建厂，管路正在设计。"),
]  # fmt: skip
