"""The room of cover: how long until help could be in each cell of the city, from the units that are free now."""

from tocsin.rooms.coverage.doors import room

__all__ = ["room"]
