"""One browser for all tests of the console; without Chromium or a built console they skip, by name and with the reason."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.console.desk import CHROMIUM, Served, chromium, served
from tests.floor import corner
from tocsin.cli.settings import CONSOLE
from tocsin.engines.roads import warm


@pytest.fixture(scope="package")
def started() -> Iterator[Browser]:
    """The browser of these tests, each of which has a session of its own in it; it is not left running beside tests that need none."""
    missing = "" if CHROMIUM else "no Chromium on this machine"
    if not (CONSOLE / "index.html").is_file():
        missing = "the console is not built; make console builds it"
    if missing and os.environ.get("CI"):
        pytest.fail(f"{missing}, and CI must not skip these")
    if missing:
        pytest.skip(missing)
    warm()
    expect.set_options(timeout=15_000)
    # The map is drawn by WebGL in software, as it must be; the page round it is not, which is two thirds of all that a browser does in these tests.
    # A microphone that hears a tone; whether a page may listen to it is still asked.
    with chromium("--disable-gpu-compositing", "--use-fake-device-for-media-stream") as running:
        yield running


@pytest.fixture
def browser(started: Browser) -> Iterator[Browser]:
    """The browser without the pages of the test before."""
    yield started
    leave(started)


def leave(browser: Browser) -> None:
    """Close every page, so that none goes on asking a server that is about to stop."""
    for context in browser.contexts:
        context.close()


@pytest.fixture
def town(tmp_path: Path, browser: Browser) -> Iterator[Served]:
    """The drawn town with six units at corners; nobody has called yet."""
    with served(tmp_path, demo=True) as floor:
        for unit, kind, column, row in (("E7", "engine", 1, 1), ("E9", "engine", 4, 4), ("A4", "ambulance", 2, 1),
                                        ("M2", "medic", 4, 1), ("P3", "police", 3, 3), ("T1", "truck", 5, 0)):
            floor.on_duty(unit, kind, corner(column, row), heading_deg=90.0 if kind == "police" else None)
        yield floor
        leave(browser)
