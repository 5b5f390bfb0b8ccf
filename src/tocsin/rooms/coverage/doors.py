"""The menu of cover: the cells once, and how long until help in each of them now."""

from collections.abc import Collection

from tocsin.kernel import Ask, Door, Role, Room, Sight
from tocsin.rooms.coverage.commands import ReadCells, ReadCover
from tocsin.rooms.coverage.views import Cover, CoverCells, Covers, Ground, read_cells

_WHO: tuple[Role, ...] = ("call_taker", "dispatcher", "supervisor", "planner")

DOORS = (
    Door(verb="GET", path="/api/cover/cells", asks=ReadCells, roles=_WHO, purpose="response",
         says="The outlines of the city's cells, for cover; they change with the city alone."),
    Door(verb="GET", path="/api/cover", asks=ReadCover, roles=_WHO, purpose="response",
         says="How long until a free unit with a skill could be in each cell, now, and which unit that is."),
)


def room(*, ground: Ground, skills: Collection[str]) -> Room:
    """The room of cover for a city's roads and the skills that its plan names."""
    covers = Covers(ground, skills)
    held: list[CoverCells] = []

    def cells(ask: Ask, sight: Sight) -> CoverCells:
        assert isinstance(ask, ReadCells)
        if not held:
            held.append(read_cells(ground, ask, sight))
        return held[0]

    def now(ask: Ask, sight: Sight) -> Cover:
        assert isinstance(ask, ReadCover)
        return covers.read(ask, sight)

    return Room(name="coverage", doors=DOORS, answers={ReadCells: cells, ReadCover: now})
