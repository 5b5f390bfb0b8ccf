"""What is seen of the fleet: units on duty, calls for help, posts and spot checks, trackers, one's own duty, the kinds of unit and their states."""

from tocsin.rooms.fleet.views.checks import CheckRow, Checks, ChecksView, PostRow, Posts, read_checks, unanswered
from tocsin.rooms.fleet.views.duty import OwnDuty, own_duty, unit_of
from tocsin.rooms.fleet.views.help import HelpRow, Helps, unconfirmed
from tocsin.rooms.fleet.views.table import FleetView, UnitKindLine, fleet_view
from tocsin.rooms.fleet.views.trackers import TrackerRow, Trackers
from tocsin.rooms.fleet.views.units import UnitRow, Units
from tocsin.rooms.fleet.views.visits import PostsView, Visited, VisitedRow, read_posts

__all__ = ["CheckRow", "Checks", "ChecksView", "FleetView", "HelpRow", "Helps", "OwnDuty", "PostRow", "Posts", "PostsView", "TrackerRow", "Trackers", "UnitKindLine", "UnitRow", "Units", "Visited", "VisitedRow", "fleet_view",
           "own_duty", "read_checks", "read_posts", "unanswered", "unconfirmed", "unit_of"]
