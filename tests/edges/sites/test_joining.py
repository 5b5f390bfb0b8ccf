"""Over made histories: everything that was acknowledged at a site ends up kept once at the floor, or as exactly one conflict there."""

from collections import Counter
from itertools import groupby
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.floor import DESK, StillClock, corner, on_duty, small_house
from tocsin.edges.sites.answering import Answering
from tocsin.edges.sites.limits import Limits
from tocsin.edges.sites.mandate import MOST_PER_S, Mandate, SiteTable, printed, site_key
from tocsin.edges.sites.wire import Again, Conflicted, Done, Join, Told, ask, read_told
from tocsin.facts.sites import ConflictRaised
from tocsin.house import House
from tocsin.house.apart import read_verifier
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import AssignUnit

CALLS, NOTES, ASSIGN = "/api/calls", "/api/incidents/{incident}/notes", "/api/incidents/{incident}/assign"
SITES = ("east", "west")
MOST = 6


def brought(site: str, number: int, kind: str) -> Join:
    """What a site did by itself: a call of its own, a note on it or on nothing, the one unit sent to it."""
    own = f"260304-{site}.1-0001"
    door, command = {
        "call": (CALLS, {"place": {"lon": 24.9, "lat": 60.15, "text": "somewhere"}, "kind": "medical", "call": f"260304-{site}.1-{number:04d}"}),
        "note": (NOTES, {"incident": own, "note": "seen"}),
        "nothing": (NOTES, {"incident": "260304-9999", "note": "of nothing"}),
        "send": (ASSIGN, {"incident": own, "unit": "E7", "shift": "2026-03-04D", "eta_s": 60}),
        "close": ("/api/incidents/{incident}/close", {"incident": own, "disposition": "done"}),
    }[kind]
    return Join(1, number, "somebody", ("call_taker", "dispatcher"), door, f"k{number}", msgspec.json.encode(command), StillClock().at - 1_000_000)


class Model:
    """A floor, two sites whose journals are given, and how far each got by what it heard."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.clock = folder, StillClock()
        for site in SITES:
            (folder / site).mkdir()
        self.table = SiteTable(sites=tuple(Mandate(name=site, key=printed(site_key(folder / site)), roles=("call_taker", "dispatcher"), apart=(CALLS, NOTES, ASSIGN), per_s=MOST_PER_S) for site in SITES))
        self.house = self._opened()
        on_duty(self.house, "E7", "engine", corner(0, 0))

    def _opened(self) -> House:
        house = small_house(self.folder / "floor", self.clock)
        self.answering = Answering(house, "floor", lambda: self.table, Limits())
        return house

    def again(self) -> None:
        """The floor is started anew."""
        self.house.close()
        self.house = self._opened()

    def bring(self, site: str, join: Join) -> Told:
        said, nonce = ask("floor", site, site_key(self.folder / site), join)
        answer = self.answering.answer(said)
        assert answer is not None
        return read_told("floor", site, nonce, answer, read_verifier(self.house.ledger.verifier)[1])

    def sent_by_the_floor(self, key: str) -> None:
        """The floor's own work, which may take the unit first."""
        incident = self.house.do(TakeCall(place=corner(1, 1), kind="fire", key=f"call {key}"), DESK).subject.removeprefix("call:")
        if self.house.rows("unit")["E7"].state == "available":
            self.house.do(AssignUnit(incident=incident, unit="E7", shift="2026-03-04D", eta_s=60, key=key), DESK)


KINDS = st.lists(st.sampled_from(("call", "note", "nothing", "send", "close")), min_size=1, max_size=MOST)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(journals=st.tuples(KINDS, KINDS), steps=st.lists(st.sampled_from(("east", "west", "east lost", "west lost", "floor", "again")), max_size=14))
def test_everything_acknowledged_at_a_site_is_kept_once_or_is_one_conflict(tmp_path_factory: pytest.TempPathFactory, journals: tuple[list[str], list[str]], steps: list[str]) -> None:
    model = Model(tmp_path_factory.mktemp("joining"))
    left = {site: [brought(site, number, kind) for number, kind in enumerate(["call", *kinds], 1)] for site, kinds in zip(SITES, journals, strict=True)}
    every = {site: list(joins) for site, joins in left.items()}
    answers: dict[tuple[str, int], set[type]] = {}

    def go_on(site: str, *, lost: bool) -> None:
        if left[site]:
            join = left[site][0]
            answer = model.bring(site, join)
            assert not isinstance(answer, Again)
            answers.setdefault((site, join.number), set()).add(type(answer))
            if not lost:
                left[site].pop(0)

    for number, step in enumerate(steps):
        if step == "again":
            model.again()
        elif step == "floor":
            model.sent_by_the_floor(f"f{number}")
        else:
            go_on(step.split(" ")[0], lost="lost" in step)
    for site in SITES:
        while left[site]:
            go_on(site, lost=False)
    with model.house as house:
        kept = Counter(key for key, _ in groupby(entry.key for _, entry in house.ledger.read()))  # what one command left stands together
        numbers = [f"conflict:{site}.1-{join.number}" for site in SITES for join in every[site]]
        conflicts = Counter(one.fact.conflict for one in house.history(*numbers) if isinstance(one.fact, ConflictRaised))
        for site in SITES:
            for join in every[site]:
                is_kept, is_conflict = kept[f"somebody@{site}:{join.key}"], conflicts[f"{site}.1-{join.number}"]
                assert (is_kept, is_conflict) in ((1, 0), (0, 1)), (site, join)
                assert answers[site, join.number] == {Done if is_kept else Conflicted}
        assert house.rows("conflict").keys() == conflicts.keys()
