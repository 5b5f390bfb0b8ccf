"""What a record teaches once it has been played: how long units of unknown waiting places drove, beside where the play had them."""

from collections.abc import Sequence

import numpy as np

from tocsin.city.calibrate.runs import DRIVE_S
from tocsin.city.record import PastCall, Record, Run
from tocsin.sim.clock import SECOND, StepClock
from tocsin.sim.scenarios.arrays import ArrayFloor
from tocsin.sim.scenarios.asked import Asked, asked
from tocsin.sim.scenarios.duties import from_record
from tocsin.sim.scenarios.fleet_at_work import Driven
from tocsin.sim.scenarios.habits import Habits
from tocsin.sim.scenarios.play import Play
from tocsin.sim.scenarios.simulate import Simulation
from tocsin.sim.scenarios.waiting import LIGHTS, Pairs
from tocsin.sim.travel import Point, Streets

PASSES = 2
"""How often the record is played to learn from: what is learnt moves units, and what moved units teach changes little after the second time."""
SEED = 1


def learn(record: Record, habits: Habits, floor: ArrayFloor, clock: StepClock, streets: Streets, hospitals: Sequence[Point]) -> Habits:
    """These habits, with the drives of roving kinds held beside the play's own ways to the same calls instead of beside a guess.

    A guess from the waiting places alone takes a unit that has just been freed to be back already, and so every way to be shorter than a
    play has it: what is then drawn by that ratio takes too long. `floor` and `clock` are fresh, and used up.
    """
    calls = sorted(((one, call) for call in record.calls if (one := asked(call, call.received_at)) is not None), key=lambda pair: pair[0].at)
    if not calls or not habits.kinds:
        return habits
    first, last = calls[0][0].at, calls[-1][0].at
    play = Play(calls=[one for one, _ in calls], duties=from_record(record, record), works=habits, begin=first, count_from=first, until=last + 1, by_record=True,
                seed=SEED, hospitals=hospitals)
    played = Simulation(floor, clock, streets, play)
    assert played.run() is not None, "nobody stops it"
    return habits.beside(pairs(played.fleet.driven, calls, habits.kinds))


def pairs(driven: Sequence[Driven], calls: Sequence[tuple[Asked, PastCall]], kinds: frozenset[str]) -> Pairs:
    """By kind, with lights and without: the play's usual seconds, and the past ones of the unit that was sent there in its place."""
    found: dict[tuple[str, bool], list[tuple[float, float]]] = {}
    for one in driven:
        if one.unit_kind in kinds:
            took_s = _took_s(_sent(calls[one.number][1])[one.nth])
            if DRIVE_S[0] <= took_s <= DRIVE_S[1]:
                found.setdefault((one.unit_kind, one.priority <= LIGHTS), []).append((one.usual_s, took_s))
    return {key: (np.array([usual for usual, _ in both]), np.array([took for _, took in both])) for key, both in found.items()}


def _sent(call: PastCall) -> list[Run]:
    """A call's runs in the order in which a play asks for them."""
    return sorted((run for run in call.runs if run.dispatch_at is not None), key=lambda run: (run.dispatch_at, run.unit_kind))


def _took_s(run: Run) -> float:
    return (run.on_scene_at - run.response_at) / SECOND if run.on_scene_at is not None and run.response_at is not None else -1.0
