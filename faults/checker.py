"""`python -m faults.checker FOLDER ADDRESS`: what the callers and screens wrote down, held against the rows of a database or a file. It shares no code with the product.

A line of the ledger is a MessagePack array (docs/reference.md): position, kind, body, tags, happened, known, by, purpose, cause, key, salt. Its leaf is
SHA-256 of 0x00 and the line, a node SHA-256 of 0x01 and its two children (RFC 9162, section 2.1.1).
"""

import hashlib
import json
import sqlite3
import sys
from collections import Counter, defaultdict
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import psycopg

_FREE = ("available", "out_of_service")


class Found:
    """What was counted, and what was not as it should be."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.wrong: list[str] = []

    def say(self, what: str) -> None:
        """Something is wrong."""
        self.wrong.append(what)


def rows(address: str, name: str = "floor") -> list[list[Any]]:
    """Every line, in order of its position."""
    if not address.startswith("postgresql:"):
        with closing(sqlite3.connect(f"file:{address}?mode=ro", uri=True, timeout=30)) as file:
            found = file.execute("SELECT position, line FROM entries ORDER BY position").fetchall()
    else:
        with psycopg.connect(address) as connection:
            found = connection.execute(f'SELECT position, line FROM "tocsin_{name}".entries ORDER BY position').fetchall()  # a name of ours
    return [[position, bytes(line), *msgspec.msgpack.decode(bytes(line))] for position, line in found]


def check_lines(lines: list[list[Any]], found: Found) -> None:
    """Positions without a gap; a key stands for one run of lines and no more."""
    runs: dict[str, list[int]] = defaultdict(list)
    for place, line in enumerate(lines, 1):
        if line[0] != place or line[2] != place:
            found.say(f"line {place} is at {line[0]} and says {line[2]}")
        if line[11]:
            runs[line[11]].append(place)
    for key, places in runs.items():
        if places != list(range(places[0], places[0] + len(places))):
            found.say(f"the key {key} was kept more than once: {places}")
    found.counts["entries"] = len(lines)


def check_callers(folder: Path, lines: list[list[Any]], found: Found) -> None:
    """Every acknowledged command is there, once, where its receipt says; and one command was never acknowledged as two."""
    last_of: dict[str, int] = {}
    for place, line in enumerate(lines, 1):
        if line[11]:
            last_of[line[11]] = place
    acknowledged: dict[str, int] = {}
    done: list[float] = []
    for path in sorted(folder.glob("caller-*.jsonl")):
        for said in map(json.loads, path.read_text().splitlines()):
            key = f"{said['by']}:{said['key']}"
            found.counts["tries"] += 1
            if said["status"] == 200:
                done.append(said["done"])
                if acknowledged.setdefault(key, said["position"]) != said["position"]:
                    found.say(f"{key} was acknowledged at {acknowledged[key]} and at {said['position']}")
            elif said["status"] >= 500 or said["status"] == 0:
                found.counts["tries that failed"] += 1
    found.counts["commands"] = len(acknowledged)
    for key, position in acknowledged.items():
        if last_of.get(key) is None:
            found.counts["lost"] += 1
            found.say(f"{key} was acknowledged at {position} and is not there")
        elif last_of[key] != position:
            found.counts["doubled"] += 1
            found.say(f"{key} was acknowledged at {position} and stands at {last_of[key]}")
    done.sort()
    gaps = [(later - earlier, earlier) for earlier, later in pairwise(done)]
    found.counts["longest silence, ms"] = round(1_000 * max(gaps, default=(0.0, 0.0))[0])
    (folder / "silences.json").write_text(json.dumps(sorted(gaps, reverse=True)[:200]))


def check_units(lines: list[list[Any]], found: Found) -> None:
    """No unit is sent while it is out elsewhere, and no reaction was done twice."""
    at: dict[tuple[str, str], str] = {}
    opened: set[str] = set()
    for place, line in enumerate(lines, 1):
        kind, body = line[3], msgspec.msgpack.decode(line[4])
        if kind == "dispatch.incident-opened":
            if body["incident"] in opened:
                found.say(f"{place}: incident {body['incident']} was opened twice")
            opened.add(body["incident"])
        if not isinstance(body, dict) or "unit" not in body or "shift" not in body:
            continue
        unit = (body["unit"], body["shift"])
        if kind == "dispatch.unit-assigned":
            found.counts["sendings"] += 1
            if at.get(unit):
                found.say(f"{place}: {unit[0]} was sent to {body['incident']} while it was out for {at[unit]}")
            at[unit] = body["incident"]
        elif kind == "dispatch.unit-stood-down" or (kind == "fleet.unit-state-changed" and body["state"] in _FREE):
            at[unit] = ""
    found.counts["incidents"] = len(opened)


def check_streams(folder: Path, found: Found) -> None:
    """Each screen's positions only grow, and each frame begins where the one before ended."""
    for path in sorted(folder.glob("stream-*.jsonl")):
        last, trail = 0, 0
        for said in map(json.loads, path.read_text().splitlines()):
            if said.get("signed_out"):
                found.counts["screens signed out"] += 1
                continue
            found.counts["frames"] += 1
            found.counts["whole frames"] += bool(said["whole"])
            position, moved = map(int, said["id"].split("."))
            if position < last:
                found.say(f"{path.name}: a frame of {position} came after one of {last}")
            if position == last and moved <= trail and not said["whole"] and said["rows"]:
                found.say(f"{path.name}: frame {said['id']} came twice")
            last, trail = position, moved


