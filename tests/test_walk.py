"""One call from door to proof: taken, opened, offered, sent, driven, closed, read back, recomputed, verified."""

from pathlib import Path

import pytest

from tests.floor import CHIEF, DESK, StillClock, asker, corner, on_duty, small_house
from tocsin.cli import main
from tocsin.facts.dispatch import CandidatesOffered
from tocsin.kernel import WITHHELD
from tocsin.ledger.audit import verify
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import AssignUnit, CloseIncident, OfferCandidates, ReadOffer, ReadStory
from tocsin.rooms.dispatch.views import Offer, Story
from tocsin.rooms.fleet.commands import ReportState


@pytest.mark.parametrize("store", ["sqlite", "postgres"])
def test_one_call_through_the_whole_house(tmp_path: Path, store: str, request: pytest.FixtureRequest) -> None:
    clock, address = StillClock(), request.getfixturevalue("postgres") if store == "postgres" else ""
    house = small_house(tmp_path, clock, database=address)
    for unit, kind, column in (("M1", "medic", 0), ("M2", "medic", 5), ("E1", "engine", 4), ("P1", "police", 1)):
        on_duty(house, unit, kind, corner(column, 0))
    taken = house.do(TakeCall(place=corner(1, 0), kind="medical", priority=1, number="555-0100", notes="not breathing well"), DESK)
    incident = taken.subject.removeprefix("call:")
    assert incident == "260304-0001"
    assert list(house.rows("incident")) == [incident]

    clock.pass_s(20)
    offered = house.do(OfferCandidates(incident=incident), DESK)
    offer = house.see(ReadOffer(offer=offered.subject.removeprefix("offer:")), DESK)
    assert isinstance(offer, Offer)
    assert [(one.unit, one.proposed, one.lacks) for one in offer.candidates] == [
        ("M1", True, ""), ("E1", True, ""), ("M2", False, ""), ("P1", False, "skill")]
    assert offer.unfilled == ()
    assert "none of" in offer.candidates[-1].why.en

    for one in offer.candidates[:2]:
        house.do(AssignUnit(incident=incident, unit=one.unit, shift=one.shift, offer=offer.offer, eta_s=one.eta_s or 0), DESK)
    for state in ("en_route", "at_scene", "available"):
        clock.pass_s(60)
        for unit in ("M1", "E1"):
            house.do(ReportState(unit=unit, shift="2026-03-04D", state=state), DESK)
    house.do(CloseIncident(incident=incident, disposition="treated"), DESK)
    assert not house.rows("incident")

    story = house.see(ReadStory(incident=incident), asker("auditor 1", "auditor"))
    assert isinstance(story, Story)
    assert (story.number, story.notes, story.closed) == (WITHHELD, "not breathing well", True), "who oversees reads what was said, not who rang"
    assert any("M1 assigned by desk 1, 0:20 after the call" in line.says.en for line in story.lines)
    shown = [kept for kept in house.history(f"call:{incident}") if kept.entry.kind == "access.record-shown"]
    assert [(kept.entry.by, kept.entry.purpose) for kept in shown] == [("auditor 1", "oversight")]

    kept = [kept.fact for kept in house.history(f"offers:{incident}") if isinstance(kept.fact, CandidatesOffered)]
    assert len(kept) == 1
    head, verifier = house.ledger.head(), house.ledger.verifier
    assert b"555-0100" not in b"".join(entry.body for _, entry in house.ledger.read())
    house.close()

    audited = tmp_path / "ledger"
    if address:
        audited = tmp_path / "audited"
        assert main(["ledger", "copy", "--data", str(tmp_path), "--to", str(audited)]) == 0
    report = verify(audited, verifier)
    assert report.sound, report.sentences()
    again = small_house(tmp_path, clock)
    assert again.ledger.head() == head
    assert set(again.rows("unit")) == {"M1", "M2", "E1", "P1"}
    again.close()
    assert CHIEF.roles
