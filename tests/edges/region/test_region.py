"""A region follows three cities over real streams: a major incident that draws units across two borders, and a city that goes silent."""

import asyncio
import hashlib
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import msgspec
import pytest

from tests.cities import LEAD, SHIFT, CityHouse, cities, contradictions
from tests.floor import corner
from tocsin.cli.settings import SystemClock
from tocsin.edges.region import following
from tocsin.edges.region.following import Followers
from tocsin.edges.region.picture import Region
from tocsin.edges.region.serving import RegionWeb
from tocsin.edges.region.table import RegionCity
from tocsin.edges.web.keys import new_key
from tocsin.facts.dispatch import Need
from tocsin.kernel import Words
from tocsin.rooms.aid.commands import AskAid, LendUnit
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.command.commands import DeclareMajor
from tocsin.rooms.dispatch.commands import AssignUnit
from tocsin.rooms.fleet.commands import ReportState


def _until(true: Callable[[], bool], what: str) -> None:
    for _ in range(1_500):
        if true():
            return
        time.sleep(0.01)
    raise AssertionError(what)


def _key(city: CityHouse) -> str:
    device, key = new_key("region", ("planner",), ("/api/live",), 90, SystemClock().now())
    city.floor.people.keep_device(device)
    return key


def test_a_major_incident_draws_units_across_two_borders_and_the_region_shows_it(tmp_path: Path) -> None:
    with cities(tmp_path, "ABC", stays={"engine": 1}, lines=True) as made:
        table = {}
        for code, city in made.items():
            assert city.line is not None
            table[code] = RegionCity(en=f"City {code}", zh=f"{code} 市", address=f"http://127.0.0.1:{city.floor.port}", key=_key(city))
            for unit in ("E1", "E2"):
                city.on_duty(unit)
        region = Region({code: Words(one.en, one.zh) for code, one in table.items()}, SystemClock())
        followers = Followers(region, table, silent_s=1.0)
        assert [line.answers for line in region.seen().cities] == [False] * 3 and not any(line.heard_at for line in region.seen().cities)
        followers.start()
        try:
            _until(lambda: all(line.answers for line in region.seen().cities), "every city answers")
            _across_two_borders(made)
            _until(lambda: any(line.borrowed == {"B": 1, "C": 1} for line in region.seen().incidents), "the region shows both")
            _until(lambda: len(region.seen().loans) == 2, "and both loans, each once, as its own city has it")
            seen = region.seen()
            assert {(line.city, line.loan.city, line.loan.unit) for line in seen.loans} == {("B", "A", "E1"), ("C", "A", "E1")}
            assert {line.code: line.units for line in seen.cities} == {"A": {"available": 2}, "B": {"available": 1, "lent": 1}, "C": {"available": 1, "lent": 1}}
            assert [line.aid.city for line in seen.aid] == ["B", "C"]
            text = msgspec.json.encode(seen).decode()
            assert "words that no other" not in text and "Harbour" not in text and "&" not in text, "no words of a call, no words of a place"
        finally:
            followers.stop()
            assert followers.join(10)


def _across_two_borders(made: dict[str, CityHouse]) -> None:
    a = made["A"]
    incident = a.incident()
    a.house.do(DeclareMajor(name="Harbour fire", level="second", plan="fire", incident=incident), LEAD)
    for code in ("B", "C"):
        a.house.do(AskAid(incident=incident, of=code, needs=(Need(skill="fire"),)), LEAD)
        assert a.courier.carry(code)
        appeal = next(iter(made[code].asks()))
        made[code].house.do(LendUnit(appeal=appeal, unit="E1", shift=SHIFT), LEAD)
        assert made[code].courier.carry("A")
        unit = f"{code}.E1"
        shift = a.house.rows("unit")[unit].shift  # type: ignore[attr-defined]  # a UnitRow
        a.house.do(AssignUnit(incident=incident, unit=unit, shift=shift), LEAD)
        a.house.do(ReportState(unit=unit, shift=shift, state="en_route"), LEAD)
        assert a.courier.carry(code)
    assert not contradictions(made, settled=True)


