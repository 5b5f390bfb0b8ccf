"""5,000 moving units on the map of a headless Chromium with software drawing: frames a second while panning, and main-thread cost.

Beside this console the same is measured, in the same run, for an earlier build where TOCSIN_CONSOLE_BEFORE names its folder.
"""

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page
from tests.console.desk import CHROMIUM, chromium, map_settled, sign_in, watch
from tests.shared import ROOT

from tocsin.city.sketch import sketch
from tocsin.cli.settings import CONSOLE

UNITS = int(os.environ.get("TOCSIN_BENCH_UNITS", "5000"))
_LIMIT_FPS = 30.0
_RUNS, _FOR_S = 3, 6.0
_PAN = """(seconds) => new Promise((done) => {
  const canvas = document.querySelector('.maplibregl-canvas');
  const box = canvas.getBoundingClientRect();
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const tell = (kind, to) => to.dispatchEvent(new MouseEvent(kind, { bubbles: true, clientX: at.x, clientY: at.y, button: 0, buttons: kind === 'mouseup' ? 0 : 1 }));
  const stamps = [];
  tell('mousedown', canvas);
  const begun = performance.now();
  const step = (now) => {
    stamps.push(now);
    const angle = (now - begun) / 400;
    at.x += 5 * Math.cos(angle);
    at.y += 5 * Math.sin(angle);
    tell('mousemove', document);
    if (now - begun < seconds * 1000) requestAnimationFrame(step);
    else { tell('mouseup', document); done(stamps); }
  };
  requestAnimationFrame(step);
})"""
_STILL = """(seconds) => new Promise((done) => {
  const stamps = [];
  const begun = performance.now();
  const step = (now) => { stamps.push(now); if (now - begun < seconds * 1000) requestAnimationFrame(step); else done(stamps); };
  requestAnimationFrame(step);
})"""


@contextmanager
def _house(data: Path, city: Path, console: Path) -> Iterator[int]:
    process = subprocess.Popen([sys.executable, "-m", "bench.map_house", str(data), str(city), str(console), str(UNITS)], cwd=ROOT, text=True,
                               stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.communicate(timeout=30)


def _busy_s(page: Page) -> Callable[[], float]:
    """The main thread's seconds on a processor so far, as Chromium itself counts them: waiting for one is no work."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def read() -> float:
        found: list[dict[str, Any]] = session.send("Performance.getMetrics")["metrics"]
        return float(next(one["value"] for one in found if one["name"] == "TaskDuration"))

    return read


def _measured(page: Page, script: str) -> tuple[float, float, float]:
    """(frames a second, the slowest tenth's milliseconds, main-thread processor milliseconds a second), the median of some runs."""
    busy = _busy_s(page)
    rates, slow, cost = [], [], []
    for _ in range(_RUNS):
        before = busy()
        stamps: list[float] = page.evaluate(script, _FOR_S)
        gaps = sorted(b - a for a, b in pairwise(stamps)) or [_FOR_S * 1000]
        seconds = max(_FOR_S, (stamps[-1] - stamps[0]) / 1000)  # a page that drew once in all that time drew once
        rates.append((len(stamps) - 1) / seconds)
        slow.append(gaps[int(len(gaps) * 0.9)])
        cost.append((busy() - before) * 1000 / seconds)
    return statistics.median(rates), statistics.median(slow), statistics.median(cost)


def _look(browser: Browser, data: Path, city: Path, console: Path) -> dict[str, tuple[float, float, float]]:
    with _house(data, city, console) as port:
        page = watch(browser, f"http://localhost:{port}").page
        sign_in(page, "dispatcher")
        map_settled(page)
        page.wait_for_timeout(4_000)
        found = {"standing still, the whole city": _measured(page, _STILL), "panning, the whole city": _measured(page, _PAN)}
        for _ in range(3):
            page.keyboard.press("+")
            page.wait_for_timeout(700)
        found["panning, three steps closer"] = _measured(page, _PAN)
        page.screenshot(path=ROOT / "tests" / "out" / f"map-{UNITS}-{data.name}.png")
        page.context.close()
    return found


def run(report: Callable[..., None]) -> None:
    """Frames and cost in three scenes; the peer is the earlier build, where there is one."""
    if not CHROMIUM:
        print("map: no Chromium on this machine")
        return
    before = os.environ.get("TOCSIN_CONSOLE_BEFORE")
    (ROOT / "tests" / "out").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="tocsin-map-") as scratch, chromium() as browser:
        folder = Path(scratch)
        sketch(1, 4_000, folder / "city")
        earlier = _look(browser, folder / "before", folder / "city", Path(before)) if before else {}
        now = _look(browser, folder / "now", folder / "city", CONSOLE)
    data = f"{UNITS} units, each moving once a second; Chromium with SwiftShader, 1280 × 800"
    for scene, (rate, slow, cost) in now.items():
        old = earlier.get(scene)
        report(name=f"map frames, {scene}", value=rate, unit="1/s", **({"peer": "earlier build", "peer_value": old[0]} if old else {}), limit=_LIMIT_FPS, runs=_RUNS, data=data)
        report(name=f"map frame, slowest tenth, {scene}", value=slow, unit="ms", **({"peer": "earlier build", "peer_value": old[1]} if old else {}), runs=_RUNS, data=data)
        report(name=f"map main thread, {scene}", value=cost, unit="ms/s", **({"peer": "earlier build", "peer_value": old[2]} if old else {}), runs=_RUNS, data=data)
