"""What may be asked of the dispatchers' room, one file for each matter."""

from tocsin.rooms.dispatch.commands.assigning import (
    AssignmentCommand,
    AssignUnit,
    OfferCandidates,
    RankUnits,
    Seen,
    StandDown,
    SwapUnits,
)
from tocsin.rooms.dispatch.commands.checklists import ReadChecklists, TickItem, UntickItem
from tocsin.rooms.dispatch.commands.files import AttachFile, ReadFiles
from tocsin.rooms.dispatch.commands.following import AlertUnits, FollowAnswers, PreAlert
from tocsin.rooms.dispatch.commands.gains import DivertUnit, ReadGains, SendStacked, StackIncident, UnstackIncident
from tocsin.rooms.dispatch.commands.handling import KeepHandling, ReadHandlingForm
from tocsin.rooms.dispatch.commands.hazards import MarkHazard, ReadHazardKinds, ReadHazards, RenewHazard, WithdrawHazard
from tocsin.rooms.dispatch.commands.incidents import (
    AddNote,
    ChangePriority,
    CloseIncident,
    IncidentCommand,
    OpenIncident,
    RaiseAlarm,
)
from tocsin.rooms.dispatch.commands.joining import (
    FindAlike,
    JoinIncident,
    LinkIncidents,
    LookAtDifference,
    SeparateIncident,
    UnlinkIncidents,
)
from tocsin.rooms.dispatch.commands.reads import ReadArrivals, ReadOffer, ReadPlan, ReadRoute, ReadRoutes, ReadStory, ReadWay
from tocsin.rooms.dispatch.commands.roads import CloseRoad, ReopenRoad
from tocsin.rooms.dispatch.commands.timers import AcknowledgeAssignment, AcknowledgeTimer, Due, RaiseTimers, ReadTimers, TakeTimer

__all__ = [
    "AcknowledgeAssignment",
    "AcknowledgeTimer",
    "AddNote",
    "AlertUnits",
    "AssignUnit",
    "AssignmentCommand",
    "AttachFile",
    "ChangePriority",
    "CloseIncident",
    "CloseRoad",
    "DivertUnit",
    "Due",
    "FindAlike",
    "FollowAnswers",
    "IncidentCommand",
    "JoinIncident",
    "KeepHandling",
    "LinkIncidents",
    "LookAtDifference",
    "MarkHazard",
    "OfferCandidates",
    "OpenIncident",
    "PreAlert",
    "RaiseAlarm",
    "RaiseTimers",
    "RankUnits",
    "ReadArrivals",
    "ReadChecklists",
    "ReadFiles",
    "ReadGains",
    "ReadHandlingForm",
    "ReadHazardKinds",
    "ReadHazards",
    "ReadOffer",
    "ReadPlan",
    "ReadRoute",
    "ReadRoutes",
    "ReadStory",
    "ReadTimers",
    "ReadWay",
    "RenewHazard",
    "ReopenRoad",
    "Seen",
    "SendStacked",
    "SeparateIncident",
    "StackIncident",
    "StandDown",
    "SwapUnits",
    "TakeTimer",
    "TickItem",
    "UnlinkIncidents",
    "UnstackIncident",
    "UntickItem",
    "WithdrawHazard",
]
