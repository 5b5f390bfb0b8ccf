"""A play by events: the same bit for bit, crews at their own times, waiting, reliefs, closures and failures, all by commands at doors."""

from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from tests.floor import MORNING, small_city
from tests.sim.scenarios.worlds import Played, day_of_calls, duties, place, sendings
from tocsin.city.calibration import Calibration
from tocsin.ledger.line import encode
from tocsin.ledger.tree import Growth, hash_leaf, root_at
from tocsin.sim.clock import SECOND
from tocsin.sim.scenarios.asked import Asked
from tocsin.sim.scenarios.duties import Duty, from_record
from tocsin.sim.scenarios.habits import Habits
from tocsin.sim.scenarios.play import Broken, Play, Shut
from tocsin.sim.scenarios.rest import Rest
from tocsin.sim.scenarios.works import Work, Works

HOUR = 3600 * SECOND


class Given(Works):
    """Works that are handed in: the same for every unit, half a minute's delay, turnouts and drives as the calibration says."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def delay_s(self, kind: str, priority: int, unit_kinds: object, rng: np.random.Generator) -> float:
        return 30.0

    def together(self, kind: str, priority: int, unit_kinds: object, rng: np.random.Generator) -> list[Work]:
        return [self.work for _ in unit_kinds]  # type: ignore[attr-defined]  # a sequence

    def turnout_s(self, unit_kind: str, usual_s: float, rng: np.random.Generator, *, priority: int, on_road: bool) -> float:
        return usual_s

    def drive_s(self, unit_kind: str, usual_s: float, rng: np.random.Generator, *, priority: int, on_road: bool, shared: float) -> float:
        return usual_s


SCENE = Work(True, scene_s=600.0)


def asked(minute: float, *kinds: str, kind: str = "medical", priority: int = 2, column: int = 2) -> Asked:
    return Asked(MORNING + round(minute * 60) * SECOND, place(column, 2), kind, priority, sendings(*kinds))


def play(calls: list[Asked], on: list[Duty], work: Work = SCENE, **more: object) -> Play:
    whole = Play(calls=calls, duties=on, works=Given(work), begin=MORNING, count_from=MORNING, until=MORNING + 24 * HOUR, by_record=True)
    return replace(whole, **more)  # type: ignore[arg-type]  # by name


def states(played: Played, unit: str) -> list[tuple[str, float]]:
    """The states of a unit with the minutes after the morning."""
    return [(str(fact["state"]), round((entry.happened_at - MORNING) / SECOND / 60, 1)) for entry, fact in played.facts("fleet.unit-state-changed")
            if fact["unit"] == unit]


def root(played: Played) -> bytes:
    """The Merkle root over what the ledger's lines say, without the chance at the end of each."""
    grown = Growth()
    nodes = [grown.add(hash_leaf(encode(position, entry))) for position, entry in played.lines]
    return root_at(len(nodes), lambda level, index: nodes[((index + 1) << level) - 1][32 * level : 32 * level + 32])


def test_a_unit_does_its_whole_work_at_its_own_times(tmp_path: Path) -> None:
    work = Work(True, scene_s=600.0, transport_s=300.0, hospital_s=900.0)
    played = Played(tmp_path, play([asked(10, "medic")], duties([place(0, 2)], MORNING, 1), work))
    assert [state for state, _ in states(played, "M1")] == ["en_route", "at_scene", "transporting", "at_destination", "available"]
    at = dict(states(played, "M1"))
    assert at["en_route"] == 11.5, "half a minute's delay and a minute of turnout"
    assert at["transporting"] - at["at_scene"] == pytest.approx(10.0, abs=0.11)
    assert at["available"] - at["transporting"] == pytest.approx(20.0, abs=0.11)
    call = played.outcome.calls[0]
    assert (call.sent_s, call.there_s) == (30.0, pytest.approx(60 * (at["at_scene"] - 10), abs=4))
    ended = played.facts("dispatch.incident-closed")
    assert [fact["disposition"] for _, fact in ended] == ["transported"]
    unit = played.outcome.units["medic"]
    assert (unit.sent, unit.duty_s) == (1, 24 * 3600.0)
    assert unit.busy_s == pytest.approx(60 * (at["available"] - 10.5), abs=4)


