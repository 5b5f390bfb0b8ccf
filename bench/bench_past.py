"""Any second of a day of 16,000 calls as it was known then: cold, warm and stepping, beside folding the ledger from its start."""

import heapq
import itertools
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from statistics import quantiles

import msgspec
from tests.floor import CHIEF, DESK, PLAN, StillClock, asker, corner, small_house

from tocsin.facts.calls import CallTaken
from tocsin.facts.dispatch import CandidatesOffered, IncidentClosed, IncidentOpened, NoteAdded, PriorityChanged, UnitAssigned
from tocsin.facts.fleet import UnitStateChanged
from tocsin.house import House
from tocsin.house.envelope import disclose, enclose
from tocsin.kernel import Fact, Instant, Sealed
from tocsin.ledger import Appended, Vault
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import OfferCandidates
from tocsin.rooms.fleet.commands import StartShift
from tocsin.trail import Fix

CALLS = 16_000
UNITS = 400
_S = 1_000_000
_DAY_S = 86_400
_SHIFT = "2026-03-04D"
_EVERY_S = 30
_WAITING = 3_000
_LIMIT_S = 1.0


def run(report: Callable[..., None]) -> None:
    """Write the day, let the keyframes be made, then look at random seconds in every way."""
    chance = random.Random(16)
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-past-") as folder:
        clock = StillClock()
        start = clock.now()
        facts = _fill(Path(folder), clock, chance)
        data = f"{facts:,} facts, {CALLS:,} calls, {UNITS} units with a position each {_EVERY_S} s"

        def anywhere() -> Instant:
            return start + chance.randrange(_DAY_S * _S)

        with small_house(Path(folder), clock) as house:
            began = time.perf_counter()
            while house._past._follower is not None:
                time.sleep(0.2)
            report(name="past: keyframes of the day made beside the floor", value=time.perf_counter() - began, unit="s", data=data)
            cache = list((Path(folder) / "ledger" / "cache").glob("past-*.cache"))
            report(name="past: keyframes of the day on the disk", value=sum(path.stat().st_size for path in cache) / 1e6, unit="MB", runs=len(cache), data=data)
            peer = _from_start(house, anywhere())
            warm = [_look(house, anywhere()) for _ in range(200)]
            at = start + _DAY_S * _S // 2
            steps = [_look(house, at + second * _S) for second in range(200)]
        cold = []
        for _ in range(25):
            with small_house(Path(folder), clock) as house:
                cold.append(_look(house, anywhere()))
        for name, took in (("cold, the first look of a house just started", cold), ("warm, at random", warm), ("stepping a second on", steps)):
            wall, busy = [one for one, _ in took], [one for _, one in took]
            cuts = quantiles(wall, n=20)
            report(name=f"past: {name}, p50", value=cuts[9], unit="s", peer="folding from the start", peer_value=peer, limit=_LIMIT_S, runs=len(took), data=data)
            report(name=f"past: {name}, p95", value=cuts[18], unit="s", limit=_LIMIT_S, runs=len(took), data=data)
            report(name=f"past: {name}, longest", value=max(wall), unit="s", limit=_LIMIT_S, runs=len(took), data=data)
            report(name=f"past: {name}, longest, processor time", value=max(busy), unit="s", limit=_LIMIT_S, runs=len(took), data=data)


def _look(house: House, at: Instant) -> tuple[float, float]:
    """Seconds by the wall and of the processor that one look back took."""
    began, busy = time.perf_counter(), time.thread_time()
    frame = house.past(at)
    took = time.perf_counter() - began, time.thread_time() - busy
    assert frame.rows
    return took


def _from_start(house: House, at: Instant) -> float:
    """The peer: the whole ledger up to that second folded into fresh pictures, which is what a look back costs without keyframes."""
    began = time.perf_counter()
    pictures = house._pictures.beside()
    lines = itertools.takewhile(lambda line: line[1].known_at <= at, house.ledger.read())
    for page in iter(lambda: list(itertools.islice(lines, 1_000)), []):
        pictures.fold(disclose(page))
    return time.perf_counter() - began


