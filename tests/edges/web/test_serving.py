"""A served house in its own process: told to stop, it ends its streams with a reason, closes, and everything kept is there."""

import signal
import subprocess
import sys
from pathlib import Path

import httpx

from tests.edges.web.running import HEADERS, Listener
from tests.floor import StillClock, small_city, small_house
from tests.shared import ROOT

_SERVE = """
import sys
from pathlib import Path
from tests.floor import small_house
from tocsin.city import City
from tocsin.cli.settings import SystemClock
from tocsin.edges.web.app import app
from tocsin.edges.web.people import People
from tocsin.edges.web.serving import serve
from tests import floor

data, city = Path(sys.argv[1]), City.open(sys.argv[2])
floor.small_city = lambda: city
people = People(data, SystemClock())
people.add("desk", ("dispatcher",), "pass word", alone=True)
serve(app(small_house(data / "house"), people=people, console=None, city_folder=city.path, demo=False), "127.0.0.1", 0,
      ready=lambda port: print(port, flush=True))
print("closed", flush=True)
"""


def test_sigterm_ends_streams_with_a_reason_and_closes_the_house(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", _SERVE, str(tmp_path), str(small_city().path)], cwd=ROOT,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        said = process.stdout.readline()
        assert said, process.communicate()[1]
        port = int(said)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=HEADERS, trust_env=False, timeout=20) as desk:
            cookie = desk.post("/api/sign-in", json={"name": "desk", "password": "pass word"}).cookies["tocsin_session"]
            listener = Listener(port, cookie)
            assert listener.hear() is not None
            kept = desk.post("/api/calls", json={"place": {"lon": 24.9, "lat": 60.15}, "kind": "medical"}).json()["position"]
            process.send_signal(signal.SIGTERM)
            events = []
            while (heard := listener.hear()) is not None:
                events.append(heard)
            listener.close()
        said, errors = process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()
    assert (events[-1].event, events[-1].data["code"]) == ("cut", "closing")
    assert (process.returncode, said, errors) == (0, "closed\n", "")
    with small_house(tmp_path / "house", StillClock()) as again:
        assert again.ledger.head() >= kept
