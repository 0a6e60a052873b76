"""Commands of the service plugin: ``weft service mail-in``."""

from __future__ import annotations

from typing import IO

import click

from weft.core.sdk import Command, command_context
from weft.plugins.service.services import mail_box

__all__ = ["COMMANDS"]


@click.command("mail-in")
@click.argument("mails", type=click.File("rb"), nargs=-1, required=True)
def mail_in(mails: tuple[IO[bytes], ...]) -> None:
    """Take mails as requests: each FILE holds one message of RFC 5322, - reads one from standard input.

    A mail begins a request or continues the one it answers; what machines wrote is ignored.

    \b
    Example:
      weft service mail-in request.eml
      weft service mail-in - < request.eml
    """
    with command_context("service.mail_in") as context:
        for one in mails:
            found = mail_box.receive(context.runtime, context.records, one.read())
            told = " ".join(part for part in (found.kind, found.number, found.reason) if part)
            click.echo(f"{one.name}: {told}")
            for line in found.refused:
                click.echo(f"  not kept: {line}", err=True)


COMMANDS = [Command("mail-in", mail_in)]
