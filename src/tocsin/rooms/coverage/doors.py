"""The menu of cover: the cells once, how long until help in each of them now, the moves that pay, and where units are told to wait."""

from collections.abc import Collection
from functools import partial

from tocsin.kernel import Ask, Door, Role, Room, Sight
from tocsin.rooms.coverage.commands import (
    DeclineMove,
    EndStandby,
    OrderStandby,
    ReadCells,
    ReadCover,
    ReadMoveReport,
    ReadMoves,
    ReadStandby,
    SendToPost,
)
from tocsin.rooms.coverage.model import StandbyTable, State, decider, evolve
from tocsin.rooms.coverage.views import (
    Busy,
    Calls,
    Cover,
    CoverCells,
    Covers,
    Ground,
    Moves,
    MovesView,
    Standbys,
    StandbyView,
    read_cells,
    read_report,
    standby_view,
)

_SEND: tuple[Role, ...] = ("dispatcher", "supervisor")
_WHO: tuple[Role, ...] = ("call_taker", *_SEND, "planner")

DOORS = (
    Door(verb="GET", path="/api/cover/cells", asks=ReadCells, roles=_WHO, purpose="response",
         says="The outlines of the city's cells, for cover; they change with the city alone."),
    Door(verb="GET", path="/api/cover", asks=ReadCover, roles=_WHO, purpose="response",
         says="How long until a free unit with a skill could be in each cell, now, and which unit that is."),
    Door(verb="GET", path="/api/cover/moves", asks=ReadMoves, roles=_WHO, purpose="response",
         says="What share of the demand is expected to be reached in time now, and the moves that would raise it, each with its gain, its cost and who is left."),
    Door(verb="GET", path="/api/cover/moves/report", asks=ReadMoveReport, roles=("supervisor", "planner"), purpose="response", pace="later",
         says="What came of moves, by day and by unit: how many, how far, why not, and how much sooner help came than from the station."),
    Door(verb="GET", path="/api/cover/standby", asks=ReadStandby, roles=_WHO, purpose="response",
         says="The table of standby: its posts, how often a unit is moved, the reasons for declining."),
    Door(verb="POST", path="/api/units/{unit}/standby", asks=OrderStandby, roles=_SEND, purpose="response",
         says="Tell a free unit to wait at a place until it is sent somewhere."),
    Door(verb="POST", path="/api/units/{unit}/standby/decline", asks=DeclineMove, roles=_SEND, purpose="response",
         says="Say that a suggested move is not wanted, and why."),
    Door(verb="POST", path="/api/units/{unit}/standby/end", asks=EndStandby, roles=_SEND, purpose="response",
         says="Send a unit home from where it waits."),
)


def room(*, ground: Ground, skills: Collection[str], standby: StandbyTable) -> Room:
    """The room of cover for a city's roads, the skills that its plan names, and its table of standby."""
    covers, moves, table = Covers(ground, skills), Moves(ground, skills, standby), standby_view(standby)
    held: list[CoverCells] = []

    def cells(ask: Ask, sight: Sight) -> CoverCells:
        assert isinstance(ask, ReadCells)
        if not held:
            held.append(read_cells(ground, ask, sight))
        return held[0]

    def now(ask: Ask, sight: Sight) -> Cover:
        assert isinstance(ask, ReadCover)
        return covers.read(ask, sight)

    def paying(ask: Ask, sight: Sight) -> MovesView:
        assert isinstance(ask, ReadMoves)
        return moves.read(ask, sight)

    def read_standby(ask: Ask, sight: Sight) -> StandbyView:
        return table

    return Room(name="coverage", doors=DOORS, state=State, evolve=evolve, decide=decider(standby), commands=(OrderStandby, SendToPost, DeclineMove, EndStandby),
                pictures=(Busy(), Standbys(), Calls()),
                answers={ReadCells: cells, ReadCover: now, ReadMoves: paying, ReadMoveReport: partial(read_report, ground), ReadStandby: read_standby})
