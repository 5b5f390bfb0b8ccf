"""How callouts are decided, and the city's table of means."""

from tocsin.rooms.calling.model.decide import State, decide, evolve
from tocsin.rooms.calling.model.table import NOBODY, CallingTable, Mail, Means, Push, Sms, faults

__all__ = ["NOBODY", "CallingTable", "Mail", "Means", "Push", "Sms", "State", "decide", "evolve", "faults"]
