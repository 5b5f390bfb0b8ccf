"""The trackers that there are, for whoever keeps them: for which unit each speaks, when and how it was last heard, and what it was refused for."""

import msgspec

from tocsin.edges.gateways.trackers.last import MADE
from tocsin.edges.gateways.trackers.lately import MINUTES, TROUBLE
from tocsin.edges.gateways.trackers.taking import Taking
from tocsin.edges.web.bodies import read_ask
from tocsin.edges.web.credentials import Device
from tocsin.edges.web.me import Nothing
from tocsin.edges.web.menu import Answer, Asked, Line
from tocsin.kernel import Instant, Words


class RefusedLine(msgspec.Struct, frozen=True, kw_only=True):
    """How often something was refused in the last minutes, and for what."""

    code: str
    says: Words
    count: int


class TrackerLine(msgspec.Struct, frozen=True, kw_only=True):
    """A tracker. `heard_at` is its latest message since this node began, 0 for none; `used` is when its key was last let in, before that too."""

    number: str
    name: str
    unit: str
    """The unit it speaks for; empty for none."""
    shift: str
    """The one shift in which it does; empty: each."""
    shown: bool
    """Whether its key opens what a responder may see, so that a phone with it is shown units and incidents."""
    until: Instant
    used: Instant
    heard_at: Instant
    protocol: str
    made: Words | None
    """What was made of that message."""
    refused: tuple[RefusedLine, ...]


class TrackersView(msgspec.Struct, frozen=True, kw_only=True):
    """Every tracker by name; what was refused of keys that are nobody's; and where else than over HTTP this node hears them."""

    at: Instant
    trackers: tuple[TrackerLine, ...]
    unknown: tuple[RefusedLine, ...]
    minutes: int
    open: dict[str, str]


class TrackerList:
    """The line at which they are listed."""

    def __init__(self, taking: Taking) -> None:
        self._taking = taking

    def lines(self) -> list[Line]:
        """The list."""
        return [Line(verb="GET", path="/api/trackers", roles=("admin", "supervisor", "dispatcher"), purpose="response", asks=Nothing, answers=TrackersView, act=self.see,
                     says="Every tracker: the unit it speaks for, when and by which protocol it was last heard, what it was refused for in the last minutes.")]

    async def see(self, asked: Asked) -> Answer:
        read_ask(Nothing, asked.query, {})
        refused: dict[str, list[RefusedLine]] = {}
        for (number, code), count in self._taking.lately.counts().most_common():
            refused.setdefault(number, []).append(RefusedLine(code=code, says=TROUBLE[code], count=count))
        devices = self._taking.devices()
        known = {one.number for one in devices}
        # A key that was revoked a moment ago is nobody's: what was refused of it is told with the unknown ones.
        unknown = [line for number, lines in refused.items() if number not in known for line in lines]
        return TrackersView(at=self._taking.clock(), trackers=tuple(sorted((self._line(one, tuple(refused.get(one.number, ()))) for one in devices), key=lambda one: (one.name, one.until))),
                            unknown=tuple(unknown), minutes=MINUTES, open=dict(self._taking.open))

    def _line(self, device: Device, refused: tuple[RefusedLine, ...]) -> TrackerLine:
        last, bound = self._taking.latest.of(device.number), self._taking.bound(device.number)
        return TrackerLine(number=device.number, name=device.name, unit=bound.unit if bound else "", shift=bound.shift if bound else "", shown="responder" in device.roles,
                           until=device.until, used=device.used, heard_at=last.at if last else 0, protocol=last.protocol if last else "",
                           made=MADE.get(last.code) or TROUBLE.get(last.code) or Words(last.code, last.code) if last else None, refused=refused)
