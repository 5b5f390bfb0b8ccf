"""The tracks' lines of the menu: a crew's own, and a unit's for whoever oversees."""

import asyncio
from typing import Annotated

from msgspec import Meta

from tocsin.edges.web.bodies import read_ask
from tocsin.edges.web.menu import Answer, Asked, Line
from tocsin.house import House
from tocsin.house.tracks import MAY_OVERSEE, OVERSIGHT, PATH, Track, Tracks
from tocsin.kernel import Ask

_Us = Annotated[int, Meta(ge=0)]
_Id = Annotated[str, Meta(min_length=1, max_length=40)]


class ReadOwnTrack(Ask, frozen=True, kw_only=True):
    """Where the asker's own unit has been on this shift, between two instants in microseconds of UTC (0: its beginning, now)."""

    since: _Us = 0
    until: _Us = 0


class ReadTrack(Ask, frozen=True, kw_only=True):
    """Where a unit has been on one shift."""

    unit: _Id
    shift: _Id
    since: _Us = 0
    until: _Us = 0


def lines(house: House) -> list[Line]:
    """Both lines."""
    tracks = Tracks(house)

    async def own(asked: Asked) -> Answer:
        ask, known = read_ask(ReadOwnTrack, asked.query, asked.path), asked.known
        assert known is not None
        return await asyncio.to_thread(tracks.own, known.asker, ask.since, ask.until)

    async def unit(asked: Asked) -> Answer:
        ask, known = read_ask(ReadTrack, asked.query, asked.path), asked.known
        assert known is not None
        return await asyncio.to_thread(tracks.of_unit, known.asker, ask.unit, ask.shift, ask.since, ask.until)

    return [
        Line(verb="GET", path="/api/field/track", here=True, roles=("responder", "supervisor"), purpose="response", asks=ReadOwnTrack, answers=Track, act=own,
             says="Where one's own unit has been on this shift, and everybody who was shown it."),
        Line(verb="GET", path=PATH, roles=MAY_OVERSEE, purpose=OVERSIGHT, asks=ReadTrack, answers=Track, act=unit,
             says="Where a unit has been on one shift, for the stated purpose of oversight alone; that it is shown is kept first, and its crew sees that."),
    ]
