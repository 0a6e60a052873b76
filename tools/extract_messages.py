"""Bring the .po files of every package up to date with the texts marked in its sources.

Translations are kept, new messages are added empty, messages that nobody uses any more are dropped.
"""

import io
import sys

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from messages import LOCALES, ROOT, Domain, domains

HEADER = """\
# {name}: {locale}
msgid ""
msgstr ""
"Language: {locale}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural_forms}\\n"

"""


def updated(domain: Domain, locale: str) -> Catalog:
    """Return the catalogue with exactly the messages that are in use."""
    old, new = domain.catalogue(locale), Catalog(locale=locale, domain=domain.name)
    for message, places in domain.messages.items():
        known = message.entry(old)
        new.add(
            message.text,
            string=known.string if known else "",
            locations=[(place, None) for place in places],
            flags=known.flags if known else (),
            user_comments=known.user_comments if known else (),
            context=message.context or None,
        )
    return new


def text_of(catalogue: Catalog, domain: Domain, locale: str) -> str:
    """Return the .po file: sorted, without dates and line numbers, so that a diff shows only real changes."""
    body = io.BytesIO()
    write_po(body, catalogue, width=120, omit_header=True, sort_output=True, include_lineno=False)
    header = HEADER.format(name=domain.name, locale=locale, plural_forms=catalogue.plural_forms)
    return header + body.getvalue().decode().rstrip("\n") + "\n"


def main() -> None:
    """Update all, or only the domains named as arguments."""
    wanted = set(sys.argv[1:])
    for domain in domains():
        if wanted and domain.name not in wanted:
            continue
        for locale in LOCALES:
            path = domain.po_file(locale)
            if not domain.messages and not path.exists():
                continue
            catalogue = updated(domain, locale)
            empty = sum(1 for message in catalogue if message.id and not any(message.string))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text_of(catalogue, domain, locale), encoding="utf-8", newline="\n")
            print(f"{path.relative_to(ROOT)}: {len(domain.messages)} messages, {empty} without translation")


if __name__ == "__main__":
    main()
