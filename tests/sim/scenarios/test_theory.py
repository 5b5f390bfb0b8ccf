"""The house under exponential work is the queue of the textbooks: Little, Kiefer and Wolfowitz, Erlang, the hypercube."""


import numpy as np
import pytest

from tests.sim.scenarios.worlds import ONE_UNIT, Played, place, theory
from tocsin.engines.workload import Fleet, erlang_c, exact
from tocsin.sim.clock import SECOND
from tocsin.sim.scenarios.figures import half_width

CALLS, REPLICATIONS = 110, 4
MEAN_S = 3_600.0
RATE_PER_H = 2.0
HOMES = (place(0, 0), place(3, 2), place(5, 5))
PLACES = (place(0, 1), place(1, 0), place(3, 3), place(5, 4))


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> list[Played]:
    """Replications of a floor of three units, two thirds busy, whose calls wait in one line."""
    folder = tmp_path_factory.mktemp("theory")
    return [Played(folder / str(n), theory(HOMES, PLACES, CALLS, RATE_PER_H, MEAN_S, n), ONE_UNIT) for n in range(REPLICATIONS)]


def spans(one: Played) -> list[tuple[int, int, int, str]]:
    """Of each call, from the ledger alone: taken, sent to, free again, by which unit."""
    taken = [entry.happened_at for entry, _ in one.facts("calls.call-taken")]
    sent = {fact["incident"]: (entry.happened_at, str(fact["unit"])) for entry, fact in one.facts("dispatch.unit-assigned")}
    freed = {fact["incident"]: entry.happened_at for entry, fact in one.facts("fleet.unit-state-changed") if fact["state"] == "available"}
    calls = [fact["call"] for _, fact in one.facts("calls.call-taken")]
    return [(at, sent[call][0], freed[call], sent[call][1]) for at, call in zip(taken, calls, strict=True)]


def test_everybody_is_served_and_nothing_is_refused(played: list[Played]) -> None:
    for one in played:
        assert one.outcome.refused == {}
        assert one.left["incident"] == {}
        assert len(one.outcome.calls) == CALLS
        assert all(call.there_s >= call.sent_s >= 0 for call in one.outcome.calls)


def test_littles_law_holds_exactly(played: list[Played]) -> None:
    """The area under the number of calls in line, walked step by step over the ledger, is the sum of the waits that were told."""
    for one in played:
        steps = sorted([(at, 1) for at, _, _, _ in spans(one)] + [(at, -1) for _, at, _, _ in spans(one)])
        area, line, last = 0, 0, steps[0][0]
        for at, step in steps:
            area, line, last = area + line * (at - last), line + step, at
        assert line == 0
        assert area / SECOND == pytest.approx(sum(call.sent_s for call in one.outcome.calls), abs=1e-3)


def test_each_wait_is_that_of_the_queues_recursion(played: list[Played]) -> None:
    """Kiefer and Wolfowitz (1955): first come, first served by whichever of the units is free first, call by call to the microsecond."""
    waited = 0
    for one in played:
        free = [0] * len(HOMES)
        for (taken, sent, freed, _), call in zip(spans(one), one.outcome.calls, strict=True):
            begin = max(taken, min(free))
            free[free.index(min(free))] = begin + freed - sent
            assert sent == begin
            assert round(call.sent_s * SECOND) == sent - taken
            waited += sent > taken
    assert waited > 50, "a floor on which nobody waits shows nothing"


def test_waits_are_erlangs(played: list[Played]) -> None:
    offered = RATE_PER_H * MEAN_S / 3600
    wait_s = erlang_c(offered, len(HOMES)) * MEAN_S / (len(HOMES) - offered)
    means = [float(np.mean([call.sent_s for call in one.outcome.calls])) for one in played]
    assert abs(np.mean(means) - wait_s) <= half_width(means, 0.99)
    works = [(freed - sent) / SECOND for one in played for _, sent, freed, _ in spans(one)]
    assert np.mean(works) == pytest.approx(MEAN_S, rel=3 / np.sqrt(len(works)))


def test_each_units_share_is_the_hypercubes(played: list[Played]) -> None:
    """Who is busy how much, by which unit is soonest at which place, as the exact model has it."""
    apart = np.array([[abs(home.lon - spot.lon) / 2 + abs(home.lat - spot.lat) for spot in PLACES] for home in HOMES])
    model = exact(Fleet(np.full(len(PLACES), RATE_PER_H / len(PLACES)), np.full(len(HOMES), MEAN_S / 3600), apart * 100_000, waits=True))
    for number in range(len(HOMES)):
        shares = []
        for one in played:
            begin, end = spans(one)[0][0], max(freed for _, _, freed, _ in spans(one))
            shares.append(sum(freed - sent for _, sent, freed, unit in spans(one) if unit == f"M{number + 1}") / (end - begin))
        assert abs(np.mean(shares) - model.busy[number]) <= half_width(shares, 0.99)
