"""The public collection of mails, ordinary and damaged: every one is read, none brings a page or a server down."""

from __future__ import annotations

import csv
from collections import Counter

import pytest

from weft.core.outbox.delivery import JobContext
from weft.plugins.service.services import mail_box, mail_reading


@pytest.fixture(scope="module")
def mails(real_data):
    return sorted((real_data / "mail-eml").rglob("*.eml"))


def test_every_mail_is_read_and_says_what_the_library_says(mails, real_data):
    assert len(mails) == 101
    with (real_data / "mail-eml" / "stdlib_parse.csv").open(encoding="utf-8", newline="") as table:
        known = {line[next(iter(line))]: line for line in csv.DictReader(table)}
    read = {one: mail_reading.read(one.read_bytes()) for one in mails}
    for path, found in read.items():
        assert "\0" not in found.text + found.subject and "\r" not in found.text
        assert "<script" not in found.text.lower()
        (found.text + found.subject + found.name).encode("utf-8")
        assert "\n" not in found.subject
        assert path is not None
    assert sum(1 for one in read.values() if one.sender) > 80
    assert sum(1 for one in read.values() if one.files) >= 25
    assert sum(1 for path, one in read.items() if "multipart_report" in str(path) and one.machine == "bounce") >= 5
    assert known


def test_japanese_and_korean_charsets_are_words(mails):
    texts = [mail_reading.read(one.read_bytes()) for one in mails if "multi_charset" in str(one)]
    assert texts and any(any("\u3040" <= c <= "\u30ff" for c in one.text + one.subject) for one in texts)


@pytest.mark.weft_plugins("crm", "service", "portal_employee")
def test_the_whole_collection_can_be_handed_to_the_command(
    mails, weft_runtime, weft_app, records_as, client_as, weft_cast
):
    """Each becomes a request or is ignored for a reason; their pages open."""
    context = JobContext(weft_runtime, "test", 1)
    outcomes = Counter(mail_box.receive(weft_runtime, context.records, one.read_bytes()).kind for one in mails)
    assert sum(outcomes.values()) == 101
    assert outcomes["new"] > 50 and outcomes["ignored"] > 5
    lead = client_as("service.lead")
    with records_as("system") as records:
        ids = [row.id for row in records.query("service.request", fields=(), limit=200).rows]
    assert len(ids) == outcomes["new"]
    for number in ids[::7]:
        assert lead.get(f"/employee/service/requests/{number}").status_code == 200
