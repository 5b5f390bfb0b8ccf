"""What may be asked about access, one module per topic."""

from tocsin.rooms.access.commands.findings import AnswerFinding, DecideFinding, RaiseFound, ReadFinding, ReadOwnFindings
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
from tocsin.rooms.access.commands.samples import DayDrawn, DrawSample, RaiseLateSamples, ReadSample, ReviewSample
from tocsin.rooms.access.commands.trail import (
    AskDelay,
    EndDelay,
    GrantDelay,
    KeepTrailCode,
    KeepTrailRead,
    ReadDelay,
    ReadDelays,
    RefuseDelay,
    RevokeTrailCodes,
)

__all__ = [
    "AnswerFinding", "ApproveExport", "AskDelay", "AskExport", "AskHold", "AskLift", "BreakGlass", "BrokenGlass", "DayDrawn",
    "DecideFinding", "DrawSample", "EndDelay", "EndGlass", "ForgetDue", "GrantDelay", "GrantHold", "KeepDelivery",
    "KeepPreview", "KeepSignIn", "KeepTrace", "KeepTrailCode", "KeepTrailRead", "LiftHold", "NoteRotation", "RaiseFound",
    "RaiseLateSamples", "RaiseUnreviewed", "ReadDelay", "ReadDelays", "ReadExport", "ReadFinding", "ReadGlass", "ReadHold",
    "ReadOwnFindings", "ReadReceived", "ReadRetention", "ReadRights", "ReadSample", "RefuseDelay", "RefuseExport",
    "ReviewGlass", "ReviewSample", "RevokeTrailCodes", "WithdrawExport",
]
