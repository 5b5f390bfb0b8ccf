"""A record of past calls as one line of happenings in the order in which they can have happened, and each unit's shifts."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from tocsin.city.faults import Odd
from tocsin.city.record import PastCall, Record, Run
from tocsin.kernel import Instant
from tocsin.sim.clock import SECOND

What = Literal["end_shift", "start_shift", "call", "dispatch", "en_route", "at_scene", "transporting", "at_destination",
               "available", "close"]

DAY: Instant = 86_400 * SECOND
QUIET: Instant = 4 * 3600 * SECOND
"""A unit without a station that is not sent anywhere for so long was off duty in between."""
BEFORE: Instant = 1800 * SECOND
"""How long before its first call and after its last one such a unit is taken to be on duty."""

OPEN_END: Instant = 3600 * SECOND
"""How long after the last thing known of it a unit is taken to be on a call whose end is not in the record."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing of the record: when it is replayed, and when the record says it happened (`said`, None where it does not)."""

    at: Instant
    what: What
    said: Instant | None
    call: int = -1
    run: int = -1
    unit: str = ""
    shift: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    """The whole of it, in order; `odd` counts what of the record could not be taken as it stands, with examples."""

    happenings: tuple[Happening, ...]
    odd: Odd


def script(record: Record) -> Script:
    """Order a record. Nothing is left out without being counted in `odd`:

    A call without a place and a run without a time of dispatch cannot be replayed. A time before the one that must come
    first (at the hospital before leaving for it) is replayed at that one's instant, and keeps its own as what was said. A
    run without an end is ended an hour after its own last time, or when its unit is sent out again before that.
    """
    odd = Odd()
    lines: list[tuple[tuple[Instant, Instant, int, int], Happening]] = []
    busy: dict[str, list[tuple[Instant, Instant]]] = {}
    next_sent = _next_sent(record)
    for n, call in enumerate(record.calls):
        if call.lon is None or call.lat is None:
            odd.note("replay.call_without_place", f"call {call.call} with {len(call.runs)} units")
            continue
        lines.append(((call.received_at, call.received_at, -1, n), Happening(call.received_at, "call", call.received_at, n)))
        last, last_sent = call.received_at, call.received_at
        for r, run in enumerate(call.runs):
            if run.dispatch_at is None:
                odd.note("replay.run_without_dispatch", f"call {call.call}, unit {run.unit}")
                continue
            sent = max(call.received_at, run.dispatch_at)
            for phase, happening in enumerate(_run(n, r, call, run, next_sent.get((run.unit, run.dispatch_at)), odd)):
                lines.append(((happening.at, sent, phase, n), happening))
                end = happening.at
            busy.setdefault(run.unit, []).append((sent, end))
            last, last_sent = (end, max(last_sent, sent)) if end >= last else (last, last_sent)
        lines.append(((last, last_sent, 9, n), Happening(last, "close", last, n)))
    for happening in _shifts(record, busy):
        lines.append(((happening.at, happening.at, -3 if happening.what == "end_shift" else -2, 0), happening))
    lines.sort(key=lambda line: line[0])
    return Script(tuple(happening for _, happening in lines), odd)


def _next_sent(record: Record) -> dict[tuple[str, Instant], Instant]:
    """When each unit was sent out next after a dispatch."""
    sent: dict[str, list[Instant]] = {}
    for call in record.calls:
        for run in call.runs:
            if run.dispatch_at is not None:
                sent.setdefault(run.unit, []).append(run.dispatch_at)
    return {(unit, a): b for unit, times in sent.items() for a, b in pairwise(sorted(set(times)))}


def _run(n: int, r: int, call: PastCall, run: Run, next_sent: Instant | None, odd: Odd) -> Iterator[Happening]:
    """One unit's part in a call, in the only order it can have, at times that do not go back."""
    name = f"call {call.call}, unit {run.unit}"
    steps: tuple[tuple[What, Instant | None], ...] = (
        ("dispatch", run.dispatch_at), ("en_route", run.response_at), ("at_scene", run.on_scene_at),
        ("transporting", run.transport_at), ("at_destination", run.hospital_at))
    now = call.received_at
    for what, said in steps:
        if said is None:
            continue
        if said < now:
            odd.note("replay.time_out_of_order", f"{name}: {what}")
        now = max(now, said)
        yield Happening(now, what, said, n, r, run.unit)
    if run.available_at is None:
        odd.note("replay.run_without_end", name)
        now = max(now, min(now + OPEN_END, next_sent or now + OPEN_END))
    elif run.available_at < now:
        odd.note("replay.time_out_of_order", f"{name}: available")
    yield Happening(max(now, run.available_at or now), "available", run.available_at, n, r, run.unit)


def _shifts(record: Record, busy: dict[str, list[tuple[Instant, Instant]]]) -> Iterator[Happening]:
    """When each unit comes on and goes off duty, which the record does not say.

    A unit with a station is on duty throughout; another from half an hour before the first call to half an hour after the
    last of every stretch without four quiet hours. A stretch is relieved every 24 hours, at the first moment that the unit
    is free, since nobody works for a fortnight.
    """
    if not busy:
        return
    stationed = {run.unit for call in record.calls for run in call.runs if run.station}
    first = min(call.received_at for call in record.calls)
    last = max(end for spans in busy.values() for _, end in spans) + SECOND
    for unit in sorted(busy):
        spans = _merged(sorted(busy[unit]), 0)
        duties = [(first, last)] if unit in stationed else [
            (max(first, begin - BEFORE), end + BEFORE) for begin, end in _merged(spans, QUIET)]
        for begin, end in duties:
            cuts = list(_reliefs(begin, end, spans))
            for number, (on, off) in enumerate(pairwise([begin, *cuts, end]), 1):
                shift = f"{(on - first) // DAY + 1}.{on % DAY // (60 * SECOND):04d}.{number}"
                yield Happening(on, "start_shift", on, unit=unit, shift=shift)
                yield Happening(off, "end_shift", off, unit=unit, shift=shift)


def _merged(spans: list[tuple[Instant, Instant]], gap: Instant) -> list[tuple[Instant, Instant]]:
    """Spans in order of their start, joined where less than `gap` or nothing lies between."""
    merged: list[tuple[Instant, Instant]] = []
    for begin, end in spans:
        if merged and begin <= merged[-1][1] + gap:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((begin, end))
    return merged


def _reliefs(begin: Instant, end: Instant, spans: list[tuple[Instant, Instant]]) -> Iterator[Instant]:
    """The moments at which a duty is handed over: 24 hours after the last, or when the unit is next free."""
    at = begin + DAY
    for busy_from, busy_to in spans:
        while at < busy_from and at < end:
            yield at
            at += DAY
        if busy_from <= at < busy_to:
            at = busy_to
    while at < end:
        yield at
        at += DAY
