"""What was done beside what would have been recommended: one first dispatch, and the figures over all of them."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from tocsin.city.record import PastCall, Run
from tocsin.rooms.dispatch.views import Offer
from tocsin.sim.clock import SECOND

MOST_ETA_S = 3 * 3600
"""An observed travel time above this is a forgotten button, not a drive; it is left out of the times and counted."""


@dataclass(frozen=True, slots=True)
class FirstDispatch:
    """The units that a record sends first, beside the offer that the house made at that instant. Times in seconds.

    `sent` and `proposed` are (unit, modelled seconds from being sent to arriving; None: no way); `same_kind` is the best
    unit of the kind that the record sent first, and `observed` what the record's units really took, by unit.
    """

    call: PastCall
    sent: tuple[tuple[str, int | None], ...]
    proposed: tuple[tuple[str, int | None], ...]
    same_kind: tuple[str, int | None] | None
    observed: dict[str, int]

    @classmethod
    def of(cls, call: PastCall, runs: Sequence[Run], offer: Offer) -> "FirstDispatch":
        """Read an offer beside the runs that the record sends at its instant, the first of them named first."""
        by_unit = {candidate.unit: candidate for candidate in offer.candidates}
        sent = tuple((run.unit, by_unit[run.unit].eta_s if run.unit in by_unit else None) for run in runs)
        proposed = tuple((one.unit, one.eta_s) for one in offer.candidates if one.proposed)
        alike = [(one.eta_s, one.unit) for one in offer.candidates
                 if one.unit_kind == runs[0].unit_kind and one.lacks in ("", "skill") and one.eta_s is not None
                 and one.state == "available"]
        observed = {run.unit: (run.on_scene_at - run.dispatch_at) // SECOND for run in runs
                    if run.on_scene_at is not None and run.dispatch_at is not None and run.on_scene_at >= run.dispatch_at}
        return cls(call, sent, proposed, (min(alike)[1], min(alike)[0]) if alike else None, observed)

    @property
    def gain_s(self) -> int | None:
        """How much sooner, in the model, the first proposed unit arrives than the first sent one; None without both."""
        sent = [eta for _, eta in self.sent if eta is not None]
        proposed = [eta for _, eta in self.proposed if eta is not None]
        return min(sent) - min(proposed) if sent and proposed else None

    def line(self) -> str:
        """One line of print: what was done, what would have been recommended, modelled against observed."""
        took = ", ".join(f"{unit} {_clock(eta)}" + (f" (took {_clock(self.observed[unit])})" if unit in self.observed else "")
                         for unit, eta in self.sent)
        would = ", ".join(f"{unit} {_clock(eta)}" for unit, eta in self.proposed) or "nobody free"
        gain = "" if self.gain_s is None else f"  gain {'-' if self.gain_s < 0 else ''}{_clock(abs(self.gain_s))}"
        return f"{self.call.kind:<12.12} P{self.call.priority}  sent {took}  |  recommended {would}{gain}"


@dataclass(slots=True)
class Figures:
    """The figures over all first dispatches."""

    offers: int = 0
    proposed_first: int = 0
    """First-sent units that were among the proposed."""
    nearest: Counter[str] = field(default_factory=Counter)
    """First-sent units that no free unit of their kind would have beaten, by kind."""
    with_kind: Counter[str] = field(default_factory=Counter)
    """First-sent units whose kind had one free, by kind."""
    gains_s: list[int] = field(default_factory=list)
    times: defaultdict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    """(modelled, observed) seconds from being sent to arriving, by unit kind, for units that drove."""
    left_out: Counter[str] = field(default_factory=Counter)

    def take(self, first: FirstDispatch) -> None:
        """Count one first dispatch."""
        self.offers += 1
        kinds = {run.unit: run.unit_kind for run in first.call.runs}
        unit, eta_s = first.sent[0]
        self.proposed_first += any(unit == other for other, _ in first.proposed)
        if first.same_kind is not None:
            self.with_kind[kinds[unit]] += 1
            self.nearest[kinds[unit]] += eta_s is not None and eta_s <= (first.same_kind[1] or 0)
        if first.gain_s is not None:
            self.gains_s.append(first.gain_s)
        for name, eta in first.sent:
            took = first.observed.get(name)
            if took is None or eta is None:
                self.left_out["no arrival in the record" if took is None else "no modelled time"] += 1
            elif not 0 < took <= MOST_ETA_S:
                self.left_out["observed time absurd"] += 1
            else:
                self.times[kinds[name]].append((eta, took))

    def lines(self) -> list[str]:
        """The figures as lines of print."""
        share = f"{self.proposed_first / self.offers:.1%}" if self.offers else "-"
        lines = [f"first dispatches with an offer      {self.offers}",
                 f"first-sent unit was proposed        {share}"]
        lines += [f"first-sent {kind:<9} was soonest     {self.nearest[kind] / count:.1%} of {count} (of the free ones of its kind)"
                  for kind, count in self.with_kind.most_common()]
        if self.gains_s:
            sooner = [gain for gain in self.gains_s if gain > 0]
            lines.append(f"modelled first arrival, gained      {sum(self.gains_s) / len(self.gains_s):.0f} s a call on average, "
                         f"sooner in {len(sooner)}, later in {sum(gain < 0 for gain in self.gains_s)}")
        for name, pairs in sorted(self.times.items(), key=lambda item: -len(item[1])):
            error = median(abs(eta - took) / took for eta, took in pairs)
            lines.append(f"modelled against observed, {name:<9} {len(pairs)} arrivals: median {_clock(median(eta for eta, _ in pairs))} against "
                         f"{_clock(median(took for _, took in pairs))}, median absolute error {error:.0%}")
        lines += [f"arrivals not compared               {count} ({why})" for why, count in sorted(self.left_out.items())]
        return lines


def _clock(seconds: float | None) -> str:
    return "no way" if seconds is None else f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
