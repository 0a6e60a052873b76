"""The named documents of the demo company, with their text and their versions. Data only.

Texts come as (English, Chinese); which one is written follows the office, or the wanted language.
"""

from __future__ import annotations

from typing import NamedTuple

from weft.plugins.documents.demo import texts_company as company
from weft.plugins.documents.demo import texts_products as products

__all__ = ["PAPERS", "Paper", "Turn"]


class Turn(NamedTuple):
    """One version: days before D, who, what was new (en, zh), and the text (en, zh)."""

    day: int
    who: str
    note: tuple[str, str]
    text: tuple[str, str]


class Paper(NamedTuple):
    """A named document: key, names, folder, its versions, and who outside sees it."""

    key: str
    name: str
    name_alt: str
    folder: str
    chinese: bool
    turns: tuple[Turn, ...]
    shared: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    status: str = "released"
    output: str = "pdf"
    #: A printed matter for all countries: both languages in one, unless one is wanted.
    both: bool = False


def _manual(en: tuple[str, ...], zh: tuple[str, ...]) -> tuple[str, str]:
    return "".join(en), "".join(zh)


_FIRST = ("First version", "首版")
PAPERS = [
    Paper("manual", "LD-3 installation manual", "LD-3 安装手册", "manuals", True, (
        Turn(-420, "xia", _FIRST, _manual((products.MANUAL_EN,), (products.MANUAL_ZH,))),
        Turn(-210, "xia", ("Chapter on the battery", "新增电池一章"),
             _manual((products.MANUAL_EN, products.MANUAL_EN_2), (products.MANUAL_ZH, products.MANUAL_ZH_2))),
        Turn(-30, "xia", ("Reading the result, moving, care", "新增判读、移动和维护"),
             _manual((products.MANUAL_EN, products.MANUAL_EN_2, products.MANUAL_EN_3), (products.MANUAL_ZH, products.MANUAL_ZH_2, products.MANUAL_ZH_3))),
    ), flags=("for_customers", "for_distributors"), about=("product.LD-3",), both=True),
    Paper("sheet", "WH-40 data sheet", "WH-40 技术规格书", "manuals", True,
          (Turn(-300, "xia", _FIRST, products.SHEET), Turn(-45, "xia", ("Uncertainty tested again", "重新检验不确定度"), products.SHEET)),
          flags=("for_customers", "for_distributors"), about=("product.WH-40",), both=True),
    Paper("haverdijk_contract", "Contract Haverdijk district metering", "哈弗代克分区计量合同", "contracts", False,
          (Turn(-260, "maud", _FIRST, company.CONTRACT),), shared=("haverdijk",), about=("haverdijk",)),
    Paper("haverdijk_amendment", "Amendment 1 Haverdijk", "哈弗代克合同补充协议一", "contracts", False,
          (Turn(-75, "maud", _FIRST, company.AMENDMENT),), shared=("haverdijk",), about=("haverdijk",)),
    Paper("tangyu_contract", "Framework contract Tangyu", "棠屿框架合同", "contracts", True,
          (Turn(-318, "sales", ("In force", "现行合同"), company.FRAMEWORK_BEFORE),
           Turn(-12, "sales", ("Draft of the renewal", "续约草案"), company.FRAMEWORK)), about=("tangyu",), status="review"),
    Paper("survey", "Site survey Brunnvik", "布伦维克现场勘察", "sales", False, (Turn(-38, "maud", _FIRST, company.SURVEY),),
          about=("brunnvik",), output="docx"),
    Paper("discount", "Discount policy", "折扣政策", "policies", True, (Turn(-330, "manager", _FIRST, company.DISCOUNT),),
          output="page"),
    Paper("travel", "Travel and expense policy", "差旅报销制度", "policies", True,
          (Turn(-350, "finance", _FIRST, company.TRAVEL),), output="page"),
    Paper("leave", "Leave policy", "休假制度", "policies", True, (Turn(-340, "hr", _FIRST, company.LEAVE),), output="page"),
    Paper("guide", "New-employee guide", "新员工手册", "policies", True, (Turn(-60, "hr", _FIRST, company.GUIDE),),
          output="page"),
    Paper("loss", "Post-mortem of a lost deal", "输单复盘", "sales", True, (Turn(-90, "su", _FIRST, company.LOSS),),
          output="docx"),
    Paper("safety", "Safety rules for suppliers", "供应商安全规则", "partners", True,
          (Turn(-100, "ye", _FIRST, company.SAFETY),), flags=("for_suppliers",), both=True),
    Paper("prices", "Price list for distributors", "渠道价格表说明", "partners", False,
          (Turn(-120, "yan", _FIRST, company.PRICES), Turn(-8, "yan", ("With the price of LD-4", "新增 LD-4 价格"), company.PRICES)),
          shared=("baltmere", "baltmere_riga", "baltmere_turku", "ribarga")),
    Paper("leaflet", "WH-20 leaflet", "WH-20 宣传页", "partners", True, (Turn(-15, "xia", _FIRST, products.LEAFLET),),
          flags=("for_distributors",), both=True),
]  # fmt: skip
