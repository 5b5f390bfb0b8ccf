"""Cities and their region at work at one time: floors with people, callers that do not stop, somebody who watches the region; then the look at what was kept."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

import httpx

from faults.begin import MAY
from faults.callers import Caller
from faults.checker import Found
from faults.cities import READY_S, Country, Rules, said
from faults.floors import Floor, Help, Rows
from faults.loans import Facts, boarded, look, picture, shown

_LOOK_S = 0.05
_SETTLED_S = 120.0


class Watch(threading.Thread):
    """Reads the region's picture over and over, and writes down when each incident and each loan was in it first."""

    def __init__(self, address: str, key: str) -> None:
        super().__init__(name="watch-region", daemon=True)
        self._client = httpx.Client(base_url=address, trust_env=False, headers={"authorization": f"Bearer {key}"}, timeout=20)
        self._ended = threading.Event()
        self.came: dict[tuple[str, str, str], float] = {}
        self.picture: dict[str, Any] = {}
        self.looks = 0

    def run(self) -> None:
        """Look until told to stop."""
        while not self._ended.wait(_LOOK_S):
            self.look()

    def look(self) -> dict[str, Any]:
        """The picture as it is now."""
        seen = dict(self._client.get("/api/region").raise_for_status().json())
        now = time.time()
        for name, lines in (("incident", seen["incidents"]), ("loan", seen["loans"])):
            for line in lines:
                self.came.setdefault((name, line["city"], line[name]["id"]), now)
        self.picture, self.looks = seen, self.looks + 1
        return seen

    def stop(self) -> None:
        """End, once."""
        self._ended.set()
        self.join(30)

    def close(self) -> None:
        """End, if it goes on yet, and hang up."""
        if self.is_alive():
            self.stop()
        self._client.close()


class Together:
    """Everything started: `floors` by city, each with the units that it begins with, and a caller who works with its ambulances."""

    def __init__(self, folder: Path, towns: Mapping[str, tuple[int, int]], rules: Mapping[str, Rules], units: Mapping[str, Mapping[str, str]], *,
                 ambulances: int = 2, pause_s: float = 1.0) -> None:
        self._ended = threading.Event()
        self.country = Country(folder, towns, rules)
        cities = self.country.cities
        try:
            keys = {code: city.key("caller-0", MAY) for code, city in cities.items()}
            begun = time.monotonic()
            self.country.start()
            self.start_s = time.monotonic() - begun
            own = {f"A{number}": "ambulance" for number in range(ambulances)}
            self.floors = {code: Floor(city, number, self._ended).open({**units[code], **own}) for number, (code, city) in enumerate(cities.items())}
            self.callers = [Caller(0, keys[code], [city.address], city.folder / "caller-0.jsonl", ambulances, number, prefix="A", pause_s=pause_s,
                                   around=(city.at(0, 0).lon, city.at(0, 0).lat)) for number, (code, city) in enumerate(cities.items())]
            self.watch = Watch(self.country.region.address, self.country.reader)
            self.region_sees(lambda seen: all(line["answers"] for line in seen["cities"]), "every city")
            for thread in (self.watch, *self.callers):
                thread.start()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def region_sees(self, true: Callable[[dict[str, Any]], bool], what: str) -> None:
        """Wait until the region's picture is so."""
        until_s, pause = time.monotonic() + _SETTLED_S, threading.Event()
        while not true(self.watch.look()):
            if time.monotonic() > until_s:
                raise RuntimeError(f"the region does not show {what}")
            pause.wait(0.1)

    def consent_and_die(self, help_: Help, unit: str, eta_s: int) -> float:
        """The lender consents while nothing arrives at the borrower, is killed, and started again; the seconds from its start until the unit came."""
        lender, borrower = help_.of.city, help_.to.city
        borrower.line.cut()
        help_.consent(unit, eta_s)
        lender.kill()
        if ("unit", help_.unit) in help_.to.board.tables:
            raise RuntimeError("the borrower had heard of it: nothing was shown")
        borrower.line.mend()
        return self._again(help_)

    def consent_and_die_unanswered(self, help_: Help, unit: str, eta_s: int) -> bool:
        """The same where the letter does arrive and its answer finds nobody, so that it is brought again; whether it had arrived."""
        lender, borrower = help_.of.city, help_.to.city
        borrower.freeze()
        try:
            help_.consent(unit, eta_s)
            threading.Event().wait(0.5)  # the letter lies in the borrower's socket
            lender.kill()
        finally:
            borrower.thaw()
        try:
            help_.to.board.sees(lambda rows: ("unit", help_.unit) in rows, "", within_s=5.0)
            arrived = True
        except RuntimeError:
            arrived = False
        self._again(help_)
        return arrived

    def _again(self, help_: Help) -> float:
        begun = time.time()
        help_.of.city.start()
        if not help_.of.city.answers(READY_S):
            raise RuntimeError(f"{help_.of.code} does not start again")
        help_.came()
        return time.time() - begun

    def finish(self) -> tuple[Found, dict[str, Facts], dict[str, Any]]:
        """Let callers end what they began and letters arrive, end every city as an operator does, and look at the files and at what the region shows then."""
        for caller in self.callers:
            caller.stop()
        for caller in self.callers:
            caller.join(_SETTLED_S)
        for floor in self.floors.values():
            floor.board.sees(lambda rows: not any(kind == "letter" for kind, _ in rows), "that every letter was taken")
        self.watch.stop()
        boards = {code: {f"{row['row']} {row['id']}": row for row in floor.desk.ask("/api/board")["rows"]} for code, floor in self.floors.items()}
        on_boards = {code: boarded(rows.values()) for code, rows in boards.items()}
        self.region_sees(lambda seen: shown(seen) == on_boards, "what the boards show")
        self._screens(boards)
        for city in self.country.cities.values():
            city.stop(wait=False)
        for city in self.country.cities.values():
            city.gone()
        found, kept = look({code: city.folder for code, city in self.country.cities.items()})
        for city in self.country.cities.values():
            said("audit", "verify", str(city.data / "ledger"), "--key", str(city.data / "ledger" / "verifier"))  # which raises where it does not
        last = self.watch.look()
        folded, seen = picture(kept), shown(last)
        for code, one in folded.items():
            if one != seen[code]:
                found.say(f"the region shows {seen[code]} of {code}, whose ledger says {one}")
        found.counts["cities whose ledger says what the region shows"] = sum(one == seen[code] for code, one in folded.items())
        return found, kept, last

    def _screens(self, boards: Mapping[str, Mapping[str, Any]]) -> None:
        """Each city's stream tells its screen what its board is; RuntimeError where it does not come to that."""
        for code, floor in self.floors.items():
            board = {key: row for key, row in boards[code].items() if key.split(" ")[0] in ("incident", "unit", "loan", "aid")}

            def alike(rows: Rows, board: Mapping[str, Any] = board) -> bool:
                held = {f"{name} {key}": row for (name, key), row in rows.items() if name in ("incident", "unit", "loan", "aid")}
                return json.dumps(held, sort_keys=True) == json.dumps(board, sort_keys=True)

            floor.board.sees(alike, f"the {len(board)} rows that the board of {code} has")

    def close(self) -> None:
        """End everything that was started."""
        self._ended.set()
        for caller in getattr(self, "callers", ()):
            caller.stop()
        if hasattr(self, "watch"):
            self.watch.close()
        for floor in getattr(self, "floors", {}).values():
            floor.close()
        self.country.close()
        for floor in getattr(self, "floors", {}).values():
            floor.board.join(30)  # its stream broke
