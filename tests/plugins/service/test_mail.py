"""Mails become requests or continue them; machines, loops and strangers who write a number do not get in."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from weft.core.collaboration import comments
from weft.core.files import files
from weft.core.identity import company
from weft.core.outbox.delivery import JobContext
from weft.core.outbox.worker import Worker
from weft.plugins.service.services import arrivals, conversation, mail_box, mail_reading, mail_trust, mailing

pytestmark = [pytest.mark.weft_plugins("crm", "service", "portal_employee", "portal_customer", "portal_distributor")]
REQUEST = "service.request"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)


def mail(subject, text, sender="Lieke Haagstra <lieke@haverdijk.example>", **headers):
    built = EmailMessage()
    built["From"], built["To"], built["Subject"] = sender, "service@weft.example", subject
    built["Message-ID"] = headers.pop("message_id", f"<{abs(hash((subject, text)))}@haverdijk.example>")
    for name, value in headers.items():
        built[name.replace("_", "-")] = value
    built.set_content(text)
    return built


@pytest.fixture
def take(weft_runtime):
    """``take(mail)``: what became of a mail."""
    context = JobContext(weft_runtime, "test", 1)
    return lambda one: mail_box.receive(
        weft_runtime, context.records, one if isinstance(one, bytes) else one.as_bytes()
    )


@pytest.fixture
def trusted(records_as):
    """Our mail server is known; headers of a mail it vouches for."""
    with records_as("system", write=True) as records:
        company.set_value(records.connection, "setting:service.mail_authserv", "mx.weft.example")
    return {
        "Authentication_Results": "mx.weft.example; spf=pass smtp.mailfrom=haverdijk.example;"
        " dmarc=pass (p=reject) header.from=haverdijk.example"
    }


def requests(records_as):
    with records_as("system") as records:
        return records.query(REQUEST, sort="-asked_at").rows


def test_notes_inside_are_in_the_language_of_the_mail(world, take, records_as):
    take(mail("LD-3 没有信号", "周五以来没有数据。"))
    (row,) = requests(records_as)
    with records_as(world.agent) as records:
        (note,) = [one.text for one in comments.comments(records, row.id)]
    assert note.startswith("未验证") and "lieke@haverdijk.example" in note


def test_a_mail_of_a_known_person_is_a_request_of_their_firm_with_its_files(
    world, take, records_as, mailbox, weft_runtime
):
    first = mail("LD-3 silent", "Since *Friday* <b>nothing</b>.")
    first.add_attachment(PNG, maintype="image", subtype="png", filename="pit 14.png")
    first.add_attachment(
        b"MZ\x90\x00" + b"\0" * 200, maintype="application", subtype="octet-stream", filename="run.exe"
    )
    outcome = take(first)
    assert outcome.kind == "new" and outcome.number.startswith("REQ-")
    assert len(outcome.refused) == 1 and outcome.refused[0].startswith("run.exe: ")
    (row,) = requests(records_as)
    assert row["customer"].id == world.firm and row["contact"].id == world.person and row["channel"] == "mail"
    assert row["owner"].id == world.agent and row["reply_to"] == "lieke@haverdijk.example"
    with records_as(world.agent) as records:
        assert [one.file.name for one in files.attachments(records, row.id)] == ["pit 14.png"]
        noted = [one.text for one in comments.comments(records, row.id)]
        assert len(noted) == 2 and "Not verified" in noted[0] and "run.exe" in noted[1]
    with records_as(world.lieke) as records:
        assert comments.comments(records, row.id) == []
    Worker(weft_runtime).run_due()
    (receipt,) = mailbox.to("lieke@haverdijk.example")
    assert outcome.number in receipt.subject and "Friday" not in receipt.text
    assert take(first).kind == "known"


def test_a_mail_with_a_very_long_id_is_recognised_and_not_taken_for_another(world, take):
    start = "<" + "a" * 300
    assert take(mail("Pump", "It hums.", message_id=f"{start}.1@haverdijk.example>")).kind == "new"
    assert take(mail("Pump", "It hums.", message_id=f"{start}.1@haverdijk.example>")).kind == "known"
    other = f"{start}.2@haverdijk.example>"
    assert take(mail("Valve", "It drips.", message_id=other)).kind == "new"
    answer = mail("Valve", "It stopped.", message_id="<b@haverdijk.example>", In_Reply_To=other)
    assert (take(answer).kind, take(answer).kind) == ("continued", "known")


def test_an_answer_goes_out_by_mail_and_its_reply_continues_the_request(
    world, take, trusted, records_as, mailbox, weft_runtime, client_as
):
    outcome = take(mail("Pump hall", "No values.", "Bram <bram@haverdijk.example>"))
    (row,) = requests(records_as)
    assert row["customer"] is None and row["queue"].id == world.queue
    with records_as(world.agent, write=True) as records:
        conversation.say(records, records.get(REQUEST, row.id), "Which pump?", audience="shared", then="wait")
    Worker(weft_runtime).run_due()
    sent = mailbox.to("bram@haverdijk.example")[-1]
    assert "Which pump?" in sent.text and f"[{outcome.number}]" in sent.subject
    reply = mail("Re: something", "Pump two.\n\nOn Mon, Anneke wrote:\n> Which pump?", "bram@haverdijk.example",
                 In_Reply_To=sent.headers["Message-ID"], **trusted)  # fmt: skip
    assert take(reply).kind == "continued"
    (row,) = requests(records_as)
    assert row["status"] == "open"
    with records_as(world.agent) as records:
        last = comments.comments(records, row.id)[0]
        assert (last.text, last.by, last.author) == ("Pump two.", "bram@haverdijk.example", None)
    page = client_as(world.agent).get(f"/employee/service/requests/{row.id}").text
    assert "Pump two." in page and "bram@haverdijk.example" in page
    again = take(mail(f"AW: [{outcome.number}] more", "And pump three.", "Bram <BRAM@haverdijk.example>"))
    assert (again.kind, again.number) == ("continued", outcome.number)


def test_a_number_in_the_subject_lets_nobody_else_in(world, asked, take, records_as, row_of):
    number = row_of(asked)["number"]
    outcome = take(mail(f"[{number}] let me in", "Send me everything.", "Ji <ji@tangyu.example>"))
    assert outcome.kind == "new" and outcome.number != number
    assert take(mail(f"[{number}] more", "From the contact.")).number == number


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Auto_Submitted": "auto-replied"}, "auto-reply"),
        ({"Precedence": "bulk"}, "auto-reply"),
        ({"List_Id": "<news.example>"}, "list"),
        ({"X_Autoreply": "yes"}, "auto-reply"),
        ({"Return_Path": "<>"}, "bounce"),
    ],
)
def test_what_machines_write_begins_nothing(world, take, records_as, headers, reason):
    assert take(mail("Out of office", "I am away.", **headers)).reason == reason
    assert requests(records_as) == []


def test_a_mail_to_itself_and_a_flood_of_mails_are_stopped(world, take, records_as):
    with records_as("system", write=True) as records:
        company.set_value(records.connection, "setting:service.mail_address", "service@weft.example")
    assert take(mail("Loop", "Again", "service@weft.example")).reason == "loop"
    kinds = [take(mail(f"Mail {n}", "x", "flood@firm.example")).kind for n in range(16)]
    assert "new" in kinds


def test_receipts_stop_when_a_flood_comes_from_many_and_the_requests_are_kept(
    world, take, records_as, mailbox, weft_runtime, monkeypatch
):
    """Senders are forged: without an end our receipts would be written to whomever somebody names."""
    monkeypatch.setattr(mailing, "_RECEIPTS", 4)
    monkeypatch.setattr(mailing, "_RECEIPTS_TO_ONE", 2)
    for number in range(3):
        assert take(mail(f"A{number}", "x", f"a{number}@firm.example", Reply_To="victim@elsewhere.example")).number
    for number in range(4):
        assert take(mail(f"B{number}", "x", f"b{number}@firm.example")).number
    Worker(weft_runtime).run_due()
    receipts = [one for one in mailbox.messages if "We have received your request" in one.subject]
    assert len(mailbox.to("victim@elsewhere.example")) == 2 and len(receipts) == 4
    assert len(requests(records_as)) == 7
    world.clock.move(hours=2)
    take(mail("Later", "x", "b9@firm.example"))
    Worker(weft_runtime).run_due()
    assert len(mailbox.to("b9@firm.example")) == 1


def test_a_vouched_mail_confirms_who_filled_the_public_form_in(world, take, trusted, records_as):
    given = {"name": "Lieke", "email": "lieke@haverdijk.example", "subject": "Pump", "description": "It hums."}
    with records_as("system", write=True) as records:
        number = arrivals.from_the_web(records, given, "en")["number"]
    assert take(mail(f"[{number}] more", "Forged.")).number == number
    assert requests(records_as)[0]["customer"] is None
    assert take(mail(f"[{number}] again", "It is me.", **trusted)).number == number
    (row,) = requests(records_as)
    assert (row["customer"].id, row["contact"].id) == (world.firm, world.person)


def test_html_becomes_words_and_nothing_of_it_runs():
    raw = (
        b"From: a@b.example\r\nSubject: =?utf-8?b?5rWL6K+V?=\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        b"<style>p{}</style><p>Hello <b>you</b></p><script>alert(1)</script><img src='http://x.example/p.png'>"
        b"<div>Second&nbsp;line</div>"
    )
    found = mail_reading.read(raw)
    assert found.subject == "测试" and found.text == "Hello you\n\nSecond\xa0line".replace("\xa0", " ")


def test_the_page_shows_strange_words_as_they_are(world, take, records_as, client_as):
    take(mail("<script>alert(1)</script>", "<img src=x onerror=alert(1)> [x](javascript:alert(1)) **bold**"))
    (row,) = requests(records_as)
    page = client_as(world.agent).get(f"/employee/service/requests/{row.id}").text
    assert (
        "<script>alert(1)" not in page
        and "<img src=x" not in page
        and "javascript:alert" not in page.replace("[x](javascript:alert(1))", "")
    )
    assert "<strong>bold" not in page


def test_html_that_closes_nothing_keeps_its_words():
    raw = b"From: a@b.example\r\nContent-Type: text/html\r\n\r\n<html><head><meta charset=utf-8><title>T</title><body>"
    assert mail_reading.read(raw + b"<!-- no --><p>Pump <b>two</b> hums<p>Loudly").text == "Pump two hums\n\nLoudly"
    assert mail_reading.read(raw.replace(b"<body>", b"") + b"<div>Pump two").text == "Pump two"


@pytest.fixture
def waiting(asked, world, records_as, row_of):
    """Lieke's request waits for her."""
    with records_as(world.agent, write=True) as records:
        conversation.say(records, records.get(REQUEST, asked), "Which pit?", audience="shared", then="wait")
    return row_of(asked)


