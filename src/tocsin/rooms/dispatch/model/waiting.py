"""What happens to those an incident waits for when it ends or is joined into another: it waits for them no longer."""

from tocsin.facts.dispatch import IncidentUnstacked
from tocsin.rooms.dispatch.model.state import IncidentNow


def unstacked(now: IncidentNow, reason: str) -> tuple[IncidentUnstacked, ...]:
    """One fact for each unit waited for; it is in the unit's shift's history too, so that none is sent to where nobody waits."""
    waits = (key.split("@", 1) for key in sorted(now.stacked))
    return tuple(IncidentUnstacked(incident=now.incident, unit=unit, shift=shift, reason=reason) for unit, shift in waits)
