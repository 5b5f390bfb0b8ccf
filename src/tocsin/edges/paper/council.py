"""The paper for the council: one study with its first line, figures with intervals, the city before and after, who pays, and what it stands on."""

from math import cos, radians
from zoneinfo import ZoneInfo

from tocsin.edges.paper.contents import CouncilPaper
from tocsin.edges.paper.printing import Printed
from tocsin.edges.paper.sheet import EDGE, LINE, WIDE, Sheet
from tocsin.edges.paper.words import COUNCIL, WORDS
from tocsin.facts.planning import Answer, Between, Line
from tocsin.kernel import Words, from_instant

_SIGNS = "0123456789×、，：；（）“”。…·→#?–—−+±%|:.,;/-()[]<>=& '\"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_STEPS_MIN = (5, 8, 11, 15)
_SHADES = ((222, 235, 247), (158, 202, 225), (107, 174, 214), (49, 130, 189), (8, 69, 148))
_EMPTY = (255, 255, 255)
_MAP_WIDE, _MAP_HIGH = 90.0, 96.0
_MOST_DISTRICTS = 18


def council(order: Printed, paper: CouncilPaper) -> Sheet:
    """The document."""
    zone, found = ZoneInfo(paper.zone), paper.answer
    say = COUNCIL["title"].zh if order.tongue == "zh" else COUNCIL["title"].en
    marks = [WORDS["demo"]] * paper.demo + [COUNCIL["sample_calls"]] * found.sample + [COUNCIL["not_validated"]] * (found.validated is not True)
    sheet = Sheet(order, _letters(order, paper), f"{paper.city} · {say}", f"{from_instant(paper.at).astimezone(zone):%Y-%m-%d %H:%M}", (),
                  foot=_pick(order.tongue, "foot").format(study=paper.study))
    sheet.add_page()
    if marks:
        sheet.face(11, bold=True)
        sheet.over(" · ".join(sheet.said(one) for one in marks), 6)
    sheet.section(_word(sheet, "question"))
    sheet.face(12, bold=True)
    sheet.over(sheet.said(paper.question), 6)
    sheet.section(_word(sheet, "answer"))
    sheet.face(11, bold=True)
    sheet.over(sheet.said(found.first_line), 5.6)
    sheet.face(10)
    sheet.over(sheet.said(found.tenth_line), 5.2)
    sheet.over(sheet.said(found.validity), 5.2)
    _figures(sheet, found)
    _maps(sheet, paper)
    _pays(sheet, found)
    sheet.section(_word(sheet, "computed"))
    source = _word(sheet, "made") if found.sample else _word(sheet, "own").format(count=found.record.calls, days=found.record.days)
    sheet.over(_word(sheet, "how").format(days=found.days, replications=found.replications, calls=found.calls, source=source + ("" if order.tongue == "zh" else " ")))
    sheet.face(7)
    sheet.over(" · ".join(f"{name} {value}" for name, value in found.computed.items() if value), 3.6)
    sheet.section(_word(sheet, "not_modelled"))
    for one in found.not_modelled:
        sheet.over(f"· {sheet.said(one)}")
    sheet.section(_word(sheet, "decided"))
    for step in paper.decisions:
        sheet.over(f"{from_instant(step.at).astimezone(zone):%Y-%m-%d %H:%M}  {_word(sheet, step.what)}  {step.by}{'  — ' + step.because if step.because else ''}")
    return sheet


def _letters(order: Printed, paper: CouncilPaper) -> str:
    """Every letter that may be printed."""
    words: list[Words] = [*COUNCIL.values(), *WORDS.values(), paper.question, paper.answer.first_line, paper.answer.tenth_line, paper.answer.validity, *paper.answer.not_modelled]
    said = [_SIGNS, paper.city, *(line.name for line in paper.answer.districts), *(step.by + step.because for step in paper.decisions)]
    return "".join(said) + "".join(one.zh if order.tongue == "zh" else one.en for one in words)


def _pick(tongue: str, name: str) -> str:
    return COUNCIL[name].zh if tongue == "zh" else COUNCIL[name].en


def _word(sheet: Sheet, name: str) -> str:
    return sheet.said(COUNCIL[name])


def _figures(sheet: Sheet, found: Answer) -> None:
    """The table of figures: before, after, and the difference with its interval."""
    sheet.ln(2)
    whole = found.whole
    rows: list[tuple[str, str, str, str]] = [
        ("mean", _clock(whole.before.mean_s), _clock(whole.after.mean_s), _seconds(whole.mean_s)), ("p90", _clock(whole.before.p90_s), _clock(whole.after.p90_s), _seconds(found.p90_s)),
        ("late", f"{whole.before.late:.1%}", f"{whole.after.late:.1%}", _points(whole.late)), ("tenth", _clock(found.tenth.before_s), _clock(found.tenth.after_s), "")]
    rows += [(name, f"{two.before:,.1f}", f"{two.after:,.1f}", "") for name, two in (("km", found.km), ("sent", found.sent), ("waited", found.waited), ("never", found.never))]
    columns = (78.0, 28.0, 28.0, 0.0)
    sheet.face(8, bold=True)
    for wide, name in zip(columns, ("", "before", "after", "difference"), strict=True):
        sheet.put(wide, _word(sheet, name) if name else "", align="L" if wide == columns[0] else "R")
    sheet.ln()
    for name, *cells in rows:
        sheet.face(9)
        sheet.put(columns[0], _word(sheet, name), high=5.2)
        for wide, text in zip(columns[1:], cells, strict=True):
            sheet.put(wide, text, align="R", high=5.2)
        sheet.ln()


