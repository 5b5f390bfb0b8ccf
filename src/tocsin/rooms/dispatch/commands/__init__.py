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
from tocsin.rooms.dispatch.commands.incidents import AddNote, ChangePriority, CloseIncident, IncidentCommand, OpenIncident
from tocsin.rooms.dispatch.commands.joining import (
    FindAlike,
    JoinIncident,
    LinkIncidents,
    LookAtDifference,
    SeparateIncident,
    UnlinkIncidents,
)
from tocsin.rooms.dispatch.commands.reads import ReadOffer, ReadPlan, ReadRoute, ReadStory
from tocsin.rooms.dispatch.commands.roads import CloseRoad, ReopenRoad
from tocsin.rooms.dispatch.commands.timers import AcknowledgeAssignment, AcknowledgeTimer, Due, RaiseTimers, ReadTimers, TakeTimer

__all__ = [
    "AcknowledgeAssignment",
    "AcknowledgeTimer",
    "AddNote",
    "AssignUnit",
    "AssignmentCommand",
    "ChangePriority",
    "CloseIncident",
    "CloseRoad",
    "Due",
    "FindAlike",
    "IncidentCommand",
    "JoinIncident",
    "LinkIncidents",
    "LookAtDifference",
    "OfferCandidates",
    "OpenIncident",
    "RaiseTimers",
    "RankUnits",
    "ReadOffer",
    "ReadPlan",
    "ReadRoute",
    "ReadStory",
    "ReadTimers",
    "ReopenRoad",
    "Seen",
    "SeparateIncident",
    "StandDown",
    "SwapUnits",
    "TakeTimer",
    "UnlinkIncidents",
]
