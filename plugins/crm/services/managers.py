"""Who is told and asked about a salesperson's customers: the sales managers above them."""

from __future__ import annotations

from collections.abc import Iterable

from weft.core.sdk import Records, directory
from weft.plugins.crm.grants import MANAGER

__all__ = ["managers_of"]


def managers_of(records: Records, people: Iterable[int]) -> dict[int, list[int]]:
    """Sales managers in whose unit, or below it, each person works; all sales managers where there is none.

    Args:
        records: any unit of work.
        people: users.

    Returns:
        Person -> managers, without the person.
    """
    wanted = sorted(set(people))
    holders = directory.holders(records, MANAGER)
    units = directory.units_of(records, [*wanted, *holders])
    below = {
        unit: set(directory.units_below(records, unit)) for unit in {units[one] for one in holders if one in units}
    }
    found: dict[int, list[int]] = {}
    for person in wanted:
        above = [one for one in holders if one in units and units.get(person) in below[units[one]]]
        found[person] = [one for one in (above or holders) if one != person]
    return found