def _maps(sheet: Sheet, paper: CouncilPaper) -> None:
    """The city's cells twice, the darker the longer the first unit takes."""
    rings = [list(zip(outline[::2], outline[1::2], strict=True)) for outline in paper.outlines]
    if not rings:
        return
    if sheet.will_page_break(_MAP_HIGH + 26):
        sheet.add_page()
    sheet.section(_word(sheet, "map"))
    lons, lats = ([point[axis] for ring in rings for point in ring] for axis in (0, 1))
    squeeze = cos(radians((min(lats) + max(lats)) / 2))
    scale = min(_MAP_WIDE / ((max(lons) - min(lons)) * squeeze), _MAP_HIGH / (max(lats) - min(lats)))
    top = sheet.get_y() + LINE + 1
    for name, times, left in (("before", paper.answer.cells.before_s, EDGE), ("after", paper.answer.cells.after_s, WIDE / 2 + 2)):
        sheet.set_xy(left, top - LINE - 1)
        sheet.face(9, bold=True)
        sheet.put(_MAP_WIDE, _word(sheet, name))
        with sheet.local_context(draw_color=200, line_width=0.05):
            for ring, seconds in zip(rings, times, strict=True):
                sheet.set_fill_color(*_shade(seconds))
                sheet.polygon([(left + (lon - min(lons)) * squeeze * scale, top + (max(lats) - lat) * scale) for lon, lat in ring], style="DF")
    sheet.set_xy(EDGE, top + (max(lats) - min(lats)) * scale + 2)
    _legend(sheet)


def _legend(sheet: Sheet) -> None:
    sheet.face(8)
    low = 0
    for high, shade in zip((*_STEPS_MIN, 0), _SHADES, strict=True):
        sheet.set_fill_color(*shade)
        sheet.rect(sheet.get_x(), sheet.get_y() + 0.6, 5, 3.4, "DF")
        sheet.set_x(sheet.get_x() + 6)
        sheet.put(17, f"{low}–{high}" if high else f"> {low}")
        low = high
    sheet.put(17, _word(sheet, "minutes"))
    sheet.set_fill_color(*_EMPTY)
    sheet.rect(sheet.get_x(), sheet.get_y() + 0.6, 5, 3.4, "DF")
    sheet.set_x(sheet.get_x() + 6)
    sheet.put(0, _word(sheet, "few"))
    sheet.ln(LINE + 1)


def _shade(seconds: int) -> tuple[int, int, int]:
    return _EMPTY if seconds < 0 else _SHADES[sum(seconds > 60 * step for step in _STEPS_MIN)]


def _pays(sheet: Sheet, found: Answer) -> None:
    """The districts that are worse off first, then the others by their calls."""
    sheet.section(_word(sheet, "pays"))
    if not any(line.surely or line.perhaps for line in found.districts):
        sheet.over(_word(sheet, "nobody_pays"))
    lines = sorted(found.districts, key=lambda line: (not line.surely, not line.perhaps, -line.calls))
    columns = (52.0, 16.0, 20.0, 20.0, 48.0, 0.0)
    sheet.face(8, bold=True)
    for wide, name in zip(columns, ("district", "calls", "before", "after", "difference", ""), strict=True):
        sheet.put(wide, _word(sheet, name) if name else "", align="L" if name == "district" else "R")
    sheet.ln()
    for line in lines[:_MOST_DISTRICTS]:
        if sheet.will_page_break(2 * LINE):
            sheet.add_page()
        _district(sheet, line, columns)
    if len(lines) > _MOST_DISTRICTS:
        sheet.over(_word(sheet, "others").format(count=len(lines) - _MOST_DISTRICTS))


def _district(sheet: Sheet, line: Line, columns: tuple[float, ...]) -> None:
    worse = "surely" if line.surely else "perhaps" if line.perhaps else ""
    cells = (line.name, f"{line.calls:,}", _clock(line.before.mean_s), _clock(line.after.mean_s), _seconds(line.mean_s), _word(sheet, worse) if worse else "")
    sheet.face(8, bold=line.surely)
    for wide, text in zip(columns, cells, strict=True):
        sheet.put(wide, text, align="L" if wide == columns[0] else "R")
    sheet.ln()


def _clock(seconds: float) -> str:
    return f"{round(seconds) // 60}:{round(seconds) % 60:02d}"


def _seconds(one: Between) -> str:
    return f"{one.value:+.0f} s ({one.low:+.0f} … {one.high:+.0f})"


def _points(one: Between) -> str:
    return f"{100 * one.value:+.1f} ({100 * one.low:+.1f} … {100 * one.high:+.1f}) %"
