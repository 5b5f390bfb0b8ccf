"""Callouts on a real house: who is on duty is called, by one means after another, until it is acknowledged; nobody else ever is."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.edges.gateways.calling.standing import Taking, taking
from tests.floor import CHIEF, DESK, StillClock, asker, corner, on_duty, small_house
from tests.waiting import until
from tocsin.edges.gateways.calling.outbox import Outbox
from tocsin.edges.gateways.calling.reaches import Reaches
from tocsin.edges.gateways.calling.senders import Letter, Null, Outcome, Reach, Sender, Subscription
from tocsin.edges.gateways.calling.sms import SmsSender
from tocsin.edges.web.papers import PaperFolder
from tocsin.edges.web.private import Sealing
from tocsin.facts.calling import Called, CallFailed, CalloutFact, Carried, GaveUp
from tocsin.house import House
from tocsin.house.envelope import disclose
from tocsin.rooms.calling.model import CallingTable, Means, Sms
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import AcknowledgeAssignment, AssignUnit, ReadStory
from tocsin.rooms.dispatch.views import Story
from tocsin.rooms.fleet.commands import EndShift, SignOff, SignOn
from tocsin.rooms.messages.commands import MarkRead, SendMessage

PUSH, TEXT = Means(kind="push", wait_s=30, tries=2, retry_s=5), Means(kind="sms", wait_s=60, tries=2, retry_s=5)
BOTH = Reach(sms="+491701234567", pushes=(Subscription(endpoint="https://push.example/1", p256dh="p", auth="a"),))
CREW, MATE = asker("crew 1", "responder"), asker("crew 2", "responder")


@dataclass
class Calling:
    """A house, its outbox, and a null in the place of pushes; short messages go to a server."""

    house: House
    clock: StillClock
    reaches: Reaches
    push: Null
    server: Taking
    outbox: Outbox
    senders: dict[str, Sender]
    shift: str = ""
    ended: set[str] = field(default_factory=set)

    def facts(self) -> list[CalloutFact]:
        return [kept.fact for kept in disclose(self.house.ledger.read()) if isinstance(kept.fact, CalloutFact)]

    def told(self) -> list[str]:
        """What was kept of calling, in short."""
        return [" ".join(filter(None, (one.person, getattr(one, "means", ""), one.fact_kind.partition(".")[2], getattr(one, "code", "")))) for one in self.facts()]

    def send(self) -> str:
        """An incident, and E7 on its way to it."""
        incident = self.house.do(TakeCall(place=corner(4, 4), kind="fire", notes="the words of a caller"), DESK).subject.partition(":")[2]
        self.house.do(AssignUnit(incident=incident, unit="E7", shift=self.shift), DESK)
        return incident

    def after(self, seconds: float) -> None:
        self.clock.pass_s(seconds)
        while self.outbox.carry():
            pass


def reaches(folder: Path, clock: StillClock, ended: set[str]) -> Reaches:
    return Reaches(PaperFolder(folder), Sealing(folder), clock, lambda name: name not in ended)


@pytest.fixture
def calling(tmp_path: Path) -> Iterator[Calling]:
    clock, ended = StillClock(), set[str]()
    with taking() as server, small_house(tmp_path, clock) as house:
        sms = Sms(url=f"{server.at}/send", fields={"to": "{number}", "body": "{text}"}, headers={"authorization": "Bearer {key}"}, key="the key")
        table = CallingTable(means=(PUSH, TEXT), sms=sms)
        push, held = Null(), reaches(tmp_path, clock, ended)
        senders: dict[str, Sender] = {"push": push, "sms": SmsSender(sms, timeout_s=2)}
        made = Calling(house, clock, held, push, server, Outbox(house, table, held, senders), senders, ended=ended)
        made.shift = on_duty(house, "E7", "engine", corner(0, 0))
        house.do(SignOn(unit="E7", shift=made.shift, seat="driver"), CREW)
        held.change("crew 1", lambda _: BOTH)
        yield made
        made.outbox.stop()


class Broken:
    """A means whose program is at fault."""

    def send(self, person: str, reach: Reach, letter: Letter) -> Outcome:
        raise ValueError("a fault")

    def close(self) -> None:
        """Nothing is held."""


def test_a_crew_is_called_by_one_means_and_then_the_next_and_then_given_up(calling: Calling) -> None:
    calling.send()
    calling.after(0)
    assert calling.told() == ["crew 1 push called", "crew 1 push carried"]
    assert calling.push.sent[0][1].text == {"en": "E7: you are called.", "zh": "E7：正在呼叫您。"}, "nothing of what it is, where the table does not say so"
    calling.after(29)
    assert len(calling.push.sent) == 1
    calling.after(1)
    [(path, headers, body)] = calling.server.came
    assert (path, headers["authorization"]) == ("/send", "Bearer the key")
    assert json.loads(body) == {"to": "+491701234567", "body": "E7: you are called."}
    calling.after(60)
    assert calling.told()[2:] == ["crew 1 sms called", "crew 1 sms carried", "crew 1 gave-up no_answer"]
    calling.after(600)
    assert len(calling.facts()) == 5
    assert calling.house.rows("unreached")["E7"].people == 1


def test_who_acknowledges_is_called_no_more_and_the_mark_goes(calling: Calling) -> None:
    incident = calling.send()
    calling.after(0)
    calling.house.do(AcknowledgeAssignment(incident=incident, unit="E7", shift=calling.shift), CREW)
    calling.after(600)
    assert calling.told() == ["crew 1 push called", "crew 1 push carried"]
    assert not calling.server.came


def test_a_mark_goes_when_the_floor_has_heard_of_them_by_radio(calling: Calling) -> None:
    incident = calling.send()
    for wait_s in (0, 30, 60):
        calling.after(wait_s)
    assert "E7" in calling.house.rows("unreached")
    calling.house.do(AcknowledgeAssignment(incident=incident, unit="E7", shift=calling.shift), DESK)
    assert not calling.house.rows("unreached")


@pytest.mark.parametrize("end", [SignOff, EndShift])
def test_whoever_goes_off_duty_is_called_no_more_also_by_what_was_waiting(calling: Calling, end: type) -> None:
    calling.senders["push"] = Broken()
    message = calling.house.do(SendMessage(to_kind="unit", to="E7", text="words", urgent=True), DESK)
    assert message.kept
    calling.after(0)
    assert calling.told() == ["crew 1 push called", "crew 1 push failed fault"], "it waits to be sent again"
    calling.house.do(end(unit="E7", shift=calling.shift), CHIEF if end is EndShift else CREW)
    calling.after(5)
    calling.after(600)
    assert len(calling.told()) == 2
    assert not calling.server.came


def test_a_sending_that_was_due_as_somebody_signed_off_is_not_sent(calling: Calling) -> None:
    """The two meet: what was due is looked up, they sign off, and only then is it carried."""
    calling.send()
    jobs = calling.outbox._jobs()
    assert len(jobs) == 1
    calling.house.do(SignOff(unit="E7", shift=calling.shift), CREW)
    for _, _, job in jobs:
        job()
    assert not calling.push.sent
    assert not calling.facts()


def test_nobody_who_is_not_on_the_unit_is_ever_called(calling: Calling) -> None:
    other = on_duty(calling.house, "E8", "engine", corner(3, 3))
    calling.house.do(SignOn(unit="E8", shift=other, seat="driver"), MATE)
    for person in ("crew 2", "crew 3", "desk 1"):
        calling.reaches.change(person, lambda _: BOTH)
    calling.send()
    for wait_s in (0, 30, 60):
        calling.after(wait_s)
    assert {one.person for one in calling.facts()} == {"crew 1"}
    assert {person for person, _ in calling.push.sent} == {"crew 1"}


def test_an_urgent_message_calls_until_it_is_opened(calling: Calling) -> None:
    message = calling.house.do(SendMessage(to_kind="unit", to="E7", text="the words of a message", urgent=True), DESK).subject.partition(":")[2]
    calling.house.do(SendMessage(to_kind="unit", to="E7", text="words"), DESK)
    calling.after(0)
    assert [(one.about, one.of) for one in calling.facts()] == [("message", message)] * 2
    calling.house.do(MarkRead(message=message, recipient="unit:E7"), CREW)
    calling.after(600)
    assert len(calling.facts()) == 2


def test_a_gateway_that_fails_is_tried_again_with_pauses_and_one_that_refuses_is_not(calling: Calling) -> None:
    calling.reaches.change("crew 1", lambda _: Reach(sms="+491701234567"))
    calling.server.answers = [503]
    calling.send()
    calling.after(0)
    calling.after(4)
    assert len(calling.server.came) == 1
    calling.after(1)
    assert calling.told() == ["crew 1 sms called", "crew 1 sms failed http_503"] * 2 + ["crew 1 gave-up http_503"]
    calling.house.do(SendMessage(to_kind="unit", to="E7", text="words", urgent=True), DESK)
    calling.server.answers = [403]
    calling.after(0)
    assert calling.told()[5:] == ["crew 1 sms called", "crew 1 sms failed http_403", "crew 1 gave-up http_403"]
    assert calling.outbox.counts == {("sms", "http_503"): 2, ("sms", "http_403"): 1}


def test_a_gateway_that_does_not_answer_costs_its_time_limit_and_a_redirect_is_not_followed(calling: Calling) -> None:
    sms = SmsSender(Sms(url=f"{calling.server.at}/send", fields={"body": "{text}"}), timeout_s=0.2)
    calling.server.slow_s = 1
    assert sms.send("crew 1", BOTH, Letter(text={"en": "words"})) == Outcome(code="timeout")
    calling.server.slow_s, calling.server.answers = 0, [302]
    assert sms.send("crew 1", BOTH, Letter(text={"en": "words"})) == Outcome(code="http_302", lasting=True)
    assert [path for path, _, _ in calling.server.came] == ["/send", "/send"]
    sms.close()
    gone = SmsSender(Sms(url="http://127.0.0.1:9/send", fields={"body": "{text}"}))
    assert gone.send("crew 1", BOTH, Letter(text={"en": "words"})) == Outcome(code="unreachable")
    gone.close()


def test_a_text_with_a_mark_in_it_is_not_given_the_key(calling: Calling) -> None:
    sms = SmsSender(Sms(url=f"{calling.server.at}/send", fields={"body": "{text}"}, form=True, key="the key"))
    assert sms.send("crew 1", BOTH, Letter(text={"en": "{key}"})).code == ""
    assert b"the+key" not in calling.server.came[0][2]
    sms.close()


def test_somebody_who_gave_no_way_is_said_to_be_unreached(calling: Calling) -> None:
    calling.reaches.change("crew 1", lambda _: Reach())
    calling.send()
    calling.after(0)
    assert calling.told() == ["crew 1 gave-up no_way"]


def test_somebody_whose_access_ended_is_not_called(calling: Calling) -> None:
    calling.ended.add("crew 1")
    calling.send()
    calling.after(0)
    assert calling.told() == ["crew 1 gave-up no_way"]
    assert not calling.push.sent


def test_after_a_restart_it_goes_on_and_what_is_too_old_is_not_sent(calling: Calling, tmp_path: Path) -> None:
    calling.send()
    calling.after(0)
    calling.house.close()
    calling.clock.pass_s(30)
    with small_house(tmp_path, calling.clock) as house:
        outbox = Outbox(house, CallingTable(means=(PUSH, TEXT)), calling.reaches, calling.senders)
        assert outbox.carry() == 1
        assert len(calling.server.came) == 1
        house.do(SendMessage(to_kind="unit", to="E7", text="words", urgent=True), DESK)
        calling.clock.pass_s(601)
        while outbox.carry():
            pass
        assert len(calling.push.sent) == 1, "the message came while nobody could call"
        assert [kept.fact.code for kept in disclose(house.ledger.read()) if isinstance(kept.fact, GaveUp)] == ["no_answer", "late"]
        outbox.stop()


def test_what_is_kept_has_neither_words_nor_an_address(calling: Calling, tmp_path: Path) -> None:
    calling.send()
    for wait_s in (0, 30, 60):
        calling.after(wait_s)
    kept = b"".join(entry.body for _, entry in calling.house.ledger.read() if entry.kind.startswith("calling."))
    assert {type(one) for one in calling.facts()} == {Called, Carried, GaveUp}
    for secret in (b"491701234567", b"push.example", b"caller", b"you are called"):
        assert secret not in kept
    assert b"491701234567" not in (tmp_path / "reach.json").read_bytes()
    assert (tmp_path / "reach.json").stat().st_mode & 0o077 == 0


def test_the_thread_calls_by_itself(calling: Calling) -> None:
    calling.outbox.start()
    incident = calling.send()
    until(lambda: len(calling.facts()) == 2)
    calling.house.do(AcknowledgeAssignment(incident=incident, unit="E7", shift=calling.shift), CREW)
    calling.outbox.stop()
    assert [type(one) for one in calling.facts()] == [Called, Carried]
    assert not isinstance(calling.facts()[-1], CallFailed)


def called_lines(calling: Calling, incident: str) -> list[str]:
    """What the incident's story says of calling."""
    story = calling.house.see(ReadStory(incident=incident), DESK)
    assert isinstance(story, Story)
    assert [one.position for one in story.lines] == sorted(one.position for one in story.lines)
    return [one.says.en for one in story.lines if one.quiet]


