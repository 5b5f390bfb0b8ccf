"""How a day's sample is kept once, reviewed by another than the viewer, and becomes a finding where it is questioned or waits too long."""

from tocsin.facts.access import FindingRaised, SampleDrawn, SampleReviewed
from tocsin.kernel import Command, Fact, Refused
from tocsin.rooms.access.commands import DrawSample, RaiseLateSamples, ReviewSample
from tocsin.rooms.access.model.rules import Decision
from tocsin.rooms.access.model.state import State


def _draw(state: State, command: DrawSample) -> tuple[Fact, ...]:
    of = command.of
    if of is None or of.day in state.sampled:
        return ()
    return tuple(SampleDrawn(sample=number, day=of.day, staff=one.staff, positions=one.positions, records=one.records, root=of.root, size=of.size,
                             after=of.after, every_days=of.every_days, showings=of.showings, each=of.each)
                 for one, number in zip(of.drawn, command.numbers, strict=True))


def _review(state: State, command: ReviewSample) -> tuple[Fact, ...]:
    now = state.samples.get(command.sample)
    if now is None:
        raise Refused("sample_unknown", f"there is no sample {command.sample}", f"没有抽样 {command.sample}", field="sample", status=404)
    if now.drawn.staff == command.by:
        raise Refused("review_own", "Somebody else reviews what you were shown; ask another supervisor or the auditor.",
                      "须由他人复核您的查看记录，请联系其他主管或审计员。", field="sample", status=403)
    if now.reviewed:
        raise Refused("sample_reviewed", f"{command.sample} was reviewed already.", f"{command.sample} 已复核。", field="sample")
    kept = SampleReviewed(sample=command.sample, outcome=command.outcome)
    if command.outcome == "ordinary":
        return (kept,)
    return (kept, FindingRaised(finding=f"{command.sample}-questioned", pattern="sample_questioned", staff=now.drawn.staff,
                                positions=now.drawn.positions, records=now.drawn.records))


def _raise(state: State, command: RaiseLateSamples) -> tuple[Fact, ...]:
    facts = []
    for sample, hours in command.late:
        now, finding = state.samples.get(sample), f"{sample}-unreviewed"
        if now is not None and not now.reviewed and finding not in state.findings:
            facts.append(FindingRaised(finding=finding, pattern="sample_unreviewed", staff=now.drawn.staff, positions=now.drawn.positions,
                                       records=now.drawn.records, measured={"hours_allowed": hours}))
    return tuple(facts)


DECISIONS: dict[type[Command], Decision] = {DrawSample: _draw, ReviewSample: _review, RaiseLateSamples: _raise}
