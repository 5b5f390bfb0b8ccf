"""Training of policies: the search on a bowl that is known, the choice at its end on a drawn town, and the numbers that are kept."""

import json
from collections.abc import Sequence

import numpy as np
import pytest
from bench import standby_study, standby_training
from bench.standby_search import search
from bench.standby_study import Town
from bench.standby_training import DIALS, KEPT, Dial

from tests.engines.standby.towns import drawn, world
from tocsin.engines.standby import BUDGETS, POLICIES, Aim, Calls, Fleet, Tuning, policy


def test_the_search_comes_to_the_least_of_a_slanted_bowl_through_noise() -> None:
    rng = np.random.default_rng(3)
    least, slant = np.array([1.0, -2.0, 0.5, 1.5, 0.0]), rng.normal(size=(5, 5)) + 2 * np.eye(5)
    asked: list[int] = []

    def bowl(point: np.ndarray) -> float:
        return float(((slant @ (point - least)) ** 2).sum())

    def value(points: Sequence[np.ndarray], step: int) -> list[float]:
        asked.append(step)
        return [bowl(one) + 0.3 * rng.normal() for one in points]
    found = search(value, 5, 60, 12, 1)
    assert asked == list(range(60)) and bowl(found) < 0.2 < 5 < bowl(np.zeros(5))


def test_a_dial_adds_or_multiplies_and_stops_at_its_ends() -> None:
    assert [Dial(1.0, 0.5, 0.2, 1.8).at(turned) for turned in (0, 1, 3, -3)] == pytest.approx([1.0, 1.5, 1.8, 0.2])
    assert Dial(0.01, np.log(2), times=True).at(2) == pytest.approx(0.04)


def _town() -> Town:
    """Drawn: thirty junctions, six stations, five units of which four wait at one."""
    streets = world(11, 30, 6)
    weight = np.random.default_rng(2).random(30)
    weight /= weight.sum()

    def draw(seed: int, days: float, load: float) -> Calls:
        return drawn(seed, 30, int(60 * load * days), 1_440.0 / load)
    fleet = Fleet(np.array([0, 0, 0, 0, 1], np.int32), np.zeros(2, np.float32))
    return Town("drawn", streets, weight, fleet, np.array([150.0, 150.0, 230.0]), (Aim(100.0, 0.7), Aim(180.0, 0.3)), np.zeros(30, int), draw, np.arange(30), weight)


def test_what_is_trained_has_fewer_late_than_where_it_began_and_is_no_worse_than_another_that_it_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    where = _town()
    for name, value in (("DAYS", 10.0), ("AGAIN", 6), ("CHOICE_DAYS", 60.0)):
        monkeypatch.setattr(standby_training, name, value)
    home, ground = where.fleet.home, standby_study.ground(where)
    days = where.draw(standby_study.TRAINING + 50, 60.0, 1.0)

    def late(name: str, asked: Tuning) -> float:
        return standby_study.trained_late(where, days, home, policy(name, ground, asked))
    dear = Tuning(price=0.15, horizon_s=600.0, budget=BUDGETS["each"])
    assert late("outlook", dear) <= standby_study.trained_late(where, days, home)
    theirs, ours = (standby_training.trained(where, 1.0, home, name, "each", dear) for name in ("marginal", "outlook"))
    assert late("marginal", theirs) < late("marginal", dear) - 0.05 and late("outlook", ours) < late("outlook", dear) - 0.1
    monkeypatch.setattr(standby_training, "AGAIN", 1)
    shown = standby_training.trained(where, 1.0, home, "outlook", "each", dear, [theirs._replace(horizon_s=1e7)])
    assert late("outlook", shown) <= late("marginal", theirs)
    assert shown.budget == theirs.budget == BUDGETS["each"]


def test_numbers_that_are_kept_are_read_and_each_policy_keeps_its_own() -> None:
    kept = json.loads(KEPT.read_text())
    assert {key.split(", ")[3] for key in kept} <= set(POLICIES) and {"marginal", "outlook"} <= {key.split(", ")[3] for key in kept}
    for key, numbers in kept.items():
        city, load, budget, name = key.split(", ")
        asked = Tuning(**numbers, budget=BUDGETS[budget])
        assert float(load) in (0.6, 0.8, 1.0) and city and asked.price >= 0
        assert name not in DIALS or set(numbers) <= {"horizon_s" if dial == "fade" else dial for dial in DIALS[name]} | {"most"}
