"""What was lately said of each unit's moves: when it was told to move, and which moves were declined, so that neither is asked for again too soon."""

import msgspec

from tocsin.facts.coverage import MoveDeclined, StandbyOrdered
from tocsin.facts.fleet import ShiftEnded
from tocsin.kernel import Instant, Kept, Picture, Row


class StandbyRow(Row, frozen=True, kw_only=True, tag="standby"):
    """A unit's moves on its present shift, and the last no to each place."""

    shift: str
    ordered: tuple[Instant, ...] = ()
    declined: dict[str, Instant] = msgspec.field(default_factory=dict)


class Standbys(Picture):
    """By callsign, from a unit's first move or first no until its shift ends."""

    name = "standby"
    row_type = StandbyRow
    inner = True

    def fold(self, kept: Kept) -> tuple[str, ...]:
        fact = kept.fact
        if isinstance(fact, ShiftEnded):
            return (fact.unit,) if self.rows.pop(fact.unit, None) is not None else ()
        if not isinstance(fact, StandbyOrdered | MoveDeclined):
            return ()
        row = self.rows.get(fact.unit)
        row = row if isinstance(row, StandbyRow) and row.shift == fact.shift else StandbyRow(id=fact.unit, shift=fact.shift)
        at = kept.entry.happened_at
        ordered = (*row.ordered, at) if isinstance(fact, StandbyOrdered) else row.ordered
        declined = {**row.declined, fact.post: at} if isinstance(fact, MoveDeclined) else row.declined
        self.rows[fact.unit] = StandbyRow(id=fact.unit, shift=fact.shift, ordered=ordered, declined=declined)
        return (fact.unit,)
