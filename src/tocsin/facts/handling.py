"""What is kept of how a unit handled an incident: its crew's own record, afterwards; the room of dispatch keeps it."""

import msgspec

from tocsin.facts.dispatch import AssignmentFact
from tocsin.kernel import Sealed, fact


@fact("dispatch.handling-kept")
class HandlingKept(AssignmentFact, frozen=True, kw_only=True):
    """A unit's handling record of one incident, by the form of its kind. What was written freely is sealed, since a person may be named in it;
    what was chosen or counted is in clear. `number` counts from 1: a later one corrects the one before, which stays."""

    kind: str
    form: str
    version: str
    number: int
    found: Sealed
    done: Sealed
    handed_to: Sealed | None = None
    fields: dict[str, str | int | bool] = msgspec.field(default_factory=dict)
    texts: Sealed | None = None
    """The form's fields of text by their codes, as one JSON object."""
