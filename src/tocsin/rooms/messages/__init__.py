"""The messages' room: a word from a desk or a unit to exactly those it is for, and what each of them did with it."""

from tocsin.rooms.messages.doors import room

__all__ = ["room"]
