"""The ledger's showings as the engine of own use takes them: read on in lots, a fortnight at most, looked at when an hour is over."""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any

import msgspec

from tocsin.engines.own_use import DAY_US, OWN_KINDS, Before, Found, Limits, Use, detect
from tocsin.facts.access import FindingRaised, PostLeft, PostTaken, RecordShown, SessionRevoked, SignedOut
from tocsin.facts.dispatch import IncidentClosed
from tocsin.house.envelope import disclose
from tocsin.house.sampling import Sampling, since
from tocsin.kernel import Clock, Entry, Instant, Row
from tocsin.ledger import Ledger
from tocsin.rooms.access.views import late_samples

_HOUR_US = 3_600 * 1_000_000
_DAYS = 14
_IN_HAND = 7
_LOT = 5_000
_WORKED_US = 4 * _HOUR_US
_KINDS = {cls.fact_kind for cls in (FindingRaised, PostLeft, PostTaken, RecordShown, SessionRevoked, SignedOut, IncidentClosed)}
_OWN_WORK = "access."
"""Facts of this kind are no work on the floor: signing in puts nobody on duty."""


def read_limits(path: Path) -> Limits:
    """The limits from their file; raises msgspec.DecodeError where it is none."""
    return msgspec.toml.decode(path.read_bytes(), type=Limits)


