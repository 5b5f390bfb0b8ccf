"""The pages themselves: A4, black on white, the moment large on every one of them; the pack, and blank numbered forms."""

import warnings
from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from tocsin.edges.paper.contents import STEP_WORDS, Pack, PackIncident
from tocsin.edges.paper.council import council
from tocsin.edges.paper.printing import Printed
from tocsin.edges.paper.sheet import EDGE, FOOT, LINE, TOP, WIDE, Sheet
from tocsin.edges.paper.words import RULES, WORDS
from tocsin.facts.dispatch import Need
from tocsin.kernel import Instant, Words, from_instant

_FORMS_A_PAGE = 3


def pages(order: Printed) -> bytes:
    """The document that was ordered."""
    warnings.simplefilter("ignore")  # a face without bold letters for one sign is no fault of the floor's
    paper = council(order, order.council) if order.council is not None else _pack(order, order.pack) if order.pack is not None else _forms(order)
    paper.finish()
    return bytes(paper.output())


def _letters(order: Printed) -> str:
    """Every letter that may be printed: those of the words, and of the pack itself."""
    words = [*WORDS.values(), *RULES, *STEP_WORDS.values()]
    pack = order.pack
    said = [order.city, order.block, "0123456789×、，：…·→#?–—|:.,;/-+()[]abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ '\""]
    if pack is not None:
        words += [*pack.kinds.values(), *pack.skills.values(), *pack.states.values(), *pack.unit_kinds.values(),
                  *(Words(one.en, one.zh) for one in pack.contacts.contacts)]
        said += [pack.city, *pack.closures, *(one.number for one in pack.contacts.contacts)]
        for one in pack.incidents:
            said += [one.id, one.place.text, one.kind]
            words += [words for record in one.records for answer in record.answers for words in answer]
        for unit in pack.units:
            said += [unit.id, unit.station, unit.unit_kind, *unit.skills]
    return "".join(said) + "".join(one.zh if order.tongue == "zh" else one.en for one in words)


def _pack(order: Printed, pack: Pack) -> Sheet:
    zone = ZoneInfo(pack.zone)
    moment = f"{from_instant(pack.at).astimezone(zone):%Y-%m-%d %H:%M:%S}"
    marks = [_pick(order, "demo")] if pack.demo else []
    paper = Sheet(order, _letters(order), f"{pack.city} · {_pick(order, 'title')}", f"{_pick(order, 'as_of')} {moment}", marks)
    paper.add_page()
    paper.section(f"{paper.word('incidents')}: {len(pack.incidents) + pack.left_out}")
    for one in pack.incidents:
        _incident(paper, pack, one, zone)
    if pack.left_out:
        paper.over(paper.word("left_out", count=pack.left_out))
    if not pack.incidents:
        paper.over(paper.word("none"))
    _units(paper, pack, zone)
    paper.section(f"{paper.word('closures')}: {len(pack.closures)}")
    paper.over("; ".join(pack.closures) or paper.word("none"))
    paper.section(paper.word("plan"), paper.word("sample") if pack.plan_sample else "")
    for card in pack.cards:
        _run_card(paper, pack, paper.said(pack.kinds[card.kind]), card.needs)
    paper.section(paper.word("contacts"), paper.word("sample_contacts") if pack.contacts.sample else "")
    for contact in pack.contacts.contacts:
        paper.put(110, paper.said(Words(contact.en, contact.zh)))
        paper.face(10, bold=True)
        paper.put(0, contact.number)
        paper.face(9)
        paper.ln()
    paper.section(paper.word("rules"))
    for number, rule in enumerate(RULES, 1):
        paper.over(f"{number}. {paper.said(rule)}")
    return paper


def _pick(order: Printed, name: str) -> str:
    return WORDS[name].zh if order.tongue == "zh" else WORDS[name].en


def _named(paper: Sheet, pack: Pack, needs: Iterable[Need]) -> str:
    comma = "、" if paper.tongue == "zh" else ", "
    return comma.join(f"{need.count} × {paper.said(pack.skills.get(need.skill, Words(need.skill, need.skill)))}" for need in needs)


def _incident(paper: Sheet, pack: Pack, one: PackIncident, zone: ZoneInfo) -> None:
    """What and where; what it needs, and what it still lacks on a line of its own; who was sent, when there. Nothing is cut off but a place."""
    if paper.will_page_break(6 * LINE):
        paper.add_page()
    paper.face(11, bold=True)
    paper.put(30, one.id, high=5.4)
    paper.put(12, f"P{one.priority}", high=5.4)
    paper.put(44, _headed(paper.said(pack.kinds.get(one.kind, Words(one.kind, one.kind)))), high=5.4)
    paper.put(72, one.place.text or f"{one.place.lat:.5f}, {one.place.lon:.5f}", high=5.4)
    paper.face(9)
    paper.put(0, f"{paper.word('called')} {_hour(one.called_at, zone)}", align="R", high=5.4)
    paper.ln()
    paper.under(30, f"{paper.word('needs')}: {_named(paper, pack, one.needs)}")
    if one.unmet:
        paper.under(30, f"{paper.word('lacking')}: {_named(paper, pack, one.unmet)}", bold=True)
    paper.under(30, " · ".join(_steps(paper, pack, one, zone)) or paper.word("nobody"))
    for record in one.records:
        answers = " · ".join(f"{paper.said(asked)}: {paper.said(said)}" for asked, said in record.answers)
        paper.under(30, f"{_hour(record.at, zone)} {record.unit} {paper.word('record')}{paper.word('corrected') if record.number > 1 else ''}: {answers or paper.word('free_words_only')}")
    paper.line(EDGE, paper.get_y() + 0.4, WIDE - EDGE, paper.get_y() + 0.4)
    paper.ln(1)


