"""Public web forms: what a stranger sees and learns, who receives it, and what machines and other sites are refused."""

from __future__ import annotations

import re

import pytest

from weft.core.collaboration import notices
from weft.core.errors import ValidationFailed
from weft.core.ops.value_lists import install_defaults
from weft.core.outbox.worker import Worker

pytestmark = [pytest.mark.weft_plugins("crm", "portal_employee")]

MANAGER, REP = "crm.sales_manager", "crm.sales_rep"
ADDRESS = "/crm/forms/contact"


@pytest.fixture
def form(weft_runtime, make_record):
    install_defaults(weft_runtime)
    return make_record(
        "crm.web_form", name="Contact", slug="contact", title_en="Ask us", title_zh="联系我们", intro_en="We answer.",
        asks=["company", "person", "email", "phone", "need", "country", "industry"], requires=["person", "email"],
    )["id"]  # fmt: skip


@pytest.fixture
def visitor(weft_app, moved_clock):
    """Fills the form in as a person would: looks, takes half a minute, sends."""
    client = weft_app.test_client()

    class Visitor:
        def look(self, query=""):
            return client.get(ADDRESS + query)

        def send(self, wait=30, token=None, query="", **given):
            token = token or re.search(r'name="_shown" value="([^"]+)"', self.look(query).text).group(1)
            moved_clock.move(seconds=wait)
            answers = {"company": "Inkboat Heating", "person": "Qi Mingyuan", "email": "qi@inkboat.example",
                       "need": "Twelve meters", "consent": "1"}  # fmt: skip
            return client.post(ADDRESS + query, data={**answers, "_shown": token, **given}, forged=True)

    return Visitor()


def leads(records_as):
    with records_as("system") as records:
        return records.query("crm.lead").rows


def test_a_sent_form_is_a_lead_with_source_consent_and_number(
    weft_runtime, form, visitor, records_as, weft_cast, client_as
):
    """S1 step 1: Unassigned +1 with source Web form; the visitor has a number, nobody else has anything."""
    boss, rep = weft_cast.user(MANAGER), weft_cast.user(REP)
    page = visitor.look()
    assert page.status_code == 200 and "Ask us" in page.text and "We answer." in page.text
    answer = visitor.send()
    assert answer.status_code == 200, answer.text
    (lead,) = leads(records_as)
    assert lead["number"] in answer.text
    assert (lead["name"], lead["person"], lead["email"]) == ("Inkboat Heating", "Qi Mingyuan", "qi@inkboat.example")
    assert lead["source"].title == "Web form" and lead["owner"] is None and lead["form"].id == form
    assert lead["consent"] == "given" and lead["consent_on"] is not None
    assert lead["consent_text"] == "I agree that you use these data to answer my request."
    Worker(weft_runtime).run_due()
    unassigned = client_as(boss).get("/employee/crm/leads/?view=crm.leads_unassigned").text
    assert "Inkboat Heating" in unassigned
    with records_as(boss) as records:
        assert [one.kind for one in notices.inbox(records)] == ["crm.lead_waiting"]
    with records_as(rep) as records:
        assert notices.inbox(records) == [] and records.query("crm.lead").rows == []


def test_the_form_speaks_both_languages(form, visitor, records_as):
    assert "联系我们" in visitor.look("?lang=zh").text and 'lang="zh-CN"' in visitor.look("?lang=zh").text
    assert "我同意" in visitor.look("?lang=zh").text and "Ask us" in visitor.look("?lang=en").text
    visitor.send(query="?lang=zh")
    (lead,) = leads(records_as)
    assert lead["language"] == "zh" and lead["consent_text"].startswith("我同意")


def test_the_receiver_of_the_form_is_told_at_sign_in(weft_runtime, form, visitor, records_as, weft_cast, client_as):
    rep = weft_cast.user(REP, name="Lin Shutong")
    with records_as("system", write=True) as records:
        records.update("crm.web_form", form, {"receiver": rep}, version=None)
    visitor.send()
    Worker(weft_runtime).run_due()
    (lead,) = leads(records_as)
    assert lead["owner"].id == rep and lead["awaits_contact"]
    assert "New leads were assigned to you" in client_as(rep).get("/employee/").text


def test_a_rule_gives_what_the_form_brings(form, visitor, records_as, weft_cast, make_record):
    rep = weft_cast.user(REP)
    make_record("crm.allocation_rule", name="All", applies="lead", method="person", person=rep)
    visitor.send()
    assert leads(records_as)[0]["owner"].id == rep


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"person": ""}, "Please fill this in."),
        ({"email": ""}, "Please fill this in."),
        ({"consent": "0"}, "Please agree"),
        ({"email": "no address"}, "mail"),
        ({"phone": "abc"}, "phone"),
    ],
)
def test_what_lacks_or_is_wrong_is_said_and_nothing_typed_is_lost(form, visitor, records_as, given, told):
    answer = visitor.send(**given)
    assert answer.status_code == 422 and told.lower() in answer.text.lower()
    assert "Twelve meters" in answer.text
    assert leads(records_as) == []
    again = re.search(r'name="_shown" value="([^"]+)"', answer.text).group(1)
    assert visitor.send(token=again).status_code == 200
    assert len(leads(records_as)) == 1


