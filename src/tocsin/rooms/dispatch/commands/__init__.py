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
from tocsin.rooms.dispatch.commands.incidents import AddNote, ChangePriority, CloseIncident, IncidentCommand, OpenIncident
from tocsin.rooms.dispatch.commands.joining import (
    FindAlike,
    JoinIncident,
    LinkIncidents,
    LookAtDifference,
    SeparateIncident,
    UnlinkIncidents,
)
from tocsin.rooms.dispatch.commands.reads import ReadOffer, ReadPlan, ReadRoute, ReadRoutes, ReadStory
from tocsin.rooms.dispatch.commands.roads import CloseRoad, ReopenRoad

__all__ = [
    "AddNote",
    "AssignUnit",
    "AssignmentCommand",
    "AttachFile",
    "ChangePriority",
    "CloseIncident",
    "CloseRoad",
    "FindAlike",
    "IncidentCommand",
    "JoinIncident",
    "LinkIncidents",
    "LookAtDifference",
    "OfferCandidates",
    "OpenIncident",
    "RankUnits",
    "ReadFiles",
    "ReadOffer",
    "ReadPlan",
    "ReadRoute",
    "ReadRoutes",
    "ReadStory",
    "ReopenRoad",
    "Seen",
    "SeparateIncident",
    "StandDown",
    "SwapUnits",
    "UnlinkIncidents",
]