def test_an_engine_that_drew_a_transport_stays_as_long_without_one(tmp_path: Path) -> None:
    work = Work(True, scene_s=600.0, transport_s=300.0, hospital_s=900.0)
    played = Played(tmp_path, play([asked(10, "engine")], duties([place(0, 2)], MORNING, 1, kind="engine"), work))
    at = dict(states(played, "M1"))
    assert list(at) == ["en_route", "at_scene", "available"]
    assert at["available"] - at["at_scene"] == pytest.approx(30.0, abs=0.11)
    assert played.outcome.refused == {}


def test_who_finds_nobody_free_waits_and_the_most_pressing_goes_first(tmp_path: Path) -> None:
    calls = [asked(10, "medic"), asked(11, "medic", priority=3), asked(12, "medic", priority=1)]
    played = Played(tmp_path, play(calls, duties([place(0, 2)], MORNING, 1)))
    first, patient, pressing = played.outcome.calls
    assert first.sent_s == 30.0
    assert first.there_s < pressing.sent_s < patient.sent_s
    assert played.outcome.waited == 2
    assert played.outcome.never == 0
    assert played.left["incident"] == {}


def test_what_is_not_needed_any_more_is_dropped(tmp_path: Path) -> None:
    """A second engine that never came free: once the first has left nobody waits for it."""
    played = Played(tmp_path, play([asked(10, "engine", "engine")], duties([place(0, 2)], MORNING, 1, kind="engine")))
    assert (played.outcome.waited, played.outcome.dropped, played.outcome.never) == (1, 1, 0)
    assert played.left["incident"] == {}


def test_a_unit_called_off_on_the_way_never_arrives(tmp_path: Path) -> None:
    played = Played(tmp_path, play([asked(10, "medic")], duties([place(0, 2)], MORNING, 1), Work(False, free_s=90.0)))
    assert states(played, "M1") == [("en_route", 11.5), ("available", 12.0)]
    assert played.outcome.calls[0].there_s == -1.0


def test_a_unit_at_work_is_relieved_when_it_is_free(tmp_path: Path) -> None:
    on = [Duty("M1", "medic", "", place(0, 2), MORNING, MORNING + HOUR, "early"), Duty("M1", "medic", "", place(0, 2), MORNING + HOUR, MORNING + 2 * HOUR, "late")]
    played = Played(tmp_path, play([asked(58, "medic"), asked(59, "medic")], on))
    shifts = [(entry.happened_at, fact["shift"]) for entry, fact in played.facts("fleet.shift-started")]
    freed = next(entry.happened_at for entry, fact in played.facts("fleet.unit-state-changed") if fact["state"] == "available")
    assert shifts == [(MORNING, "early"), (freed, "late")]
    assert [fact["shift"] for _, fact in played.facts("dispatch.unit-assigned")] == ["early", "late"]
    assert played.outcome.refused == {}


def test_a_street_that_is_shut_is_driven_round_until_it_is_open_again(tmp_path: Path) -> None:
    city = small_city()
    ring = [number for number, street in enumerate(city.streets) if street.name == "3rd Street"]
    segments = tuple(int(one) for one in np.unique(city.network.segment[np.isin(city.network.name, ring)]))
    calls, on = [asked(10, "medic", column=3), asked(120, "medic", column=3)], duties([place(0, 0)], MORNING, 1)
    shut = Shut(segments, MORNING, MORNING + HOUR)
    played = Played(tmp_path / "shut", play(calls, on, shut=[shut]))
    assert len(played.facts("dispatch.road-closed")) == len(played.facts("dispatch.road-reopened")) == 1
    assert played.left["closure"] == {}
    offers = [set(fact.get("closed", ())) for _, fact in played.facts("dispatch.candidates-offered")]
    assert offers == [set(segments), set()]


