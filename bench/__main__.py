"""``python -m bench``: fill a database of its own, measure, print a table.

Example: ``python -m bench --records 100000 --database both``
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bench import cases, data, portals
from bench.keep import KEEP_HELP, installation
from weft.plugins.crm.plugin import CrmPlugin
from weft.plugins.service.plugin import ServicePlugin
from weft.portals.customer.portal import CustomerPortal
from weft.portals.distributor.portal import DistributorPortal
from weft.portals.employee.portal import EmployeePortal

PORTALS = (CrmPlugin, ServicePlugin, EmployeePortal, CustomerPortal, DistributorPortal)


def main() -> int:
    """Run the chosen measurements; the exit code is 1 when a target was missed."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--portals", action="store_true", help="customers and a distributor instead of the storage")
    parser.add_argument("--keep", type=Path, help=KEEP_HELP)
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    chosen = parser.parse_args()
    wanted = ("sqlite", "postgresql") if chosen.database == "both" else (chosen.database,)
    return 1 if sum(_one(dialect, chosen) for dialect in wanted) else 0


def _one(dialect: str, chosen: argparse.Namespace) -> int:
    plugins, filling = (PORTALS, portals.fill) if chosen.portals else ((CrmPlugin,), data.fill_with_hub)
    with installation(dialect, plugins, lambda runtime: filling(runtime, chosen.records), chosen.keep) as made:
        runtime, filled = made
        print(f"\n{dialect}: {filled['records']:,} records, {filled['edges']:,} edges,", end=" ")
        target = "" if chosen.portals else f" (target {5000 if dialect == 'sqlite' else 3000:,})"
        print(f"{'requests' if chosen.portals else 'import'} {filled['rows_per_second']:,.0f} rows/s{target}")
        print(f"{'figure':58} {'weft ms':>9} {'bare ms':>9} {'ratio':>7} {'target':>7}")
        figures = []
        for figure in portals.run(runtime, filled) if chosen.portals else cases.run(runtime, filled):
            figures.append(figure)
            target = f"{figure.target:g}x" if figure.target else f"{figure.limit_ms:g} ms"
            mark = {True: "", False: "  MISSED", None: ""}[figure.met]
            print(f"{figure.name:58} {figure.weft:9.2f} {figure.bare:9.3f} {figure.ratio:7.1f} {target:>7}{mark}")
            sys.stdout.flush()
        if chosen.json:
            chosen.json.with_suffix(f".{dialect}.json").write_text(cases.as_json(figures), encoding="utf-8")
        return sum(1 for figure in figures if figure.met is False)


if __name__ == "__main__":
    raise SystemExit(main())
