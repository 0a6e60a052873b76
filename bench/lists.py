"""``python -m bench.lists``: how long lists of 100,000 rows take until their first rows are painted (U-34).

A browser opens every list of the CRM, as a sales manager who reads all rows and as a salesperson with the row rules of
that role, in table and in board; the time is that of the browser from the click to the frame that shows the first row.

Example: ``python -m bench.lists --records 350000``
"""

from __future__ import annotations

import argparse
import os
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import data
from bench.http import serving
from bench.keep import KEEP_HELP, installation
from weft.core.identity import rights, sessions
from weft.core.registry.runtime import Runtime
from weft.core.web import cookies
from weft.plugins.crm.plugin import CrmPlugin

LIMIT_MS = 1_000.0
#: Address below ``/employee/crm/`` and what is the first row there.
LISTS = (
    ("accounts/?role=customer", "tbody tr[data-id]"),
    ("accounts/?role=customer&sort=name", "tbody tr[data-id]"),
    ("accounts/?role=customer&name__contains=99", "tbody tr[data-id]"),
    ("contacts/", "tbody tr[data-id]"),
    ("opportunities/?layout=table", "tbody tr[data-id]"),
    ("opportunities/?outcome=open&layout=board&by=stage", ".wf-board-card"),
    ("activities/?status=done", "tbody tr[data-id]"),
)
#: Runs before the page does: notes when the first row was painted.
_WATCH = """
(selector) => {
  const look = () => {
    const row = document.querySelector(selector);
    if (row && row.getBoundingClientRect().height > 0) {
      requestAnimationFrame(() => setTimeout(() => { window.__first = performance.now(); }, 0));
    } else { requestAnimationFrame(look); }
  };
  look();
}
"""


def main() -> int:
    """Measure; the exit code is 1 when a list took longer than a second."""
    parser = argparse.ArgumentParser(prog="bench.lists", description=__doc__)
    parser.add_argument("--records", type=int, default=350_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--keep", type=Path, help=KEEP_HELP)
    chosen = parser.parse_args()
    with installation("sqlite", (CrmPlugin,), lambda runtime: data.fill(runtime, chosen.records), chosen.keep) as made:
        runtime, filled = made
        sizes = ", ".join(f"{len(ids):,} {entity}" for entity, ids in filled["ids"].items())
        print(f"sqlite: {filled['records']:,} records ({sizes})")
        people = _people(runtime, filled["owners"])
        url = runtime.db.engine.url.render_as_string(hide_password=False)
        root = str(Path(__file__).parent.parent)
        environment = {
            "BENCH_URL": url, "BENCH_HOME": str(runtime.settings.home),
            "PYTHONPATH": os.pathsep.join([root, os.environ.get("PYTHONPATH", "")]),
        }  # fmt: skip
        cookie = cookies.session_cookie(runtime.settings, "employee")
        runtime.db.dispose()
        with serving("bench.serving:weft_app()", environment) as server:
            return _measure(f"http://127.0.0.1:{server.port}", cookie, people, chosen.rounds)


def _people(runtime: Runtime, owners: list[int]) -> dict[str, str]:
    """Session of a manager and of a salesperson with many customers."""
    now, found = runtime.clock(), {}
    with runtime.db.write() as connection:
        for name, user in (("manager", owners[-1]), ("rep", owners[0])):
            rights.set_roles(connection, runtime.registry, user, [f"crm.sales_{name}"], now=now)
            found[name] = sessions.create(connection, user, "employee", now=now).token
    return found


def _measure(url: str, cookie: str, people: dict[str, str], rounds: int) -> int:
    from playwright.sync_api import sync_playwright

    missed = 0
    print(f"{'list':58} {'painted ms':>11} {'worst':>6} {'answer ms':>10}")
    with sync_playwright() as playwright:
        path = os.environ.get("WEFT_CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for who, token in people.items():
            context = browser.new_context(viewport={"width": 1280, "height": 800})
            context.add_cookies([{"name": cookie, "value": token, "url": url}])
            for address, selector in LISTS:
                found = list(_times(context, f"{url}/employee/crm/{address}", selector, rounds))
                times, waits = [one for one, _wait in found], [wait for _one, wait in found]
                middle = statistics.median(times)
                missed += middle > LIMIT_MS
                mark = "  MISSED" if middle > LIMIT_MS else ""
                waited = statistics.median(waits)
                print(f"{who + ': ' + address:58} {middle:11.0f} {max(times):6.0f} {waited:10.0f}{mark}")
            context.close()
        browser.close()
    return 1 if missed else 0


def _times(context: Any, address: str, selector: str, rounds: int) -> Iterator[tuple[float, float]]:
    """Milliseconds from opening an address to its first painted row, and to the first byte of the answer.

    The first round, with cold caches, is no figure.
    """
    for number in range(rounds + 1):
        page = context.new_page()
        page.add_init_script(f"({_WATCH})({selector!r})")
        page.goto(address, wait_until="commit")
        page.wait_for_selector(selector)
        while page.evaluate("window.__first === undefined"):  # the content policy forbids waiting for an expression
            page.wait_for_timeout(20)
        if number:
            answer = "performance.getEntriesByType('navigation')[0].responseStart"
            yield float(page.evaluate("window.__first")), float(page.evaluate(answer))
        page.close()


if __name__ == "__main__":
    raise SystemExit(main())
