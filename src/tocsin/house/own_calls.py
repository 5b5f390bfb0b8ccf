"""The calls of a floor's own ledger as demand: where, when and of what kind residents asked for help, and nothing else that is kept of them."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tocsin.engines.demand import Calls, admit, began_themselves
from tocsin.facts.calls import RESIDENTS, CallTaken
from tocsin.house.envelope import disclose
from tocsin.kernel import Clock
from tocsin.ledger import Ledger


def own_calls(data: Path, clock: Clock, cell_of: Callable[[float, float], int], *, name: str) -> Calls:
    """All calls of the ledger by `cell_of` their longitude and latitude; what came in otherwise than from residents is left out and counted.

    Raises Refused `demand.no-calls` where there is none.
    """
    left, columns = Counter[str](), {"cell": list[Any](), "at": list[Any](), "kind": list[Any]()}
    with Ledger.open(data / "ledger", clock, name=name) as ledger:
        for line in ledger.read():
            if line[1].kind != CallTaken.fact_kind:
                continue
            for kept in disclose([line]):
                fact = kept.fact
                assert isinstance(fact, CallTaken)
                if fact.channel not in RESIDENTS or began_themselves(fact.kind):
                    left["not called by a resident"] += 1
                    continue
                columns["cell"].append(cell_of(fact.place.lon, fact.place.lat))
                columns["at"].append(kept.entry.happened_at)
                columns["kind"].append(fact.kind)
    return admit(columns, left)
