"""What may be asked of the fleet's room."""

from tocsin.rooms.fleet.commands.crew import KitFound, ReadOwnDuty, SignOff, SignOn
from tocsin.rooms.fleet.commands.help import CallForHelp, ConfirmHelp, EndHelp, RaiseHelp, Unconfirmed
from tocsin.rooms.fleet.commands.shifts import EndShift, ReadFleet, ReportState, StartShift

__all__ = ["CallForHelp", "ConfirmHelp", "EndHelp", "EndShift", "KitFound", "RaiseHelp", "ReadFleet", "ReadOwnDuty", "ReportState", "SignOff", "SignOn",
           "StartShift", "Unconfirmed"]
