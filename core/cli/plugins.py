"""``weft plugin``: see, make, migrate and remove plugins."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from weft.core.cli.start import started
from weft.core.config import load_settings
from weft.core.errors import ConfigError

__all__ = ["plugin"]


@click.group()
def plugin() -> None:
    """See, make, migrate and remove plugins.

    Plugins of Weft itself are on by default, others when WEFT_PLUGINS names them: +fleet adds, -crm removes, plain
    names replace the list.

    \b
    Example:
      WEFT_PLUGINS=+fleet weft plugin list
    """


@plugin.command("list")
def list_plugins() -> None:
    """List the plugins with version, where they come from, and why one is not running.

    Exit code 1 when a plugin that should run does not.

    \b
    Example:
      weft plugin list
    """
    from weft.core.plugin.loader import load
    from weft.core.registry.build import build

    settings = load_settings()
    loaded = load(settings.plugins)
    build(loaded)
    failed = {one.key: one.reason for one in loaded.quarantined.values()} | _migrations_that_failed()
    rows = [("plugin", "version", "from", "state")]
    for key, cls in loaded.active.items():
        state = f"not running: {failed[key]}" if key in failed else "running"
        rows.append((key, cls.version, loaded.sources.get(key, ""), state))
    for key in sorted(failed.keys() - loaded.active.keys()):
        rows.append((key, "", loaded.sources.get(key, ""), f"not running: {failed[key]}"))
    rows.extend((key, version, source, "off") for key, version, source in _off(set(loaded.active) | set(failed)))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        click.echo("  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]).rstrip())
    sys.exit(1 if failed else 0)


def _migrations_that_failed() -> dict[str, str]:
    """Reasons kept by the last upgrade; nothing when there is no database yet."""
    from sqlalchemy.exc import DBAPIError

    from weft.core.cli.start import database_is_empty
    from weft.core.db.engine import Database
    from weft.core.ops.upgrade import failed_migrations

    settings = load_settings()
    if database_is_empty(settings):
        return {}
    database = Database(settings.database_url)
    try:
        with database.read() as connection:
            return {key: f"its migration failed: {why}" for key, why in failed_migrations(connection).items()}
    except DBAPIError:
        return {}
    finally:
        database.dispose()


def _off(known: set[str]) -> list[tuple[str, str, str]]:
    """Installed plugins that nobody switched on: key, version, distribution."""
    from importlib.metadata import entry_points

    from weft.core.plugin.base import ENTRY_POINT_GROUP

    return [
        (point.name, "", f"{point.dist.name} {point.dist.version}" if point.dist else "")
        for point in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda one: one.name)
        if point.name not in known
    ]


@plugin.command("new")
@click.argument("key")
@click.option("--title", default="", help="Words on screen; made from the key when not given.")
@click.option("--entity", default="vehicle", show_default=True, help="Name of its first entity, singular.")
@click.option("--into", type=click.Path(path_type=Path), help="Folder to make; default weft-<key>.")
def new(key: str, title: str, entity: str, into: Path | None) -> None:
    """Write a small working plugin to begin with.

    \b
    Example:
      weft plugin new fleet --title "Fleet" --entity vehicle
    """
    from weft.core.cli.scaffold import scaffold

    target = into or Path(f"weft-{key.replace('_', '-')}")
    for path in scaffold(target, key, title=title, entity=entity):
        click.echo(str(path))
    click.echo(f"Next: pip install -e {target}, then WEFT_PLUGINS=+{key} weft db upgrade.")


@plugin.command("migrate")
@click.argument("key")
def migrate(key: str) -> None:
    """Make or change the tables of a plugin; the same as `weft db upgrade`, ending with an error when KEY fails.

    \b
    Example:
      WEFT_PLUGINS=+fleet weft plugin migrate fleet
    """
    from weft.core.ops.upgrade import upgrade
    from weft.core.ops.value_lists import install_defaults

    with started(check_storage=False) as runtime:
        if key not in runtime.plugins.active:
            why = runtime.plugins.quarantined.get(key)
            raise ConfigError(why.reason if why else f"No plugin {key} is switched on; see `weft plugin list`.")
        # Triggers and types are derived from all plugins together, so all are brought up to date.
        report = upgrade(runtime, after=install_defaults)
    if key in report.failed:
        raise ConfigError(f"The migration of {key} failed: {report.failed[key]}")
    click.echo(f"{key}: {', '.join(report.applied.get(key, [])) or 'its tables were up to date'}")


@plugin.command("remove")
@click.argument("key")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(key: str, yes: bool) -> None:
    """Drop the tables of a plugin; its records stay behind as titles, and links to them stay readable.

    \b
    Example:
      weft backup before.zip && weft plugin remove fleet
    """
    from weft.core.ops.upgrade import downgrade

    if not yes:
        click.confirm(f"All fields of the records of {key} will be lost. Go on?", abort=True)
    with started(check_storage=False) as runtime:
        if key not in runtime.plugins.active:
            raise ConfigError(f"No plugin {key} is running; see `weft plugin list`.")
        downgrade(runtime, key, "base")
    click.echo(f"The tables of {key} are gone. Now take it out of WEFT_PLUGINS, or uninstall its package.")
