"""Checklists as they are seen: what stands ticked on each open incident by which unit, the lists themselves, and one line of the story."""

from collections.abc import Sequence

import msgspec

from tocsin.facts.dispatch import IncidentClosed
from tocsin.facts.hazards import ItemFact, ItemTicked, ItemUnticked
from tocsin.kernel import Instant, Kept, Picture, Row, View, Words
from tocsin.rooms.dispatch.model import ChecklistTable


class Tick(msgspec.Struct, frozen=True, kw_only=True):
    """An item that a unit ticked, and when; no person stands beside it."""

    list: str
    item: str
    unit: str
    shift: str
    at: Instant


class ChecklistRow(Row, frozen=True, kw_only=True, tag="checklist"):
    """What stands ticked on an open incident, in the order it was ticked."""

    ticks: tuple[Tick, ...]


class Checklists(Picture):
    """Ticks by incident; an incident without any has no row, nor has one that has ended."""

    name = "checklist"
    row_type = ChecklistRow

    def fold(self, kept: Kept) -> tuple[str, ...]:
        fact = kept.fact
        if isinstance(fact, IncidentClosed):
            return (fact.incident,) if self.rows.pop(fact.incident, None) is not None else ()
        if not isinstance(fact, ItemTicked | ItemUnticked):
            return ()
        row = self.rows.get(fact.incident)
        before = row.ticks if isinstance(row, ChecklistRow) else ()
        ticks = tuple(one for one in before if (one.list, one.item, one.unit, one.shift) != (fact.list, fact.item, fact.unit, fact.shift))
        if isinstance(fact, ItemTicked):
            ticks = (*ticks, Tick(list=fact.list, item=fact.item, unit=fact.unit, shift=fact.shift, at=kept.entry.happened_at))
        if ticks:
            self.rows[fact.incident] = ChecklistRow(id=fact.incident, ticks=ticks)
        else:
            self.rows.pop(fact.incident, None)
        return (fact.incident,)


class ItemLine(View, frozen=True, kw_only=True):
    """One item of a list."""

    code: str
    says: Words


class ListLine(View, frozen=True, kw_only=True):
    """One list, with the kinds of incident that it is for."""

    code: str
    says: Words
    kinds: tuple[str, ...]
    items: tuple[ItemLine, ...]


class ChecklistsView(View, frozen=True, kw_only=True):
    """The table of checklists as it goes out."""

    version: str
    sample: bool
    lists: tuple[ListLine, ...]


def checklists_view(table: ChecklistTable) -> ChecklistsView:
    """The table, list by list."""
    return ChecklistsView(version=table.version, sample=table.sample, lists=tuple(
        ListLine(code=code, says=Words(one.en, one.zh), kinds=one.kinds, items=tuple(ItemLine(code=item, says=says) for item, says in one.items.items()))
        for code, one in table.lists.items()))


def of_items(table: ChecklistTable, history: Sequence[Kept]) -> tuple[Kept, Words] | None:
    """All ticks of a story as one line, at the latest of them: what stands ticked by whom, and what was taken back."""
    ticked: dict[tuple[str, str], list[str]] = {}
    back: dict[tuple[str, str], list[str]] = {}
    last = None
    for kept in history:
        if isinstance(kept.fact, ItemFact):
            last, key = kept, (kept.fact.list, kept.fact.item)
            to, off = (ticked, back) if isinstance(kept.fact, ItemTicked) else (back, ticked)
            to[key] = [*(one for one in to.get(key, ()) if one != kept.fact.unit), kept.fact.unit]
            off[key] = [one for one in off.get(key, ()) if one != kept.fact.unit]
    if last is None:
        return None
    en = "; ".join(filter(None, (_told(table, ticked).en, f"taken back: {back_en}" if (back_en := _told(table, back).en) else "")))
    zh = "；".join(filter(None, (_told(table, ticked).zh, f"已取消：{back_zh}" if (back_zh := _told(table, back).zh) else "")))
    return last, Words(f"Checklist: {en}.", f"检查清单：{zh}。")


def _told(table: ChecklistTable, items: dict[tuple[str, str], list[str]]) -> Words:
    said = []
    for (code, item), units in items.items():
        if units:
            one = table.lists.get(code)
            says = one.items.get(item) if one is not None else None  # the table of today may not have it any more
            said.append((says or Words(item, item), units))
    return Words(", ".join(f"{says.en} ({', '.join(units)})" for says, units in said), "、".join(f"{says.zh}（{'、'.join(units)}）" for says, units in said))
