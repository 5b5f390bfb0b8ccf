"""The menu of planning: what may be asked, the studies, the two steps of an adoption by two people, and promises beside what came."""

from collections.abc import Mapping
from functools import partial

from tocsin.kernel import Door, Role, Room, Words
from tocsin.rooms.planning.commands import (
    AdoptAs,
    AdoptPlan,
    AskStudy,
    DeclineAdoption,
    EndPlan,
    KeepAnswer,
    KeepFailure,
    ProposeAdoption,
    ReadChoices,
    ReadHappened,
    ReadStudies,
    ReadStudy,
    StopStudy,
    TakeStudy,
)
from tocsin.rooms.planning.model import Rules, State, decider, evolve
from tocsin.rooms.planning.views import (
    Progress,
    Roster,
    Served,
    Studies,
    Validity,
    read_choices,
    read_happened,
    read_studies,
    read_study,
)

_PLANS: tuple[Role, ...] = ("planner",)
_DECIDES: tuple[Role, ...] = ("supervisor", "planner")
_READS: tuple[Role, ...] = (*_DECIDES, "auditor")
_ALL, _ONE, _WHY = "/api/planning/studies", "/api/planning/studies/{study}", "planning"

DOORS = (
    Door(verb="GET", path="/api/planning/choices", asks=ReadChoices, roles=_READS, purpose=_WHY,
         says="What may be asked about: stations and units of these weeks, kinds of unit, the record, and how near simulations of this city come."),
    Door(verb="GET", path=_ALL, asks=ReadStudies, roles=_READS, purpose=_WHY, says="All studies, newest first, each with its first line."),
    Door(verb="POST", path=_ALL, asks=AskStudy, roles=_PLANS, purpose=_WHY,
         says="Ask what one to five changes would do: the same days are played as things are and as changed, beside the floor, in a process of its own."),
    Door(verb="GET", path=_ONE, asks=ReadStudy, roles=_READS, purpose=_WHY, says="One study whole: its question, how far it is, its answer, and what was decided by whom."),
    Door(verb="GET", path=f"{_ONE}/happened", asks=ReadHappened, roles=_READS, purpose=_WHY, says="What an adopted plan promised beside what came since, with intervals."),
    Door(verb="POST", path=f"{_ONE}/stop", asks=StopStudy, roles=_PLANS, purpose=_WHY, says="Stop a study that is not answered yet."),
    Door(verb="POST", path=f"{_ONE}/propose", asks=ProposeAdoption, roles=_PLANS, purpose=_WHY, says="Propose to do what was studied, and say why."),
    Door(verb="POST", path=f"{_ONE}/adopt", asks=AdoptPlan, roles=_DECIDES, purpose=_WHY, says="Adopt what another person proposed; one's own is refused."),
    Door(verb="POST", path=f"{_ONE}/decline", asks=DeclineAdoption, roles=_DECIDES, purpose=_WHY, says="Say that a proposed plan is not adopted, and why."),
    Door(verb="POST", path=f"{_ONE}/end", asks=EndPlan, roles=_DECIDES, purpose=_WHY, says="Say that an adopted plan is not done any more, and why."),
)


def room(*, rules: Rules, validity: Validity, progress: Progress) -> Room:
    """The room of planning for one city's rules, how near its simulations come, and how far the computing of each study is."""
    kinds: Mapping[str, Words] = rules.kinds
    return Room(name="planning", doors=DOORS, state=State, evolve=evolve, decide=decider(rules), pictures=(Roster(), Served(), Studies()),
                commands=(AskStudy, TakeStudy, StopStudy, ProposeAdoption, AdoptPlan, AdoptAs, DeclineAdoption, EndPlan, KeepAnswer, KeepFailure),
                answers={ReadChoices: partial(read_choices, rules.table, kinds, validity), ReadStudies: partial(read_studies, progress),
                         ReadStudy: partial(read_study, progress), ReadHappened: partial(read_happened, rules.table)})
