"""How the fleet's room decides: units by the city's table, their crews, and what a crew says of itself."""

from tocsin.rooms.fleet.model.decide import DECISIONS, decider
from tocsin.rooms.fleet.model.state import State, evolve
from tocsin.rooms.fleet.model.table import FleetTable, faults

__all__ = ["DECISIONS", "FleetTable", "State", "decider", "evolve", "faults"]
