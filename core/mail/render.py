"""Mails from templates: plain text, first line the subject, in the language of the receiver."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from weft.core.i18n import babel_locale, gettext, use_locale
from weft.core.mail.message import Message

__all__ = ["render"]


def render(
    template: str, locale: str, *, to: str, package: str = "weft.core.mail", domain: str = "core", **data: Any
) -> Message:
    """Fill a template and return the mail.

    Args:
        template: file below ``templates/`` of the package; its first line is the subject.
        locale: of the receiver.
        to: address of the receiver.
        package: import path of the package that owns the template.
        domain: text domain of its ``_()``.
        data: plain values; moments are shown with ``moment(value, zone)``.

    Raises:
        jinja2.UndefinedError: the template names a value that is not in ``data``.
    """
    with use_locale(locale):
        text = _environment(package, domain).get_template(template).render(data)
    subject, _newline, body = text.partition("\n")
    return Message(to=to, subject=subject.strip(), text=body.strip() + "\n")


@cache
def _environment(package: str, domain: str) -> Environment:
    folder = resources.files(package) / "templates"
    # Plain text: nothing is markup, so nothing is escaped; values are never compiled as templates.
    env = Environment(loader=FileSystemLoader(str(folder)), autoescape=False, undefined=StrictUndefined)  # noqa: S701
    env.globals["_"] = lambda message: gettext(domain, message)
    env.globals["moment"] = _moment
    return env


def _moment(value: datetime, zone: str) -> str:
    return format_datetime(value, "medium", tzinfo=ZoneInfo(zone), locale=babel_locale())
