"""Where residents' own calls came from lately, by a grid of squares and weeks, so that cover can be weighed by them."""

from math import floor

import numpy as np
import numpy.typing as npt

from tocsin.engines.demand import began_themselves
from tocsin.facts.calls import RESIDENTS, CallTaken
from tocsin.kernel import Instant, Kept, Picture, Row

_WEEK_US = 7 * 86_400 * 1_000_000
_LON, _LAT = 0.01, 0.005
"""A square's sides in degrees: half a kilometre or so. Nothing finer is kept of where people live."""
MOST_WEEKS = 12


class CallsRow(Row, frozen=True, kw_only=True, tag="square"):
    """The calls of one square: week of UTC since 1970 -> how many."""

    weeks: dict[int, int]


class Calls(Picture):
    """Residents' own calls by square and week, of the last weeks. Each counts once, whatever became of it; nothing of who rang is read, and nothing that
    staff began by themselves is counted."""

    name = "square"
    row_type = CallsRow
    inner = True

    def fold(self, kept: Kept) -> tuple[str, ...]:
        fact = kept.fact
        if not isinstance(fact, CallTaken) or fact.channel not in RESIDENTS or began_themselves(fact.kind):
            return ()
        square = f"{floor(fact.place.lon / _LON)},{floor(fact.place.lat / _LAT)}"
        week = kept.entry.happened_at // _WEEK_US
        row = self.rows.get(square)
        held = row.weeks if isinstance(row, CallsRow) else {}
        newest = max((week, *held))
        weeks = {one: count for one, count in {**held, week: held.get(week, 0) + 1}.items() if one > newest - MOST_WEEKS}
        self.rows[square] = CallsRow(id=square, weeks=weeks)
        return (square,)


def calls_by_cell(rows: dict[str, CallsRow], lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64], now: Instant, weeks: int) -> npt.NDArray[np.float64]:
    """How many calls of the last so many weeks belong to each of c cells, by the cell nearest to the square's middle: float64[c]."""
    newest = now // _WEEK_US
    squares = {square: sum(count for week, count in row.weeks.items() if newest - weeks < week <= newest) for square, row in rows.items()}
    found = np.zeros(len(lon))
    for square, count in squares.items():
        if count:
            east, north = (int(part) for part in square.split(","))
            x, y = (east + 0.5) * _LON, (north + 0.5) * _LAT
            found[int(np.argmin(((lon - x) * np.cos(np.radians(y))) ** 2 + (lat - y) ** 2))] += count
    return found
