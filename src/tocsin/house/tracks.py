"""Where a unit has been on one shift: its own crew looks at it as they like, and anybody else's look is kept before they are shown."""

from tocsin.facts.field import TrackShown
from tocsin.facts.fleet import ShiftEnded, ShiftStarted
from tocsin.house.asker import Asker
from tocsin.house.checks import role_missing
from tocsin.house.house import House
from tocsin.kernel import Instant, Refused, Role, View
from tocsin.rooms.fleet.commands import KeepTrackShown
from tocsin.rooms.fleet.views import unit_of

OVERSIGHT = "oversight"
PATH = "/api/units/{unit}/track"
MAY_OVERSEE: tuple[Role, ...] = ("supervisor",)
_MOST = 5_000


class TrackPoint(View, frozen=True, kw_only=True):
    """One position, by the device's own time."""

    at: Instant
    lon: float
    lat: float
    accuracy_m: float | None
    speed_mps: float | None


class TrackLook(View, frozen=True, kw_only=True):
    """Somebody else's look at the track: who, when, and of which time."""

    by: str
    at: Instant
    since: Instant
    until: Instant


class Track(View, frozen=True, kw_only=True):
    """A unit's positions on one shift, oldest first, as far as the trail still holds them: it thins, and forgets."""

    unit: str
    shift: str
    since: Instant
    until: Instant
    points: tuple[TrackPoint, ...]
    more: bool
    """Whether there are later ones: ask again from the last."""
    looks: tuple[TrackLook, ...]
    """Everybody who was shown it, so that a crew knows as well as any auditor."""


class Tracks:
    """Shows tracks from the house's trail, of a shift and never of the time outside it."""

    def __init__(self, house: House) -> None:
        self._house = house

    def own(self, by: Asker, since: Instant, until: Instant) -> Track:
        """The track of the unit that the asker is signed on to, of this shift; refused where they are on none."""
        row = unit_of(by.name, self._house.rows("unit"))
        if row is None:
            raise Refused("not_signed_on", "you are signed on to no unit, and have no track", "您未签到任何单位，没有轨迹")
        return self._track(row.id, row.shift, *self._span(row.id, row.shift, since, until))

    def of_unit(self, by: Asker, unit: str, shift: str, since: Instant, until: Instant) -> Track:
        """The track of any unit for whoever oversees; who states no such purpose is refused, and the look is kept before it is one."""
        if not by.roles & set(MAY_OVERSEE):
            raise role_missing(PATH, MAY_OVERSEE)
        if by.purpose != OVERSIGHT:
            raise Refused("purpose_needed", f"A unit's track is shown for the purpose {OVERSIGHT} alone: state it.", "查看单位轨迹须声明用途“监督”。",
                          field="purpose", status=403)
        since, until = self._span(unit, shift, since, until)
        self._house.keep_own(KeepTrackShown(unit=unit, shift=shift, since=since, until=until), by, OVERSIGHT, "")
        return self._track(unit, shift, since, until)

    def _span(self, unit: str, shift: str, since: Instant, until: Instant) -> tuple[Instant, Instant]:
        """The part of the shift that was asked for (0: its beginning, its end or now)."""
        began, ended = 0, self._house.clock.now()
        for kept in self._house.history(f"unit:{unit}@{shift}"):
            if isinstance(kept.fact, ShiftStarted):
                began = kept.entry.happened_at
            elif isinstance(kept.fact, ShiftEnded):
                ended = kept.entry.happened_at
        return max(began, since), min(ended, until or ended)

    def _track(self, unit: str, shift: str, since: Instant, until: Instant) -> Track:
        fixes = self._house.trail.history(unit, since, until + 1, _MOST + 1)
        looks = tuple(TrackLook(by=kept.entry.by, at=kept.entry.known_at, since=kept.fact.since, until=kept.fact.until)
                      for kept in self._house.history(f"unit:{unit}@{shift}") if isinstance(kept.fact, TrackShown))
        points = tuple(TrackPoint(at=fix.device_at, lon=fix.lon, lat=fix.lat, accuracy_m=fix.accuracy_m, speed_mps=fix.speed_mps) for fix in fixes[:_MOST])
        return Track(unit=unit, shift=shift, since=since, until=until, points=points, more=len(fixes) > _MOST, looks=looks)
