"""`tocsin city observe`: from a running house's ledger and trail to a changed arrival time in an offer, over files and PostgreSQL, each day once."""

import csv
import io
import shutil
import signal
from pathlib import Path

import numpy as np
import pytest

from tests.floor import DESK, StillClock, asker, corner, on_duty, small_city, small_house
from tocsin.city import City
from tocsin.city.calibrate.sums import load_sums, path_of
from tocsin.city.calibration import Calibration, load_calibration
from tocsin.cli import main, observing, parser
from tocsin.cli.reading import open_house
from tocsin.facts.calls import Place
from tocsin.house import House
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import AssignUnit, CloseIncident, OfferCandidates, ReadOffer, StandDown
from tocsin.rooms.dispatch.views import Offer
from tocsin.rooms.fleet.commands import ReportState
from tocsin.trail import Fix

CREW, SHIFT = asker("crew 1", "responder"), "2026-03-04D"
SLOW_MPS = 5.0
"""The drawn town's streets are tabled at 35 and 45 km/h; this is 18."""


@pytest.fixture
def city(tmp_path: Path) -> City:
    shutil.copytree(small_city().path, tmp_path / "city")
    return City.open(tmp_path / "city")


class Floor:
    """A house in which one unit drives up and down the town, and the tracker in it tells where it is."""

    def __init__(self, house: House, clock: StillClock) -> None:
        self.house, self.clock, self.at = house, clock, corner(0, 1)
        on_duty(house, "E1", "engine", self.at, SHIFT)

    def goes_to(self, to: Place, *, priority: int = 1, tells: bool = True, arrives: bool = True, rough_m: float = 5.0) -> None:
        """One call, one drive along an east-west street, and free again."""
        incident = self.house.do(TakeCall(kind="fire", place=to, priority=priority), DESK).subject.removeprefix("call:")
        self.house.do(AssignUnit(incident=incident, unit="E1", shift=SHIFT), DESK)
        self.clock.pass_s(60)
        self.house.do(ReportState(unit="E1", shift=SHIFT, state="en_route"), CREW)
        metres = abs(to.lon - self.at.lon) * 111_195.0 * np.cos(np.radians(to.lat))
        for second in range(0, int(metres / SLOW_MPS) + 1, 5):
            share = float(second * SLOW_MPS / metres)
            if tells:
                self.house.trail.report([Fix(unit="E1", lon=self.at.lon + share * (to.lon - self.at.lon), lat=to.lat, device_at=self.clock.at, heard_at=self.clock.at, accuracy_m=rough_m)])
            self.clock.pass_s(5)
        if arrives:
            self.house.do(ReportState(unit="E1", shift=SHIFT, state="at_scene"), CREW)
            self.clock.pass_s(60)
            self.house.do(ReportState(unit="E1", shift=SHIFT, state="available"), CREW)
        else:
            self.house.do(StandDown(incident=incident, unit="E1", shift=SHIFT, reason="not needed"), DESK)
        self.house.do(CloseIncident(incident=incident, disposition="false_alarm"), DESK)
        self.at = to

    def works_a_day(self) -> None:
        """Eight drives that can be learnt from, and one of each sort that cannot."""
        for turn in range(8):
            self.goes_to(corner(5 * ((turn + 1) % 2), 1))
        self.goes_to(corner(5, 1), priority=3)
        self.goes_to(corner(0, 1), tells=False)
        self.goes_to(corner(5, 1), arrives=False)
        self.goes_to(corner(0, 1), rough_m=90.0)
        self.house.trail.flush()


def eta_s(city: City, data: Path, clock: StillClock) -> int:
    """When E1 is due at the far end of its street, as an offer shows it in the house that the command line opens."""
    words = parser("serve").parse_args(["serve", "--city", str(city.path), "--data", str(data)])
    with open_house(words, data, city, clock) as house:
        home = corner(0, 1)
        house.trail.report([Fix(unit="E1", lon=home.lon, lat=home.lat, device_at=clock.at, heard_at=clock.at, accuracy_m=5.0)])
        incident = house.do(TakeCall(kind="fire", place=corner(5, 1), priority=1), DESK).subject.removeprefix("call:")
        offer = house.see(ReadOffer(offer=house.do(OfferCandidates(incident=incident), DESK).subject.removeprefix("offer:")), DESK)
        assert isinstance(offer, Offer) and offer.candidates[0].eta_s is not None
        assert offer.calibration == load_calibration(city.calibration_path).version
        return offer.candidates[0].eta_s


@pytest.fixture(params=["files", "postgres"])
def database(request: pytest.FixtureRequest) -> str:
    """Where the house keeps its records."""
    return str(request.getfixturevalue("postgres")) if request.param == "postgres" else ""


