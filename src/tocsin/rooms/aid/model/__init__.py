"""How the room of aid decides: by the city's own table and by what both histories, the asking's and the unit's, say."""

from tocsin.rooms.aid.model.decide import decider
from tocsin.rooms.aid.model.state import State, evolve
from tocsin.rooms.aid.model.table import ALONE, AidTable, Neighbour, faults

__all__ = ["ALONE", "AidTable", "Neighbour", "State", "decider", "evolve", "faults"]
