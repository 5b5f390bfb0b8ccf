"""The process of one study: an order's folder as its argument; it ends with an answer there, or with why there is none, or when its maker goes."""

import os
import sys
import threading
from pathlib import Path

import msgspec

from tocsin.city.faults import CityFault
from tocsin.facts.planning import Answer
from tocsin.house.studying import ANSWER, FAILED
from tocsin.kernel import Refused, Words
from tocsin.sim.studies.answering import answer
from tocsin.sim.studies.order import Failed, put, read_order
from tocsin.sim.studies.playing import cannot_be, kept, mark
from tocsin.sim.studies.question import grounds
from tocsin.sim.studies.workers import play

_NICE = 15


def main(folder: Path) -> None:
    """Play what is not played yet, then answer."""
    threading.Thread(target=_end_with_maker, daemon=True).start()
    os.nice(_NICE)
    try:
        put(folder / ANSWER, msgspec.msgpack.encode(_answered(folder)))
    except Refused as no:
        put(folder / FAILED, msgspec.msgpack.encode(Failed(code=no.code, says=no.words)))
    except CityFault as fault:
        put(folder / FAILED, msgspec.msgpack.encode(Failed(code=fault.code, says=Words(fault.sentence, fault.sentence))))


def _answered(folder: Path) -> Answer:
    order, record = read_order(folder)
    two = grounds(order, record)
    reasons = cannot_be(two)
    if reasons:
        raise Refused(reasons[0].code, " ".join(no.words.en for no in reasons), "".join(no.words.zh for no in reasons), status=422)
    of, count = mark(two), order.asked.replications
    left = [number for number in range(count) if kept(folder, number, of) is None]
    if left:
        play(folder, left, count, min(order.table.processes, len(left)))
    return answer(order, two, [pair for number in range(count) if (pair := kept(folder, number, of)) is not None])


def _end_with_maker() -> None:
    """Whoever started this holds the other end of stdin; when that goes, so does this, whatever it is at."""
    while os.read(0, 4096):
        pass
    os._exit(3)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