def test_from_positions_to_another_arrival_time_and_back(tmp_path: Path, city: City, database: str, capsys: pytest.CaptureFixture[str]) -> None:
    data, clock = tmp_path / "data", StillClock()
    observe = ["city", "observe", str(city.path), "--data", str(data)]
    with small_house(data, clock, city=city, database=database) as house:
        Floor(house, clock).works_a_day()
        clock.pass_s(3_600)
        assert main(observe) == 0, "while the house runs"
        out = capsys.readouterr()
    assert "2026-03-04: 8 drives used, 4 ways not: " in out.out
    for why in ("1 no positions", "1 half of the positions rougher than 50 m", "1 without lights and siren", "1 called off or sent elsewhere before it was there"):
        assert why in out.out
    assert "2026-03-04: 8 of 8 drives" in out.err
    assert "residential       35.0 ->" in out.out and "(8 drives)" in out.out and "weekdays: 00-04 x1.00" in out.out
    assert "tocsin city move" in out.out and not city.calibration_path.exists(), "nothing is in force by itself"
    before = eta_s(city, data, clock)
    assert main(["city", "move", str(city.path)]) == 0
    assert "at the next start of the house" in capsys.readouterr().out
    after = eta_s(city, data, clock)
    believed = load_calibration(city.calibration_path)
    assert after - before > 15, (before, after)
    true_s = abs(corner(5, 1).lon - corner(0, 1).lon) * 111_195.0 * np.cos(np.radians(corner(0, 1).lat)) / SLOW_MPS
    assert after < 80 + 45 + true_s, "towards what was driven, not past it"
    assert main(observe) == 0
    said = capsys.readouterr().out  # a database has room for the day after, on which nobody drove
    assert said.startswith("0 days read now") and "in all, with 8 drives." in said and "in force already" in said
    assert load_calibration(city.path / "calibration-moved.json") == believed, "the same days count once"
    assert main(["city", "move", "--back", str(city.path)]) == 0
    assert load_calibration(city.calibration_path) == Calibration.default()
    assert eta_s(city, data, clock) == before


def test_whoever_stops_it_loses_no_day_and_what_was_thinned_is_still_enough(tmp_path: Path, city: City, database: str, capsys: pytest.CaptureFixture[str],
                                                                           monkeypatch: pytest.MonkeyPatch) -> None:
    data, clock = tmp_path / "data", StillClock()
    shutil.copytree(city.path, tmp_path / "other")
    with small_house(data, clock, city=city, database=database) as house:
        floor = Floor(house, clock)
        floor.works_a_day()
        clock.pass_s(86_400 - (clock.at - StillClock().at) / 1e6)
        floor.works_a_day()
        told = observing._matching
        with monkeypatch.context() as broken:
            broken.setattr(observing, "_matching", lambda day, done, of: told(day, done, of) if day == "2026-03-04" else signal.raise_signal(signal.SIGINT))
            assert main(["city", "observe", str(city.path), "--data", str(data)]) == 2
        assert "tocsin: stopped" in capsys.readouterr().err
        assert load_sums(city.path, city.version)[0].days == ("2026-03-04",)
        assert main(["city", "observe", str(city.path), "--data", str(data)]) == 0
        sums = load_sums(city.path, city.version)[0]
        assert (sums.days[:2], sums.drives) == (("2026-03-04", "2026-03-05"), 16)
        clock.pass_s(3 * 86_400)
        for _ in range(10):
            house.trail.tend()
    capsys.readouterr()
    assert main(["city", "observe", str(tmp_path / "other"), "--data", str(data)]) == 0
    assert "2026-03-04 (thinned by then: a position in ten seconds): 8 drives used" in capsys.readouterr().out
    thinned = load_sums(tmp_path / "other", city.version)[0]
    assert (thinned.drives, thinned.given.arc) == (16, sums.given.arc)
    np.testing.assert_allclose(thinned.given.seconds, sums.given.seconds, rtol=0.1)


def test_streets_are_given_out_by_hour_of_three_drives_or_more_alone(tmp_path: Path, city: City, capsys: pytest.CaptureFixture[str]) -> None:
    data, clock = tmp_path / "data", StillClock()
    with small_house(data, clock, city=city) as house:
        Floor(house, clock).works_a_day()
    assert main(["city", "observe", str(city.path), "--data", str(data)]) == 0
    capsys.readouterr()
    assert main(["city", "streets", str(city.path)]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert rows and {row["street"] for row in rows} == {"Harbour Road"}
    assert all(int(row["drives"]) >= 3 for row in rows)
    assert all(abs(float(row["metres"]) / float(row["mean_s"]) - SLOW_MPS) < 1.0 for row in rows)
    text = path_of(city.path).read_text() + (city.path / "calibration-moved.json").read_text()
    for word in ("E1", "crew", "desk", SHIFT, "260304-"):
        assert word not in text, "nothing of units, people or incidents is written"


def test_what_cannot_be_done_is_said_in_one_line(tmp_path: Path, city: City, capsys: pytest.CaptureFixture[str]) -> None:
    for words, said in ((["observe", str(city.path), "--data", str(tmp_path)], "holds no ledger"), (["move", str(city.path)], "calibration.none_moved"),
                        (["move", "--back", str(city.path)], "calibration.not_moved")):
        assert main(["city", *words]) == 2
        assert said in capsys.readouterr().err
    with small_house(tmp_path / "data", city=city):
        assert main(["city", "observe", str(city.path), "--data", str(tmp_path / "data")]) == 0
    assert "No drive has been observed yet" in capsys.readouterr().out
