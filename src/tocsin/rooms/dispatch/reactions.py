"""What dispatch does by itself: a call becomes an incident, follows its answers, ends where it is handed over; a unit that is free goes on."""

from collections.abc import Iterable

from tocsin.facts.calls import CallHandedOver, CallTaken, QuestionAnswered
from tocsin.facts.dispatch import UnitStoodDown
from tocsin.facts.fleet import UnitStateChanged
from tocsin.kernel import Command, Kept
from tocsin.rooms.dispatch.commands import CloseIncident, FollowAnswers, OpenIncident, PreAlert, SendStacked


def open_incident(kept: Kept) -> Iterable[Command]:
    """A call opens an incident; pure, so that a crash between the two heals when the ledger is read again."""
    if isinstance(kept.fact, CallTaken):
        yield OpenIncident(incident=kept.fact.call, place=kept.fact.place, kind=kept.fact.kind, priority=kept.fact.priority,
                           called_at=kept.entry.happened_at, happened_at=kept.entry.happened_at, joins=kept.fact.joins, paper=kept.fact.form,
                           likeness=kept.fact.likeness, mentions=kept.fact.mentions, asked_by=kept.entry.by if kept.fact.joins else "")


def send_stacked(kept: Kept) -> Iterable[Command]:
    """A unit that is available again is sent to the first incident stacked behind it; the fact itself names it."""
    if isinstance(kept.fact, UnitStateChanged | UnitStoodDown) and kept.fact.next:
        yield SendStacked(incident=kept.fact.next, unit=kept.fact.unit, shift=kept.fact.shift, happened_at=kept.entry.happened_at)


def follow_answers(kept: Kept) -> Iterable[Command]:
    """An answer may change kind and priority; and when it makes it certain, units are warned, by the needs as they are then."""
    fact = kept.fact
    if isinstance(fact, QuestionAnswered):
        if fact.kind or fact.priority:
            yield FollowAnswers(incident=fact.call, kind=fact.kind, priority=fact.priority, happened_at=kept.entry.happened_at)
        if fact.certain:
            yield PreAlert(incident=fact.call, happened_at=kept.entry.happened_at)


def close_handed_over(kept: Kept) -> Iterable[Command]:
    """A call that another centre has is ended here, if nobody is on it; else the refusal is kept and a person closes it."""
    if isinstance(kept.fact, CallHandedOver):
        yield CloseIncident(incident=kept.fact.call, disposition="handed_over", reason=kept.fact.to, happened_at=kept.entry.happened_at)
