"""The past's doors: the whole picture of any second, how far it reaches, and one incident's story as it was known then."""

import asyncio
from collections.abc import Callable
from typing import Annotated, TypeVar

from msgspec import Meta

from tocsin.edges.web.bodies import read_ask
from tocsin.edges.web.menu import Answer, Asked, Line
from tocsin.edges.web.people import STAFF
from tocsin.house import House, PastFrame, Span
from tocsin.kernel import Ask, Role
from tocsin.rooms.dispatch.commands import ReadStory
from tocsin.rooms.dispatch.views import Story

T = TypeVar("T")
_Us = Annotated[int, Meta(ge=0)]
_STORY: tuple[Role, ...] = ("call_taker", "dispatcher", "supervisor", "auditor")
"""Those to whom the story of now is open as well; the house looks once more at the room's own door."""


class ReadPast(Ask, frozen=True, kw_only=True):
    """The picture as it was known at an instant, in microseconds of UTC."""

    at: _Us


class ReadSpan(Ask, frozen=True, kw_only=True):
    """How far back the past goes; with `since` and `until` also the pressing moments between, of the last twelve hours before `until`."""

    since: _Us = 0
    until: _Us = 0


class ReadPastStory(Ask, frozen=True, kw_only=True):
    """One incident's story as it was known at an instant; the reading is kept."""

    incident: Annotated[str, Meta(min_length=1, max_length=40)]
    at: _Us


def lines(house: House) -> list[Line]:
    """The past's lines of the menu."""

    async def past(asked: Asked) -> Answer:
        return await _away(lambda: house.past(read_ask(ReadPast, asked.query, asked.path).at))

    async def span(asked: Asked) -> Answer:
        ask = read_ask(ReadSpan, asked.query, asked.path)
        return await _away(lambda: house.span(ask.since, ask.until))

    async def story(asked: Asked) -> Answer:
        ask, known = read_ask(ReadPastStory, asked.query, asked.path), asked.known
        assert known is not None
        return await _away(lambda: house.see(ReadStory(incident=ask.incident), known.asker, then=ask.at))

    return [
        Line(verb="GET", path="/api/past", here=True, roles=STAFF, purpose="review", asks=ReadPast, answers=PastFrame, act=past,
             says="The whole board and every unit's position as they were known at a past instant."),
        Line(verb="GET", path="/api/past/span", here=True, roles=STAFF, purpose="review", asks=ReadSpan, answers=Span, act=span,
             says="From when until when the past can be shown, and the pressing moments between two instants."),
        Line(verb="GET", path="/api/past/incidents/{incident}/story", here=True, roles=_STORY, purpose="review", asks=ReadPastStory, glass=True, answers=Story, act=story,
             says="One incident's story as it was known at a past instant; the reading of its personal fields is kept."),
    ]


async def _away(look: Callable[[], T]) -> T:
    """In a thread, so that looking back holds up nobody's stream; the house itself lets only a few look at once."""
    return await asyncio.to_thread(look)
