"""What cannot have been, when a paper form is entered: sent before the call, in two places at once, ended before the last word."""

from collections.abc import Sequence

from tocsin.kernel import Command, Refused
from tocsin.rooms.dispatch.commands import AssignUnit
from tocsin.rooms.dispatch.model.state import IncidentNow


def sent_then(now: IncidentNow, spans: Sequence[tuple[int, int]], command: AssignUnit) -> None:
    """Refused where the unit was sent before the call, or while it was on another incident. Forms may be typed in any order."""
    at = command.happened_at or 0
    if at < now.called_at:
        raise Refused("time_before_call", f"{command.unit} cannot have been sent before the call: look at both times",
                      f"{command.unit} 的派出时间早于报警时间，请核对两者", field="happened_at", status=422)
    if any(since <= at < (until or at + 1) for since, until in spans):
        raise Refused("unit_elsewhere_then", f"{command.unit} was on another incident at that time: look at its times there",
                      f"{command.unit} 当时正在处置另一警情，请核对时间", field="happened_at", status=422)


def ended_then(now: IncidentNow, command: Command) -> None:
    """Refused where an incident ends before something that was done on it."""
    if (command.happened_at or 0) < now.last_at:
        raise Refused("time_out_of_order", "It cannot have ended before the last thing that was done on it: look at the times.",
                      "结案时间早于最后一次处置时间，请核对", field="happened_at", status=422)
