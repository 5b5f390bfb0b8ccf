"""What giving out costs and how well marks last: made pictures and printed pages (seeded), tables of incidents, and a whole copy of a floor's day.

How many unmarked pictures and texts are looked at is `TOCSIN_BENCH_UNMARKED`, a thousand of each where nothing is said (some ten minutes).
"""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from tests.engines.marks.scenes import Plane, cropped, jpeg, page, resized, scene
from tests.floor import StillClock, asker, corner, small_house

from tocsin.engines.counts import suppressed
from tocsin.engines.marks import chosen, marked_picture, matched, packed, read_picture
from tocsin.house.outflow import Outflow, traced
from tocsin.house.outflow_words import PAIRS, seen
from tocsin.rooms.access.commands import ApproveExport, AskExport
from tocsin.rooms.calls.commands import TakeCall

KEY, ANOTHERS_KEY = b"\7" * 32, b"\5" * 32
PICTURES, PAGES, CLEAN = 12, 6, 20
UNMARKED = int(os.environ.get("TOCSIN_BENCH_UNMARKED", "1000"))
NUMBERS = tuple(f"261125-{at:04d}" for at in range(1, 201))
TREATED: dict[str, Callable[[Plane, int], Plane]] = {
    "as it is": lambda plane, seed: plane, "JPEG 90": lambda plane, seed: jpeg(plane, 90), "JPEG 75": lambda plane, seed: jpeg(plane, 75),
    "JPEG 50": lambda plane, seed: jpeg(plane, 50), "scaled to 75 %": lambda plane, seed: resized(plane, 0.75),
    "scaled to 150 %": lambda plane, seed: resized(plane, 1.5), "70 % of its area": lambda plane, seed: cropped(plane, 0.7, seed),
    "70 % of each side": lambda plane, seed: cropped(plane, 0.49, seed),
    "70 % of each side, JPEG 75": lambda plane, seed: jpeg(cropped(plane, 0.49, seed), 75),
    "80 %, 70 % of that, JPEG 75": lambda plane, seed: jpeg(cropped(resized(plane, 0.8), 0.7, seed), 75),
}
PLANNER, CHIEF = asker("planner 1", "planner"), asker("chief 1", "supervisor")


def run(report: Callable[..., None]) -> None:
    """Pictures, texts, counts, and a copy as it goes out."""
    _pictures(report)
    _unmarked(report)
    _texts(report)
    _counts(report)
    _copy(report)


def _pictures(report: Callable[..., None]) -> None:
    grounds = [scene(seed) for seed in range(PICTURES)] + [page(seed) for seed in range(PAGES)]
    began = time.perf_counter()
    marked = [marked_picture(plane, NUMBERS[at], KEY) for at, plane in enumerate(grounds)]
    pixels = sum(plane.size for plane in grounds) / 1e6
    data = f"{PICTURES} made pictures, {PAGES} printed pages"
    report(name="outflow: marking a picture, each megapixel", value=1000 * (time.perf_counter() - began) / pixels, unit="ms", runs=len(grounds), data=data)
    noise = min(10 * np.log10(255**2 / np.mean((one - other) ** 2)) for one, other in zip(grounds, marked, strict=True))
    report(name="outflow: a marked picture against its own, worst", value=float(noise), unit="dB", limit=40, runs=len(grounds), data=data)
    for name, treat in TREATED.items():
        for kind, first, last in (("pictures", 0, PICTURES), ("printed pages", PICTURES, PICTURES + PAGES)):
            right = 0
            for at in range(first, last):
                found = read_picture(treat(marked[at], at), KEY, NUMBERS)
                right += found is not None and found.number == NUMBERS[at]
            report(name=f"outflow: marks read back, {kind}, {name}", value=100 * right / (last - first), unit="%", runs=last - first,
                   data=f"{right} of {last - first}; seeded; 200 copies made")
    wrong = sum(read_picture(scene(1_000 + seed, 700, 500) if seed % 3 else page(1_000 + seed, 700, 500), KEY, NUMBERS) is not None for seed in range(CLEAN))
    report(name="outflow: marks found in pictures without one", value=wrong, unit=f"of {CLEAN}", runs=CLEAN, data="700 × 500, at 200 scales each")
    for name, plane in (("at its own scale", marked[0]), ("at another scale", resized(marked[0], 0.9))):
        began = time.perf_counter()
        read_picture(plane, KEY, NUMBERS)
        report(name=f"outflow: reading a picture's mark, {name}", value=time.perf_counter() - began, unit="s", data=f"{plane.size / 1e6:.1f} megapixels")


SAVED: tuple[Callable[[Plane], Plane], ...] = (
    lambda plane: plane, lambda plane: jpeg(plane, 60), lambda plane: jpeg(plane, 85), lambda plane: jpeg(resized(plane, 0.8), 75), lambda plane: resized(jpeg(plane, 90), 1.2))
"""What happens to a picture on its way through other programs."""


