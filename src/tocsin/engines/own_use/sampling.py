"""Which of a day's showings are drawn for routine review: by the ledger's root of that day, so that anybody can draw them again.

The root is known when the day is over and not before, so nobody can look at records where the sample will not; and it is fixed by
every fact of the day, so nobody can choose it without changing what the ledger proves.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Annotated

import msgspec
from msgspec import Meta

MOST = 300
"""So many people a day, at most; who is left over is due on the next."""


class Routine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much is drawn: so many showings of all a day, and so many of each person whose turn it is; everybody once in so many days."""

    every_days: Annotated[int, Meta(ge=1, le=31)]
    showings: Annotated[int, Meta(ge=0, le=40)]
    each: Annotated[int, Meta(ge=1, le=10)]
    review_within_s: Annotated[int, Meta(ge=3_600, le=31 * 86_400)]
    en: Annotated[str, Meta(min_length=10, max_length=400)]
    zh: Annotated[str, Meta(min_length=5, max_length=400)]


class Shown(msgspec.Struct, frozen=True, gc=False):
    """One showing to one member of staff, as far as drawing needs it."""

    position: int
    staff: str
    record: str


class Drawn(msgspec.Struct, frozen=True, kw_only=True):
    """What is drawn of one person's day."""

    staff: str
    positions: tuple[int, ...]
    records: tuple[str, ...]


def draw(root: bytes, day: int, shown: Iterable[Shown], last: Mapping[str, int], *, every_days: int, showings: int, each: int) -> tuple[Drawn, ...]:
    """A day's sample. `last` has the day on which each person was last drawn, where that is less than `every_days` ago.

    Whoever was shown something and was not drawn in the `every_days` - 1 days before is drawn now; others by one chance in as many.
    """
    people: dict[str, list[Shown]] = defaultdict(list)
    for one in shown:
        people[one.staff].append(one)
    ranked = sorted((one for own in people.values() for one in own), key=lambda one: (_rank(root, str(one.position)), one.position))
    chosen = {one.position: one for one in ranked[:showings]}
    due = sorted((staff for staff in people if day - last.get(staff, day - every_days) >= every_days or _rank(root, staff) % every_days == 0),
                 key=lambda staff: (last.get(staff, -1), _rank(root, staff)))
    room = MOST - len({one.staff for one in chosen.values()})
    for staff in due[:room]:
        own = sorted(people[staff], key=lambda one: (_rank(root, str(one.position)), one.position))
        chosen |= {one.position: one for one in own[:each]}
    drawn = []
    for staff in sorted({one.staff for one in chosen.values()}):
        own = sorted((one for one in chosen.values() if one.staff == staff), key=lambda one: one.position)
        drawn.append(Drawn(staff=staff, positions=tuple(one.position for one in own), records=tuple(sorted({one.record for one in own}))))
    return tuple(drawn)


def _rank(root: bytes, what: str) -> int:
    return int.from_bytes(sha256(root + b"\x00sample\x00" + what.encode()).digest()[:8], "big")
