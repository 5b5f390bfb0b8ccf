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
from tocsin.rooms.dispatch.commands.files import AttachFile, ReadFiles
from tocsin.rooms.dispatch.commands.following import AlertUnits, FollowAnswers, PreAlert
from tocsin.rooms.dispatch.commands.gains import DivertUnit, ReadGains, SendStacked, StackIncident, UnstackIncident
from tocsin.rooms.dispatch.commands.handling import KeepHandling, ReadHandlingForm
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
from tocsin.rooms.dispatch.commands.reads import ReadOffer, ReadPlan, ReadRoute, ReadRoutes, ReadStory, ReadWay
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
    "OfferCandidates",
    "OpenIncident",
    "PreAlert",
    "RaiseAlarm",
    "RaiseTimers",
    "RankUnits",
    "ReadFiles",
    "ReadGains",
    "ReadHandlingForm",
    "ReadOffer",
    "ReadPlan",
    "ReadRoute",
    "ReadRoutes",
    "ReadStory",
    "ReadTimers",
    "ReadWay",
    "ReopenRoad",
    "Seen",
    "SendStacked",
    "SeparateIncident",
    "StackIncident",
    "StandDown",
    "SwapUnits",
    "TakeTimer",
    "UnlinkIncidents",
    "UnstackIncident",
]
