"""Which numbers of a block of paper forms came back."""

from tocsin.facts.calls import CallTaken, PaperBlockGiven, PaperFormVoided
from tocsin.kernel import Refused, Sight, View
from tocsin.rooms.calls.commands import ReadPaperBlock


class PaperBlock(View, frozen=True, kw_only=True):
    """A block of forms that was given out. `missing` are those below the highest that came back which did not."""

    block: str
    forms: int
    holder: str
    entered: tuple[str, ...]
    voided: tuple[str, ...]
    missing: tuple[str, ...]


def read_paper_block(ask: ReadPaperBlock, sight: Sight) -> PaperBlock:
    """The block as its facts leave it."""
    given, entered, voided = None, [], []
    for kept in sight.history(f"paper:{ask.block}"):
        match kept.fact:
            case PaperBlockGiven() as fact:
                given = (fact.forms, kept.entry.by)
            case CallTaken() as fact:
                entered.append(fact.form)
            case PaperFormVoided() as fact:
                voided.append(fact.form)
    if given is None:
        raise Refused("paper_block_unknown", f"no block {ask.block} was given out", f"未发放过单号段 {ask.block}", field="block", status=404)
    back = {int(form.partition("/")[2]) for form in (*entered, *voided)}
    missing = tuple(f"{ask.block}/{number:02d}" for number in range(1, max(back, default=0)) if number not in back)
    return PaperBlock(block=ask.block, forms=given[0], holder=given[1], entered=tuple(entered), voided=tuple(voided), missing=missing)