def _fill(folder: Path, clock: StillClock, chance: random.Random) -> int:
    start = clock.now()
    with small_house(folder, clock) as house:
        for number in range(UNITS):
            home = corner(number % 6, number // 6 % 6)
            house.do(StartShift(unit=f"M{number}", shift=_SHIFT, unit_kind="medic", station=f"Station {number % 20}", home=home, crew=2), CHIEF)
        model = _an_offer(house)
        _keep_facts(house, clock, _day(house.ledger.vault, model, start, chance))
        for second in range(0, _DAY_S, _EVERY_S):
            clock.at = start + second * _S
            house.report([Fix(f"M{number}", 24.9 + (number + second) % 997 / 25_000, 60.15 + number % 97 / 5_000, clock.at, clock.at, 9.0, 8.0, 90.0)
                          for number in range(UNITS)], asker("crew", "responder"))
            if second % 300 == 0:
                house.trail.flush()
        clock.at = start + _DAY_S * _S
        return house.ledger.head()


def _an_offer(house: House) -> CandidatesOffered:
    """One real offer over all units, as dispatch keeps it; every incident of the day has one of that size."""
    house.do(OfferCandidates(incident=house.do(TakeCall(place=corner(1, 1), kind="medical"), DESK).subject.removeprefix("call:")), DESK)
    return next(kept.fact for kept in disclose(house.ledger.read()) if isinstance(kept.fact, CandidatesOffered))


def _day(vault: Vault, model: CandidatesOffered, start: Instant, chance: random.Random) -> Iterator[tuple[Instant, str, list[Fact]]]:
    """The day's appends in order of time: each call with its incident, offer, units, notes and end, many of them at once."""
    coming: list[tuple[Instant, int, str, list[Fact]]] = []
    order = itertools.count()
    for number in range(1, CALLS + 1):
        begins = start + (number - 1) * _DAY_S * _S // CALLS
        for one in _incident(model, number, begins, chance):
            heapq.heappush(coming, (one[0], next(order), one[1], one[2]))
        while coming and coming[0][0] <= begins:
            at, _, name, facts = heapq.heappop(coming)
            yield at, name, facts
    while coming:
        at, _, name, facts = heapq.heappop(coming)
        if at < start + _DAY_S * _S:
            yield at, name, facts


def _incident(model: CandidatesOffered, number: int, at: Instant, chance: random.Random) -> Iterator[tuple[Instant, str, list[Fact]]]:
    """One incident's facts with the moments they were known at: about nineteen over forty minutes."""
    name, place, unit = f"260305-{number:05d}", corner(number % 6, number // 6 % 6), f"M{number % UNITS}"
    yield at, name, [CallTaken(call=name, channel="voice", place=place, kind="medical", priority=3, notes=Sealed(f"call:{name}", "a made call"))]
    opened: Fact = IncidentOpened(incident=name, place=place, kind="medical", priority=3, needs=PLAN.needs("medical", 3), plan=PLAN.version, called_at=at)
    yield at + 1, name, [opened]
    if number % 10 == 0:  # the offers of 400 candidates are large; one in ten keeps the bench's disk small and their folding in the figures
        yield at + 5 * _S, name, [msgspec.structs.replace(model, incident=name, offer=f"{name}-1")]
    at += 20 * _S
    yield at, name, [UnitAssigned(incident=name, unit=unit, shift=_SHIFT, eta_s=120)]
    steps = (("assigned", "en_route"), ("en_route", "at_scene"), ("at_scene", "transporting"), ("transporting", "at_destination"),
             ("at_destination", "clearing"), ("clearing", "available"))
    for was, state in steps:
        at += chance.randrange(30, 600) * _S
        yield at, name, [UnitStateChanged(unit=unit, shift=_SHIFT, state=state, was=was, incident=name)]
        yield at + _S, name, [NoteAdded(incident=name, note=Sealed(f"call:{name}", f"said at {state}"))]
    for priority in (2, 3):
        yield at + priority * _S, name, [PriorityChanged(incident=name, priority=priority, needs=PLAN.needs("medical", priority))]
    yield at + 9 * _S, name, [IncidentClosed(incident=name, disposition="transported")]


def _keep_facts(house: House, clock: StillClock, day: Iterator[tuple[Instant, str, list[Fact]]]) -> None:
    position = house.ledger.head()
    calls: dict[str, int] = {}
    waiting: list[Future[Appended]] = []
    for at, name, facts in day:
        cause = calls.pop(name) if isinstance(facts[0], IncidentOpened) else 0
        key = f"{cause}/dispatch/0" if cause else ""
        entries = enclose(facts, house.ledger.vault, happened_at=at, known_at=at, by="bench", purpose="response", cause=cause, key=key)
        waiting.append(house.ledger.submit(entries, key=key))
        position += len(entries)
        if isinstance(facts[0], CallTaken):
            calls[name] = position
        if len(waiting) > _WAITING:
            for answer in waiting:
                answer.result()
            waiting = []
    for answer in waiting:
        answer.result()
