"""The access room: more than one's roles give, taken openly and reviewed; findings in the staff's own use, and decisions on them."""

from tocsin.rooms.access.doors import room

__all__ = ["room"]
