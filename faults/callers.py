"""Those who work: each takes a call, sends a free unit, follows it and closes, over and over, at whichever node answers. Every try is written down."""

import json
import random
import threading
import time
from pathlib import Path
from typing import Any

import httpx

from faults.begin import SHIFT

GIVE_UP_S = 120.0
"""A command that nobody acknowledges for so long is given up, and counted as such; in a sound run there is none."""
_STATES = ("en_route", "at_scene", "available")


class Given(Exception):
    """A command came to nothing: refused for good, or given up."""


class Caller(threading.Thread):
    """One desk. A node that fails is left for another; a command is asked again with its key until it is acknowledged or refused for good."""

    def __init__(self, number: int, key: str, nodes: list[str], log: Path, units: int, seed: int, *, around: tuple[float, float] = (24.9, 60.152), prefix: str = "E",
                 pause_s: float = 0.0) -> None:
        super().__init__(name=f"caller-{number}", daemon=True)
        self.number, self._nodes, self._units = number, nodes, units
        self._around, self._prefix, self._pause_s = around, prefix, pause_s
        self._ended = threading.Event()
        self.acknowledged = 0
        self._random = random.Random(seed)  # a run is told again by its seed
        self._at = number % len(nodes)
        self._count = 0
        self._log = log.open("a", buffering=1)
        self._client = httpx.Client(trust_env=False, headers={"x-tocsin": "1", "authorization": f"Bearer {key}", "user-agent": "faults"},
                                    timeout=httpx.Timeout(12.0, connect=2.0))

    def stop(self) -> None:
        """End what was begun, and begin nothing more."""
        self._ended.set()

    def run(self) -> None:
        """Work until told to stop; what was begun then is ended."""
        while not self._ended.is_set():
            try:
                self._incident()
            except Given:
                continue
            self._ended.wait(self._pause_s)
        self._client.close()
        self._log.close()

    def _incident(self) -> None:
        lon, lat = self._around
        place = {"lon": lon + self._random.random() * 0.03, "lat": lat + self._random.random() * 0.015, "text": f"{self._count} Fault Street"}
        taken = self._said("/api/calls", {"place": place, "kind": "medical", "priority": 2 + self._random.randrange(3), "notes": "a call"})
        incident = str(taken["subject"]).removeprefix("call:")
        one = f"/api/incidents/{incident}"
        for _ in range(self._units * 4):
            unit = f"{self._prefix}{self._random.randrange(self._units)}"
            try:
                self._said(f"{one}/assign", {"unit": unit, "shift": SHIFT, "eta_s": 240})
            except Given:
                if self._ended.is_set():
                    return
                continue
            for state in _STATES:
                self._said(f"/api/units/{unit}/state", {"shift": SHIFT, "state": state})
            break
        self._said(f"{one}/close", {"disposition": "treated"})

    def _said(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The receipt of a command, however long it takes and whoever keeps it."""
        self._count += 1
        key, begun = f"{self._count}", time.time()
        for tries in range(10_000):
            sent = time.time()
            status, answer = self._asked(path, body | {"key": key})
            self._log.write(json.dumps({"by": f"caller-{self.number}", "key": key, "path": path, "try": tries, "node": self._nodes[self._at], "sent": sent, "done": time.time(),
                                        "status": status, "code": answer.get("code", ""), "position": answer.get("position", 0), "kept": answer.get("kept", [])}) + "\n")
            if status == 200:
                self.acknowledged += 1
                return answer
            if 400 <= status < 500 and status not in (401, 408, 429):
                raise Given
            if time.time() - begun > GIVE_UP_S:
                raise Given
            if status in (0, 502, 503, 401):
                self._at = (self._at + 1) % len(self._nodes)
            time.sleep(min(0.05 * (1 + tries), 0.5))
        raise Given

    def _asked(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        try:
            answer = self._client.post(self._nodes[self._at] + path, json=body)
            return answer.status_code, answer.json()
        except (httpx.HTTPError, ValueError):
            return 0, {}
