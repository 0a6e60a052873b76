"""Contracts, policies and rules of the demo company, as (English, Chinese). Data only."""

from __future__ import annotations

__all__ = [
    "AMENDMENT",
    "CONTRACT",
    "DISCOUNT",
    "FRAMEWORK",
    "GUIDE",
    "LEAVE",
    "LOSS",
    "PRICES",
    "SAFETY",
    "SURVEY",
    "TRAVEL",
]

CONTRACT = (
    """# Contract: district metering Haverdijk

Between Haverdijk Water Board (client) and Weirholm Instruments (contractor).

## 1. Subject
Delivery and installation of 62 WH-40 flow meters, 240 LD-3 leak loggers and 18 GW-1 gateways in eleven metering districts, with commissioning, training of twelve people and two years of care.

## 2. Price
EUR 486,000.00 net of tax, fixed until final acceptance.

## 3. Steps and payment
| Step | Share |
|---|---|
| 1 Signature | 30 % |
| 2 Hardware delivered | 20 % |
| 3 Installation finished | no payment |
| 4 Acceptance of phase 2 | 10 % |
| 5 Final acceptance | 30 % |
| 6 End of warranty | 10 % |

Invoices are due thirty days after their date. A step counts as done when the client has confirmed it in writing or in the portal.

## 4. Acceptance
The contractor announces acceptance ten days ahead. The client accepts, or names defects, within fifteen days. Small defects do not hinder acceptance; they are listed and mended within thirty days.

## 5. Delay
For each full week of delay that the contractor answers for, 0.5 % of the price of the phase, at most 5 %.

## 6. Warranty
Twenty-four months from final acceptance. Batteries are warranted for five years.

## 7. Data
Measured values belong to the client. The contractor uses them for support and, without names, to improve its products.
""",
    """# 合同：哈弗代克分区计量

哈弗代克水务局（甲方）与澄栎仪表有限公司（乙方）订立。

## 一、标的
在十一个计量分区供货并安装 62 台 WH-40 流量计、240 台 LD-3 漏损记录仪和 18 台 GW-1 网关，含调试、十二人培训及两年维保。

## 二、价款
不含税 486,000.00 欧元，至最终验收前固定不变。

## 三、步骤与付款
| 步骤 | 比例 |
|---|---|
| 1 签订 | 30 % |
| 2 设备到货 | 20 % |
| 3 安装完成 | 不付款 |
| 4 二期验收 | 10 % |
| 5 最终验收 | 30 % |
| 6 质保期满 | 10 % |

发票日期起三十日内付款。甲方书面或在门户中确认后，步骤视为完成。

## 四、验收
乙方提前十日通知验收。甲方在十五日内验收或指出缺陷。轻微缺陷不影响验收，列明后三十日内整改。

## 五、延误
因乙方原因每延误满一周，扣该期价款的 0.5 %，最多 5 %。

## 六、质保
自最终验收起二十四个月。电池质保五年。

## 七、数据
测量数据归甲方所有。乙方用于支持服务，并在不含名称的前提下用于改进产品。
""",
)
AMENDMENT = (
    """# Amendment 1 to the contract: district metering Haverdijk

The parties agree as follows. District 7 is split in two because the new housing area north of the canal is supplied apart. Six LD-3 leak loggers move from district 4 to district 7b. Number of devices and price stay as they are. Acceptance of phase 2 moves by three weeks. Everything else of the contract stays in force.
""",
    """# 合同补充协议一：哈弗代克分区计量

双方约定如下：因运河以北新住宅区单独供水，第 7 分区分为两个。六台 LD-3 漏损记录仪由第 4 分区移至 7b 分区。设备数量和价款不变。二期验收顺延三周。合同其他条款继续有效。
""",
)
FRAMEWORK_BEFORE = (
    """# Framework contract with Tangyu Water Group

## 1. Subject
Meters, loggers and services by call-off for Tangyu Water Group and its companies Tangyu Wastewater and Tangyu Networks. Volume CNY 1,080,000.00 within twelve months, in words: 人民币壹佰零捌万元整.

## 2. Prices
The price list China of the day of the call-off, less 8 %.

## 3. Call-off
In writing or in the portal, with place of delivery and the company that pays. Delivery within fifteen working days.

## 4. Payment
Sixty days.

## 5. Renewal
The contract runs twelve months. It renews when both sides agree in writing sixty days before its end.
""",
    """# 框架合同：棠屿供水集团

## 一、标的
棠屿供水集团及其棠屿污水、棠屿管网公司按需订购仪表、记录仪和服务。十二个月内总额 1,080,000.00 元，大写：人民币壹佰零捌万元整。

## 二、价格
按订购当日中国价格表下浮 8 %。

## 三、订购
书面或通过门户提出，注明交货地点和付款公司。十五个工作日内交货。

## 四、付款
六十日内付款。

## 五、续约
合同期十二个月。到期前六十日双方书面同意后续约。
""",
)
FRAMEWORK = (
    """# Framework contract with Tangyu Water Group (draft)

## 1. Subject
Meters, loggers and services by call-off for Tangyu Water Group and its companies Tangyu Wastewater and Tangyu Networks. Volume CNY 1,260,000.00 within twelve months, in words: 人民币壹佰贰拾陆万元整.

## 2. Prices
The price list China of the day of the call-off, less 8 %. Above CNY 800,000 called off in a year, less 10 % on what is above.

## 3. Call-off
In writing or in the portal, with place of delivery and the company that pays. Delivery within fifteen working days.

## 4. Payment
Thirty days. Old claims are settled before the first call-off of the new year: the invoice of CNY 318,600.00 is named here.

## 5. Renewal
The contract runs twelve months. It renews when both sides agree in writing sixty days before its end.
""",
    """# 框架合同：棠屿供水集团（草案）

## 一、标的
棠屿供水集团及其棠屿污水、棠屿管网公司按需订购仪表、记录仪和服务。十二个月内总额 1,260,000.00 元，大写：人民币壹佰贰拾陆万元整。

## 二、价格
按订购当日中国价格表下浮 8 %。年度订购超过 800,000 元的部分下浮 10 %。

## 三、订购
书面或通过门户提出，注明交货地点和付款公司。十五个工作日内交货。

## 四、付款
三十日内付款。新年度首次订购前结清旧账：其中包括 318,600.00 元的发票。

## 五、续约
合同期十二个月。到期前六十日双方书面同意后续约。
""",
)
SURVEY = (
    """# Site survey: Brunnvik Paper

Visited by Maud Teunisse and Sander Kuipers-Roo, guided by the energy manager.

## What we saw
Process water comes from the river through two mains DN 600 and DN 400; a third of the water bill is for the town main DN 200. The flow on the DN 600 is estimated from pump hours. Ostrane offers clamp-on meters for all three.

## What we propose
- WH-80 on the town main, where the bill is at stake
- WH-40 on both river mains: no stop of the machines, insertion under pressure
- One GW-1 in the pump house; mobile coverage is two bars at the gate, four on the roof

## Open points
Straight run on the DN 400 is only 8 D: profile correction needed. The chamber of the town main floods in spring. Work permits take ten days.
""",
    """# 现场勘察：布伦维克纸业

莫德·特尼瑟与桑德·凯珀斯罗到访，能源经理陪同。

## 现场情况
工艺水取自河流，两根干管 DN 600 和 DN 400；三分之一水费来自市政干管 DN 200。DN 600 流量按水泵运行时间估算。奥斯特兰对三处均报外夹式。

## 建议方案
- 市政干管安装 WH-80，关系到水费
- 两根河水干管安装 WH-40：带压插入，不停机
- 泵房安装一台 GW-1；大门处信号两格，屋顶四格

## 待定事项
DN 400 直管段仅 8 D，需流态修正。市政干管井春季积水。作业许可需十天。
""",
)
DISCOUNT = (
    """# Discount policy

Prices come from the price list of the country on the day of the quote. A sales rep gives up to 5 % alone. Up to 10 % the group lead agrees, above that the head of Sales; above 15 %, or below cost, the managing director too.

A discount needs a reason that can be checked: volume in writing, a competitor's quote, a reference project. "The customer asked" is none. Discounts never repeat by themselves: each quote states its own.

Free goods count as a discount at list price. Training and commissioning are not given away, because they are what makes a project succeed.
""",
    """# 折扣政策

报价按当日所在国家价格表。销售可自行给予不超过 5 % 的折扣；不超过 10 % 由组长同意，超过 10 % 由销售总监同意；超过 15 % 或低于成本须总经理同意。

折扣须有可核实的理由：书面数量、竞争对手报价、示范项目。“客户要求”不是理由。折扣不自动延续，每份报价单独说明。

赠品按价目表计为折扣。培训和调试不得赠送，项目成功靠的正是它们。
""",
)
TRAVEL = (
    """# Travel and expense policy

| | China | Europe |
|---|---|---|
| Hotel a night | CNY 450 | EUR 140 |
| Meals a day | CNY 120 | EUR 45 |
| Own car a km | CNY 1.2 | EUR 0.23 |

Train comes before plane below four hours. Second class, in the plane economy. Rented gear for a project is booked by the project lead beforehand.

Send claims within thirty days, each line with its receipt and the customer, project or unit it is for. A line without a receipt comes back. Above the limit, say why; the unit head decides. Claims above CNY 20,000 are seen by the project lead as well.

Meals with customers name the people and the subject. Tips and fines are not paid.
""",
    """# 差旅报销制度

| | 中国 | 欧洲 |
|---|---|---|
| 住宿每晚 | 450 元 | 140 欧元 |
| 餐费每日 | 120 元 | 45 欧元 |
| 自驾每公里 | 1.2 元 | 0.23 欧元 |

四小时以内优先火车。火车二等座，飞机经济舱。项目租赁设备由项目经理事先登记。

三十日内提交报销，每一行附票据，并注明客户、项目或部门。没有票据的行退回。超过标准须说明原因，由部门负责人决定。超过 20,000 元的报销，项目经理也须审核。

与客户用餐须写明人员和事由。小费和罚款不予报销。
""",
)
LEAVE = (
    """# Leave policy

In China five days of annual leave from one year of work, ten from ten, fifteen from twenty, as the law says; the company adds three. In the Netherlands twenty-five days. Days not taken move to the next year until 30 June.

Ask three working days ahead, for more than five days two weeks ahead. The unit head answers within two working days. Sick leave: tell your head before nine; a certificate from the third day.

Public holidays and make-up working days follow the official calendar of the country of your office.
""",
    """# 休假制度

中国员工工作满一年享带薪年休假五天，满十年十天，满二十年十五天，与法律规定一致；公司另加三天。荷兰员工二十五天。未休天数可延至次年 6 月 30 日。

提前三个工作日申请，五天以上提前两周。部门负责人两个工作日内答复。病假须在九点前告知负责人，第三天起提供证明。

公休日和调休工作日按办公所在国的官方日历。
""",
)
GUIDE = (
    """# New-employee guide

Welcome to Weirholm Instruments. This guide tells what you need in the first weeks; please confirm that you have read it.

## First day
People and Administration hands over badge, laptop and telephone. IT sets up your account and the second step of signing in. Your head shows you your joining list: nine steps, each with somebody who helps.

## Working time
Core time is 10:00 to 16:00. Field service follows its plan. Book hours on projects every Friday.

## Safety
Nobody opens a chamber alone. Gas detector before the lid, helmet and vest in the street. Whoever sees a danger stops the work, whatever the plan says.

## Information
What customers tell us stays with us. Documents belong into the library, not on your own disk. Do not send price lists or contracts by private mail.

## Questions
Ask your head, then People and Administration. There are no silly questions in the first hundred days.
""",
    """# 新员工手册

欢迎加入澄栎仪表。本手册介绍入职头几周需要了解的事项；阅读后请确认。

## 第一天
人力行政部发放工牌、电脑和电话。信息组开通账号和两步登录。负责人向您介绍入职清单：九个步骤，每步都有人协助。

## 工作时间
核心时间 10:00 至 16:00。现场服务按排班。每周五填写项目工时。

## 安全
任何人不得单独打开井盖。开盖前检测气体，道路上佩戴安全帽和反光背心。发现危险立即停工，不论计划如何。

## 信息
客户告诉我们的内容不外传。文件放入文档库，不存个人硬盘。不得用私人邮箱发送价格表或合同。

## 疑问
先问负责人，再问人力行政部。入职一百天内没有傻问题。
""",
)
LOSS = (
    """# Post-mortem of a lost deal

We lost 84 meters to Hengshu Controls after five months. Price was named as the reason; it was not the whole of it.

## What happened
Our first quote came eleven days after the visit, theirs after three. The customer's new head of operations had never met us. Our demonstration used a meter of the old firmware that lost the radio link twice.

## What we change
- A quote within five working days, or a message why not
- A second contact on every deal above CNY 300,000
- Demonstration kits are checked by Product each month

## What worked
The calibration offer was praised. The customer asked us for loggers in the spring.
""",
    """# 输单复盘

跟进五个月后，84 台仪表输给恒澍测控。客户给出的理由是价格，但不止于此。

## 经过
我方首份报价在拜访后第十一天发出，对方为第三天。客户新任运营负责人从未见过我们。演示用的仪表为旧固件，无线连接两次中断。

## 改进
- 五个工作日内报价，否则说明原因
- 超过 300,000 元的商机须有第二联系人
- 演示设备由产品部每月检查

## 做得好的
校准方案受到好评。客户春季向我们询价记录仪。
""",
)
SAFETY = (
    """# Safety rules for suppliers

These rules hold for everybody who works for Weirholm Instruments at our customers or in our works. Please read them with your people and confirm.

- Register at the gate every day; the site manager knows who is there.
- No work in chambers without gas detector, tripod and a second person at the lid.
- Lifting gear carries a valid mark. Slings are looked at before use.
- Hot work needs a permit for the day. A fire watch stays one hour after.
- Report each accident and each near miss the same day to your contact.
- Take your waste with you. Nothing goes into a drain.

Whoever breaks a rule twice leaves the site. The rules are renewed each year.
""",
    """# 供应商安全规则

本规则适用于在我方客户现场或厂区为澄栎仪表工作的所有人员。请组织学习并确认已阅。

- 每天在门卫登记，现场负责人须掌握在场人员。
- 无气体检测仪、三脚架及井口监护人员，不得下井作业。
- 起重工具须有有效标识，吊带使用前检查。
- 动火作业须当日许可，结束后监护一小时。
- 事故和险情当天报告对接人。
- 自带垃圾离场，任何物品不得倒入下水道。

两次违规者须离场。规则每年更新。
""",
)
PRICES = (
    """# Price list for distributors

Prices in EUR without tax, ex works Rotterdam. The list in the portal is the one that counts; this sheet has its prices of the day and explains them.

{{prices}}

- WH-20 and WH-40: minimum order five meters
- LD-3 and LD-4: packs of twenty
- GW-1: one free of charge with every hundred loggers
- Spare sets: delivered within three working days

Registered deals are protected for sixty days. Commissioning by your own people needs our certificate; training takes two days in Rotterdam or Suzhou.
""",
    """# 渠道价格表说明

价格为欧元不含税，鹿特丹出厂。以门户中的价格表为准，本页列出当日价格并作说明。

{{prices}}

- WH-20 与 WH-40：起订五台
- LD-3 与 LD-4：每包二十台
- GW-1：每订一百台记录仪赠一台
- 备件套装：三个工作日内交货

报备商机保护六十天。自行调试须持我方证书；培训两天，在鹿特丹或苏州。
""",
)
