"""The response plan: area, kind, priority and alarm level -> what must go; and what a city has set about covering, diverting and overriding."""

from tocsin.rooms.dispatch.model.plan.changes import changes, said
from tocsin.rooms.dispatch.model.plan.checking import faults, unfillable
from tocsin.rooms.dispatch.model.plan.table import LAST_ALARM, Area, Cover, Divert, Kind, Other, Plan, Stack
from tocsin.rooms.dispatch.model.plan.trying import Past, Trial, tried

__all__ = [
    "LAST_ALARM", "Area", "Cover", "Divert", "Kind", "Other", "Past", "Plan", "Stack", "Trial", "changes", "faults", "said",
    "tried", "unfillable",
]
