"""What partners and the company say and send each other about a record they share; what is internal stays inside."""

from __future__ import annotations

import io

import pytest

from weft.core.collaboration import comments, notices
from weft.core.errors import Denied, NotFound
from weft.core.files import files
from weft.core.outbox.worker import Worker

pytestmark = pytest.mark.weft_plugins("crm", "portal_employee", "portal_distributor")
DEAL = "crm.opportunity"


@pytest.fixture
def deal(make_record, channel_scene):
    """An open deal of Baltmere, looked after by Gu Nanqiao."""
    scene = channel_scene
    given = {"name": "Loggers", "account": scene.ours, "stage": scene.stages["contact"], "partner": scene.baltmere}
    return int(make_record(DEAL, owner=scene.gu, **given)["id"])


def attach(runtime, records, record, name, audience=None):
    received = files.receive(runtime, io.BytesIO(b"%PDF-1.7\n%%EOF\n"), name)
    return files.attach(records, record, received, audience=audience)


def test_both_sides_talk_and_send_files_about_a_deal(weft_runtime, client_as, records_as, channel_scene, deal):
    scene, path = channel_scene, f"/distributor/crm/opportunities/{deal}"
    with records_as(scene.gu, write=True) as records:
        comments.add(records, deal, "They will not pay more than 900.")
        comments.add(records, deal, "Shall we come along on Friday?", audience="shared")
        attach(weft_runtime, records, deal, "margin.pdf", "internal")
        attach(weft_runtime, records, deal, "drawing.pdf", "shared")
    kadri = client_as(scene.kadri)
    page = kadri.get(f"{path}?tab=timeline").text
    assert "Shall we come along" in page and "pay more than" not in page
    held = kadri.get(f"{path}?tab=files").text
    assert "drawing.pdf" in held and "margin.pdf" not in held
    assert kadri.post(f"{path}/comments", data={"text": "Yes, at ten."}).status_code in (200, 204, 303)
    sent = kadri.post(f"{path}/attach", data={"file": (io.BytesIO(b"%PDF-1.7\n%%EOF\n"), "offer.pdf")})
    assert sent.status_code in (200, 204, 303), sent.text
    Worker(weft_runtime).run_due()
    inside = client_as(scene.gu).get(f"/employee/crm/opportunities/{deal}").text
    assert "Yes, at ten." in inside
    with records_as(scene.gu) as records:
        assert {one.file.name for one in files.attachments(records, deal)} == {"margin.pdf", "drawing.pdf", "offer.pdf"}
        assert any("Loggers" in one.text for one in notices.inbox(records))


def test_only_people_of_the_firm_take_part(client_as, records_as, channel_scene, deal):
    """Not signed in, without the role, and another firm."""
    scene, path = channel_scene, f"/distributor/crm/opportunities/{deal}"
    said = {"data": {"text": "May I?"}}
    assert client_as(None).post(f"{path}/comments", **said).status_code in (302, 303, 401, 403)
    for who in (scene.base, scene.logger, scene.zhuo, scene.riga):
        assert client_as(who).post(f"{path}/comments", **said).status_code == 404
    with records_as(scene.gu) as records:
        assert comments.comments(records, deal) == []


def test_a_partner_removes_own_files_only_and_never_speaks_inside(weft_runtime, records_as, channel_scene, deal):
    scene = channel_scene
    with records_as(scene.gu, write=True) as records:
        attach(weft_runtime, records, deal, "drawing.pdf", "shared")
    with records_as(scene.kadri, write=True) as records:
        attach(weft_runtime, records, deal, "offer.pdf")
        theirs, mine = sorted(files.attachments(records, deal), key=lambda one: one.file.name)
        with pytest.raises(Denied):
            files.detach(records, theirs.id)
        files.detach(records, mine.id)
        with pytest.raises(Denied):
            comments.add(records, deal, "Secret", audience="internal")
        with pytest.raises(NotFound):
            attach(weft_runtime, records, scene.served, "x.pdf")
