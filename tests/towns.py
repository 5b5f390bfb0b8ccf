"""A drawn country of neighbouring towns on one lattice of streets, as extracts: what two towns share at their border has the same ids in both."""

from pathlib import Path

import msgspec

from tocsin.facts.calls import Place

SIDE = 5
"""Blocks from one border of a town to the next; the street on the border is in both towns."""
_WEST, _SOUTH, _LON, _LAT = 24.90, 60.15, 0.008, 0.004


def spot(column: int, row: int) -> Place:
    """The crossing of the north–south street `column` from the west of the country and the east–west one `row` from its south."""
    return Place(lon=_WEST + column * _LON, lat=_SOUTH + row * _LAT, text=f"Road {row + 1} & Street {column + 1}", source="crossing")


def block(column: int, row: int) -> Place:
    """The middle of the block east of a crossing. At a crossing two streets are as near, and two city folders may choose differently."""
    corner, other = spot(column, row), spot(column + 1, row)
    return msgspec.structs.replace(corner, lon=(corner.lon + other.lon) / 2)


def window(town: tuple[int, int], margin: int = 0) -> tuple[range, range]:
    """The columns and rows of a town, the first and last being its borders, and so many streets more on each side."""
    west, south = town[0] * SIDE, town[1] * SIDE
    return range(max(0, west - margin), west + SIDE + margin + 1), range(max(0, south - margin), south + SIDE + margin + 1)


def draw(columns: range, rows: range, into: Path) -> Path:
    """Write the streets of a part of the country. Every fifth north–south street is one-way, and a road in three is a quicker one."""
    nodes = [f'<node id="{_id(x, y)}" lat="{spot(x, y).lat:.6f}" lon="{spot(x, y).lon:.6f}" version="1"/>' for y in rows for x in columns]
    ways: dict[int, str] = {}
    for y in rows:
        kind = "secondary" if y % 3 == 1 else "residential"
        ways |= {10_000 + part * 100 + y: _way([_id(x, y) for x in some], f"Road {y + 1}", kind) for part, some in _parts(columns)}
    for x in columns:
        oneway = '<tag k="oneway" v="yes"/>' if x % SIDE == 2 else ""
        ways |= {20_000 + part * 100 + x: _way([_id(x, y) for y in some], f"Street {x + 1}", "tertiary", oneway) for part, some in _parts(rows)}
    drawn = "".join(f'<way id="{number}" version="1">{way}</way>' for number, way in sorted(ways.items()))  # an extract is in order
    into.write_text(f'<?xml version="1.0" encoding="UTF-8"?><osm version="0.6">{"".join(nodes)}{drawn}</osm>', encoding="utf-8")
    return into


def _id(column: int, row: int) -> int:
    return 1 + row * 100 + column


def _parts(streets: range) -> list[tuple[int, range]]:
    """A street is cut where it crosses a border, so that its part in a town is one way in whatever extract it stands."""
    parts = range(streets[0] // SIDE, streets[-1] // SIDE + 1)
    cut = [(part, range(max(streets[0], part * SIDE), min(streets[-1], (part + 1) * SIDE) + 1)) for part in parts]
    return [(part, some) for part, some in cut if len(some) > 1]


def _way(nodes: list[int], name: str, kind: str, more: str = "") -> str:
    refs = "".join(f'<nd ref="{node}"/>' for node in nodes)
    return f'{refs}<tag k="highway" v="{kind}"/><tag k="name" v="{name}"/>{more}'
