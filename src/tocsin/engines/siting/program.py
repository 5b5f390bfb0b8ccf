"""An integer program as arrays, handed to HiGHS directly: one thread, limits in nodes and never in seconds, so that it can be repeated."""

from collections.abc import Callable
from dataclasses import dataclass, field

import highspy
import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array

from tocsin.engines.siting.problem import Flags, Floats, never

Whole = npt.NDArray[np.integer]

_INWARD = 20_000
"""Entries from which interior points are quicker than the simplex at a program's root, where a gap is allowed and the root is most of the work."""


class _Quiet(highspy.Highs):
    """A solver that is silent before its first word: the library prints its name as callbacks are enabled, which is when it is made."""

    def enableCallbacks(self) -> None:
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]  # the library's own stub has no types for it


@dataclass(frozen=True)
class Outcome:
    """What came of it: a solution (or None), its value, the bound that no solution passes, and whether there is none at all."""

    values: Floats | None
    value: float
    bound: float
    infeasible: bool


@dataclass
class Program:
    """Columns with bounds and what each is worth (to be maximised), then rows; entries are kept as coordinates."""

    worth: Floats
    lower: Floats
    upper: Floats
    whole: Flags
    rows: list[Whole] = field(default_factory=list)
    columns: list[Whole] = field(default_factory=list)
    entries: list[Floats] = field(default_factory=list)
    least: list[Floats] = field(default_factory=list)
    most: list[Floats] = field(default_factory=list)
    height: int = 0

    def add(self, rows: Whole, columns: Whole, entries: Floats, least: Floats, most: Floats) -> None:
        """More rows, numbered from 0 among themselves."""
        self.rows.append(rows + self.height)
        self.columns.append(columns)
        self.entries.append(entries)
        self.least.append(least)
        self.most.append(most)
        self.height += len(least)

    def add_row(self, columns: Whole, entries: Floats, least: float, most: float) -> None:
        """One more row."""
        self.add(np.zeros(len(columns), np.int64), columns, entries, np.array([least]), np.array([most]))

    @property
    def size(self) -> int:
        """How many entries."""
        return sum(len(part) for part in self.entries)

    def solve(self, nodes: int, start: Floats | None = None, stop: Callable[[], bool] = never, enough: float = 0.0,
              spare: float = 0.0) -> Outcome:
        """Maximise within so many nodes, to within the share `enough` or the amount `spare`; `start` is a known solution."""
        solver = _Quiet()  # type: ignore[no-untyped-call]  # nor for its beginning
        options = {"threads": 1, "mip_max_nodes": nodes, "mip_rel_gap": enough, "mip_abs_gap": spare, "mip_feasibility_tolerance": 1e-9,
                   "primal_feasibility_tolerance": 1e-9, "mip_lp_solver": "ipm" if self.size > _INWARD and max(enough, spare) > 0 else "simplex"}
        for name, value in options.items():
            solver.setOptionValue(name, value)
        solver.passModel(self._model())
        if start is not None:
            known = highspy.HighsSolution()
            known.col_value = start
            solver.setSolution(known)
        if stop is not never:
            def ask(event: highspy.HighsCallbackEvent) -> None:
                if event.data_in is not None:
                    event.data_in.user_interrupt = stop()

            solver.cbMipInterrupt.subscribe(ask)
        solver.run()
        status, info = solver.getModelStatus(), solver.getInfo()
        kinds = highspy.HighsModelStatus
        if status in (kinds.kInfeasible, kinds.kUnboundedOrInfeasible):
            return Outcome(None, -np.inf, -np.inf, True)
        found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        values = np.array(solver.getSolution().col_value) if found else None
        bound = float(info.mip_dual_bound) if self.whole.any() and status != kinds.kOptimal else float(info.objective_function_value)
        if self.whole.any() and status == kinds.kOptimal:
            bound = max(bound, float(info.mip_dual_bound))
        return Outcome(values, float(info.objective_function_value) if found else -np.inf, bound, False)

    def _model(self) -> highspy.HighsLp:
        empty = np.zeros(0, np.int64)
        matrix = coo_array((np.concatenate([np.zeros(0), *self.entries]),
                            (np.concatenate([empty, *self.rows]), np.concatenate([empty, *self.columns]))),
                           shape=(self.height, len(self.worth))).tocsc()
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self.worth), self.height
        model.sense_ = highspy.ObjSense.kMaximize
        model.col_cost_, model.col_lower_, model.col_upper_ = self.worth, self.lower, self.upper
        model.row_lower_, model.row_upper_ = np.concatenate([np.zeros(0), *self.least]), np.concatenate([np.zeros(0), *self.most])
        model.integrality_ = [highspy.HighsVarType.kInteger if one else highspy.HighsVarType.kContinuous for one in self.whole]
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_ = matrix.indptr
        model.a_matrix_.index_ = matrix.indices
        model.a_matrix_.value_ = matrix.data
        return model
