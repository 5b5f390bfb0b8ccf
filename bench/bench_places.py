"""The address search on San Francisco's addresses: how often the right place comes first, how long a keystroke takes."""

import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import apsw
import numpy as np
from rapidfuzz import fuzz, process

from bench.sf_places import load
from tocsin.engines.places import Hit, Places
from tocsin.engines.places.compile import build_index

DATA = Path(os.environ.get("TOCSIN_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "data" / "roads" / "san_francisco"
ADDRESSES, CROSSINGS, PEER_RUNS, FUZZ_RUNS = 1_600, 400, 60, 10
LONG = {"ST": "street", "AVE": "avenue", "BLVD": "boulevard", "DR": "drive", "TER": "terrace", "CT": "court", "RD": "road"}
JOINS = (" & ", "/", " and ", " at ", " ")


class Target(NamedTuple):
    """A real address or crossing: the strings that an answer may carry for it."""

    number: str
    streets: tuple[str, ...]

    @property
    def labels(self) -> set[str]:
        if self.number:
            return {f"{self.number} {self.streets[0]}"}
        return {f"{one} & {other}" for one in self.streets for other in self.streets if one != other}


class Typist:
    """Types a target as people do: small letters, types dropped where nothing is lost, number first or last."""

    def __init__(self, names: list[str], rng: random.Random) -> None:
        self._rng = rng
        self._bare = Counter(name.rsplit(" ", 1)[0] for name in names)

    def typed(self, target: Target) -> str:
        names = [self._street(name) for name in target.streets]
        if not target.number:
            self._rng.shuffle(names)
            return self._rng.choice(JOINS).join(names)
        return f"{target.number} {names[0]}" if self._rng.random() < 0.7 else f"{names[0]} {target.number}"

    def slipped(self, text: str) -> str | None:
        """One slip in one word of at least four letters; None where there is no such word."""
        words = text.split(" ")
        long = [at for at, word in enumerate(words) if len(word) >= 4 and word.isalpha() and word not in LONG.values()]
        if not long:
            return None
        at = self._rng.choice(long)
        words[at] = self._slip(words[at])
        return " ".join(words)

    def partial(self, target: Target) -> str:
        """The number and the first letters of the name, as it stands while it is typed; of a crossing the second name's."""
        *before, last = [self._street(name) for name in target.streets]
        last = last[: max(3, round(len(last) * 0.6))]
        return f"{target.number} {last}" if target.number else f"{before[0]} & {last}"

    def _street(self, name: str) -> str:
        bare, _, kind = name.rpartition(" ")
        if bare and self._bare[bare] == 1 and self._rng.random() < 0.6:
            return bare.lower().lstrip("0")
        if kind in LONG and self._rng.random() < 0.3:
            return f"{bare.lower()} {LONG[kind]}".lstrip("0")
        return name.lower().lstrip("0")

    def _slip(self, word: str) -> str:
        at, letter = self._rng.randrange(len(word) - 1), self._rng.choice("abcdefghijklmnopqrstuvwxyz")
        return self._rng.choice((
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at + 1 :],
            word[:at] + letter + word[at:],
            word[:at] + letter + word[at + 1 :],
        ))  # fmt: skip


def run(report: Callable[..., None]) -> None:
    """Print build and load, hit rates by how the text was typed, and the time of an answer, beside two peers."""
    streets, entries, shapes = load(DATA)
    names = [street["name"] for street in streets]
    with tempfile.TemporaryDirectory() as folder:
        places = _opened(report, streets, entries, shapes, folder)
    targets = _targets(names, entries, random.Random(20))
    typist = Typist(names, random.Random(21))
    typed = [(target, typist.typed(target)) for target in targets]
    sets = {
        "in full": [(target, f"{target.number} {' & '.join(target.streets)}".strip()) for target in targets],
        "as typed": typed,
        "one slip": [(target, slip) for target, text in typed if (slip := typist.slipped(text))],
        "60 % of the name": [(target, typist.partial(target)) for target in targets],
    }
    peer = Trigrams(sorted({min(target.labels) for target in _all(names, entries)}))
    for name, queries in sets.items():
        _compare(report, name, queries, places, peer)
    keystrokes = [text[:size] for _, text in typed[:200] for size in range(1, len(text) + 1)]
    spent = _times(lambda text: places.search(text), keystrokes)
    data = f"San Francisco EAS 2025, every keystroke of {200} texts"
    fuzzed = _times(lambda text: process.extract(text.upper(), peer.labels, scorer=fuzz.WRatio, limit=8), [text for _, text in typed[:FUZZ_RUNS]])
    report(name="places: a keystroke, p50", value=spent[50], unit="ms", limit=2, runs=len(keystrokes), data=data,
           peer="rapidfuzz over all", peer_value=fuzzed[50])  # fmt: skip
    report(name="places: a keystroke, p99", value=spent[99], unit="ms", limit=20, runs=len(keystrokes), data=data,
           peer="rapidfuzz over all", peer_value=fuzzed[99])  # fmt: skip
    points = [(entry["lon"], entry["lat"]) for entry in entries[:219_301:110]]
    spent = _times(lambda point: places.at(*point), points)
    report(name="places: the address at a point, p99", value=spent[99], unit="ms", runs=len(points), data="EAS 2025, each 110th")


class Trigrams:
    """The peer: every address as one row of an SQLite FTS5 trigram table, any trigram matching, ranked by BM25."""

    def __init__(self, labels: list[str]) -> None:
        self.labels = labels
        self._db = apsw.Connection(":memory:")
        self._db.execute("create virtual table names using fts5(label, tokenize='trigram', detail=full)")
        self._db.executemany("insert into names values (?)", [(label,) for label in labels])

    def search(self, text: str) -> list[str]:
        grams = {text[at : at + 3].replace('"', "") for at in range(len(text) - 2)}
        match = " OR ".join(f'"{gram}"' for gram in sorted(grams) if len(gram) == 3)
        rows = self._db.execute("select label from names where names match ? order by rank limit 5", (match,))
        return [str(row[0]) for row in rows]


def _opened(report: Callable[..., None], streets: list[Any], entries: list[Any], shapes: Any, folder: str) -> Places:
    begun = time.perf_counter()
    build_index(streets, entries, folder, shapes)
    built = time.perf_counter()
    places = Places.open(folder)
    opened = time.perf_counter()
    data = "San Francisco: 219,301 addresses, 8,861 crossings"
    report(name="places: build the index", value=built - begun, unit="s", data=data)
    report(name="places: open the index", value=opened - built, unit="s", limit=2, data=data)
    size = sum(path.stat().st_size for path in Path(folder).iterdir())
    report(name="places: the index on disk", value=size / 1e6, unit="MB", data=data)
    return places


def _all(names: list[str], entries: list[dict[str, Any]]) -> list[Target]:
    found = [Target(entry["number"], (names[entry["street"]],)) for entry in entries if entry["kind"] == "number"]
    return found + [Target("", tuple(names[at] for at in entry["streets"])) for entry in entries if entry["kind"] == "crossing"]


def _targets(names: list[str], entries: list[dict[str, Any]], rng: random.Random) -> list[Target]:
    found = _all(names, entries)
    return rng.sample([one for one in found if one.number], ADDRESSES) + rng.sample([one for one in found if not one.number], CROSSINGS)


def _compare(report: Callable[..., None], name: str, queries: list[tuple[Target, str]], places: Places, peer: Trigrams) -> None:
    """Hit rates at 1 and 5 and times, beside the peer on a part of the same queries."""
    answers: list[list[Hit]] = []
    spent = _times(lambda text: answers.append(places.search(text)), [text for _, text in queries])
    part = random.Random(22).sample(queries, PEER_RUNS)
    theirs: list[list[str]] = []
    peer_spent = _times(lambda text: theirs.append(peer.search(text)), [text for _, text in part])
    data = "San Francisco EAS 2025, seeded sample"
    for top in (1, 5):
        right = np.mean([any(hit.label in target.labels for hit in hits[:top]) for (target, _), hits in zip(queries, answers, strict=True)])
        peers = np.mean([any(label in target.labels for label in labels[:top]) for (target, _), labels in zip(part, theirs, strict=True)])
        report(name=f"places: {name}, right in the first {top}", value=100 * float(right), unit="%", runs=len(queries), data=data,
               peer="FTS5 trigrams", peer_value=100 * float(peers))  # fmt: skip
    for share in (50, 99):
        report(name=f"places: {name}, p{share}", value=spent[share], unit="ms", limit=20 if share == 99 else 2, runs=len(queries),
               data=data, peer="FTS5 trigrams", peer_value=peer_spent[share])  # fmt: skip


def _times(act: Callable[[Any], Any], inputs: list[Any]) -> dict[int, float]:
    spent = []
    for one in inputs:
        begun = time.perf_counter()
        act(one)
        spent.append(1e3 * (time.perf_counter() - begun))
    return {share: float(np.percentile(spent, share)) for share in (50, 99)}
