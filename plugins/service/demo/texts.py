"""What customers of the demo company ask and what is answered: pairs (English, Chinese) with slots.

Slots: ``{product}`` a product, ``{n}`` a small number, ``{place}`` the customer's town, ``{day}`` a day of the week.
"""

from __future__ import annotations

__all__ = ["ACKS", "ASKS", "CLOSINGS", "CONFIRMS", "DETAILS", "NOTES", "OPENINGS", "PRODUCTS", "RATED", "READY"]

PRODUCTS = ("LD-3", "WH-40", "WH-20", "WH-80", "GW-1", "LD-4")

#: kind -> (subject, what is written below) in both languages.
OPENINGS: dict[str, list[tuple[tuple[str, str], tuple[str, str]]]] = {
    "fault": [
        (("{product} stops at night", "{product} 夜间停报"), ("Since {day} {n} loggers send nothing between one and five. Day values are fine.", "自{day}起，{n} 台记录仪凌晨一点到五点没有数据，白天正常。")),
        (("Outlet meter reads 4 % low", "出水口流量计偏低 4%"), ("We compared {product} with the tank level over a week: it reads 4 % low, always.", "用清水池液位比对了一周，{product} 读数始终偏低 4%。")),
        (("Gateway offline since {day}", "网关自{day}起离线"), ("GW-1 in {place} blinks red. We restarted it {n} times.", "{place}的 GW-1 红灯闪烁，已重启 {n} 次。")),
        (("Heat meter display is dark", "流量计显示屏不亮"), ("The display of {product} in chamber {n} stays dark; the data still arrive.", "{n} 号井 {product} 显示屏不亮，数据仍能上传。")),
        (("Pressure sensor drifts", "压力传感器漂移"), ("The zero of {product} moves by about {n} millibar a day.", "{product} 零点每天漂移约 {n} 毫巴。")),
        (("Foam disturbs {product}", "泡沫影响 {product} 测量"), ("When the line is rinsed the reading jumps to zero for {n} minutes.", "冲洗管线时读数会跳零约 {n} 分钟。")),
        (("{product} flooded after rain", "{product} 雨后进水"), ("Chamber {n} in {place} stood under water. The housing is fogged from inside.", "{place} {n} 号井积水，仪表外壳内有水汽。")),
        (("Night values missing in the report", "报表缺少夜间数据"), ("The leak report of {place} has gaps of {n} hours.", "{place}的漏损报表缺了 {n} 小时数据。")),
        (("Battery warning after {n} months", "{n} 个月即报低电量"), ("{product} reports a low battery although it is new.", "{product} 是新表，却已报低电量。")),
        (("Cable chewed by a marten", "电缆被小动物咬断"), ("The cable of {product} is cut between chamber and cabinet, about {n} metres.", "{product} 从井到柜的电缆被咬断，约 {n} 米。")),
        (("Alarm that nobody can reset", "报警无法复位"), ("Zone {n} shows a burst alarm that stays although flow is normal.", "{n} 区爆管报警一直不消，流量正常。")),
        (("Clock of {product} is an hour off", "{product} 时钟差一小时"), ("Since the change of time {n} meters are an hour late.", "换时后有 {n} 台仪表时间慢一小时。")),
    ],
    "question": [
        (("May {product} be mounted upside down?", "{product} 能否倒装？"), ("In chamber {n} there is no other room.", "{n} 号井空间有限，只能倒装。")),
        (("New user for the portal", "新增门户用户"), ("Our new colleague shall see the meters of {place} too.", "新同事也需要查看{place}的仪表。")),
        (("How long do you keep our data?", "数据保存多久？"), ("Our auditors ask for {n} years.", "审计要求保存 {n} 年。")),
        (("Which firmware runs on {product}?", "{product} 的固件版本"), ("We want all {n} devices on the same state.", "希望 {n} 台设备版本一致。")),
        (("Does {product} work below minus twenty?", "{product} 能否在零下二十度使用？"), ("The pipe bridge in {place} is open to the wind.", "{place}的管桥露天，冬天很冷。")),
        (("Export of the curves", "曲线数据导出"), ("Can the values of {n} points be fetched by our control room?", "{n} 个点的数据能否接入我们的调度室？")),
        (("Straight run before {product}", "{product} 前直管段要求"), ("There are only {n} diameters before the bend.", "弯头前只有 {n} 倍管径。")),
        (("Who comes on {day}?", "{day}由谁上门？"), ("Please send me the name for the gate list.", "请提供姓名以便登记入厂。")),
    ],
    "complaint": [
        (("Third visit and still no values", "第三次上门仍无数据"), ("Your engineer was here {n} times. {product} still sends nothing.", "工程师来了 {n} 次，{product} 仍无数据。")),
        (("Nobody called back", "没有人回电"), ("I was promised a call on {day}. Nobody called.", "答应{day}回电，至今没有消息。")),
        (("Delivery came without the certificates", "到货没有检定证书"), ("{n} pieces of {product} arrived, none with its certificate.", "{n} 台 {product} 到货，均没有检定证书。")),
        (("Water in the cabinet after your work", "施工后柜内进水"), ("Since the new gland was fitted the cabinet in {place} is wet.", "更换接头后，{place}的柜内进水。")),
        (("Wrong meter was exchanged", "换错了仪表"), ("Chamber {n} has a new meter, chamber {n}a still the old one.", "{n} 号井换了新表，应换的那台没有换。")),
    ],
    "order": [
        (("Spare set for {product}", "{product} 备件包"), ("Please send {n} sets to {place}.", "请寄 {n} 套至{place}。")),
        (("Spare battery for {product}", "{product} 备用电池"), ("We need {n} batteries before the audit.", "审计前需要 {n} 块电池。")),
        (("Where is our delivery?", "货到哪里了？"), ("{n} pieces of {product} were promised for {day}.", "{n} 台 {product} 应于{day}到货。")),
        (("Move two loggers to pit {n}", "将两台记录仪移至 {n} 号井"), ("The road works are over; the pit is free again.", "道路施工结束，井已可用。")),
        (("Longer cable for {product}", "{product} 加长电缆"), ("The cabinet moved; {n} metres more would do.", "柜子移位，需加长 {n} 米。")),
        (("Return of {n} meters", "退回 {n} 台仪表"), ("They were ordered by mistake and are still packed.", "误订，尚未拆封。")),
    ],
    "calibration": [
        (("Certificate for {product} no. {n}", "{product} {n} 号检定证书"), ("The copy is missing in our folder.", "我们的档案里缺少副本。")),
        (("Yearly care: fix a date", "年度维保：约定日期"), ("{day} would suit us, from eight.", "{day}八点以后方便。")),
        (("Calibration of {n} meters", "{n} 台仪表校准"), ("They are due in spring. Can you do them on site?", "明春到期，能否现场校准？")),
        (("Uncertainty in the certificate", "证书中的不确定度"), ("Our client asks how the {n} points were chosen.", "客户询问 {n} 个检定点如何选取。")),
        (("Reference meter for a day", "借用标准表一天"), ("We would like to compare {product} in {place}.", "希望在{place}比对 {product}。")),
    ],
    "training": [
        (("Training for {n} operators", "培训 {n} 名操作员"), ("Half a day on {product}, in {place} if possible.", "关于 {product} 的半天培训，最好在{place}。")),
        (("Training for two operators", "两名操作员培训"), ("They are new and shall read the leak report.", "新入职，需要会看漏损报表。")),
    ],
    "invoice": [
        (("Invoice address is wrong", "发票抬头有误"), ("The department moved: please use the address in {place}.", "部门已搬迁，请用{place}的地址。")),
        (("Invoice without order number", "发票缺少订单号"), ("Our accounts cannot book it.", "财务无法入账。")),
        (("Invoice twice", "重复开票"), ("The same {n} pieces are on two invoices.", "同样的 {n} 台出现在两张发票上。")),
    ],
    "other": [
        (("Photo of the meter for our newsletter", "内刊需要仪表照片"), ("May we show {product} with your name?", "能否注明贵公司名称刊登 {product}？")),
        (("Key of the chamber in {place}", "{place}井盖钥匙"), ("Your colleague still has it, I believe.", "钥匙好像还在贵司同事处。")),
    ],
}  # fmt: skip

