"""Lists, pages and menu entries of duplicates, registrations and requests; warnings while a form is filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from weft.core.sdk import (
    FormCheck,
    FormWarning,
    HttpRoute,
    ListView,
    NavEntry,
    NewEntry,
    RecordPage,
    ValidationFailed,
    translator,
)
from weft.plugins.crm.grants import MANAGER
from weft.plugins.crm.services import channel, channel_checks, collision, requests

_ = translator("crm")


def ask(view: Any) -> Any:
    """Send a request for the customer that is being typed."""
    try:
        made = requests.ask(view.records, {name: value[:400] for name, value in view.form.items()})
    except ValidationFailed as error:
        view.undo_all()
        view.toast(error.errors[0].message)
        return view.done()
    if made is None:
        view.toast(_("You asked for this customer already."))
    else:
        view.toast(_("Request sent"), undo=view.records.change_set_id)
    return view.done()


def merge_pair(view: Any, record_id: int = 0) -> Any:
    """Lead from a pair to the page where its two records are merged."""
    view.require("crm.duplicate", "update", record_id)
    row = view.records.get("crm.duplicate", record_id)
    first, second = row["first"], row["second"]
    return view.redirect(view.url(first.type, "merge", keep=first.id, drop=second.id))


def _check(entity: str) -> Any:
    def check(
        records: Any, rows: Sequence[Mapping[str, Any]], record_id: int | None
    ) -> Sequence[Sequence[FormWarning]]:
        return collision.warnings(records, entity, rows, record_id)

    return check


def _registration(
    records: Any, rows: Sequence[Mapping[str, Any]], record_id: int | None
) -> Sequence[Sequence[FormWarning]]:
    """Partners learn that a firm is taken, colleagues by whom."""
    if channel.is_partner(records):
        return channel_checks.warnings(records, rows, record_id)
    return collision.warnings(records, "crm.registration", rows, record_id)


def _currency(view: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """A partner's amount is in the currency of its price list."""
    found = channel.currency(view.records)
    return {"amount": {"amount": "", "currency": found}} if found else {}


FORM_CHECKS = [
    FormCheck("crm.registered_twice", "crm.registration", ("name", "phone", "website"), _registration),
    FormCheck("crm.account_twice", "crm.account", ("name", "name_alt", "phone", "website", "email", "tax_id"),
              _check("crm.account")),
    FormCheck("crm.contact_twice", "crm.contact", ("name", "name_alt", "mobile", "phone", "email"),
              _check("crm.contact")),
    FormCheck("crm.lead_twice", "crm.lead", ("name", "company", "phone", "website", "email"), _check("crm.lead")),
]  # fmt: skip

VIEWS: list[Any] = [
    ListView("crm.registrations_live", "crm.registration", _("Protected"), {"status__in": "registered,joint"},
             sort="protected_until", order=10),
    ListView("crm.registrations_all", "crm.registration", _("All"), {}, sort="-registered_on", order=20),
    ListView("crm.requests_open", "crm.customer_request", _("Waiting"), {"status": "open"}, order=10),
    ListView("crm.requests_all", "crm.customer_request", _("All"), {}, order=20),
    ListView("crm.duplicates_open", "crm.duplicate", _("To decide"), {"status": "open"}, sort="-score", order=10),
    ListView("crm.duplicates_all", "crm.duplicate", _("All"), {}, sort="-score", order=20),
]  # fmt: skip
NAVIGATION: list[Any] = [
    NavEntry("crm.nav_registrations", "partners", _("Deal registrations"), entity="crm.registration",
             query={"status__in": "registered,joint"}, order=30),
    NavEntry(
        "crm.nav_requests", "partners", _("Requests for customers"), entity="crm.customer_request",
        query={"status": "open"}, order=35, roles=(MANAGER,),
    ),
    NavEntry("crm.nav_duplicates", "partners", _("Duplicates"), entity="crm.duplicate", query={"status": "open"},
             order=60, roles=(MANAGER,)),
    NewEntry("crm.registration", _("Deal registration"), order=70, roles=(MANAGER,)),
]  # fmt: skip
RECORD_PAGES: list[Any] = [
    RecordPage("crm.registration", facts=("partner", "status", "protected_until", "product", "amount"),
               preset=_currency,
               sections=[(_("Customer"), ("name", "person", "phone", "website", "account")),
                         (_("Deal"), ("partner", "product", "amount", "expected_on", "opportunity", "decision"))]),
    RecordPage("crm.customer_request", facts=("owner", "account", "registration", "status")),
    RecordPage("crm.duplicate", facts=("first", "second", "score", "reasons", "status")),
]  # fmt: skip
ROUTES: list[Any] = [
    HttpRoute("/ask-for-customer", collision.ASK, ask, "grant:read:crm.customer_request", methods=("POST",)),
    HttpRoute("/duplicates/<int:record_id>/merge-pair", "crm.merge_pair", merge_pair, "grant:update:crm.duplicate",
              methods=("GET", "POST")),
]  # fmt: skip
