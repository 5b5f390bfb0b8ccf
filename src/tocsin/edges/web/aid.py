"""The line at which a neighbouring city tells where the units are that it has lent; they are shown as any unit's positions are."""

from tocsin.edges.web.bodies import read_command
from tocsin.edges.web.menu import Answer, Asked, Line
from tocsin.edges.web.own import POSITIONS_BYTES, Fixes, FixNo, Taken
from tocsin.house import Asker, House
from tocsin.rooms.aid.commands import foreign
from tocsin.trail import Fix


class AidLines:
    """One line beside the room's doors, since positions are not facts."""

    def __init__(self, house: House) -> None:
        self._house = house

    def lines(self) -> list[Line]:
        """The line."""
        return [Line(verb="POST", path="/api/aid/positions", roles=("neighbour",), purpose="response", asks=Fixes, answers=Taken, act=self.positions,
                     body_bytes=POSITIONS_BYTES, says="Where units are that this neighbour has lent, by their own callsigns; no other unit's position is taken.")]

    async def positions(self, asked: Asked) -> Answer:
        assert asked.known is not None
        city, heard_at, units = asked.known.asker.name, self._house.clock.now(), self._house.rows("unit")
        said = read_command(Fixes, asked.body, {}).fixes
        named = [(index, foreign(city, one.unit), one) for index, one in enumerate(said)]
        own = [(index, Fix(unit=unit, lon=one.lon, lat=one.lat, device_at=one.device_at, heard_at=heard_at, accuracy_m=one.accuracy_m, speed_mps=one.speed_mps,
                           heading_deg=one.heading_deg)) for index, unit, one in named if getattr(units.get(unit), "lender", "") == city]
        taken = {index for index, _ in own}
        refused = [FixNo(index=index, code="unit_not_on_shift") for index, _, _ in named if index not in taken]
        verdicts = self._house.report([fix for _, fix in own], Asker(city, frozenset({"device"})))
        refused += [FixNo(index=index, code=code) for (index, _), code in zip(own, verdicts, strict=True) if code]
        return Taken(taken=len(said) - len(refused), refused=tuple(sorted(refused, key=lambda one: one.index)))
