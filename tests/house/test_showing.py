"""Who is shown what, for which purpose: the policy's fields, refusals that say the rule and the remedy, broken glass, and no log, no data."""

from pathlib import Path

import pytest

from tests.floor import CHIEF, DESK, StillClock, asker, corner, small_house
from tests.ledger.faulty import faulty_disk
from tocsin.facts.access import FindingRaised, RecordShown
from tocsin.house import PURPOSES, Asker, Attaching, BadPolicy, House, Policy
from tocsin.kernel import WITHHELD, Kept, Refused
from tocsin.rooms.access.commands import BreakGlass, DecideFinding, EndGlass, ReadFinding, ReadGlass, ReadRights, ReviewGlass
from tocsin.rooms.access.views import FindingRow, FindingView, GlassRow, GlassView, RightsView
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import AddNote, ReadStory
from tocsin.rooms.dispatch.views import Story

AUDITOR, PLANNER, OTHER = asker("auditor 1", "auditor"), asker("planner 1", "planner"), asker("chief 2", "supervisor")
NUMBER, CALLER, NOTES = "+358 50 555 0101", "Aino Example", "smoke from the attic"
REASON = "the caller is a patient of ours"


def call(house: House) -> str:
    receipt = house.do(TakeCall(kind="fire", place=corner(1, 1), number=NUMBER, caller=CALLER, notes=NOTES), DESK)
    incident = receipt.subject.partition(":")[2]
    house.do(AddNote(incident=incident, note="two children inside"), DESK)
    return incident


def story(house: House, incident: str, by: Asker) -> Story:
    view = house.see(ReadStory(incident=incident), by)
    assert isinstance(view, Story)
    return view


def shown(house: House, incident: str) -> list[tuple[Kept, RecordShown]]:
    history = house.history(f"call:{incident}", f"incident:{incident}")
    return [(kept, kept.fact) for kept in history if isinstance(kept.fact, RecordShown)]


def for_purpose(by: Asker, purpose: str) -> Asker:
    return Asker(by.name, by.roles, by.agency, purpose)


def test_the_purpose_decides_which_fields_are_shown_and_the_fact_says_which(house: House) -> None:
    incident = call(house)
    whole = story(house, incident, DESK)
    assert (whole.number, whole.caller, whole.notes) == (NUMBER, CALLER, NOTES)
    kept, fact = next(one for one in shown(house, incident) if one[1].record == f"call:{incident}")
    assert (kept.entry.by, kept.entry.purpose, fact.incident, fact.rule) == ("desk 1", "response", incident, "floor-responds")
    assert (fact.fields, fact.roles, fact.medium) == (("caller", "number", "words"), ("call_taker", "dispatcher"), "screen")

    part = story(house, incident, AUDITOR)
    assert (part.number, part.caller, part.notes) == (WITHHELD, WITHHELD, NOTES)
    kept, fact = next(one for one in shown(house, incident) if one[0].entry.by == "auditor 1")
    assert (kept.entry.purpose, fact.fields, fact.rule) == ("oversight", ("words",), "reviewers-read-words")


def test_a_supervisor_who_states_oversight_is_shown_less_than_one_who_responds(house: House) -> None:
    incident = call(house)
    assert story(house, incident, CHIEF).number == NUMBER
    assert story(house, incident, for_purpose(CHIEF, "oversight")).number == WITHHELD


def test_a_purpose_that_is_none_of_the_doors_opens_nothing_and_says_which_are(house: House) -> None:
    incident = call(house)
    before = house.ledger.head()
    with pytest.raises(Refused) as no:
        story(house, incident, for_purpose(DESK, "disclosure"))
    assert (no.value.code, no.value.status) == ("purpose_not_here", 403)
    assert "response" in no.value.words.en
    assert "处置警情" in no.value.words.zh
    assert house.ledger.head() == before, "nothing was shown, so nothing is kept as shown"


