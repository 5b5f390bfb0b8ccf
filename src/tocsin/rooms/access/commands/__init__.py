"""What may be asked about access, one module per topic."""

from tocsin.rooms.access.commands.findings import DecideFinding, ReadFinding
from tocsin.rooms.access.commands.glass import BreakGlass, BrokenGlass, EndGlass, RaiseUnreviewed, ReadGlass, ReviewGlass
from tocsin.rooms.access.commands.outflow import (
    ApproveExport,
    AskExport,
    KeepDelivery,
    KeepPreview,
    KeepTrace,
    ReadExport,
    ReadReceived,
    RefuseExport,
    WithdrawExport,
)
from tocsin.rooms.access.commands.people import KeepSignIn
from tocsin.rooms.access.commands.rights import ReadRights

__all__ = [
    "ApproveExport", "AskExport", "BreakGlass", "BrokenGlass", "DecideFinding", "EndGlass", "KeepDelivery", "KeepPreview",
    "KeepSignIn", "KeepTrace", "RaiseUnreviewed", "ReadExport", "ReadFinding", "ReadGlass", "ReadReceived", "ReadRights",
    "RefuseExport", "ReviewGlass", "WithdrawExport",
]
