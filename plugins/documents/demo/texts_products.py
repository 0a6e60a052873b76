"""Texts of the demo company about its products, as (English, Chinese). Data only."""

from __future__ import annotations

__all__ = [
    "LEAFLET", "MANUAL_EN", "MANUAL_EN_2", "MANUAL_EN_3", "MANUAL_ZH", "MANUAL_ZH_2", "MANUAL_ZH_3", "SHEET",
]  # fmt: skip

MANUAL_EN = """# LD-3 leak logger: installation manual

The LD-3 listens at a valve or hydrant through the night and reports leak noise once a day. One logger covers 150 to 250 m of metal main, 60 to 100 m of plastic. This manual is for fitters who know the rules for work in the street; opening a chamber needs two people.

## What is in the box
- Logger with magnetic foot and captive cord
- External antenna with 3 m of cable
- Activation magnet and this manual
- Label for the chamber lid

## Choosing the place
Prefer metal fittings: gate valves, hydrants, meter spindles. Keep away from pumps, pressure reducers and pipes of other utilities: their hum hides a leak. On plastic mains place a logger at every second fitting. Chambers may be flooded; the housing is IP68 to 2 m for 30 days.

## Fitting
1. Brush rust and dirt off the spindle until bare metal shows.
2. Set the magnetic foot upright; it must not rock.
3. Lead the antenna cable along the wall and fix the antenna just below the lid, not under a cast-iron cover without a slot.
4. Hang the captive cord on a hook, so that the logger cannot fall into the water.

## Switching on
Hold the magnet to the dot for three seconds. Green twice: measuring. The first report comes within ten minutes when the GW-1 gateway hears the logger. **No signal**: a red flash every ten seconds means that no gateway was heard. Move the antenna up, check that the gateway runs, and hold the magnet again. After three attempts without signal write the serial number down and ask our service.

## Night window
By default the logger measures from 02:00 to 04:00 local time, every second for two hours, and keeps the quietest level. Change the window in the portal when night shifts or irrigation run then.

"""
MANUAL_ZH = """# LD-3 漏损记录仪安装手册

LD-3 安装在阀门或消火栓上，夜间监听管道噪声，每天上报一次漏损噪声。金属管道上一台覆盖 150 至 250 米，塑料管道 60 至 100 米。本手册面向熟悉道路作业规定的安装人员；打开井盖须两人同时在场。

## 装箱清单
- 带磁性底座和防坠绳的记录仪
- 外置天线，3 米电缆
- 激活磁铁和本手册
- 井盖标签

## 选择位置
优先选择金属附件：闸阀、消火栓、水表丝杆。远离水泵、减压阀和其他单位的管道，它们的嗡鸣会掩盖漏损声。塑料管道上每隔一个附件安装一台。井内允许积水，外壳防护等级 IP68，2 米水深可达 30 天。

## 安装步骤
1. 将丝杆上的锈和污物刷净，露出金属。
2. 磁性底座垂直吸附，不得晃动。
3. 天线电缆沿井壁敷设，天线固定在井盖下方，不要放在无槽的铸铁盖下。
4. 防坠绳挂在钩上，防止记录仪落入水中。

## 开机
将磁铁贴在圆点处三秒。绿灯闪两次表示开始测量。网关 GW-1 收到信号后十分钟内出现首次上报。**无信号**：红灯每十秒闪一次，表示未收到网关。请将天线上移，检查网关是否运行，再次贴磁铁。三次仍无信号，请记下序列号并联系我方服务部门。

## 夜间窗口
默认在当地时间 02:00 至 04:00 测量，每秒一次，持续两小时，保留最安静的声级。夜班或灌溉在此时段运行时，请在门户中修改窗口。

"""
MANUAL_EN_2 = """## Battery
The battery lasts five years at one report a day. Below 3.1 V the portal shows a warning; the logger goes on for about sixty days. Only our service changes the battery, because the housing is then tested for tightness again. Used batteries go back to us.

"""
MANUAL_ZH_2 = """## 电池
每天上报一次时，电池寿命五年。低于 3.1 伏时门户提示，记录仪还能工作约六十天。更换电池由我方服务部门进行，之后外壳重新做密封试验。废电池请寄回。

"""
MANUAL_EN_3 = """## Reading the result
A level that stays above 25 dB with a spread below 4 dB for three nights is a leak until somebody has shown otherwise. One loud night is traffic or a tap. Compare neighbours: the louder of two is nearer to the leak. Correlate two loggers in the portal; the position is good to about one metre per hundred on metal mains.

## Moving a logger
Hold the magnet for eight seconds until the light is red, move the logger, and activate it anew. Enter the new place in the portal the same day: a logger in the wrong street sends the crew to the wrong street.

## Care
Look at each logger once a year: foot, cord, antenna, lid label. Calibration is not needed; our yearly care includes a listening test on a sample.
"""
MANUAL_ZH_3 = """## 判读结果
连续三夜声级高于 25 分贝且离散度低于 4 分贝，即视为漏损，除非另有证明。仅一夜偏高多为车流或用水。请比较相邻两台：声级较高者更接近漏点。可在门户中对两台做相关定位，金属管道上每百米误差约一米。

## 移动记录仪
磁铁贴住八秒至红灯亮，移动后重新激活。当天在门户中登记新位置：登记错了街道，抢修队就会去错街道。

## 维护
每年检查一次底座、防坠绳、天线和井盖标签。无需校准；年度维保包含抽样听音测试。
"""
SHEET = (
    """# WH-40 insertion flow meter: data sheet

| | |
|---|---|
| Pipe diameters | DN 80 to DN 1200 |
| Range | 0.03 to 5 m/s |
| Uncertainty | 2 % of reading above 0.1 m/s |
| Pressure | PN 16 |
| Temperature | 0 to 60 °C |
| Power | lithium battery, 6 years; or 24 V DC |
| Output | pulse, 4 to 20 mA, radio to GW-1 |
| Protection | IP68, permanently under 2 m of water |

## Mounting
The meter goes in under pressure through a 1-inch ball valve; the main stays in service. Straight run: 20 D upstream, 10 D downstream, half of it with the profile correction on. Insertion depth is set once with the scale on the rod and sealed.

## What is new in this version
Uncertainty was tested again at the calibration bench in Suzhou with 30 meters; the figure for DN 1000 and above is now given apart: 2.5 %.
""",
    """# WH-40 插入式流量计技术规格书

| | |
|---|---|
| 管径 | DN 80 至 DN 1200 |
| 量程 | 0.03 至 5 m/s |
| 不确定度 | 0.1 m/s 以上为读数的 2 % |
| 压力 | PN 16 |
| 温度 | 0 至 60 °C |
| 供电 | 锂电池 6 年；或 24 V 直流 |
| 输出 | 脉冲、4 至 20 mA、无线至 GW-1 |
| 防护 | IP68，可长期浸于 2 米水下 |

## 安装
通过 1 英寸球阀带压插入，管道无需停水。直管段：上游 20 D，下游 10 D；启用流态修正后可减半。插入深度按标尺一次设定并铅封。

## 本版更新
在苏州校准台用 30 台仪表重新检验不确定度；DN 1000 及以上单独给出：2.5 %。
""",
)
LEAFLET = (
    """# WH-20 clamp-on flow meter: leaflet

Clamped on in twenty minutes, without cutting the pipe and without a stop. For steel, cast iron and plastic from DN 25 to DN 700. Hot water up to 130 °C. Battery for a temporary survey, 24 V for good. Measured values reach your control room through GW-1, or a USB stick. Ask for a trial week.
""",
    """# WH-20 外夹式流量计宣传页

二十分钟装好，不断管、不停机。适用于 DN 25 至 DN 700 的钢管、铸铁管和塑料管，热水可达 130 °C。临时测量用电池，长期安装用 24 V。数据经 GW-1 或 U 盘进入控制室。欢迎申请一周试用。
""",
)
