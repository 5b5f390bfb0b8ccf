"""Those who look: each reads the live stream, goes on at another node from its own position when one fails, and writes down every frame."""

import json
import threading
import time
from pathlib import Path
from typing import Any

import httpx

from faults.begin import PASSWORD


class Stream(threading.Thread):
    """One screen. It keeps the tables that its frames make, so that they can be held against what is really there."""

    def __init__(self, number: int, nodes: list[str], log: Path, ended: threading.Event, *, password: str = PASSWORD) -> None:
        super().__init__(name=f"stream-{number}", daemon=True)
        self._nodes, self._ended, self._number, self._password = nodes, ended, number, password
        self._at = number % len(nodes)
        self._log = log.open("a", buffering=1)
        self.cookie, self.id = "", ""
        self.tables: dict[tuple[str, str], dict[str, Any]] = {}
        self.moves = self.frames = 0

    def run(self) -> None:
        """Look until told to stop."""
        while not self._ended.is_set():
            try:
                with httpx.Client(base_url=self._nodes[self._at], trust_env=False, headers={"x-tocsin": "1", "user-agent": "faults"},
                                  timeout=httpx.Timeout(15.0, connect=2.0)) as client:
                    self._look(client)
            except (httpx.HTTPError, ValueError, KeyError):
                pass
            self._at = (self._at + 1) % len(self._nodes)
            self.moves += 1
            time.sleep(0.2)
        self._log.close()

    def _look(self, client: httpx.Client) -> None:
        if not self.cookie:
            answer = client.post("/api/sign-in", json={"name": "watch", "password": self._password})
            if answer.status_code != 200:
                return
            self.cookie = answer.cookies["tocsin_session"]
        headers = {"cookie": f"tocsin_session={self.cookie}"} | ({"last-event-id": self.id} if self.id else {})
        with client.stream("GET", "/api/live", headers=headers) as answer:
            if answer.status_code == 401:
                self.cookie = ""  # a session that a fail-over cost: it is counted in the log
                self._note({"signed_out": True})
            if answer.status_code != 200:
                return
            said: dict[str, str] = {}
            for line in answer.iter_lines():
                if self._ended.is_set():
                    return
                if line:
                    name, _, value = line.partition(": ")
                    said[name] = value
                    continue
                if said.get("event") == "frame":
                    self._take(json.loads(said["data"]))
                elif said.get("event") == "cut":
                    return
                said = {}

    def _take(self, frame: dict[str, Any]) -> None:
        if frame["whole"]:
            self.tables = {}
        for row in frame["rows"]:
            self.tables[row["row"], row["id"]] = row
        for name, key in frame["gone"]:
            self.tables.pop((name, key), None)
        self._note({"from": self.id, "id": frame["id"], "whole": frame["whole"], "node": self._nodes[self._at],
                    "rows": sorted(row["id"] for row in frame["rows"] if row["row"] == "incident")})
        self.id, self.frames = frame["id"], self.frames + 1

    def _note(self, what: dict[str, Any]) -> None:
        self._log.write(json.dumps({"stream": self._number, "at": time.time(), **what}) + "\n")
