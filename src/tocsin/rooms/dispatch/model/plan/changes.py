"""What differs between two plans, in sentences that somebody who decides on them can read."""

from collections.abc import Iterator

from tocsin.facts.dispatch import Need
from tocsin.rooms.dispatch.model.plan.checking import lines
from tocsin.rooms.dispatch.model.plan.table import Plan


def changes(old: Plan, new: Plan) -> Iterator[str]:
    """Each difference, from the version down to single needs; nothing where they say the same."""
    if old.version != new.version:
        yield f"version {old.version} becomes {new.version}"
    for what in ("kinds", "areas", "skills", "dispositions", "overrides"):
        was, now = getattr(old, what), getattr(new, what)
        yield from (f"{what[:-1]} {code} is new" for code in now if code not in was)
        yield from (f"{what[:-1]} {code} is gone" for code in was if code not in now)
    for code, kind in new.kinds.items():
        before = old.kinds.get(code)
        if before is not None and before.priority != kind.priority:
            yield f"kind {code}: its usual priority {before.priority} becomes {kind.priority}"
        if before is not None and (before.en, before.zh) != (kind.en, kind.zh):
            yield f"kind {code}: {before.en} ({before.zh}) is now called {kind.en} ({kind.zh})"
    for name, area in new.areas.items():
        drawn = old.areas.get(name)
        if drawn is not None and (drawn.outline, drawn.file, drawn.district, drawn.rings) != (area.outline, area.file, area.district, area.rings):
            yield f"area {name}: it is drawn differently"
    was_lines, now_lines = dict(lines(old)), dict(lines(new))
    for line, needs in now_lines.items():
        if line not in was_lines:
            yield f"{line}: new, {said(needs)}"
        elif was_lines[line] != needs:
            yield f"{line}: {said(was_lines[line])} becomes {said(needs)}"
    yield from (f"{line}: gone, was {said(needs)}" for line, needs in was_lines.items() if line not in now_lines)
    for table, name in (("cover", "weight"), ("stack", "soon_s")):
        was, now = getattr(getattr(old, table), name), getattr(getattr(new, table), name)
        yield from (f"{table} {name} {key}: {was.get(key, 0):g} becomes {now.get(key, 0):g}"
                    for key in sorted({*was, *now}) if was.get(key, 0) != now.get(key, 0))
    if old.cover.most_s != new.cover.most_s:
        yield f"cover most_s: {old.cover.most_s} becomes {new.cover.most_s}"
    for name in old.divert.__struct_fields__:
        was, now = getattr(old.divert, name), getattr(new.divert, name)
        if was != now:
            yield f"divert {name}: {was} becomes {now}"


def said(needs: tuple[Need, ...]) -> str:
    """Needs as one reads them: 2 fire, 1 ladder."""
    return ", ".join(f"{need.count} {need.skill}" for need in needs) or "nothing"
