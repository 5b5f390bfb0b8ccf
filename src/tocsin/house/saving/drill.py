"""A drill: the newest run brought back to a scratch place, the tree and the figures checked against the running house, and the minutes counted.

What it found is kept as `drill.json` beside the records, so that the house can say when the last one is too long ago.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

import msgspec

from tocsin.house.figures import figures_at
from tocsin.house.house import House
from tocsin.house.saving.bring_back import Back, Told, bring_back
from tocsin.house.saving.pieces import LEDGER
from tocsin.kernel import Clock, Instant
from tocsin.ledger.durable import replace_text
from tocsin.ledger.place import begun
from tocsin.ledger.saved import Source

DRILL = "drill.json"
_US = 1_000_000
Opened = Callable[[Path], House]
"""Starts a house on records; the caller knows its city and tables."""


class Drill(msgspec.Struct, frozen=True, kw_only=True):
    """What a drill found. `steps` are seconds. `lost_s` is the recovery point: how old the newest run was, so what a machine lost at that moment
    would have cost; `lost_entries` are those of the running ledger that were not in it, None where that could not be reached. `rows` is how many rows the pictures had, where a house was started. `why` says what was
    not as it should be, in words."""

    at: Instant
    ok: bool
    minutes: float
    run: int
    entries: int
    bytes: int
    steps: dict[str, float]
    lost_s: float
    lost_entries: int | None
    rows: int | None
    why: tuple[str, ...]
    again_within_days: int


def drill(source: Path, identity: Path, keys: Path, data: Path, clock: Clock, *, scratch: Path | None, again_within_days: int, told: Told,
          opened: Opened | None = None) -> Drill:
    """Bring the newest run back to a scratch place, look at it from every side and take it away again; LedgerFault where it does not come back.

    The records in `data` may be in use; where they are not here, nothing is compared with them. With `opened` a house is started on what came
    back, which folds every picture.
    """
    began = clock.now()
    place = Path(mkdtemp(prefix="tocsin-drill-", dir=scratch))
    try:
        back = bring_back(source, identity, keys, place / "records", clock, told=told)
        why = list(back.report.sentences()[1:1 + len(back.report.findings)])
        steps = dict(back.steps)
        at = clock.now()
        lost = _compared(place / "records", data, back, why)
        steps["figures"] = round((clock.now() - at) / _US, 3)
        rows, at = None, clock.now()
        if opened is not None:
            rows = _started(opened, place / "records", back, why)
            steps["house started"] = round((clock.now() - at) / _US, 3)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    now = clock.now()
    found = Drill(at=began, ok=not why, minutes=round((now - began) / (60 * _US), 2), run=back.run.number, entries=back.run.entries, bytes=back.bytes,
                  steps=steps, lost_s=round((began - back.run.at) / _US, 1), lost_entries=lost, rows=rows, why=tuple(why),
                  again_within_days=again_within_days)
    keep(data, found)
    return found


def failed(data: Path, clock: Clock, began: Instant, why: str, again_within_days: int) -> None:
    """Keep that a drill did not come to its end, and why."""
    keep(data, Drill(at=began, ok=False, minutes=round((clock.now() - began) / (60 * _US), 2), run=0, entries=0, bytes=0, steps={}, lost_s=0.0,
                     lost_entries=None, rows=None, why=(why,), again_within_days=again_within_days))


def keep(data: Path, found: Drill) -> None:
    """Put what a drill found beside the records, where they are here."""
    if data.is_dir():
        replace_text(data / DRILL, msgspec.json.encode(found).decode())


def last(data: Path) -> Drill | None:
    """What the last drill found; None where there was none, or its note cannot be read."""
    try:
        return msgspec.json.decode((data / DRILL).read_bytes(), type=Drill)
    except (OSError, msgspec.DecodeError):
        return None


def _compared(back: Path, data: Path, of: Back, why: list[str]) -> int | None:
    """The figures of what came back, held against those of the running house at that position; how many entries are newer there."""
    name, size = of.run.ledger, of.run.entries
    ours, root = figures_at(back / LEDGER, size, name=name)
    if not begun(data / LEDGER):
        return None
    with Source.opened(data / LEDGER, name) as running:
        newer = running.size - size
    if newer < 0:
        why.append(f"The running ledger has {size + newer:,} entries, and {size:,} were saved: its end is missing.")
        return None
    theirs, its_root = figures_at(data / LEDGER, size, name=name)
    if its_root != root:
        why.append(f"The first {size:,} entries of the running ledger are not those that were saved.")
    if theirs != ours:
        differ = [field for field in theirs.__struct_fields__ if getattr(theirs, field) != getattr(ours, field)]
        why.append(f"The figures differ from those of the running ledger: {', '.join(differ)}.")
    return newer


def _started(opened: Opened, records: Path, of: Back, why: list[str]) -> int:
    """Start a house on what came back; how many rows its pictures have."""
    with opened(records) as house:
        if house.missed:
            why.append(f"Pictures that could not be folded: {', '.join(sorted(house.missed))}.")
        if house.ledger.head() < of.run.entries:
            why.append(f"The house stands on {house.ledger.head():,} entries of {of.run.entries:,}.")
        return len(house.frame().rows)
