"""What may be asked about access, one module per topic."""

from tocsin.rooms.access.commands.findings import DecideFinding, ReadFinding
from tocsin.rooms.access.commands.glass import BreakGlass, BrokenGlass, EndGlass, RaiseUnreviewed, ReadGlass, ReviewGlass
from tocsin.rooms.access.commands.people import KeepSignIn
from tocsin.rooms.access.commands.rights import ReadRights

__all__ = ["BreakGlass", "BrokenGlass", "DecideFinding", "EndGlass", "KeepSignIn", "RaiseUnreviewed", "ReadFinding", "ReadGlass", "ReadRights", "ReviewGlass"]
