"""The rooms' doors as lines of the menu: a POST is a command, a GET a question. No door has a handler of its own."""

from tocsin.edges.web.bodies import read_ask, read_command
from tocsin.edges.web.menu import Answer, Asked, Line, answer_type
from tocsin.house import House, Receipt
from tocsin.house.lanes import pace_of
from tocsin.kernel import Ask, Command, Door, Room


def lines(house: House) -> list[Line]:
    """One line for each door of each room."""
    return [_line(house, room, door) for room in house.rooms for door in room.doors]


def _line(house: House, room: Room, door: Door) -> Line:
    asks = door.asks

    async def give(asked: Asked) -> Answer:
        assert asked.known is not None
        assert issubclass(asks, Command)
        return await house.ado(read_command(asks, asked.body, asked.path), asked.known.asker)

    async def look(asked: Asked) -> Answer:
        assert asked.known is not None
        assert issubclass(asks, Ask)
        return await house.asee(read_ask(asks, asked.query, asked.path), asked.known.asker)

    posts = door.verb == "POST"
    return Line(verb=door.verb, path=door.path, says=door.says, roles=door.roles, purpose=door.purpose, asks=asks, glass=door.glass, pace=pace_of(door), here=not posts,
                act=give if posts else look, answers=Receipt if posts else answer_type(room, asks))