def _steps(paper: Sheet, pack: Pack, one: PackIncident, zone: ZoneInfo) -> Iterator[str]:
    for step in one.steps:
        words = pack.states.get(step.what) or STEP_WORDS.get(step.what, Words(step.what, step.what))
        said = f"{paper.said(words)} {step.unit}" if step.what == "priority" else f"{step.unit} {paper.said(words)}"
        yield f"{_hour(step.at, zone)} {said}"


def _units(paper: Sheet, pack: Pack, zone: ZoneInfo) -> None:
    paper.section(f"{paper.word('units')}: {len(pack.units)}")
    columns = (("station", 30.0), ("unit", 17.0), ("kind", 31.0), ("state", 21.0), ("since", 12.0), ("incident", 23.0), ("skills", 0.0))
    paper.face(8, bold=True)
    for name, wide in columns:
        paper.put(wide, paper.word(name))
    paper.ln()
    kinds = {code: paper.said(words) for code, words in pack.unit_kinds.items()}
    states = {code: paper.said(words) for code, words in pack.states.items()}
    skills = {code: paper.said(words) for code, words in pack.skills.items()}
    station = ""
    for unit in pack.units:
        if paper.will_page_break(2 * LINE):
            paper.add_page()
        paper.face(8)
        paper.put(30, unit.station if unit.station != station else "")
        station = unit.station
        paper.face(9, bold=True)
        paper.put(17, unit.id)
        paper.face(8)
        for wide, text in ((31, kinds.get(unit.unit_kind, unit.unit_kind)), (21, states.get(unit.state, unit.state)),
                           (12, _hour(unit.since, zone)), (23, unit.incident)):
            paper.put(wide, text)
        paper.over(", ".join(skills.get(skill, skill) for skill in unit.skills))


def _run_card(paper: Sheet, pack: Pack, name: str, needs: dict[str, tuple[Need, ...]]) -> None:
    if paper.will_page_break(6 * LINE):
        paper.add_page()
    paper.face(10, bold=True)
    paper.over(_headed(name), 5)
    paper.face(9)
    for priority in sorted(needs):
        paper.set_x(EDGE + 6)
        paper.put(12, f"P{priority}")
        paper.put(0, _named(paper, pack, needs[priority]))
        paper.ln()


def _forms(order: Printed) -> Sheet:
    """Blank forms, three a page, each with its own number of the desk's block."""
    paper = Sheet(order, _letters(order), f"{order.city} · {_pick(order, 'form_call')}", f"{_pick(order, 'form_number')} {order.block}", [])
    high = (297 - TOP - FOOT) / _FORMS_A_PAGE
    for number in range(1, order.forms + 1):
        place = (number - 1) % _FORMS_A_PAGE
        if place == 0:
            paper.add_page()
            paper.face(8)
            paper.over(paper.word("forms_note"), 3.6)
        _form(paper, f"{order.block}/{number:02d}", TOP + 6 + place * high, high - 4)
    return paper


def _form(paper: Sheet, number: str, top: float, high: float) -> None:
    wide = WIDE - 2 * EDGE
    paper.rect(EDGE, top, wide, high)
    paper.set_xy(EDGE + 2, top + 1.5)
    paper.face(15, bold=True)
    paper.put(64, number, high=8)
    paper.face(8)
    for name in ("time_called", "priority", "kind"):
        paper.put(40, f"{paper.word(name)}:", high=8)
    for line, names in enumerate((("place", "caller"), ("happened",))):
        paper.set_xy(EDGE + 2, top + 11 + 11 * line)
        for name in names:
            paper.put(wide / len(names) - 2, f"{paper.word(name)}:", high=10, border="B")
    paper.set_xy(EDGE + 2, top + 35)
    columns = ("unit", "sent", "there", "free")
    for names in (columns, *[("",) * 4] * 3):
        paper.set_x(EDGE + 2)
        for name in names:
            paper.put((wide - 4) / 4, paper.word(name) if name else "", high=7, border=1)
        paper.ln()
    paper.set_xy(EDGE + 2, top + 65)
    for name in ("ended", "time_ended", "by"):
        paper.put((wide - 4) / 3, f"{paper.word(name)}:", high=9)


def _hour(at: Instant, zone: ZoneInfo) -> str:
    return f"{from_instant(at).astimezone(zone):%H:%M}"


def _headed(text: str) -> str:
    return text[:1].upper() + text[1:]
