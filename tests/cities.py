"""Neighbouring cities for tests: real houses served on loopback, each with a key for every other, and couriers that go when they are told."""

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.accounts import Account, let_in
from tests.cut import Line
from tests.edges.web.running import Running
from tests.floor import StillClock, asker, corner, small_city, small_house
from tocsin.city import City
from tocsin.cli.settings import SystemClock
from tocsin.edges.gateways.aid import Courier
from tocsin.edges.web.app import app
from tocsin.edges.web.keys import new_key
from tocsin.edges.web.serving import listen, server
from tocsin.house import House
from tocsin.rooms.aid.model import AidTable, Neighbour
from tocsin.rooms.aid.views import AidRow, LetterRow, LoanRow
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.fleet.commands import StartShift

DOORS = ("/api/aid/letters", "/api/aid/positions")
SHIFT = "2026-03-04D"
LEAD = asker("lead 1", "supervisor", "dispatcher", "call_taker")


@dataclass
class CityHouse:
    """One city of a region."""

    code: str
    floor: Running
    courier: Courier
    keys: dict[str, str]
    line: Line | None = None
    """The line by which others reach it."""
    reached: str = ""
    """Their address of it."""

    @property
    def house(self) -> House:
        return self.floor.house

    def asks(self) -> dict[str, AidRow]:
        return {key: row for key, row in self.house.rows("aid").items() if isinstance(row, AidRow)}

    def loans(self) -> dict[str, LoanRow]:
        return {key: row for key, row in self.house.rows("loan").items() if isinstance(row, LoanRow)}

    def letters(self) -> dict[str, LetterRow]:
        return {key: row for key, row in self.house.rows("letter").items() if isinstance(row, LetterRow)}

    def incident(self, kind: str = "fire", column: int = 5, row: int = 5) -> str:
        return self.house.do(TakeCall(place=corner(column, row), kind=kind, notes="words that no other city is told"), LEAD).subject.partition(":")[2]

    def on_duty(self, unit: str, kind: str = "engine", column: int = 0, row: int = 0) -> None:
        self.house.do(StartShift(unit=unit, shift=SHIFT, unit_kind=kind, station=f"Station {unit}", home=corner(column, row), crew=3), LEAD)


@contextmanager
def cities(folder: Path, codes: str = "AB", *, stays: Mapping[str, int] | None = None, lines: bool = False,
           networks: Mapping[str, City] | None = None, console: Path | None = None, accounts: tuple[Account, ...] = ()) -> Iterator[dict[str, CityHouse]]:
    """So many cities that know one another, each on its own records in `folder`, with these accounts and this console; with `lines`, by lines that can be
    cut. All in the drawn town, or each over a city folder of its own."""
    with ExitStack() as stack:
        listeners = {code: stack.enter_context(listen("127.0.0.1", 0)) for code in codes}
        at = {code: one.getsockname()[1] for code, one in listeners.items()}
        between = {code: stack.enter_context(_line(port)) for code, port in at.items()} if lines else {}
        at |= {code: port for code, (_, port) in between.items()}
        for code in codes:
            (folder / code).mkdir(parents=True, exist_ok=True)
        people = {code: let_in(folder / code, SystemClock(), accounts) for code in codes}
        keys: dict[str, dict[str, str]] = {code: {} for code in codes}
        for code in codes:
            for other in codes:
                if other != code:
                    device, keys[other][code] = new_key(other, ("neighbour",), DOORS, 90, SystemClock().now())
                    people[code].keep_device(device)
        made: dict[str, CityHouse] = {}
        for code in codes:
            table = AidTable(stays=dict(stays or {}), neighbours={other: Neighbour(en=f"City {other}", zh=f"{other} 市", address=f"http://127.0.0.1:{at[other]}",
                                                                                   key=keys[code][other]) for other in codes if other != code})
            clock = StillClock()
            city = (networks or {}).get(code, small_city())
            house = small_house(folder / code / "house", clock, aid=table, city=city)
            web = app(house, people=people[code], console=console, city_folder=city.path, demo=False)
            serving = server(web)
            thread = threading.Thread(target=serving.run, kwargs={"sockets": [listeners[code]]})
            thread.start()
            stack.callback(_end, serving, thread)
            while not serving.started and thread.is_alive():
                time.sleep(0.01)
            courier = Courier(house, table, 0.4 if lines else 8.0)
            stack.callback(courier.stop)
            made[code] = CityHouse(code, Running(house, clock, people[code], web, listeners[code].getsockname()[1], folder / code, ""), courier, keys[code],
                                   between[code][0] if lines else None, f"http://127.0.0.1:{at[code]}")
        yield made


@contextmanager
def _line(port: int) -> Iterator[tuple[Line, int]]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        made = Line(listener, ("127.0.0.1", port))
        thread = threading.Thread(target=made.serve, daemon=True)
        thread.start()
        try:
            yield made, listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)  # which ends the accept that waits
            made.end()
            thread.join(10)


def _end(serving: object, thread: threading.Thread) -> None:
    serving.should_exit = True  # type: ignore[attr-defined]  # a uvicorn server
    thread.join(20)
    assert not thread.is_alive()


def contradictions(region: Mapping[str, CityHouse], *, settled: bool) -> list[str]:
    """What two ledgers say of the same loan that cannot both be so. While letters are under way the borrower may lag behind, and never the other way
    round: a unit that is on duty in another city stands as lent at home. Once all is `settled`, they agree."""
    found = []
    lent = {(code, row.city, row.id): row for code, city in region.items() for row in city.loans().values() if not row.borrowed}
    borrowed = {(row.city, code, row.id.partition(".")[2]): row for code, city in region.items() for row in city.loans().values() if row.borrowed}
    for key, row in borrowed.items():
        if key not in lent:
            found.append(f"{row.unit} is on duty in {key[1]} and not lent by {key[0]}")
    if settled:
        found += [f"{row.unit} of {key[0]} is lent to {key[1]} and not on duty there" for key, row in lent.items() if key not in borrowed]
        found += [f"{row.unit}: {borrowed[key].state} in {key[1]}, {row.state} in the words of {key[0]}" for key, row in lent.items()
                  if key in borrowed and row.state not in (borrowed[key].state, "lent")]
        found += [f"{code} has letters that were not taken: {list(city.letters())}" for code, city in region.items() if city.letters()]
    for code, city in region.items():
        units = city.house.rows("unit")
        for row in city.loans().values():
            state = getattr(units.get(row.unit), "state", None)
            if not row.borrowed and state != "lent":
                found.append(f"{row.unit} is lent by {code} and {state} there")
    return found
