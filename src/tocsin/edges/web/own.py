"""The lines that the edge keeps itself: who I am, positions, the board, the checkpoint, the menu's description."""

from collections.abc import Callable
from typing import Annotated

import msgspec
from litestar import Response
from msgspec import Meta

from tocsin.edges.web.bodies import read_ask, read_command
from tocsin.edges.web.coming import Coming
from tocsin.edges.web.gate import Known
from tocsin.edges.web.me import CityLine, Me, Nothing
from tocsin.edges.web.menu import Answer, Asked, Line, may
from tocsin.edges.web.people import STAFF
from tocsin.house import STAFF_ROLES, Frame, House
from tocsin.trail import Fix

LIVE = "/api/live"
POSITIONS_BYTES = 512 * 1024


class Reported(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One position of a unit on duty, from its own device; when it was heard is the house's to say."""

    unit: Annotated[str, Meta(min_length=1, max_length=40)]
    lon: Annotated[float, Meta(ge=-180, le=180)]
    lat: Annotated[float, Meta(ge=-90, le=90)]
    device_at: Annotated[int, Meta(ge=0)]
    accuracy_m: Annotated[float, Meta(ge=0, le=100_000)] | None = None
    speed_mps: Annotated[float, Meta(ge=0, le=400)] | None = None
    heading_deg: Annotated[float, Meta(ge=0, le=360)] | None = None


class Fixes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Positions of units on duty."""

    fixes: Annotated[tuple[Reported, ...], Meta(max_length=1000)]


class FixNo(msgspec.Struct, frozen=True, kw_only=True):
    """A position that was not taken, by its place in the request, and why."""

    index: int
    code: str


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """How many positions were taken, and which were not."""

    taken: int
    refused: tuple[FixNo, ...]


class Own:
    """The edge's own lines. `menu` gives the whole menu once it is made, for `doors` of Me."""

    def __init__(self, house: House, coming: Coming, *, demo: bool, menu: Callable[[], list[Line]],
                 description: Callable[[], bytes]) -> None:
        self._house, self._coming, self._demo = house, coming, demo
        coming.me = self.say_me
        self._menu, self._description = menu, description
        city = house.city.manifest
        self._city = CityLine(name=city.name, made=city.made, version=city.version, attribution=city.attribution,
                              bounds=city.bounds, timezone=city.timezone)

    def lines(self) -> list[Line]:
        """Every line but the files."""
        return [
            Line(verb="GET", path="/api/me", here=True, roles=(), purpose="access", asks=Nothing, answers=Me, act=self.me,
                 says="Who is signed in, with which roles, in which city, and which doors are open to them."),
            Line(verb="POST", path="/api/positions", roles=("device", "responder"), purpose="response", asks=Fixes, answers=Taken,
                 act=self.positions, body_bytes=POSITIONS_BYTES, says="Report positions of units on duty, up to a thousand at a time."),
            Line(verb="GET", path="/api/board", here=True, roles=STAFF, purpose="response", asks=Nothing, answers=Frame, act=self.board,
                 says="The whole board once: incidents, units, positions, closures; the live stream goes on from its id."),
            Line(verb="GET", path=LIVE, roles=STAFF, purpose="response", media="text/event-stream",
                 says="The board as it changes: server-sent events `frame`, resumed by Last-Event-ID; `cut` says why it ends."),
            Line(verb="GET", path="/api/checkpoint", roles=STAFF, purpose="oversight", asks=Nothing, act=self.checkpoint, media="text/plain",
                 says="The ledger's latest signed checkpoint, as a C2SP signed note."),
            Line(verb="GET", path="/api/openapi.json", here=True, roles=STAFF, purpose="operation", asks=Nothing, act=self.description,
                 says="This menu, as OpenAPI 3.1."),
        ]

    async def me(self, asked: Asked) -> Answer:
        _none(asked)
        assert asked.known is not None
        return self.say_me(asked.known)

    async def positions(self, asked: Asked) -> Answer:
        assert asked.known is not None
        heard_at = self._house.clock.now()
        fixes = [Fix(unit=said.unit, lon=said.lon, lat=said.lat, device_at=said.device_at, heard_at=heard_at,
                     accuracy_m=said.accuracy_m, speed_mps=said.speed_mps, heading_deg=said.heading_deg)
                 for said in read_command(Fixes, asked.body, {}).fixes]
        verdicts = self._house.report(fixes, asked.known.asker)
        refused = tuple(FixNo(index=index, code=code) for index, code in enumerate(verdicts) if code)
        return Taken(taken=len(fixes) - len(refused), refused=refused)

    async def board(self, asked: Asked) -> Answer:
        _none(asked)
        return self._house.frame(None)

    async def checkpoint(self, asked: Asked) -> Answer:
        _none(asked)
        return Response(self._house.ledger.checkpoint(), media_type="text/plain; charset=utf-8")

    async def description(self, asked: Asked) -> Answer:
        _none(asked)
        return Response(self._description(), media_type="application/json")

    def say_me(self, known: Known | None, ticket: str = "", name: str = "") -> Me:
        """Who this is; with a ticket, somebody who is not signed in yet."""
        if known is None:
            return Me(name=name, roles=(), demo=self._demo, city=self._city, doors=(), enrol=ticket)
        doors = tuple(line.path for line in self._menu() if may(line, known))
        glass = tuple(line.path for line in self._menu() if line.glass and not may(line, known)) if known.asker.roles & STAFF_ROLES else ()
        person = self._coming.people.find(known.asker.name) if known.session else None
        seat = self._coming.people.seat(person) if person else None
        return Me(name=known.asker.name, roles=tuple(sorted(known.asker.roles)), demo=self._demo, city=self._city, doors=doors,
                  agency=known.asker.agency, glass=glass, fresh=known.fresh,
                  post=seat.post if seat and known.session and seat.session == known.session.id else "")


def _none(asked: Asked) -> None:
    read_ask(Nothing, asked.query, {})
