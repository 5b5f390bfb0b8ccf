"""What every page says of a city's simulations: not looked at, passed, or not, and by how much."""

from pathlib import Path

import msgspec
import pytest

from tests.floor import small_city
from tocsin.city import City
from tocsin.city.validity import FORMAT, validity


@pytest.fixture
def city(tmp_path: Path) -> City:
    """The drawn town as it is opened from another folder, so that nothing is written into the shared one."""
    for part in small_city().path.iterdir():
        (tmp_path / part.name).symlink_to(part)
    return City.open(tmp_path)


def said(of: City, **words: object) -> None:
    kept = {"format": FORMAT, "city": of.version, "validated": False, "p90_off": 0.007, "in_time_off": -0.019, "record": "more than is read here"} | words
    of.validation_path.write_bytes(msgspec.json.encode(kept))


def test_a_city_that_nobody_looked_at_is_not_validated(city: City) -> None:
    passed, words = validity(city)
    assert passed is None
    assert words.en.startswith("Not validated: nobody has looked")
    assert words.zh.startswith("未经校验")


def test_one_that_missed_the_gate_says_by_how_much(city: City) -> None:
    said(city)
    passed, words = validity(city)
    assert passed is False
    assert words.en == "Not validated: in a play of its own record the 90 % point is off by +0.7% (gate ± 3%) and the share in time by -1.9 points (gate ± 1.5)."
    assert "-1.9 个百分点" in words.zh and words.zh.startswith("未通过校验")


def test_one_that_passed_says_so_and_another_build_of_the_city_does_not(city: City) -> None:
    said(city, validated=True, in_time_off=0.004)
    assert validity(city)[0] is True
    assert validity(city)[1].en.startswith("Validated:")
    said(city, validated=True, city="another")
    assert validity(city)[0] is None
    city.validation_path.write_bytes(b"{")
    assert validity(city)[0] is None
