"""The room of planning: what a change of fleet, station or street would do, asked of a simulation, adopted by two people, and held beside what came."""

from tocsin.rooms.planning.doors import room

__all__ = ["room"]
