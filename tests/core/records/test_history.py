"""History reads as sentences with people, labels and values of the viewer's language; hidden fields stay hidden."""

from __future__ import annotations

import pytest

from weft.core.i18n import use_locale

pytestmark = pytest.mark.both_databases


def test_sentences_name_people_labels_and_values(records_as, weft_cast, make_record):
    lin = weft_cast.user("desk.boss", name="Lin Shutong")
    other = weft_cast.user("employee", name="Anneke Roodhuyzen")
    party = make_record("desk.party", name="Mills")["id"]
    with records_as(lin, write=True) as records:
        case = records.create("desk.case", {"name": "Brunnvik"})["id"]
        records.update("desk.case", case, {"amount": {"amount": "1200", "currency": "EUR"}}, version=1)
        records.update("desk.case", case, {"party": party, "due": "2026-11-25"}, version=2)
        records.act("desk.case.start", case)
        records.assign("desk.case", case, owner=other)
        records.link("core.linked", case, party, attributes={"label": "paid by"})
        records.delete("desk.case", case)
        records.restore("desk.case", case)
    with records_as(lin) as records:
        entries = records.history(case)
    assert [entry.text.replace("\xa0", " ") for entry in reversed(entries)] == [
        "Lin Shutong created Brunnvik",
        "Lin Shutong set Amount of Brunnvik to EUR 1,200.00",
        "Lin Shutong changed Party, Due of Brunnvik",
        "Lin Shutong moved Brunnvik from New to Running",
        "Lin Shutong gave Brunnvik to Anneke Roodhuyzen",
        "Lin Shutong linked Brunnvik with Mills (paid by)",
        "Lin Shutong moved Brunnvik to the trash",
        "Lin Shutong restored Brunnvik",
    ]
    details = {detail.label: (detail.old, detail.new) for detail in entries[-3].details}
    assert details == {"Party": ("", "Mills"), "Due": ("", "25 Nov 2026")}
    assert [part.kind for part in entries[-4].parts] == ["person", "text", "record", "text", "value", "text", "value"]


def test_the_sentence_is_translated_whole_and_names_follow_the_script(records_as, weft_cast, make_record, weft_runtime):
    from sqlalchemy import update

    from weft.core.identity.tables import app_user

    lin = weft_cast.user("desk.boss", name="Lin Shutong", locale="zh")
    with weft_runtime.db.write() as connection:
        connection.execute(update(app_user).where(app_user.c.id == lin).values(name_alt="林疏桐"))
    case = make_record("desk.case", name="布伦维克")["id"]
    with records_as(lin, write=True) as records:
        records.act("desk.case.start", case)
    with use_locale("zh"), records_as(lin) as records:
        assert records.history(case)[0].text == "林疏桐将布伦维克由New移至Running"


def test_fields_one_may_not_read_leave_no_word(records_as, weft_cast, make_record):
    case = make_record("desk.case", name="Pump", owner=weft_cast.user_of("desk.clerk"))["id"]
    hidden = make_record("desk.case", name="Hidden")["id"]
    with records_as("desk.boss", write=True) as records:
        records.update("desk.case", case, {"secret": "sesame"}, version=1)
        records.update("desk.case", case, {"secret": "open", "note": "x"}, version=2)
        records.link("core.linked", case, hidden)
    with records_as("desk.clerk") as records:
        entries = records.history(case)
    told = " ".join(entry.text for entry in entries) + repr([entry.details for entry in entries])
    assert "sesame" not in told and "Secret" not in told and "Hidden" not in told
    assert [entry.action for entry in entries] == ["update", "create"]


def test_pages_of_history_take_few_statements(records_as, make_record, query_count):
    case = make_record("desk.case", name="Pump")["id"]
    with records_as("desk.boss", write=True) as records:
        for number in range(30):
            records.update("desk.case", case, {"hours": number + 1}, version=None)
    with records_as("desk.boss") as records:
        with query_count(at_most=6):
            first = records.history(case, limit=10)
        second = records.history(case, limit=100, before=first[-1].id)
    assert len(first) == 10 and len(second) == 21
    assert len({entry.id for entry in (*first, *second)}) == 31