def test_a_city_that_goes_silent_is_said_to_and_what_it_last_said_stays(tmp_path: Path) -> None:
    with cities(tmp_path, "AB", lines=True) as made:
        a = made["A"]
        assert a.line is not None
        incident = a.incident()
        table = {"A": RegionCity(en="City A", zh="A 市", address=a.reached, key=_key(a))}
        region = Region({"A": Words("City A", "A 市")}, SystemClock())
        followers = Followers(region, table, silent_s=1.0)
        followers.start()
        try:
            _until(lambda: bool(region.seen().incidents), "the city's incident")
            a.line.closed = True
            a.line.cut()
            _until(lambda: not region.seen().cities[0].answers, "it does not answer")
            assert [line.incident.id for line in region.seen().incidents] == [incident]
            # Signs that end a line for some readers of text, and not in a stream: they are words of the city's own like others.
            place = msgspec.structs.replace(corner(5, 5), text="Pier 7\u2028north\x85side")
            second = a.house.do(TakeCall(place=place, kind="fire"), LEAD).subject.partition(":")[2]
            a.line.closed = False
            _until(lambda: {line.incident.id for line in region.seen().incidents} == {incident, second}, "it goes on where it was")
            assert region.seen().cities[0].answers
        finally:
            followers.stop()
            assert followers.join(10)


def test_a_line_that_does_not_end_is_let_go_of_while_it_is_still_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "_MOST_LINE", 1 << 20)
    written = 0
    with socket.create_server(("127.0.0.1", 0)) as listener:
        city = RegionCity(en="City A", zh="A 市", address=f"http://127.0.0.1:{listener.getsockname()[1]}", key="a key")

        def endless() -> None:
            nonlocal written
            near, _ = listener.accept()
            with near:
                near.recv(1 << 16)
                near.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\nevent: frame\ndata: ")
                try:
                    while written < 1 << 28:
                        near.sendall(b"x" * (1 << 16))
                        written += 1 << 16
                except OSError:
                    pass  # let go of

        thread = threading.Thread(target=endless)
        thread.start()
        followers = Followers(Region({"A": Words("City A", "A 市")}, SystemClock()), {"A": city})
        followers.start()
        thread.join(30)
        assert not thread.is_alive() and 1 << 20 <= written < 1 << 27, written
        followers.stop()
    assert followers.join(10)


def test_the_door_opens_to_a_key_of_the_table_alone() -> None:
    web = RegionWeb(Region({"A": Words("City A", "A 市")}, SystemClock()), {"wall": hashlib.sha256(b"a key of the wall").hexdigest()})

    async def ask(path: str, key: str = "", verb: str = "GET") -> int:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(web), base_url="http://region") as client:
            return (await client.request(verb, path, headers={"authorization": f"Bearer {key}"} if key else {})).status_code

    async def all_of_them() -> list[int]:
        return [await ask("/api/region"), await ask("/api/region", "another key"), await ask("/api/region", "a key of the wall"),
                await ask("/", "a key of the wall"), await ask("/api/region", "a key of the wall", "POST")]

    assert asyncio.run(all_of_them()) == [401, 401, 200, 404, 405]


def test_the_page_is_open_and_the_door_that_it_asks_is_not(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    for name in ("index.html", "sw.js", "assets/main-12345678.js"):
        (tmp_path / name).write_text("<p>page</p>", encoding="utf-8")
    web = RegionWeb(Region({"A": Words("City A", "A 市")}, SystemClock()), {"wall": hashlib.sha256(b"a key of the wall").hexdigest()}, tmp_path)

    async def asked(*paths: str) -> list[httpx.Response]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(web), base_url="http://region") as client:
            return [await client.get(path) for path in paths]

    root, page, part, door, worker, post = asyncio.run(asked("/", "/region", "/assets/main-12345678.js", "/api/region", "/sw.js", "/trail"))
    assert (root.status_code, root.headers["location"]) == (307, "/region")
    assert (page.text, part.status_code) == ("<p>page</p>", 200)
    assert all("default-src 'none'" in answer.headers["content-security-policy"] for answer in (root, page, part, door))
    assert [door.status_code, worker.status_code, post.status_code] == [401, 401, 401]
