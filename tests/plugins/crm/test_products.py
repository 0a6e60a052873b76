"""Products, price lists and prices: one price at a time, in the currency of its list."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from weft.core.db.money import Money
from weft.core.errors import Denied, ValidationFailed
from weft.plugins.crm.services import products as services

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee")


@pytest.fixture
def catalogue(make_record):
    meter = make_record("crm.product", code="LD-3", name="Leak logger")["id"]
    china = make_record("crm.price_list", name="China", currency="cny")["id"]
    return {"product": meter, "list": china}


def _price(catalogue, amount="3250.00", currency="CNY", **more):
    return {
        "price_list": catalogue["list"],
        "product": catalogue["product"],
        "price": {"amount": amount, "currency": currency},
        **more,
    }


def test_a_price_is_named_by_its_product_and_list(catalogue, make_record):
    row = make_record("crm.price", **_price(catalogue))
    assert row["subject"] == "LD-3 · China"


def test_a_list_keeps_its_currency_in_capitals_and_prices_follow_it(catalogue, records_as):
    with records_as("crm.sales_manager", write=True) as records:
        assert records.get("crm.price_list", catalogue["list"])["currency"] == "CNY"
        with pytest.raises(ValidationFailed, match="in CNY"):
            records.create("crm.price", _price(catalogue, currency="EUR"))
        records.create("crm.price", _price(catalogue))
        with pytest.raises(ValidationFailed, match="make a new list"):
            records.update("crm.price_list", catalogue["list"], {"currency": "EUR"}, version=None)


def test_c46_two_prices_that_count_at_once_are_refused(catalogue, records_as):
    with records_as("crm.sales_manager", write=True) as records:
        first = records.create("crm.price", _price(catalogue, valid_to="2026-12-31"))
        with pytest.raises(ValidationFailed, match="already has a price"):
            records.create("crm.price", _price(catalogue, "3300.00", valid_from="2026-12-31"))
        records.create("crm.price", _price(catalogue, "3300.00", valid_from="2027-01-01"))
        records.create("crm.price", _price(catalogue, "3000.00", from_quantity="50"))
        with pytest.raises(ValidationFailed, match="already has a price"):
            records.update("crm.price", first["id"], {"valid_to": None}, version=None)


def test_an_import_with_contradicting_prices_is_refused_as_a_whole(catalogue, records_as):
    with records_as("crm.sales_manager", write=True) as records:
        with pytest.raises(ValidationFailed) as failed:
            records.load("crm.price", [_price(catalogue), _price(catalogue, "3400.00")])
        assert [error.index for error in failed.value.errors] == [1]
        assert records.query("crm.price").rows == []


def test_the_price_of_a_quantity_is_that_of_the_highest_step_it_reaches(catalogue, make_record, records_as):
    make_record("crm.price", **_price(catalogue))
    make_record("crm.price", **_price(catalogue, "3000.00", from_quantity="50"))
    make_record("crm.price", **_price(catalogue, "2000.00", from_quantity="100", valid_to="2020-01-01"))
    with records_as("crm.sales_rep") as records:
        found = services.prices_on(records, [catalogue["list"]], [catalogue["product"]], date(2026, 11, 25))
        steps = found[(catalogue["list"], catalogue["product"])]
    prices = [services.price_for(steps, Decimal(number)) for number in (1, 49, 50, 500)]
    assert [price.amount for price in prices] == [3250, 3250, 3000, 3000]
    assert services.amount_of(Decimal(12), Money("3250.00", "CNY"), Decimal("12.5")) == Money("34125.00", "CNY")


def test_a_rep_reads_the_catalogue_and_changes_nothing(catalogue, records_as):
    with records_as("crm.sales_rep", write=True) as records:
        assert records.get("crm.product", catalogue["product"])["code"] == "LD-3"
        with pytest.raises(Denied):
            records.update("crm.product", catalogue["product"], {"name": "X"}, version=None)
        with pytest.raises(Denied):
            records.create("crm.price", _price(catalogue))


def test_prices_are_kept_in_the_sheet_of_their_list(catalogue, client_as, records_as):
    client = client_as("crm.sales_manager")
    address = f"/employee/crm/price-list/{catalogue['list']}/prices"
    asked = {"HX-Request": "true", "HX-Target": "crm-prices"}
    new = {
        "product": str(catalogue["product"]),
        "price": "3250",
        "price_currency": "CNY",
        "from_quantity": "1",
        "_had": "product",
    }
    answer = client.post(address, data=new, headers=asked)
    assert answer.status_code == 200 and 'value="3250.00"' in answer.text
    again = client.post(address, data=new, headers=asked)
    assert again.status_code == 422 and "already has a price" in again.text
    with records_as("crm.sales_manager") as records:
        price = records.query("crm.price").rows[0]["id"]
    change = {
        "price": "3300",
        "price_currency": "CNY",
        "from_quantity": "1",
        "valid_from": "2026-01-01",
        "valid_to": "",
    }
    assert 'value="3300.00"' in client.post(f"{address}/{price}", data=change, headers=asked).text
    assert client.get(f"/employee/crm/price-lists/{catalogue['list']}").status_code == 200
    assert "3,300" in client.get(f"/employee/crm/products/{catalogue['product']}").text
    rep = client_as("crm.sales_rep")
    assert rep.post(f"{address}/{price}", data=change).status_code in (403, 404)
    assert rep.post(f"{address}/{price}/remove").status_code in (403, 404)
    assert rep.get(f"/employee/crm/price-lists/{catalogue['list']}").status_code == 200
    assert "No prices yet" in client.post(f"{address}/{price}/remove", headers=asked).text


def test_a_product_is_found_by_its_code(catalogue, client_as):
    """J3.3: one types the code of a product where a line asks for it."""
    client = client_as("crm.sales_manager")
    assert "Leak logger" in client.get("/employee/pick/crm/deal-lines/product/?q=LD-3").text
    assert "Leak logger" not in client.get("/employee/pick/crm/deal-lines/product/?q=LD-9").text
