"""Writes the plugin's part of the demo company: folders, 420 documents (80 with text), confirmations, contracts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import BytesIO
from random import Random
from typing import Any

from weft.core.sdk import files, share_record
from weft.plugins.documents import vocabulary as words
from weft.plugins.documents.demo import drawing
from weft.plugins.documents.demo.certificates import make_certificates
from weft.plugins.documents.demo.contracts import make_contracts
from weft.plugins.documents.demo.knowledge import ARTICLES, DRAWINGS, FERRAULT, PROTOCOLS
from weft.plugins.documents.demo.papers import PAPERS, Paper
from weft.plugins.documents.services import library, readings

__all__ = ["SIZES", "make"]

#: Documents of each size, and how many of them have text.
SIZES = {"small": (420, 80), "medium": (6_000, 600), "large": (60_000, 2_000)}
_DOCUMENT, _FOLDER = "documents.document", "documents.folder"
#: Key -> names, who keeps it, units that read it (none: everybody).
_FOLDERS: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "manuals": ("Manuals and data sheets", "手册与规格书", "xia", ()),
    "policies": ("Policies", "规章制度", "hr", ()),
    "knowledge": ("Knowledge", "知识", "xia", ()),
    "sales": ("Sales", "销售资料", "manager", ("sales", "management", "engineering")),
    "contracts": ("Contracts", "合同文本", "manager", ("sales", "management", "finance", "projects")),
    "partners": ("For partners", "合作方资料", "yan", ()),
    "sites": ("Sites of customers", "客户现场", "head", ()),
}
#: Documents of the many that are written together.
_AT_ONCE = 20
#: People of the sign-in page; some of them still have to confirm what everybody was asked to read.
_SIGNING_IN = frozenset({"admin", "manager", "sales", "hr", "finance", "project", "employee", "head", "executive"})
#: Where the prices of a list stand in a text.
_PRICES = "{{prices}}"
_NOT_YET = frozenset({"employee", "head"})


def make(context: Any) -> None:
    """Make everything; without the company there is nobody who could write."""
    if "xia" not in context.people:
        return
    folders = _folders(context)
    for number, paper in enumerate(PAPERS):
        context.progress("documents", number, len(PAPERS))
        _paper(context, paper, folders)
    _articles(context, folders["knowledge"])
    _bulk(context, folders["sites"])
    _confirmations(context)
    _templates(context)
    if "crm.account" in context.runtime.registry.entities:
        make_contracts(context)
        make_certificates(context)
        _link_contracts(context)


def _folders(context: Any) -> dict[str, int]:
    made = {}
    with context.acting(None, context.moment(-600)) as records:
        for key, (name, alt, who, units) in _FOLDERS.items():
            access = "chosen" if units else "company"
            row = records.create(_FOLDER, {"name": name, "name_alt": alt, "access": access},
                                 owner=context.people.get(who))  # fmt: skip
            made[key] = row["id"]
            for unit in units:
                share_record(records, row["id"], unit=context.units[unit])
    return made


# ---- named documents


def _paper(context: Any, paper: Paper, folders: dict[str, int]) -> None:
    """All versions of a document, each by who made it, at its time."""
    side = context.side(paper.chinese)
    number = 0
    for turn in paper.turns:
        who = turn.who if turn.who in context.people else "xia"
        moment = context.moment(turn.day, 10, 30)
        text = "\n\n".join(turn.text) if paper.both and context.locale == "both" else turn.text[side]
        text = text.replace(_PRICES, _prices(context, moment.date(), side))
        values: dict[str, Any] = {"body": text} if paper.output == "page" else {}
        content = b"" if values else _content(paper, text, side)
        with context.acting(None, moment) as records:
            if content:
                name = f"{(paper.name, paper.name_alt)[side]}.{paper.output}"
                received = files.receive(context.runtime, BytesIO(content), name)
                values["file"] = files.upload(records, received, words=text).id
            if number:
                records.update(_DOCUMENT, number, values, version=None)
                library.keep_version(records, number, note=turn.note[side])
                records.update(_DOCUMENT, number, {"released_at": moment.isoformat()}, version=None)
                continue
            number = _first(context, records, paper, folders, values, who)
            library.keep_version(records, number, note=turn.note[side])
            targets = [context.made[key] for key in paper.about if key in context.made]
            for target in targets:
                records.link(words.ABOUT, number, target)
            for key in paper.shared:
                if key in context.made:
                    records.link(words.SHARED, number, context.made[key])
    context.made[f"document.{paper.key}"] = number


def _first(context: Any, records: Any, paper: Paper, folders: dict[str, int], values: dict[str, Any], who: str) -> int:
    row = records.create(_DOCUMENT, {
        "name": paper.name, "name_alt": paper.name_alt, "folder": folders[paper.folder], "status": paper.status,
        "form": "page" if paper.output == "page" else "file", "language": "both" if paper.both else "zh" if context.side(paper.chinese) else "en",
        **values, **{f"for_{word}": True for word in ("customers", "suppliers", "distributors")
                     if f"for_{word}" in paper.flags},
    }, owner=context.people[who])  # fmt: skip
    return int(row["id"])


def _prices(context: Any, day: date, side: int) -> str:
    """The prices of distributors on a day as a table; nothing where no plugin keeps prices."""
    number = context.made.get("prices.distributor")
    if number is None or "crm.price" not in context.runtime.registry.entities:
        return ""
    with context.acting(None, context.moment(-1)) as records:
        fields = ("product", "price", "valid_from")
        rows = records.query("crm.price", fields=fields, filters={"price_list": number}, sort="id", limit=200).rows
        products = records.query("crm.product", fields=("code", "name", "name_alt"), limit=200).rows
    known = {row["id"]: row for row in products}
    lines = [("| Article | Name | EUR |", "| 货号 | 名称 | 欧元 |")[side], "|---|---|---|"]
    for row in rows:
        if row.get("valid_from") is None or row["valid_from"] <= day:
            product = known[row["product"].id]
            name = (product["name"], product.get("name_alt") or product["name"])[side]
            lines.append(f"| {product['code']} | {name} | {row['price'].amount:,.2f} |")
    return "\n".join(lines)


def _content(paper: Paper, text: str, side: int) -> bytes:
    name = (paper.name, paper.name_alt)[side]
    if paper.output == "docx":
        return drawing.word_file(text)
    made = files.make_pdf(text, name)
    # Without a font that has the characters a text file still says what the paper says.
    return made.content if not made.reason else text.encode()


def _articles(context: Any, folder: int) -> None:
    authors = [context.people[key] for key in ("xia", "lei", "bai") if key in context.people]
    with context.acting(None, context.moment(-140)) as records:
        for number, (titles, texts) in enumerate(ARTICLES):
            side = context.side(number % 2 == 1)
            moment = context.moment(-140 + 9 * number, 11).isoformat()
            row = records.create(_DOCUMENT, {
                "name": titles[0], "name_alt": titles[1], "form": "article", "folder": folder, "status": "released",
                "body": texts[side], "summary": titles[1 - side], "for_customers": titles[0] != FERRAULT,
                "for_distributors": titles[0] != FERRAULT, "released_at": moment,
            }, owner=authors[number % len(authors)])  # fmt: skip
            library.keep_version(records, row["id"], note="")
            if titles[0] == FERRAULT:
                for key in ("ferrault", "project.ferrault"):
                    if key in context.made:
                        records.link(words.ABOUT, row["id"], context.made[key])


# ---- the many


def _bulk(context: Any, folder: int) -> None:
    """Site protocols with text and drawings without, of customers where there are any."""
    total, with_text = SIZES[context.size]
    random = Random(context.seed + 91)
    accounts = _accounts(context)
    protocols = with_text - len(PAPERS) - len(ARTICLES)
    pictures = [
        files.receive(context.runtime, BytesIO(drawing.picture(number)), f"drawing-{number}.png")
        for number in range(len(DRAWINGS))
    ]
    owners = [context.people[key] for key in ("project", "cen", "bart", "lei", "shi", "sander", "bai")
              if key in context.people]  # fmt: skip
    rows: list[tuple[dict[str, Any], int | None]] = []
    for number in range(total - len(PAPERS) - len(ARTICLES)):
        account = accounts[number % len(accounts)] if accounts else None
        made = _protocol if number < protocols else _drawing
        values = made(context, random, number, account)
        values |= {"folder": folder, "status": "released", "owner": owners[number % len(owners)]}
        rows.append((values, account[0] if account else None))
    rows.sort(key=lambda row: str(row[0]["released_at"]))
    for start in range(0, len(rows), _AT_ONCE):
        context.progress("documents", start, len(rows))
        part = rows[start : start + _AT_ONCE]
        # At the time of the last of them, so that the histories of customers tell of it then.
        with context.acting(None, datetime.fromisoformat(part[-1][0]["released_at"])) as records:
            for values, _account in part:
                if values["form"] == "file":
                    values["file"] = files.upload(records, pictures[values.pop("_picture")]).id
            loaded = records.load(_DOCUMENT, [values for values, _account in part])
            for number, (_values, target) in zip(loaded.created, part, strict=True):
                if target is not None:
                    records.link(words.ABOUT, number, target)
                library.keep_version(records, number, note="")


def _accounts(context: Any) -> list[tuple[int, str, str, bool]]:
    """Customers that bought something: id, name in both scripts, Chinese."""
    if "crm.account" not in context.runtime.registry.entities:
        return []
    found: list[tuple[int, str, str, bool]] = []
    with context.acting(None, context.moment(-1)) as records:
        filters, cursor = {"role": "customer", "life": "won", "frozen": "false"}, None
        while True:
            page = records.query("crm.account", fields=("name", "name_alt", "address"), filters=filters, sort="title",
                                 limit=200, cursor=cursor)  # fmt: skip
            for row in page.rows:
                chinese = (row.get("address") or {}).get("country") == "CN"
                found.append((row["id"], row["name"], row.get("name_alt") or row["name"], chinese))
            cursor = page.next
            if cursor is None:
                return found


def _when(context: Any, random: Random) -> str:
    return str(context.moment(-random.randint(5, 600), 9 + random.randint(0, 7)).isoformat())


def _protocol(context: Any, random: Random, number: int, account: Any) -> dict[str, Any]:
    side = context.side(bool(account and account[3]))
    parts = [random.choice(part)[side] for part in PROTOCOLS]
    heads = (("Done", "完成"), ("Found", "发现"), ("Next", "后续"))
    place = account[1 + side] if account else ("Works Suzhou", "苏州厂区")[side]
    text = f"# {place}\n\n" + "\n\n".join(f"## {head[side]}\n{part}" for head, part in zip(heads, parts, strict=True))
    moment = _when(context, random)
    name, alt = account[1:3] if account else ("Works Suzhou", "苏州厂区")
    return {
        "name": f"Site protocol {name} {number + 1}"[:200], "name_alt": f"现场记录 {alt} {number + 1}"[:200],
        "form": "page", "body": text, "created_at": moment, "updated_at": moment, "released_at": moment,
    }  # fmt: skip


def _drawing(context: Any, random: Random, number: int, account: Any) -> dict[str, Any]:
    kind = number % len(DRAWINGS)
    name, alt = account[1:3] if account else ("Works Suzhou", "苏州厂区")
    moment = _when(context, random)
    return {
        "name": f"{DRAWINGS[kind][0]} {name} {number + 1}"[:200], "form": "file", "_picture": kind,
        "name_alt": f"{DRAWINGS[kind][1]} {alt} {number + 1}"[:200], "created_at": moment, "updated_at": moment,
        "released_at": moment,
    }  # fmt: skip


# ---- confirmations, templates


def _confirmations(context: Any) -> None:
    """The guide was to be confirmed by everybody, the safety rules by suppliers; some have not."""
    for key, keep in (("guide", 5), ("travel", 3)):
        number = context.made[f"document.{key}"]
        with context.acting(None, context.moment(-20)) as records:
            row = records.get(_DOCUMENT, number)
            readings.ask(records, row, [readings.ALL], context.day + timedelta(days=5 if key == "guide" else 12))
        people = {number: name for name, number in context.people.items()}
        with context.acting(None, context.moment(-14)) as records:
            page = records.query("documents.reading", fields=("owner",), filters={"document": number}, limit=200)
            owners = {row["id"]: people.get(row["owner"].id, "") for row in page.rows if row.get("owner") is not None}
            quiet = [one for one, name in owners.items() if name not in _SIGNING_IN]
            done = quiet[keep:] + [one for one, name in owners.items() if name in _SIGNING_IN - _NOT_YET]
            records.update_many("documents.reading", {
                one: {"confirmed_at": context.moment(-12).isoformat()} for one in done
            })  # fmt: skip
    supplier = context.people.get("supplier")
    if supplier is not None:
        with context.acting(None, context.moment(-8)) as records:
            row = records.get(_DOCUMENT, context.made["document.safety"])
            readings.ask(records, row, [], context.day + timedelta(days=10), users=[supplier])


_QUOTE_EN = """# {{name}}

