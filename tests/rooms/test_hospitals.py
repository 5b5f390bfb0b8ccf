"""The ranking of hospitals on a drawn town: by road, with diversions and places counted, and a reason in words for each."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.floor import CHIEF, COMMAND, DESK, PLAN, TABLE, StillClock, asker, corner, small_city
from tocsin.city.calibration import Calibration
from tocsin.house import Asker, House, build
from tocsin.kernel import Refused
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.command.commands import (
    BeginDiversion,
    EndDiversion,
    ReadFacilities,
    ReadHospitals,
    ReportCapacity,
    SendPatients,
)
from tocsin.rooms.command.model import Facility
from tocsin.rooms.command.views import FacilitiesView, Hospitals
from tocsin.rooms.dispatch.commands import CloseRoad

# The town is six by six; the incident is at ·, the hospitals where their letters stand.
_TOWN = """
    .  A  .  .  .  T
    .  .  .  .  .  .
    .  .  .  .  .  .
    .  .  .  .  .  .
    .  ·  .  .  .  B
    C  .  .  .  .  .
"""
_ROWS = [line.split() for line in _TOWN.strip().splitlines()][::-1]
_AT = {letter: corner(column, row) for row, line in enumerate(_ROWS) for column, letter in enumerate(line) if letter != "."}


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def house(tmp_path: Path, clock: StillClock) -> Iterator[House]:
    """The drawn town with its own hospital (T) and three that the table lists; C takes minor injuries alone."""
    listed = {letter: Facility(name=f"Clinic {letter}", lon=_AT[letter].lon, lat=_AT[letter].lat, categories=("minor",) if letter == "C" else ())
              for letter in "ABC"}
    table = msgspec.structs.replace(COMMAND, facilities=listed)
    with build(tmp_path, small_city(), Calibration.default(), PLAN, TABLE, clock, command_table=table) as made:
        yield made


@pytest.fixture
def incident(house: House) -> str:
    return house.do(TakeCall(place=_AT["·"], kind="crash", priority=1), DESK).subject.removeprefix("call:")


def ranked(house: House, incident: str, category: str = "") -> list[str]:
    """Each hospital in order, as `letter lacks`."""
    found = house.see(ReadHospitals(incident=incident, category=category), DESK)
    assert isinstance(found, Hospitals)
    assert all(one.why.en and one.why.zh for one in found.hospitals)
    return [f"{one.facility[:1].upper()} {one.lacks}".strip() for one in found.hospitals]


def why(house: House, incident: str, facility: str, category: str = "") -> str:
    found = house.see(ReadHospitals(incident=incident, category=category), DESK)
    assert isinstance(found, Hospitals)
    return next(one.why.en for one in found.hospitals if one.facility == facility)


def test_nearest_by_road_first(house: House, incident: str) -> None:
    assert ranked(house, incident) == ["C", "A", "B", "T"]
    found = house.see(ReadHospitals(incident=incident), DESK)
    assert isinstance(found, Hospitals)
    times = [one.eta_s for one in found.hospitals]
    assert times == sorted(times, key=lambda one: one or 0)
    assert "by road; places not reported." in found.hospitals[0].why.en


def test_one_that_does_not_take_the_category_comes_after_those_that_do(house: House, incident: str) -> None:
    assert ranked(house, incident, "major") == ["A", "B", "T", "C not_taken"]
    assert ranked(house, incident, "minor") == ["C", "A", "B", "T"]
    assert "does not take major" in why(house, incident, "C", "major")
    with pytest.raises(Refused) as no:
        house.see(ReadHospitals(incident=incident, category="vip"), DESK)
    assert no.value.code == "category_unknown"


def test_full_and_diverted_ones_come_after_and_say_why(house: House, incident: str, clock: StillClock) -> None:
    house.do(ReportCapacity(facility="A", places={"major": 2, "minor": 0}), DESK)
    house.do(BeginDiversion(facility="B", reason="CT is down", categories=("major",), until=clock.at + 1_800_000_000), DESK)
    clock.pass_s(300)
    assert ranked(house, incident, "major") == ["A", "T", "B diverted", "C not_taken"]
    assert ranked(house, incident, "minor") == ["C", "B", "T", "A full"]
    assert why(house, incident, "A", "major").endswith("2 major places left, reported 5 min ago.")
    assert "on diversion for major for another 25 min (CT is down)" in why(house, incident, "B", "major")
    house.do(SendPatients(facility="A", counts={"major": 2}, incident=incident), DESK)
    assert ranked(house, incident, "major") == ["T", "A full", "B diverted", "C not_taken"]
    assert "0 major places left, reported 5 min ago, 2 sent since" in why(house, incident, "A", "major")
    house.do(ReportCapacity(facility="A", places={"major": 1}), DESK)
    assert ranked(house, incident, "major")[0] == "A", "a new report has counted those who came"


def test_a_diversion_and_a_report_stop_by_themselves(house: House, incident: str, clock: StillClock) -> None:
    house.do(BeginDiversion(facility="A", reason="power cut", until=clock.at + 600_000_000), DESK)
    house.do(ReportCapacity(facility="B", places={"major": 0}, until=clock.at + 600_000_000), DESK)
    assert ranked(house, incident, "major") == ["T", "B full", "A diverted", "C not_taken"]
    clock.pass_s(601)
    assert ranked(house, incident, "major") == ["A", "B", "T", "C not_taken"]
    assert "places not reported" in why(house, incident, "B", "major")


def test_for_any_category_only_a_diversion_of_all_keeps_patients_away(house: House, incident: str) -> None:
    house.do(BeginDiversion(facility="A", reason="CT is down", categories=("major",)), DESK)
    assert ranked(house, incident)[1] == "A"
    begun = house.do(BeginDiversion(facility="A", reason="flooded"), DESK).subject.removeprefix("diversion:")
    assert ranked(house, incident)[-1] == "A diverted"
    house.do(EndDiversion(diversion=begun), DESK)
    assert ranked(house, incident)[1] == "A"


def test_a_closed_road_is_driven_round(house: House, incident: str) -> None:
    def eta_s() -> int:
        found = house.see(ReadHospitals(incident=incident), DESK)
        assert isinstance(found, Hospitals)
        return next(one.eta_s for one in found.hospitals if one.facility == "B") or -1
    before = eta_s()
    between = corner(2, 1)
    house.do(CloseRoad(lon=between.lon + 0.004, lat=between.lat, text="Harbour Road"), DESK)
    assert eta_s() > before > 0


def test_a_hospitals_own_account_reports_for_itself_alone(house: House) -> None:
    own = Asker("ward", frozenset({"partner"}), "Clinic A")
    house.do(ReportCapacity(facility="A", places={"major": 3}), own)
    begun = house.do(BeginDiversion(facility="A", reason="x"), own).subject.removeprefix("diversion:")
    seen = house.see(ReadFacilities(), own)
    assert isinstance(seen, FacilitiesView)
    assert [(one.facility, one.now.places) for one in seen.facilities] == [("A", {"major": 3})]
    for other in (Asker("ward", frozenset({"partner"}), "Clinic B"), Asker("ward", frozenset({"partner"}))):
        for asked, code in ((ReportCapacity(facility="A", places={"major": 0}), "facility_unknown"), (EndDiversion(diversion=begun), "diversion_unknown")):
            with pytest.raises(Refused) as no:
                house.do(asked, other)
            assert (no.value.code, no.value.status) == (code, 404)
    everything = house.see(ReadFacilities(), CHIEF)
    assert isinstance(everything, FacilitiesView)
    assert {one.facility for one in everything.facilities} == {"A", "B", "C", "town-hospital"}
    assert house.see(ReadFacilities(), asker("nobody's", "partner")) == FacilitiesView(facilities=())
