"""What whoever is on duty for the system itself looks at: health from inside and outside, the figures for a monitor, and one page of it all."""

import asyncio
import shutil
from collections import deque
from collections.abc import Callable, Mapping
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

import msgspec
from litestar import Response

from tocsin.edges.web.bodies import read_ask
from tocsin.edges.web.health import Health, Outside, Part, Watched, silent
from tocsin.edges.web.live import Live
from tocsin.edges.web.me import Nothing
from tocsin.edges.web.menu import Answer, Asked, Line
from tocsin.edges.web.metrics import MEDIA, NO_COUNTS, Metrics
from tocsin.edges.web.people import STAFF
from tocsin.edges.web.requests import Requests
from tocsin.facts.running import ClockJumped
from tocsin.house import House
from tocsin.house.lanes import LANES
from tocsin.house.saving import drill as drills
from tocsin.house.saving.back_up import last_run
from tocsin.kernel import Instant

_STEPS = 60
_STEP_S = 10.0
_JUMPS = 10


class NodeRow(msgspec.Struct, frozen=True, kw_only=True):
    """One machine that runs this house: whether it writes, how far it has read, how far behind that is, and when it was last heard of."""

    node: str
    leads: bool
    head: int
    lag: int
    version: str
    address: str = ""
    """Where the others reach it; nothing for a house that is alone."""
    heard_s: float | None = None
    """For how many seconds nothing was heard of it; None of this one itself."""
    silent: bool = False
    """Whether that is so long that it is taken to be gone. While the database is away nobody can be heard of, and none is said to be."""
    ahead_s: float | None = None
    """How far the database's clock is before its own, as it said last."""


class LaneRow(msgspec.Struct, frozen=True, kw_only=True):
    """A lane: who is in it now, how long the last five minutes' work took there, and what was turned away since the start."""

    lane: str
    inside: int
    most: int
    p50_s: float | None
    p95_s: float | None
    p99_s: float | None
    refused: int
    lately: tuple[float | None, ...]
    """The 95th percentile of each ten seconds, the newest last."""


class Jumped(msgspec.Struct, frozen=True, kw_only=True):
    """A time at which a node's clock was put."""

    node: str
    by_s: float
    at: Instant


class Drill(msgspec.Struct, frozen=True, kw_only=True):
    """The last time that a copy was really brought back, to see that it can be."""

    at: Instant
    minutes: float
    entries: int
    ok: bool


class DutyView(msgspec.Struct, frozen=True, kw_only=True):
    """Everything on one page. What is not known is None."""

    now: Instant
    started_at: Instant
    parts: tuple[Part, ...]
    nodes: tuple[NodeRow, ...]
    lanes: tuple[LaneRow, ...]
    head: int
    grown: tuple[int, ...]
    """Entries kept in each ten seconds, the newest last."""
    waiting: int
    write_s: float | None
    """How long one writing took on the average since the start."""
    free_bytes: int
    disk_bytes: int
    place: str
    apart: bool
    """Whether the entries lie with a program of its own."""
    round_trip_s: float | None
    ahead_s: float | None
    copied_at: Instant | None
    copies_behind: bool
    drill: Drill | None
    jumps: tuple[Jumped, ...]
    readers: int


