"""The model of likeness: farther and longer ago never raise the chance, likeness never lowers it, in any script; and its fit finds what was put in."""

import math

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.floor import PLAN
from tocsin.engines.likeness import (
    FEATURES,
    Family,
    Likeness,
    Weights,
    chances,
    differs,
    evidence,
    far_m,
    features,
    fit,
    grams,
    kin,
    mentions,
    overlap,
    stand_in_m,
)
from tocsin.house.build import LIKENESS, read_likeness

SHIPPED = read_likeness(LIKENESS)
METRES, SECONDS, RADII = st.floats(0, 20_000), st.floats(0, 86_400), st.floats(0, 5_000)
SHARE = st.floats(0, 1)
MARK = st.sampled_from((0.0, 1.0, math.nan))
TEXT = st.text(alphabet="abc 12 新华路街口near", max_size=30)


def chance(dist_m: float, ago_s: float, doubt_m: float, same: float, akin: float, words: float) -> float:
    """The shipped model's chance of one pair."""
    return float(chances(SHIPPED, features([dist_m], [ago_s], [doubt_m], [same], [akin], [words]))[0])


@given(METRES, METRES, SECONDS, RADII, MARK, MARK, SHARE)
def test_farther_never_raises(near: float, more: float, ago: float, doubt: float, same: float, akin: float, words: float) -> None:
    assert chance(near + more, ago, doubt, same, akin, words) <= chance(near, ago, doubt, same, akin, words)


@given(METRES, SECONDS, SECONDS, RADII, MARK, MARK, SHARE)
def test_longer_ago_never_raises(dist: float, ago: float, more: float, doubt: float, same: float, akin: float, words: float) -> None:
    assert chance(dist, ago + more, doubt, same, akin, words) <= chance(dist, ago, doubt, same, akin, words)


@given(METRES, SECONDS, RADII, SHARE, SHARE)
def test_likeness_of_kind_and_words_never_lowers(dist: float, ago: float, doubt: float, low: float, high: float) -> None:
    low, high = sorted((low, high))
    assert chance(dist, ago, doubt, 0, 0, low) <= chance(dist, ago, doubt, 0, 0, high) <= chance(dist, ago, doubt, 0, 1, high)
    assert chance(dist, ago, doubt, 0, 1, high) <= chance(dist, ago, doubt, 1, 1, high)


@given(METRES, SECONDS, RADII, MARK, SHARE)
def test_the_reasons_sum_to_the_chance_and_the_unknown_says_nothing(dist: float, ago: float, doubt: float, mark: float, words: float) -> None:
    measures = features([dist], [ago], [doubt], [math.nan], [mark], [words])
    moved = evidence(SHIPPED, measures)
    assert moved.shape == (1, len(FEATURES))
    assert moved[0, FEATURES.index("same")] == 0
    assert chances(SHIPPED, measures)[0] == pytest.approx(1 / (1 + math.exp(-(SHIPPED.base + moved.sum()))))


def test_what_is_shipped_is_of_the_sample_plan_and_bounded() -> None:
    assert SHIPPED.fitted_on
    assert 0 < SHIPPED.floor < SHIPPED.propose < 1
    weights = SHIPPED.weights
    assert max(weights.far, weights.ago, weights.doubt) <= 0 <= min(weights.same, weights.akin, weights.words)
    in_families = [kind for family in SHIPPED.families.values() for kind in family.kinds]
    assert len(in_families) == len(set(in_families)), "a kind is of one family"
    assert set(in_families) == set(PLAN.kinds) - {"other"}, "every kind has a family to be told by"
    named = set(SHIPPED.families) | set(PLAN.kinds)
    assert {code for pair in SHIPPED.akin for code in pair} <= named
    assert {code for family in SHIPPED.families.values() for code in family.expects} <= named
    assert all(any(not word.isascii() for word in family.words) for family in SHIPPED.families.values()), "each tells in Chinese too"


@given(TEXT, TEXT)
def test_overlap_is_of_both_alike_and_within_bounds(one: str, other: str) -> None:
    found, back = overlap(one, other), overlap(other, one)
    assert (math.isnan(found) and math.isnan(back)) or (found == back and 0 <= found <= 1)
    assert math.isnan(overlap(one, one)) or overlap(one, one) == 1


@pytest.mark.parametrize(("one", "other", "least", "most"), [
    ("Mission Street & 2nd Street", "200 Block of MISSION ST", 0.8, 1.0),
    ("Mision Street", "Mission St", 0.5, 0.9),
    ("Harbour Road", "Castle Street", 0.0, 0.1),
    ("新华路与中山路路口", "新华路12号", 0.4, 1.0),
    ("人民路口烟很大", "中山路冒烟", 0.0, 0.4),
    ("１２号 ＭＩＳＳＩＯＮ", "12 mission", 1.0, 1.0),
])
def test_words_are_compared_in_any_script(one: str, other: str, least: float, most: float) -> None:
    assert least <= overlap(one, other) <= most