def test_machines_are_kept_out_and_learn_nothing(form, visitor, records_as, weft_app):
    trapped = visitor.send(homepage="https://spam.example")
    assert trapped.status_code == 200 and "Thank you" in trapped.text
    assert visitor.send(wait=1).status_code == 422
    assert visitor.send(token="forged").status_code == 422
    assert visitor.send(wait=25 * 3600).status_code == 422
    other = weft_app.test_client().post(
        ADDRESS, data={"person": "X"}, headers={"Sec-Fetch-Site": "cross-site"}, forged=True
    )
    assert other.status_code == 403
    assert leads(records_as) == []


def test_a_double_tap_makes_one_lead_and_an_address_sends_twenty_an_hour(form, visitor, records_as, moved_clock):
    token = re.search(r'name="_shown" value="([^"]+)"', visitor.look().text).group(1)
    first, second = visitor.send(token=token), visitor.send(token=token, wait=0)
    assert first.status_code == second.status_code == 200
    assert len(leads(records_as)) == 1
    answers = [visitor.send(email=f"p{n}@firm.example").status_code for n in range(20)]
    assert answers == [200] * 19 + [429]
    moved_clock.move(hours=2)
    assert visitor.send().status_code == 200


def test_unknown_and_shut_forms_are_not_found_and_known_addresses_answer_alike(
    form, visitor, weft_app, records_as, make_record, weft_cast
):
    assert weft_app.test_client().get("/crm/forms/other").status_code == 404
    make_record("crm.account", owner=weft_cast.user(REP), name="Inkboat Heating", role=["customer"],
                email="qi@inkboat.example")  # fmt: skip
    known, unknown = visitor.send(), visitor.send(company="Nobody", email="x@nobody.example")
    shape = re.compile(r'LEAD-\d+|value="[^"]*"|content="[^"]*"')
    assert shape.sub("", known.text) == shape.sub("", unknown.text)
    with records_as("system", write=True) as records:
        records.update("crm.web_form", form, {"active": False}, version=None)
    assert visitor.look().status_code == 404


def test_only_named_sites_may_frame_the_form_and_nothing_else_of_weft(form, visitor, records_as, weft_app):
    assert "frame-ancestors 'none'" in visitor.look().headers["Content-Security-Policy"]
    with records_as("system", write=True) as records:
        records.update("crm.web_form", form, {"origins": "https://www.firm.example\nhttps://shop.firm.example/"},
                       version=None)  # fmt: skip
    policy = visitor.look().headers["Content-Security-Policy"]
    assert "frame-ancestors https://www.firm.example https://shop.firm.example;" in policy
    assert "default-src 'none'" in policy and "Access-Control-Allow-Origin" not in visitor.look().headers
    sign_in = weft_app.test_client().get("/auth/employee/sign-in")
    assert "frame-ancestors 'none'" in sign_in.headers["Content-Security-Policy"]
    with records_as("system", write=True) as records:
        for wrong in ("https://a.example; script-src *", "*", "javascript:alert(1)", "https://a.example/path"):
            with pytest.raises(ValidationFailed):
                records.update("crm.web_form", form, {"origins": wrong}, version=None)
        with pytest.raises(ValidationFailed):
            records.update("crm.web_form", form, {"slug": "../x"}, version=None)


def test_whoever_is_signed_in_is_nobody_there(form, client_as, records_as, moved_clock):
    browser = client_as(MANAGER)
    token = re.search(r'name="_shown" value="([^"]+)"', browser.get(ADDRESS).text).group(1)
    moved_clock.move(seconds=30)
    browser.post(ADDRESS, data={"person": "P", "email": "p@firm.example", "consent": "1", "_shown": token}, forged=True)
    with records_as("system") as records:
        (lead,) = records.query("crm.lead").rows
        assert lead["owner"] is None and records.history(lead["id"])[-1].person is None


def test_thanks_go_by_mail_where_it_is_set_up_without_what_was_typed(weft_runtime, form, visitor, mailbox):
    for _time in range(3):
        visitor.send(need="<b>Buy here</b>")
    Worker(weft_runtime).run_due()
    sent = mailbox.to("qi@inkboat.example")
    assert len(sent) == 2 and "LEAD-" in sent[0].text and "Buy" not in sent[0].text


def test_who_sets_a_form_up_finds_the_code_to_embed(form, client_as):
    page = client_as(MANAGER).get(f"/employee/crm/web-forms/{form}").text
    assert "/crm/forms/contact" in page and "&lt;iframe src=" in page