def test_nobody_else_reads_a_story_and_the_no_says_how_it_could_be_read(house: House) -> None:
    incident = call(house)
    with pytest.raises(Refused) as no:
        story(house, incident, PLANNER)
    assert no.value.code == "role_missing"
    assert "break the glass" in no.value.words.en
    assert "紧急访问" in no.value.words.zh
    with pytest.raises(Refused) as partner:
        story(house, incident, asker("water works", "partner"))
    assert "glass" not in partner.value.words.en, "another agency's people cannot break it"


def test_broken_glass_opens_at_once_for_its_time_and_every_showing_carries_it(house: House, clock: StillClock) -> None:
    incident = call(house)
    glass = house.do(BreakGlass(reason=REASON, about=incident, minutes=10), PLANNER).subject.partition(":")[2]
    row = house.rows("glass")[glass]
    assert isinstance(row, GlassRow)
    assert (row.by, row.shown, row.verdict) == ("planner 1", 0, None), "the floor sees it while it lasts"
    assert story(house, incident, PLANNER).number == NUMBER
    marked = [(kept.entry.purpose, fact.glass) for kept, fact in shown(house, incident) if kept.entry.by == "planner 1"]
    assert marked and set(marked) == {("break_glass", glass)}
    assert story(house, incident, DESK).number == NUMBER
    assert [fact.glass for kept, fact in shown(house, incident) if kept.entry.by == "desk 1"][-1] == "", "another's glass is not theirs"

    clock.pass_s(10 * 60)
    with pytest.raises(Refused, match="role_missing"):
        story(house, incident, PLANNER)


def test_the_clock_set_back_before_the_glass_was_broken_does_not_open_it(house: House, clock: StillClock) -> None:
    incident = call(house)
    house.do(BreakGlass(reason=REASON), PLANNER)
    clock.pass_s(-3600)
    with pytest.raises(Refused, match="role_missing"):
        story(house, incident, PLANNER)


def test_stating_broken_glass_without_one_is_refused(house: House) -> None:
    incident = call(house)
    with pytest.raises(Refused, match="glass_not_broken"):
        story(house, incident, for_purpose(DESK, "break_glass"))


def test_it_is_reviewed_by_somebody_else_who_sees_the_reason_and_all_that_was_opened(house: House, clock: StillClock) -> None:
    incident = call(house)
    glass = house.do(BreakGlass(reason=REASON, minutes=5), CHIEF).subject.partition(":")[2]
    story(house, incident, for_purpose(CHIEF, "break_glass"))
    with pytest.raises(Refused, match="glass_lasts"):
        house.do(ReviewGlass(glass=glass, verdict="justified"), OTHER)
    house.do(EndGlass(glass=glass), OTHER)
    with pytest.raises(Refused, match="glass_over"):
        house.do(EndGlass(glass=glass), CHIEF)
    with pytest.raises(Refused, match="review_own"):
        house.do(ReviewGlass(glass=glass, verdict="justified"), CHIEF)
    view = house.see(ReadGlass(glass=glass), AUDITOR)
    assert isinstance(view, GlassView)
    assert view.reason == REASON
    assert {one.record for one in view.shown} == {f"call:{incident}", f"incident:{incident}"}
    assert {one.position for one in view.shown} <= {kept.position for kept, _ in shown(house, incident)}
    house.do(ReviewGlass(glass=glass, verdict="not_justified", note="no task at the time"), OTHER)
    with pytest.raises(Refused, match="glass_reviewed"):
        house.do(ReviewGlass(glass=glass, verdict="justified"), asker("chief 3", "supervisor"))


def test_only_the_one_who_broke_it_or_a_supervisor_ends_it(house: House) -> None:
    glass = house.do(BreakGlass(reason=REASON), PLANNER).subject.partition(":")[2]
    with pytest.raises(Refused, match="not_yours"):
        house.do(EndGlass(glass=glass), AUDITOR)
    house.do(EndGlass(glass=glass), PLANNER)
    with pytest.raises(Refused, match="glass_unknown"):
        house.do(EndGlass(glass="261123-9999"), CHIEF)


