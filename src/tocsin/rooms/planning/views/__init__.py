"""What is seen of planning: what may be asked, studies, and promises beside what came."""

from tocsin.rooms.planning.views.choices import ChoicesView, Validity, floor_now, read_choices
from tocsin.rooms.planning.views.happened import HappenedView, read_happened
from tocsin.rooms.planning.views.roster import Roster, fleet_of
from tocsin.rooms.planning.views.served import DAY_US, Served, ServedRow, past_calls
from tocsin.rooms.planning.views.studies import Progress, Studies, StudiesView, StudyRow, StudyView, read_studies, read_study

__all__ = [
    "DAY_US", "ChoicesView", "HappenedView", "Progress", "Roster", "Served", "ServedRow", "Studies", "StudiesView", "StudyRow", "StudyView", "Validity",
    "fleet_of", "floor_now", "past_calls", "read_choices", "read_happened", "read_studies", "read_study",
]
