"""``weft user`` and ``weft token``."""

from __future__ import annotations

from datetime import timedelta

import click

from weft.core.cli.start import started
from weft.core.errors import NotFound
from weft.core.i18n import LOCALES
from weft.core.registry.access import AUDIENCES

__all__ = ["token", "user"]


@click.group()
def user() -> None:
    """Add users.

    \b
    Example:
      weft user add --email lin@company.example --name "Lin Shutong" --role crm.sales_rep
    """


@user.command("add")
@click.option("--email", required=True, help="Mail address, also the name to sign in with.")
@click.option("--name", required=True, help="Name as people see it.")
@click.option("--name-alt", default="", help="The name in the other script.")
@click.option("--audience", type=click.Choice(AUDIENCES), default="employee", show_default=True)
@click.option("--role", "roles", multiple=True, help="Key of a role; may be given several times.")
@click.option("--anchor", "anchors", multiple=True, type=int, help="Id of a record that stands for the person.")
@click.option("--locale", type=click.Choice(list(LOCALES)), default="en", show_default=True)
@click.option("--zone", default="UTC", show_default=True, help="Time zone.")
def add_user(
    email: str,
    name: str,
    name_alt: str,
    audience: str,
    roles: tuple[str, ...],
    anchors: tuple[int, ...],
    locale: str,
    zone: str,
) -> None:
    """Add a user and print the link with which the person chooses a password.

    \b
    Example:
      weft user add --email lin@company.example --name "Lin Shutong" --role crm.sales_rep
    """
    from weft.core.identity import admin
    from weft.core.identity.acting import writing
    from weft.core.identity.principal import SYSTEM

    with started() as runtime, writing(runtime, SYSTEM) as acting:
        made = admin.invite(
            acting, email=email, name=name, name_alt=name_alt, audience=audience, roles=roles, anchors=anchors,
            locale=locale, zone=zone,
        )  # fmt: skip
    click.echo(f"{name} was added. This link is good once, until {made.expires_at:%Y-%m-%d %H:%M} UTC:")
    click.echo(f"  {made.url}")
    if made.mailed:
        click.echo("A mail with another such link is on its way.")


@click.group()
def token() -> None:
    """Give programs access.

    \b
    Example:
      weft token add --user lin@company.example --name "nightly report" --scope read
    """


@token.command("add")
@click.option("--user", "email", required=True, help="Mail address of the user whose rights the program gets.")
@click.option("--audience", type=click.Choice(AUDIENCES), default="employee", show_default=True)
@click.option("--name", required=True, help="What the token is for.")
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, 365), help="How long it is good.")
@click.option("--scope", "scopes", multiple=True, help="What it may do; all that the user may when not given.")
def add_token(email: str, audience: str, name: str, days: int, scopes: tuple[str, ...]) -> None:
    """Make an API token and print it; it is shown only now.

    \b
    Example:
      weft token add --user lin@company.example --name "nightly report" --days 30
    """
    from weft.core.identity import audit, tokens, users

    with started() as runtime, runtime.db.write() as connection:
        now = runtime.clock()
        found = users.find_by_email(connection, email, audience)
        if found is None or not found.active:
            raise NotFound(f"There is no active user {email} in the {audience} portal.")
        ends = now + timedelta(days=days)
        issued = tokens.issue(connection, found.id, name, now=now, expires_at=ends, scopes=scopes or None)
        audit.write(connection, now, None, "command", "token.create", {"user": [None, found.id], "name": [None, name]})
    click.echo(
        f"Good until {issued.expires_at:%Y-%m-%d}. Send it as `Authorization: Bearer <token>`; it is not shown again:"
    )
    click.echo(issued.secret)
