"""Simulated crews: each reads its own row on the floor, does what it is sent for, drives the streets and says where it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from tocsin.kernel import Instant
from tocsin.rooms.fleet.commands import ReportState
from tocsin.rooms.fleet.views import UnitRow
from tocsin.sim import profile
from tocsin.sim.clock import SECOND
from tocsin.sim.profile import Spread
from tocsin.sim.travel import Drive, Point, Spot, metres

Moves = Mapping[str, tuple[str, ...]]
"""For each state of a unit kind, the states its crew may report next."""

MOVING_FIX: Instant = 5 * SECOND
PARKED_FIX: Instant = 60 * SECOND
RETRY: Instant = 15 * SECOND
MOST_TRIES = 5
NEAR_M = 60.0

Way = tuple[tuple[Point, ...], float]
"""A line and its driving seconds."""


class World(Protocol):
    """What a crew asks of the world around it."""

    def turnout_s(self, row: UnitRow, at: Instant, *, on_road: bool) -> float:
        """The usual seconds from being sent to driving off."""
        ...

    def to_incident(self, row: UnitRow, here: Point, at: Instant, *, on_road: bool) -> Way:
        """The way to its incident that the house shows the crew, with the usual seconds until it stands there."""
        ...

    def way(self, a: Point, b: Point, at: Instant) -> Way:
        """Any other way."""
        ...

    def hospital(self, here: Point) -> Point:
        """The nearest hospital."""
        ...

    def family(self, incident: str) -> str:
        """Which family of kinds the incident is of, by which work at the scene is drawn."""
        ...

    def takes_patient(self, incident: str) -> bool:
        """Whether this incident has a patient that nobody else is carrying; the asker carries it from now on."""
        ...


def draw(spread: Spread, rng: np.random.Generator) -> float:
    """One draw of a cut log-normal."""
    return float(np.clip(spread.median_s * np.exp(spread.sigma * rng.standard_normal()), spread.low_s, spread.high_s))


def _asked(row: UnitRow) -> tuple[str, str, str, str]:
    """What the row asks of its crew: another of these, and it begins on something else."""
    post = row.standby
    return row.state, row.incident, row.shift, "" if post is None else f"{post.name} {post.place.lon} {post.place.lat}"


@dataclass(slots=True)
class Crew:
    """One unit's crew. It holds no status of its own: its row on the floor says what it is doing, and it acts on that.

    So a stand-down, a swap, a person at a console who reports for it, or a restart in the middle of a call all need no
    case of their own: the row changed, and the crew begins on what the row says now.
    """

    unit: str
    home: Point
    moves: Moves
    rng: np.random.Generator
    here: Point
    drive: Drive | None = None
    seen: tuple[str, str, str, str] = ("", "", "", "")
    """State, incident, shift and post that it is acting on."""
    then: tuple[str, ...] = ()
    """The states to report when `due` comes, best liked first; the unit kind's table has the last word."""
    due: Instant = 0
    tries: int = 0
    last_fix: Instant = field(default=-PARKED_FIX)
    moved: bool = False

    def step(self, now: Instant, row: UnitRow, world: World) -> ReportState | None:
        """Go on to `now`; a report of a new state where one is due."""
        if _asked(row) != self.seen:
            self.begin(now, row, world)
        self.here = self.spot(now).point
        if not self.then or now < self.due or self.tries >= MOST_TRIES:
            return None
        allowed = self.moves.get(row.state, ())
        state = next((liked for liked in self.then if liked in allowed), "")
        if not state:
            self.then = ()
            return None
        self.tries, self.due = self.tries + 1, now + RETRY
        return ReportState(unit=self.unit, shift=row.shift, state=state,
                           key=f"crew/{self.unit}/{row.shift}/{row.since}/{state}/{self.tries}")

    def begin(self, now: Instant, row: UnitRow, world: World) -> None:
        """Begin on what the row says: where to drive, how long it will take, what to report then."""
        spot = self.spot(now)
        self.here, self.seen, self.tries, self.then = spot.point, _asked(row), 0, ()
        rolling = self.drive is not None and now < self.drive.ends
        self.drive = None
        match row.state:
            case "available":
                goal = self.home if row.standby is None else (row.standby.place.lon, row.standby.place.lat)
                if metres(self.here, goal) > NEAR_M:
                    self._go(now, world.way(self.here, goal, now))
            case "assigned":
                usual_s = world.turnout_s(row, now, on_road=rolling or not self.at_home)
                self._later(now, usual_s * draw(profile.TURNOUT, self.rng), "en_route", "at_scene")
            case "en_route":
                self._go(now, world.to_incident(row, self.here, now, on_road=not self.at_home), "at_scene")
            case "at_scene":
                self._work(now, row.incident, world)
            case "transporting":
                self._go(now, world.way(self.here, world.hospital(self.here), now), "at_destination", "available")
            case "at_destination":
                self._later(now, draw(profile.HANDOVER, self.rng), "clearing", "available")
            case "clearing":
                self._later(now, draw(profile.CLEARING, self.rng), "available")

    def _work(self, now: Instant, incident: str, world: World) -> None:
        family = world.family(incident)
        carries = "transporting" in self.moves.get("at_scene", ()) and family in ("medical", "traffic")
        if carries and self.rng.random() < profile.TRANSPORT_SHARE and world.takes_patient(incident):
            self._later(now, draw(profile.BEFORE_TRANSPORT, self.rng), "transporting", "clearing", "available")
        else:
            self._later(now, draw(profile.AT_SCENE.get(family, profile.AT_SCENE["order"]), self.rng), "clearing", "available")

    def _go(self, now: Instant, way: Way, *then: str) -> None:
        line, drive_s = way
        self.drive = Drive.along(line, now, drive_s * draw(profile.PACE, self.rng))
        self.then, self.due = then, self.drive.ends

    def _later(self, now: Instant, wait_s: float, *then: str) -> None:
        self.then, self.due = then, now + round(wait_s * SECOND)

    def spot(self, now: Instant) -> Spot:
        """Where the unit is."""
        return Spot(self.here, 0.0, None) if self.drive is None else self.drive.at(now)

    @property
    def at_home(self) -> bool:
        """Whether it stands at its station, as of its last step."""
        return metres(self.here, self.home) <= NEAR_M

    def fix_due(self, now: Instant) -> Spot | None:
        """The spot to report now: every 5 s under way, every minute at rest, and at once on stopping."""
        spot = self.spot(now)
        moving = spot.speed_mps > 0
        if now - self.last_fix < (MOVING_FIX if moving else PARKED_FIX) and moving >= self.moved:
            return None
        self.last_fix, self.moved = now, moving
        return spot