def check_tables(folder: Path, found: Found) -> None:
    """What each screen holds at the end is what is there."""
    boards = [json.loads(path.read_text()) for path in sorted(folder.glob("board-*.json"))]
    if not boards:
        found.say("no board was read at the end")
        return
    first = boards[0]
    for number, other in enumerate(boards[1:], 2):
        if other != first:
            found.say(f"node {number} shows another board than the first")
    for path in sorted(folder.glob("screen-*.json")):
        held = json.loads(path.read_text())
        found.counts["screens"] += 1
        differ = [key for key in first.keys() | held.keys() if first.get(key) != held.get(key)]
        if differ:
            found.say(f"{path.name} differs from the board in {len(differ)} rows: {sorted(differ)[:5]}")


def root(leaves: list[bytes]) -> bytes:
    """The Merkle tree hash of these leaves."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = leaves
    stack: list[tuple[int, bytes]] = []
    for leaf in level:
        height, node = 0, leaf
        while stack and stack[-1][0] == height:
            node, height = hashlib.sha256(b"\1" + stack.pop()[1] + node).digest(), height + 1
        stack.append((height, node))
    _, node = stack.pop()
    while stack:
        node = hashlib.sha256(b"\1" + stack.pop()[1] + node).digest()
    return node


def check_tree(folder: Path, lines: list[list[Any]], found: Found) -> None:
    """Every checkpoint that was signed on the way, by whichever node, is of the tree as it is now: nothing before it was changed."""
    leaves = [hashlib.sha256(b"\0" + line[1]).digest() for line in lines]
    for said in sorted(set((folder / "checkpoints.jsonl").read_text().splitlines())):
        size, encoded = json.loads(said)
        found.counts["checkpoints"] += 1
        if size > len(leaves):
            found.say(f"a checkpoint of {size} was signed, and {len(leaves)} entries are there")
        elif root(leaves[:size]).hex() != encoded:
            found.say(f"the tree of the first {size} entries is not what was signed")


def check(folder: Path, address: str) -> Found:
    """Everything."""
    found, lines = Found(), rows(address)
    check_lines(lines, found)
    check_callers(folder, lines, found)
    check_units(lines, found)
    check_streams(folder, found)
    check_tables(folder, found)
    check_tree(folder, lines, found)
    return found


if __name__ == "__main__":
    seen = check(Path(sys.argv[1]), sys.argv[2])
    for name, count in seen.counts.items():
        print(f"{count:>12,}  {name}")
    for sentence in seen.wrong[:50]:
        print("WRONG:", sentence)
    sys.exit(bool(seen.wrong))
