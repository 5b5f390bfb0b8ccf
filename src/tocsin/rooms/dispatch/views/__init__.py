"""What the dispatchers see: the board of open incidents, which are alike, closures, one offer, one incident's story, a route, the plan."""

from tocsin.rooms.dispatch.views.alike import Alike, SameIncidents, find_alike
from tocsin.rooms.dispatch.views.arrivals import Arrivals, read_arrivals
from tocsin.rooms.dispatch.views.board import ClosureRow, Closures, IncidentRow, Incidents, JoinedCall
from tocsin.rooms.dispatch.views.checklists import ChecklistRow, Checklists, ChecklistsView, checklists_view
from tocsin.rooms.dispatch.views.driving import DrivenWay, DrivenWays, Driving
from tocsin.rooms.dispatch.views.files import FileLine, Files, read_files
from tocsin.rooms.dispatch.views.gains import Gain, Gains, read_gains
from tocsin.rooms.dispatch.views.handling import HandlingForm, read_form
from tocsin.rooms.dispatch.views.hazards import HazardKinds, HazardRow, Hazards, HazardsOn, hazard_kinds, read_hazards
from tocsin.rooms.dispatch.views.offer import Candidate, Offer, read_offer
from tocsin.rooms.dispatch.views.plan import PlanView, plan_view
from tocsin.rooms.dispatch.views.route import Route, RouteLeg, read_route, read_way
from tocsin.rooms.dispatch.views.story import Line, Story, read_story
from tocsin.rooms.dispatch.views.timers import TimerRow, Timers, TimersView, timers_view

__all__ = [
    "Alike",
    "Arrivals",
    "Candidate",
    "ChecklistRow",
    "Checklists",
    "ChecklistsView",
    "ClosureRow",
    "Closures",
    "DrivenWay",
    "DrivenWays",
    "Driving",
    "FileLine",
    "Files",
    "Gain",
    "Gains",
    "HandlingForm",
    "HazardKinds",
    "HazardRow",
    "Hazards",
    "HazardsOn",
    "IncidentRow",
    "Incidents",
    "JoinedCall",
    "Line",
    "Offer",
    "PlanView",
    "Route",
    "RouteLeg",
    "SameIncidents",
    "Story",
    "TimerRow",
    "Timers",
    "TimersView",
    "checklists_view",
    "find_alike",
    "hazard_kinds",
    "plan_view",
    "read_arrivals",
    "read_files",
    "read_form",
    "read_gains",
    "read_hazards",
    "read_offer",
    "read_route",
    "read_story",
    "read_way",
    "timers_view",
]