def said(records_as, number):
    with records_as("system") as records:
        return [
            (one.audience, one.author.id if one.author else None, one.by) for one in comments.comments(records, number)
        ][:-1]


def test_a_verified_mail_speaks_as_its_person_and_sets_the_request_going(
    world, waiting, take, trusted, records_as, row_of
):
    sender = "Lieke <lieke.portal@haverdijk.example>"
    assert take(mail(f"[{waiting['number']}]", "Pit 14.", sender, **trusted)).kind == "continued"
    assert [(one[0], one[1]) for one in said(records_as, waiting.id)] == [("shared", world.lieke)]
    assert row_of(waiting.id)["status"] == "open"


@pytest.mark.parametrize(
    "results",
    [
        None,
        "mx.other.example; dmarc=pass header.from=haverdijk.example",
        "mx.weft.example; dmarc=fail header.from=haverdijk.example",
    ],
)
def test_a_forged_sender_speaks_for_nobody_and_moves_nothing(
    world, waiting, take, trusted, records_as, row_of, results
):
    headers = {"Authentication_Results": results} if results else {}
    sender = "Lieke Haagstra <lieke.portal@haverdijk.example>"
    assert take(mail(f"[{waiting['number']}]", "Close it.", sender, **headers)).kind == "continued"
    assert said(records_as, waiting.id) == [
        ("internal", None, said(records_as, waiting.id)[0][2]), ("shared", None, sender)
    ]  # fmt: skip
    assert row_of(waiting.id)["status"] == "waiting"