def test_one_that_nobody_reviewed_in_time_is_a_finding_once_and_another_decides_it(house: House, clock: StillClock) -> None:
    glass = house.do(BreakGlass(reason=REASON, minutes=5), CHIEF).subject.partition(":")[2]
    clock.pass_s(300 + 24 * 3600 - 1)
    house.tick()
    assert not house.rows("finding")
    clock.pass_s(1)
    for _ in range(3):
        house.tick()
    raised = [kept for kept in house.history(f"finding:{glass}-unreviewed") if isinstance(kept.fact, FindingRaised)]
    assert len(raised) == 1
    view = house.see(ReadFinding(finding=f"{glass}-unreviewed"), AUDITOR)
    assert isinstance(view, FindingView)
    assert (view.pattern, view.staff, view.glass) == ("glass_unreviewed", "chief 1", glass)
    with pytest.raises(Refused, match="review_own"):
        house.do(DecideFinding(finding=f"{glass}-unreviewed", decision="explained", note="forgotten"), CHIEF)
    house.do(DecideFinding(finding=f"{glass}-unreviewed", decision="mistake", note="reviewed late"), OTHER)
    row = house.rows("finding")[f"{glass}-unreviewed"]
    assert isinstance(row, FindingRow)
    assert (row.decision, row.decided_by) == ("mistake", "chief 2")
    with pytest.raises(Refused, match="finding_decided"):
        house.do(DecideFinding(finding=f"{glass}-unreviewed", decision="breach", note="again"), AUDITOR)


def test_what_cannot_be_kept_is_not_shown(tmp_path: Path) -> None:
    with faulty_disk() as disk, small_house(tmp_path / "data") as house:
        incident = call(house)
        assert story(house, incident, DESK).number == NUMBER
        disk.full = True
        with pytest.raises(Refused, match=r"ledger\.full"):
            story(house, incident, DESK)
        disk.full = False
        assert story(house, incident, DESK).number == NUMBER


def test_every_purpose_that_a_door_names_is_one_that_has_words(house: House) -> None:
    for room in house.rooms:
        for door in room.doors:
            assert {door.purpose, *door.also} <= set(PURPOSES), door.path
            assert not door.glass or door.verb == "GET", "broken glass opens looking, not doing"


def test_a_file_is_withheld_from_an_auditor_with_the_rule_that_would_show_it(house: House) -> None:
    incident = call(house)
    files = Attaching(house)
    number = files.attach(incident, b"a plain text file of the scene\n", "scene.txt", DESK).subject.partition(":")[2]
    with pytest.raises(Refused) as no:
        files.open(number, AUDITOR)
    assert (no.value.code, no.value.status) == ("field_withheld", 403)
    assert "glass-is-broken" in no.value.words.en
    assert files.open(number, DESK).content.startswith(b"a plain text")


def test_everybody_reads_their_own_rights_with_the_rules(house: House) -> None:
    view = house.see(ReadRights(), AUDITOR)
    assert isinstance(view, RightsView)
    first = {right.purpose: right for right in view.rights if right.fields}
    assert set(first) == {"oversight", "review", "break_glass"}
    assert [(rule.rule, rule.says.zh[:3]) for rule in first["oversight"].rules] == [("reviewers-read-words", "审计员")]


@pytest.mark.parametrize(("text", "says"), [
    ("permit (", "unexpected"),
    ('permit (principal, action, resource);', "every rule has an @id"),
    ('@id("a") @en("A.") permit (principal, action, resource);', "look at a"),
    ('@id("a") @en("A.") @zh("甲") permit (principal, action, resource);@id("a") @en("A.") @zh("甲") permit (principal, action, resource);', "two rules are called a"),
])
def test_a_policy_that_is_none_says_what_is_wrong(text: str, says: str) -> None:
    with pytest.raises(BadPolicy, match=says):
        Policy(text)


def test_a_forbidding_rule_takes_away_what_another_permits() -> None:
    policy = Policy('@id("all") @en("All.") @zh("全部") permit (principal, action, resource);'
                    '@id("no-files") @en("No files.") @zh("无附件") forbid (principal, action, resource == Field::"file") unless { context.purpose == "response" };')
    assert policy.shows(["auditor"], "oversight").fields == {"caller", "number", "words"}
    assert policy.shows(["auditor"], "response").fields == {"caller", "number", "words", "file"}
