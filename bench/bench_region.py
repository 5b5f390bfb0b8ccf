"""Ten cities on this machine as ten processes and their region as one more: help over every border, a major incident, two lenders killed; then all ledgers are read."""

import os
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from faults.checker import Found
from faults.cities import Rules
from faults.floors import SHIFT, Floor, Help
from faults.loans import Facts
from faults.together import Together, Watch

from bench.bench_live import _cpu_s
from bench.bench_storm import _part, _resident_mb

TOWNS = {f"C{number}": (column, row if column % 2 == 0 else 1 - row) for number, (column, row) in
         enumerate(((column, row) for column in range(5) for row in range(2)), 1)}
"""Two rows of five, numbered to and fro, so that each city has the one before and the one after beside it: 13 borders."""
RULES = {"C4": Rules(consent=("supervisor",), lend=("engine", "rescue")), "C6": Rules(stays={"engine": 2}), "C8": Rules(stays={"engine": 3})}
"""One in which a supervisor alone consents and which lends no ladder, one that has no engine to spare, and one that keeps three."""
OWN = {"E1": "engine", "E2": "engine", "T1": "truck", "T2": "truck", "R1": "rescue", "R2": "rescue"}
UNITS: Mapping[str, Mapping[str, str]] = dict.fromkeys(TOWNS, OWN) | {"C8": {**OWN, "E3": "engine", "E4": "engine"}}


class Seen(msgspec.Struct):
    """What was measured on the way, in seconds."""

    heard: list[float] = []
    came: list[float] = []
    home: list[float] = []
    after_death_s: float = 0.0
    eta_apart: list[int] = []
    brought_twice: bool = False


def _helped(seen: Seen, help_: Help, unit: str, lend: Callable[[Help, str, int], None]) -> None:
    """From the appeal on the other board to the unit at the scene, with the time that its lender's roads say."""
    eta_s = next(one["eta_s"] for one in help_.candidates() if one["unit"] == unit)
    lend(help_, unit, eta_s)
    seen.eta_apart.append(abs(help_.use() - eta_s))


def _plain(seen: Seen) -> Callable[[Help, str, int], None]:
    def lend(help_: Help, unit: str, eta_s: int) -> None:
        help_.consent(unit, eta_s)
        seen.came.append(help_.came())

    return lend


def _asked(seen: Seen, to: Floor, of: Floor, incident: str, skill: str, count: int = 1) -> Help:
    help_ = Help(to, of, incident, skill, count)
    seen.heard.append(help_.hear())
    return help_


def every_border(made: Together, seen: Seen) -> None:
    """Each city asks each of its neighbours for a rescue unit, uses it and gives it back."""
    for code, to in made.floors.items():
        for other in made.country.neighbours(code):
            incident = to.call("rescue", 1, 3)
            help_ = _asked(seen, to, made.floors[other], incident, "rescue")
            _helped(seen, help_, "R1", _plain(seen))
            seen.home.append(help_.back())
            to.desk.do(f"/api/incidents/{incident}/close", disposition="resolved")


def major(made: Together, seen: Seen) -> None:
    """A fire in C5 that needs more than it has: C4 lends and dies, C6 has nothing left, C8 lends and dies unanswered; one unit stays at the scene."""
    c4, c5, c6, c8 = (made.floors[code] for code in ("C4", "C5", "C6", "C8"))
    incident = c5.call("fire", 2, 2)
    c5.desk.do("/api/majors", name="Harbour fire", level="second", plan="fire", incident=incident)
    for unit in ("E1", "E2", "T1"):
        c5.desk.do(f"/api/incidents/{incident}/assign", unit=unit, shift=SHIFT)
        c5.state(unit, SHIFT, "en_route", "at_scene")
    of_4, of_6 = _asked(seen, c5, c4, incident, "fire"), _asked(seen, c5, c6, incident, "fire")
    ladder = _asked(seen, c5, c4, incident, "ladder")
    eta_s = next(one["eta_s"] for one in of_4.candidates() if one["unit"] == "E1")
    must = {f"/api/aid/appeals/{of_4.appeal}/lend": (c4.desk, "E1", "aid_consent"), f"/api/aid/appeals/{ladder.appeal}/lend": (c4.chief, "T1", "aid_kind"),
            f"/api/aid/appeals/{of_6.appeal}/lend": (c6.chief, "E1", "aid_least_stays")}
    for path, (who, unit, code) in must.items():
        if (said := who.refused(path, unit=unit, shift=SHIFT, eta_s=eta_s)) != code:
            raise RuntimeError(f"{path} answered {said or 'yes'}, not {code}")
    c4.desk.do(f"/api/aid/appeals/{ladder.appeal}/decline", reason="no_such_unit")
    c6.desk.do(f"/api/aid/appeals/{of_6.appeal}/decline", reason="least_stays")
    c5.board.sees(lambda rows: rows["aid", of_6.aid]["state"] == "declined", "that C6 declined")
    _helped(seen, of_4, "E1", lambda *loan: _dying(made, seen, *loan))
    of_8 = _asked(seen, c5, c8, incident, "fire", 2)
    _helped(seen, of_8, "E1", lambda *loan: _unanswered(made, seen, *loan))
    if c8.chief.refused(f"/api/aid/appeals/{of_8.appeal}/lend", unit="E2", shift=SHIFT) != "aid_least_stays":
        raise RuntimeError("C8 lent a second engine, of four of which three stay")
    made.region_sees(lambda now: any(line["borrowed"] == {"C4": 1, "C8": 1} for line in now["incidents"]), "units of two cities at the fire")
    seen.home.append(of_4.back())