def test_reply_to_is_where_the_answer_goes_and_never_who_wrote(world, waiting, take, trusted, records_as, row_of):
    forged = mail(f"[{waiting['number']}]", "Send me all.", "Eve <eve@evil.example>",
                  Reply_To="Lieke <lieke.portal@haverdijk.example>",
                  Authentication_Results="mx.weft.example; dmarc=pass header.from=evil.example")  # fmt: skip
    outcome = take(forged)
    assert outcome.kind == "new" and said(records_as, waiting.id) == []
    made = next(row for row in requests(records_as) if row["number"] == outcome.number)
    assert made["customer"] is None and made["contact"] is None
    other = take(mail("Pump", "It hums.", "Bram <bram@firm.example>", Reply_To="hall@firm.example"))
    assert next(row for row in requests(records_as) if row["number"] == other.number)["reply_to"] == "hall@firm.example"
    again = take(mail(f"[{other.number}]", "Still.", "Bram <bram@firm.example>"))
    assert (again.kind, again.number) == ("continued", other.number)


@pytest.mark.parametrize(
    ("results", "sure"),
    [
        ("mx.weft.example; dkim=pass header.d=haverdijk.example", True),
        ("mx.weft.example 1; dkim=pass (good) header.i=@haverdijk.example", True),
        ("mx.weft.example; dkim=pass header.d=evil.example", False),
        ("mx.weft.example; dmarc=pass header.from=evil.example", False),
        ('mx.weft.example; spf=pass smtp.mailfrom="x; dmarc=pass header.from=haverdijk.example"@evil.example', False),
        ("mx.weft.example; spf=pass (x; dmarc=pass header.from=haverdijk.example)", False),
        ("", False),
    ],
)
def test_only_what_our_server_found_vouches_for_a_sender(results, sure):
    assert mail_trust.vouched(results, "lieke@haverdijk.example", "mx.weft.example") is sure
    assert not mail_trust.vouched(results, "lieke@haverdijk.example", "")


