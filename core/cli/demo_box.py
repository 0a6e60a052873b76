"""The box that says who can sign in to a demo company, where and with what."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

import click

if TYPE_CHECKING:
    from weft.core.registry.runtime import Runtime

__all__ = ["show"]


def show(runtime: Runtime, password: str | None = None) -> None:
    """Print address, password and people by portal and role; nothing where the database is no demo.

    Args:
        runtime: the installation.
        password: shown right after the demo was made; later only the file is named that keeps it.
    """
    from weft.core.identity.demo_people import demo_people
    from weft.core.ops.demo import password_file

    with runtime.db.read() as connection:
        people = demo_people(connection, now=runtime.clock())
    portals = {portal.audience for portal in runtime.registry.portals.values()}
    people = [person for person in people if person.audience in portals]  # others could not sign in anywhere
    if not people:
        return
    lines = [f"Weft with its demo company: {runtime.settings.public_url}/"]
    lines.append(f"Password of everybody: {password}" if password else "Everybody has the same password.")
    lines.append(f"It is kept in {password_file(runtime.settings)}")
    for audience, group in groupby(people, key=lambda person: person.audience):
        lines += ["", f"{audience}: {runtime.settings.public_url}/{audience}/"]
        lines += [f"    {person.email:34}  {person.name}, {person.note}" for person in group]
    width = max(_width(line) for line in lines)
    click.echo("┌" + "─" * (width + 2) + "┐")
    for line in lines:
        click.echo(f"│ {line}{' ' * (width - _width(line))} │")
    click.echo("└" + "─" * (width + 2) + "┘")


def _width(text: str) -> int:
    """Columns a text takes in a terminal: Chinese characters take two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
