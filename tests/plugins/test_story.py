"""The story through everything (journeys S1 and S2): from a web form to the margin, and a rep who leaves.

Each person acts with the own session and token; forms are sent where programs have no door. What the story tells of
figures, words and rights is checked at each step.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.plugins.story import charging, delivering, leaving, selling
from tests.plugins.story.world import build

pytestmark = [
    pytest.mark.slow,
    pytest.mark.weft_plugins(
        "communication", "crm", "documents", "finance", "hrm", "projects", "service", "workflow", "portal_employee",
        "portal_customer", "portal_supplier", "portal_distributor",
    ),
]  # fmt: skip


@pytest.mark.parametrize("locale", ["en", "zh"])
def test_from_a_web_form_to_the_margin_and_the_hand_over(
    locale: str, weft_app: Any, weft_runtime: Any, weft_cast: Any, make_record: Any, moved_clock: Any
) -> None:
    w = build(weft_app, weft_runtime, weft_cast, make_record, moved_clock, locale)
    selling.a_visitor_asks(w)
    selling.the_manager_gives_it_away(w)
    selling.the_rep_wins_the_deal(w)
    selling.the_contract_is_agreed_to(w)
    delivering.the_project_is_made(w)
    delivering.the_customer_reads_and_asks(w)
    delivering.work_and_a_claim_are_booked(w)
    delivering.the_subcontractor_bills(w)
    charging.the_customer_accepts_and_pays(w)
    charging.the_manager_sees_the_margin_and_the_course(w)
    leaving.the_rep_is_about_to_leave(w, make_record)
    leaving.the_customers_are_handed_over(w)
    leaving.what_was_said_is_kept(w)
    leaving.the_last_day_passes(w)
