"""The calling room: who is called for what, by which means it was tried, and who could not be reached; only people who are signed on."""

from tocsin.rooms.calling.doors import room

__all__ = ["room"]
