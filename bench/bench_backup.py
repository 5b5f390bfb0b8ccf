"""A backup's first run and the next one, beside a plain copy of the same folder; and a drill, to the house that is started again."""

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.floor import DESK, StillClock, corner, small_house

from bench.bench_house import fill
from tocsin.cli.settings import SystemClock
from tocsin.house.keeping import copy_key
from tocsin.house.saving.back_up import back_up, make_key
from tocsin.house.saving.drill import drill
from tocsin.rooms.calls.commands import TakeCall

FACTS = 200_000
_MB = 1 << 20


def run(report: Callable[..., None]) -> None:
    """Fill a ledger with whole incidents, nine facts and one sealed caller each, save it while a house runs on it, and bring it back."""
    folder = Path(tempfile.mkdtemp(prefix="tocsin-bench-backup-"))
    data, to, clock = folder / "data", folder / "to", SystemClock()
    try:
        fill(data, StillClock(), FACTS)
        make_key(data, folder / "identity")
        with small_house(data, StillClock()) as house:
            for number in range(FACTS // 9):
                house.ledger.vault.seal(f"call:2603{4 + number // 9000:02d}-{number % 9000 + 1:04d}", "a caller")
            house.ledger.vault.flush()
            copy_key(data, folder / "safe")
            held = sum(path.stat().st_size for path in data.rglob("*") if path.is_file() and "cache" not in path.parts)
            told = f"{FACTS:,} facts, {FACTS // 9:,} sealed callers, {held // _MB} MB"
            began = time.perf_counter()
            shutil.copytree(data, folder / "plain", ignore=shutil.ignore_patterns("cache"))
            plain = time.perf_counter() - began
            first = back_up(data, to, clock, name="floor", keep=30, told=lambda written, piece: None)
            report(name="backup: the first run", value=first.took_s, unit="s", peer="cp of the folder", peer_value=plain, data=told)
            report(name="backup: its size", value=first.new_bytes / _MB, unit="MB", peer="the folder", peer_value=held / _MB, data=told)
            for _ in range(100):
                house.do(TakeCall(kind="fire", place=corner(1, 1), caller="a caller"), DESK)
            later = back_up(data, to, clock, name="floor", keep=30, told=lambda written, piece: None)
            report(name="backup: the next run, 100 calls later", value=later.took_s, unit="s", limit=60, data=told)
            report(name="backup: what that adds", value=later.new_bytes / _MB, unit="MB", data=told)
            found = drill(to, folder / "identity", folder / "safe", data, clock, scratch=folder, again_within_days=30, told=lambda done, of: None,
                          opened=lambda records: small_house(records, StillClock()))
            assert found.ok, found.why
            report(name="restore: a drill, to the house that is started again", value=found.minutes, unit="min", limit=60, data=told)
            for step, seconds in found.steps.items():
                report(name=f"restore: {step}", value=seconds, unit="s", data=told)
    finally:
        shutil.rmtree(folder)
