"""A major incident as it is seen: its live row, and the whole board with its log in words."""

from collections.abc import Sequence

from tocsin.facts.command import (
    STAGING,
    IncidentGathered,
    IncidentReleased,
    LevelChanged,
    LogNoted,
    MajorDeclared,
    MajorEnded,
    MajorFact,
    ObjectiveDropped,
    ObjectiveMet,
    ObjectiveSet,
    PatientsSent,
    ResourcePlaced,
    RoleGiven,
    RoleTakenBack,
    SectorEnded,
    SectorMade,
    TaskAccepted,
    TaskDeclined,
    TaskDone,
    TaskFact,
    TaskGiven,
    TaskNoted,
)
from tocsin.facts.fleet import ShiftEnded
from tocsin.kernel import Kept, Picture, Refused, Row, Sight, View, Words
from tocsin.rooms.command.commands import ReadMajor
from tocsin.rooms.command.model import CommandTable, Ground, MajorNow, major_after, without
from tocsin.rooms.command.views.facilities import HospitalLine, hospital_lines


class MajorRow(Row, frozen=True, kw_only=True, tag="major"):
    """A major incident that is worked. It carries no personal field: the log's entries are only counted."""

    board: MajorNow


class Majors(Picture):
    """Major incidents by number; one that ended leaves. A unit that goes off duty, or to another command, leaves its board."""

    name = "major"
    row_type = MajorRow

    def fold(self, kept: Kept) -> tuple[str, ...]:
        fact = kept.fact
        if isinstance(fact, ShiftEnded):
            return self._leave(fact.unit, fact.shift, "")
        if not isinstance(fact, MajorFact | PatientsSent) or not fact.major:
            return ()
        row = self.rows.get(fact.major)
        was = row.board if isinstance(row, MajorRow) else None
        now = major_after(was, kept)
        if now is None or now is was:
            return ()
        if now.ended:
            del self.rows[fact.major]
            return (fact.major,)
        self.rows[fact.major] = MajorRow(id=fact.major, board=now)
        elsewhere = self._leave(fact.unit, fact.shift, fact.major) if isinstance(fact, ResourcePlaced) and fact.sector else ()
        return (fact.major, *elsewhere)

    def _leave(self, unit: str, shift: str, but: str) -> tuple[str, ...]:
        left = []
        for number, row in self.rows.items():
            if number != but and isinstance(row, MajorRow) and any(one.unit == unit and one.shift == shift for one in row.board.resources):
                self.rows[number] = MajorRow(id=number, board=without(row.board, unit))
                left.append(number)
        return tuple(left)


class LogLine(View, frozen=True, kw_only=True):
    """One line of a command log: an entry somebody wrote, or what was done, in words."""

    position: int
    happened_at: int
    by: str
    fact: str
    says: Words


class Board(View, frozen=True, kw_only=True):
    """One major incident whole: its board, its hospitals by road time, and its log, oldest first."""

    major: str
    board: MajorNow
    hospitals: tuple[HospitalLine, ...]
    lines: tuple[LogLine, ...]


def read_major(table: CommandTable, ground: Ground, ask: ReadMajor, sight: Sight) -> Board:
    """The board of this number, ended or not; the reading of its log is kept before it is shown."""
    history = sight.history(f"major:{ask.major}")
    now: MajorNow | None = None
    for kept in history:
        now = major_after(now, kept)
    if now is None:
        raise Refused("major_unknown", f"there is no major incident {ask.major}", f"没有重大警情 {ask.major}", field="major", status=404)
    row = sight.rows("major").get(ask.major)
    if isinstance(row, MajorRow):
        now = row.board
    hospitals = hospital_lines(ground, table, sight, (now.place.lon, now.place.lat), "", lights=True)
    return Board(major=ask.major, board=now, hospitals=hospitals, lines=_lines(table, history, sight))


def _lines(table: CommandTable, history: Sequence[Kept], sight: Sight) -> tuple[LogLine, ...]:
    sectors = {kept.fact.sector: kept.fact.name for kept in history if isinstance(kept.fact, SectorMade)}
    objectives = {kept.fact.objective: Words(kept.fact.text, kept.fact.text_zh or kept.fact.text) for kept in history if isinstance(kept.fact, ObjectiveSet)}
    lines = []
    for kept in history:
        says = _board_words(table, kept, sectors, objectives) or _other_words(table, kept, sight)
        if says is not None:
            lines.append(LogLine(position=kept.position, happened_at=kept.entry.happened_at, by=kept.entry.by, fact=kept.entry.kind, says=says))
    return tuple(lines)


