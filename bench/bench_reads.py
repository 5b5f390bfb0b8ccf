"""What it costs to keep each showing before it is shown: sensitive reads with and without the fact, in one run, under load."""

import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
from tests.floor import DESK, corner, small_house

from tocsin.cli.settings import SystemClock
from tocsin.house import House
from tocsin.kernel import Refused
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import AddNote, ReadStory

Report = Callable[..., None]
READERS, SECONDS, ROUNDS = 16, 4.0, 3
CALLS_A_S = 20.0


def run(report: Report) -> None:
    """Sixteen desks read stories while twenty calls a second are taken: five a second each, then without a pause; by turns with the
    fact kept and without, which is no way to run a house and is here to be measured against."""
    with tempfile.TemporaryDirectory() as folder, small_house(Path(folder), SystemClock()) as house:  # type: ignore[arg-type]  # the machine's own time
        incidents = [_incident(house, number) for number in range(50)]
        kept_as = house.keep_shown
        for pause_s, says in ((0.2, "five a second each"), (0.0, "without a pause")):
            took: dict[str, list[float]] = {"kept": [], "not kept": []}
            for _ in range(ROUNDS):
                for how, found in took.items():
                    house.keep_shown = kept_as if how == "kept" else _nothing  # type: ignore[method-assign, assignment]  # measured, never run so
                    found += _read(house, incidents, pause_s)
            data = f"{READERS} desks read stories of 50 incidents, {says}; {CALLS_A_S:.0f} calls/s"
            for share, name in ((50, "p50"), (99, "p99")):
                kept, bare = (float(np.percentile(found, share)) * 1000 for found in took.values())
                report(name=f"sensitive read, its fact kept first, {name}, {says}", value=kept, unit="ms", peer="the same without the fact", peer_value=bare,
                       runs=len(took["kept"]), data=data)
                if share == 99:
                    report(name=f"keeping the fact adds to a sensitive read, p99, {says}", value=kept - bare, unit="ms", limit=50, runs=len(took["kept"]), data=data)


def _incident(house: House, number: int) -> str:
    receipt = house.do(TakeCall(kind="medical", place=corner(number % 6, number // 10), number=f"+358 50 555 {number:04d}", notes="fell from a ladder"), DESK)
    incident = receipt.subject.partition(":")[2]
    for _ in range(5):
        house.do(AddNote(incident=incident, note="somebody is with the patient"), DESK)
    return incident


def _read(house: House, incidents: list[str], pause_s: float) -> list[float]:
    took: list[float] = []
    until = time.perf_counter() + SECONDS

    def desk(seed: int) -> None:
        at = seed
        own = []
        while time.perf_counter() < until:
            at = (at * 7 + 3) % len(incidents)
            begun = time.perf_counter()
            house.see(ReadStory(incident=incidents[at]), DESK)
            own.append(time.perf_counter() - begun)
            time.sleep(pause_s)
        took.extend(own)

    def calls() -> None:
        number = 0
        while time.perf_counter() < until:
            number += 1
            with suppress(Refused):
                house.do(TakeCall(kind="other", place=corner(number % 6, 2)), DESK)
            time.sleep(1 / CALLS_A_S)

    threads = [threading.Thread(target=desk, args=(seed,)) for seed in range(READERS)] + [threading.Thread(target=calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took


def _nothing(*words: object) -> None:
    """Keeps nothing."""
