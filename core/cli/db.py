"""``weft db``: the tables of the database."""

from __future__ import annotations

import sys

import click

from weft.core.cli.start import started, upgrade_database
from weft.core.config import load_settings
from weft.core.errors import StorageNotReady

__all__ = ["db"]


@click.group()
def db() -> None:
    """Make and change the tables of the database.

    \b
    Example:
      weft backup before-upgrade.zip && weft db upgrade
    """


@db.command()
def upgrade() -> None:
    """Bring the tables of the core and of all plugins to the newest state; running it again does no harm.

    A plugin whose migration fails stays out of operation until the next upgrade; the rest goes on, and the command
    ends with exit code 1.

    \b
    Example:
      weft db upgrade
    """
    if not upgrade_database(load_settings()):
        sys.exit(1)


@db.command()
@click.argument("owner", required=False)
def check(owner: str | None) -> None:
    """Compare the tables with what the installed version declares; exit code 1 when they differ.

    \b
    Examples:
      weft db check
      weft db check crm
    """
    from weft.core.ops import upgrade as upgrading

    with started(check_storage=False) as runtime:
        found = upgrading.check(runtime, owner)
    for line in found:
        click.echo(line)
    click.echo("The tables are as declared." if not found else "Run `weft db upgrade`.")
    sys.exit(1 if found else 0)


@db.command()
@click.argument("owner")
@click.argument("revision")
@click.option("--yes", is_flag=True, help="Do not ask.")
def downgrade(owner: str, revision: str, yes: bool) -> None:
    """Take the tables of one owner back to a REVISION (`base`: none of them). Data in dropped tables is lost.

    \b
    Examples:
      weft db downgrade crm 0001
      weft db downgrade fleet base
    """
    from weft.core.ops import upgrade as upgrading

    if not yes:
        click.confirm(f"Tables and columns that {owner} got after {revision} will be dropped. Go on?", abort=True)
    with started(check_storage=False) as runtime:
        try:
            upgrading.downgrade(runtime, owner, revision)
        except LookupError as error:
            raise StorageNotReady(str(error.args[0])) from error
    click.echo(f"{owner} is at {revision}.")


@db.command()
@click.argument("owner")
@click.option("-m", "--message", required=True, help="What changes, in a few words.")
def revision(owner: str, message: str) -> None:
    """Write a migration of OWNER for what its declarations changed (for developers).

    \b
    Example:
      weft db revision crm -m "add region to accounts"
    """
    from weft.core.ops import upgrade as upgrading

    with started(check_storage=False) as runtime:
        try:
            path = upgrading.revision(runtime, owner, message)
        except LookupError as error:
            raise StorageNotReady(str(error.args[0])) from error
    click.echo(f"{path} was written. Read it, then run `weft db upgrade`.")