#: First answers.
ACKS = [
    ("Thank you. I look at the data of {place} and write again today.", "收到，我先查看{place}的数据，今天回复您。"),
    ("Thank you for the photo. I ask the field team.", "感谢您的照片，我已转现场组。"),
    ("I have opened the device from here and read its log.", "我已远程连接设备，正在读取日志。"),
    ("Understood. We check stock and the next date.", "明白，我们先核对库存和日期。"),
    ("I am sorry for the trouble. I take care of it myself.", "给您添麻烦了，由我负责跟进。"),
    ("We know this effect with {product}; I check whether it is the same here.", "{product} 有过类似现象，我核实是否相同。"),
    ("Your request is with our service desk; you hear from me by {day}.", "您的请求已受理，{day}前答复您。"),
    ("I compare with the neighbouring zone first.", "我先与相邻分区对比。"),
    ("Thank you, that is clear. I forward the papers.", "谢谢，已清楚，我转交资料。"),
    ("I have it here: the device lost its time on {day}.", "查到了：设备在{day}丢失时钟。"),
]  # fmt: skip
#: What is asked back.
ASKS = [
    ("Which serial number stands on the plate, please?", "请问铭牌上的序列号是多少？"),
    ("Could you send a photo of the cabinet?", "能否发一张柜内照片？"),
    ("Is the valve before the meter fully open?", "表前阀门是否全开？"),
    ("Would {day} morning suit you?", "{day}上午是否方便？"),
    ("Since when exactly? I compare with the network log.", "具体从什么时候开始？我与网络日志核对。"),
    ("How many of the {n} devices are concerned?", "{n} 台设备中有几台受影响？"),
    ("Has anything been changed in the chamber lately?", "井内最近有没有改动？"),
    ("Please press the button for five seconds; does it blink green?", "请长按按钮五秒，绿灯是否闪烁？"),
    ("To which address shall it go?", "请问寄往哪个地址？"),
    ("Who may sign on site?", "现场由谁签字？"),
]  # fmt: skip
#: What customers add.
DETAILS = [
    ("The number is on the photo. Pits {n}, 14 and 17.", "序列号见照片，涉及 {n}、14、17 号井。"),
    ("Yes, fully open. We checked twice.", "全开，已检查两次。"),
    ("{day} suits us. Please ring at the gate.", "{day}可以，到门口请打电话。"),
    ("Since the night of {day}, about two o'clock.", "{day}夜里两点左右开始。"),
    ("It blinks green now, but the values do not come.", "绿灯闪了，但仍无数据。"),
    ("Only the ones behind the bridge.", "只有桥后那几台。"),
    ("Nothing was changed, only the road was swept.", "没有改动，只是清扫了路面。"),
    ("Please to the works in {place}, to my attention.", "请寄到{place}厂，我收。"),
    ("We need the values for the report of the month.", "月报需要这些数据。"),
    ("Our network people say the port is open.", "网络部门说端口已开。"),
]  # fmt: skip
#: What settles it.
CLOSINGS = [
    ("The gateway dropped packets at night; the update to 2.3.4 is loaded.", "网关夜间丢包，已升级至 2.3.4。"),
    ("We exchanged the sensor; readings agree within half a per cent.", "已更换传感器，读数偏差在 0.5% 以内。"),
    ("The parts left today and arrive on {day}.", "备件今天发出，{day}到达。"),
    ("The certificate is attached; the original follows by post.", "证书已附，原件邮寄。"),
    ("The user is set up; the invitation is in the mail.", "用户已开通，邀请邮件已发。"),
    ("The invoice is corrected; the old one is void.", "发票已更正，原发票作废。"),
    ("The date stands: {day} at eight, two engineers.", "已约定：{day}八点，两名工程师。"),
    ("The seal was pressed in wrongly; it is dry now.", "密封圈安装不到位，现已不渗水。"),
    ("Firmware and clock are set alike on all devices.", "所有设备固件与时钟已统一。"),
    ("We moved both loggers; values come every quarter of an hour.", "两台记录仪已移位，每十五分钟上报。"),
    ("The drawing shows how to mount it; please keep {n} diameters.", "安装图已发，请保证 {n} 倍管径。"),
    ("The missing hours are read out of the memory and in your report now.", "缺失数据已从存储读出并补入报表。"),
]  # fmt: skip
#: How customers end it.
CONFIRMS = [
    ("Works again, thank you.", "已恢复正常，谢谢。"),
    ("Arrived today. Thanks for the quick help.", "今天收到，谢谢及时处理。"),
    ("All values are there. You may close it.", "数据齐全，可以关闭。"),
    ("Thank you, that answers it.", "谢谢，问题已解答。"),
    ("The second night is fine too.", "第二晚也正常。"),
    ("Good. See you at the yearly care.", "好的，年度维保时见。"),
]  # fmt: skip
#: Notes that stay inside.
NOTES = [
    ("Same effect as in {place} last year: a power cycle on site was needed.", "与去年{place}现象相同，需现场断电重启。"),
    ("Customer is under contract, visit is included.", "客户在维保期内，上门免费。"),
    ("Stock: {n} pieces, one reserved.", "库存 {n} 台，一台已预留。"),
    ("Called the control room, they see it too.", "已电话调度室，对方也看到同样情况。"),
    ("Ask Product whether 2.3.4 can go out to all.", "询问产品部 2.3.4 能否全面推送。"),
    ("The chamber needs a confined-space permit.", "该井需有限空间作业许可。"),
]  # fmt: skip
#: What customers say beside their rating, by score.
RATED: dict[int, list[tuple[str, str]]] = {
    5: [("Quick and clear.", "处理及时，说明清楚。"), ("Very helpful colleague.", "工程师很负责。"), ("", "")],
    4: [("Good, could have been a day earlier.", "不错，若能早一天更好。"), ("", "")],
    3: [("In the end it works.", "最终解决了。"), ("", "")],
    2: [("Had to ask three times.", "催了三次才解决。"), ("Too slow for a brewery.", "处理太慢。")],
    1: [("Still not what was promised.", "仍未达到承诺。")],
}  # fmt: skip

