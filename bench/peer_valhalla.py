"""Valhalla's map-matching of the same traces on the same extract: run by a Python that has pyvalhalla, not by the project's own.

Reads {"extract", "folder", "rows": [{"options", "traces": [[{"lon", "lat", "time"}]]}]} and writes for each row the seconds of
processor and each trace's points, edges and line, as JSON.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import valhalla

SHOWN = ["matched.point", "matched.type", "matched.edge_index", "edge.begin_shape_index", "edge.end_shape_index", "shape"]


def main() -> None:
    """Build the tiles, match every row once for warmth and once for the figures."""
    asked = json.load(sys.stdin)
    folder = Path(asked["folder"])
    (folder / "tiles").mkdir(parents=True)
    config = valhalla.get_config(tile_extract="", tile_dir=str(folder / "tiles"), verbose=False)
    config["mjolnir"].pop("tile_extract", None)
    config["mjolnir"]["concurrency"] = 1
    (folder / "valhalla.json").write_text(json.dumps(config))
    built = valhalla.PYVALHALLA_DIR / "bin" / "valhalla_build_tiles"
    subprocess.run([str(built), "-c", str(folder / "valhalla.json"), asked["extract"]], check=True, capture_output=True)
    actor = valhalla.Actor(config)
    rows = [_row(actor, row["options"], row["traces"]) for row in asked["rows"]]
    json.dump({"version": valhalla.__version__, "rows": rows}, sys.stdout)


def _row(actor: Any, options: dict[str, Any], traces: list[list[dict[str, float]]]) -> dict[str, Any]:
    """Match each trace; only the calls themselves, which take and give text, are timed."""
    texts = [json.dumps({"shape": trace, "costing": "auto", "shape_match": "map_snap", "trace_options": options, "use_timestamps": False,
                         "filters": {"attributes": SHOWN, "action": "include"}}) for trace in traces]
    _ask(actor, texts[0])
    busy = time.process_time()
    answers = [_ask(actor, text) for text in texts]
    return {"busy_s": time.process_time() - busy, "load": os.getloadavg()[0], "traces": [json.loads(answer) for answer in answers]}


def _ask(actor: Any, text: str) -> str:
    """The answer to one trace, an empty one where it matches nothing."""
    try:
        return str(actor.trace_attributes(text))
    except RuntimeError:
        return "{}"


if __name__ == "__main__":
    main()