{{company}}, {{today}}

Dear Sir or Madam,

thank you for your interest. This letter confirms what we agreed with {{name}}. Your contact with us is {{owner}}.

Kind regards
{{company}}
"""
_CONTRACT_ZH = """# {{name}}

甲方：{{account}}
乙方：{{company}}

合同金额：{{amount}}
大写：{{in_words}}

开始日期：{{starts_on}}
结束日期：{{ends_on}}

双方经协商一致，订立本合同。
"""


def _templates(context: Any) -> None:
    with context.acting(None, context.moment(-90)) as records:
        for values in (
            {"name": "Letter of confirmation", "name_alt": "确认函", "output": "pdf", "body": _QUOTE_EN,
             "subject": "crm.account"},
            {"name": "Contract", "name_alt": "合同", "output": "pdf", "body": _CONTRACT_ZH,
             "subject": "documents.contract"},
        ):  # fmt: skip
            records.create("documents.template", values)


def _link_contracts(context: Any) -> None:
    """The texts of contracts belong to the contracts too."""
    pairs = (("haverdijk_contract", "haverdijk"), ("haverdijk_amendment", "haverdijk"), ("tangyu_contract", "tangyu"))
    with context.acting(None, context.moment(-1)) as records:
        for paper, contract in pairs:
            if f"contract.{contract}" in context.made:
                records.link(words.ABOUT, context.made[f"document.{paper}"], context.made[f"contract.{contract}"])
        step, project = context.made.get("contract.haverdijk.step4"), context.made.get("project.haverdijk")
        if step is not None and project is not None:  # done as soon as the customer accepts the milestone
            waiting = {"project": project, "status": "waiting"}
            for row in records.query("projects.milestone", fields=(), filters=waiting, limit=1).rows:
                records.update("documents.step", step, {"milestone": row.id}, version=None)
