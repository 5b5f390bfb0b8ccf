"""How long a city takes to compile and how much memory, beside the plain reading of the same file, which nothing can undercut."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.shared import DATA, ROOT

PORTO_ALEGRE = DATA / "osm" / "porto_alegre_r5r" / "poa_osm.pbf"
SAN_FRANCISCO = DATA / "roads" / "san_francisco"
RUNS = 3

_TIMED = """
import json, pathlib, re, time
start = time.perf_counter()
{body}
seconds = time.perf_counter() - start
peak = re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())  # ru_maxrss would count the parent's before exec
print(json.dumps([seconds, int(peak[1]) / 1024]))
"""
_BUILD = "from tocsin.city.building import build\nbuild([{source!r}], {out!r}, mapping={mapping!r})"
_SKETCH = "from tocsin.city.sketch import sketch\nsketch(1, {size}, {out!r})"
_READ = (
    "import osmium\nfor item in osmium.FileProcessor({source!r}).with_locations():\n"
    "    tags = dict(item.tags)\n    nodes = [(n.ref, n.location.lon, n.location.lat) for n in item.nodes] if item.is_way() else ()"
)


def run(report: Callable[..., None]) -> None:
    """Report build times and peak memory, each in a fresh process with compiled kernels at hand."""
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "city")
        if PORTO_ALEGRE.exists():
            source = str(PORTO_ALEGRE)
            _measure(_BUILD.format(source=source, out=out, mapping=None))  # compiles the kernels
            seconds, megabytes = _best(_BUILD.format(source=source, out=out, mapping=None))
            floor_s, floor_mb = _best(_READ.format(source=source))
            data = "Porto Alegre, OSM, 43,264 nodes, 16,032 ways"
            report(
                name="city: build from OSM, whole",
                value=seconds,
                unit="s",
                peer="plain pyosmium read",
                peer_value=floor_s,
                limit=20,
                runs=RUNS,
                data=data,
            )
            report(
                name="city: build from OSM, peak memory",
                value=megabytes,
                unit="MB",
                peer="plain pyosmium read",
                peer_value=floor_mb,
                runs=RUNS,
                data=data,
            )
        if SAN_FRANCISCO.exists():
            mapping = str(ROOT / "docs" / "examples" / "san-francisco.toml")
            seconds, megabytes = _best(_BUILD.format(source=str(SAN_FRANCISCO), out=out, mapping=mapping))
            data = "San Francisco, own files, 15,602 streets, 219,301 addresses"
            report(name="city: build from own files, whole", value=seconds, unit="s", limit=25, runs=RUNS, data=data)
            report(name="city: build from own files, peak memory", value=megabytes, unit="MB", runs=RUNS, data=data)
        seconds, megabytes = _measure(_SKETCH.format(size=100_000, out=out))
        report(name="city: sketch of 100,000 junctions, whole", value=seconds, unit="s", runs=1, data="seed 1")
        report(name="city: sketch of 100,000 junctions, peak memory", value=megabytes, unit="MB", runs=1, data="seed 1")


def _best(body: str) -> tuple[float, float]:
    """Return the least time and the least peak of several runs, each in a process of its own."""
    figures = [_measure(body) for _ in range(RUNS)]
    return min(seconds for seconds, _ in figures), min(megabytes for _, megabytes in figures)


def _measure(body: str) -> tuple[float, float]:
    done: Any = subprocess.run([sys.executable, "-c", _TIMED.format(body=body)], capture_output=True, check=True, cwd=ROOT)
    seconds, megabytes = json.loads(done.stdout.splitlines()[-1])
    return float(seconds), float(megabytes)
