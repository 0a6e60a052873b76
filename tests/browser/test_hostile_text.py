# ruff: noqa: E501  (strings of attackers and of the browser read best whole)
"""Hostile text through every text input and file name of the pages, in a real browser: nothing of it ever runs.

A dialog that opens, a report of the content policy, an attribute with code or a link to code fails the test. The strings
are our own few; where the public lists lie beside the checkout (``shared/data/security``) they are taken too.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from weft.core.identity import users
from weft.core.registry.core_plugin import ADMIN

pytestmark = pytest.mark.weft_plugins("crm", "service", "communication", "portal_employee", "portal_customer")

OWN = [
    '"><svg onload=alert(1)>', "<script>alert(1)</script>", "'-alert(1)-'", "<img src=x onerror=alert(1)>",
    "</textarea><script>alert(1)</script>", '" autofocus onfocus=alert(1) x="', "javascript:alert(1)",
    "{{7*7}}{% raw %}", "${alert(1)}", "<a href=javascript:alert(1)>x</a>", "<b hx-get=/auth/ hx-trigger=load>x</b>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>", "\u202e<svg/onload=alert(1)>", "]]><script>alert(1)</script>",
    "<math><mtext></table><img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "![x](x\" onerror=\"alert(1))",
    "<style>@import'//evil.example'</style>", "<form action=//evil.example><button>x</button>", "data:text/html,<script>alert(1)</script>",
]  # fmt: skip
NAMES = [
    "<img src=x onerror=alert(1)>.txt", '"><svg onload=alert(1)>.txt', "'-alert(1)-'.txt", "../../etc/passwd.txt",
    "a.html.txt", "\u202etxt.exe.txt", "x;alert(1).txt", "x\" onmouseover=\"alert(1).txt",
]  # fmt: skip
#: Everything that takes text gets some, everything that must be chosen gets its first choice.
FILL = """texts => {
  let next = 0, filled = 0;
  const set = (field, value) => {
    const kind = field.tagName === 'TEXTAREA' ? HTMLTextAreaElement : HTMLInputElement;
    Object.getOwnPropertyDescriptor(kind.prototype, 'value').set.call(field, value);
    field.dispatchEvent(new Event('input', {bubbles: true}));
  };
  const form = [...document.querySelectorAll('#wf-page form[method=post], main form[method=post]')]
    .find(one => one.querySelector('input[type=text], input[type=email], input[type=tel], textarea'));
  if (!form) return null;
  for (const field of form.querySelectorAll('input[type=text]:not([readonly]):not([role=combobox]), textarea, input[type=tel]')) {
    const room = field.maxLength > 0 ? field.maxLength : field.tagName === 'TEXTAREA' ? 4000 : 250;
    let text = '';
    while (text.length < room && next < texts.length * 3) {
      const one = texts[next++ % texts.length];
      if (text.length + one.length + 1 > room) break;
      text += one + ' ';
    }
    if (field.inputMode === 'decimal' || field.inputMode === 'numeric') text = texts[next++ % texts.length].slice(0, room);
    set(field, text || texts[next++ % texts.length].slice(0, room)); filled++;
  }
  for (const field of form.querySelectorAll('input[type=email]')) { set(field, `a${Date.now()}@test.example`); }
  for (const field of form.querySelectorAll('select')) if (!field.value && field.options.length > 1) field.selectedIndex = 1;
  const groups = new Set([...form.querySelectorAll('input[type=radio]')].map(one => one.name));
  for (const name of groups) if (!form.querySelector(`input[name="${name}"]:checked`)) form.querySelector(`input[name="${name}"]`).checked = true;
  form.noValidate = true; form.requestSubmit();
  return filled;
}"""
#: What must not be in a page, whatever was typed.
LOOK = """() => [...document.querySelectorAll('*')].flatMap(one => [...one.attributes]
    .filter(a => /^on/i.test(a.name) || (/^(href|src|action|formaction)$/i.test(a.name) && /^\\s*(javascript|data:text)/i.test(a.value))
      || (/^hx-(get|post)$/.test(a.name) && !a.value.startsWith('/')))
    .map(a => `${one.tagName} ${a.name}=${a.value.slice(0, 60)}`))
  .concat([...document.scripts].filter(s => !s.src).map(s => 'SCRIPT ' + s.textContent.slice(0, 60)))
  .concat([...document.querySelectorAll('style')].map(() => 'STYLE'))"""


@pytest.fixture(scope="module")
def hostile(checkout: Path) -> list[str]:
    """All strings, the public ones where they are there."""
    folder = Path(os.environ.get("WEFT_TEST_DATA") or checkout.parent / "shared" / "data") / "security"
    found = list(OWN)
    for name in ("xss_payloads.txt", "blns.txt", "csv_injection.txt"):
        if (folder / name).exists():
            lines = (folder / name).read_text(encoding="utf-8", errors="replace").splitlines()
            # Control characters are refused by the server with a reason; here they would only hide the others.
            found += [line for line in lines if line and not line.startswith("#") and line.isprintable()]
    return found


class Visitor:
    """A person in a browser who looks for what ran."""

    def __init__(self, page: Any, url: str, texts: list[str], person: int) -> None:
        self.person = person
        self.page, self.url, self._texts, self._from = page, url, texts, 0
        self.ran: list[str] = []
        page.on("dialog", self._dialog)

    def _dialog(self, dialog: Any) -> None:
        self.ran.append(f"dialog on {self.page.url}: {dialog.message[:80]}")
        dialog.dismiss()

    def some(self, count: int) -> list[str]:
        """The next strings, round and round."""
        texts = [self._texts[(self._from + step) % len(self._texts)] for step in range(count)]
        self._from += count
        return texts

    def look(self, path: str = "") -> None:
        """Open a page and look at it."""
        if path:
            self.page.goto(self.url + path)
        found = self.page.evaluate(LOOK)
        if found:
            self.ran.append(f"{self.page.url}: {found[:3]}")

    def fill(self, path: str) -> int:
        """Fill the first form of a page and send it; looks at whatever answers. Returns how many fields it had."""
        self.look(path)
        with self.page.expect_response(lambda answer: answer.request.method == "POST", timeout=10_000):
            filled = self.page.evaluate(FILL, self.some(60))
            assert filled is not None, f"{path} has no form with text"
        self.page.wait_for_load_state("networkidle")
        self.look()
        return int(filled)


@pytest.fixture
def visitor(site: Any, cast: Any, open_page: Callable[..., Any], hostile: list[str]) -> Iterator[Visitor]:
    keeps = ("crm.sales_manager", "service.lead", "communication.editor", ADMIN)
    person = cast.user(*keeps, email="boss@test.example", name="Boss")
    with site.runtime.db.write() as connection:
        users.update_user(connection, person, name='B "><svg onload=alert(1)>')
    found = Visitor(open_page(person, "/employee/profile/"), site.url, hostile, person)
    yield found
    assert found.ran == []


def test_what_does_run_is_found(chromium: Any) -> None:
    """The detectors, on a page that has no protection."""
    page = chromium.new_page()
    visitor = Visitor(page, "", [], 0)
    page.set_content("<p>fine</p>")
    visitor.look()
    assert visitor.ran == []
    page.set_content("<img src=x onerror=alert(8)><a href=' javascript:alert(1)'>x</a>")
    page.wait_for_timeout(300)
    visitor.look()
    page.close()
    assert "dialog" in visitor.ran[0] and "onerror" in visitor.ran[-1] and "javascript" in visitor.ran[-1]


def forms(site: Any) -> list[str]:
    """Forms for a new record of every entity that the pages offer."""
    made = [one for one in site.runtime.registry.entities.values() if one.plugin != "core"]
    return [f"/employee/{one.plugin}/{one.slug}/new" for one in made]


def test_what_is_typed_never_runs(site: Any, visitor: Visitor) -> None:
    filled, sent = 0, 0
    for path in forms(site):
        visitor.page.goto(site.url + path)
        if visitor.page.locator("main form[method=post] :is(input[type=text], textarea)").count():
            filled, sent = filled + visitor.fill(path), sent + 1
    assert sent >= 12 and filled >= 50, (sent, filled)
    for path in (
        "/employee/calendar/new/", "/employee/profile/", "/employee/profile/tokens/",
        "/employee/settings/company/", "/employee/settings/users/invite/", "/employee/settings/units/",
    ):  # fmt: skip
        visitor.fill(path)
    for path in ("/employee/", "/employee/settings/audit/", "/employee/settings/users/"):
        visitor.look(path)


def test_what_is_kept_never_runs(site: Any, visitor: Visitor, make: Callable[..., Any], cast: Any) -> None:
    from weft.core.collaboration import comments, tags

    texts = [text for text in visitor.some(400) if len(text) <= 120]
    accounts = [make("crm.account", name=text, name_alt=text, role=["customer"]) for text in texts[:60]]
    lines = "\n\n".join(texts)
    with cast.records(visitor.person, write=True) as records:
        for account in accounts[:2]:
            for start in range(0, 9000, 3000):
                comments.add(records, account.id, lines[start : start + 3000])
            tags.add(records, account.id, '"><svg onload=alert(1)>')
    contact = make("crm.contact", name=texts[61], account=accounts[0].id)
    for text in OWN[:12]:
        make("crm.lead", name=text, company=text)
    stage = make("crm.stage", code="contact", label_en=OWN[0], label_zh=OWN[1], position=1, probability=20)
    money = {"amount": "1.00", "currency": "EUR"}
    for text in OWN[:6]:
        make("crm.opportunity", name=text, account=accounts[1].id, stage=stage.id, amount=money)
    shown = (
        f"/employee/crm/accounts/{accounts[0].id}", f"/employee/crm/accounts/{accounts[1].id}",
        f"/employee/crm/accounts/{accounts[0].id}/edit", f"/employee/crm/contacts/{contact.id}",
        "/employee/crm/accounts/", "/employee/crm/leads/", "/employee/crm/opportunities/?layout=board",
        "/employee/crm/opportunities/?layout=table", "/employee/search/?q=svg", "/employee/search/?q=alert",
        "/employee/palette/?q=svg", "/employee/",
    )  # fmt: skip
    for path in shown:
        visitor.look(path)
    visitor.page.goto(site.url + "/employee/")
    visitor.page.keyboard.press("Control+k")
    visitor.page.keyboard.type("svg")
    visitor.page.wait_for_timeout(800)
    visitor.look()


def test_what_is_asked_and_said_never_runs(
    site: Any, visitor: Visitor, make: Callable[..., Any], cast: Any, open_page: Callable[..., Any]
) -> None:
    """Requests, conversations and news, as people of the company and as the customer see them."""
    from weft.core.collaboration import comments

    texts = [text for text in visitor.some(300) if len(text) <= 120]
    lines = "\n\n".join(texts)[:9000]
    firm = make("crm.account", name=OWN[0], role=["customer"])
    asked = [make("service.request", subject=text, description=lines, customer=firm.id) for text in OWN[:6]]
    with cast.records(visitor.person, write=True) as records:
        for start in range(0, 9000, 3000):
            comments.add(records, asked[0].id, lines[start : start + 3000], audience="shared")
    thread = make("communication.thread", subject=OWN[0], excerpt=OWN[3], account=firm.id, audience="customer")
    for text in (*OWN[:12], lines):
        make("communication.message", excerpt=text.split("\n")[0], text=text, thread=thread.id, account=firm.id,
             audience="customer", owner=visitor.person)  # fmt: skip
    both = {"text": lines, "audiences": ["employee", "customer"]}
    news = [make("communication.news", headline=text, **both) for text in OWN[:3]]
    with cast.records("system", write=True) as records:
        for one in news:
            records.act("communication.news.publish", one.id)
    pages = (
        "", "service/requests/", f"service/requests/{asked[0].id}", f"service/requests/{asked[1].id}", "messages/",
        f"communication/threads/{thread.id}", "news/", f"communication/news/{news[0].id}", f"crm/accounts/{firm.id}",
        "search/?q=svg",
    )  # fmt: skip
    roles = [key for key, role in site.runtime.registry.roles.items() if role.audience == "customer"]
    person = cast.user("customer", *(key for key in roles if key != "customer"), anchors=[firm.id])
    outside = Visitor(open_page(person, "/customer/"), site.url, visitor._texts, person)
    for page in pages:
        visitor.look(f"/employee/{page}")
        outside.look(f"/customer/{page}")
    outside.fill("/customer/service/requests/new")
    outside.fill("/service/ask")
    assert outside.ran == []


def test_addresses_and_files_never_run(site: Any, visitor: Visitor, make: Callable[..., Any], tmp_path: Path) -> None:
    texts = [quote(text, safe="") for text in visitor.some(len(OWN))]
    for text in texts[:6]:
        for path in (
            f"/employee/crm/accounts/?q={text}", f"/employee/search/?q={text}", f"/employee/crm/accounts/?sort={text}",
            f"/employee/{text}", f"/auth/employee/sign-in?as={text}&next={text}&out={text}",
        ):  # fmt: skip
            visitor.look(path)
    account = make("crm.account", name="Acme", role=["customer"])
    page = visitor.page
    for name in NAMES:
        page.goto(f"{site.url}/employee/crm/accounts/{account.id}")
        status = page.evaluate(
            """async ([address, name]) => {
              const form = new FormData();
              form.append('file', new File(['<script>alert(1)</script>'], name, {type: 'text/html'}));
              const token = document.querySelector('meta[name=csrf-token]').content;
              const answer = await fetch(address, {method: 'POST', body: form, headers: {'X-CSRFToken': token}});
              return answer.status;
            }""",
            [f"/employee/crm/accounts/{account.id}/attach", name],
        )
        assert status < 500, name
    visitor.look(f"/employee/crm/accounts/{account.id}")
    visitor.look(f"/employee/crm/accounts/{account.id}?tab=files")
    sheet = tmp_path / "rows.csv"
    sheet.write_text(
        "name," + ",".join(f'"{t.replace(chr(34), chr(34) * 2)}"' for t in OWN[:5]) + "\n" + "x," * 5 + "y\n"
    )
    page.goto(f"{site.url}/employee/crm/accounts/import")
    page.set_input_files("input[type=file]", str(sheet))
    page.locator("main form[method=post] button[type=submit]").first.click()
    page.wait_for_load_state("networkidle")
    visitor.look()
