"""What may be asked of the fleet's room."""

from tocsin.rooms.fleet.commands.checks import (
           AnswerSpotCheck,
           CallSpotCheck,
           MissChecks,
           ReadChecks,
           ReadPosts,
           ReportPost,
           Unanswered,
)
from tocsin.rooms.fleet.commands.crew import KitFound, ReadOwnDuty, SignOff, SignOn
from tocsin.rooms.fleet.commands.help import CallForHelp, ConfirmHelp, EndHelp, RaiseHelp, Unconfirmed
from tocsin.rooms.fleet.commands.shifts import EndShift, ReadFleet, ReportState, StartShift
from tocsin.rooms.fleet.commands.trackers import BindTracker, CarryTracker, FreeTracker
from tocsin.rooms.fleet.commands.tracks import KeepTrackShown

__all__ = ["AnswerSpotCheck", "BindTracker", "CallForHelp", "CallSpotCheck", "CarryTracker", "ConfirmHelp", "EndHelp", "EndShift", "FreeTracker", "KeepTrackShown", "KitFound", "MissChecks", "RaiseHelp", "ReadChecks", "ReadFleet",
           "ReadOwnDuty", "ReadPosts", "ReportPost", "ReportState", "SignOff", "SignOn", "StartShift", "Unanswered", "Unconfirmed"]
