"""The rooms' doors as lines of the menu: a POST is a command, a GET a question. No door has a handler of its own."""

import asyncio

from tocsin.edges.web.bodies import read_ask, read_command
from tocsin.edges.web.menu import Answer, Asked, Line, answer_type
from tocsin.edges.web.problems import refusal
from tocsin.house import House, Receipt
from tocsin.kernel import Ask, Command, Door, Room

_MOST_LOOKING = 64


class Looking:
    """Questions are answered in threads, so that a slow one holds up nobody's stream; beyond 64 at once, the next is put off."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._now = 0

    async def see(self, ask: Ask, asked: Asked) -> Answer:
        """The answer to a question."""
        assert asked.known is not None
        if self._now >= _MOST_LOOKING:
            raise refusal(503)
        self._now += 1
        try:
            return await asyncio.to_thread(self.house.see, ask, asked.known.asker)
        finally:
            self._now -= 1


def lines(house: House) -> list[Line]:
    """One line for each door of each room."""
    looking = Looking(house)
    return [_line(looking, room, door) for room in house.rooms for door in room.doors]


def _line(looking: Looking, room: Room, door: Door) -> Line:
    asks = door.asks

    async def give(asked: Asked) -> Answer:
        assert asked.known is not None
        assert issubclass(asks, Command)
        return await looking.house.ado(read_command(asks, asked.body, asked.path), asked.known.asker)

    async def look(asked: Asked) -> Answer:
        assert issubclass(asks, Ask)
        return await looking.see(read_ask(asks, asked.query, asked.path), asked)

    posts = door.verb == "POST"
    return Line(verb=door.verb, path=door.path, says=door.says, roles=door.roles, purpose=door.purpose, asks=asks,
                act=give if posts else look, answers=Receipt if posts else answer_type(room, asks))
