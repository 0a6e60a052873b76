"""Preview of the design system, for its developers only (needs jinja2 and a built static/dist).

    python3 core/web/frontend/preview/render.py --serve 8765

serves every page of templates/preview at /<lang>/<theme>/<page>.html, for example /en/light/list.html, under the
product's content policy; actions answer with small made-up fragments. Without --serve it renders all pages once and
prints the ones that fail.
"""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import jinja2

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from pages import Pages  # noqa: E402

WEB = HERE.parents[1]
DIST = WEB / "static" / "dist"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
ZH = json.loads((HERE / "zh.json").read_text())
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".json": "application/json"}
PHONE = {"list": {"title": "Customers", "count": 31, "filters": 1, "actions": [{"label": "Search", "icon": "search", "url": "list.html"}, {"label": "New", "icon": "plus", "url": "form.html"}]}, "record": {"title": "Haverdijk", "back": {"url": "list.html", "label": "Customers"}}, "approval": {"title": "Approvals", "back": {"url": "list.html", "label": "Approvals 1/4"}, "tab": "todo"}, "home": {"title": "Wed 25 November", "tab": "home"}}


def environment(s: Pages) -> jinja2.Environment:
    """Templates with the globals and filters the product's web layer provides."""
    env = jinja2.Environment(loader=jinja2.FileSystemLoader([HERE / "templates", WEB / "templates"]), autoescape=True)
    manifest = json.loads((DIST / "manifest.json").read_text())
    day = lambda v: "" if v is None else v if isinstance(v, str) else s.day(v)  # noqa: E731
    env.globals.update(
        _=lambda text: ZH.get(text, text) if s.zh else text,
        _n=lambda one, many, n: (ZH.get(one, one) if s.zh else one if n == 1 else many),
        asset=lambda name: f"/static/dist/{manifest[name]['file']}",
        csrf_token=lambda: "preview",
        looking=lambda: False,
    )
    env.filters.update(
        number=lambda v, places=None: f"{v:,.{places or 0}f}".replace("-", "\u2212"), percent=lambda v: f"{v:g}%" if s.zh else f"{v:g} %",
        money=lambda v: f"{v['currency']} {v['amount']:,}", date=day, datetime=day, reldate=day, stamp=day,
    )  # fmt: skip
    return env


def page(lang: str, theme: str, name: str) -> str:
    """One page as HTML."""
    s = Pages(lang == "zh", theme)
    kind = "customer" if name.startswith("portal") else "employee"
    current = {"home": "home", "board": "opportunities", "record": "fav", "request": "requests"}.get(name, "customers")
    return environment(s).get_template(f"preview/{name}.html").render(
        s=s, name=name, frame=s.frame(kind, current), page=PHONE.get(name, {"title": name.capitalize(), "has_contact": name == "portal"}), auth=s.auth()
    )


