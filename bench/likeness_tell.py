"""What the judgement of likeness found, as a page of the docs: every figure on it is written from here."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench import likeness_calls as process
from bench.likeness_fit import SEED, TRAINING, Place
from tocsin.engines.likeness import FEATURES, Likeness
from tocsin.engines.likeness.model import DETOUR, SIGNS

NAMES = {"rule": "distance and time alone: a tuned rule", "bare": "distance, doubt and time in the same model", "model": "**shipped model**"}
MEANS = {"far": "log(1 + metres by road / (25 + radii of both places))", "ago": "log(1 + minutes between the calls)",
         "doubt": "log(1 + radii of both places / 25 m)", "same": "same kind (0 or 1)", "akin": "kind akin, or the same (0 or 1)",
         "words": "words shared, of the shorter text (0 … 1)"}


@dataclass
class Judged:
    """What was seen in one place on the days of judgement."""

    name: str
    days: str
    repeats: int
    calls: int
    lines: int
    rule: tuple[float, float]
    figures: dict[str, dict[str, float]]
    harder: dict[str, dict[str, float]]
    brier: float
    base_brier: float
    bins: list[tuple[float, float, int, float, float]]
    kinds: list[tuple[str, int, float, float]]
    same_place: int
    wrong_here: dict[str, int]
    steps: list[tuple[float, float, float, int]]
    detour: float


def tell(model: Likeness, bare: Likeness, judged: list[Judged], places: list[Place], harder: dict[str, float]) -> str:
    """The whole page."""
    parts = [_head(model, places), *(_place(one, bare) for one in judged), _harder(judged, harder), _limits(judged)]
    return "\n\n".join(parts) + "\n"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    return "\n".join([f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *(f"| {' | '.join(row)} |" for row in rows)])


def _head(model: Likeness, places: list[Place]) -> str:
    weights = [(name, MEANS[name], "never raises" if sign < 0 else "never lowers", f"{getattr(model.weights, name):+.3f}", f"{getattr(model.centre, name):.3f}")
               for name, sign in zip(FEATURES, SIGNS, strict=True)]
    again = ", ".join(f"{kind} {100 * share:.0f} %" for kind, share in process.AGAIN.items())
    sources = "; ".join(f"{100 * share:.0f} %: {error:.0f} m error each way, {radius:.0f} m told" for share, error, radius in process.SOURCES)
    real = "\n".join(f"- **{one.real.name}**: {len(one.real.at_s)} emergencies ({one.real.dropped} rows without a place, or of the same emergency sent to "
                     f"another service, left out or put together), first {TRAINING[one.real.name]} of {one.days} days for the fit, the rest for judgement."
                     for one in places)
    return f"""# Is it the same incident? What the model does and how good it is

This page is written by `python -m bench likeness`; the weights by `python -m bench.likeness_fit`. Nothing on it was typed by hand.

The chance that a new call is about an open incident is a logistic model of six measures of the pair, each with one weight of a bounded
sign (`engines/likeness`, model `{model.version}`, base {model.base:+.3f} log odds at the centres). It is proposed as the same from
**{100 * model.propose:.0f} %**, and listed from {100 * model.floor:.0f} %. Nothing is joined by itself, and nothing leaves the board unless a person joins it.

{_table(("measure", "what it is", "chance", "weight (log odds)", "centre"), weights)}

## The data, and what was added to them

