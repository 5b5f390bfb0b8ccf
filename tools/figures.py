"""An outsider's check of a ledger: its tree, its signature and its figures, from the files alone.

This program shares no code with Tocsin, on purpose: it reads the file with the standard library's sqlite3, decodes
MessagePack itself, computes the tree of RFC 6962 and the signed note of C2SP by their definitions, and counts what
docs/figures-defined.md defines. Run it on a copy of a ledger's folder:

    python tools/figures.py FOLDER --key VERIFIER_LINE [--expect FIGURES.json]

It prints the figures as JSON. Exit status 1: the ledger is not what was signed, or the figures are not those expected.
"""

import argparse
import base64
import hashlib
import json
import math
import sqlite3
import struct
import sys
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Reader:
    """MessagePack by its specification, as much of it as there is."""

    def __init__(self, raw: bytes) -> None:
        self.raw, self.at = raw, 0

    def take(self, count: int) -> bytes:
        piece = self.raw[self.at:self.at + count]
        if len(piece) != count:
            raise ValueError("cut short")
        self.at += count
        return piece

    def number(self, form: str) -> Any:
        return struct.unpack(f">{form}", self.take(struct.calcsize(form)))[0]

    def value(self) -> Any:
        head = self.number("B")
        if head <= 0x7F or head >= 0xE0:
            return head if head <= 0x7F else head - 256
        if head <= 0x8F:
            return self.pairs(head & 0x0F)
        if head <= 0x9F:
            return self.items(head & 0x0F)
        if head <= 0xBF:
            return self.take(head & 0x1F).decode()
        simple = {0xC0: None, 0xC2: False, 0xC3: True}
        if head in simple:
            return simple[head]
        numbers = {0xCA: "f", 0xCB: "d", 0xCC: "B", 0xCD: "H", 0xCE: "I", 0xCF: "Q", 0xD0: "b", 0xD1: "h", 0xD2: "i", 0xD3: "q"}
        if head in numbers:
            return self.number(numbers[head])
        lengths = {0xC4: "B", 0xC5: "H", 0xC6: "I", 0xD9: "B", 0xDA: "H", 0xDB: "I", 0xDC: "H", 0xDD: "I", 0xDE: "H", 0xDF: "I"}
        if head not in lengths:
            raise ValueError(f"unknown byte {head:#x}")
        length = self.number(lengths[head])
        if head <= 0xC6:
            return self.take(length)
        if head <= 0xDB:
            return self.take(length).decode()
        return self.items(length) if head <= 0xDD else self.pairs(length)

    def items(self, count: int) -> list[Any]:
        return [self.value() for _ in range(count)]

    def pairs(self, count: int) -> dict[Any, Any]:
        return {self.value(): self.value() for _ in range(count)}


def whole(raw: bytes) -> Any:
    """One value and nothing after it."""
    reader = Reader(raw)
    value = reader.value()
    if reader.at != len(raw):
        raise ValueError("bytes left over")
    return value


