"""Fail when a text marked in the sources has no complete translation.

Checked for each message: it is in the .po file of its package, its translation is not empty and not fuzzy, and both
have the same placeholders.
"""

import re
import sys
from collections.abc import Iterator

from babel.messages.catalog import Message as Entry
from messages import LOCALES, ROOT, Domain, Said, domains

PLACEHOLDER = re.compile(r"%\(\w+\)[sdrf]|%[sdrf]|\{\w*\}")


def faults(domain: Domain, locale: str) -> Iterator[str]:
    """Yield what is wrong with one .po file."""
    catalogue = domain.catalogue(locale)
    for message, places in sorted(domain.messages.items(), key=lambda item: str(item[0])):
        fault = fault_of(message.entry(catalogue), message)
        if fault:
            context = f" [{message.context}]" if message.context else ""
            yield f"{message.text!r}{context} ({places[0]}): {fault}"


def fault_of(entry: Entry | None, message: Said) -> str:
    """Return what is wrong with one translation, or an empty text."""
    if entry is None:
        return "not in the catalogue"
    strings = [entry.string] if isinstance(entry.string, str) else list(entry.string)
    if not strings or not all(strings):
        return "not translated"
    if entry.fuzzy:
        return "marked fuzzy"
    original = message.text if isinstance(message.text, str) else message.text[1]
    for string in strings:
        if sorted(PLACEHOLDER.findall(original)) != sorted(PLACEHOLDER.findall(string)):
            return f"placeholders differ: {string!r}"
    return ""


def main() -> int:
    """Print every fault and return the exit code."""
    failed = total = 0
    for domain in domains():
        total += len(domain.messages)
        for locale in LOCALES:
            found = list(faults(domain, locale))
            failed += len(found)
            if found:
                print(f"{domain.po_file(locale).relative_to(ROOT)}: {len(found)} of {len(domain.messages)} messages")
                print("".join(f"    {fault}\n" for fault in found), end="")
    print(f"Translations: {total} messages, {failed} faults.")
    if failed:
        print("`make messages` adds what is missing to the .po files; then fill in the msgstr lines.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
