"""What came of a replay, whole: calls, units, offers, times, and every line of the record that could not be taken, explained."""

from dataclasses import dataclass

from tocsin.city.faults import Odd
from tocsin.sim.comparison import Figures

EXPLAINED = {
    "unit_busy": "the record has the unit on two calls at once",
    "unit_not_available": "the record sends the unit while it is out of service",
    "unit_not_on_shift": "the unit was not on duty",
    "unit_not_on_incident": "the unit was not sent to this incident",
    "state_not_next": "the record reports a state that cannot follow in this kind of unit's table",
    "units_still_on": "the record ends the call while a unit is still on it",
    "unit_on_incident": "the record has the unit on a call over the change of its shift",
    "unit_on_duty": "its last shift could not be ended",
    "kind_unknown": "the response plan has no such kind of incident: see the mapping's kinds",
    "unit_kind_unknown": "the fleet table has no such kind of unit: see the mapping's unit_kinds",
    "disposition_unknown": "the response plan has no such disposition: see the mapping's dispositions",
    "run_not_sent": "a later step of a unit whose sending was refused, or whose call was",
    "call_not_taken": "a unit sent to a call that was refused",
}
"""Why a line of a record may be refused, by the code of the refusal."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The counts and figures of one replay. `lines` is how it is printed."""

    name: str
    source: str
    rows: int
    calls: int
    runs: int
    units: int
    calls_taken: int
    runs_sent: int
    states_reported: int
    closed: int
    left_open: tuple[str, ...]
    left_busy: tuple[str, ...]
    facts: int
    figures: Figures
    refused: dict[str, int]
    examples: dict[str, str]
    odd: Odd
    took_s: float
    fitted_on_this: bool
    """Whether the calibration was fitted to this very record: then the modelled times are no test of it."""

    def lines(self) -> list[str]:
        """The summary as lines of print."""
        out = [f"{self.name} ({self.source}): {self.rows} rows, {self.calls} calls, {self.runs} units sent, {self.units} units",
               f"replayed                            {self.calls_taken} calls, {self.runs_sent} units sent, {self.states_reported} states, "
               f"{self.closed} closed; {self.facts} facts in {self.took_s:.1f} s"]
        out += self.figures.lines()
        if self.fitted_on_this:
            out.append("the calibration was fitted to this very record: its times here are a fit, not a test")
        for code, count in sorted(self.refused.items(), key=lambda item: -item[1]):
            out.append(f"refused {code:<27} {count}: {EXPLAINED.get(code, 'see the example')} ({self.examples[code]})")
        for code in sorted(self.odd.counts):
            out.append(f"odd {code:<31} {self.odd.counts[code]} (for example {self.odd.examples[code][0]})")
        if self.left_open:
            out.append(f"still open at the end               {len(self.left_open)}: {', '.join(self.left_open[:5])}")
        if self.left_busy:
            out.append(f"units still busy at the end         {len(self.left_busy)}: {', '.join(self.left_busy[:5])}")
        return out
