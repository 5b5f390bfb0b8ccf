"""What beats are drawn from and what comes of it: work and ways between zones, who borders whom; beats, their posts, and why there can be none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from tocsin.kernel import Words

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

_MOST_NAMED = 8


class Impossible(Exception):
    """No beats respect what was asked. `code` is too-many-beats, cut-off, apart or too-heavy; `zones` are those at fault, by their number in the table."""

    def __init__(self, code: str, zones: Sequence[int], beats: int) -> None:
        self.code, self.zones, self.beats = code, tuple(int(zone) for zone in zones), beats
        super().__init__(self.words().en)

    def words(self, names: Sequence[str] = ()) -> Words:
        """Why, in both languages; `names` are those of the zones, which else are told by their number in the table."""
        told = [names[zone] if names else f"{zone + 1}" for zone in self.zones[:_MOST_NAMED]]
        more = len(self.zones) - len(told)
        en = ", ".join(told) + (f" and {more} more" if more else "")
        zh = "、".join(told) + (f" 等 {len(self.zones)} 个" if more else "")
        match self.code:
            case "too-many-beats":
                return Words(f"{self.beats} beats cannot be drawn from so few zones: each needs one at least, and there is one beat at least.",
                             f"分区数量不足以划出 {self.beats} 个巡区：每个巡区至少要有一个分区，且至少要有一个巡区。")
            case "cut-off":
                return Words(f"No road leads to these zones from any other: {en}. Give their travel times, or leave them out.",
                             f"没有道路能从其他分区到达以下分区：{zh}。请补充行驶时间，或将其去除。")
            case "apart":
                return Words(f"These zones border on none of the others: {en}. A beat must hang together; name a neighbour of theirs (across a bridge, say), or draw beats for them by themselves.",
                             f"以下分区与其余分区不相邻：{zh}。巡区必须连成一片；请指定相邻分区（例如隔桥相望的），或将其单独划分。")
            case _:
                return Words(f"With {self.beats} beats, no division can be as even as asked, because one zone alone has too much work: {en}. Divide that zone, or draw fewer beats.",
                             f"划分为 {self.beats} 个巡区时，单个分区的工作量过大，无法达到所要求的均衡：{zh}。请拆分该分区，或减少巡区数量。")


@dataclass(frozen=True)
class Problem:
    """n zones. `work_s` float64[n], seconds of work that residents' own calls bring; `time_s` float32[n, n], from a zone (row) to another.

    `neighbours` int32[e, 2] are pairs that border on each other. Travel is weighted by `weight` float64[n], by default the work. Work may
    differ between beats by a coefficient of variation (sample deviation over mean) of `even`.
    """

    work_s: Floats
    time_s: npt.NDArray[np.float32]
    neighbours: Ints
    beats: int
    weight: Floats | None = None
    even: float = 0.05

    def __post_init__(self) -> None:
        zones = len(self.work_s)
        if self.time_s.shape != (zones, zones) or np.isnan(self.time_s).any() or (self.time_s < 0).any():
            raise ValueError("times are a square table of 0 or more; inf where there is no way")
        for column in (self.work_s, self.loads):
            if column.shape != (zones,) or not (np.isfinite(column) & (column >= 0)).all() or column.sum() <= 0:
                raise ValueError("work and weight are one number of 0 or more for each zone, and not all 0")
        if len(self.neighbours) and (self.neighbours.min() < 0 or self.neighbours.max() >= zones):
            raise ValueError("neighbours name zones of the table")
        self._possible()

    def _possible(self) -> None:
        """Raises Impossible."""
        zones, beats = len(self.work_s), self.beats
        if not 1 <= beats <= zones:
            raise Impossible("too-many-beats", (), beats)
        way = np.isfinite(self.time_s)
        np.fill_diagonal(way, False)
        cut_off = np.flatnonzero(~way.any(axis=0)).tolist()
        if cut_off and zones > 1:
            raise Impossible("cut-off", cut_off, beats)
        pairs = self.neighbours.reshape(-1, 2)
        found = connected_components(csr_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(zones, zones)), directed=False)
        if found[0] > 1:
            raise Impossible("apart", np.flatnonzero(found[1] != np.bincount(found[1]).argmax()).tolist(), beats)
        mean, heaviest = float(self.work_s.sum()) / beats, int(self.work_s.argmax())
        # one beat that is `over` too heavy leaves the others over / (beats - 1) too light at the best
        over = float(self.work_s[heaviest]) - mean
        if beats > 1 and over > 0 and over * np.sqrt(beats) / (beats - 1) > self.even * mean:
            raise Impossible("too-heavy", (heaviest,), beats)

    @property
    def loads(self) -> Floats:
        """By what travel is weighted."""
        return self.work_s if self.weight is None else self.weight

    def borders(self) -> tuple[Ints, Ints]:
        """Neighbours of each zone in one row after another: where its row begins int32[n + 1], and all of them."""
        pairs = self.neighbours.reshape(-1, 2)
        both = np.unique(np.concatenate([pairs, pairs[:, ::-1]]), axis=0)
        both = both[both[:, 0] != both[:, 1]]
        at = np.searchsorted(both[:, 0], np.arange(len(self.work_s) + 1)).astype(np.int32)
        return at, np.ascontiguousarray(both[:, 1], np.int32)


@dataclass(frozen=True)
class Beats:
    """Each zone's beat, int32[n]; each beat's post, the zone from which its own are reached soonest, int32[k]; `work_s` float64[k].

    `travel_s` is the weighted mean from post to zone, `uneven` the coefficient of variation of work, which `met` what was asked or not.
    `least_s` is what no division as even can be below, in one piece or not; 0 where it was not asked.
    """

    beat: Ints
    post: Ints
    work_s: Floats
    travel_s: float
    uneven: float
    met: bool
    least_s: float = 0.0


def uneven(work_s: Floats) -> float:
    """The coefficient of variation of the beats' work: sample deviation over mean, 0 of a single beat."""
    return float(work_s.std(ddof=1) / work_s.mean()) if len(work_s) > 1 else 0.0


class Ground(NamedTuple):
    """Neighbours in rows (`at` int32[n + 1], `to`), `time_s` float32[n, n], `weight` and `work` float64[n]."""

    at: Ints
    to: Ints
    time_s: npt.NDArray[np.float32]
    weight: Floats
    work: Floats


def ground_of(problem: Problem) -> Ground:
    """The problem as kernels take it. A way that is not there counts ten times the longest that is, so that it is taken for contiguity alone."""
    far = 10 * float(problem.time_s[np.isfinite(problem.time_s)].max()) + 1.0
    time_s = np.minimum(problem.time_s, np.float32(far))
    return Ground(*problem.borders(), np.ascontiguousarray(time_s), problem.loads.astype(np.float64), problem.work_s.astype(np.float64))
