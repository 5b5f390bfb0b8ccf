"""What may be asked about access, one module per topic."""

from tocsin.rooms.access.commands.findings import DecideFinding, ReadFinding
from tocsin.rooms.access.commands.forgetting import (
    AskHold,
    AskLift,
    ForgetDue,
    GrantHold,
    LiftHold,
    NoteRotation,
    ReadHold,
    ReadRetention,
)
from tocsin.rooms.access.commands.glass import BreakGlass, BrokenGlass, EndGlass, RaiseUnreviewed, ReadGlass, ReviewGlass
from tocsin.rooms.access.commands.rights import ReadRights

__all__ = [
    "AskHold", "AskLift", "BreakGlass", "BrokenGlass", "DecideFinding", "EndGlass", "ForgetDue", "GrantHold", "LiftHold", "NoteRotation",
    "RaiseUnreviewed", "ReadFinding", "ReadGlass", "ReadHold", "ReadRetention", "ReadRights", "ReviewGlass",
]
