"""Rooms round one ledger: do, see, follow; `build` is every wire on one page."""

from tocsin.house.asker import Asker, Frame, PositionRow, Receipt
from tocsin.house.attaching import Attaching
from tocsin.house.build import build
from tocsin.house.house import House
from tocsin.ledger import LedgerFault

__all__ = ["Asker", "Attaching", "Frame", "House", "LedgerFault", "PositionRow", "Receipt", "build"]
