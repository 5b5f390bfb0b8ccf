"""What an auditor asks of a house's records: is the ledger what was signed, and were the recommendations what is kept?"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from tocsin.city import City
from tocsin.city.calibration import Calibration
from tocsin.city.live import LiveRoads
from tocsin.facts.access import ExportAsked
from tocsin.facts.dispatch import CandidatesOffered
from tocsin.house.envelope import disclose
from tocsin.house.outflow import Traced, traced
from tocsin.house.sampling import DayAgain, days_again
from tocsin.kernel import Clock
from tocsin.ledger import Ledger, Still
from tocsin.ledger.audit import Report, verify
from tocsin.ledger.audit_fork import verify_fork
from tocsin.ledger.note import BadNote, read, read_verifier, read_witness
from tocsin.ledger.place import begun
from tocsin.ledger.renewal import renew_key
from tocsin.rooms.dispatch.model import recompute

__all__ = ["BadNote", "DayAgain", "Report", "begun", "compare", "public_key", "read_witness", "recompute_offers", "renew_key", "samples_again", "verify", "verify_fork"]


def compare(notes: Sequence[str], key: str) -> tuple[bool, str]:
    """Whether two checkpoints of one log prove a split view, and that in words; raises BadNote where one is not this log's."""
    origin, public = read_verifier(key)
    one, two = (read(note, origin, public) for note in notes)
    if one.size == two.size and one.root != two.root:
        return True, f"A SPLIT VIEW: the log signed two different trees of {one.size:,} entries. Either note proves it together with the other."
    if one.size == two.size:
        return False, f"Both sign the same tree of {one.size:,} entries."
    return False, (f"One signs {one.size:,} entries and the other {two.size:,}. Whether the longer begins with the shorter, a copy of the ledger tells: "
                   "audit verify DIR --checkpoint NOTE --checkpoint NOTE.")


def public_key(folder: Path, clock: Clock, *, name: str) -> str:
    """The verifier line of a ledger, to be given to an auditor beforehand; opens the ledger, so nobody else may hold it."""
    with Ledger.open(folder, clock, name=name) as ledger:
        return ledger.verifier


def recompute_offers(data: Path, city: City, timing: Calibration, clock: Clock, *, name: str) -> Iterator[tuple[str, list[str]]]:
    """Each kept offer's number with what differs when it is computed again on this city and calibration; empty: the same."""
    ground = LiveRoads(city, timing)
    with Ledger.open(data / "ledger", clock, name=name) as ledger:
        for kept in disclose(line for line in ledger.read() if line[1].kind == CandidatesOffered.fact_kind):
            assert isinstance(kept.fact, CandidatesOffered)
            yield kept.fact.offer, recompute(ground, kept.fact)


def samples_again(folder: Path, first: int, last: int) -> list[DayAgain]:
    """The days between two, counted from the first of 1970, whose samples were drawn again from a ledger's files alone."""
    with Still.opened(folder) as ledger:
        return list(days_again(ledger, first, last))


class AskedBy(msgspec.Struct, frozen=True):
    """Whose export a file is a copy of: who asked for it, and the kind of its recipient."""

    by: str
    kind: str


def trace_leak(data: Path, content: bytes, clock: Clock, *, name: str) -> tuple[Traced, AskedBy | None]:
    """Which export of a floor that is not running a file is a copy of, and who asked for that; nothing is kept of the look."""
    made: dict[str, AskedBy] = {}
    with Ledger.open(data / "ledger", clock, name=name) as ledger:
        for kept in disclose(line for line in ledger.read() if line[1].kind == ExportAsked.fact_kind):
            assert isinstance(kept.fact, ExportAsked)
            made[kept.fact.export] = AskedBy(kept.entry.by, kept.fact.recipient_kind)
        found = traced(content, ledger.marking_key(), tuple(made))
    return found, made.get(found.export)
