"""The critical path method: earliest and latest times, slack, with four kinds of links and lags.

Pure functions of whole numbers (working days from the start of a plan); no database, no dates. An activity that begins
at ``s`` and lasts ``d`` ends at ``s + d``; the next may begin there.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

__all__ = ["Activity", "CircleError", "Link", "Times", "critical", "schedule"]


class CircleError(ValueError):
    """Links lead back to where they began.

    Attributes:
        members: keys of the activities in circles.
    """

    def __init__(self, members: Sequence[int]) -> None:
        super().__init__(f"{len(members)} activities wait for each other")
        self.members = tuple(members)


@dataclass(frozen=True, slots=True)
class Activity:
    """Something that takes time.

    Attributes:
        key: id.
        days: how long it takes, 0 for an event.
        earliest: it does not begin before.
        ends_from: it does not end before (an unfinished one does not end in the past), however early it begins.
        fixed: it began: nothing moves its start any more.
    """

    key: int
    days: int
    earliest: int = 0
    ends_from: int = 0
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """``after`` waits for ``before``.

    Attributes:
        kind: ``FS`` end to start, ``SS`` start to start, ``FF`` end to end, ``SF`` start to end.
        lag: so many days later; negative for earlier.
    """

    before: int
    after: int
    kind: str = "FS"
    lag: int = 0


@dataclass(slots=True)
class Times:
    """When an activity can and must happen; ``slack`` is how far it may slip without the whole ending later."""

    start: int
    end: int
    late_start: int = 0
    late_end: int = 0

    @property
    def slack(self) -> int:
        """Days between earliest and latest start."""
        return self.late_start - self.start


@dataclass(slots=True)
class _Net:
    activities: Mapping[int, Activity]
    into: dict[int, list[Link]] = field(default_factory=lambda: defaultdict(list))
    out: dict[int, list[Link]] = field(default_factory=lambda: defaultdict(list))

    def order(self) -> list[int]:
        """Every activity after those it waits for.

        Raises:
            CircleError: there is no such order.
        """
        waiting = {key: len(self.into[key]) for key in self.activities}
        ready = deque(key for key, number in waiting.items() if not number)
        found: list[int] = []
        while ready:
            key = ready.popleft()
            found.append(key)
            for link in self.out[key]:
                waiting[link.after] -= 1
                if not waiting[link.after]:
                    ready.append(link.after)
        if len(found) < len(waiting):
            raise CircleError(sorted(set(waiting) - set(found)))
        return found


def schedule(activities: Iterable[Activity], links: Iterable[Link]) -> dict[int, Times]:
    """Compute earliest and latest times.

    Args:
        activities: each key once.
        links: those that name an unknown activity are left out.

    Raises:
        CircleError: activities wait for each other.
    """
    known = {one.key: one for one in activities}
    net = _Net(known)
    for link in links:
        if link.before in known and link.after in known:
            net.into[link.after].append(link)
            net.out[link.before].append(link)
    order = net.order()
    found: dict[int, Times] = {}
    for key in order:
        found[key] = _earliest(known[key], net.into[key], found)
    end = max((times.end for times in found.values()), default=0)
    for key in reversed(order):
        _latest(found[key], net.out[key], found, end)
    return found


def _earliest(one: Activity, into: Sequence[Link], found: Mapping[int, Times]) -> Times:
    start = one.earliest
    if not one.fixed:
        for link in into:
            other = found[link.before]
            least = (other.end if link.kind[0] == "F" else other.start) + link.lag
            start = max(start, least if link.kind[1] == "S" else least - one.days)
    return Times(start, max(start + one.days, one.ends_from))


def _latest(times: Times, out: Sequence[Link], found: Mapping[int, Times], end: int) -> None:
    latest = end
    days = times.end - times.start
    for link in out:
        other = found[link.after]
        most = (other.late_start if link.kind[1] == "S" else other.late_end) - link.lag
        latest = min(latest, most if link.kind[0] == "F" else most + days)
    times.late_end, times.late_start = latest, latest - days


def critical(times: Mapping[int, Times]) -> list[int]:
    """Keys without slack, in the order in which they begin."""
    return sorted((key for key, one in times.items() if one.slack <= 0), key=lambda key: (times[key].start, key))
