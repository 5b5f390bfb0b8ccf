"""Units of whose crew somebody could not be called: a plain mark on the board, until they are heard of otherwise."""

from collections.abc import Mapping

from tocsin.facts.calling import GaveUp
from tocsin.kernel import Kept, Picture, Row
from tocsin.rooms.calling.views.rows import ENDING, CalloutRow, Callouts


class UnreachedRow(Row, frozen=True, kw_only=True, tag="unreached"):
    """A unit that is to be called by radio: how many of its crew could not be reached, since when, and why the last of them."""

    people: int
    since: int
    code: str


class Unreached(Picture):
    """Units with dead letters by callsign; it reads the callouts, which are folded before it."""

    name = "unreached"
    row_type = UnreachedRow

    def among(self, others: Mapping[str, Picture]) -> None:
        callouts = others["callout"]
        assert isinstance(callouts, Callouts)
        self._callouts = callouts

    def fold(self, kept: Kept) -> tuple[str, ...]:
        if not isinstance(kept.fact, (GaveUp, *ENDING)):
            return ()
        dead: dict[str, list[CalloutRow]] = {}
        for row in self._callouts.rows.values():
            if isinstance(row, CalloutRow) and row.over:
                dead.setdefault(row.unit, []).append(row)
        if not dead and not self.rows:
            return ()
        now: dict[str, Row] = {unit: UnreachedRow(id=unit, people=len({row.person for row in rows}), since=min(row.at for row in rows), code=rows[-1].code)
                               for unit, rows in dead.items()}
        changed = tuple(unit for unit in {**self.rows, **now} if self.rows.get(unit) != now.get(unit))
        self.rows.clear()
        self.rows.update(now)
        return changed
