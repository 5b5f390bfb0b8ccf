"""Run the benchmarks named on the command line (all without names), print every figure and keep them in bench/out/bench.json."""

import importlib
import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
OUT = HERE / "out" / "bench.json"


class Report:
    """Collects figures: a row is {name, value, unit, peer or limit, ratio, runs, data}; a ratio is peer_value / value."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def __call__(self, *, name: str, value: float, unit: str, peer: str | None = None, peer_value: float | None = None,
                 limit: float | None = None, runs: int = 1, data: str = "") -> None:
        row: dict[str, Any] = {"name": name, "value": round(value, 6), "unit": unit}
        if peer is not None and peer_value is not None:
            row |= {"peer": peer, "peer_value": round(peer_value, 6), "ratio": round(peer_value / value, 3) if value else None}
        if limit is not None:
            row |= {"limit": limit}
        row |= {"runs": runs, "data": data}
        self.rows.append(row)
        beside = f"  {peer}: {peer_value:.4g} (x{row['ratio']})" if "peer" in row else ""
        aim = f"  limit {limit:g}" if limit is not None else ""
        print(f"{name:58s} {value:12.5g} {unit:10s}{beside}{aim}  [{runs} runs; {data}]", flush=True)


def main(names: list[str]) -> int:
    known = sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"no benchmark named {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    report = Report()
    OUT.parent.mkdir(exist_ok=True)
    before = json.loads(OUT.read_text()) if OUT.exists() and names else []
    for name in names or known:
        print(f"== {name}", flush=True)
        try:
            importlib.import_module(f"bench.bench_{name}").run(report)
        finally:  # also of one that is stopped half-way: what it measured is measured
            fresh = {row["name"] for row in report.rows}
            figures = [row for row in before if row["name"] not in fresh] + report.rows
            OUT.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