{real}
- Where the record does not say how long an emergency stayed open, {process.OPEN_S // 60} minutes are assumed (all of Montgomery County).
- San Francisco is measured **by road** on the city's own streets. For Montgomery County there are no roads here: the straight line × {DETOUR}
  **stands in**, so its figures say nothing about road distance.

The records hold each emergency once, so repeat callers are **injected** (`bench/likeness_calls.py`, seed {SEED}): {again}, other kinds
{100 * process.AGAIN_ELSE:.0f} % of emergencies get one ({100 * process.HOW_MANY[0]:.0f} %), two ({100 * process.HOW_MANY[1]:.0f} %) or three
({100 * process.HOW_MANY[2]:.0f} %) more callers; they call after an exponential delay of mean {process.QUICK_S:.0f} s, for {100 * process.SLOW_SHARE:.0f} % of them
{process.SLOW_S:.0f} s; {100 * process.CONFUSED:.0f} % take it for another kind. Every call, real or added, is told through a source of place ({sources})
and in its own words ({100 * process.WORDING[0]:.0f} % the record's, {100 * process.WORDING[1]:.0f} % without number and block, {100 * process.WORDING[2]:.0f} % those of the
nearest other address, {100 * process.WORDING[3]:.0f} % none), so that an added call is not known by its noise. These shares are assumptions, not measurements:
no record at hand says who called again."""


def _row(name: str, figures: dict[str, float]) -> tuple[str, ...]:
    return (name, f"{100 * figures['precision']:.1f} %", f"{100 * figures['recall']:.1f} %", f"{figures['proposals']:.0f}", f"{100 * figures['first']:.1f} %")


def _place(one: Judged, bare: Likeness) -> str:
    rows = [_row(NAMES[name] + (f" (within {one.rule[0]:.0f} m and {one.rule[1]:.0f} s)" if name == "rule" else ""), one.figures[name]) for name in ("rule", "bare", "model")]
    bins = [(f"{low:.1f} – {high:.1f}", str(count), f"{said:.3f}" if count else "–", f"{seen:.3f}" if count else "–") for low, high, count, said, seen in one.bins]
    kinds = [(name, str(count), f"{said:.3f}", f"{seen:.3f}") for name, count, said, seen in one.kinds]
    steps = [(f"{100 * step:.0f} %", f"{100 * precision:.1f} %", f"{100 * recall:.1f} %", str(count)) for step, precision, recall, count in one.steps]
    here = "; ".join(f"{NAMES[name].strip('*')}: **{count}**" for name, count in one.wrong_here.items())
    return f"""## {one.name}, {one.days}

{one.calls} calls, of which {one.repeats} are repeat callers. Precision: proposals that are right. Recall: repeat callers whose incident is proposed.
First: repeat callers whose incident stands first in the list, whatever its chance (the rule gives no order). The rule was tuned for this place on its training days,
by the same F1 that set the model's threshold for both places together.

{_table(("", "precision", "recall", "proposals", "first"), rows)}

**Separate emergencies at one place.** {one.same_place} pairs of real emergencies were open at once within 50 m of one another. Proposed wrongly as one, by the {here}.
A record that lists one emergency twice counts against all three here, since nothing in it tells.

**Calibration**, Brier score {one.brier:.5f} (always saying the share of all {one.lines} lines: {one.base_brier:.5f}):

{_table(("chance said", "lines", "mean said", "truly the same"), bins)}

The lines from the floor on, by how the two kinds stand to one another:

{_table(("kinds", "lines", "mean said", "truly the same"), kinds)}

Other thresholds:

{_table(("from", "precision", "recall", "proposals"), steps)}"""


def _harder(judged: list[Judged], harder: dict[str, float]) -> str:
    rows = [(one.name, *_row(NAMES[name], one.harder[name])) for one in judged for name in ("rule", "bare", "model")]
    return f"""## If callers are worse than assumed

The same weights, threshold and rules on another injection: {100 * harder['confused']:.0f} % take it for another kind, delays × {harder['slower']:.0f}, errors of place × {harder['vaguer']}
at unchanged stated radii.

{_table(("place", "", "precision", "recall", "proposals", "first"), rows)}"""


def _limits(judged: list[Judged]) -> str:
    sf = judged[0]
    return f"""## What this does not say

- The repeat callers are made. A floor that keeps its joinings can fit again on its own, and should.
- The kinds that callers confuse, and the kinds held akin, are two tables written by people; the harder injection shows what more confusion costs.
- The table of kinds is that of the sample plan. A kind that stands in no family is akin to none.
- In San Francisco a metre of straight line was {sf.detour:.2f} metres by road at the median (pairs further apart than 300 m).
- Two carriageways of one motorway may be far apart by road; an incident on the other one may stand low in the list. It stays on the map and the board."""
