"""The log as C2SP tlog-tiles: hash tiles of 256 subtree hashes, bundles of entries, and the paths by which they are asked for."""

import re
import struct
from collections.abc import Callable, Sequence

from tocsin.ledger.tree import HASH, Node, hash_pair

HEIGHT = 8
WIDTH = 1 << HEIGHT
"""Hashes in a full tile, and entries in a full bundle."""
MOST_NARROW = (1 << 16) - 1
"""The longest entry that a C2SP bundle can hold: its length stands before it in two bytes."""
_LEVEL = re.compile(r"[0-9]{1,2}")
_INDEX = re.compile(r"((?:x[0-9]{3}/)*)([0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")
_MOST_LEVEL = 7

Fetch = Callable[[str], bytes]
"""The bytes at a path below the log's address, `tile/0/000` for example; raises where it cannot be had."""


class TileMissing(Exception):
    """A tile that is not there, or not as long as it must be."""


def tile_path(level: int, index: int, width: int = WIDTH) -> str:
    """`tile/<L>/<N>[.p/<W>]` (C2SP tlog-tiles): N in groups of three digits, all but the last behind an x."""
    return f"tile/{level}/{_index_path(index)}{'' if width == WIDTH else f'.p/{width}'}"


def bundle_path(index: int, width: int = WIDTH) -> str:
    """`tile/entries/<N>[.p/<W>]`."""
    return f"tile/entries/{_index_path(index)}{'' if width == WIDTH else f'.p/{width}'}"


def read_index(path: str) -> tuple[int, int] | None:
    """The index and width that `<N>[.p/<W>]` names; None where it is no such path, so that each tile has one address."""
    found = _INDEX.fullmatch(path)
    if found is None or len(path) > 60:
        return None
    groups = [part[1:] for part in found[1].split("/")[:-1]] + [found[2]]
    if len(groups) > 1 and groups[0] == "000":
        return None
    width = int(found[3]) if found[3] else WIDTH
    return (int("".join(groups)), width) if not found[3] or width < WIDTH else None


def read_tile(path: str) -> tuple[int, int, int] | None:
    """The level, index and width that `<L>/<N>[.p/<W>]` names."""
    level, _, rest = path.partition("/")
    place = read_index(rest)
    if place is None or not _LEVEL.fullmatch(level) or (len(level) > 1 and level[0] == "0") or int(level) > _MOST_LEVEL:
        return None
    return (int(level), *place)


def holds(size: int, level: int, index: int, width: int) -> bool:
    """Whether a tree of so many entries has this tile at this width."""
    return ((index * WIDTH + width) << HEIGHT * level) <= size


def hashes(level: int, index: int, width: int, node: Node) -> bytes:
    """A hash tile: the hashes of `width` subtrees of 256 ** level entries each, one after another."""
    return b"".join(node(HEIGHT * level, index * WIDTH + at) for at in range(width))


def bundle(lines: Sequence[bytes], *, wide: bool) -> bytes:
    """Entries one after another, the length of each before it: in two bytes as C2SP has it, or `wide` in four."""
    form = ">I" if wide else ">H"
    return b"".join(struct.pack(form, len(line)) + line for line in lines)


def unbundle(content: bytes, *, wide: bool) -> list[bytes]:
    """The entries of a bundle; TileMissing where it is cut short."""
    head, lines, at = 4 if wide else 2, [], 0
    while at < len(content):
        size = int.from_bytes(content[at:at + head], "big")
        at += head
        if at + size > len(content):
            raise TileMissing("a bundle of entries is cut short")
        lines.append(content[at:at + size])
        at += size
    return lines


def nodes_of(size: int, fetch: Fetch) -> Node:
    """The nodes of a tree of so many entries, from tiles alone. What they say is proved by whoever folds them into a root."""
    held: dict[tuple[int, int], bytes] = {}

    def tile(level: int, index: int) -> bytes:
        if (level, index) not in held:
            whole = (size >> HEIGHT * level) - index * WIDTH
            width = min(WIDTH, whole)
            if width < 1:
                raise TileMissing(f"a tree of {size:,} entries has no tile {level}/{index}")
            content = fetch(tile_path(level, index, width))
            if len(content) != width * HASH:
                raise TileMissing(f"tile {level}/{index} is {len(content):,} bytes long and not {width * HASH:,}")
            held[level, index] = content
        return held[level, index]

    def node(level: int, index: int) -> bytes:
        high, low = divmod(level, HEIGHT)
        if low == 0:
            at = index % WIDTH
            return tile(high, index // WIDTH)[at * HASH:(at + 1) * HASH]
        return hash_pair(node(level - 1, index * 2), node(level - 1, index * 2 + 1))

    return node


def _index_path(index: int) -> str:
    digits = f"{index:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at:at + 3] for at in range(0, len(digits), 3)]
    return "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