def fragment(path: str, referer: str) -> tuple[str, dict[str, str]]:
    """The answer to an action: HTML and headers."""
    s = Pages("/zh/" in referer, "light")
    env = environment(s)
    toast = {"HX-Trigger": json.dumps({"wf:toast": {"text": s.t("Saved", "已保存"), "undo_url": "/undo"}, "wf:close": True})}
    if path.startswith("/dialog"):
        return env.from_string('{% from "wf/dialog.html" import form_dialog %}{{ form_dialog(d, f) }}').render(zip=0, d=s.log()[0], f=s.log()[1]), {}
    if path.startswith("/peek"):
        return env.from_string('{% from "wf/dialog.html" import peek %}{% from "wf/record.html" import details %}{{ peek({"title": "Peek", "url": "#"}, details(p.details)) }}').render(p=s.panels()), {}
    if path.startswith("/edit"):
        return env.from_string('{% from "wf/table.html" import cell_editor %}{{ cell_editor({"name": "v", "kind": "text", "label": "Value", "value": "30 days"}, path) }}').render(path=path), {}
    if path.startswith("/search"):
        rows = [{"id": i, "title": o["title"], "face": o["face"], "other": o["other"], "other_lang": o["other_lang"], "note": "Customer", "url": "/peek"} for i, o in enumerate(list(s.cast().values())[5:11])]
        return env.from_string('{% from "wf/field.html" import picker_options %}{{ picker_options(rows, {"label": "Create", "url": "/dialog"}) }}').render(rows=rows), {}
    if path.startswith("/fields"):
        return env.from_string('{% from "wf/list.html" import filter_fields %}{{ filter_fields([{"label": "Life", "url": "/filter"}, {"label": "Amount", "url": "/filter"}]) }}').render(), {}
    if path.startswith("/filter"):
        return env.from_string('{% from "wf/list.html" import filter_form %}{{ filter_form({"key": "amount", "label": "Amount", "ops": [{"key": "gte", "label": "at least"}, {"key": "isnull", "label": "is empty"}], "field": {"name": "value", "kind": "integer", "label": "Value", "value": "1000"}}) }}').render(), {}
    if path.startswith("/palette"):
        rows = [{"title": o["title"], "other": o["other"], "other_lang": o["other_lang"], "face": o["face"], "url": "record.html", "end": "Won customer"} for o in list(s.cast().values())[5:9]]
        return json.dumps({"groups": [{"title": "Accounts", "rows": rows[:1]}, {"title": "On this customer", "rows": [{"title": "Log contact", "icon": "message-plus", "url": "/dialog", "opens": "dialog", "shortcut": "L"}]}, {"title": "Projects", "rows": rows[1:]}], "total": 23, "all_url": "list.html"}), {"Content-Type": "application/json"}
    if path.startswith("/live"):
        return json.dumps({"counts": {"todo": 9}}), {"Content-Type": "application/json"}
    return "", toast if path.startswith(("/move", "/save", "/bulk", "/undo")) else {}


class Handler(BaseHTTPRequestHandler):
    """Pages, built files, fragments."""

    def answer(self) -> None:
        path = self.path.split("?")[0]
        parts = path.strip("/").split("/")
        headers = {"Content-Type": "text/html; charset=utf-8"}
        status, body = 200, b""
        if path.startswith("/static/dist/"):
            file = DIST / parts[-1]
            headers["Content-Type"] = TYPES.get(file.suffix, "application/octet-stream")
            body = file.read_bytes()
        elif len(parts) == 3 and parts[2].endswith(".html"):
            body = page(parts[0], parts[1], parts[2][:-5]).encode()
        else:
            if self.command == "POST":
                sent = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode(errors="replace")
                print("POST", self.path, sent[:200], flush=True)
            text, extra = fragment(path, self.headers.get("Referer", ""))
            if self.command == "POST" and path.startswith("/edit"):
                text = f'<dd data-edit-url="{path}" tabindex="0">saved</dd>' if "record" in self.headers.get("Referer", "") else f'<table><tr><td data-edit-url="{path}" data-col="class">saved</td></tr></table>'
            headers |= extra
            body = text.encode()
            status = 200 if body else 204
        self.send_response(status)
        for name, value in {**headers, "Content-Security-Policy": POLICY, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = answer

    def log_message(self, *arguments: object) -> None:
        pass


def main() -> None:
    """Serve, or render everything once."""
    if "--serve" in sys.argv:
        ThreadingHTTPServer(("127.0.0.1", int(sys.argv[-1])), Handler).serve_forever()
    for file in sorted((HERE / "templates" / "preview").glob("*.html")):
        for lang in ("en", "zh"):
            html = page(lang, "light", file.stem)
            if " style=" in html or "<script>" in html:
                raise SystemExit(f"{file.stem}: inline style or script")
    print("rendered", datetime.now().isoformat(timespec="seconds"), date.today())


if __name__ == "__main__":
    main()
