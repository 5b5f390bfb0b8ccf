"""What the trackers' tests are given: a served floor with a unit on duty, and keys that are bound to it as an operator binds them."""

from dataclasses import dataclass

from tests.edges.web.running import Running
from tests.floor import MORNING, corner, on_duty

S = 1_000_000
SHIFT = "2026-03-04D"


@dataclass(frozen=True)
class Tracker:
    """A key as its device has it."""

    number: str
    key: str


def tracker(floor: Running, name: str, unit: str = "", shift: str = "", roles: tuple[str, ...] = ("device",), doors: tuple[str, ...] = ()) -> Tracker:
    """A new key, bound to a unit where one is named."""
    answer = floor.as_("admin").post("/api/keys", json={"name": name, "roles": roles, "doors": doors})
    assert answer.status_code == 200, answer.text
    made = Tracker(answer.json()["number"], answer.json()["key"])
    if unit:
        bound = floor.as_("dispatcher").post(f"/api/trackers/{made.number}/bind", json={"unit": unit, "shift": shift})
        assert bound.status_code == 200, bound.text
    return made


def duty(floor: Running, unit: str, shift: str = SHIFT) -> None:
    """The unit comes on duty; then an hour goes by, so that there is a shift to have positions in."""
    on_duty(floor.house, unit, "engine", corner(0, 0), shift)
    floor.clock.pass_s(3_600)


def counts(floor: Running, protocol: str) -> dict[str, int]:
    """What was made of a protocol's messages so far."""
    return {code: count for (of, code), count in floor.web.taking.counts.items() if of == protocol}


def whole_s(floor: Running) -> int:
    """The floor's time in seconds since 1970."""
    assert floor.clock.at % S == MORNING % S
    return floor.clock.at // S