class DutyLines:
    """The lines of it. `parts` are those that whoever serves this house knows of, `trackers` what trackers of others were told, `sendings` what came of calling people."""

    def __init__(self, house: House, data: Path, city_folder: Path, live: Live, requests: Requests, parts: Callable[[], tuple[Part, ...]] = tuple,
                 trackers: Mapping[tuple[str, str], int] = NO_COUNTS, sendings: Mapping[tuple[str, str], int] = NO_COUNTS) -> None:
        self._house, self._data, self._live = house, data, live
        self._watched = Watched(house, data, city_folder, parts)
        self._metrics = Metrics(house, live, requests, trackers, sendings)
        self._lately: dict[str, deque[float | None]] = {pace: deque(maxlen=_STEPS) for pace in LANES}
        self._steps = 0
        house.pulse.told = self._beat

    def lines(self) -> list[Line]:
        """Every line."""
        return [
            Line(verb="GET", path="/health", here=True, roles=None, purpose="operation", asks=Nothing, answers=Outside, act=self.outside,
                 says="For load balancers and monitors outside: whether this node serves (503 where it cannot read), and each part by name, without a figure."),
            Line(verb="GET", path="/api/health", here=True, roles=(*STAFF, "device"), purpose="operation", asks=Nothing, answers=Health, act=self.health,
                 says="Each part that the house leans on, what its failing means for the floor and what still works, in words."),
            Line(verb="GET", path="/api/metrics", here=True, roles=("admin", "supervisor", "device"), purpose="operation", asks=Nothing, act=self.metrics, media="text/plain",
                 named=True, says="The house's own running as figures in Prometheus' text form; a machine needs a key that names this door."),
            Line(verb="GET", path="/api/duty", here=True, roles=("admin", "supervisor"), purpose="operation", asks=Nothing, answers=DutyView, act=self.duty,
                 says="Everything that whoever is on duty for the system itself looks at, on one page."),
        ]

    async def outside(self, asked: Asked) -> Answer:
        read_ask(Nothing, asked.query, {})
        found = self._watched.outside()
        return Response(msgspec.json.encode(found), media_type="application/json", status_code=200 if found.reads else 503,
                        headers={} if found.reads else {"retry-after": "1"})

    async def health(self, asked: Asked) -> Answer:
        read_ask(Nothing, asked.query, {})
        return self._watched.look()

    async def metrics(self, asked: Asked) -> Answer:
        read_ask(Nothing, asked.query, {})
        return Response(self._metrics.text(self._watched.look()), media_type=MEDIA)

    async def duty(self, asked: Asked) -> Answer:
        read_ask(Nothing, asked.query, {})
        return await asyncio.to_thread(self.look)

    def look(self) -> DutyView:
        """The page as it stands now."""
        house, pulse, disk = self._house, self._house.pulse, shutil.disk_usage(self._data)
        found, steps, writes = self._watched.look(), list(pulse.steps), house.ledger.measured.write_s
        count = writes.upto()[-1][1]
        behind, saved, drill = house.forgetting.copies_behind(), last_run(self._data), drills.last(self._data)
        return DutyView(
            now=house.clock.now(), started_at=pulse.started_at, parts=found.parts, nodes=self._nodes(found.head),
            lanes=tuple(self._lane(pace) for pace in LANES), head=found.head,
            grown=tuple(max(0, later - before) for before, later in pairwise(steps)), waiting=house.ledger.waiting,
            write_s=writes.total / count if count else None, free_bytes=disk.free, disk_bytes=disk.total, place=house.ledger.where if house.ledger.apart else "SQLite",
            apart=house.ledger.apart, round_trip_s=pulse.probed.round_trip_s if pulse.probed and pulse.reads else None, ahead_s=pulse.ahead_s,
            copied_at=saved.at if saved else None, copies_behind=bool(behind),
            drill=Drill(at=drill.at, minutes=drill.minutes, entries=drill.entries, ok=drill.ok) if drill else None, jumps=self._jumps(), readers=self._live.open)

    def _lane(self, pace: str) -> LaneRow:
        lanes = self._house.lanes
        known = next(one for one in LANES if one == pace)
        taken = lanes.taken[known]
        p50_s, p95_s, p99_s = taken.took_s(50, 95, 99)
        return LaneRow(lane=pace, inside=lanes.inside[known], most=LANES[known].most, p50_s=p50_s, p95_s=p95_s, p99_s=p99_s, refused=taken.refused,
                       lately=tuple(self._lately[pace]))

    def _nodes(self, head: int) -> tuple[NodeRow, ...]:
        """This one, then the one that leads, then the others by name, as each last said where it stands."""
        ledger, pulse = self._house.ledger, self._house.pulse
        leader = ledger.leader()
        others = sorted(pulse.others, key=lambda one: (ledger.leads or not one.leads, one.node.name))
        most = max(head, leader.head if leader else 0)
        mine = NodeRow(node=pulse.node, leads=ledger.leads, head=head, lag=most - head, version=version("tocsin"), address=ledger.node.address, ahead_s=pulse.ahead_s)
        return (mine, *(NodeRow(node=one.node.name, leads=one.leads and not ledger.leads, head=one.head, lag=max(0, most - one.head) if silent(one) else one.behind, version=one.node.program,
                                address=one.node.address, heard_s=one.silent_s, silent=silent(one) and pulse.reads, ahead_s=one.ahead_s) for one in others))

    def _jumps(self) -> tuple[Jumped, ...]:
        if not self._house.pulse.reads:
            return ()
        kept = self._house.history(*self._house.pulse.tags)
        found = [Jumped(node=one.fact.node, by_s=one.fact.by_us / 1e6, at=one.fact.at) for one in kept if isinstance(one.fact, ClockJumped)]
        return tuple(reversed(found[-_JUMPS:]))

    def _beat(self) -> None:
        """Once a second, in the pulse's thread: note since when parts stand as they do, and each ten seconds how fast the lanes were."""
        self._watched.look()
        if self._steps % round(_STEP_S) == 0:
            for pace, taken in self._house.lanes.taken.items():
                self._lately[pace].append(taken.took_s(95, within_s=_STEP_S)[0])
        self._steps += 1

