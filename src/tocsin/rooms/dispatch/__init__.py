"""The dispatchers' room: incidents, the units offered and sent, the roads shut, until each incident is closed."""

from tocsin.rooms.dispatch.doors import room

__all__ = ["room"]
