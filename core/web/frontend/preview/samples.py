"""Made-up data for the preview pages; nothing of it is part of the product."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

YEAR = 2026


class Samples:
    """Pages in one language: every method returns the plain data of a page."""

    def __init__(self, zh: bool, theme: str) -> None:
        self.zh, self.theme = zh, theme

    def t(self, en: str, zh: str) -> str:
        return zh if self.zh else en

    def org(self, en: str, zh: str, slot: int) -> dict[str, Any]:
        initials = zh[0] if self.zh else "".join(w[0] for w in en.split()[:2]).upper()
        return {"title": self.t(en, zh), "other": self.t(zh, en), "other_lang": "en" if self.zh else "zh-CN", "url": "record.html", "face": {"initials": initials, "slot": slot, "kind": "org"}}

    def person(self, en: str, zh: str, slot: int) -> dict[str, Any]:
        initials = zh[0] if self.zh else "".join(w[0] for w in en.split()[:2])
        return {"title": self.t(en, zh), "url": "record.html", "face": {"initials": initials, "slot": slot}}

    # ---- who and what
    def cast(self) -> dict[str, Any]:
        p, o = self.person, self.org
        return {
            "ren": p("Ren Qiao", "任樵", 1), "mila": p("Mila Tevens", "米拉·特文斯", 4), "su": p("Su Yan", "苏岩", 3), "ada": p("Ada Roelofs", "艾达·鲁洛夫斯", 5), "tang": p("Tang Mo", "唐墨", 6),
            "group": o("Tangyu Water Group", "棠屿供水集团", 4), "board": o("Haverdijk Water Board", "哈弗代克水务局", 5), "foods": o("Lan'an Foods", "澜桉食品", 3), "paper": o("Brunnvik Paper", "布伦维克纸业", 6),
            "heting": o("Heting Water Supply", "荷汀供水", 3), "moling": o("Moling Heat Supply", "墨泠供热", 1), "brew": o("Ferrault Brewing", "费罗酿造", 2), "anqiao": o("Anqiao Water", "岸樵水务", 2), "biquan": o("Biquan Bottling", "碧洤瓶装水", 5),
            "dairy": o("Oosterlee Dairy", "奥斯特雷乳业", 2), "torve": o("Torvestrand Heat", "托尔韦供热", 3), "zhiyan": o("Zhiyan Pharma", "芷砚制药", 4), "ostrane": o("Ostrane Metering", "奥斯特兰", 6),
        }

    def frame(self, portal: str = "employee", current: str = "customers") -> dict[str, Any]:
        t = self.t
        entry = lambda key, en, zh, **more: {"key": key, "label": t(en, zh), "url": "list.html", "current": key == current, **more}  # noqa: E731
        group = lambda key, icon, en, zh, entries, is_open=False, **more: {"key": key, "icon": icon, "label": t(en, zh), "entries": entries, "open": is_open, **more}  # noqa: E731
        some = [entry("x", "Products", "产品")]
        return {
            "lang": "zh-CN" if self.zh else "en", "theme": self.theme, "here": "/", "portal": portal,
            "company": {"name": t("Weirholm Instruments", "澄栎仪表")}, "user": {"name": self.cast()["ren"]["title"], "face": self.cast()["ren"]["face"]},
            "home_current": current == "home",
            "favourites": [{"label": self.cast()["board"]["title"], "url": "record.html", "current": current == "fav"}, {"label": self.cast()["group"]["title"], "url": "record.html"}],
            "nav": [
                group("work", "checklist", "My work", "我的工作", [entry("todo", "To do", "待办", count_key="todo", count=9), entry("calendar", "Calendar", "日历"), entry("messages", "Messages", "消息", count_key="messages", count=2), entry("started", "Started by me", "我发起的"), entry("time", "My timesheet", "我的工时"), entry("leave", "My leave", "我的假期"), entry("claims", "My claims", "我的报销"), entry("goals", "My goals", "我的目标")], True, limit=4),
                group("customers", "users", "Customers", "客户", [entry("leads", "Leads", "线索"), entry("customers", "Customers", "客户"), entry("contacts", "Contacts", "联系人"), entry("opportunities", "Opportunities", "商机"), entry("activities", "Activities", "跟进记录"), entry("pool", "Pool", "公海"), entry("forecast", "Forecast", "销售预测")], True),
                group("partners", "affiliate", "Partners", "合作方", some), group("trade", "package", "Trade", "产品与交易", some), group("service", "headset", "Service", "服务", [entry("requests", "Requests", "服务请求", count_key="requests", count=22)], current == "requests"),
                group("projects", "timeline-event", "Projects", "项目", some), group("documents", "file-text", "Documents", "文档", some), group("people", "id-badge-2", "People", "人员", some), group("money", "receipt", "Money", "财务", some), group("reports", "chart-bar", "Reports", "报表", some),
                {"key": "settings", "label": t("Settings", "系统设置"), "icon": "settings", "url": "list.html", "current": current == "settings"},
            ] if portal == "employee" else [{"label": t(en, zh), "url": "portal.html", "current": i == 0} for i, (en, zh) in enumerate([("Home", "首页"), ("Requests", "服务请求"), ("Projects", "项目进展"), ("Documents", "资料与手册"), ("Products and news", "产品与动态"), ("Quotes and orders", "报价与订单"), ("Contracts and invoices", "合同与发票"), ("Messages", "消息"), ("Our company", "我的公司")])],
            "new": [{"label": t("Contact log", "跟进记录"), "icon": "message-plus", "url": "dialog", "opens": "dialog"}, {"label": t("Customer", "客户"), "icon": "building", "url": "form.html"}, {"label": t("Opportunity", "商机"), "icon": "target-arrow", "url": "form.html"}],
            "counts": {"todo": 9, "notices": 3}, "urls": {"home": "home.html", "todo": "list.html", "notices": "list.html", "search": "list.html", "palette": "/palette", "locale": "/locale", "theme": "/theme", "sidebar": "/sidebar", "undo": "/undo", "live": "/live"},
            "other_locale": {"code": "en", "lang": "en", "label": "EN"} if self.zh else {"code": "zh", "lang": "zh-CN", "label": "中文"},
            "person_menu": [{"label": t("Profile", "个人资料"), "icon": "user", "url": "form.html"}, {"line": True}, {"label": t("Sign out", "退出"), "icon": "logout", "url": "/out", "opens": "post"}],
            "terms_url": "#", "privacy_url": "#", "today": date(YEAR, 11, 25),
        }

    # ---- list
    def list(self) -> dict[str, Any]:
        t, c = self.t, self.cast()
        won, potential = {"label": t("Won customer", "成功客户"), "dot": "green"}, {"label": t("Potential", "潜在客户"), "dot": "blue"}
        raw = [
            ("group", t("Wuxi", "无锡"), won, "A", "ren", (t("Contract: answer of Shen Yao", "框架合同：等沈遥批复"), date(YEAR, 11, 27), ""), (11, 20), ("CNY", 1260000), ("CNY", 318600)),
            ("board", t("Haverdijk, NL", "荷兰"), won, "A", "mila", (t("Acceptance of milestone 2", "里程碑 2 验收"), date(YEAR, 11, 27), ""), (11, 24), ("EUR", 64000), None),
            ("foods", t("Changzhou", "常州"), potential, "B", "ren", (t("Send revised payment terms", "发送修订的付款条件"), date(YEAR, 10, 16), "late"), (10, 9), ("CNY", 760000), None),
            ("paper", t("Brunnvik, NO", "挪威"), potential, "B", "ren", (t("Answer on the 12 % discount", "答复 12% 折扣"), date(YEAR, 11, 26), ""), (11, 23), ("EUR", 210000), None),
            ("heting", t("Jiaxing", "嘉兴"), won, "B", "ren", (t("Present the pump station quote", "讲解泵站报价"), date(YEAR, 11, 30), ""), (11, 19), ("CNY", 430000), None),
            ("moling", t("Taizhou", "泰州"), won, "B", "ren", (t("Visit boiler house 2", "走访 2 号锅炉房"), t("Today 14:00", "今天 14:00"), "now"), (11, 12), ("CNY", 268000), None),
            ("brew", t("Ferrault, BE", "比利时"), won, "B", "mila", (t("Complaint meeting, Ferrault site", "现场投诉沟通会"), date(YEAR, 12, 2), ""), (11, 18), None, None),
            ("anqiao", t("Suzhou", "苏州"), potential, "A", "su", (t("Site walk, zones 1 to 3", "一至三区现场踏勘"), date(YEAR, 12, 1), ""), (11, 17), ("CNY", 540000), None),
            ("biquan", t("Huzhou", "湖州"), potential, "B", "ren", (t("Answer their counter-offer", "答复对方还价"), t("Today", "今天"), "now"), (11, 20), ("CNY", 175000), None),
            ("dairy", t("Oosterlee, NL", "荷兰"), won, "C", "mila", (t("Renew yearly care", "续签年度维保"), date(YEAR, 12, 8), ""), (11, 5), ("EUR", 18400), None),
            ("torve", t("Torvestrand, NO", "挪威"), potential, "C", "mila", None, (10, 28), ("EUR", 56000), None),
            ("zhiyan", t("Nantong", "南通"), potential, "C", "ren", None, (10, 12), None, None),
        ]
        rows = []
        for n, (key, place, life, rank, owner, nxt, last, pipe, due) in enumerate(raw * 2):
            when = nxt and (nxt[1] if isinstance(nxt[1], str) else self.day(nxt[1]))
            step = {"text": nxt[0], "sub": when + (t(" · 40 days overdue", " · 逾期 40 天") if nxt[2] == "late" else ""), "sub_tone": nxt[2]} if nxt else {"text": t("None planned", "未安排"), "tone": "late"}
            rows.append({"id": n + 1, "url": "record.html", "title": c[key]["title"], "peek_url": "/peek", "selected": 3 <= n <= 7, "cells": {
                "name": {**c[key], "sub": place}, "life": life, "class": {"v": rank, "edit_url": "/edit/class"}, "owner": c[owner], "next": {"v": step, "edit_url": "/edit/next"}, "last": {"value": date(YEAR, *last), "tone": "late" if last[0] == 10 and key != "torve" else ""},
                "pipeline": pipe and {"amount": pipe[1], "currency": pipe[0]}, "overdue": due and {"amount": due[1], "currency": due[0], "tone": "late"}}})
        return {
            "entity": "crm.account",
            "head": {"title": t("Customers", "客户"), "count": 255, "layouts": [{"label": t("Table", "表格"), "icon": "table", "url": "list.html", "current": True}, {"label": t("Board", "看板"), "icon": "layout-kanban", "url": "board.html"}, {"label": t("Calendar", "日历"), "icon": "calendar", "url": "list.html"}],
                     "actions": [{"label": t("Export", "导出"), "icon": "download", "url": "/x", "opens": "download"}, {"label": t("New customer", "新建客户"), "icon": "plus", "url": "/dialog", "opens": "dialog"}]},
            "views": {"tabs": [{"label": t("All customers", "全部客户"), "count": 255, "url": "list.html"}, {"label": t("Active", "活跃客户"), "count": 174, "url": "list.html", "current": True}, {"label": t("Class A", "A 类"), "count": 18, "url": "list.html"}, {"label": t("No next step", "无下一步"), "count": 34, "url": "list.html"}, {"label": t("Overdue money", "有逾期款"), "count": 11, "url": "list.html"}, {"label": t("Pool within 7 days", "7 天内掉入公海"), "count": 5, "url": "list.html"}],
                      "add": {"label": t("Save as new view", "另存为新视图"), "url": "/dialog"}, "reset_url": "list.html", "save": {"label": t("Save view", "保存视图"), "url": "/dialog", "opens": "dialog"}},
            "filters": {"chips": [{"label": t("Life", "客户阶段"), "op": t("is", "为"), "value": t("Potential, Won customer", "潜在客户、成功客户"), "edit_url": "/filter", "remove_url": "list.html"}, {"label": t("Owner", "负责人"), "op": t("is in", "属于"), "value": t("Sales", "销售部"), "edit_url": "/filter", "remove_url": "list.html"}],
                        "add_url": "/fields", "sort": {"value": t("Last change", "最近变更"), "options": [{"label": t("Last change", "最近变更"), "url": "list.html", "current": True}, {"label": t("Name", "名称"), "url": "list.html"}]},
                        "columns": {"url": "/columns", "options": [{"key": "life", "label": t("Life", "阶段"), "shown": True}, {"key": "class", "label": t("Class", "等级"), "shown": True}]}},
            "table": {"label": t("Customers", "客户"), "two": True, "layout_url": "/columns", "rows": rows, "columns": [
                {"key": "name", "label": t("Customer", "客户"), "kind": "name", "sort_url": "list.html"}, {"key": "life", "label": t("Life", "阶段"), "kind": "status", "width": 122, "phone": "line"}, {"key": "class", "label": t("Class", "等级"), "kind": "text", "width": 56}, {"key": "owner", "label": t("Owner", "负责人"), "kind": "person", "width": 144},
                {"key": "next", "label": t("Next step", "下一步"), "kind": "text", "width": 258, "phone": "line"}, {"key": "last", "label": t("Last contact", "最近跟进"), "kind": "date", "width": 96}, {"key": "pipeline", "label": t("Pipeline", "商机金额"), "kind": "money", "width": 118, "phone": "end"}, {"key": "overdue", "label": t("Overdue", "逾期"), "kind": "money", "width": 122, "phone": "end"}]},
            "foot": {"label": t("174 customers", "174 位客户"), "sums": [{"label": t("Pipeline", "商机"), "amounts": [{"amount": 18642000, "currency": "CNY"}], "note": t("rate of 24 Nov", "11月24日汇率")}, {"label": t("Overdue", "逾期"), "amounts": [{"amount": 702400, "currency": "CNY"}]}], "range": "1–50", "next_url": "list.html"},
            "bulk": {"matches": 174, "all_label": t("Select all 174", "选择全部 174 项"), "actions": [{"label": t("Assign", "分配"), "icon": "user-share", "url": "/dialog"}, {"label": t("Edit", "编辑"), "icon": "pencil", "url": "/dialog"}, {"label": t("Link", "关联"), "icon": "link", "url": "/dialog"}, {"label": t("Tag", "打标签"), "icon": "tag", "url": "/dialog"}, {"label": t("Export", "导出"), "icon": "download", "url": "/x", "opens": "download"}, {"label": t("Delete", "删除"), "icon": "trash", "url": "/bulk", "opens": "post", "danger": True}]},
        }

    def day(self, d: date | datetime) -> str:
        if self.zh:
            return f"{d.month}月{d.day}日" if d.year == YEAR else f"{d.year}年{d.month}月{d.day}日"
        months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        return f"{d.day} {months[d.month - 1]}" + ("" if d.year == YEAR else f" {d.year}")

    # ---- board
    def board(self) -> dict[str, Any]:
        t, c = self.t, self.cast()
        deals = {
            "contact": [("Zone metering, phase 1", "分区计量一期", "anqiao", "CNY", 540000, ("Site walk · 1 Dec", "现场踏勘 · 12月1日"), None, 8), ("Canal metering pilot", "渠道计量试点", "heting", "CNY", 320000, ("Call the district office · 30 Nov", "致电灌区管理处 · 11月30日"), None, 15), ("CIP line meters", "CIP 管线流量计", "brew", "CNY", 94000, None, None, 21)],
            "needs": [("Heat meters, 6 substations", "6 座换热站热表", "moling", "CNY", 268000, ("Visit · today 14:00", "走访 · 今天 14:00"), None, 13), ("Yearly care and calibration", "年度维保与校准", "dairy", "CNY", 48000, ("Confirm dates · yesterday", "确认日期 · 昨天", "late"), None, 16)],
            "proposal": [("Mill 2 flow metering", "二号纸机流量计量", "paper", "EUR", 210000, ("Lu Jing decides · 26 Nov", "等陆景审批 · 11月26日"), {"label": t("12 % discount in approval", "12% 折扣审批中"), "icon": "rubber-stamp", "tone": "soon"}, 14), ("Pump station meters", "泵站流量计", "heting", "CNY", 430000, ("Present the quote · 30 Nov", "讲解报价 · 11月30日"), None, 0)],
            "negotiation": [("Framework contract 2027", "2027 框架合同", "group", "CNY", 1260000, ("Shen Yao decides · 27 Nov", "等沈遥审批 · 11月27日"), {"label": t("Contract in approval", "合同审批中"), "icon": "rubber-stamp", "tone": "soon"}, 11), ("Steam and water metering", "蒸汽与用水计量", "foods", "CNY", 760000, ("Revised terms · 16 Oct", "修订付款条件 · 10月16日", "late"), {"label": t("No contact for 47 days", "47 天未跟进"), "icon": "clock-exclamation", "tone": "late"}, 58)],
        }
        names = {"contact": t("Contact", "初步接触"), "needs": t("Needs", "需求确认"), "proposal": t("Proposal", "方案报价"), "negotiation": t("Negotiation", "商务谈判")}
        n = 0
        columns = []
        for key, label in names.items():
            cards = []
            for en, zh, account, ccy, amount, nxt, mark, age in deals[key]:
                n += 1
                cards.append({"id": n, "url": "record.html", "title": t(en, zh), "sub": c[account]["title"], "amount": {"amount": amount, "currency": ccy}, "mark": mark, "next": {"text": t(nxt[0], nxt[1]), "tone": nxt[2] if len(nxt) > 2 else ""} if nxt else {"text": t("No next step planned", "未安排下一步"), "tone": "late"}, "age": {"text": t(f"{age} d", f"{age} 天"), "title": t("Days in this stage", "在此阶段的天数")}, "move_url": "/move", "peek_url": "/peek"})
            columns.append({"key": key, "label": label, "count": len(cards), "sums": [{"amount": sum(x["amount"]["amount"] for x in cards), "currency": "CNY"}], "cards": cards, "new": {"label": t("New in ", "新建于") + label, "url": "/dialog", "opens": "dialog"}})
        columns += [{"key": "won", "label": t("Deal won", "赢单"), "count": 2, "dot": "green", "shut": True, "sums": [{"amount": 312000, "currency": "CNY"}], "note": t("November", "11月"), "cards": []}, {"key": "lost", "label": t("Deal lost", "输单"), "count": 1, "dot": "red", "shut": True, "sums": [{"amount": 82000, "currency": "CNY"}], "note": t("November", "11月"), "cards": []}]
        base = self.list()
        return {"entity": "crm.opportunity", "head": {"title": t("Opportunities", "商机"), "count": 14, "layouts": [{**x, "current": x["icon"] == "layout-kanban"} for x in base["head"]["layouts"]], "actions": [{"label": t("New opportunity", "新建商机"), "icon": "plus", "url": "/dialog", "opens": "dialog"}]},
                "views": {"tabs": [{"label": t("My open", "我的进行中"), "count": 14, "url": "board.html", "current": True}, {"label": t("Closing this month", "本月预计成交"), "count": 2, "url": "board.html"}, {"label": t("Stalled", "停滞"), "count": 1, "url": "board.html"}], "add": {"label": t("Save as new view", "另存为新视图"), "url": "/dialog"}},
                "filters": {"chips": [{"label": t("Owner", "负责人"), "op": t("is", "为"), "value": t("Me", "我"), "edit_url": "/filter", "remove_url": "board.html"}], "add_url": "/fields", "group": {"label": t("Columns by", "按列"), "value": t("Stage", "阶段"), "options": [{"label": t("Stage", "阶段"), "url": "board.html", "current": True}]}, "total": {"label": t("Total", "合计"), "value": t("Amount", "金额"), "options": [{"label": t("Amount", "金额"), "url": "board.html", "current": True}]}},
                "board": {"label": t("Opportunities", "商机"), "columns": columns}, "foot": {"label": t("14 open opportunities", "14 个进行中商机"), "sums": [{"label": "", "amounts": [{"amount": 6236000, "currency": "CNY"}], "note": t("EUR at the rate of 24 Nov, 7.90", "欧元按 11月24日汇率 7.90")}]}}