class Watching:
    """What is remembered of a fortnight's use to look at it; nothing but what the ledger gives again, and nothing of it is kept."""

    def __init__(self, ledger: Ledger, clock: Clock, limits: Limits) -> None:
        self._ledger, self._clock, self._limits = ledger, clock, limits
        self._sampling = Sampling(ledger, clock, limits.routine)
        self._lock = Lock()
        self._position = -1
        self._looked = -1
        self._shown: list[Use] = []  # of the day in hand, and of the one that has just ended
        self._counts: dict[tuple[str, str], dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._untasked: dict[tuple[str, str], set[int]] = defaultdict(set)
        self._posts: dict[str, tuple[str, Instant]] = {}  # by session: whose, until when
        self._worked: dict[str, Instant] = {}
        self._tasks: dict[str, dict[str, Instant]] = defaultdict(dict)  # by incident: who did something for it, when last
        self._closed: dict[str, Instant] = {}
        self._raised: set[str] = set()
        self._waiting: tuple[Found, ...] = ()

    def look(self, what: str, samples: Mapping[str, Row]) -> tuple[Any, ...]:
        """`own use`: what is found; `own use sample`: what is drawn of a day; `own use late`: the samples that wait too long."""
        if what == "own use sample":
            return self._sampling.due()
        if what == "own use late":
            return late_samples(samples, self._clock.now(), self._sampling.routine.review_within_s)
        return self.due()

    def due(self) -> tuple[Found, ...]:
        """What is found and not yet raised. It looks once for each hour that is over, at that hour's day so far."""
        with self._lock:
            hour = self._clock.now() // _HOUR_US
            if self._position < 0:
                self._position = since(self._ledger, (hour - _DAYS * 24) * _HOUR_US)
            if not self._read(hour * _HOUR_US):
                return ()
            if hour != self._looked:
                self._looked = hour
                self._waiting = self._look(hour * _HOUR_US)
            self._waiting = tuple(found for found in self._waiting if found.use not in self._raised)
            return self._waiting

    def _look(self, until: Instant) -> tuple[Found, ...]:
        """Look at each day that is still in hand: usually this one and yesterday, after a standstill those before it too."""
        over = [use for use in self._shown if use.at < until]
        counts = {key: {one: len(records) for one, records in days.items()} for key, days in self._counts.items()}
        found: list[Found] = []
        for one in sorted({use.at // DAY_US for use in over}):
            earlier = {key: left for key, days in counts.items() if (left := {at: count for at, count in days.items() if one - _DAYS <= at < one})}
            found += detect([use for use in over if use.at // DAY_US == one], Before(counts=earlier, untasked=self._untasked), self._limits)
        self._forget((until - 1) // DAY_US)
        return tuple(found)

    def _read(self, until: Instant) -> bool:
        """Take in the next lot; whether all that was kept up to an instant has been."""
        lot = list(self._ledger.read(self._position, _LOT))
        for position, entry in lot:
            self._take(position, entry)
            self._position = position
        return len(lot) < _LOT or lot[-1][1].known_at > until

    def _take(self, position: int, entry: Entry) -> None:
        if not entry.kind.startswith(_OWN_WORK) and not entry.by.startswith("room:"):
            self._worked[entry.by] = entry.known_at
            for tag in entry.tags:
                if tag.startswith(("incident:", "call:")):
                    self._tasks[tag.partition(":")[2]][entry.by] = entry.known_at
        if entry.kind not in _KINDS:
            return
        fact = disclose([(position, entry)])[0].fact
        match fact:
            case RecordShown():
                self._show(position, entry, fact)
            case PostTaken():
                self._posts[fact.session] = (entry.by, fact.until)
            case PostLeft() | SignedOut() | SessionRevoked():
                self._posts.pop(fact.session, None)
            case IncidentClosed():
                self._closed[fact.incident] = entry.known_at
            case FindingRaised() if fact.use:
                self._raised.add(fact.use)

    def _show(self, position: int, entry: Entry, fact: RecordShown) -> None:
        at, staff, role = entry.known_at, entry.by, " ".join(fact.roles)
        incident = fact.incident or fact.record.partition(":")[2]
        on_duty = at - self._worked.get(staff, 0) < _WORKED_US or any(who == staff and at < until for who, until in self._posts.values())
        tasked = self._tasked(incident, staff, position)
        closed_at = self._closed_at(incident, position)
        use = Use(position=position, staff=staff, role=role, record=f"incident:{incident}", at=at, on_duty=on_duty, tasked=tasked,
                  response=entry.purpose == "response",
                  own=tuple(kind for kind in OWN_KINDS if kind in fact.own), closed_s=-1 if closed_at is None else max(0, at - closed_at) // 1_000_000)
        if at >= self._clock.now() - _IN_HAND * DAY_US:
            self._shown.append(use)
        self._counts[staff, role][at // DAY_US].add(use.record)
        if not tasked and use.response:
            self._untasked[staff, use.record].add(at // DAY_US)

    def _tasked(self, incident: str, staff: str, position: int) -> bool:
        if staff in self._tasks[incident]:
            return True
        return any(entry.by == staff and not entry.kind.startswith(_OWN_WORK) for at, entry in self._story(incident) if at < position)

    def _closed_at(self, incident: str, position: int) -> Instant | None:
        if incident not in self._closed:
            closed = [entry.known_at for at, entry in self._story(incident) if at < position and entry.kind == IncidentClosed.fact_kind]
            if not closed:
                return None
            self._closed[incident] = closed[-1]
        return self._closed[incident]

    def _story(self, incident: str) -> list[tuple[int, Entry]]:
        return list(self._ledger.read_tags((f"incident:{incident}", f"call:{incident}")))

    def _forget(self, day: int) -> None:
        """Let go of what no look needs any more."""
        self._shown = [use for use in self._shown if use.at // DAY_US >= day - 1]
        for days in self._counts.values():
            for one in [one for one in days if one < day - _DAYS]:
                del days[one]
        self._untasked = defaultdict(set, {key: left for key, days in self._untasked.items() if (left := {one for one in days if one > day - _DAYS})})
        oldest = (day - _DAYS) * DAY_US
        self._tasks = defaultdict(dict, {key: who for key, who in self._tasks.items() if any(at >= oldest for at in who.values())})
        self._closed = {key: at for key, at in self._closed.items() if at >= oldest}
        self._posts = {key: post for key, post in self._posts.items() if post[1] >= oldest}
        self._raised = {use for use in self._raised if int(use.rpartition(":")[2]) >= day - _DAYS}
