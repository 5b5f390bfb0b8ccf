"""Start-up on a long ledger, with a snapshot and without one, beside reading the same ledger once; and one command's cost."""

import shutil
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from tests.floor import DESK, PLAN, StillClock, corner, on_duty, small_house

from tocsin.facts.calls import CallTaken
from tocsin.facts.dispatch import IncidentClosed, IncidentOpened, UnitAssigned
from tocsin.facts.fleet import UnitStateChanged
from tocsin.house.envelope import enclose
from tocsin.kernel import Entry, Fact
from tocsin.ledger import Appended, Vault
from tocsin.rooms.calls.commands import TakeCall

FACTS = 1_000_000
_WAITING = 3_000
_SHIFT = "2026-03-04D"


def run(report: Callable[..., None]) -> None:
    """Fill a ledger with whole incidents (nine facts each), then start a house on it three ways."""
    folder = Path(tempfile.mkdtemp(prefix="tocsin-bench-house-"))
    clock = StillClock()
    try:
        fill(folder, clock, FACTS)
        cache = folder / "ledger" / "cache"
        data = f"{FACTS:,} facts of made incidents"
        with_snapshot, rows = _start(folder, clock)
        shutil.rmtree(cache)
        without, again = _start(folder, clock)
        assert rows == again, "the picture with and without the snapshot differ"
        with small_house(folder, clock) as house:
            began = time.perf_counter()
            read = sum(1 for _ in house.ledger.read())
            reading = time.perf_counter() - began
            assert read >= FACTS
            house.do(TakeCall(place=corner(1, 1), kind="fire"), DESK)  # settles the log that the filling left behind
            began = time.perf_counter()
            for _ in range(100):
                house.do(TakeCall(place=corner(1, 1), kind="fire"), DESK)
            long = (time.perf_counter() - began) * 10
        with small_house(folder / "empty", clock) as house:
            began = time.perf_counter()
            for _ in range(100):
                house.do(TakeCall(place=corner(1, 1), kind="fire"), DESK)
            short = (time.perf_counter() - began) * 10
        report(name="house: start from a snapshot", value=with_snapshot, unit="s", peer="reading the ledger once", peer_value=reading, limit=5, data=data)
        report(name="house: start without a snapshot", value=without, unit="s", peer="reading the ledger once", peer_value=reading, data=data)
        report(name="house: a call taken and opened, durable, on a million facts", value=long, unit="ms", peer="on an empty ledger",
               peer_value=short, runs=100, data=data)
    finally:
        shutil.rmtree(folder)


def _start(folder: Path, clock: StillClock) -> tuple[float, dict[str, object]]:
    began = time.perf_counter()
    house = small_house(folder, clock)
    took = time.perf_counter() - began
    rows: dict[str, object] = {name: house.rows(name) for name in ("incident", "unit")}
    house.close()
    return took, rows


def fill(folder: Path, clock: StillClock, facts: int) -> None:
    """So many facts of made incidents, and a few more."""
    with small_house(folder, clock) as house:
        on_duty(house, "M1", "medic", corner(0, 0))
        position = house.ledger.head()
        waiting: list[Future[Appended]] = []
        for number in range(1, facts // 9 + 2):
            call, opened, rest = _incident(house.ledger.vault, number, position, clock)
            key = opened[0].key
            waiting += [house.ledger.submit(call), house.ledger.submit(opened, key=key), house.ledger.submit(rest)]
            position += 9
            if len(waiting) > _WAITING:
                for answer in waiting:
                    answer.result()
                waiting = []
        for answer in waiting:
            answer.result()


def _incident(vault: Vault, number: int, position: int, clock: StillClock) -> tuple[list[Entry], list[Entry], list[Entry]]:
    """One incident's nine facts as the house would append them, with the key that it gives its own reaction."""
    name, at = f"2603{4 + number // 9000:02d}-{number % 9000 + 1:04d}", clock.now()
    place = corner(number % 6, number // 6 % 6)

    def entries(facts: list[Fact], cause: int = 0) -> list[Entry]:
        return enclose(facts, vault, happened_at=at, known_at=at, by="bench", purpose="response", cause=cause,
                       key=f"{cause}/dispatch/0" if cause else "")

    steps = (("assigned", "en_route"), ("en_route", "at_scene"), ("at_scene", "transporting"), ("transporting", "at_destination"),
             ("at_destination", "available"))
    return (
        entries([CallTaken(call=name, channel="voice", place=place, kind="medical", priority=3)]),
        entries([IncidentOpened(incident=name, place=place, kind="medical", priority=3, needs=PLAN.needs("medical", 3), plan=PLAN.version,
                                called_at=at)], position + 1),
        entries([UnitAssigned(incident=name, unit="M1", shift=_SHIFT, eta_s=120),
                 *(UnitStateChanged(unit="M1", shift=_SHIFT, state=state, was=was, incident=name) for was, state in steps),
                 IncidentClosed(incident=name, disposition="transported")]))