def _board_words(table: CommandTable, kept: Kept, sectors: dict[str, str], objectives: dict[str, Words]) -> Words | None:
    match kept.fact:
        case RoleGiven() as fact:
            role = table.roles.get(fact.role, Words(fact.role, fact.role))
            return Words(f"{fact.holder} is {role.en}.", f"{fact.holder} 任{role.zh}。")
        case RoleTakenBack() as fact:
            role = table.roles.get(fact.role, Words(fact.role, fact.role))
            return Words(f"{fact.holder} is no longer {role.en}.", f"{fact.holder} 不再任{role.zh}。")
        case SectorMade() as fact:
            led = (f", led by {fact.leader}", f"，负责人 {fact.leader}") if fact.leader else ("", "")
            return Words(f"Sector {fact.name} made{led[0]}.", f"设立分区“{fact.name}”{led[1]}。")
        case SectorEnded() as fact:
            name = sectors.get(fact.sector, fact.sector)
            return Words(f"Sector {name} ended.", f"撤销分区“{name}”。")
        case ObjectiveSet() as fact:
            owned = (f" ({fact.owner})", f"（{fact.owner}）") if fact.owner else ("", "")
            return Words(f"Objective: {objectives[fact.objective].en}{owned[0]}.", f"目标：{objectives[fact.objective].zh}{owned[1]}。")
        case ObjectiveMet() as fact:
            words = objectives.get(fact.objective, Words(fact.objective, fact.objective))
            return Words(f"Met: {words.en}.", f"已达成：{words.zh}。")
        case ObjectiveDropped() as fact:
            words = objectives.get(fact.objective, Words(fact.objective, fact.objective))
            return Words(f"Dropped: {words.en}{_because(fact.reason, ': ')}.", f"已放弃：{words.zh}{_because(fact.reason, '：')}。")
        case ResourcePlaced() as fact if not fact.sector:
            return Words(f"{fact.unit} released from the board.", f"{fact.unit} 撤出部署。")
        case ResourcePlaced() as fact if fact.sector == STAGING:
            return Words(f"{fact.unit} to staging.", f"{fact.unit} 到集结区。")
        case ResourcePlaced() as fact:
            name = sectors.get(fact.sector, fact.sector)
            return Words(f"{fact.unit} to sector {name}.", f"{fact.unit} 到分区“{name}”。")
    return None


def _other_words(table: CommandTable, kept: Kept, sight: Sight) -> Words | None:
    match kept.fact:
        case MajorDeclared() as fact:
            level = table.levels.get(fact.level, Words(fact.level, fact.level))
            return Words(f"Major incident declared: {fact.name}, {level.en}.", f"宣布重大警情：{fact.name}，{level.zh}。")
        case IncidentGathered() as fact:
            return Words(f"Incident {_short(fact.incident)} gathered.", f"归入警情 {_short(fact.incident)}。")
        case IncidentReleased() as fact:
            return Words(f"Incident {_short(fact.incident)} released.", f"移出警情 {_short(fact.incident)}。")
        case LevelChanged() as fact:
            level = table.levels.get(fact.level, Words(fact.level, fact.level))
            return Words(f"Now {level.en}{_because(fact.reason, ': ')}.", f"调整为{level.zh}{_because(fact.reason, '：')}。")
        case LogNoted() as fact:
            text = sight.opened(fact.entry)
            return Words(text or "An entry whose text was destroyed.", text or "该条内容已销毁。")
        case MajorEnded() as fact:
            return Words(f"Command stood down{_because(fact.reason, ': ')}.", f"指挥解除{_because(fact.reason, '：')}。")
        case PatientsSent() as fact:
            parts = [(table.categories.get(name, Words(name, name)), count) for name, count in fact.counts.items() if count]
            return Words(f"Patients to {fact.name}: {', '.join(f'{count} {words.en}' for words, count in parts)}.",
                         f"送往 {fact.name}：{'、'.join(f'{words.zh} {count} 人' for words, count in parts)}。")
        case TaskFact() as fact:
            return _task_words(table, fact)
    return None


def _task_words(table: CommandTable, fact: TaskFact) -> Words:
    agency = table.agencies.get(fact.agency, Words(fact.agency, fact.agency))
    number = _short(fact.task)
    en, zh = {TaskGiven: ("given", "已下达"), TaskAccepted: ("accepted", "已接受"), TaskDeclined: ("declined", "已退回"), TaskDone: ("done", "已完成"),
              TaskNoted: ("noted on", "有留言")}.get(type(fact), ("withdrawn", "已撤回"))
    return Words(f"Task {number}, {agency.en}: {en}.", f"任务 {number}，{agency.zh}：{zh}。")


def _short(number: str) -> str:
    """A running number as the floor says it: its last part."""
    return number.rpartition("-")[2].lstrip("0") or number


def _because(reason: str, colon: str) -> str:
    return f"{colon}{reason}" if reason else ""