def _dying(made: Together, seen: Seen, *loan: Any) -> None:
    seen.after_death_s = made.consent_and_die(*loan)


def _unanswered(made: Together, seen: Seen, *loan: Any) -> None:
    seen.brought_twice = made.consent_and_die_unanswered(*loan)


def delays(kept: Mapping[str, Facts], watch: Watch) -> list[float]:
    """Seconds from each incident's and each loan's fact in its city's ledger to the region's picture, sorted."""
    names = {"dispatch.incident-opened": ("incident", "incident"), "aid.unit-lent": ("loan", "loan")}
    known = {(names[kind][0], code, body[names[kind][1]]): at / 1e6 for code, those in kept.items() for at, kind, body in those if kind in names}
    return sorted(watch.came[key] - at for key, at in known.items() if key in watch.came)


def run(report: Callable[..., None], towns: Mapping[str, tuple[int, int]] = TOWNS) -> None:
    """All of it once."""
    seen, load = Seen(), os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as folder, Together(Path(folder), towns, RULES, UNITS, pause_s=3.0) as made:
        pid = made.country.region.process.pid  # type: ignore[union-attr]  # it runs
        cpu_s, looks, begun_s = _cpu_s(pid), made.watch.looks, time.monotonic()
        every_border(made, seen)
        major(made, seen)
        took_s = time.monotonic() - begun_s
        cpu_s, looks = _cpu_s(pid) - cpu_s, made.watch.looks - looks
        resident_mb = sorted(_resident_mb(city.process.pid) for city in made.country.cities.values() if city.process is not None)
        region_mb, start_s = _resident_mb(pid), made.start_s
        found, kept, _ = made.finish()
        late = delays(kept, made.watch)
    for sentence in found.wrong:
        print("WRONG:", sentence)
    data = f"{len(towns)} cities as processes, each with callers of its own, on {os.cpu_count()} cores; load average before {load:.1f}"
    report(name="region: start of all cities until each answers", value=start_s, unit="s", data=data)
    report(name="region: resident memory of a city, most", value=resident_mb[-1], unit="MB", runs=len(resident_mb), data=f"least {resident_mb[0]:.0f} MB; {data}")
    report(name="region: resident memory of the region", value=region_mb, unit="MB", data=data)
    report(name="region: share of one core that the region takes", value=cpu_s / took_s, unit="cores",
           data=f"read {looks / took_s:.0f} times a second, {took_s:.0f} s; {data}")
    for name, waits in (("from asking to the appeal on the neighbour's board", seen.heard), ("from consent to the unit on the borrower's board", seen.came),
                        ("from giving back to the unit at home on its own board", seen.home)):
        _spread(report, name, sorted(waits), (("p50", 0.5), ("max", 1.0)), data)
    _spread(report, "from a city's kept fact to the region's picture", late, (("p50", 0.5), ("p99", 0.99)), f"looked at every 50 ms; {data}")
    report(name="region: from a killed lender's next start to its unit on the borrower's board", value=seen.after_death_s, unit="s", data=f"killed before its letter went; {data}")
    report(name="region: letters that arrived, were not answered as the lender was killed, and were brought again", value=float(seen.brought_twice), unit="letters", data=data)
    report(name="region: ETA of lender and borrower apart, most", value=max(seen.eta_apart), unit="s", limit=1, runs=len(seen.eta_apart),
           data="two processes over two city folders, each of which has the roads between")
    _kept(report, found, data)


def _spread(report: Callable[..., None], name: str, waits: Sequence[float], parts: Sequence[tuple[str, float]], data: str) -> None:
    for words, share in parts:
        report(name=f"region: {name}, {words}", value=1e3 * _part(waits, share), unit="ms", runs=len(waits), data=data)


def _kept(report: Callable[..., None], found: Found, data: str) -> None:
    """What the independent look at all ledgers counted."""
    counts = found.counts
    borders = {name.removeprefix("across "): count for name, count in counts.items() if name.startswith("across ")}
    report(name="region: units lent across a border", value=counts["loans"], unit="units", data=", ".join(f"{name}: {count}" for name, count in sorted(borders.items())))
    report(name="region: loans that are home again", value=counts["loans that came home"], unit="units", data="the other one stays at the scene of the major incident")
    report(name="region: borders that units crossed", value=len(borders), unit="borders", data="each way counted")
    for name in ("lost", "doubled"):
        report(name=f"region: commands and loans {name}", value=counts[name] + counts[f"loans {name}"], unit="times", limit=0,
               data=f"{counts['commands']} commands of callers, {counts['letters']} letters, {counts['entries']} entries; {data}")
    report(name="region: trees that verify", value=counts["checkpoints"], unit="trees", data="read from the files, with another program")
    report(name="region: cities whose ledger says what the region showed last", value=counts["cities whose ledger says what the region shows"], unit="cities")
    report(name="region: what was not as it should be", value=len(found.wrong), unit="findings", limit=0, data="; ".join(found.wrong[:3]))
