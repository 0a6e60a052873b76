"""What people of the demo company write to each other, and to those outside. Data only.

Times are days from D, hour and minute in Suzhou; each text in English and in Chinese.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["TALKS", "Said", "Talk"]


class Said(NamedTuple):
    """One message: who, when, and the words in both languages."""

    who: str
    day: int
    hour: int
    minute: int
    english: str
    chinese: str


class Talk(NamedTuple):
    """A conversation: subject in both languages, whether the office that began it works in Chinese, the people who are
    written to, who has not read the last message, the firm it is about."""

    subject: tuple[str, str]
    chinese: bool
    to: tuple[str, ...]
    said: tuple[Said, ...]
    unread: tuple[str, ...] = ()
    account: str = ""


TALKS = [
    Talk(("LD-4 in our small chambers", "LD-4 能否装进小井"), False, (), (
        Said("customer", -6, 15, 20, "Dear Maud, your news says the LD-4 is out. Some of our chambers are only 60 cm wide. Does it fit, and does the antenna still reach the gateway?", "莫德您好，看到 LD-4 已经发布。我们有些井只有 60 厘米宽，能装下吗？天线还能连到网关吗？"),
        Said("maud", -6, 17, 5, "Good to hear from you, Lieke. It fits from 55 cm. For the deep chambers you need the external antenna; I ask Anneke which of yours that concerns.", "很高兴收到您的消息。55 厘米以上都能装。较深的井需要外接天线，我请安妮可看看涉及哪几口。"),
        Said("customer", -5, 16, 10, "Thank you. Chambers 7, 12 and 31 are the deep ones.", "谢谢。较深的是 7 号、12 号和 31 号井。"),
        Said("maud", -1, 16, 40, "Anneke has checked them: 7 and 31 need the antenna, 12 does not. Shall I put two antennas into the next delivery?", "安妮可已核对：7 号和 31 号需要外接天线，12 号不需要。下次发货加两根天线可以吗？"),
    ), ("customer",), "haverdijk"),
    Talk(("Access in the commissioning week", "调试周的进场安排"), False, (), (
        Said("customer", -4, 15, 10, "Hello Maud, your people come next week. On which days, and who tells me when they stand at the gate?", "莫德您好，你们的工程师下周过来。具体哪几天？到门口由谁联系我？"),
        Said("maud", -4, 15, 50, "I take Anneke in, she plans the week.", "我请安妮可加入，由她安排这一周。"),
        Said("project", -3, 15, 30, "Hello Lieke, Bart and I would like to be on site from Tuesday to Thursday. Who opens the chambers for us, and may we park at the pumping station?", "莉可您好，我和巴特计划周二到周四在现场。请问谁来开井，车能停在泵站吗？"),
        Said("customer", -2, 15, 5, "Tuesday and Wednesday are fine, our mechanic is there from 8:00. Thursday we have an inspection.", "周二、周三可以，我们的技师 8 点到。周四有检查。"),
        Said("project", -2, 16, 20, "Then we take Tuesday and Wednesday, and come back for the rest the week after.", "那就周二、周三，剩下的下周再来。"),
        Said("customer", -1, 17, 15, "Agreed. Please bring the adapted drawing of section 3, the one on the wall is of last year.", "好的。请带上修改后的三段图纸，墙上那张是去年的。"),
    ), ("project",), "haverdijk"),
    Talk(("Address on our invoices", "发票地址"), False, (), (
        Said("customer", -48, 15, 0, "From January our accounts department moves. Please send invoices to the new post box, I attach nothing as it is in our company data already.", "一月起我们财务部搬迁，请把发票寄到新的信箱，地址已在我公司资料中更新。"),
        Said("maud", -47, 15, 45, "Thank you, finance has noted it.", "谢谢，财务已登记。"),
        Said("customer", -47, 16, 5, "Perfect.", "好的。"),
    ), (), "haverdijk"),
    Talk(("Housings of order 2210", "2210 号订单的壳体"), True, (), (
        Said("supplier", -8, 10, 10, "Ms Dai, the first 120 housings are cast. Two moulds must be dressed, so 40 come two days later. May we deliver in two parts?", "戴工您好，首批 120 件壳体已浇铸。两副模具需要修整，另外 40 件晚两天。可以分两批送吗？"),
        Said("dai", -8, 11, 30, "Two parts are fine as long as the first 120 arrive by the agreed day. Please put the test report into the first box.", "可以分两批，只要首批 120 件按约定日期到。检验报告请放在第一箱。"),
        Said("supplier", -7, 9, 15, "They will. The report is with the goods.", "没问题，报告随货。"),
        Said("dai", -1, 14, 20, "The dock is closed on the morning of that day. Please come after 13:00.", "当天上午卸货口关闭，请 13 点以后送到。"),
    ), ("supplier",), "shuohe"),
    Talk(("Certificate ends next month", "资质证书下月到期"), True, (), (
        Said("supplier", -12, 10, 0, "Ms Dai, our quality certificate ends in about a month. The audit was last week, without findings; we expect the paper in two weeks.", "戴工您好，我司质量证书约一个月后到期。上周审核已通过，无不符合项，证书约两周后发放。"),
        Said("dai", -12, 13, 40, "Good. Send it as soon as you have it, or orders stop by themselves.", "好的。证书下来请尽快发我，否则系统会停止下单。"),
        Said("supplier", -11, 9, 5, "Of course.", "一定。"),
        Said("dai", -1, 10, 15, "Has the paper come? On the day the old one ends the system takes no more orders for you.", "证书发下来了吗？旧证到期当天，系统就不再给贵司下单。"),
    ), ("supplier",), "shuohe"),
    Talk(("Housing of the WH-80: drawing C", "WH-80 壳体：C 版图纸"), True, (), (
        Said("supplier", -5, 9, 40, "Ms Dai, drawing C shows a wall of 6 mm at the flange, the sample you praised has 7. Which one counts?", "戴工您好，C 版图纸法兰处壁厚 6 毫米，上次认可的样件是 7 毫米，以哪个为准？"),
        Said("dai", -4, 16, 30, "The sample. Our drawing is wrong there, I have it changed.", "以样件为准，图纸有误，我让人改。"),
        Said("dai", -1, 11, 5, "Drawing D is ready. Please tell me until when the first three can be measured.", "D 版图纸已完成。请告诉我首批三件什么时候可以送检。"),
    ), ("supplier",), "shuohe"),
    Talk(("LD-4 leaflet for Estonia", "LD-4 爱沙尼亚单页"), False, (), (
        Said("distributor", -7, 15, 15, "Hello Nanqiao, we want to show the LD-4 at the water days in Tartu. May we translate the leaflet ourselves?", "南乔您好，我们想在塔尔图水务日展示 LD-4，单页可以自己翻译吗？"),
        Said("gu", -6, 10, 30, "Yes, please. I send you the open file today; let me see the proof before it is printed.", "可以。今天把源文件发给您，付印前请让我看一下样张。"),
        Said("distributor", -3, 15, 50, "The translation is ready, the proof comes on Monday.", "翻译已完成，周一发样张。"),
        Said("gu", -1, 10, 45, "Thank you. One thing: the range with the external antenna is 2 km, not 2.5.", "谢谢。有一处：外接天线的距离是 2 公里，不是 2.5。"),
    ), ("distributor",), "baltmere"),
    Talk(("Prices from January", "一月起的价格"), False, ("distributor",), (
        Said("gu", -15, 11, 0, "Dear Kadri, the euro list stays as it is until the end of June. Only the spare sets go up by three per cent.", "卡德莉您好，欧元价格表到六月底不变，只有备件套装上调百分之三。"),
        Said("distributor", -15, 15, 30, "That is good news, I tell both dealers.", "好消息，我会告诉两家下级经销商。"),
        Said("distributor", -1, 15, 10, "One dealer asks whether orders of December still get the old price of the spare sets.", "有一家问：十二月的订单备件还按老价格吗？"),
    ), ("gu",), "baltmere"),
    Talk(("WH-20 for a demonstration", "WH-20 演示样机"), True, (), (
        Said("agent", -9, 9, 40, "For the visit at Jilan Park Water I need a WH-20 for three days. Can one come to Foshan by Wednesday?", "霁岚园区水务的拜访需要一台 WH-20 演示三天，周三前能寄到佛山吗？"),
        Said("yan", -9, 10, 20, "It leaves today, with two clamps. Please write into the contact log how the readings compare.", "今天寄出，带两副夹具。读数对比情况请写进跟进记录。"),
        Said("agent", -5, 17, 0, "It worked at once. They compare it with the old meter until Friday.", "一次就测通了，他们要和旧表对比到周五。"),
        Said("yan", -1, 9, 30, "Then keep it until Friday. Is there anything they still doubt?", "那就放到周五。客户还有什么顾虑吗？"),
    ), ("agent",), "lingtang"),
    Talk(("Meeting in the new year", "年初碰面"), True, ("agent",), (
        Said("yan", -20, 15, 0, "We would like to see all agents in Suzhou in January. Which week suits you?", "一月想请各位代理商来苏州碰面，您哪一周方便？"),
        Said("agent", -19, 9, 10, "The second week is best.", "第二周最好。"),
    ), (), "lingtang"),
    Talk(("Renewal of the Tangyu framework", "棠屿框架合同续签"), True, ("manager", "finance", "assistant"), (
        Said("executive", -3, 9, 20, "Before I sign I want to know why the invoice is still open after 40 days.", "签字前我想知道那张发票为什么 40 天了还没付。"),
        Said("finance", -3, 10, 15, "They say the acceptance of the second station is missing. I have asked for a date twice.", "对方说二号泵站还没验收。我已经催了两次日期。"),
        Said("manager", -2, 16, 30, "Lin Shutong sees them on Thursday and brings the acceptance form.", "林疏桐周四去客户那里，会带上验收单。"),
        Said("finance", -1, 11, 10, "Then I wait until Friday with the reminder.", "那我周五再发催款函。"),
    ), ("executive", "manager")),
    Talk(("Tangyu pump stations: who goes", "棠屿泵站：谁去现场"), False, ("project", "lei", "employee"), (
        Said("head", -4, 16, 0, "We are nine days late. Who can go for two days this week?", "已经晚了九天。这周谁能去两天？"),
        Said("lei", -4, 16, 40, "Xu Tinglan after Heting, Fang Zheyuan from Thursday.", "许听澜做完禾亭就可以，方哲远周四起。"),
        Said("project", -3, 15, 15, "Then start with station 2, the cabinet is there since Monday.", "那先做二号站，柜子周一已到。"),
        Said("lei", -1, 8, 50, "Tinglan, please take the long ladder, the short one is in Rotterdam.", "听澜，请带长梯，短的在鹿特丹。"),
    ), ("employee", "head", "project")),
    Talk(("Accounts for Gu Nanqiao", "顾南乔的账号"), True, ("admin", "gu"), (
        Said("hr", -10, 9, 0, "Nanqiao has been with us for two days: the mailbox is there, the price lists are not yet.", "南乔入职两天了，邮箱有了，价格表还看不到。"),
        Said("admin", -10, 9, 45, "The role was missing, it is set now.", "少了一个角色，已经加上。"),
        Said("gu", -10, 10, 30, "It works, thank you.", "可以了，谢谢。"),
        Said("hr", -1, 14, 0, "Please check also whether the badge opens the warehouse.", "请再看一下门卡能不能开仓库。"),
    ), ("admin",)),
    Talk(("Lan'an: payment terms", "澜桉：付款条件"), True, ("manager",), (
        Said("sales", -2, 15, 20, "They want 60 days instead of 30. With 45 I think they sign.", "客户要 60 天账期，我们是 30 天。给 45 天应该能签。"),
        Said("manager", -2, 17, 0, "45 is the limit, and only with a fifth as a down payment.", "最多 45 天，而且要两成预付款。"),
        Said("sales", -1, 9, 10, "I call them this morning.", "我今天上午打电话。"),
        Said("manager", -1, 18, 5, "And? What did they say?", "结果怎么样？"),
    ), ("sales",)),
    Talk(("Visit at Tangyu Networks", "走访棠屿管网"), True, ("employee",), (
        Said("sales", -3, 11, 0, "On Thursday I walk through the pump stations with Tangyu Networks. Can you come along and explain the leak logger?", "周四我和棠屿管网走泵站，你能一起去讲讲漏损记录仪吗？"),
        Said("employee", -3, 11, 40, "Yes, from 13:30. I bring one for them to hold.", "可以，13 点半起，我带一台实物。"),
        Said("sales", -1, 16, 20, "Good. They ask how long the battery lasts at hourly readings.", "好。他们问按小时采集电池能用多久。"),
    ), ("employee",)),
    Talk(("Receipt of your claim", "报销单的收据"), True, ("employee",), (
        Said("finance", -2, 10, 0, "The receipt of the rented gear is missing, so I have sent the claim back. A photo is enough.", "租赁设备的收据缺失，报销单我先退回。拍照即可。"),
        Said("employee", -2, 12, 30, "It is in the van, I take a photo tonight.", "收据在车里，今晚拍。"),
    ), ("finance",)),
    Talk(("Closing days of the systems", "系统停机时间"), True, ("hr", "finance"), (
        Said("admin", -5, 15, 0, "I would like to change the database on a Saturday. Which one hurts least?", "我想找个周六换数据库，哪个周六影响最小？"),
        Said("finance", -5, 15, 30, "Not the last one of the month.", "不要月底那个。"),
        Said("hr", -4, 9, 15, "The second one is fine, nobody is paid then.", "第二个周六可以，那时不发工资。"),
        Said("admin", -1, 10, 20, "Then it is the coming Saturday, I write an announcement.", "那就这个周六，我发公告。"),
    ), ("hr", "finance")),
    Talk(("Interview for field service", "现场工程师面试"), True, ("executive", "head"), (
        Said("hr", -4, 10, 0, "Two of the five are strong. Would you like to see both before I make an offer?", "五位里有两位很好。发录用前您要都见一下吗？"),
        Said("head", -3, 16, 10, "I see both on Wednesday by video.", "周三我视频见两位。"),
        Said("executive", -3, 17, 30, "The second round is enough for me.", "我参加第二轮就行。"),
        Said("head", -1, 17, 45, "The first one has commissioned heating networks for six years. My choice.", "第一位有六年供热网调试经验，我选他。"),
    ), ("executive", "hr")),
    Talk(("Customers in the portal", "门户里的客户"), True, ("executive", "manager"), (
        Said("admin", -6, 9, 30, "Three firms use the portal every week. Whom do we invite next?", "每周有三家在用门户，接下来邀请谁？"),
        Said("manager", -6, 11, 0, "The Tangyu companies and Ferrault.", "棠屿几家和费罗。"),
        Said("executive", -1, 18, 10, "Ferrault first. They should see that we listen.", "先请费罗，让他们看到我们在听。"),
    ), ("admin", "manager")),
    Talk(("Haverdijk: invoice of milestone 2", "哈弗代克：二期里程碑开票"), False, ("finance",), (
        Said("project", -5, 16, 30, "Milestone 2 waits for the signature of the customer. As soon as Lieke accepts it you may send the invoice.", "二期里程碑等客户签收，莉可验收后就可以开票。"),
        Said("finance", -4, 10, 30, "The draft is ready. Tell me the day and I send it.", "草稿已备好，告诉我日期我就发。"),
    ), ("project",)),
    Talk(("WH-20 for quick delivery", "WH-20 现货"), True, ("su",), (
        Said("sales", -6, 14, 0, "Two customers ask for WH-20 within ten days. Do we have four?", "两家客户十天内要 WH-20，有四台现货吗？"),
        Said("su", -6, 14, 25, "Six are free. Take four, and tell An Ruobing.", "有六台，拿四台，跟安若冰说一声。"),
        Said("sales", -6, 15, 0, "Done.", "已说好。"),
    )),
    Talk(("LD-4: experience from the field", "LD-4 现场反馈"), False, ("head", "pan"), (
        Said("project", -3, 16, 45, "Two of our first twelve LD-4 lost the time after a cold night. Both had firmware 1.0.", "首批十二台 LD-4 有两台冷夜后时间丢失，都是 1.0 固件。"),
        Said("pan", -2, 9, 30, "Known and repaired in 1.1. Please update before you mount the others.", "已知问题，1.1 已修复。其余的请先升级再安装。"),
        Said("head", -2, 16, 0, "Then nobody mounts 1.0 any more. I tell the groups.", "那以后不再装 1.0，我通知各组。"),
    )),
]  # fmt: skip