def test_a_unit_that_fails_is_not_sent_until_it_is_mended(tmp_path: Path) -> None:
    broken = Broken("M1", MORNING + 60 * SECOND, MORNING + HOUR)
    played = Played(tmp_path, play([asked(10, "medic")], duties([place(2, 2), place(5, 5)], MORNING, 1), broken=[broken]))
    assert [fact["unit"] for _, fact in played.facts("dispatch.unit-assigned")] == ["M2"]
    assert states(played, "M1") == [("out_of_service", 1.0), ("available", 60.0)]


def test_a_break_waits_until_the_unit_is_free_and_is_missed_where_that_comes_too_late(tmp_path: Path) -> None:
    """M1's break is due while it is at a call: it takes it once it is free, and the call that waits has the next one; E1 is not free in its window."""
    on = [*duties([place(2, 2)], MORNING, 1), Duty("E1", "engine", "", place(5, 5), MORNING, MORNING + 24 * HOUR, "d0")]
    rests = [Rest("M1", "d0", MORNING + 660 * SECOND, MORNING + 2 * HOUR, 1800.0), Rest("E1", "d0", MORNING + 660 * SECOND, MORNING + 720 * SECOND, 1800.0)]
    played = Played(tmp_path, play([asked(10, "medic", "engine"), asked(12, "medic")], on, rests=rests))
    medic, engine = states(played, "M1"), states(played, "E1")
    assert [state for state, _ in medic] == ["en_route", "at_scene", "available", "out_of_service", "available", "en_route", "at_scene", "available"]
    assert medic[4][1] - medic[3][1] == pytest.approx(30.0, abs=0.11)
    assert [state for state, _ in engine] == ["en_route", "at_scene", "available"]
    assert (played.outcome.breaks, played.outcome.missed, played.outcome.refused) == (1, 1, {})
    assert played.outcome.calls[1].sent_s == pytest.approx(60 * (medic[4][1] - 12), abs=4)


def test_nobody_is_sent_from_a_break_nor_from_one_that_a_failure_follows(tmp_path: Path) -> None:
    rest, broken = Rest("M1", "d0", MORNING + 60 * SECOND, MORNING + HOUR, 900.0), Broken("M1", MORNING + 300 * SECOND, MORNING + 1800 * SECOND)
    played = Played(tmp_path, play([asked(10, "medic")], duties([place(2, 2), place(5, 5)], MORNING, 1), rests=[rest], broken=[broken]))
    assert [fact["unit"] for _, fact in played.facts("dispatch.unit-assigned")] == ["M2"]
    assert states(played, "M1") == [("out_of_service", 1.0), ("available", 30.0)]
    assert played.outcome.refused == {}


def test_by_the_plan_the_houses_proposals_go_and_open_needs_wait(tmp_path: Path) -> None:
    calls = [asked(10, priority=2), asked(11, priority=2)]  # one to carry and one who can help, each
    played = Played(tmp_path, play(calls, duties([place(0, 2), place(5, 5), place(3, 3)], MORNING, 1), by_record=False))
    assert len(played.facts("dispatch.unit-assigned")) == 4
    assert played.outcome.waited == 1
    assert played.left["incident"] == {}


def test_the_same_seed_leaves_the_same_facts_bit_for_bit_and_another_does_not(tmp_path: Path) -> None:
    record = day_of_calls(tmp_path)
    habits = Habits(record, small_city(), Calibration.default())
    on = from_record(record, record)
    calls = [Asked(call.received_at, place(n % 6, n % 5), call.kind, 2, sendings(*(run.unit_kind for run in call.runs)))
             for n, call in enumerate(record.calls[:25])]
    begin = calls[0].at

    def once(name: str, seed: int) -> Played:
        return Played(tmp_path / name, Play(calls=calls, duties=on, works=habits, begin=begin, count_from=begin, until=calls[-1].at + 1, by_record=True, seed=seed))

    first, again, other = once("first", 3), once("again", 3), once("other", 4)
    assert root(first) == root(again) != root(other)
    assert first.outcome == again.outcome
    assert msgspec.json.decode(msgspec.json.encode(first.outcome), type=type(first.outcome)) == first.outcome
    assert first.outcome.digest != other.outcome.digest
    assert first.outcome.refused == {}
