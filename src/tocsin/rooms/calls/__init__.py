"""The call-takers' room: calls are written down, and places are found."""

from tocsin.rooms.calls.doors import room

__all__ = ["room"]
