"""Rooms round one ledger: do, see, follow; `build` is every wire on one page."""

from tocsin.house.asker import Asker, Frame, Mark, PastFrame, PositionRow, Receipt, Span
from tocsin.house.attaching import Attaching
from tocsin.house.build import build
from tocsin.house.checks import role_missing
from tocsin.house.house import House
from tocsin.house.policy import PURPOSES, STAFF_ROLES, BadPolicy, Policy
from tocsin.ledger import (
    ALONE,
    SILENT_S,
    Follows,
    Leader,
    LedgerFault,
    Node,
    Saw,
    Spread,
    Stand,
    Uncertain,
    Witnesses,
    Witnessing,
    tiles,
)
from tocsin.rooms.access.model import OutflowTable

__all__ = [
    "ALONE", "PURPOSES", "SILENT_S", "STAFF_ROLES", "Asker", "Attaching", "BadPolicy", "Follows", "Frame", "House", "Leader", "LedgerFault", "Mark", "Node", "OutflowTable", "PastFrame",
    "Policy", "PositionRow", "Receipt", "Saw", "Span", "Spread", "Stand", "Uncertain", "Witnesses", "Witnessing", "build", "role_missing", "tiles",
]
