"""More made-up data: record, home, form, dialog, conversation, portal, sign-in, states, approval."""

from __future__ import annotations

from datetime import date
from typing import Any

from markupsafe import Markup
from samples import YEAR, Samples


class Pages(Samples):
    """The pages that are no lists."""

    def record(self) -> dict[str, Any]:
        t, c = self.t, self.cast()
        board = c["board"]
        return {
            "head": {
                "title": board["title"], "other": board["other"], "other_lang": board["other_lang"], "face": board["face"], "chips": [t("Customer", "客户")], "sub": t("Class A · Haverdijk, NL", "A 类 · 荷兰"),
                "crumbs": {"links": [{"label": t("Customers", "客户"), "url": "list.html"}], "position": t("2 of 174", "第 2 位，共 174 位"), "prev_url": "record.html", "next_url": "record.html"},
                "actions": [{"label": t("Log contact", "记跟进"), "icon": "message-plus", "url": "/dialog", "opens": "dialog", "shortcut": "L", "primary": True}, {"label": t("New opportunity", "新建商机"), "url": "form.html"}, {"label": t("New request", "新建请求"), "url": "form.html"}, {"label": t("Link to", "关联到"), "icon": "link", "url": "/dialog", "opens": "dialog"}],
                "more": [{"label": t("Follow", "关注"), "icon": "bell-plus", "url": "/x", "opens": "post"}, {"label": t("Merge", "合并"), "icon": "git-merge", "url": "/x", "disabled": t("Only sales managers merge customers.", "仅销售经理可合并客户。")}, {"line": True}, {"label": t("Delete", "删除"), "icon": "trash", "url": "/x", "opens": "post", "danger": True}],
                "path": {"label": t("Life of the customer", "客户阶段"), "steps": [{"label": t("Invalid", "无效客户"), "state": "skip"}, {"label": t("Basic", "基础客户"), "date": date(2025, 1, 14), "state": "done"}, {"label": t("Potential", "潜在客户"), "date": date(2025, 3, 11), "state": "done"}, {"label": t("Won customer", "成功客户"), "date": date(2025, 6, 18), "state": "at"}]},
                "facts": [{"label": t("Next step", "下一步"), "v": t("Call about the acceptance of milestone 2", "致电确认里程碑 2 验收"), "after": t("· Fri 27 Nov · Mila Tevens", "· 11月27日 周五 · 米拉·特文斯"), "wide": True}, {"label": t("Owner", "负责人"), "kind": "person", "v": c["mila"]}, {"label": t("Last contact", "最近跟进"), "v": t("Yesterday", "昨天")}, {"label": t("Open amount", "未收金额"), "kind": "money", "v": {"amount": 97200, "currency": "EUR"}}, {"label": t("Overdue", "逾期"), "kind": "money", "v": None, "none": t("none", "无")}, {"label": t("Margin", "毛利"), "kind": "money", "v": {"amount": 111600, "currency": "EUR"}, "locked": t("Shown because you manage this customer's unit", "因您管理该客户所属部门而可见")}],
                "tabs": {"tabs": [{"label": x, "count": n, "url": "record.html", "current": i == 0, "hx": True} for i, (x, n) in enumerate([(t("Overview", "概览"), 0), (t("Timeline", "动态"), 128), (t("Opportunities", "商机"), 2), (t("Projects", "项目"), 1), (t("Requests", "服务请求"), 4), (t("Documents and contracts", "文档与合同"), 11), (t("Money", "财务"), 9), (t("People", "人员"), 5), (t("Links", "关联"), 7)])], "add": [{"label": t("Deal registration", "报备"), "url": "form.html"}]},
            },
        }

    def panels(self) -> dict[str, Any]:
        t = self.t
        return {
            "requests": {"title": t("Requests", "服务请求"), "url": "list.html", "count": 4, "figure": t("1 open", "1 个进行中"), "rows": [{"title": t("LD-3 loggers in zone 4 stop at night", "四区 LD-3 夜间停报"), "url": "record.html", "end": {"text": t("today 12:31", "今天 12:31"), "tone": "soon"}}, {"title": t("Access card for pit 9", "9 号井门禁卡"), "url": "record.html", "muted": True, "end": {"text": t("solved", "已解决"), "tone": "muted"}}]},
            "margin": [{"label": t("Invoices issued", "已开发票"), "v": 243000}, {"label": t("Hours", "工时"), "v": 78900}, {"label": t("Supplier bills", "供应商账单"), "v": 46300}, {"label": t("Expenses", "费用"), "v": 6200}],
            "contract": [{"label": t("Paid", "已付"), "v": 145800, "key": 1}, {"label": t("Open", "未收"), "v": 97200, "key": 2}, {"label": t("Draft", "草稿"), "v": 48600, "key": 0, "tone": "muted"}],
            "details": {"title": t("Details", "详细信息"), "edit": {"label": t("Edit all", "全部编辑"), "icon": "pencil", "url": "/dialog", "opens": "dialog"}, "rows": [{"label": t("Industry", "行业"), "kind": "choice", "v": t("Water works", "水务"), "edit_url": "/edit/industry"}, {"label": t("Source", "来源"), "kind": "choice", "v": t("Tender", "招标"), "edit_url": "/edit/source"}, {"label": t("Website", "网站"), "kind": "url", "v": "haverdijk-water.example", "edit_url": "/edit/site"}, {"label": t("Payment", "付款条件"), "kind": "text", "v": t("30 days", "30 天"), "edit_url": "/edit/pay"}, {"label": t("Customer since", "成交日期"), "kind": "date", "v": date(2025, 6, 18)}]},
            "people": [{"title": t("Lies Haag", "莉丝·哈格"), "url": "record.html", "face": {"initials": t("LH", "莉"), "slot": 5}, "sub": t("Plant engineer · decides", "设备工程师 · 决策者")}, {"title": t("Bram Oster", "布拉姆·奥斯特"), "url": "record.html", "face": {"initials": t("BO", "布"), "slot": 2}, "sub": t("Purchasing · influences", "采购 · 影响者")}],
            "links": [{"label": t("supplied with", "供货产品"), "parts": [{"title": "LD-3", "url": "record.html"}, {"title": "WH-40", "url": "record.html"}]}, {"label": t("served by", "现场服务"), "parts": [{"title": t("Vesterlund Fieldworks", "维斯特伦德现场工程"), "url": "record.html"}]}, {"label": t("also asked", "曾询价"), "parts": [{"title": t("Ostrane Metering", "奥斯特兰"), "url": "record.html"}]}],
            "timeline": {"entries": [
                {"icon": "phone", "html": Markup(t("<b>Mila Tevens</b> called <a href='record.html'>Lies Haag</a>", "<b>米拉·特文斯</b>致电<a href='record.html'>莉丝·哈格</a>")), "internal": True, "note": t("She accepts zone 3 once the night values of the three loggers are back. Board meeting on 1 December.", "三台记录仪夜间数据恢复后即可验收三区；12月1日召开局务会。"), "at_text": t("yesterday 15:40", "昨天 15:40")},
                {"icon": "headset", "html": Markup(t("Request <a href='record.html'>LD-3 loggers in zone 4 stop at night</a>", "服务请求：<a href='record.html'>四区 LD-3 夜间停报</a>")), "status": {"label": t("Waiting for us", "待我方处理"), "dot": "amber"}, "at_text": self.day(date(YEAR, 11, 23))},
                {"icon": "file-invoice", "html": Markup(t("<b>Tang Mo</b> issued an invoice of EUR 97,200, due 15 Dec", "<b>唐墨</b>开具发票 EUR 97,200，12月15日到期")), "at_text": self.day(date(YEAR, 11, 16))},
                {"icon": "flag-3", "html": Markup(t("<b>Ada Roelofs</b> asked the customer to accept <a href='record.html'>milestone 2, zone 3 live</a>", "<b>艾达·鲁洛夫斯</b>请客户验收<a href='record.html'>里程碑 2：三区投用</a>")), "at_text": self.day(date(YEAR, 11, 12))},
                {"icon": "user-share", "html": Markup(t("<b>Mila Tevens</b> took over from Joris Haan", "<b>米拉·特文斯</b>接手自约里斯·哈恩")), "at_text": self.day(date(YEAR, 11, 2))}]},
            "kinds": [{"label": t("All", "全部"), "url": "record.html", "current": True}, {"label": t("Contacts", "跟进"), "url": "record.html"}, {"label": t("Requests", "请求"), "url": "record.html"}, {"label": t("Money", "财务"), "url": "record.html"}],
        }

    def home(self) -> dict[str, Any]:
        t, c = self.t, self.cast()
        row = lambda key, sub, end=None, tone="", **more: {"title": c[key]["title"], "url": "record.html", "face": c[key]["face"], "sub": sub, **({"end": {"text": end, "tone": tone}} if end else {}), **more}  # noqa: E731
        log = {"label": t("Log contact", "记跟进"), "icon": "message-plus", "url": "/dialog", "opens": "dialog"}
        plain = lambda title, sub, end=None, tone="muted", **more: {"title": title, "url": "record.html", "sub": sub, **({"end": {"text": end, "tone": tone}} if end else {}), **more}  # noqa: E731
        return {
            "head": {"title": t("Wednesday, 25 November 2026", "2026年11月25日 星期三"), "period": [{"label": t("Month", "本月"), "url": "home.html", "current": True}, {"label": t("Quarter", "本季"), "url": "home.html"}, {"label": t("Year", "本年"), "url": "home.html"}], "actions": [{"label": t("Arrange", "调整布局"), "icon": "layout-grid-add", "url": "home.html", "ghost": True}]},
            "bands": [
                {"title": t("To do", "要做什么"), "tiles": [
                    {"key": "todo", "title": t("To do", "待办"), "url": "list.html", "count": 7, "kind": "counts", "size": 3, "rows": [{"icon": "phone-call", "title": t("Follow-ups", "跟进"), "url": "list.html", "count": 4, "late": t("2 overdue", "2 项逾期")}, {"icon": "square-check", "title": t("Tasks", "任务"), "url": "list.html", "count": 1}, {"icon": "book", "title": t("To read and confirm", "待阅读确认"), "url": "list.html", "count": 1}, {"icon": "arrow-back-up", "title": t("Returned to me", "退回给我"), "url": "list.html", "count": 1}, {"icon": "rubber-stamp", "title": t("Approvals", "审批"), "url": "list.html", "count": 0}]},
                    {"key": "due", "title": t("Follow-ups due", "待跟进"), "url": "list.html", "count": 4, "period": t("until today", "截至今天"), "kind": "list", "two": True, "size": 5, "rows": [row("foods", t("Send revised payment terms", "发送修订的付款条件"), t("40 days overdue", "逾期 40 天"), "late", action=log), row("dairy", t("Confirm calibration dates", "确认校准日期"), t("Yesterday", "昨天"), "late", action=log), row("moling", t("Visit boiler house 2 with Xu Ting", "与许听走访 2 号锅炉房"), t("Today 14:00", "今天 14:00"), action=log), row("biquan", t("Answer their counter-offer", "答复对方还价"), t("Today", "今天"), action=log)]},
                    {"key": "today", "title": t("Today", "今日日程"), "url": "list.html", "count": 3, "period": self.day(date(YEAR, 11, 25)), "kind": "schedule", "rows": [{"at": "10:00", "title": t("China team: weekly call", "中国组周会"), "url": "record.html", "sub": t("Lu Jing and 5 others", "陆景等 6 人")}, {"at": "14:00", "title": t("Moling Heat Supply, boiler house 2", "墨泠供热 2 号锅炉房"), "url": "record.html", "sub": t("Visit with Xu Ting", "与许听上门")}, {"at": "16:30", "title": t("Call: Biquan Bottling, line 4", "电话：碧洤瓶装水 4 号线"), "url": "record.html", "sub": t("30 minutes", "30 分钟")}]}]},
                {"title": t("New", "有何变化"), "tiles": [
                    {"key": "new", "title": t("Newly assigned", "新分配客户"), "url": "list.html", "count": 3, "period": t("not yet contacted", "尚未联系"), "kind": "list", "two": True, "rows": [row("moling", t("Web enquiry · by Lu Jing", "网站询盘 · 陆景分配"), t("Today 09:12", "今天 09:12"), "muted"), row("torve", t("Trade fair · by Lu Jing", "展会 · 陆景分配"), t("2 days ago", "2 天前"), "muted"), row("ostrane", t("Claimed from the pool", "从公海领取"), t("5 days ago", "5 天前"), "soon")]},
                    {"key": "notices", "title": t("Notices", "通知"), "url": "list.html", "count": 3, "period": t("unread", "未读"), "kind": "list", "two": True, "rows": [plain(t("Inkboat Heating is yours", "砚舟热力已分配给您"), t("Lu Jing · first contact by 26 Nov", "陆景 · 请于 11月26日前首次联系"), "09:12"), plain(t("Tangyu: invoice 41 days overdue", "棠屿供水集团：发票逾期 41 天"), "CNY 318,600 · " + c["tang"]["title"], t("yesterday", "昨天"))]},
                    {"key": "news", "title": t("Announcements", "公告"), "url": "list.html", "count": 4, "period": t("1 to confirm", "1 条待确认"), "kind": "list", "two": True, "rows": [plain(t("Travel and expense policy from 1 January", "差旅报销制度 1月1日起执行"), c["tang"]["title"], action={"label": t("Confirm", "确认已读"), "url": "/x", "opens": "post"}), plain(t("LD-4 is released", "LD-4 正式发布"), t("Product and Production", "产品生产部"), plain=True)]}]},
                {"title": t("Figures", "进展如何"), "tiles": [
                    {"key": "pipe", "title": t("My pipeline", "我的商机"), "url": "board.html", "count": 14, "period": t("CNY, rate of 24 Nov", "人民币，11月24日汇率"), "kind": "bars", "size": 5, "rows": [{"label": t("Contact", "初步接触"), "value": 1140000, "percent": 51}, {"label": t("Needs", "需求确认"), "value": 684000, "percent": 31}, {"label": t("Proposal", "方案报价"), "value": 2217000, "percent": 100}, {"label": t("Negotiation", "商务谈判"), "value": 2195000, "percent": 99}]},
                    {"key": "target", "title": t("Target", "目标达成"), "url": "list.html", "period": t("November", "11月"), "kind": "number", "size": 3, "number": {"text": t("39 %", "39%"), "note": t("CNY 312,000 won of 800,000", "已赢单 CNY 312,000，目标 800,000"), "percent": 39}},
                    {"key": "closing", "title": t("Closing this month", "本月预计成交"), "url": "list.html", "count": 2, "period": "CNY 935,000", "kind": "list", "rows": [{"title": c["foods"]["title"], "url": "record.html", "plain": True, "chip": t("Negotiation", "商务谈判"), "kind": "decimal", "v": 760000}, {"title": c["biquan"]["title"], "url": "record.html", "plain": True, "chip": t("Negotiation", "商务谈判"), "kind": "decimal", "v": 175000}]},
                    {"key": "cold", "title": t("Going cold", "即将掉入公海"), "url": "list.html", "count": 2, "period": t("within 7 days", "7 天内"), "kind": "list", "size": 5, "rows": [{"title": c["foods"]["title"], "url": "record.html", "plain": True, "beside": True, "sub": t("no contact for 47 days", "47 天未跟进"), "end": {"text": t("in 3 days", "3 天后"), "tone": "late"}}, {"title": c["zhiyan"]["title"], "url": "record.html", "plain": True, "beside": True, "sub": t("no contact for 44 days", "44 天未跟进"), "end": {"text": t("in 6 days", "6 天后")}}]},
                    {"key": "req", "title": t("Open requests of my customers", "客户服务请求"), "url": "list.html", "count": 0, "kind": "list", "size": 7, "rows": [], "empty": {"title": t("No open requests", "没有进行中的请求"), "text": t("What your customers ask for appears here with its due time.", "您的客户提出的请求会连同期限显示在这里。"), "action": {"label": t("New request", "新建请求"), "url": "form.html"}}}]},
            ],
        }

    def form(self, errors: bool = False) -> dict[str, Any]:
        t, c = self.t, self.cast()
        pick = {"id": 7, "title": c["ostrane"]["title"], "url": "/peek", "face": c["ostrane"]["face"]}
        return {
            "action": "/save", "submit": t("Save", "保存"), "submit_new": t("Save and new", "保存并新建"), "cancel_url": "list.html", "version": 3, "draft": "crm.opportunity:new",
            "errors": [{"text": t("Amount: enter a number, for example 12,500.", "金额：请输入数字，例如 12,500。"), "field": "amount"}, {"text": t("Choose an account.", "请选择往来单位。"), "field": "account"}] if errors else [],
            "groups": [
                {"title": t("Opportunity", "商机"), "fields": [
                    {"name": "title", "kind": "text", "label": t("Title", "标题"), "value": t("Pump station meters", "泵站流量计")},
                    {"name": "account", "kind": "reference", "label": t("Account", "往来单位"), "width": "half", "search_url": "/search", "create_url": "/dialog", "selected": [] if errors else [{**pick, "id": 3}], "error": t("Choose an account.", "请选择往来单位。") if errors else None},
                    {"name": "competitor", "kind": "references", "label": t("Competitors", "竞争对手"), "width": "half", "required": False, "search_url": "/search", "selected": [pick]},
                    {"name": "amount", "kind": "money", "label": t("Amount", "金额"), "width": "half", "value": "12,5OO" if errors else "430000", "currency": "CNY", "currencies": ["CNY", "EUR"], "error": t("Enter a number, for example 12,500.", "请输入数字，例如 12,500。") if errors else None},
                    {"name": "close", "kind": "date", "label": t("Expected close", "预计成交"), "width": "half", "value": "2026-12-18"},
                    {"name": "stage", "kind": "choice", "label": t("Stage", "阶段"), "value": "proposal", "choices": [{"value": v, "label": x} for v, x in [("contact", t("Contact", "初步接触")), ("needs", t("Needs", "需求确认")), ("proposal", t("Proposal", "方案报价")), ("negotiation", t("Negotiation", "商务谈判"))]]},
                    {"name": "source", "kind": "choice", "label": t("Source", "来源"), "width": "third", "required": False, "choices": [{"value": v, "label": v} for v in "abcdefg"]},
                    {"name": "chance", "kind": "percent", "label": t("Chance", "可能性"), "width": "third", "value": "60"},
                    {"name": "meters", "kind": "integer", "label": t("Meters", "台数"), "width": "third", "value": "14"},
                    {"name": "number", "kind": "text", "label": t("Number", "编号"), "readonly": True, "reason": t("given by Weft", "系统生成"), "value": "OPP-0260", "width": "half"},
                    {"name": "start", "kind": "datetime", "label": t("First visit", "首次拜访"), "width": "half", "value": "2026-11-30T10:15", "required": False},
                    {"name": "note", "kind": "multiline", "label": t("Note", "备注"), "required": False, "help": t("Colleagues read this; customers never do.", "仅同事可见，客户不可见。")},
                ]},
                {"title": t("Where and what", "地点与范围"), "fields": [
                    {"name": "email", "kind": "email", "label": t("Email", "邮箱"), "width": "half", "value": "", "required": False}, {"name": "phone", "kind": "phone", "label": t("Phone", "电话"), "width": "half", "required": False},
                    {"name": "address", "kind": "address", "label": t("Address", "地址"), "required": False, "value": {"lines": [t("12 Canal Road", "运河路 12 号")], "city": "Jiaxing", "postcode": "314000", "country": "CN"}},
                    {"name": "products", "kind": "choices", "label": t("Products", "产品"), "required": False, "value": ["wh"], "choices": [{"value": v, "label": v.upper()} for v in ("wh", "ld", "gw", "cal", "care", "train")]},
                    {"name": "urgent", "kind": "boolean", "label": t("Customer waits for an answer", "客户在等答复"), "value": True},
                    {"name": "files", "kind": "files", "label": t("Files", "文件"), "required": False, "upload_url": "/upload", "max_bytes": 25000000, "files": [{"id": 1, "name": "site-survey.pdf", "url": "#", "size": "1.4 MB"}]},
                ]},
            ],
        }

    def log(self) -> tuple[dict[str, Any], dict[str, Any]]:
        t, c = self.t, self.cast()
        kinds = [("call", t("Call", "电话"), "phone"), ("visit", t("Visit", "拜访"), "map-pin"), ("mail", t("Mail", "邮件"), "mail"), ("message", t("Message", "消息"), "message"), ("meeting", t("Meeting", "会议"), "users")]
        return {"title": t("Log contact", "记跟进"), "sub": c["board"]["title"]}, {"action": "/save", "submit": t("Log contact", "记跟进"), "draft": "log", "foot_note": Markup('<span class="wf-internal">') + t("Internal: only colleagues see this", "内部：仅同事可见") + Markup("</span>"), "fields": [
            {"name": "kind", "kind": "choice", "label": t("Kind", "方式"), "value": "call", "choices": [{"value": v, "label": x, "icon": i} for v, x, i in kinds]},
            {"name": "with", "kind": "references", "label": t("With", "联系人"), "width": "half", "search_url": "/search", "selected": [{"id": 1, "title": c["ada"]["title"], "face": c["ada"]["face"]}]}, {"name": "when", "kind": "datetime", "label": t("When", "时间"), "width": "half", "value": "2026-11-25T10:15"},
            {"name": "note", "kind": "multiline", "label": t("Note", "内容"), "rows": 3, "autofocus": True, "value": t("Night values are needed for the leak report.", "漏损报告需要夜间数据。")},
            {"name": "outcome", "kind": "choice", "label": t("Outcome", "结果"), "value": "positive", "choices": [{"value": v, "label": x} for v, x in [("positive", t("Positive", "积极")), ("open", t("Open", "待定")), ("negative", t("Negative", "消极")), ("not", t("Not reached", "未联系上"))]]},
            {"name": "step", "kind": "text", "label": t("Next step", "下一步"), "width": "half", "required": False}, {"name": "step_on", "kind": "date", "label": t("On", "日期"), "width": "half", "required": False}]}

    def request(self) -> dict[str, Any]:
        t, c = self.t, self.cast()
        a, l = c["ada"], {"title": t("Lies Haag", "莉丝·哈格"), "face": {"initials": t("LH", "莉"), "slot": 5}}
        who = lambda p: {"name": p["title"], "face": p["face"]}  # noqa: E731
        rows = [("Outlet meter reads 4 % low", "出水口流量计偏低 4%", "group", t("1 day over", "逾期 1 天"), "late"), ("Foam disturbs WH-40 again", "第二次投诉：WH-40 起泡", "brew", t("5 h over", "逾期 5 小时"), "late"), ("LD-3 loggers stop at night", "四区 LD-3 夜间停报", "board", "12:31", "soon"), ("Gateway offline since Monday", "网关周一起离线", "anqiao", "14:00", "soon"), ("Training for two operators", "两名操作员培训", "heting", self.day(date(YEAR, 11, 27)), "")]
        return {
            "queue": {"title": t("Requests", "服务请求"), "count": 22, "filter": {"label": t("Filter", "筛选"), "icon": "filter", "url": "list.html"}, "rows": [{"title": t(en, zh), "url": "request.html", "sub": c[o]["title"], "due": {"text": d, "tone": tone}, "face": a["face"], "current": i == 2} for i, (en, zh, o, d, tone) in enumerate(rows)]},
            "comments": {"entries": [{"day": t("Monday 23 November", "11月23日 星期一")}, {"id": 1, "author": who(l), "at_text": "08:54", "html": Markup("<p>Since Friday three LD-3 loggers in zone 4 send nothing between 01:00 and 05:00 (pits 14, 17 and 21). Day values are fine. We need the night values for the leak report of 1 December.</p>")}, {"id": 2, "author": who(a), "at_text": "09:20", "shared": t("shared with the customer", "已共享给客户"), "html": Markup("<p>Thank you. I am reading the log of the zone 4 gateway and will tell you the cause tomorrow morning.</p>")}, {"id": 3, "author": who(a), "at_text": "09:41", "internal": True, "html": Markup("<p>GW-1 there runs 2.3.1. <a href='record.html'>@Xu Ting</a> did you see lost packets with that version at Tangyu?</p>")}, {"day": t("Today", "今天")}, {"id": 4, "author": who(l), "at_text": "08:31", "html": Markup("<p>Thursday suits us. Please send me the visitor's name for the gate list.</p>")}]},
            "composer": {"action": "/comment", "modes": [{"key": "shared", "label": t("Reply to customer", "回复客户"), "who": t("Lies Haag and 1 more will see this", "莉丝·哈格等 2 人可见"), "current": True}, {"key": "internal", "label": t("Internal note", "内部备注"), "who": t("Only colleagues", "仅同事")}], "attach_url": "/upload", "draft": "c:158", "then": [{"key": "wait", "label": t("Send and wait for customer", "发送并等待客户")}]},
            "due": {"label": t("Answer due", "答复期限"), "text": t("Today 12:31", "今天 12:31"), "tone": "soon", "left": t("in 2 h 46 min", "还有 2 小时 46 分"), "percent": 66, "more": {"label": t("Solve by", "解决期限"), "text": t("Fri 27 Nov, 17:00", "11月27日 周五 17:00")}},
        }

    def portal(self) -> dict[str, Any]:
        t, c = self.t, self.cast()
        return {
            "head": {"title": t("Good morning, Lies", "早上好，莉丝"), "sub": c["board"]["title"], "action": {"label": t("New request", "提交请求"), "icon": "plus", "url": "form.html"}},
            "waiting": {"title": t("Waiting for you", "等您处理"), "count": 2, "rows": [{"icon": "flag-3", "title": t("Accept milestone 2: zone 3 is live", "验收里程碑 2：三区投用"), "url": "#", "sub": t("Asked by Ada Roelofs · answer by 30 November", "艾达·鲁洛夫斯提请 · 请于 11月30日前答复"), "action": {"label": t("Look and accept", "查看并验收"), "url": "#"}}, {"icon": "file-invoice", "title": t("Pay invoice INV-2026-0231", "支付发票 INV-2026-0231"), "url": "#", "sub": t("EUR 97,200 · due 15 December", "EUR 97,200 · 12月15日到期"), "action": {"label": t("View invoice", "查看发票"), "url": "#"}}]},
            "project": {"title": t("District metering", "分区计量"), "url": "#", "percent": 62, "milestones": [{"label": t("Zones 1 and 2 live", "一、二区投用"), "note": t("accepted 3 Sep", "9月3日已验收"), "state": "done"}, {"label": t("Zone 3 live", "三区投用"), "note": t("waiting for your acceptance", "待您验收"), "state": "waiting"}, {"label": t("Zone 4 live", "四区投用"), "note": t("planned 18 Dec", "计划 12月18日"), "state": "planned"}]},
            "requests": {"title": t("My requests", "我的请求"), "note": t("1 open", "1 个进行中"), "more": {"label": t("All 4 requests", "全部 4 个请求"), "url": "#"}, "rows": [{"title": t("LD-3 loggers in zone 4 stop at night", "四区 LD-3 夜间停报"), "url": "#", "sub": t("Next: Weirholm answers today by 12:31", "下一步：澄栎今天 12:31 前答复"), "status": {"label": t("We are working on it", "处理中"), "dot": "amber"}}]},
            "contact": {"name": c["mila"]["title"], "face": c["mila"]["face"], "note": t("Account manager, Rotterdam", "鹿特丹客户经理"), "email": "mila.tevens@weirholm.example", "phone": "+31 10 000 01 27", "message": {"label": t("Send a message", "发消息"), "icon": "message", "url": "#"}},
            "money": [{"label": t("Open", "未付"), "kind": "money", "v": {"amount": 97200, "currency": "EUR"}}, {"label": t("Overdue", "逾期"), "v": t("none", "无")}],
        }

    def auth(self) -> dict[str, Any]:
        t = self.t
        one = lambda en, zh, note, key, slot, current=False: {"name": t(en, zh), "other": t(zh, en) if len(zh) < 5 else "", "other_lang": "zh-CN", "note": note, "email": f"{key}@demo.example", "url": f"?as={key}", "here": True, "face": {"initials": t("".join(w[0] for w in en.split()), zh[0]), "slot": slot}, "current": current}  # noqa: E731
        return {
            "title": t("Sign in", "登录"), "lead": t("Employees, customers, suppliers and distributors", "员工、客户、供应商与渠道商"), "note": t("Demo data of 25 November 2026", "演示数据：2026年11月25日"),
            "form": {"action": "/in", "submit": t("Sign in as Ren Qiao", "以任樵登录"), "fields": [{"name": "email", "kind": "email", "label": t("Work email", "工作邮箱"), "value": "sales@demo.example", "autocomplete": "username"}, {"name": "password", "kind": "password", "label": t("Password", "密码"), "autocomplete": "current-password", "autofocus": True, "link": {"label": t("Forgotten?", "忘记密码？"), "url": "#"}, "help": t("The demo password was printed when the demo was made; this browser remembers it after the first time.", "演示密码在创建演示数据时已打印；首次输入后本浏览器会记住。")}]},
            "people": {"title": t("Try it as", "选择身份体验"), "lead": t("Each person sees their own home, rights and language.", "每个人看到各自的首页、权限与语言。"), "groups": [{"title": t("Employee portal", "员工门户"), "people": [one("Ren Qiao", "任樵", t("Account manager, China", "销售"), "sales", 1, True), one("Lu Jing", "陆景", t("Head of Sales", "销售经理"), "manager", 2), one("Ada Roelofs", "艾达·鲁洛夫斯", t("Project lead, Rotterdam", "项目经理"), "project", 3), one("Xu Ting", "许听", t("Field engineer", "现场工程师"), "employee", 5), one("Tang Mo", "唐墨", t("Finance lead", "财务"), "finance", 6)]}, {"title": t("Other portals", "外部门户"), "people": [one("Lies Haag", "莉丝·哈格", t("Customer: Haverdijk Water Board", "客户：哈弗代克水务局"), "customer", 5), one("Jin Xu", "金叙", t("Supplier: Shuohe Castings", "供应商：朔禾精密铸造"), "supplier", 2)]}]},
        }

    def states(self) -> dict[str, Any]:
        t = self.t
        return {
            "conflict": {"action": "/save", "version": 4, "text": t("Mila Tevens saved this customer at 10:12, while you were editing. Choose for each field; nothing is lost.", "米拉·特文斯在您编辑期间于 10:12 保存了此客户。请逐项选择，不会丢失内容。"), "theirs_label": t("Saved 10:12", "已保存 10:12"), "keep_url": "#", "rows": [{"name": "class", "label": t("Class", "等级"), "kind": "text", "mine": "A", "theirs": "B", "value_mine": "A", "value_theirs": "B"}, {"name": "step", "label": t("Next step", "下一步"), "kind": "date", "mine": date(YEAR, 11, 30), "theirs": date(YEAR, 11, 27), "value_mine": "2026-11-30", "value_theirs": "2026-11-27", "chosen": "theirs"}]},
            "refusal": {"title": t("You cannot assign this customer", "您不能分配此客户"), "text": t("Sales reps may not assign accounts. Lu Jing (Head of Sales) can.", "销售无权分配往来单位。可请陆景（销售经理）处理。"), "ask": {"label": t("Ask Lu Jing", "联系陆景"), "url": "#"}, "rule": {"label": t("Which rule?", "依据哪条规则？"), "url": "#"}},
            "empty": {"title": t("No deal registrations yet", "还没有报备"), "text": t("When a distributor registers a deal, it waits here for your answer.", "渠道商报备商机后，会在此等待您答复。"), "action": {"label": t("Invite a distributor", "邀请渠道商"), "icon": "plus", "url": "#"}},
            "nothing": {"title": t("No customer matches these 3 filters", "没有客户符合这 3 个筛选"), "hint": {"text": t('Without "Overdue is over 90 days" there are 11.', "去掉“逾期超过 90 天”后有 11 个。"), "action": {"label": t("Remove that filter", "移除该筛选"), "url": "#"}}},
            "steps": [{"label": t("Asked by Ren Qiao", "任樵提交"), "note": self.day(date(YEAR, 11, 24)), "state": "done"}, {"label": t("Head of Sales: you", "销售经理：您"), "note": t("now", "当前"), "state": "now"}, {"label": t("Quote goes to the customer", "报价发给客户"), "state": "todo"}],
            "pairs": [{"label": t("Proposal", "报价"), "kind": "money", "v": {"amount": 210000, "currency": "EUR"}}, {"label": t("After discount", "折后"), "kind": "money", "v": {"amount": 184800, "currency": "EUR"}, "after": "–25,200", "after_tone": "late"}, {"label": t("Policy", "制度"), "v": t("limit 8 %", "免审上限 8%")}],
        }
