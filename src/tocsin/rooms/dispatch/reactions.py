"""What dispatch does by itself: a call becomes an incident, and a unit that is free goes to the incident that waited for it."""

from collections.abc import Iterable

from tocsin.facts.calls import CallTaken
from tocsin.facts.dispatch import UnitStoodDown
from tocsin.facts.fleet import UnitStateChanged
from tocsin.kernel import Command, Kept
from tocsin.rooms.dispatch.commands import OpenIncident, SendStacked


def open_incident(kept: Kept) -> Iterable[Command]:
    """A call opens an incident; pure, so that a crash between the two heals when the ledger is read again."""
    if isinstance(kept.fact, CallTaken):
        yield OpenIncident(incident=kept.fact.call, place=kept.fact.place, kind=kept.fact.kind, priority=kept.fact.priority,
                           called_at=kept.entry.happened_at, happened_at=kept.entry.happened_at, joins=kept.fact.joins,
                           likeness=kept.fact.likeness, mentions=kept.fact.mentions, asked_by=kept.entry.by if kept.fact.joins else "")


def send_stacked(kept: Kept) -> Iterable[Command]:
    """A unit that is available again is sent to the first incident stacked behind it; the fact itself names it."""
    if isinstance(kept.fact, UnitStateChanged | UnitStoodDown) and kept.fact.next:
        yield SendStacked(incident=kept.fact.next, unit=kept.fact.unit, shift=kept.fact.shift, happened_at=kept.entry.happened_at)
