"""The company of the story: three units with their heads, a price list, templates, a subcontractor."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tests.plugins.story.hands import Person
from weft.core.identity import company, users
from weft.core.identity import units as org_units
from weft.core.ops.value_lists import install_defaults
from weft.core.outbox.worker import Worker

#: Name, name in Chinese, roles, unit, head of it.
PEOPLE = {
    "lu": ("Lu Jinghe", "陆景禾", ("crm.sales_manager", "portal_employee.department_head"), "sales", True),
    "lin": ("Lin Shutong", "林疏桐", ("crm.sales_rep",), "sales", False),
    "maud": ("Maud Teunisse", "莫德", ("crm.sales_rep",), "sales", False),
    "gu": ("Gu Nanqiao", "顾南乔", ("crm.sales_rep",), "sales", False),
    "emeric": ("Emeric Voskamp", "埃默里克", ("portal_employee.department_head",), "engineering", True),
    "anneke": ("Anneke Roodhuyzen", "安妮克", ("projects.lead",), "engineering", False),
    "xu": ("Xu Tinglan", "许听澜", ("employee",), "engineering", False),
    "tang": ("Tang Yimo", "唐以沫", ("finance.officer",), "finance", False),
    "shen": ("Shen Zhiyao", "沈知遥", ("portal_employee.executive",), "company", True),
    "he": ("He Shuyao", "贺书瑶", ("hrm.officer",), "finance", False),
}
_STAGES = (("contact", "Contact", "接洽", "open", 20), ("offer", "Offer", "报价", "open", 50),
           ("won", "Won", "赢单", "won", 100), ("lost", "Lost", "输单", "lost", 0))  # fmt: skip
CONTRACT_TEXT = "# {{name}}\n\n{{account.name}}\n\n{{amount}} {{in_words}}\n"


def build(app: Any, runtime: Any, cast: Any, make_record: Any, clock: Any, locale: str) -> SimpleNamespace:
    """Make the company; every person of it speaks the language."""
    install_defaults(runtime)
    w = SimpleNamespace(runtime=runtime, app=app, clock=clock, locale=locale, today=clock().date())
    with runtime.db.write() as connection:
        company.save(connection, currency="CNY")
    company.forget(runtime)
    top = cast.unit("Company")
    w.units = {"company": top} | {key: cast.unit(key.title(), top) for key in ("sales", "engineering", "finance")}
    for key, (name, alt, roles, unit, heads) in PEOPLE.items():
        number = cast.user(*roles, name=name, units=() if heads else [w.units[unit]], locale=locale)
        with runtime.db.write() as connection:
            users.update_user(connection, number, name_alt=alt)
            if heads:
                org_units.add_member(connection, number, w.units[unit], now=clock(), head=True)
        setattr(w, key, Person(app, runtime, number, locale))

    def settle() -> None:
        for _round in range(4):
            Worker(runtime, threads=1).run_due()

    w.settle = settle
    _sales(w, make_record)
    _engineering(w, make_record)
    _files(w, make_record)
    return w


def _sales(w: SimpleNamespace, make: Any) -> None:
    w.form = make(
        "crm.web_form", name="Contact", slug="contact", title_en="Ask us", title_zh="联系我们",
        asks=["company", "person", "email", "phone", "need", "country"], requires=["company", "email"],
    )["id"]  # fmt: skip
    for place, (code, english, chinese, outcome, odds) in enumerate(_STAGES, 1):
        make("crm.stage", code=code, label_en=english, label_zh=chinese, outcome=outcome, position=place,
             probability=odds)  # fmt: skip
    w.product = make("crm.product", code="WH-40", name="Flow meter", name_alt="流量计")["id"]
    w.prices = make("crm.price_list", name="China", name_alt="中国", currency="CNY")["id"]
    make("crm.price", price_list=w.prices, product=w.product, price={"amount": "9800.00", "currency": "CNY"})
    w.pool = make("crm.pool", code="cn", label_en="China", label_zh="中国")["id"]


def _engineering(w: SimpleNamespace, make: Any) -> None:
    w.template = make("projects.template", name="District metering", name_alt="分区计量")["id"]
    steps = (
        {"kind": "task", "position": 1, "name": "Survey", "name_alt": "勘察", "days": 2},
        {"kind": "task", "position": 2, "name": "Fit meters", "name_alt": "安装流量计", "days": 3, "after": "1"},
        {"kind": "milestone", "position": 101, "name": "Acceptance", "name_alt": "验收", "after": "2", "shared": True,
         "acceptance": True},
    )  # fmt: skip
    for step in steps:
        make("projects.template_step", template=w.template, **step)
    make("projects.rate", person=w.xu.id, rate={"amount": "70.00", "currency": "CNY"}, valid_from="2026-01-01")
    w.vesterlund = make(
        "crm.account", name="Vesterlund Works", name_alt="维斯特伦德工程", role=["supplier"], owner=w.lu.id
    )["id"]  # fmt: skip
    w.nils = make("crm.contact", name="Nils Berg", account=w.vesterlund, email="nils@vesterlund.example",
                  owner=w.lu.id)["id"]  # fmt: skip


def _files(w: SimpleNamespace, make: Any) -> None:
    w.paper = make("documents.template", name="Contract", name_alt="合同", output="pdf", body=CONTRACT_TEXT,
                   subject="documents.contract")["id"]  # fmt: skip
    w.folder = make("documents.folder", name="Contracts", name_alt="合同")["id"]
    for user, name in ((w.lin, "Lin Shutong"), (w.maud, "Maud Teunisse"), (w.gu, "Gu Nanqiao"), (w.xu, "Xu Tinglan")):
        make("hrm.employee", name=name, user=user.id, country="CN", joined_on="2024-01-01",
             in_unit=w.units["engineering" if user is w.xu else "sales"])  # fmt: skip
