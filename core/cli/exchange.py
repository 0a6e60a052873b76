"""``weft import`` and ``weft export``: records from and to CSV and spreadsheet files."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from weft.core.cli.start import started
from weft.core.errors import ConfigError, NotFound

if TYPE_CHECKING:
    from weft.core.identity.principal import Principal
    from weft.core.import_export.options import Outcome
    from weft.core.import_export.planning import ImportPlan
    from weft.core.registry.runtime import Runtime

__all__ = ["export", "import_"]

#: Reasons of faults shown at the end; the file of errors has all rows.
_SHOWN = 12


@click.command("import")
@click.argument("entity")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "email", help="Mail address of the employee who imports; the platform itself when not given.")
@click.option("--key", help="Field that finds existing records, such as name or number; every row is new without it.")
@click.option("--map", "mapping", multiple=True, metavar="COLUMN=FIELD", help="Which field a column is; empty: none.")
@click.option("--mode", type=click.Choice(["upsert", "create", "update"]), default="upsert", show_default=True)
@click.option("--dry-run", is_flag=True, help="Count what would happen and write nothing.")
@click.option("--whole", is_flag=True, help="Write nothing when any row is faulty; else the good rows are written.")
@click.option("--errors", type=click.Path(path_type=Path), help="File for the faulty rows, with column and reason.")
@click.option("--default", "defaults", multiple=True, metavar="FIELD=TEXT", help="Text where a cell is empty.")
@click.option("--replace", multiple=True, metavar="FIELD:TEXT=TEXT", help="Read one text as another.")
@click.option("--add", "add_to", multiple=True, metavar="FIELD", help="Add to choices of several values, not replace.")
@click.option("--leave-empty", multiple=True, metavar="FIELD", help="Leave unreadable cells empty, and count them.")
@click.option("--currency", default="", help="Of amounts that name none.")
@click.option("--encoding", default="", help="Of a CSV file, when it is not detected rightly.")
@click.option("--delimiter", default="", help="Of a CSV file, when it is not detected rightly.")
@click.option("--sheet", default="", help="Of a spreadsheet; the first when not given.")
def import_(entity: str, file: Path, email: str | None, key: str | None, errors: Path | None, **given: Any) -> None:
    """Import records of ENTITY from a CSV or spreadsheet FILE.

    Columns are matched by the names and labels of the fields. Everything is one change that Undo takes back. Ends
    with exit code 1 when a row is faulty.

    \b
    Examples:
      weft import crm.account customers.csv --key name --dry-run
      weft import crm.account customers.csv --key name --map "Firma=name" --errors faulty.csv
    """
    with started() as runtime, file.open("rb") as stream:
        if entity not in runtime.registry.entities:
            known = ", ".join(sorted(runtime.registry.entities))
            raise ConfigError(f"There are no records called {entity}. Known are {known}.")
        outcome, plan = _run(runtime, entity, stream, file.name, principal_of(runtime, email), key, errors, given)
    _report(outcome, plan, errors, dry=bool(given["dry_run"]))
    sys.exit(1 if outcome.faulty else 0)


def _run(
    runtime: Runtime,
    entity: str,
    stream: Any,
    name: str,
    principal: Principal,
    key: str | None,
    errors: Path | None,
    given: dict[str, Any],
) -> tuple[Outcome, ImportPlan]:
    from weft.core.import_export.faults import FaultFile
    from weft.core.import_export.options import ImportOptions, Source
    from weft.core.import_export.planning import plan as make_plan
    from weft.core.import_export.running import dry_run, run
    from weft.core.import_export.runs import record_run
    from weft.core.records import unit

    replace: dict[str, dict[str, str]] = {}
    for one in given["replace"]:
        target, _colon, rest = one.partition(":")
        replace.setdefault(target, {}).update(_pairs([rest], "--replace"))
    options = ImportOptions(
        defaults=_pairs(given["defaults"], "--default"), replace=replace, mode=given["mode"],
        add_to=given["add_to"], leave_empty=given["leave_empty"],
        partial=not given["whole"], currency=given["currency"], encoding=given["encoding"],
        delimiter=given["delimiter"], sheet=given["sheet"],
    )  # fmt: skip
    mapping = {column: field or None for column, field in _pairs(given["mapping"], "--map").items()}
    opened = unit.reading if given["dry_run"] else unit.writing
    with opened(runtime, principal, "import") as records:
        plan = make_plan(records, entity, Source(stream, name), mapping, key, options)
        faults = FaultFile(plan.columns) if errors is not None else None
        go = dry_run if given["dry_run"] else run
        outcome = go(records, plan, progress=_show, errors=faults)
        if faults is not None and errors is not None:
            errors.write_bytes(faults.stream().read())
            faults.close()
        if not given["dry_run"]:
            record_run(records, entity, name, {"mapping": mapping, "key": key, **options.to_json()}, outcome)
    return outcome, plan


def _pairs(given: Iterable[str], option: str) -> dict[str, str]:
    pairs = {}
    for one in given:
        name, sign, value = one.partition("=")
        if not sign or not name:
            raise ConfigError(f"{option} {one!r}: write NAME=VALUE.")
        pairs[name] = value
    return pairs


def principal_of(runtime: Runtime, email: str | None) -> Principal:
    """The employee of a mail address, the platform itself without one.

    Raises:
        NotFound: nobody active has this address.
    """
    from weft.core.identity import principals, users
    from weft.core.identity.principal import SYSTEM

    if email is None:
        return SYSTEM
    with runtime.db.read() as connection:
        found = users.find_by_email(connection, email, "employee")
        if found is None or not found.active:
            raise NotFound(f"There is no active employee {email}.")
        return principals.load(connection, runtime, found.id, "employee")


def _show(outcome: Outcome) -> None:
    stream = sys.stderr
    if stream.isatty():
        stream.write(f"\r\x1b[K{outcome.total:,} rows")
        stream.flush()


def _report(outcome: Outcome, plan: ImportPlan, errors: Path | None, *, dry: bool) -> None:
    for index, found in enumerate(plan.columns):
        target = plan.chosen.get(index)
        click.echo(f"  {found.name} -> {target.key if target is not None else '(left out)'}")
    for note in plan.notes:
        click.echo(f"  {note}")
    verb = "would be " if dry else ""
    click.echo(
        f"{outcome.total:,} rows: {outcome.created:,} {verb}created, {outcome.updated:,} {verb}updated, "
        f"{outcome.skipped:,} without a change, {outcome.faulty:,} faulty, {outcome.linked:,} links."
    )
    for (column, _code, reason), rows in outcome.reasons.most_common(_SHOWN):
        click.echo(f"  {rows:,} x {column}: {reason}" if column else f"  {rows:,} x {reason}")
    if outcome.faulty and errors is not None:
        click.echo(f"The faulty rows are in {errors}.")


@click.command()
@click.argument("entity")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--as", "email", help="Mail address of the employee whose rights count; all records when not given.")
@click.option("--filter", "filters", multiple=True, metavar="NAME=VALUE", help="As in the address of a list.")
@click.option("--fields", default="", help="Names of the columns, with commas; those of the list when not given.")
@click.option("--sort", default="", help="As in the address of a list, such as -updated_at.")
def export(entity: str, file: Path, email: str | None, filters: tuple[str, ...], fields: str, sort: str) -> None:
    """Export records of ENTITY to FILE; its ending .csv or .xlsx decides the form.

    \b
    Examples:
      weft export crm.account accounts.xlsx
      weft export crm.opportunity won.csv --filter outcome=won --fields name,amount,closed_on
    """
    from weft.core.import_export.exporting import FORMATS, ExportRequest, run_export

    form = file.suffix.lstrip(".").lower()
    if form not in FORMATS:
        raise ConfigError(f"{file} must end in {' or '.join(ending for ending, _media in FORMATS.values())}.")
    if file.exists():
        raise ConfigError(f"{file} exists already; it is not overwritten.")
    with started() as runtime:
        if entity not in runtime.registry.entities:
            raise ConfigError(f"There are no records called {entity}.")
        names = tuple(name.strip() for name in fields.split(",") if name.strip())
        request = ExportRequest(entity, names, _pairs(filters, "--filter"), sort or None, format=form)
        try:
            with file.open("xb") as stream:
                number = run_export(
                    runtime, principal_of(runtime, email), request, stream, door="command", progress=_show_rows
                )
        except BaseException:
            file.unlink(missing_ok=True)
            raise
    click.echo(f"{file}: {number:,} records.")


def _show_rows(rows: int) -> None:
    stream = sys.stderr
    if stream.isatty():
        stream.write(f"\r\x1b[K{rows:,} records")
        stream.flush()
