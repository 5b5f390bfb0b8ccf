"""The fleet's room: units come on duty, say what they are doing, and go off duty."""

from tocsin.rooms.fleet.doors import room

__all__ = ["room"]
