"""The room of aid: neighbouring cities ask one another for units and lend them, each by its own rules and its own people's consent."""

from tocsin.rooms.aid.doors import room

__all__ = ["room"]
