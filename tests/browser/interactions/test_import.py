"""The import wizard from file to revert: U-17."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import expect


def test_u17_a_file_is_dropped_mended_tried_run_and_taken_back(
    visit: Callable[..., Any], company: Any, tmp_path: Path
) -> None:
    """U-17: a file's columns match themselves, mistakes are fixed in the grid, a dry run counts, then progress, fault
    file, revert."""
    with company.records("sales") as records:
        account = records.query(
            "crm.account", fields=("name",), filters={"owner": "me", "role": "customer"}, limit=1
        ).rows[0]
        before = records.query("crm.contact", fields=(), limit=1, count="exact").count.value
    lines = ["Name,Account,Phone,E-mail"]
    lines += [f"Visitor {n:02d},{account['name']},+86 512 6555 {n:04d},v{n}@example.com" for n in range(30)]
    lines += [f"Mendable,{account['name']},ring me,m@example.com", "Hopeless,No such firm anywhere,+86 512 6555 9001,"]
    file = tmp_path / "visitors.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    page = visit("sales", "/employee/crm/contacts/import")
    page.locator("input[type=file]").set_input_files(str(file))
    page.locator("form[action$='/import'] button[type=submit]").first.click()
    page.wait_for_selector("form.wf-import")
    assert [one.input_value() for one in page.locator("form.wf-import thead select").all()] == [
        "name",
        "account",
        "phone",
        "email",
    ]
    note = page.locator(".wf-import .wf-note").first
    expect(note).to_contain_text("32 rows: 30 would be created, 0 changed, 0 left as they are, 2 refused")
    faulty = page.locator("#wf-faults tbody tr", has=page.locator("input"))
    page.locator("#wf-faults input[value='ring me']").fill("+86 512 6555 7777")
    assert faulty.count() == 2
    page.locator("button[name=go][value=check]").click()
    expect(page.locator(".wf-import .wf-note").first).to_contain_text("31 would be created")
    page.locator("button[name=go][value=run]").click()
    page.wait_for_url(re.compile(r"/import/\d+$"))
    expect(page.locator("main")).to_contain_text(re.compile("The import (runs|begins shortly)"))
    assert page.locator("main [role=progressbar], main progress, main .wf-bar").count() >= 1
    company.settle()
    # the page looks again by itself
    expect(page.get_by_role("button", name="Take the import back")).to_be_visible()
    with company.records("sales") as records:
        assert records.query("crm.contact", fields=(), limit=1, count="exact").count.value == before + 31
    with page.expect_download() as waited:
        page.get_by_role("link", name="Refused rows").first.click()
    refused = Path(waited.value.path()).read_text(encoding="utf-8-sig")
    assert "No such firm anywhere" in refused and "ring me" not in refused and len(refused.strip().splitlines()) == 2
    page.get_by_role("button", name="Take the import back").click()
    expect(page.locator("#wf-toast")).to_contain_text("Undone")
    with company.records("sales") as records:
        assert records.query("crm.contact", fields=(), limit=1, count="exact").count.value == before
