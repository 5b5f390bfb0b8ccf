"""One run: a database with its standby, nodes, callers and screens; faults from a list, one after another; then everything is held against the ledger."""

import base64
import contextlib
import json
import threading
import time
from bisect import bisect_right
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import httpx
from tests.floor import small_city

from faults.begin import begin, carry
from faults.callers import Caller
from faults.checker import Found, check
from faults.database import Database
from faults.file import File
from faults.nodes import Node
from faults.programs import READY_S
from faults.streams import Stream

SETTLE_S = 60.0


class Run:
    """What a fault may lay its hands on."""

    def __init__(self, folder: Path, *, nodes: int, callers: int, units: int, screens: int, seed: int, disk: Path | None = None, store: str = "postgresql") -> None:
        self.folder, self.seed = folder, seed
        self.ended = threading.Event()
        self._times: list[float] = []
        self.told: list[tuple[str, float, float]] = []
        """What was done, when, and how long nobody was acknowledged then."""
        self.place: Database | File = Database(folder, disk=disk) if store == "postgresql" else File(disk or folder)
        if isinstance(self.place, Database):
            keys = begin(folder / "n1", self.place.where, callers, units)
            self.nodes = [Node(f"n{number}", folder / f"n{number}", folder, small_city().path, self.place.primary.port) for number in range(1, nodes + 1)]
            for node in self.nodes[1:]:
                carry(folder / "n1", node.data)
            for node in self.nodes:
                (node.data / "ledger" / "database").write_text(f"postgresql://postgres@127.0.0.1:{node.to_database.port}/postgres\n")
        else:
            keys = begin(self.place.data, "", callers, units)
            self.nodes = [Node("n1", self.place.data, folder, small_city().path, 0)]
        for node in self.nodes:
            node.start()
        for node in self.nodes:
            if not node.answers():
                raise RuntimeError(f"{node.name} does not start; see {folder / node.name}.log")
        addresses = [node.address for node in self.nodes]
        self.callers = [Caller(number, key, addresses, folder / f"caller-{number}.jsonl", units, seed + number) for number, key in enumerate(keys)]
        self.screens = [Stream(number, addresses, folder / f"stream-{number}.jsonl", self.ended) for number in range(screens)]
        self._checkpoints = (folder / "checkpoints.jsonl").open("a", buffering=1)
        for thread in (*self.callers, *self.screens):
            thread.start()
        threading.Thread(target=self._sign, daemon=True).start()
        self.work(lambda: self.acknowledged > 3 * callers)

    @property
    def database(self) -> Database:
        """The database of the nodes; a house that is alone has none."""
        assert isinstance(self.place, Database), "this fault is a database's"
        return self.place

    @property
    def acknowledged(self) -> int:
        """How many commands were acknowledged so far."""
        return sum(caller.acknowledged for caller in self.callers)

    def leader(self) -> Node:
        """The node that leads, as the database has it; another one where that one does not run."""
        with contextlib.suppress(Exception):
            name = self.place.leads
            return next(node for node in self.nodes if node.name == name)
        return self.nodes[0]

    def work(self, enough: Callable[[], bool], within_s: float = 120.0) -> None:
        """Let everybody work until it is enough."""
        until_s, pause = time.monotonic() + within_s, threading.Event()
        while not enough():
            if time.monotonic() > until_s:
                raise RuntimeError(f"nothing was acknowledged any more; see {self.folder}")
            pause.wait(0.05)

    def do(self, name: str, act: Callable[[], object]) -> None:
        """One fault, and then work until commands are acknowledged again."""
        begun = time.time()
        act()
        before = self.acknowledged
        self.work(lambda: self.acknowledged >= before + 2 * len(self.callers))
        self.told.append((name, begun, time.time()))

    def revive(self) -> None:
        """Start again whatever ended, also what ended by itself."""
        for node in self.nodes:
            if node.ended:
                node.start()

    def all_answer(self) -> None:
        """Wait until every node answers. One that was starting while the database was away ends, as it says; whoever runs it starts it again."""
        until_s = time.monotonic() + 2 * READY_S
        self.revive()
        while not all(node.answers() for node in self.nodes):
            if time.monotonic() > until_s:
                raise RuntimeError(f"a node does not come back; see {self.folder}")
            self.revive()

    def finish(self) -> Found:
        """Let all of it come to rest, and hold it against the ledger."""
        self.place.answers()
        for node in self.nodes:
            node.jump(0)
        self.all_answer()
        for caller in self.callers:
            caller.stop()
        for caller in self.callers:
            caller.join(SETTLE_S)
        self._settle()
        self.ended.set()
        self._checkpoints.close()
        found = check(self.folder, self.place.where)
        found.counts["faults"] = len(self.told)
        return found

    def silence(self, begun: float, until: float) -> float:
        """For how many seconds nobody was acknowledged, at the longest, between these moments: from the last before to the first after."""
        times = sorted(json.loads(line)["done"] for path in self.folder.glob("caller-*.jsonl") for line in path.read_text().splitlines() if '"status": 200' in line) \
            if not self._times else self._times
        self._times = times
        first, last = max(0, bisect_right(times, begun) - 1), bisect_right(times, until)
        return max((later - earlier for earlier, later in pairwise(times[first:last])), default=0.0)

    def _settle(self) -> None:
        """Wait until every node and screen stands at the end of the ledger; then write down what each shows."""
        head = self.place.head()
        pause, until_s = threading.Event(), time.monotonic() + SETTLE_S
        while any(int(screen.id.partition(".")[0] or 0) < head for screen in self.screens) and time.monotonic() < until_s:
            pause.wait(0.1)
            head = self.place.head()
        cookie = next(screen.cookie for screen in self.screens if screen.cookie)
        for node in self.nodes:
            board = httpx.get(f"{node.address}/api/board", trust_env=False, timeout=20, headers={"cookie": f"tocsin_session={cookie}", "user-agent": "faults"}).json()
            (self.folder / f"board-{node.name}.json").write_text(json.dumps({f"{row['row']} {row['id']}": row for row in board["rows"]}))
        for number, screen in enumerate(self.screens):
            (self.folder / f"screen-{number}.json").write_text(json.dumps({f"{name} {key}": row for (name, key), row in screen.tables.items()}))

    def _sign(self) -> None:
        """Read what is signed meanwhile, at any node."""
        turn = 0
        while not self.ended.wait(0.5):
            turn += 1
            with contextlib.suppress(httpx.HTTPError, ValueError, IndexError):
                note = httpx.get(f"{self.nodes[turn % len(self.nodes)].address}/tlog/checkpoint/newest", trust_env=False, timeout=5)
                if note.status_code == 200:
                    _, size, root = note.text.splitlines()[:3]
                    self._checkpoints.write(json.dumps([int(size), base64.b64decode(root).hex()]) + "\n")

    def close(self) -> None:
        """End everything that was started, whatever happened."""
        self.ended.set()
        for node in self.nodes:
            node.close()
        self.place.close()