def _unmarked(report: Callable[..., None]) -> None:
    """How often somebody is named where nobody marked anything: pictures as cameras and programs leave them, texts in our words and in others'."""
    rng, wrong, took = np.random.default_rng(11), 0, 0.0
    for seed in range(UNMARKED):
        wide, high = (int(side) for side in rng.integers(320, 460, 2))
        plane = SAVED[seed % len(SAVED)](page(9_000 + seed, wide, high) if seed % 4 == 0 else scene(9_000 + seed, wide, high))
        began = time.perf_counter()
        wrong += read_picture(plane, KEY, NUMBERS) is not None
        took += time.perf_counter() - began
    report(name="outflow: a mark found in an unmarked picture, saved again", value=wrong, unit=f"of {UNMARKED:,}", limit=0, runs=UNMARKED,
           data=f"320 to 460 pixels a side, one in four a page of print; among 200 copies; {1000 * took / UNMARKED:.0f} ms each")
    named = {"coin": 0, "another's": 0, "prose": 0}
    for _ in range(UNMARKED):
        coins = [f"260304-{at:04d}, " + ", ".join(str(rng.choice(PAIRS[slot]["en"][int(at) % 2])) for slot in ("standing", "sent", "reached")) for at in rng.integers(1, 10_000, 60)]
        other = [f"260304-{at:04d}, " + ", ".join(PAIRS[slot]["en"][at % 2][chosen(packed("261125-0001", ANOTHERS_KEY), f"260304-{at:04d}/{slot}", ANOTHERS_KEY)]
                                                  for slot in ("standing", "sent", "reached")) for at in range(1, 61)]
        prose = [" ".join(rng.choice(["engine", "scene", "the", "caller", "260304-0007", "#12", "said", "smoke", "nobody sent", "at once"], 14)) for _ in range(60)]
        for kind, lines in (("coin", coins), ("another's", other), ("prose", prose)):
            named[kind] += traced("\n".join(lines).encode(), KEY, NUMBERS).layer != "none"
    for kind, says in (("coin", "our phrases, chosen by a coin"), ("another's", "another house's mark"), ("prose", "words and numbers in no order")):
        report(name=f"outflow: a copy named by an unmarked text: {says}", value=named[kind], unit=f"of {UNMARKED:,}", limit=0, runs=UNMARKED, data="60 lines each; among 200 copies")


def _texts(report: Callable[..., None]) -> None:
    marks = {f"261125-{at:04d}": packed(f"261125-{at:04d}", KEY) for at in range(1, 2_001)}
    right = "261125-0777"
    lines = [f"260304-{at:04d}, " + ", ".join(PAIRS[slot]["en"][at % 2][chosen(marks[right], f"260304-{at:04d}/{slot}", KEY)] for slot in ("standing", "sent", "reached"))
             for at in range(1, 10_000)]
    rng = np.random.default_rng(3)
    for count in (8, 10, 11, 12, 20):
        named = 0
        for _ in range(50):
            match = matched(seen("\n".join(lines[at] for at in rng.choice(len(lines), count, replace=False))), marks, KEY)
            named += match is not None and match.sure and match.number == right
        report(name=f"outflow: copies named by {count} rows of a table", value=100 * named / 50, unit="%", runs=50, data="of 2,000 copies; choice of words alone")
    text = "\n".join(lines).encode()
    began = time.perf_counter()
    traced(text, KEY, tuple(marks)[:200])
    report(name="outflow: tracing a text, each megabyte", value=(time.perf_counter() - began) / (len(text) / 1e6), unit="s", data=f"{len(text) / 1e6:.2f} MB, among 200 copies")


def _counts(report: Callable[..., None]) -> None:
    rng = np.random.default_rng(5)
    for shape in ((12, 8), (40, 40)):
        began = time.perf_counter()
        table = suppressed(rng.poisson(6, shape), 5)
        report(name=f"outflow: leaving small counts out of {shape[0]} × {shape[1]}", value=time.perf_counter() - began, unit="s",
               data=f"{int(table.left_out.sum())} of {table.left_out.size} left out")


def _copy(report: Callable[..., None]) -> None:
    incidents = 1_000
    with tempfile.TemporaryDirectory() as folder, small_house(Path(folder), clock := StillClock()) as house:
        for at in range(incidents):
            clock.pass_s(30)
            house.do(TakeCall(place=corner(at % 6, at // 6 % 6), kind="fire", caller="Aino Example"), asker("desk 1", "dispatcher", "call_taker"))
        asked = AskExport(what="incidents", recipient_kind="court", recipient="Court", basis="an order of the court", since=clock.at - 86_400_000_000, until=clock.at + 1,
                          fields=("caller",), copies=10)
        export = house.do(asked, PLANNER).subject.removeprefix("export:")
        outflow = Outflow(house)
        began = time.perf_counter()
        seen_at = outflow.preview(export, CHIEF).position
        report(name="outflow: a preview", value=time.perf_counter() - began, unit="s", data=f"{incidents:,} incidents")
        house.do(ApproveExport(export=export, preview=seen_at), CHIEF)
        took = []
        for _ in range(5):
            began = time.perf_counter()
            content = outflow.copy(export, PLANNER).content
            took.append(time.perf_counter() - began)
        report(name="outflow: a copy with its facts kept", value=sorted(took)[2], unit="s", runs=5, data=f"{incidents:,} incidents, {len(content) / 1024:.0f} kB")
        took = []
        for _ in range(5):
            began = time.perf_counter()
            assert outflow.trace(content, CHIEF).export == export
            took.append(time.perf_counter() - began)
        report(name="outflow: tracing such a copy, as it was given out", value=sorted(took)[2], unit="s", runs=5, data=f"{incidents:,} incidents, a zip")
