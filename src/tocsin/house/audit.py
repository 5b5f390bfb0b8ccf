"""What an auditor asks of a house's records: is the ledger what was signed, and were the recommendations what is kept?"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec

from tocsin.city import City
from tocsin.city.calibration import Calibration
from tocsin.city.live import LiveRoads
from tocsin.facts.dispatch import CandidatesOffered
from tocsin.facts.proof import HistoriesRooted
from tocsin.house.envelope import disclose
from tocsin.kernel import Clock
from tocsin.ledger import Ledger
from tocsin.ledger.audit import Report, raw_lines, verify
from tocsin.ledger.histories import Histories
from tocsin.ledger.line import read_line
from tocsin.ledger.note import BadNote
from tocsin.rooms.dispatch.model import recompute

__all__ = ["BadNote", "Report", "public_key", "recompute_offers", "verify", "wrong_histories"]


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


def wrong_histories(folder: Path) -> Iterator[int]:
    """The positions at which the house committed to histories that are not those of its entries (ADR 30), from the files alone."""
    grown, behind = Histories(), raw_lines(folder)
    for line in raw_lines(folder):
        said = read_line(line)
        if said.kind == HistoriesRooted.fact_kind:
            rooted = msgspec.msgpack.decode(said.body, type=HistoriesRooted)
            if not grown.size <= rooted.size < said.position:
                yield said.position
            else:
                grown.add(islice(behind, rooted.size - grown.size))
                if grown.root() != rooted.root or grown.tags != rooted.histories:
                    yield said.position
