"""``weft``: the command line. Commands are imported when they are used, so that each starts fast."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click

from weft.core.errors import FieldError, ValidationFailed, WeftError

__all__ = ["WeftGroup", "cli", "main"]

#: Command -> (module and name, one line of help): the list can be shown without importing them.
_COMMANDS: dict[str, tuple[str, str]] = {
    "serve": ("serve:serve", "Serve the portals and run background work."),
    "worker": ("serve:worker", "Run background work only."),
    "init": ("setup:init", "Set up an empty installation: company and first administrator."),
    "demo": ("setup:demo", "Fill an empty database with an invented company."),
    "db": ("db:db", "Make and change the tables of the database."),
    "plugin": ("plugins:plugin", "See, make, migrate and remove plugins."),
    "user": ("people:user", "Add users."),
    "token": ("people:token", "Give programs access."),
    "import": ("exchange:import_", "Import records from a CSV or spreadsheet file."),
    "export": ("exchange:export", "Export records to a CSV or spreadsheet file."),
    "reindex": ("upkeep:reindex", "Build the search index anew."),
    "backup": ("upkeep:backup", "Write database and files into one archive."),
    "restore": ("upkeep:restore", "Bring an archive back into an empty installation."),
    "doctor": ("upkeep:doctor", "Compare the stored data with what must hold."),
    "routes": ("upkeep:routes", "List all addresses with who may open them."),
}


class WeftGroup(click.Group):
    """Commands of the core, then those of plugins as ``weft <plugin> <name>``."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Core commands in the order of their use, then plugins that have commands."""
        return [*_COMMANDS, *(key for key in _plugin_groups() if key not in _COMMANDS)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command, None when there is none of that name."""
        if cmd_name in _COMMANDS:
            module, _colon, name = _COMMANDS[cmd_name][0].partition(":")
            found: click.Command = getattr(import_module(f"weft.core.cli.{module}"), name)
            return found
        return _plugin_groups().get(cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_target, text) in _COMMANDS.items()])
        groups = _plugin_groups()
        if groups:
            with formatter.section("Commands of plugins"):
                formatter.write_dl([(name, group.get_short_help_str(80)) for name, group in sorted(groups.items())])


def _plugin_groups() -> dict[str, click.Group]:
    """One group per plugin that declares commands; a plugin that fails is left out, ``weft plugin list`` says why."""
    from weft.core.config import load_settings
    from weft.core.plugin.loader import load
    from weft.core.registry.build import build

    loaded = load(load_settings().plugins)
    groups: dict[str, click.Group] = {}
    for full, command in build(loaded).commands.items():
        key = full.partition(".")[0]
        group = groups.setdefault(key, click.Group(key, help=str(loaded.active[key].title)))
        group.add_command(command.command, command.name)
    return groups


@click.group(cls=WeftGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="weft", message="%(prog)s %(version)s")
def cli() -> None:
    """Weft, a business platform where every record can be linked to every other.

    The data folder is WEFT_HOME, the database WEFT_DATABASE_URL; without them everything lies in the user's data
    folder.

    \b
    Example:
      weft demo && weft serve
    """


def main(arguments: list[str] | None = None) -> None:
    """Run a command; errors with a meaning end with one sentence on stderr and exit code 1, wrong usage with 2."""
    try:
        result: Any = cli.main(arguments, prog_name="weft", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except WeftError as error:
        click.echo(f"Error: {_sentence(error)}", err=True)
        sys.exit(1)
    sys.exit(result if isinstance(result, int) else 0)


def _sentence(error: WeftError) -> str:
    if isinstance(error, ValidationFailed):
        return "\n       ".join(_field_sentence(one) for one in error.errors)
    return str(error)


def _field_sentence(error: FieldError) -> str:
    return f"{error.field}: {error.message}" if error.field else str(error.message)


if __name__ == "__main__":
    main()
