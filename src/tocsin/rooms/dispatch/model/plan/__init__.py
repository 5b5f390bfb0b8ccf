"""The response plan: area, kind, priority and alarm level -> what must go; and what a city has set about covering, diverting and overriding."""

from tocsin.rooms.dispatch.model.plan.areas import inside
from tocsin.rooms.dispatch.model.plan.changes import changes
from tocsin.rooms.dispatch.model.plan.checking import faults, unfillable
from tocsin.rooms.dispatch.model.plan.table import LAST_ALARM, Area, Cover, Divert, Kind, Other, Plan, Stack

__all__ = ["LAST_ALARM", "Area", "Cover", "Divert", "Kind", "Other", "Plan", "Stack", "changes", "faults", "inside", "unfillable"]
