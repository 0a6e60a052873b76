"""vCards of real programs: every card is read, imported, and comes back with what Weft has no field for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from weft.core.import_export.people import card_of, plan_cards, store_cards
from weft.core.import_export.vcards import read_cards, write_card

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee")

CARDS = {"John_Doe_ANDROID": 6, "gmail-list": 3, "rfc2426-example": 2}


@pytest.fixture
def files(data_file: Callable[..., Path]) -> list[Path]:
    """All files of cards."""
    return sorted(data_file("contacts-vcf").glob("*.vcf"))


def test_every_card_is_read(files: list[Path]) -> None:
    counts = {path.stem: len(read_cards(path.read_bytes())) for path in files}
    assert counts == {path.stem: CARDS.get(path.stem, 1) for path in files} and len(files) == 13


def test_known_answers(files: list[Path]) -> None:
    cards = {path.stem: read_cards(path.read_bytes()) for path in files}
    outlook = cards["outlook-2003"][0]
    assert (outlook.name, outlook.company, outlook.text("TITLE")) == ("John Doe III", "Company, The", "The Job Title")
    assert outlook.text("NOTE").splitlines()[:2] == ["This is the note field!!", "Second line"]
    dawson, howes = cards["rfc2426-example"]
    assert (dawson.name, howes.email) == ("Frank Dawson", "howes@netscape.com")
    assert cards["rfc6350-example"][0].phone(mobile=True) == "+1-418-262-6501"


def test_a_round_trip_keeps_what_is_unknown(files: list[Path]) -> None:
    for path in files:
        for card in read_cards(path.read_bytes()):
            again = read_cards(write_card({"name": card.name, "email": card.email}, card).encode())[0]
            own = [(one.name, one.value) for one in card.lines if one.name.startswith("X-")]
            assert [(one.name, one.value) for one in again.lines if one.name.startswith("X-")] == own, path.name
            assert again.name == card.name


def test_all_files_import_and_are_found_again_by_mail(files: list[Path], records_as: Any) -> None:
    for path in files:
        with records_as("crm.sales_manager", write=True) as records:
            entity = records.runtime.registry.entity("crm.contact")
            plan = plan_cards(records, entity, path.read_bytes())
            assert len(plan.fresh) + len(plan.known) == CARDS.get(path.stem, 1) and not plan.nameless, path.name
            store_cards(records, entity, plan)
            again = plan_cards(records, entity, path.read_bytes())
            with_mail = [card for card, _values in plan.fresh if card.email]
            assert len(again.known) == len(with_mail) + len(plan.known), path.name


def test_a_contact_comes_back_as_a_card_with_picture_and_unknown_properties(files: list[Path], records_as: Any) -> None:
    path = next(path for path in files if path.stem.startswith("thunderbird"))
    with records_as("crm.sales_manager", write=True) as records:
        firm = records.create("crm.account", {"name": "TheOrganization", "role": ["customer"]})["id"]
        entity = records.runtime.registry.entity("crm.contact")
        store_cards(records, entity, plan_cards(records, entity, path.read_bytes()))
        row = records.query("crm.contact", filters={"email": "doe.john@hotmail.com"}).rows[0]
        assert row["account"].id == firm and "555-555-5555" in row["note"]  # no number of any country
        text = card_of(records, entity, row.id)
    before, after = read_cards(path.read_bytes())[0], read_cards(text.encode())[0]
    assert after.name == "John Doe" and after.company == "TheOrganization"
    assert len(after.all("PHOTO")) == len(before.all("PHOTO")) == 1
    assert {one.name for one in before.lines if one.name.startswith("X-")} <= {one.name for one in after.lines}
