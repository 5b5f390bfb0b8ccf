"""A floor at work from outside: its people at their desks, its board as its stream shows it, and help between two floors, step by step."""

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Self

import httpx

from faults.cities import City
from faults.streams import Stream

SHIFT = "2026-11-29D"
ACKNOWLEDGED_S, SEEN_S = 120.0, 120.0
Rows = Mapping[tuple[str, str], dict[str, Any]]


class No(Exception):
    """A floor refused; its words are the code."""


class Board(Stream):
    """What a desk of this city sees, and when each row came there first."""

    def __init__(self, city: City, number: int, ended: threading.Event) -> None:
        super().__init__(number, [city.address], city.folder / f"stream-{number}.jsonl", ended, password="pass word watch")  # a made account of a made town
        self.came: dict[tuple[str, str], float] = {}
        self._changed = threading.Condition()

    def _take(self, frame: dict[str, Any]) -> None:
        with self._changed:
            super()._take(frame)
            for key in self.tables:
                self.came.setdefault(key, time.time())
            self._changed.notify_all()

    def sees(self, true: Callable[[Rows], Any], what: str, within_s: float = SEEN_S) -> Any:
        """Wait until it shows what is looked for; gives that."""
        found: Any = None

        def there() -> bool:
            nonlocal found
            found = true(self.tables)
            return bool(found)

        with self._changed:
            if not self._changed.wait_for(there, within_s):
                raise RuntimeError(f"{self._nodes[0]} does not show {what}")
        return found


