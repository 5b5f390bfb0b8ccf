"""One of everything that a door names by a number, made by one side, each holding words that nobody else may see."""

import time
from collections.abc import Callable, Mapping

from tests.edges.web.running import Running
from tests.engines.attachments.made import photo
from tests.floor import CHIEF, DESK, asker, corner, on_duty
from tocsin.facts.dispatch import Need
from tocsin.facts.planning import UnitLess, UnitMore
from tocsin.house import Attaching
from tocsin.kernel import Row, Words
from tocsin.rooms.access.commands import AskDelay, AskExport, AskHold, BreakGlass
from tocsin.rooms.aid.commands import AskAid, Asked, HearLetter
from tocsin.rooms.calls.commands import ArriveContact, GivePaperBlock, HandOverCall, TakeCall
from tocsin.rooms.command.commands import BeginDiversion, DeclareMajor, GiveTask
from tocsin.rooms.dispatch.commands import CloseRoad, MarkHazard, OfferCandidates, ReadStory
from tocsin.rooms.fleet.commands import BindTracker, CallSpotCheck
from tocsin.rooms.messages.commands import SendMessage
from tocsin.rooms.planning.commands import AskStudy
from tocsin.rooms.sites.commands import RaiseConflict

WATER, POWER = "Sample water works", "Sample power grid"
GATEWAY, CLERK = asker("gateway 1", "device"), asker("clerk 1", "dispatcher")
WORDS = ("Quibble Zarf", "0405558812", "gate code 4711", "the contact wrote this", "Cut the feeder at Plinth Yard", "between desks alone", "Harbour of Plinth",
         "a reason for the glass", "Recipient of Plinth", "a basis for giving it out", "a reason to hold it back", "a reason to tell it later", "plinth yard.jpg",
         "no bed after the flood", "Plinth lane is shut", "a note from the hut at Plinth", "solvents behind Plinth door")
(CALLER, NUMBER, NOTES, CONTACT, TASK, MESSAGE, MAJOR, GLASS, RECIPIENT, BASIS, HOLD, DELAY, FILE, DIVERSION, CLOSURE, CONFLICT, HAZARD) = WORDS


class Made:
    """Makes it all in a served house; `ids` are the numbers by the names that paths, questions and commands give them."""

    def __init__(self, floor: Running) -> None:
        self.floor, self.ids, house = floor, dict[str, str](), floor.house
        on_duty(house, "E1", "engine", corner(0, 0))
        call = self._do("call", house.do(TakeCall(place=corner(1, 1), kind="fire", caller=CALLER, number=NUMBER, notes=NOTES), DESK).subject)
        self._do("contact", house.do(ArriveContact(number=NUMBER, words=CONTACT), GATEWAY).subject)
        self._do("offer", house.do(OfferCandidates(incident=call), DESK).subject)
        self._do("file", Attaching(house).attach(call, photo(), FILE, DESK).subject)
        house.do(HandOverCall(call=self._more(), to="neighbour"), DESK)
        self._do("task", house.do(GiveTask(agency=WATER, text=TASK, incident=call), DESK).subject)
        self._do("diversion", house.do(BeginDiversion(facility="town-hospital", reason=DIVERSION), DESK).subject)
        self._do("message", house.do(SendMessage(to_kind="role", to="dispatcher", text=MESSAGE), DESK).subject)
        self._do("major", house.do(DeclareMajor(name=MAJOR, level="second", plan="fire", incident=call), DESK).subject)
        self._do("closure", house.do(CloseRoad(lon=corner(3, 3).lon, lat=corner(3, 3).lat, text=CLOSURE), DESK).subject)
        self._do("hazard", house.do(MarkHazard(kind="chemicals", source="told", lasts_s=30 * 86_400, incident=call, radius_m=100, words=HAZARD), DESK).subject)
        self._do("conflict", house.keep_own(RaiseConflict(conflict="hut.1-2", site="hut", person="somebody", door="/api/incidents/{incident}/notes", done_at=1, code="incident_unknown",
                                                          says=Words("there is no such incident", "没有该警情"), command=CONFLICT), asker("site@hut"), "response", "").subject)
        self._do("check", house.do(CallSpotCheck(units=("E1",)), CHIEF).subject)
        self._do("block", house.do(GivePaperBlock(), DESK).subject)
        self._do("glass", house.do(BreakGlass(reason=GLASS), asker("chief 2", "planner")).subject)
        self._do("export", house.do(AskExport(what="story", about=call, recipient_kind="agency", recipient=RECIPIENT, basis=BASIS), CHIEF).subject)
        self._do("hold", house.do(AskHold(subject=f"incident:{call}", days=30, reason=HOLD), CHIEF).subject)
        for incident in [call, *(self._more() for _ in range(3))]:
            house.see(ReadStory(incident=incident), CLERK)
        shown = max(kept.position for kept in house.history(f"call:{call}") if kept.entry.kind == "access.record-shown")
        self._do("delay", house.do(AskDelay(call=call, positions=(shown,), days=9, reason=DELAY), CHIEF).subject)
        need = (Need(skill="fire"),)
        self._do("aid", house.do(AskAid(incident=call, of="N", needs=need), DESK).subject)
        self._do("appeal", house.do(HearLetter(key="asked/1", letter=Asked(aid="1", place=corner(2, 2), kind="fire", priority=1, needs=need, until=floor.clock.now())),
                                    asker("N", "neighbour")).subject)
        self._do("study", house.do(AskStudy(changes=(UnitLess(unit="E1"), UnitMore(unit_kind="engine", lon=corner(4, 4).lon, lat=corner(4, 4).lat)), demand="generated", days=1,
                                            replications=2), asker("planner 2", "planner")).subject)
        given = floor.as_("admin").post("/api/keys", json={"name": "receiver of Plinth"}).json()
        self._do("tracker", house.do(BindTracker(tracker=given["number"], unit="E1"), DESK).subject)
        floor.clock.pass_s(86_400)
        for kind in ("timer", "finding", "sample"):
            self.ids[kind] = next(iter(self._in_time(lambda kind=kind: house.rows(kind))))  # type: ignore[misc]  # a default binds it
        self.ids |= {"incident": call, "unit": "E1", "facility": "town-hospital", "tile": "0/000", "bundle": "000", "record": f"incident:{call}", "about": call,
                     "subject": f"incident:{call}"}

    def _do(self, kind: str, subject: str) -> str:
        self.ids[kind] = subject.partition(":")[2]
        assert ":" not in self.ids[kind], subject
        return self.ids[kind]

    def _more(self) -> str:
        return self.floor.house.do(TakeCall(place=corner(4, 4), kind="medical", notes=NOTES), DESK).subject.removeprefix("call:")

    def _in_time(self, rows: Callable[[], Mapping[str, Row]]) -> Mapping[str, Row]:
        """The house raises these by itself, in a thread of its own."""
        for _ in range(500):
            if rows():
                break
            time.sleep(0.02)
        return rows()
