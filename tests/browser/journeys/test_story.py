"""The story through everything (S1 and S2) in the browser: each step in the portal of the person who does it.

One test per language on a demo of its own; figures move as the story tells.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.journeys.story import charging, delivering, leaving, selling
from tests.browser.journeys.story.hands import Story


@pytest.mark.parametrize("locale", ["en", "zh"])
def test_the_story_from_a_web_form_to_the_hand_over(visit: Any, company: Any, say: Any, locale: str) -> None:
    s = Story(visit, company, say, locale)
    selling.a_visitor_asks(s)
    selling.the_manager_gives_it_away(s)
    selling.the_rep_wins_the_deal(s)
    selling.the_contract_is_agreed_to(s)
    delivering.the_project_is_made(s)
    delivering.the_customer_reads_and_asks(s)
    delivering.work_and_a_claim_are_booked(s)
    delivering.the_subcontractor_bills(s)
    charging.the_customer_accepts_and_pays(s)
    charging.the_manager_sees_the_margin_and_the_course(s)
    leaving.the_customers_are_handed_over(s, leaving.the_rep_is_about_to_leave(s))
    leaving.the_list_is_worked_off(s)
    leaving.the_last_day_passes(s)