class Desk:
    """Somebody signed in at a floor. Each command has a key of its own and is asked again until it is acknowledged or refused."""

    def __init__(self, city: City, name: str) -> None:
        self._name = name
        self._client = httpx.Client(base_url=city.address, trust_env=False, headers={"x-tocsin": "1", "user-agent": "faults"}, timeout=30)

    def do(self, path: str, **body: Any) -> dict[str, Any]:
        """The receipt; raises No with the code of a refusal."""
        return self._asked("POST", path, body | {"key": secrets.token_hex(8)})

    def ask(self, path: str) -> dict[str, Any]:
        """What a door shows."""
        return self._asked("GET", path, None)

    def refused(self, path: str, **body: Any) -> str:
        """The code with which a command is refused; empty where it was done."""
        try:
            self.do(path, **body)
        except No as no:
            return str(no)
        return ""

    def close(self) -> None:
        """Leave."""
        self._client.close()

    def _asked(self, verb: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        pause, until_s = threading.Event(), time.monotonic() + ACKNOWLEDGED_S
        while time.monotonic() < until_s:
            try:
                answer = self._client.request(verb, path, json=body)
                if answer.status_code == 200:
                    return dict(answer.json())
                if answer.status_code == 401:
                    self._client.post("/api/sign-in", json={"name": self._name, "password": f"pass word {self._name}"})
                    continue
                if 400 <= answer.status_code < 500 and answer.status_code not in (408, 429):
                    raise No(answer.json()["code"])
            except httpx.HTTPError:
                pass  # it was killed: it is asked again under the same key
            pause.wait(0.2)
        raise RuntimeError(f"{self._client.base_url}{path} was never acknowledged")


class Floor:
    """One city with its people and its board."""

    def __init__(self, city: City, number: int, ended: threading.Event) -> None:
        self.city, self.code = city, city.code
        self.desk, self.chief, self.board = Desk(city, "desk"), Desk(city, "chief"), Board(city, number, ended)

    def open(self, units: Mapping[str, str], home: tuple[int, int] = (2, 2)) -> Self:
        """Bring these units on duty, by callsign and kind, and look at the board."""
        place = self.city.at(*home)
        for unit, kind in units.items():
            self.chief.do(f"/api/units/{unit}/start-shift", shift=SHIFT, unit_kind=kind, station=f"Station {self.code}",
                          home={"lon": place.lon, "lat": place.lat, "text": place.text}, crew=4)
        self.board.start()
        self.board.sees(lambda rows: all(("unit", unit) in rows for unit in units), "its units")
        return self

    def call(self, kind: str, column: int, row: int, priority: int = 0) -> str:
        """Somebody calls from a crossing; the incident's number once it stands on the board."""
        place = self.city.at(column, row)
        taken = self.desk.do("/api/calls", place={"lon": place.lon, "lat": place.lat, "text": place.text}, kind=kind, priority=priority, notes="words of a caller")
        incident = str(taken["subject"]).removeprefix("call:")
        self.board.sees(lambda rows: ("incident", incident) in rows, f"incident {incident}")
        return incident

    def state(self, unit: str, shift: str, *states: str) -> None:
        """What a unit's crew says, one after the other."""
        for state in states:
            self.desk.do(f"/api/units/{unit}/state", shift=shift, state=state)

    def close(self) -> None:
        """Everybody leaves."""
        self.desk.close()
        self.chief.close()


class Help:
    """One asking of one floor by another, and what came of it."""

    def __init__(self, to: Floor, of: Floor, incident: str, skill: str, count: int = 1) -> None:
        self.to, self.of, self.incident = to, of, incident
        self.asked = time.time()
        self.aid = str(to.desk.do(f"/api/incidents/{incident}/aid", of=of.code, needs=[{"skill": skill, "count": count}])["subject"]).partition(":")[2]
        self.appeal = f"{to.code}.{self.aid}"
        self.unit = self.shift = ""
        self.lent = 0.0
        self.eta_s = -1

    def hear(self) -> float:
        """Wait until it is on the other floor's board; the seconds from asking."""
        self.of.board.sees(lambda rows: ("aid", self.appeal) in rows, f"appeal {self.appeal}")
        return self.of.board.came["aid", self.appeal] - self.asked

    def candidates(self) -> list[dict[str, Any]]:
        """What the lender is offered of its own, with the time to get there."""
        return list(self.of.desk.ask(f"/api/aid/appeals/{self.appeal}/candidates")["candidates"])

    def consent(self, unit: str, eta_s: int) -> None:
        """The lender's chief lends a unit with the time that was shown."""
        self.unit, self.eta_s, self.lent = f"{self.of.code}.{unit}", eta_s, time.time()
        self.of.chief.do(f"/api/aid/appeals/{self.appeal}/lend", unit=unit, shift=SHIFT, eta_s=eta_s)

    def came(self) -> float:
        """Wait until the unit is on duty on the borrower's board; the seconds from consent."""
        row = self.to.board.sees(lambda rows: next((row for (kind, _), row in rows.items() if kind == "loan" and row["borrowed"] and row["unit"] == self.unit), None),
                                 f"{self.unit} on loan")
        self.shift = row["shift"]
        self.to.board.sees(lambda rows: ("unit", self.unit) in rows, self.unit)
        return self.to.board.came["loan", row["id"]] - self.lent

    def use(self) -> int:
        """Offer it, send it with the time that the offer shows, and see it to the scene; that time."""
        offer = str(self.to.desk.do(f"/api/incidents/{self.incident}/offers")["subject"]).partition(":")[2]
        shown = next(one for one in self.to.desk.ask(f"/api/offers/{offer}")["candidates"] if one["unit"] == self.unit)
        self.to.desk.do(f"/api/incidents/{self.incident}/assign", unit=self.unit, shift=self.shift, offer=offer, eta_s=shown["eta_s"], override="requested")
        self.to.state(self.unit, self.shift, "en_route", "at_scene")
        return int(shown["eta_s"])

    def back(self) -> float:
        """Free it, give it back, end the asking, and wait until it is at home; the seconds from giving it back."""
        self.to.state(self.unit, self.shift, "available")
        begun = time.time()
        self.to.desk.do("/api/aid/give-back", unit=self.unit, shift=self.shift)
        at_home = self.unit.partition(".")[2]
        self.of.board.sees(lambda rows: rows["unit", at_home]["state"] == "available", f"{at_home} at home")
        took = time.time() - begun
        self.to.desk.do(f"/api/aid/{self.aid}/end")
        return took
