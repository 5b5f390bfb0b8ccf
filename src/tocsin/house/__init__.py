"""Rooms round one ledger: do, see, follow; `build` is every wire on one page."""

from tocsin.house.asker import Asker, Frame, Mark, PastFrame, PositionRow, Receipt, Span
from tocsin.house.attaching import Attaching
from tocsin.house.build import build
from tocsin.house.house import House
from tocsin.ledger import LedgerFault

__all__ = ["Asker", "Attaching", "Frame", "House", "LedgerFault", "Mark", "PastFrame", "PositionRow", "Receipt", "Span", "build"]