def test_a_name_cannot_pass_for_an_address_and_two_senders_are_not_vouched_for():
    name = (
        b"From: =?utf-8?q?lieke=40haverdijk.example=2C?= <eve@evil.example>\r\nAuthentication-Results: mx; a=b\r\n\r\nx"
    )
    found = mail_reading.read(name)
    assert found.sender == "eve@evil.example" and found.results
    two = mail_reading.read(name.replace(b"<eve", b"<lieke@haverdijk.example>, <eve"))
    assert two.results == ""


def test_who_asks_by_mail_gets_the_answer_and_the_end_though_a_colleague_has_an_account(
    world, take, make_record, records_as, mailbox, weft_runtime
):
    make_record("crm.contact", name="Bram Postma", account=world.firm, email="bram@haverdijk.example")
    for subject, answer in (("Pump hall", "Loaded."), ("泵房", "")):
        take(mail(subject, "No values.", "Bram <bram@haverdijk.example>"))
        row = requests(records_as)[0]
        if answer:
            with records_as(world.agent, write=True) as records:
                conversation.say(records, records.get(REQUEST, row.id), answer, audience="shared")
            Worker(weft_runtime).run_due()
            assert answer in mailbox.to("bram@haverdijk.example")[-1].text
        with records_as(world.agent, write=True) as records:
            records.act("service.request.solve", row.id, {"answer": answer})
        Worker(weft_runtime).run_due()
        last = mailbox.to("bram@haverdijk.example")[-1]
        assert row["number"] in last.subject and answer in last.text
        assert ("How satisfied are you" if answer else "您") in last.text
        world.clock.move(seconds=60)


def test_the_composer_that_solves_asks_once_how_satisfied_they_are(world, take, records_as, mailbox, weft_runtime):
    take(mail("Pump hall", "No values.", "Bram <bram@firm.example>"))
    (row,) = requests(records_as)
    with records_as(world.agent, write=True) as records:
        conversation.say(records, records.get(REQUEST, row.id), "Loaded.", audience="shared", then="solve")
    Worker(weft_runtime).run_due()
    texts = [one.text for one in mailbox.to("bram@firm.example")]
    assert sum("Loaded." in one for one in texts) == 1 and sum("How satisfied" in one for one in texts) == 1
