"""Commands of the operator: reindex, backup, restore, doctor, routes."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from weft.core.cli.start import database_is_empty, progress, started
from weft.core.config import load_settings

__all__ = ["backup", "doctor", "reindex", "restore", "routes"]


@click.command()
@click.argument("target", required=False, type=click.Path(path_type=Path))
def backup(target: Path | None) -> None:
    """Write database and files into one archive, while the installation goes on working.

    \b
    Example:
      weft backup weft-monday.zip
    """
    from weft.core.ops.backup import backup as write

    settings = load_settings()
    with started(settings) as runtime:
        now = runtime.clock()
        chosen = target or Path(f"weft-{now:%Y%m%d-%H%M%S}.zip")
        plugins = {key: cls.version for key, cls in runtime.plugins.active.items()}
        manifest = write(settings, chosen, now=now, plugins=plugins, progress=progress())
    size = chosen.stat().st_size / 1024 / 1024
    click.echo(f"{chosen}: database and {len(manifest.parts) - 1:,} files, {size:.1f} MiB.")


@click.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Only check that the archive is sound.")
def restore(source: Path, check: bool) -> None:
    """Bring an archive back into an empty installation.

    \b
    Examples:
      weft restore --check weft-monday.zip
      WEFT_HOME=new-folder weft restore weft-monday.zip
    """
    from weft.core.ops.backup import restore as read
    from weft.core.ops.backup import verify

    if check:
        manifest = verify(source)
        click.echo(f"{source} is sound: {manifest.dialect}, made {manifest.created_at}, {len(manifest.parts):,} parts.")
        return
    settings = load_settings()
    manifest = read(settings, source, empty=database_is_empty(settings), progress=progress())
    click.echo(f"Restored what was saved at {manifest.created_at} by Weft {manifest.weft}.")
    click.echo("Run `weft db check`, then `weft reindex` and `weft serve`.")


@click.command()
def reindex() -> None:
    """Build the search index anew; searching goes on with the old one meanwhile.

    \b
    Example:
      weft reindex
    """
    from weft.core.search.indexing import rebuild

    with started() as runtime:
        number = rebuild(runtime, progress=progress())
    click.echo(f"{number:,} records are in the index.")


@click.command()
@click.option("--repair", is_flag=True, help="Mend what can be mended without loss.")
def doctor(repair: bool) -> None:
    """Compare the stored data with what must hold: titles, edges, triggers, orphans, files.

    Ends with exit code 1 when something is found.

    \b
    Example:
      weft doctor
    """
    from weft.core.ops.doctor import doctor as examine
    from weft.core.ops.repair import repair as mend

    with started(check_storage=False) as runtime:
        findings = mend(runtime) if repair else examine(runtime)
    for one in findings:
        click.echo(f"{one.kind}: {one.subject}. {one.remedy}")
    click.echo("Nothing is wrong." if not findings else f"{len(findings):,} findings.")
    sys.exit(1 if findings else 0)


@click.command()
@click.option("--policy", help="Only addresses with this policy, such as public.")
def routes(policy: str | None) -> None:
    """List all addresses with who may open them.

    \b
    Example:
      weft routes --policy public
    """
    from weft.core.web.app import create_app
    from weft.core.web.routing import inventory

    with started() as runtime:
        lines = [one for one in inventory(create_app(runtime)) if policy in (None, one.policy)]
    width = max((len(one.rule) for one in lines), default=0)
    for one in lines:
        click.echo(f"{one.rule.ljust(width)}  {','.join(one.methods):<20}  {one.policy:<28}  {one.endpoint}")
