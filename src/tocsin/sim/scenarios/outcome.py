"""What one play left: each call's times, each kind of unit's work, what was refused; and the same of a record, to hold beside it."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from tocsin.city.record import Record
from tocsin.house import House
from tocsin.kernel import Instant
from tocsin.sim.clock import SECOND
from tocsin.sim.scenarios.duties import Duty

_ENCODER = msgspec.msgpack.Encoder()


class CallFigures(msgspec.Struct, frozen=True, array_like=True):
    """One call: when it came, its kind and priority, and the seconds until the first unit was sent and was there (-1: none was)."""

    at: int
    kind: str
    priority: int
    sent_s: float
    there_s: float


class RunFigures(msgspec.Struct, frozen=True, array_like=True):
    """One unit's part in a call that it got to: seconds from being sent to driving off, and from that to being there; -1 where not known."""

    unit_kind: str
    priority: int
    turnout_s: float
    drive_s: float


class Decision(msgspec.Struct, frozen=True, array_like=True):
    """That a unit was sent to a call, at an instant, and in how many seconds it was thought to be there."""

    at: int
    number: int
    unit: str
    shift: str
    eta_s: int


class UnitFigures(msgspec.Struct, kw_only=True):
    """All units of a kind together: how often sent, and seconds from being sent to being free, of seconds on duty."""

    sent: int = 0
    busy_s: float = 0.0
    duty_s: float = 0.0


class Outcome(msgspec.Struct, kw_only=True):
    """One play, or one stretch of a record: what was counted from `begin` on and before `end`."""

    begin: int
    end: int
    calls: list[CallFigures] = []
    runs: list[RunFigures] = []
    units: dict[str, UnitFigures] = {}
    waited: int = 0
    """Sendings that found no unit free and had to wait."""
    dropped: int = 0
    """Of those, how many were no longer needed when one was free."""
    never: int = 0
    """Of those, how many were still waiting at the end of play."""
    breaks: int = 0
    missed: int = 0
    """Breaks that were taken, and those whose window ended while the unit was at work or broken."""
    driven_m: float = 0.0
    """Metres that all units drove, to calls, to hospitals and home, those of the warm-up included; 0 where the play did not measure ways."""
    refused: dict[str, int] = {}
    examples: dict[str, str] = {}
    decisions: str = ""
    """SHA-256 over every decision, in order: a play on the house and one in arrays with the same are the same, unit by unit."""
    facts: int = 0
    digest: str = ""
    """SHA-256 over what every kept fact says, in order: two plays with the same digest are the same bit for bit. Empty where no fact was kept."""


def within(begin: Instant, end: Instant, since: Instant, until: Instant) -> float:
    """How many seconds of a span lie between two instants."""
    return max(0, min(end, until) - max(begin, since)) / SECOND


def observed(record: Record, duties: Iterable[Duty], begin: Instant, end: Instant) -> Outcome:
    """The same figures of the record itself: calls by when they were received, work by when it was done."""
    found = Outcome(begin=begin, end=end)
    for duty in duties:
        found.units.setdefault(duty.unit_kind, UnitFigures()).duty_s += within(duty.on, duty.off, begin, end)
    for call in record.calls:
        if call.lon is None:
            continue
        counted, priority = begin <= call.received_at < end, min(max(call.priority, 1), 4)
        sent = [run.dispatch_at for run in call.runs if run.dispatch_at is not None]
        there = [run.on_scene_at for run in call.runs if run.on_scene_at is not None and run.dispatch_at is not None]
        if counted:
            found.calls.append(CallFigures(call.received_at, call.kind, priority, (min(sent) - call.received_at) / SECOND if sent else -1.0,
                                           max(0.0, (min(there) - call.received_at) / SECOND) if there else -1.0))
        for run in call.runs:
            if run.dispatch_at is None:
                continue
            unit = found.units.setdefault(run.unit_kind, UnitFigures())
            unit.sent += counted
            if run.available_at is not None:
                unit.busy_s += within(run.dispatch_at, run.available_at, begin, end)
            if counted and run.on_scene_at is not None and run.response_at is not None:
                found.runs.append(RunFigures(run.unit_kind, priority, max(0.0, (run.response_at - run.dispatch_at) / SECOND),
                                             max(0.0, (run.on_scene_at - run.response_at) / SECOND)))
    return found


def decided(decisions: Sequence[Decision]) -> str:
    """A hash over decisions, in order."""
    return hashlib.sha256(_ENCODER.encode(decisions)).hexdigest()


def digest(house: House) -> str:
    """A hash of what every kept fact says, envelope and all.

    The ledger's own root cannot be compared from run to run: each of its lines ends in bytes of chance, so that nobody can
    guess a fact from its public hash.
    """
    hashed = hashlib.sha256()
    for position, entry in house.ledger.read(0):
        hashed.update(_ENCODER.encode((position, entry.kind, entry.body, entry.tags, entry.happened_at, entry.known_at, entry.by,
                                       entry.purpose, entry.cause, entry.key)))
    return hashed.hexdigest()


def counted(*desks: "Counter[str]") -> dict[str, int]:
    """Several counts as one, in order of their codes."""
    total = sum(desks, Counter[str]())
    return {code: total[code] for code in sorted(total)}
