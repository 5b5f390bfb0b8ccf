"""A stand-in dispatcher: gives a person some time to act, then sends what the recommendation proposes, and closes what is done."""

from collections.abc import Mapping

from tocsin.kernel import Instant
from tocsin.rooms.dispatch.commands import AssignUnit, CloseIncident, OfferCandidates, ReadOffer
from tocsin.rooms.dispatch.views import IncidentRow, Offer
from tocsin.rooms.fleet.views import UnitRow
from tocsin.sim.clock import SECOND
from tocsin.sim.desk import Desk

FIRST_RETRY: Instant = 60 * SECOND
LAST_RETRY: Instant = 960 * SECOND
MOST_A_STEP = 20
"""Incidents looked at in one step; the rest have their turn in the next."""


class StandIn:
    """Waits `wait_s` seconds of house time for a human, then acts as one who takes every recommendation.

    What a person did first stands: only needs that are still unmet are sent for. While no unit is free it asks again, less
    and less often up to every 16 minutes. An incident that units have reached and left is closed.
    """

    def __init__(self, desk: Desk, wait_s: float) -> None:
        self._desk = desk
        self._wait: Instant = round(wait_s * SECOND)
        self._next: dict[str, tuple[Instant, Instant]] = {}
        """When an incident has its next turn, and how long to wait after that one."""

    def step(self, now: Instant, incidents: Mapping[str, IncidentRow], units: Mapping[str, UnitRow], carried: set[str]) -> None:
        """Do what is due; `carried` are the incidents whose patient went to hospital, by which the disposition is chosen."""
        first = {number: (row.opened_at + self._wait, FIRST_RETRY) for number, row in incidents.items()}
        self._next = {number: self._next.get(number, turn) for number, turn in first.items()}
        for number in [number for number, (at, _) in self._next.items() if at <= now][:MOST_A_STEP]:
            row, (_, wait) = incidents[number], self._next[number]
            sent = self._send(row, units) if row.unmet else False
            if not sent and not row.units and row.first_there_at:
                self._desk.do(CloseIncident(incident=row.id, disposition="transported" if row.id in carried else "resolved"))
            idle = row.unmet and not sent
            self._next[number] = (now + wait, min(LAST_RETRY, 2 * wait)) if idle else (now + FIRST_RETRY, FIRST_RETRY)

    def _send(self, row: IncidentRow, units: Mapping[str, UnitRow]) -> bool:
        """Send proposed units for what is still unmet; whether any went."""
        receipt = self._desk.do(OfferCandidates(incident=row.id))
        if receipt is None:
            return False
        offer = self._desk.house.see(ReadOffer(offer=receipt.subject.removeprefix("offer:")), self._desk.asker)
        assert isinstance(offer, Offer), type(offer)
        unmet = {need.skill: need.count for need in row.unmet}
        sent = False
        for candidate in offer.candidates:
            skills = units[candidate.unit].skills if candidate.unit in units else ()
            fills = next((skill for skill in unmet if unmet[skill] and skill in skills), "")
            if candidate.proposed and fills and candidate.eta_s is not None:
                unmet[fills] -= 1
                sent |= self._desk.do(AssignUnit(incident=row.id, unit=candidate.unit, shift=candidate.shift, offer=offer.offer,
                                                 eta_s=candidate.eta_s)) is not None
        return sent
