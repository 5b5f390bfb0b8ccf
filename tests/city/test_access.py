"""Who may drive on what: one row per street sign, for the ordinary car and the emergency vehicle."""

import pytest

from tocsin.city.access import barrier_access, way_access
from tocsin.city.speeds import road_class

# tags, with the drawing, against it; O ordinary only never occurs without E unless signed, B both, E emergency, -
# nobody
WAYS = [
    ("highway=residential", "B", "B"),
    ("highway=residential oneway=yes", "B", "-"),
    ("highway=residential oneway=-1", "-", "B"),
    ("highway=residential oneway=no junction=roundabout", "B", "B"),
    ("highway=tertiary junction=roundabout", "B", "-"),
    ("highway=tertiary junction=circular", "B", "-"),
    ("highway=motorway", "B", "-"),
    ("highway=motorway oneway=no", "B", "B"),
    ("highway=motorway_link", "B", "B"),
    ("highway=primary oneway=reversible", "-", "-"),
    ("highway=residential oneway=yes oneway:bus=no", "B", "E"),
    ("highway=residential oneway=yes oneway:emergency=no", "B", "E"),
    ("highway=residential oneway=yes busway=opposite_lane", "B", "E"),
    ("highway=residential oneway=yes oneway:bicycle=no", "B", "-"),
    ("highway=service access=private", "E", "E"),
    ("highway=service access=no", "-", "-"),
    ("highway=service access=no bus=yes", "E", "E"),
    ("highway=service access=no emergency=yes", "E", "E"),
    ("highway=service access=destination", "B", "B"),
    ("highway=service access=customers", "B", "B"),
    ("highway=service service=emergency_access", "E", "E"),
    ("highway=residential access=no motor_vehicle=yes", "B", "B"),
    ("highway=residential motor_vehicle=no", "E", "E"),
    ("highway=residential motor_vehicle=no bridge=yes", "-", "-"),
    ("highway=residential motor_vehicle=no tunnel=yes", "-", "-"),
    ("highway=residential motor_vehicle=no bridge=no", "E", "E"),
    ("highway=residential vehicle=private", "E", "E"),
    ("highway=residential emergency=no motor_vehicle=private", "-", "-"),
    ("highway=busway", "E", "E"),
    ("highway=bus_guideway", "-", "-"),
    ("highway=pedestrian", "E", "E"),
    ("highway=pedestrian motor_vehicle=no", "E", "E"),
    ("highway=pedestrian access=yes", "E", "E"),
    ("highway=pedestrian motor_vehicle=yes", "B", "B"),
    ("highway=pedestrian width=1.8", "-", "-"),
    ("highway=pedestrian area=yes", "-", "-"),
    ("highway=footway", "-", "-"),
    ("highway=footway access=yes", "-", "-"),
    ("highway=footway emergency=yes", "E", "E"),
    ("highway=cycleway motor_vehicle=designated", "B", "B"),
    ("highway=path", "-", "-"),
    ("highway=track", "E", "E"),
    ("highway=track tracktype=grade1", "B", "B"),
    ("highway=primary motor_vehicle:backward=no", "B", "-"),
    ("highway=primary access:forward=private", "E", "B"),
    ("highway=primary vehicle:backward=no bus:backward=yes", "B", "E"),
]
BARRIERS = [
    ("barrier=bollard", "-", True),
    ("barrier=bollard emergency=yes", "E", True),
    ("barrier=block", "-", True),
    ("barrier=gate", "B", True),
    ("barrier=gate access=private", "E", True),
    ("barrier=gate locked=yes", "E", True),
    ("barrier=gate motor_vehicle=no", "E", True),
    ("barrier=gate emergency=no access=private", "-", True),
    ("barrier=lift_gate", "B", True),
    ("barrier=bus_trap", "E", True),
    ("barrier=toll_booth", "B", True),
    ("barrier=border_control access=no", "-", True),
    ("barrier=bollard motor_vehicle=yes", "B", True),
    ("barrier=moat_of_fire", "-", False),
]
LETTERS = {0: "-", 1: "O", 2: "E", 3: "B"}


def tags(text: str) -> dict[str, str]:
    """Read 'a=b c=d'."""
    return dict(part.split("=", 1) for part in text.split())


@pytest.mark.parametrize(("text", "with_it", "against"), WAYS, ids=[row[0] for row in WAYS])
def test_way(text: str, with_it: str, against: str) -> None:
    kind = road_class(tags(text)["highway"])
    assert kind is not None
    assert tuple(LETTERS[bits] for bits in way_access(tags(text), kind)) == (with_it, against)


@pytest.mark.parametrize(("text", "through", "known"), BARRIERS, ids=[row[0] for row in BARRIERS])
def test_barrier(text: str, through: str, known: bool) -> None:
    bits, was_known = barrier_access(tags(text))
    assert (LETTERS[bits], was_known) == (through, known)


def test_what_is_no_road_has_no_class() -> None:
    assert [road_class(kind) for kind in ("steps", "proposed", "platform", "construction")] == [None] * 4
