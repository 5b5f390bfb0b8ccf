"""Positions: high-rate, thinned, expiring; never in the ledger. (Provisional: the latest positions in memory only.)"""

from collections.abc import Sequence
from pathlib import Path
from threading import Lock

import msgspec

from tocsin.kernel import Clock, Instant


class Fix(msgspec.Struct, frozen=True, kw_only=True):
    """One reported position."""

    unit: str
    lon: float
    lat: float
    device_at: Instant
    heard_at: Instant
    accuracy_m: float | None = None
    speed_mps: float | None = None
    heading_deg: float | None = None


class Trail:
    """The latest position of each unit."""

    def __init__(self) -> None:
        self._latest: dict[str, tuple[int, Fix]] = {}
        self._sequence = 0
        self._lock = Lock()

    @classmethod
    def open(cls, folder: Path, clock: Clock) -> "Trail":
        return cls()

    def report(self, fixes: Sequence[Fix]) -> list[str]:
        with self._lock:
            for fix in fixes:
                held = self._latest.get(fix.unit)
                if held is None or held[1].device_at <= fix.device_at:
                    self._sequence += 1
                    self._latest[fix.unit] = (self._sequence, fix)
        return [""] * len(fixes)

    def latest(self) -> list[Fix]:
        with self._lock:
            return [fix for _, fix in self._latest.values()]

    def since(self, sequence: int) -> tuple[int, list[Fix]]:
        with self._lock:
            return self._sequence, [fix for at, fix in self._latest.values() if at > sequence]

    def end_shift(self, unit: str) -> None:
        with self._lock:
            self._latest.pop(unit, None)

    def close(self) -> None:
        pass
