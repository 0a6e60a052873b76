"""Knowledge articles of the demo company, and the sentences of site protocols. Data only, as (English, Chinese)."""

from __future__ import annotations

__all__ = ["ARTICLES", "DRAWINGS", "FERRAULT", "PROTOCOLS"]

#: What was learnt in a project: for the company only.
FERRAULT = "Lessons of the Ferrault meter exchange"

#: (title, text), each in both languages; read by customers too.
ARTICLES: list[tuple[tuple[str, str], tuple[str, str]]] = [
    (("LD-3 no signal: what to do", "LD-3 无信号怎么办"), (
        "A logger without signal flashes red every ten seconds.\n\n1. Look whether the GW-1 gateway is online in the portal.\n2. Move the antenna of the LD-3 up to the lid.\n3. Hold the magnet for three seconds again.\n4. Flooded chamber: water above the antenna stops every radio; pump it out.\n\nStill no signal after three attempts? Send the serial number with a photo of the place.",
        "LD-3 无信号时红灯每十秒闪一次。\n\n1. 在门户中查看网关 GW-1 是否在线。\n2. 将 LD-3 天线移至井盖下方。\n3. 再次贴磁铁三秒。\n4. 井内积水高于天线时无线不通，请先抽水。\n\n三次仍无信号，请发送序列号和现场照片。")),
    (("Battery warning of a logger", "记录仪电池告警"), (
        "Below 3.1 V the portal warns. The logger goes on for about sixty days; ask for a change in that time. Cold chambers show the warning earlier: below zero the voltage sinks by a tenth.",
        "低于 3.1 伏时门户告警。记录仪还能工作约六十天，请在此期间申请更换。低温井中告警会提前：零下时电压降低约一成。")),
    (("Flow reads zero at night", "夜间流量为零"), (
        "Zero at night is right when the main is a dead end without a leak. Otherwise check the low-flow cut-off: WH-40 cuts below 0.03 m/s. In a DN 400 this is 14 m³ an hour.",
        "支管末端且无漏损时，夜间流量为零属正常。否则检查小流量切除：WH-40 低于 0.03 m/s 切除，DN 400 相当于每小时 14 立方米。")),
    (("Straight runs and profile correction", "直管段与流态修正"), (
        "An elbow twists the flow. With 20 D upstream the error is below the uncertainty; with 10 D switch the profile correction on; with less move the meter. Two elbows in different planes need twice as much.",
        "弯头使水流旋转。上游 20 D 时误差小于不确定度；10 D 时启用流态修正；更短请移位。不同平面的两个弯头需加倍。")),
    (("Gateway GW-1 offline", "网关 GW-1 离线"), (
        "Look at the lights: no light, no power; yellow, no mobile network; green and blue, all is well. A gateway keeps three days of reports and sends them when the network is back.",
        "看指示灯：不亮为无电源；黄色为无移动网络；绿蓝同亮为正常。网关可保存三天数据，网络恢复后补传。")),
    (("False leak alarms near pumps", "水泵附近的误报"), (
        "A pump hums at a fixed pitch; a leak hisses over a broad band. In the portal open the spectrum: one narrow peak is a pump. Shift the night window or the place.",
        "水泵噪声频率固定，漏损声频带较宽。在门户中打开频谱，单一窄峰为水泵。请调整夜间窗口或安装位置。")),
    (("Reading a calibration certificate", "如何看校准证书"), (
        "The certificate names the points, the deviation at each and its uncertainty. A meter passes when deviation plus uncertainty stays within 2 %. The next date is a recommendation, not a limit.",
        "证书列出各校准点、偏差及其不确定度。偏差加不确定度在 2 % 以内为合格。下次日期为建议，并非期限。")),
    (("Replacing a WH-20 coupling pad", "更换 WH-20 耦合垫"), (
        "Pads dry out after about eight years. Clean the pipe, lay the new pad without air, tighten to the mark, and look at the signal: above 60 it is good.",
        "耦合垫约八年后变干。清洁管壁，贴新垫时勿留气泡，拧到刻度，查看信号：大于 60 为良好。")),
    (("Changing the night window", "修改夜间窗口"), (
        "Portal, Devices, choose the loggers, Night window. The change reaches each logger with its next report. Use the same window for neighbours, or they cannot be compared.",
        "门户、设备、选择记录仪、夜间窗口。修改随下次上报生效。相邻记录仪须用同一窗口，否则无法比较。")),
    (("Leak found: what next", "找到漏点之后"), (
        "Mark the place, correlate, listen on the ground, dig. Afterwards close the alarm with what was found: the next forecast learns from it.",
        "标记位置、相关定位、地面听音、开挖。之后在告警中登记结果，下次判断由此改进。")),
    ((FERRAULT, "费罗换表项目经验"), (
        "Exchange in the brewing pause needs the plan four weeks ahead. Two meters did not fit the old flanges: measure each, not one of ten. Train the shift leaders before, not after.",
        "在酿造间歇换表，计划须提前四周。两台仪表与旧法兰不符：逐台测量，不可抽样。培训班长应在换表之前。")),
    (("Export values to your own system", "导出数据到自有系统"), (
        "Values can be fetched by program each hour. Ask us for a key of your own; it sees your devices only. Times are UTC.",
        "可按小时由程序获取数据。请向我们申请专用密钥，仅可见本单位设备。时间为 UTC。")),
]  # fmt: skip

#: Parts of site protocols: what was done, what was found, what comes next.
PROTOCOLS: tuple[tuple[tuple[str, str], ...], ...] = (
    (
        ("Loggers of the district were read and batteries looked at.", "读取分区记录仪并检查电池。"),
        ("The meter in the pump house was compared with a clamp-on meter.", "泵房流量计与外夹式流量计比对。"),
        ("Two gateways were moved to the roof.", "两台网关移至屋顶。"),
        ("Training of the shift in reading leak noise.", "对班组进行漏损噪声判读培训。"),
        ("Commissioning of the new meter, with a test over night.", "新表调试并进行通宵测试。"),
        ("Yearly care: feet, cords, antennas and lids looked at.", "年度维保：检查底座、防坠绳、天线和井盖。"),
    ),
    (
        ("One antenna cable was crushed by the lid and replaced.", "一根天线电缆被井盖压坏，已更换。"),
        ("The deviation was 0.8 %, within what is allowed.", "偏差 0.8 %，在允许范围内。"),
        ("A leak was found at a service pipe and mended the same day.", "发现一处户线漏损，当日修复。"),
        ("No deviation; all values reach the control room.", "无偏差，数据均到达控制室。"),
        ("The chamber was flooded; it was pumped out first.", "井内积水，先行抽排。"),
        ("Signal at the north end is weak in wet weather.", "北端在潮湿天气信号较弱。"),
    ),
    (
        ("Next visit in six months.", "六个月后再次到访。"),
        ("An offer for one more gateway follows.", "随后提供增加一台网关的报价。"),
        ("The customer tells the new night window.", "客户将告知新的夜间窗口。"),
        ("Spare parts are sent this week.", "备件本周寄出。"),
        ("Open: permit for the street work.", "待办：道路作业许可。"),
        ("Nothing left to do.", "无遗留事项。"),
    ),
)  # fmt: skip

#: What drawings and photographs show.
DRAWINGS: list[tuple[str, str]] = [
    ("Site plan", "平面图"), ("Chamber drawing", "井室图"), ("Photo of the fitting", "安装照片"),
    ("Pipe diagram", "管线图"), ("Name plate", "铭牌照片"), ("Delivery note", "送货单"),
]  # fmt: skip
