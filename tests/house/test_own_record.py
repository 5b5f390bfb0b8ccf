"""A floor's own ledger as a record: who was sent when, to residents' own calls alone, to a hundred metres, and nothing of people."""

from pathlib import Path

import msgspec

from tests.floor import DESK, StillClock, asker, corner, on_duty, small_house
from tocsin.facts.calls import Place
from tocsin.house import House
from tocsin.house.own_record import own_record
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import AssignUnit, CloseIncident, JoinIncident
from tocsin.rooms.fleet.commands import ReportState

CREW = asker("crew 1", "responder")
SHIFT = "2026-03-04D"
DAY_S = 86_400


def called(house: House, **words: object) -> str:
    place = Place(lon=24.912_345, lat=60.154_321, text="Plinth Yard 7, second floor", source="address")
    command = msgspec.convert({"place": msgspec.to_builtins(place), "kind": "medical", "priority": 2, "caller": "Quibble Zarf", "number": "0405558812", "notes": "gate code 4711"} | words, TakeCall)
    return house.do(command, DESK).subject.removeprefix("call:")


def worked(house: House, clock: StillClock, incident: str) -> None:
    clock.pass_s(30)
    house.do(AssignUnit(incident=incident, unit="M1", shift=SHIFT, override="by hand"), DESK)
    for state, wait in (("en_route", 60), ("at_scene", 240), ("transporting", 600), ("at_destination", 500), ("available", 900)):
        clock.pass_s(wait)
        house.do(ReportState(unit="M1", shift=SHIFT, state=state), CREW)
    house.do(CloseIncident(incident=incident, disposition="transported"), DESK)


def test_the_record_has_places_times_and_units_and_nothing_of_people(tmp_path: Path) -> None:
    clock = StillClock()
    with small_house(tmp_path, clock) as house:
        on_duty(house, "M1", "medic", corner(0, 0), SHIFT)
        for _ in range(4):
            begun = clock.now()
            first = called(house)
            worked(house, clock, first)
            clock.pass_s(DAY_S - (clock.now() - begun) / 1_000_000)
        record = own_record(house)
    assert len(record.calls) == 2, "the first and the last day are not whole"
    call = record.calls[0]
    (run,) = call.runs
    received = call.received_at
    assert [None if at is None else (at - received) // 1_000_000 for at in (run.dispatch_at, run.response_at, run.on_scene_at, run.transport_at, run.hospital_at, run.available_at)] == [
        30, 90, 330, 930, 1430, 2330]
    assert (run.unit, run.unit_kind, run.station) == ("M1", "medic", "Station M1")
    assert (call.lon, call.lat, call.kind, call.priority, call.disposition) == (24.912, 60.154, "medical", 2, "transported")
    assert record.stations["Station M1"].lon == corner(0, 0).lon
    said = msgspec.json.encode(record).decode()
    for word in ("Plinth", "Quibble", "0405558812", "4711", first, "crew 1", "desk 1"):
        assert word not in said, word
    assert (call.address, call.call, call.incident) == ("", "1", "1")


def test_what_staff_began_and_what_was_joined_is_no_call_of_a_resident(tmp_path: Path) -> None:
    clock = StillClock()
    with small_house(tmp_path, clock) as house:
        on_duty(house, "M1", "medic", corner(0, 0), SHIFT)
        main, radio = called(house), called(house, channel="radio")
        twin = called(house)
        house.do(JoinIncident(incident=twin, into=main), DESK)
        for incident in (main, radio):
            worked(house, clock, incident)
        open_one = called(house)
        record = own_record(house)
    assert [call.received_at for call in record.calls] == [StillClock().now()], "one that is still open is not told of"
    assert open_one not in {call.call for call in record.calls}
