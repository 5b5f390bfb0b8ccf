"""Callouts as rows, which units could not be reached, and what is due next."""

from tocsin.rooms.calling.views.due import due
from tocsin.rooms.calling.views.rows import MOST, CalloutRow, Callouts
from tocsin.rooms.calling.views.unreached import Unreached, UnreachedRow

__all__ = ["MOST", "CalloutRow", "Callouts", "Unreached", "UnreachedRow", "due"]
