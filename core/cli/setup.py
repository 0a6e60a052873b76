"""``weft init`` and ``weft demo``: from an empty folder to something one can sign in to."""

from __future__ import annotations

import os
import sys
from typing import IO

import click

from weft.core.cli.start import progress, ready, started
from weft.core.config import load_settings
from weft.core.errors import ConfigError
from weft.core.i18n import LOCALES

__all__ = ["demo", "init"]


@click.command()
@click.option("--company", help="Name of the company.")
@click.option("--company-alt", default="", help="Its name in the other script.")
@click.option("--currency", help="Company currency, such as CNY or EUR.")
@click.option("--zone", help="Time zone, such as Asia/Shanghai.")
@click.option("--language", type=click.Choice(list(LOCALES)), help="Language of the company.")
@click.option("--name", help="Name of the first administrator.")
@click.option("--name-alt", default="", help="That name in the other script.")
@click.option("--email", help="Mail address of the first administrator.")
@click.option("--password-file", type=click.File("r"), help="File with the password, else WEFT_ADMIN_PASSWORD.")
def init(password_file: IO[str] | None, **given: str | None) -> None:
    """Set up an empty installation: company and first administrator.

    What is not given as an option is asked for.

    \b
    Example:
      weft init --company "Weirholm Instruments" --currency CNY --zone Asia/Shanghai --language en \\
                --name "Shao Yining" --email admin@company.example
    """
    from weft.core.identity import sessions, setup

    settings = load_settings()
    ready(settings)
    with started(settings) as runtime:
        link = setup.announce(runtime)
        if link is None:
            raise ConfigError("This installation is set up already. Add people with `weft user add`.")
        values = _asked(given)
        values["password"] = _password(password_file)
        signed_in = setup.set_up(runtime, link.rpartition("token=")[2], values, address="", agent="weft init")
        with runtime.db.write() as connection:  # setting up opens a session for a browser; here is none
            sessions.revoke(connection, signed_in.session.id, now=runtime.clock())
    click.echo(f"{values['company']} is set up. Start with `weft serve` and sign in as {values['email']}.")


def _asked(given: dict[str, str | None]) -> dict[str, str]:
    questions = {
        "company": ("Company", None), "currency": ("Company currency", "EUR"), "zone": ("Time zone", "UTC"),
        "language": ("Language (en, zh)", "en"), "name": ("Your name", None), "email": ("Your mail address", None),
    }  # fmt: skip
    values = {key: value for key, value in given.items() if value is not None}
    for key, (question, default) in questions.items():
        if key not in values:
            values[key] = click.prompt(question, default=default)
    values["locale"] = values.pop("language")
    return values


def _password(file: IO[str] | None) -> str:
    if file is not None:
        return str(file.read()).rstrip("\r\n")
    if "WEFT_ADMIN_PASSWORD" in os.environ:
        return os.environ["WEFT_ADMIN_PASSWORD"]
    if not sys.stdin.isatty():
        raise ConfigError("There is no terminal to ask for the password; give --password-file or WEFT_ADMIN_PASSWORD.")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


@click.command()
@click.option("--size", type=click.Choice(["small", "medium", "large"]), default="small", show_default=True)
@click.option("--locale", type=click.Choice(["both", "en", "zh"]), default="both", show_default=True,
              help="Language of free texts.")  # fmt: skip
@click.option("--seed", default=7, show_default=True, help="The same seed makes the same company.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="The day it is made for; default today.")
def demo(size: str, locale: str, seed: int, day: object) -> None:
    """Fill an empty database with an invented company and print who can sign in.

    \b
    Example:
      weft demo --size small && weft serve
    """
    from weft.core.cli import demo_box
    from weft.core.ops.demo import make_demo

    settings = load_settings()
    ready(settings)
    with started(settings) as runtime:
        chosen = None if day is None else day.date()  # type: ignore[attr-defined]
        password = make_demo(runtime, size=size, seed=seed, locale=locale, day=chosen, progress=progress())
        demo_box.show(runtime, password)