#: Ready answers: name, English, Chinese.
READY = [
    ("Received", "Dear {contact},\n\nthank you for your message. Your request has the number {number}; I look into it and write again by tomorrow.\n\n{me}", "{contact}，您好：\n\n已收到您的请求，编号 {number}，我会尽快处理并在明天前回复您。\n\n{me}"),
    ("Serial number", "Dear {contact},\n\nplease tell me the serial number on the plate, a photo will do.\n\n{me}", "{contact}，您好：\n\n请提供铭牌上的序列号，拍照即可。\n\n{me}"),
    ("Appointment", "Dear {contact},\n\nour engineer could come on Thursday at half past eight. Does that suit you?\n\n{me}", "{contact}，您好：\n\n我们的工程师可于周四八点半上门，是否方便？\n\n{me}"),
    ("Parts are on their way", "Dear {contact},\n\nthe parts left today. You find the number of the parcel attached.\n\n{me}", "{contact}，您好：\n\n备件今天已发出，快递单号见附件。\n\n{me}"),
    ("Solved?", "Dear {contact},\n\nis everything in order with “{subject}”? Then you may close the request.\n\n{me}", "{contact}，您好：\n\n“{subject}”是否已恢复正常？如无问题，可关闭该请求。\n\n{me}"),
]  # fmt: skip
