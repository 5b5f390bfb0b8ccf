"""Two houses on one database: the map of the one that follows is that of the one that leads, and a page goes on at either, over a change of the lead."""

import threading
from collections.abc import Callable
from pathlib import Path

from tests.floor import PLAN, TABLE, StillClock, asker, corner, on_duty, small_city
from tocsin.city.calibration import Calibration
from tocsin.house import House, Node, PositionRow, build
from tocsin.house.keeping import lay_node
from tocsin.trail import Fix

TRACKER = asker("tracker", "device")


def opened(data: Path, clock: StillClock, address: str, name: str) -> House:
    return build(data, small_city(), Calibration.default(), PLAN, TABLE, clock, database=address, node=Node(name, "", "1"))


def becomes(what: Callable[[], bool]) -> None:
    """Wait until it is so; the test's own limit is the longest."""
    changed = threading.Event()
    while not what():
        changed.wait(0.02)


def place_of(house: House, unit: str) -> float | None:
    row = house.positions().get(unit)
    return None if row is None else row.lon


def tell(house: House, clock: StillClock, unit: str, lon: float) -> None:
    clock.pass_s(1)
    assert house.report([Fix(unit, lon, 60.15, clock.now(), clock.now())], TRACKER) == [""]


def shown(rows: tuple[object, ...]) -> dict[str, float]:
    return {row.id: row.lon for row in rows if isinstance(row, PositionRow)}


def test_a_page_goes_on_at_the_other_house_and_over_a_change_of_the_lead(tmp_path: Path, postgres: str) -> None:
    clock = StillClock()
    with opened(tmp_path / "a", clock, postgres, "a") as a:
        lay_node(tmp_path / "a" / "ledger", "floor", tmp_path / "b" / "ledger")
        with opened(tmp_path / "b", clock, postgres, "b") as b:
            assert a.ledger.leads and not b.ledger.leads and b.trail.follows
            woken: list[str] = []
            b.on_change(woken.append)
            on_duty(a, "E7", "engine", corner(1, 1))
            on_duty(a, "E8", "engine", corner(1, 1))
            tell(a, clock, "E7", 24.91)
            tell(a, clock, "E8", 24.81)
            page = a.frame(None)
            assert shown(page.rows) == {"E7": 24.91, "E8": 24.81}
            tell(a, clock, "E7", 24.92)
            becomes(lambda: place_of(b, "E7") == 24.92)
            assert "trail" in woken
            at_b = b.frame(page.id)
            assert (at_b.whole, shown(at_b.rows)) == (False, {"E7": 24.92}), "what moved since, and no more"
            assert b.trail.history("E7", 0, clock.now() + 1) == a.trail.history("E7", 0, clock.now() + 1)
            a.close()
            becomes(lambda: b.ledger.leads and not b.trail.follows)
            assert shown(b.frame(at_b.id).rows) == {}, "nothing was lost with the house that closed, and nothing is told again"
            tell(b, clock, "E8", 24.83)
            assert shown(b.frame(at_b.id).rows) == {"E8": 24.83}