def test_the_story_says_that_a_unit_was_called_by_which_means_and_given_up_and_names_nobody(calling: Calling) -> None:
    calling.house.do(SignOn(unit="E7", shift=calling.shift, seat="officer"), MATE)
    calling.reaches.change("crew 2", lambda _: BOTH)
    incident = calling.send()
    calling.after(0)
    assert called_lines(calling, incident) == ["E7 called by a push to its phones (2 of its crew)."]
    calling.after(31)
    calling.after(61)
    assert called_lines(calling, incident) == ["E7 called by a push to its phones (2 of its crew).", "E7 called by short message (2 of its crew).",
                                               "E7 could not be called (2 of its crew): nobody acknowledged."]
    assert not any(word in "".join(called_lines(calling, incident)) for word in ("crew 1", "crew 2", "+49", "push.example"))
    calling.house.do(SendMessage(to_kind="unit", to="E7", text="which hydrant?", urgent=True, incident=incident), DESK)
    calling.after(0)
    assert called_lines(calling, incident)[-1] == "E7 called by a push to its phones for an urgent message (2 of its crew)."
    other = calling.house.do(TakeCall(place=corner(4, 4), kind="fire"), DESK).subject.partition(":")[2]
    assert called_lines(calling, other) == [], "another incident's callings are not its own"
