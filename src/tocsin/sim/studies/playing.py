"""A study's pairs of plays: each replication as things are and as changed, call by call side by side; kept, so that a stopped study goes on."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import msgspec

from tocsin.kernel import Instant, Refused
from tocsin.sim.clock import SECOND
from tocsin.sim.scenarios.asked import DAY
from tocsin.sim.scenarios.outcome import CallFigures, Outcome
from tocsin.sim.scenarios.play import Play
from tocsin.sim.scenarios.playing import play_once
from tocsin.sim.scenarios.preparing import Ground, cannot
from tocsin.sim.scenarios.running import fingerprint
from tocsin.sim.studies.order import put

FORMAT = 1


class Sums(msgspec.Struct, frozen=True, kw_only=True):
    """One play as a whole, a day: kilometres driven, units sent, sendings that waited; `never` waited to its end, `single` calls were reached in this play alone."""

    km: float
    sent: float
    waited: float
    never: float
    single: float


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """One replication. The columns run in parallel, one entry a call that both plays reached: seconds from the call to the first unit there."""

    format: int
    of: str
    """A hash over both scenarios and all that they stand on."""
    number: int
    at: list[Instant]
    lon: list[float]
    lat: list[float]
    priority: list[int]
    before_s: list[float]
    after_s: list[float]
    before: Sums
    after: Sums
    refused: dict[str, int]


Told = Callable[[float], None]
"""Told how much of the pair is played, 0 to 1."""


def mark(two: tuple[Ground, Ground]) -> str:
    """What a pair is kept under."""
    return ".".join(fingerprint(one, "arrays")[:32] for one in two)


def cannot_be(two: tuple[Ground, Ground]) -> list[Refused]:
    """Everything about a study that cannot be; empty where it can be played. What is so already, as things are, stands in nobody's way."""
    before = {(no.code, no.words) for no in cannot(two[0], two[0].play(0))}
    fatal = {"no_demand", "no_fleet", "kind_unknown", "unit_kind_unknown", "place_out_of_reach"}
    return [no for no in cannot(two[1], two[1].play(0)) if no.code in fatal or (no.code, no.words) not in before]


def play_pair(two: tuple[Ground, Ground], number: int, of: str, told: Told) -> Pair:
    """One replication, played under both. The only place that says by what a play is played."""
    found = []
    for which, ground in enumerate(two):
        play = replace(ground.play(number), ways=True)
        outcome = play_once(ground, play, None, partial(_part, told, which, play), on="arrays")
        assert outcome is not None, "nobody stops a play but by ending its process"
        found.append((play, outcome))
    told(1.0)
    return paired(number, of, found[0], found[1])


def paired(number: int, of: str, before: tuple[Play, Outcome], after: tuple[Play, Outcome]) -> Pair:
    """Two plays side by side, by the calls that are in both. One that nobody was ever sent to under one plan alone waits, under that, to the end of play."""
    was, now = _times(*before), _times(*after)
    both = {key: (was[key], now[key]) for key in was if key in now and max(was[key].there_s, now[key].there_s) >= 0}
    answered = {key: pair for key, (one, other) in both.items() if min(pair := (_waited(one, before[0]), _waited(other, after[0]))) >= 0}
    single = [sum(1 for pair in both.values() if pair[which].there_s >= 0 > pair[1 - which].there_s) for which in (0, 1)]
    return Pair(format=FORMAT, of=of, number=number, at=[key[0] for key in answered], lon=[key[1] for key in answered], lat=[key[2] for key in answered],
                priority=[key[4] for key in answered], before_s=[round(pair[0], 1) for pair in answered.values()], after_s=[round(pair[1], 1) for pair in answered.values()],
                before=_sums(*before, single=single[0]), after=_sums(*after, single=single[1]), refused=dict(Counter(before[1].refused) + Counter(after[1].refused)))


Key = tuple[Instant, float, float, str, int]


def _times(play: Play, outcome: Outcome) -> dict[Key, CallFigures]:
    """Each call by what it is: an outcome has its calls in the order in which they were asked, without those that were refused."""
    found: dict[Key, CallFigures] = {}
    figures = iter(outcome.calls)
    one = next(figures, None)
    for call in play.calls:
        if one is not None and (one.at, one.kind, one.priority) == (call.at, call.kind, call.priority):
            found[call.at, call.place.lon, call.place.lat, call.kind, call.priority] = one
            one = next(figures, None)
    assert one is None, "a play counts calls that were asked, in their order"
    return found


def _waited(one: CallFigures, play: Play) -> float:
    """Seconds from the call to the first unit there; to the end of play where nobody was ever sent, -1 where all who were sent were called off."""
    return one.there_s if one.there_s >= 0 else -1.0 if one.sent_s >= 0 else (play.until - one.at) / SECOND


def _sums(play: Play, outcome: Outcome, *, single: int) -> Sums:
    whole, counted = (play.until - play.begin) / DAY, (play.until - play.count_from) / DAY
    return Sums(km=outcome.driven_m / 1000 / whole, sent=sum(unit.sent for unit in outcome.units.values()) / counted, waited=outcome.waited / whole,
                never=outcome.never / whole, single=single / counted)


def _part(told: Told, which: int, play: Play, at: Instant) -> None:
    told(0.5 * which + 0.5 * max(0.0, min(1.0, (at - play.begin) / max(SECOND, play.until - play.begin))))


def kept(folder: Path, number: int, of: str) -> Pair | None:
    """A pair that was played before; None where there is none, or it was one of something else."""
    try:
        found = msgspec.json.decode(_file(folder, number).read_bytes(), type=Pair)
    except (OSError, msgspec.DecodeError):
        return None
    return found if (found.format, found.of) == (FORMAT, of) else None


def keep(folder: Path, pair: Pair) -> None:
    """Keep a pair."""
    put(_file(folder, pair.number), msgspec.json.encode(pair))


def _file(folder: Path, number: int) -> Path:
    return folder / f"pair-{number:04d}.json"