def test_too_little_text_says_nothing() -> None:
    assert math.isnan(overlap("", "Mission Street"))
    assert math.isnan(overlap("the street", "Mission Street")), "words that stand in most places are left out"
    assert grams("路") == frozenset()


FAMILIES = {"fire": Family("fire", "火灾", ("fire", "alarm"), words=("smoke", "on fire", "着火")),
            "road": Family("traffic", "交通", ("crash",), expects=("medical",), words=("crash",)),
            "medical": Family("medical", "急救", ("medical", "cardiac"), words=("not breathing", "没有呼吸"))}


@pytest.mark.parametrize(("one", "other", "then"), [
    ("fire", "fire", (1, 1)), ("fire", "alarm", (0, 1)), ("crash", "medical", (0, 1)), ("medical", "crash", (0, 1)), ("fire", "crash", (0, 0)),
    ("noise", "noise", (1, 1)), ("noise", "fire", (0, 0)),
])
def test_kinds_go_together_by_the_tables(one: str, other: str, then: tuple[float, float]) -> None:
    assert kin(FAMILIES, (("medical", "road"),), one, other) == then


def test_a_kind_that_is_not_known_yet_is_neither_alike_nor_other() -> None:
    assert all(math.isnan(one) for one in kin(FAMILIES, (), "", "fire"))


@pytest.mark.parametrize(("text", "then"), [
    ("the car is ON FIRE", ("fire",)), ("he is not breathing, and smoke", ("fire", "medical")), ("车着火了，人没有呼吸", ("fire", "medical")),
    ("Smokehouse Lane", ()), ("", ()),
])
def test_words_tell_of_a_family_whole(text: str, then: tuple[str, ...]) -> None:
    assert mentions(FAMILIES, text) == then


@pytest.mark.parametrize(("kind", "other", "said", "then"), [
    ("crash", "crash", (), ()), ("crash", "crash", ("medical",), ()), ("crash", "medical", (), ("medical",)), ("crash", "crash", ("fire",), ("fire",)),
    ("fire", "alarm", ("fire",), ()), ("fire", "crash", ("road",), ("road",)), ("noise", "fire", (), ("fire",)),
])
def test_what_differs_is_strict_about_kinds_and_lenient_about_words(kind: str, other: str, said: tuple[str, ...], then: tuple[str, ...]) -> None:
    assert differs(FAMILIES, kind, other, said) == then


def test_the_fit_finds_the_weights_that_made_the_pairs() -> None:
    chance_of = np.random.default_rng(5)
    true = Likeness(base=-1.0, weights=Weights(far=-1.5, ago=-0.8, doubt=0.0, same=0.6, akin=0.9, words=1.7), centre=Weights(2.0, 2.0, 1.0, 0.4, 0.6, 0.3))
    akin = chance_of.random(40_000) < 0.6
    same = akin & (chance_of.random(40_000) < 0.7)
    measures = features(chance_of.exponential(300, 40_000), chance_of.exponential(900, 40_000), chance_of.uniform(0, 200, 40_000), same, akin,
                        chance_of.random(40_000))
    truth = chance_of.random(40_000) < chances(true, measures)
    found = fit(Likeness(), measures, truth)
    assert msgspec.structs.astuple(found.weights) == pytest.approx(msgspec.structs.astuple(true.weights), abs=0.15)
    assert np.abs(chances(found, measures) - chances(true, measures)).max() < 0.05


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_the_fit_never_gives_a_weight_of_the_wrong_sign(seed: int) -> None:
    chance_of = np.random.default_rng(seed)
    measures = features(chance_of.exponential(500, 300), chance_of.exponential(500, 300), chance_of.uniform(0, 300, 300), chance_of.random(300) < 0.5,
                        chance_of.random(300) < 0.5, chance_of.random(300))
    weights = fit(Likeness(), measures, chance_of.random(300) < 0.3).weights
    assert max(weights.far, weights.ago, weights.doubt) <= 0 <= min(weights.same, weights.akin, weights.words)


def test_metres_are_metres() -> None:
    assert float(far_m([24.90], [60.16], (24.90, 60.15))[0]) == pytest.approx(1112, abs=2)
    assert float(far_m([24.91], [60.15], (24.90, 60.15))[0]) == pytest.approx(553, abs=2)
    assert float(stand_in_m(100.0)) == pytest.approx(140.0)
