"""How requests come in: by the portal, by a public form, by phone. Mails have a module of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from weft.core.sdk import Records, Row, comments, files, translator, use_locale
from weft.plugins.service.services import conversation, mailing, parties

_ = translator("service")

__all__ = ["ask", "from_the_web"]

_REQUEST = "service.request"


def ask(records: Records, values: Mapping[str, Any], *, uploads: Sequence[int] = ()) -> Row:
    """Make a request as the person of the unit; whoever shall answer it is told.

    Args:
        records: a writing unit of a visitor or a colleague.
        values: API values of the fields they may fill.
        uploads: ids of files they sent before.

    Raises:
        ValidationFailed: with names of fields.
        Denied: they may not ask.
    """
    made = records.create(_REQUEST, values)
    shared = "shared"
    files.attach_uploads(records, made["id"], uploads, audience=shared)
    conversation.tell_new(records, made["id"])
    return made


def from_the_web(records: Records, given: Mapping[str, str], language: str) -> Row:
    """Make a request of the public form; the platform writes, for nobody is signed in there.

    Anybody can type any mail address: the request belongs to nobody until a colleague confirms the sender, and an
    internal note says that the address is known here. Whoever filled the form in learns nothing of that.

    Args:
        records: a writing unit of nobody.
        given: ``name``, ``email``, ``company``, ``number``, ``subject``, ``description``, as typed and not empty where
            the form asks for them.
        language: of the form, for the mail that says it arrived.

    Raises:
        ValidationFailed: the address is none.
    """
    system = records.system("service: public form")
    known = parties.by_mail(system, given["email"]) != parties.Party()
    told = [given["name"], *(one for one in (given.get("company"), given.get("number")) if one)]
    text = f"{plain(given['description'])}\n\n{plain(', '.join(told))}"
    values = {
        "subject": given["subject"], "description": text, "reply_to": given["email"], "channel": "web",
    }  # fmt: skip
    made = system.create(_REQUEST, values)
    if known:
        comments.relay(system, made["id"], _unconfirmed(given["email"], language), audience="internal")
    conversation.tell_new(system, made["id"])
    mailing.receipt(system, made, language)
    return made


def _unconfirmed(address: str, language: str) -> str:
    with use_locale(language):
        told = _("Not verified: somebody typed the known mail address %(address)s into the public form. The request "
                 "belongs to no customer until you confirm the sender.")  # fmt: skip
        return plain(str(told % {"address": address}))


def plain(text: str) -> str:
    """Plain text of a stranger as Markdown that reads the same: nothing of it is formatting."""
    return re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", text)
