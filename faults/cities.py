"""Neighbouring cities as an operator has them: folders, keys, people and tables laid by the commands of the page, each city a `tocsin serve`, and the region one more."""

import hashlib
import io
import secrets
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from pathlib import Path

import msgspec
from tests.accounts import Account, let_in
from tests.floor import SAMPLES
from tests.towns import SIDE, block, draw, window

from faults.programs import Program
from faults.wire import Wire
from tocsin.cli import main
from tocsin.cli.settings import SystemClock
from tocsin.facts.calls import Place

PEOPLE: tuple[Account, ...] = (("desk", "dispatcher", ""), ("chief", "supervisor", ""), ("watch", "dispatcher", ""))
READY_S = 300.0
"""Ten cities that start at once share the cores of one machine."""


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What one city has settled about lending."""

    consent: tuple[str, ...] = ("dispatcher", "supervisor")
    stays: dict[str, int] = {}
    lend: tuple[str, ...] = ()
    """The kinds that may go to a neighbour; none named: every kind."""


class City(Program):
    """One city: a town of the drawn country and the floor that serves it."""

    def __init__(self, code: str, town: tuple[int, int], rules: Rules, folder: Path) -> None:
        folder.mkdir(parents=True)
        super().__init__(folder / "serve.log")
        self.code, self.town, self.rules, self.folder = code, town, rules, folder
        self.data, self.network = folder / "records", folder / "city"
        self.line = Wire(self.port)
        """By which its neighbours reach it."""

    def start(self) -> None:
        """Start its floor."""
        self.run("tocsin.cli", "serve", "--city", str(self.network), "--data", str(self.data), "--port", str(self.port),
                 "--aid", str(self.folder / "aid.toml"), "--plan", str(self.folder / "plan.toml"))

    def at(self, column: int, row: int) -> Place:
        """The middle of a block of this town, by the crossing to its west, counted from the town's own south-west corner."""
        return block(self.town[0] * SIDE + column, self.town[1] * SIDE + row)

    def key(self, machine: str, roles: Sequence[str], doors: Sequence[str] = ()) -> str:
        """A key of this city for a machine, as `tocsin people key` prints it."""
        words = ["people", "key", machine, "--data", str(self.data)]
        return said(*words, *(word for role in roles for word in ("--role", role)), *(word for door in doors for word in ("--door", door)))

    def close(self) -> None:
        """End it and its line."""
        super().close()
        self.line.end()


class Country:
    """Cities and the region over them, laid down and not yet started. Each city's roads are those of its town and of its neighbours' towns."""

    def __init__(self, folder: Path, towns: Mapping[str, tuple[int, int]], rules: Mapping[str, Rules]) -> None:
        self.cities = {code: City(code, town, rules.get(code, Rules()), folder / code) for code, town in towns.items()}
        self.reader = secrets.token_urlsafe(24)
        self.region = Program(folder / "region.log")
        self._table = folder / "region.toml"
        drawn = {code: draw(*window(town), folder / f"{code}.osm") for code, town in towns.items()}
        keys: dict[tuple[str, str], str] = {}
        live: dict[str, str] = {}
        for code, city in self.cities.items():
            near = self.neighbours(code)
            said("city", "build", *(str(drawn[one]) for one in (code, *near)), "--out", str(city.network), "--name", f"Town {code}")
            city.data.mkdir()
            let_in(city.data, SystemClock(), PEOPLE)
            keys |= {(one, code): city.key(one, ("neighbour",), ("/api/aid/letters", "/api/aid/positions")) for one in near}
            live[code] = city.key("region", ("planner",), ("/api/live",))
        for code, city in self.cities.items():
            self._tables(city, {one: keys[code, one] for one in self.neighbours(code)})
        self._region_table(folder, live)

    def neighbours(self, code: str) -> list[str]:
        """The cities whose towns touch this one's."""
        column, row = self.cities[code].town
        return [other for other, one in self.cities.items() if abs(one.town[0] - column) + abs(one.town[1] - row) == 1]

    def start(self) -> None:
        """Start everything, and wait until it answers."""
        for city in self.cities.values():
            city.start()
        for city in self.cities.values():
            if not city.answers(READY_S):
                raise RuntimeError(f"{city.code} does not start; see {city.log.name}")
        self.region.run("tocsin.cli", "region", "--table", str(self._table), "--port", str(self.region.port))
        if not self.region.answers(READY_S):
            raise RuntimeError(f"the region does not start; see {self.region.log.name}")

    def close(self) -> None:
        """End everything, whatever happened."""
        for program in (self.region, *self.cities.values()):
            program.close()

    def _tables(self, city: City, keys: Mapping[str, str]) -> None:
        lines = [f"consent = {list(city.rules.consent)}", "[stays]", *(f"{kind} = {least}" for kind, least in city.rules.stays.items())]
        for code, key in keys.items():
            (city.folder / f"{code}.key").write_text(key)
            lines += [f"[neighbours.{code}]", f'en = "Town {code}"', f'zh = "{code} 镇"', f'address = "http://127.0.0.1:{self.cities[code].line.port}"',
                      f'key_file = "{code}.key"', f"lend = {list(city.rules.lend)}"]
        (city.folder / "aid.toml").write_text("\n".join(lines).replace("'", '"') + "\n", encoding="utf-8")
        plan = (SAMPLES / "plan.toml").read_text(encoding="utf-8").replace('version = "sample-2026.1"', f'version = "{city.code}-2026.1"')
        (city.folder / "plan.toml").write_text(plan, encoding="utf-8")

    def _region_table(self, folder: Path, live: Mapping[str, str]) -> None:
        lines = ["[readers]", f'wall = "{hashlib.sha256(self.reader.encode()).hexdigest()}"']
        for code, key in live.items():
            (folder / f"{code}-live.key").write_text(key)
            lines += [f"[cities.{code}]", f'en = "Town {code}"', f'zh = "{code} 镇"', f'address = "{self.cities[code].address}"', f'key_file = "{code}-live.key"']
        self._table.write_text("\n".join(lines) + "\n", encoding="utf-8")


def said(*words: str) -> str:
    """What a command of ours prints; it must work."""
    heard = io.StringIO()
    with redirect_stdout(heard):
        status = main(list(words))
    if status:
        raise RuntimeError(f"tocsin {' '.join(words)}: {status}")
    return heard.getvalue().strip()
