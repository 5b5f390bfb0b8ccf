"""What may come into a forecast: place, time and kind of residents' own calls; everything else is refused, and what police began stays out."""

import numpy as np
import pytest

from tocsin.engines.demand import Calls, admit, began_themselves, refuse_people
from tocsin.kernel import Refused

COLUMNS = {"cell": [1, 2, 2], "at": [10, 20, 30], "kind": ["fall", "fire", "fall"]}


@pytest.mark.parametrize("name", ["officer_initiated", "name", "arrest", "race", "unit", "stops", "age", "group", "score", "priority", "address", "weather"])
def test_any_column_but_place_time_and_kind_is_refused(name: str) -> None:
    with pytest.raises(Refused) as no:
        admit(COLUMNS | {name: [0, 0, 1]})
    assert no.value.code == "demand.column-refused" and no.value.field == name
    assert name in no.value.words.en and name in no.value.words.zh


def test_calls_have_no_room_for_more() -> None:
    """The engine's own shape: a place, a time, a kind, the names of kinds, and how many were left out."""
    assert set(Calls.__dataclass_fields__) == {"cell", "at", "kind", "kinds", "left_out"}
    calls = admit(COLUMNS)
    assert len(calls) == 3 and calls.kinds == ("fall", "fire") and calls.kind.tolist() == [0, 1, 0] and calls.cell.dtype == np.uint64


@pytest.mark.parametrize("kind", ["Officer initiated", "SELF-INITIATED ACTIVITY", "Traffic Stop", "TRAFFIC STOP - HAZARD", "ONVIEW", "On-view offense", "Pedestrian stop",
                                  "Field Interview", "EMS: WARRANT SERVICE", "ARREST", "Directed Patrol", "Area check", "Stop and frisk", "Surveillance",
                                  "盘查", "民警主动发现", "重点人员核查", "逮捕"])
def test_what_police_began_themselves_cannot_enter(kind: str) -> None:
    assert began_themselves(kind)
    calls = admit({"cell": [1, 1], "at": [1, 2], "kind": ["fall", kind]})
    assert len(calls) == 1 and calls.kinds == ("fall",) and calls.left_out == {"began by police themselves": 1}
    with pytest.raises(Refused) as no:
        admit({"cell": [1], "at": [1], "kind": [kind]})
    assert no.value.code == "demand.no-calls"


@pytest.mark.parametrize("kind", ["EMS: FALL VICTIM", "Traffic: VEHICLE ACCIDENT -", "Fire: BUILDING FIRE", "Medical Incident", "Burglary in progress", "Noise", "火警", "交通事故",
                                  "Assist Police", "Citizen Assist / Service Call", "Cardiac arrest", "CARDIAC ARREST - BREATHING"])
def test_what_residents_ask_for_is_let_in(kind: str) -> None:
    assert not began_themselves(kind)


@pytest.mark.parametrize("name", ["Officer", "OfficerInitiated", "officer_initiated", "unit_id", "Unit ID", "caller name", "first_name", "LastName", "subject_race", "SEX", "age",
                                  "stop_type", "arrest_made", "risk_score", "民警编号", "嫌疑人", "车牌号", "身份证"])
def test_a_file_that_tells_of_people_is_refused_whatever_is_read_of_it(name: str) -> None:
    with pytest.raises(Refused) as no:
        refuse_people(["time", name])
    assert no.value.code == "demand.column-of-people" and no.value.field == name


def test_names_of_places_are_no_names_of_people() -> None:
    refuse_people(["lat", "lng", "desc", "zip", "title", "timeStamp", "twp", "addr", "e", "street_name", "StationName", "village", "message", "community", "stage", "报警类型"])