def tree_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, level by level; an odd one goes up as it is."""
    if not leaves:
        return hashlib.sha256().digest()
    level = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves]
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\x01" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
        level = pairs + level[2 * len(pairs):]
    return level[0]


def signed(note: str, verifier: str) -> tuple[int, bytes]:
    """Size and root of a checkpoint whose signature by this key holds; ValueError where it does not."""
    name, key_id, encoded = verifier.strip().split("+", 2)
    public = base64.b64decode(encoded)
    text, _, signatures = note.partition("\n\n")
    origin, size, root = text.split("\n")[:3]
    for line in signatures.splitlines():
        dash, signer, value = line.split(" ")
        raw = base64.b64decode(value)
        if dash == "\u2014" and signer == name == origin and raw[:4].hex() == key_id:
            try:
                Ed25519PublicKey.from_public_bytes(public[1:]).verify(raw[4:], f"{text}\n".encode())
            except InvalidSignature as error:
                raise ValueError("the checkpoint's signature does not hold") from error
            return int(size), base64.b64decode(root)
    raise ValueError("the checkpoint is not signed by this key")


def interval(samples: list[int]) -> dict[str, Any]:
    """Nearest-rank percentiles of microseconds, as seconds."""
    good = sorted(sample for sample in samples if sample >= 0)
    ranked = {f"p{p}_s": round(good[math.ceil(p * len(good) / 100) - 1] / 1e6, 3) if good else None for p in (50, 90, 95)}
    return {"n": len(good), "odd": len(samples) - len(good), **ranked}


def figures(lines: list[list[Any]]) -> dict[str, Any]:
    """The figures, from decoded lines: position, kind, body, tags, happened_at, known_at, by, purpose, cause, key."""
    kinds: dict[str, int] = {}
    incidents: dict[str, dict[str, Any]] = {}
    work: dict[str, tuple[str, int]] = {}
    sent: dict[str, int] = {}
    there: dict[str, int] = {}
    turnout: list[int] = []
    clashes = 0
    for line in lines:
        kind, fact, at = line[1], whole(line[2]), line[4]
        kinds[kind] = kinds.get(kind, 0) + 1
        who, number = f"{fact.get('unit')}@{fact.get('shift')}", fact.get("incident", "")
        if kind == "dispatch.incident-opened":
            incidents[number] = fact
        elif kind == "dispatch.unit-assigned":
            clashes += who in work
            work[who] = (number, at)
            sent[number] = min(at, sent.get(number, at))
        elif kind == "dispatch.unit-stood-down":
            work.pop(who, None)
        elif kind == "fleet.unit-state-changed":
            if fact["state"] == "en_route" and who in work:
                turnout.append(at - work[who][1])
            if fact["state"] == "at_scene" and who in work:
                mine = work[who][0]
                there[mine] = min(at, there.get(mine, at))
            if fact["state"] in ("available", "out_of_service"):
                work.pop(who, None)

    def by_priority(ends: dict[str, int]) -> dict[str, Any]:
        return {str(level): interval([ends[n] - one["called_at"] for n, one in incidents.items() if one["priority"] == level and n in ends])
                for level in (1, 2, 3, 4)}

    return {
        "version": "tocsin-1", "facts": len(lines), "calls": kinds.get("calls.call-taken", 0), "incidents": len(incidents),
        "closed": kinds.get("dispatch.incident-closed", 0), "sendings": kinds.get("dispatch.unit-assigned", 0),
        "stood_down": kinds.get("dispatch.unit-stood-down", 0), "clashes": clashes, "called_to_sent": by_priority(sent),
        "sent_to_moving": interval(turnout), "sent_to_there": interval([there[n] - sent[n] for n in incidents if n in there]),
        "called_to_there": by_priority(there), "kinds": dict(sorted(kinds.items()))}


def read(folder: Path, verifier: str) -> list[list[Any]]:
    """Every line of the ledger, once its tree is the signed one; ValueError where it is not."""
    with sqlite3.connect(f"file:{folder / 'ledger.sqlite'}?mode=ro", uri=True) as connection:
        rows = [(position, bytes(line)) for position, line in connection.execute("SELECT position, line FROM entries ORDER BY position")]
    size, root = signed((folder / "checkpoint").read_text(encoding="utf-8"), verifier)
    if [position for position, _ in rows] != list(range(1, len(rows) + 1)):
        raise ValueError("positions have a gap")
    if size > len(rows) or tree_root([line for _, line in rows[:size]]) != root:
        raise ValueError(f"the first {size} entries do not have the signed root")
    lines = [whole(line) for _, line in rows]
    if [line[0] for line in lines] != [position for position, _ in rows]:
        raise ValueError("a line stands at another's position")
    return lines


def main() -> int:
    """Check, count, print; compare where something is expected."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="a copy of the ledger's folder")
    parser.add_argument("--key", required=True, help="the verifier line that the operator gave beforehand")
    parser.add_argument("--expect", type=Path, help="figures that somebody claims, as JSON")
    arguments = parser.parse_args()
    try:
        found = figures(read(arguments.folder, arguments.key))
    except (ValueError, KeyError, sqlite3.Error, OSError) as error:
        print(f"figures: {error}", file=sys.stderr)
        return 1
    print(json.dumps(found, indent=1))
    if arguments.expect:
        claimed = json.loads(arguments.expect.read_text(encoding="utf-8"))
        wrong = [name for name in sorted(found.keys() | claimed.keys()) if found.get(name) != claimed.get(name)]
        for name in wrong:
            print(f"figures: {name} is {found.get(name)}, claimed {claimed.get(name)}", file=sys.stderr)
        return 1 if wrong else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
