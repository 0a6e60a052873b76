"""The menus of the external portals: the visitors' words in their order, and nothing beside them."""

from __future__ import annotations

from typing import Any

import pytest

from weft.core.i18n import use_locale
from weft.core.portal import navigation

pytestmark = pytest.mark.weft_plugins(
    "crm", "service", "communication", "portal_employee", "portal_customer", "portal_supplier", "portal_distributor"
)

#: Words of the product's navigation, English and Chinese, as far as their plugins are here; Home stands before them.
WORDS = {
    "customer": [("Requests", "服务请求"), ("Products and news", "产品与动态"), ("Messages", "消息"),
                 ("Our company", "我的公司")],
    "supplier": [("Messages", "消息"), ("Our company", "我的公司")],
    "distributor": [("Leads and customers", "线索与客户"), ("Registrations", "商机报备"), ("Pipeline", "商机"),
                    ("Contact log", "跟进记录"), ("Products and prices", "产品与价格"),
                    ("Marketing material", "市场资料"), ("Messages", "消息"), ("Our company", "我的公司")],
}  # fmt: skip


@pytest.mark.parametrize("portal", sorted(WORDS))
def test_a_portal_has_the_words_of_its_visitors_in_order(weft_runtime: Any, portal: str) -> None:
    for place, locale in enumerate(("en", "zh")):
        with use_locale(locale):
            groups = navigation.declared_menu(weft_runtime, portal)
            shown = [str(entry.label) for group in groups for entry in group.entries]
        assert shown == [words[place] for words in WORDS[portal]]


def test_a_list_without_a_line_is_put_nowhere_else(
    client_as: Any, weft_cast: Any, make_record: Any, weft_runtime: Any
) -> None:
    """Requests of partners and news for suppliers open from their tiles; the menu has no second line for them."""
    firm = int(make_record("crm.account", name="Baltmere Tehnika", role=["distributor"])["id"])
    kadri = weft_cast.user("service.partner_requester", anchors=[firm])
    make_record("service.request", subject="Gateway reboots", customer=firm)
    page = client_as(kadri).get("/distributor/")
    menu = page.text.split("<nav", 1)[1].split("</nav>", 1)[0]
    assert "Requests" not in menu and "/distributor/service/requests/" not in menu
    assert '/distributor/service/requests/"' in page.text and "Gateway reboots" in page.text
    assert "Gateway reboots" in client_as(kadri).get("/distributor/service/requests/").text


@pytest.mark.weft_plugins("crm", "communication", "documents", "portal_employee", "portal_distributor")
def test_what_two_plugins_put_behind_one_line_are_tabs_of_it(
    client_as: Any, weft_cast: Any, make_record: Any, weft_runtime: Any
) -> None:
    """Marketing material is one line of the distributor's menu, whoever fills it; its lists lead to each other."""
    with use_locale("en"):
        (material,) = [
            entry for group in navigation.declared_menu(weft_runtime, "distributor") for entry in group.entries
            if group.key == "distributor_material"
        ]  # fmt: skip
        assert str(material.label) == "Marketing material"
        assert [str(tab.label) for tab in material.tabs] == ["Documents", "News"]
    firm = int(make_record("crm.account", name="Baltmere Tehnika", role=["distributor"])["id"])
    kadri = weft_cast.user("documents.distributor_reader", anchors=[firm])
    make_record("communication.news", headline="LD-4 is here", text="Since today.", status="published",
                audiences=["distributor"])  # fmt: skip
    make_record("documents.document", name="Leaflet LD-4", form="page", body="Flat and light", status="released",
                for_distributors=True, folder=make_record("documents.folder", name="For partners")["id"])  # fmt: skip
    news = client_as(kadri).get("/distributor/communication/news/").text
    menu = news.split('class="wf-portal-nav"', 1)[1].split("</nav>", 1)[0]
    assert menu.count("Marketing material") == 1 and ">News<" not in menu and ">Documents<" not in menu
    tabs = news.split('class="wf-tabs" aria-label="Sections"', 1)[1].split("</nav>", 1)[0]
    assert "/distributor/documents/documents/" in tabs and ">News</a>" in tabs and tabs.count("wf-on") == 1
    assert "Leaflet LD-4" in client_as(kadri).get("/distributor/documents/documents/").text


#: The whole menus, where everything is installed; what needs plugins that come later is absent.
WHOLE = {
    "customer": [("Requests", "服务请求"), ("Projects", "项目进展"), ("Documents", "资料与手册"),
                 ("Products and news", "产品与动态"), ("Contracts and invoices", "合同与发票"), ("Messages", "消息"),
                 ("Our company", "我的公司")],
    "supplier": [("Tasks for us", "协作任务"), ("Bills", "账单与付款"), ("Certificates", "资质证书"),
                 ("Documents", "资料"), ("Messages", "消息"), ("Our company", "我的公司")],
}  # fmt: skip


@pytest.mark.weft_plugins(
    "crm", "service", "communication", "projects", "documents", "finance", "portal_employee", "portal_customer",
    "portal_supplier",
)  # fmt: skip
@pytest.mark.parametrize("portal", sorted(WHOLE))
def test_the_whole_menu_has_the_words_of_the_product(weft_runtime: Any, portal: str) -> None:
    for place, locale in enumerate(("en", "zh")):
        with use_locale(locale):
            groups = navigation.declared_menu(weft_runtime, portal)
            shown = [str(entry.label) for group in groups for entry in group.entries]
        assert shown == [words[place] for words in WHOLE[portal]]
