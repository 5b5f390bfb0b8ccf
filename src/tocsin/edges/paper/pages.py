"""The pages themselves: A4, black on white, the moment large on every one of them; the pack, and blank numbered forms."""

import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from fpdf import FPDF
from fpdf.enums import TextEmphasis

from tocsin.edges.paper.contents import STEP_WORDS, Pack, PackIncident
from tocsin.edges.paper.faces import Faces
from tocsin.edges.paper.printing import Printed
from tocsin.edges.paper.words import RULES, WORDS
from tocsin.facts.dispatch import Need
from tocsin.kernel import Instant, Words, from_instant

_WIDE, _EDGE, _TOP, _FOOT = 210.0, 12.0, 26.0, 16.0
_LINE = 4.6
_FORMS_A_PAGE = 3


class _Paper(FPDF):
    """A4 pages in one language, with the head and foot that every page has."""

    def __init__(self, order: Printed, text: str, head: str, moment: str, marks: Sequence[str]) -> None:
        super().__init__(format="A4")
        self._tongue, self._head, self._moment, self._marks = order.tongue, head, moment, marks
        self.set_margins(_EDGE, _TOP, _EDGE)
        self.set_auto_page_break(True, _FOOT)
        self.faces = Faces(self, order.faces, Path(order.kept), text)
        self.set_fallback_fonts([key for key in self.fonts if not key.endswith("B")], exact_match=False)
        self.set_title(head)
        self.set_lang("zh-CN" if order.tongue == "zh" else "en")

    def get_fallback_font(self, char: str, style: str = "") -> str | None:
        """The face that was chosen for this letter when the document was begun."""
        return self.faces.of(char, TextEmphasis.coerce(style))

    def face(self, size: float, *, bold: bool = False) -> None:
        """Go on in this size and weight."""
        self.set_font(self.faces.family, "B" if bold else "", size)

    def word(self, name: str, **filled: object) -> str:
        """A word of the pages."""
        return self.said(WORDS[name]).format(**filled) if filled else self.said(WORDS[name])

    def said(self, words: Words) -> str:
        """Words in the pages' language."""
        return words.zh if self._tongue == "zh" else words.en

    def put(self, wide: float, text: str, *, align: str = "L", high: float = _LINE, border: Literal[0, 1] | str = 0) -> None:
        """One cell on this line, cut off where it is too long: a line of paper never runs over its neighbour."""
        text = self.faces.printable(text)
        room = (wide or self.w - self.r_margin - self.x) - 1.5
        if self.get_string_width(text) > room:
            cut = "..." if self.faces.plain else "…"
            while text and self.get_string_width(text + cut) > room:
                text = text[:-max(1, len(text) // 12)]
            text += cut
        self.cell(wide, high, text, align=align, border=border)

    def over(self, text: str, high: float = _LINE) -> None:
        """A paragraph."""
        self.multi_cell(0, high, self.faces.printable(text), new_x="LMARGIN", new_y="NEXT", align="L")

    def under(self, indent: float, text: str, *, bold: bool = False) -> None:
        """A paragraph that begins further in; the line goes on below it."""
        self.set_x(_EDGE + indent)
        self.face(9, bold=bold)
        self.multi_cell(0, _LINE, self.faces.printable(text), new_x="LMARGIN", new_y="NEXT", align="L")
        self.face(9)

    def header(self) -> None:
        """City and kind of paper, marks, and the moment, large."""
        self.set_xy(_EDGE, 8)
        self.face(11, bold=True)
        self.put(72, self._head, high=9)
        self.face(10, bold=True)
        self.put(22, " · ".join(self._marks), high=9)
        self.face(17, bold=True)
        self.put(0, self._moment, align="R", high=9)
        self.line(_EDGE, 19, _WIDE - _EDGE, 19)
        self.set_y(_TOP - 4)

    def finish(self) -> None:
        """The foot of every page, once it is known how many there are: page x of y, and that no person is named."""
        self.set_auto_page_break(False)
        pages = self.pages_count
        for self.page in range(1, pages + 1):
            self.face(9)
            self.face(8)
            self.set_xy(_EDGE, 297 - 12)
            self.put(140, self.word("no_persons"))
            self.put(0, self.word("page", page=self.page, pages=pages), align="R")

    def section(self, title: str, mark: str = "") -> None:
        """A heading, kept with what follows."""
        if self.will_page_break(24):
            self.add_page()
        self.ln(3)
        self.face(12, bold=True)
        self.over(f"{title}{f' · {mark}' if mark else ''}", 7)
        self.face(9)


def pages(order: Printed) -> bytes:
    """The document that was ordered."""
    warnings.simplefilter("ignore")  # a face without bold letters for one sign is no fault of the floor's
    paper = _pack(order, order.pack) if order.pack is not None else _forms(order)
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
        for unit in pack.units:
            said += [unit.id, unit.station, unit.unit_kind, *unit.skills]
    return "".join(said) + "".join(one.zh if order.tongue == "zh" else one.en for one in words)


def _pack(order: Printed, pack: Pack) -> _Paper:
    zone = ZoneInfo(pack.zone)
    moment = f"{from_instant(pack.at).astimezone(zone):%Y-%m-%d %H:%M:%S}"
    marks = [_pick(order, "demo")] if pack.demo else []
    paper = _Paper(order, _letters(order), f"{pack.city} · {_pick(order, 'title')}", f"{_pick(order, 'as_of')} {moment}", marks)
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


def _named(paper: _Paper, pack: Pack, needs: Iterable[Need]) -> str:
    comma = "、" if paper._tongue == "zh" else ", "
    return comma.join(f"{need.count} × {paper.said(pack.skills.get(need.skill, Words(need.skill, need.skill)))}" for need in needs)


def _incident(paper: _Paper, pack: Pack, one: PackIncident, zone: ZoneInfo) -> None:
    """What and where; what it needs, and what it still lacks on a line of its own; who was sent, when there. Nothing is cut off but a place."""
    if paper.will_page_break(6 * _LINE):
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
    paper.line(_EDGE, paper.get_y() + 0.4, _WIDE - _EDGE, paper.get_y() + 0.4)
    paper.ln(1)


def _steps(paper: _Paper, pack: Pack, one: PackIncident, zone: ZoneInfo) -> Iterator[str]:
    for step in one.steps:
        words = pack.states.get(step.what) or STEP_WORDS.get(step.what, Words(step.what, step.what))
        said = f"{paper.said(words)} {step.unit}" if step.what == "priority" else f"{step.unit} {paper.said(words)}"
        yield f"{_hour(step.at, zone)} {said}"


def _units(paper: _Paper, pack: Pack, zone: ZoneInfo) -> None:
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
        if paper.will_page_break(2 * _LINE):
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


def _run_card(paper: _Paper, pack: Pack, name: str, needs: dict[str, tuple[Need, ...]]) -> None:
    if paper.will_page_break(6 * _LINE):
        paper.add_page()
    paper.face(10, bold=True)
    paper.over(_headed(name), 5)
    paper.face(9)
    for priority in sorted(needs):
        paper.set_x(_EDGE + 6)
        paper.put(12, f"P{priority}")
        paper.put(0, _named(paper, pack, needs[priority]))
        paper.ln()


def _forms(order: Printed) -> _Paper:
    """Blank forms, three a page, each with its own number of the desk's block."""
    paper = _Paper(order, _letters(order), f"{order.city} · {_pick(order, 'form_call')}", f"{_pick(order, 'form_number')} {order.block}", [])
    high = (297 - _TOP - _FOOT) / _FORMS_A_PAGE
    for number in range(1, order.forms + 1):
        place = (number - 1) % _FORMS_A_PAGE
        if place == 0:
            paper.add_page()
            paper.face(8)
            paper.over(paper.word("forms_note"), 3.6)
        _form(paper, f"{order.block}/{number:02d}", _TOP + 6 + place * high, high - 4)
    return paper


def _form(paper: _Paper, number: str, top: float, high: float) -> None:
    wide = _WIDE - 2 * _EDGE
    paper.rect(_EDGE, top, wide, high)
    paper.set_xy(_EDGE + 2, top + 1.5)
    paper.face(15, bold=True)
    paper.put(64, number, high=8)
    paper.face(8)
    for name in ("time_called", "priority", "kind"):
        paper.put(40, f"{paper.word(name)}:", high=8)
    for line, names in enumerate((("place", "caller"), ("happened",))):
        paper.set_xy(_EDGE + 2, top + 11 + 11 * line)
        for name in names:
            paper.put(wide / len(names) - 2, f"{paper.word(name)}:", high=10, border="B")
    paper.set_xy(_EDGE + 2, top + 35)
    columns = ("unit", "sent", "there", "free")
    for names in (columns, *[("",) * 4] * 3):
        paper.set_x(_EDGE + 2)
        for name in names:
            paper.put((wide - 4) / 4, paper.word(name) if name else "", high=7, border=1)
        paper.ln()
    paper.set_xy(_EDGE + 2, top + 65)
    for name in ("ended", "time_ended", "by"):
        paper.put((wide - 4) / 3, f"{paper.word(name)}:", high=9)


def _hour(at: Instant, zone: ZoneInfo) -> str:
    return f"{from_instant(at).astimezone(zone):%H:%M}"


def _headed(text: str) -> str:
    return text[:1].upper() + text[1:]
