"""What dispatch does by itself: a call that was taken becomes an incident under the same number."""

from collections.abc import Iterable

from tocsin.facts.calls import CallTaken
from tocsin.kernel import Command, Kept
from tocsin.rooms.dispatch.commands import OpenIncident


def open_incident(kept: Kept) -> Iterable[Command]:
    """A call opens an incident; pure, so that a crash between the two heals when the ledger is read again."""
    if isinstance(kept.fact, CallTaken):
        yield OpenIncident(incident=kept.fact.call, place=kept.fact.place, kind=kept.fact.kind, priority=kept.fact.priority,
                           called_at=kept.entry.happened_at, happened_at=kept.entry.happened_at, joins=kept.fact.joins, paper=kept.fact.form,
                           likeness=kept.fact.likeness, mentions=kept.fact.mentions, asked_by=kept.entry.by if kept.fact.joins else "")
