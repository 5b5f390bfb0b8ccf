"""What may be asked to gain time: take a unit from one incident for another, or let an incident wait for one that is soon free."""

from tocsin.kernel import Ask
from tocsin.rooms.dispatch.commands.assigning import AssignmentCommand, GainS, OfferNumber, Seconds
from tocsin.rooms.dispatch.commands.incidents import Id, Reason


class DivertUnit(AssignmentCommand, frozen=True, kw_only=True):
    """Take a unit off the incident it is on and send it to a more pressing one (`to`), in one step: both happen or neither."""

    to: Id
    offer: OfferNumber = ""
    eta_s: Seconds = -1
    gain_s: GainS = 0
    reason: Reason = ""

    def touches(self) -> tuple[str, ...]:
        return (*super().touches(), f"incident:{self.to}")


class StackIncident(AssignmentCommand, frozen=True, kw_only=True):
    """Let an incident wait for a unit that is busy and soon free; it is sent there as soon as it is available."""

    gain_s: GainS = 0


class UnstackIncident(AssignmentCommand, frozen=True, kw_only=True):
    """Let an incident wait for that unit no longer."""

    reason: Reason = ""


class SendStacked(AssignmentCommand, frozen=True, kw_only=True):
    """Send a unit that became available to the incident stacked behind it; given by a reaction, never at a door."""


class ReadGains(Ask, frozen=True, kw_only=True):
    """What could be gained for an incident now by diverting, preempting, swapping or stacking, each with its seconds."""

    incident: Id
