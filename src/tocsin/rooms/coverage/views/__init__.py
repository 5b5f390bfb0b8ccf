"""What is seen of cover: the cells and the seconds to each, the expected share with the moves that raise it, and what came of moves."""

from tocsin.rooms.coverage.views.busy import Busy, BusyRow, busy_share
from tocsin.rooms.coverage.views.calls import Calls, calls_by_cell
from tocsin.rooms.coverage.views.cover import FRESH_US, Cover, CoverCells, Covers, Ground, read_cells
from tocsin.rooms.coverage.views.moves import Move, Moves, MovesView
from tocsin.rooms.coverage.views.report import MoveLine, MoveReport, read_report
from tocsin.rooms.coverage.views.standbys import Standbys
from tocsin.rooms.coverage.views.table import StandbyView, standby_view

__all__ = [
    "FRESH_US", "Busy", "BusyRow", "Calls", "Cover", "CoverCells", "Covers", "Ground", "Move", "MoveLine", "MoveReport", "Moves", "MovesView",
    "StandbyView", "Standbys", "busy_share", "calls_by_cell", "read_cells", "read_report", "standby_view",
]
