"""The command room: major incidents and their boards, receiving hospitals, and tasks for partners."""

from tocsin.rooms.command.doors import room

__all__ = ["room"]
