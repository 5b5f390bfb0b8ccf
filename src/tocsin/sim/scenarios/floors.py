"""What a play does through a floor: takes calls, asks who should go, sends, reports; and the floor that is the real house."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from tocsin.facts.dispatch import Need
from tocsin.house import Asker, House
from tocsin.kernel import Instant, Refused
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import AssignUnit, CloseIncident, CloseRoad, OfferCandidates, ReadOffer, ReadPlan, ReopenRoad
from tocsin.rooms.dispatch.views import Offer, PlanView
from tocsin.rooms.fleet.commands import EndShift, ReadFleet, ReportState, StartShift
from tocsin.rooms.fleet.views import FleetView
from tocsin.sim.crews import Moves
from tocsin.sim.desk import Desk
from tocsin.sim.scenarios.asked import Asked
from tocsin.sim.scenarios.duties import Duty
from tocsin.sim.scenarios.outcome import counted, digest
from tocsin.sim.vehicles import Vehicles

CALLERS = Asker("simulated callers", frozenset({"call_taker"}))
DISPATCH = Asker("simulated dispatcher", frozenset({"dispatcher", "supervisor"}))
CREWS = Asker("simulated crews", frozenset({"responder", "device", "supervisor"}))
OTHERWISE = "as the record has it"
"""Why another unit goes than the one proposed."""


@dataclass(frozen=True, slots=True)
class Sort:
    """What the fleet table says of a kind of unit."""

    skills: frozenset[str]
    moves: Moves


@dataclass(frozen=True, slots=True)
class Choice:
    """One unit that was free when it was ranked, and its seconds from being sent to being there."""

    unit: str
    shift: str
    unit_kind: str
    eta_s: int
    able: bool
    """Whether it has a skill that is needed."""
    proposed: bool


@dataclass(frozen=True, slots=True)
class Offered:
    """Who could go to a call at an instant, the soonest first; and what those proposed leave open."""

    number: str
    at: Instant
    choices: Sequence[Choice]
    unfilled: tuple[Need, ...]


class Floor(Protocol):
    """The floor of one play, at the time of the play's clock. Whatever is refused is counted there and answered with nothing."""

    @property
    def sorts(self) -> Mapping[str, Sort]:
        """The kinds of unit."""
        ...

    @property
    def endings(self) -> Sequence[str]:
        """How an incident may end."""
        ...

    def come_on(self, duty: Duty) -> bool:
        """A unit comes on duty; whether it may."""
        ...

    def go_off(self, duty: Duty) -> None:
        """A unit goes off duty."""
        ...

    def report(self, duty: Duty, state: str) -> None:
        """A unit's crew reports a state."""
        ...

    def positions(self, vehicles: Vehicles) -> None:
        """Every unit that has moved says where it is."""
        ...

    def take(self, number: int, asked: Asked) -> str:
        """A call is taken: the incident's name; empty where it was refused."""
        ...

    def offer(self, incident: str, *, propose: bool) -> Offered | None:
        """Who could go. With `propose` also who should, by the plan; without, nobody looks at that."""
        ...

    def send(self, incident: str, choice: Choice, offered: Offered, override: str) -> bool:
        """Send a unit; whether it goes."""
        ...

    def close(self, incident: str, disposition: str) -> None:
        """An incident ends."""
        ...

    def shut(self, segments: tuple[int, ...], text: str) -> str:
        """Segments are shut: the closure's name; empty where it was refused."""
        ...

    def reopen(self, closure: str) -> None:
        """They are open again."""
        ...

    def left(self) -> tuple[dict[str, int], dict[str, str], int, str]:
        """What was refused by code, an example of each, how many facts were kept, and the hash over what they say."""
        ...


class HouseFloor:
    """The real house: everything is a command at a door."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._callers, self._dispatch, self._crews = (Desk(house, asker, strict=True) for asker in (CALLERS, DISPATCH, CREWS))
        plan, kinds = house.see(ReadPlan(), DISPATCH), house.see(ReadFleet(), DISPATCH)
        assert isinstance(plan, PlanView) and isinstance(kinds, FleetView), "the house answered with another view"
        self.sorts = {kind.code: Sort(frozenset(kind.skills), kind.moves) for kind in kinds.kinds}
        self.endings = tuple(plan.dispositions)

    def come_on(self, duty: Duty) -> bool:
        return self._crews.do(StartShift(unit=duty.unit, shift=duty.shift, unit_kind=duty.unit_kind, station=duty.station, home=duty.home),
                              f"unit {duty.unit}") is not None

    def go_off(self, duty: Duty) -> None:
        self._crews.do(EndShift(unit=duty.unit, shift=duty.shift), f"unit {duty.unit}")

    def report(self, duty: Duty, state: str) -> None:
        self._crews.do(ReportState(unit=duty.unit, shift=duty.shift, state=state), f"unit {duty.unit}, {state}")

    def positions(self, vehicles: Vehicles) -> None:
        self._crews.report(list(vehicles.fixes(self._house.clock.now())))

    def take(self, number: int, asked: Asked) -> str:
        receipt = self._callers.do(TakeCall(place=asked.place, kind=asked.kind, priority=asked.priority, channel="simulated"), f"call {number}")
        return receipt.subject.removeprefix("call:") if receipt is not None else ""

    def offer(self, incident: str, *, propose: bool) -> Offered | None:
        receipt = self._dispatch.do(OfferCandidates(incident=incident), f"incident {incident}")
        if receipt is None:
            return None
        try:
            offer = self._house.see(ReadOffer(offer=receipt.subject.removeprefix("offer:")), DISPATCH)
        except Refused as no:
            self._dispatch.count(no.code, f"incident {incident}")
            return None
        assert isinstance(offer, Offer), type(offer)
        choices = [Choice(one.unit, one.shift, one.unit_kind, one.eta_s, not one.lacks, one.proposed) for one in offer.candidates
                   if one.eta_s is not None and one.lacks in ("", "skill")]
        return Offered(offer.offer, offer.at, sorted(choices, key=lambda one: (one.eta_s, one.unit)), offer.unfilled)

    def send(self, incident: str, choice: Choice, offered: Offered, override: str) -> bool:
        return self._dispatch.do(AssignUnit(incident=incident, unit=choice.unit, shift=choice.shift, offer=offered.number, eta_s=choice.eta_s, override=override),
                                 f"incident {incident}, unit {choice.unit}") is not None

    def close(self, incident: str, disposition: str) -> None:
        self._dispatch.do(CloseIncident(incident=incident, disposition=disposition), f"incident {incident}")

    def shut(self, segments: tuple[int, ...], text: str) -> str:
        receipt = self._dispatch.do(CloseRoad(segments=segments, text=text), text)
        return receipt.subject.removeprefix("closure:") if receipt is not None else ""

    def reopen(self, closure: str) -> None:
        self._dispatch.do(ReopenRoad(closure=closure), closure)

    def left(self) -> tuple[dict[str, int], dict[str, str], int, str]:
        desks = (self._callers, self._dispatch, self._crews)
        refused = counted(*(desk.refused for desk in desks))
        examples = {code: next(desk.examples[code] for desk in desks if code in desk.examples) for code in refused}
        return refused, examples, self._house.ledger.head(), digest(self._house)
