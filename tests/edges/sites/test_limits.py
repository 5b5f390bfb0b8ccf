"""A site whose key was taken, or whose program has gone wild, asks in vain: it is refused, that is said, and nobody else feels it."""

import asyncio
import threading
from pathlib import Path
from time import perf_counter

import httpx
import msgspec
from nats.aio.client import Client

from tests.edges.sites.running import CALLS, PLACE, Floor, site_at
from tests.edges.sites.test_faults import Asked, join, kept_under
from tests.floor import DESK, corner
from tests.nats import Nats
from tests.waiting import until
from tocsin.edges.sites.limits import BURST_S, LOUD, MOST_TURNS, Limits
from tocsin.edges.sites.mandate import Mandate, SiteTable, faults, site_key
from tocsin.edges.sites.wire import Again, Do, Done, Fetch, Hello, Standing, ask, subject
from tocsin.rooms.calls.commands import TakeCall

_CALL = {"place": PLACE, "kind": "medical"}


def test_what_goes_beyond_a_sites_allowance_is_put_off_and_nothing_of_it_is_kept(floor: Floor, tmp_path: Path) -> None:
    for name in ("north", "south"):
        (tmp_path / name).mkdir()
        floor.grant(tmp_path / name, name)
    floor.grants["north"] = msgspec.structs.replace(floor.grants["north"], per_s=1)
    asked = Asked(floor)
    told = [asked(tmp_path / "north", join(number, CALLS, _CALL)) for number in range(1, 6 * BURST_S)]
    done = sum(isinstance(one, Done) for one in told)
    assert BURST_S <= done <= 6 * BURST_S - LOUD and all(isinstance(one, Done | Again) for one in told)
    assert [kept_under(floor.house, f"somebody@north:k{number}") for number in range(1, 6 * BURST_S)] == [int(isinstance(one, Done)) for one in told]
    assert isinstance(asked(tmp_path / "north", Hello(0)), Standing), "it is still heard of, and hears of the floor"
    assert isinstance(asked(tmp_path / "south", join(1, CALLS, _CALL), "south"), Done)
    until(lambda: isinstance(asked(tmp_path / "north", Fetch(0)), Again) is False)  # a second later it may ask again
    part, = asked.limits.parts()
    assert part.says and part.works
    assert part.says.en.startswith("More is asked in a site's name") and "north: " in part.says.en and "south" not in part.says.en
    assert "withdraw it" in part.works.en and "撤销" in part.works.zh


def test_only_what_a_site_signed_counts_against_it() -> None:
    limits = Limits()
    north = Mandate(name="north", key="", roles=(), per_s=1)
    for _ in range(1_000):  # in its name, by somebody who has not its key: looked at, never granted
        assert limits.begin("north")
        limits.end("north")
    assert limits.grants(north, Fetch(0)) and not limits.parts()
    assert [limits.begin("north") for _ in range(MOST_TURNS + 1)] == [True] * MOST_TURNS + [False] and limits.begin("south")
    for _ in range(MOST_TURNS):
        limits.end("north")
    while limits.begin("north"):
        limits.grants(north, Fetch(0))
        limits.end("north")
    assert [limits.begin("north") for _ in range(LOUD)] == [False] * LOUD
    assert limits.parts()[0].state == "low" and limits.begin("south")


def test_the_table_takes_no_allowance_that_is_none() -> None:
    said = [list(faults(SiteTable(sites=(Mandate(name="north", key="A" * 43 + "=", roles=(), per_s=per_s),)), ())) for per_s in (0, 1, 1_000, 1_001)]
    assert [bool(one) for one in said] == [True, False, False, True] and "per_s" in said[0][0]


async def _flood(nats: Nats, data: Path, seconds: float) -> int:
    """Everything that the taken key can sign, as fast as the bus takes it; how many questions that were."""
    client, key, sent, until_s = Client(), site_key(data), 0, perf_counter() + seconds
    command = msgspec.json.encode(_CALL)
    await client.connect(nats.address)
    while perf_counter() < until_s and sent < 20_000:
        for what in (Do("somebody", ("call_taker",), CALLS, command), Fetch(0), Hello(0)):
            said, _ = ask("floor", "north", key, what)
            await client.publish(subject("floor", "ask"), said, reply="nobody.hears")
            sent += 1
        if sent % 300 == 0:
            await client.flush()
            await asyncio.sleep(0)
    await client.close()
    return sent


def test_a_flood_with_one_sites_key_stops_nobody_elses_work(tmp_path: Path, floor: Floor) -> None:
    (tmp_path / "north").mkdir()
    floor.grant(tmp_path / "north", "north")
    floor.grant(tmp_path / "south", "south")

    sent: list[int] = []
    flooding = threading.Thread(target=lambda: sent.append(asyncio.run(_flood(floor.nats, tmp_path / "north", 6.0))), daemon=True)
    with site_at(tmp_path / "south", "south", floor.house.ledger.verifier, floor.nats, silent_s=5.0) as south:
        south.caught_up(floor)
        with south.as_("call_taker") as taker:
            flooding.start()
            took_s = _work(floor, taker, flooding)
        flooding.join(30)
        calls = sum(entry.kind == "calls.call-taken" and entry.by == "somebody@north" for _, entry in floor.house.ledger.read())
        assert sent[0] > 1_000 and calls <= 20 * (BURST_S + 8)
        assert len(took_s) > 2 and max(took_s) < 10.0, took_s
        assert floor.line is not None
        part = next(one for one in floor.line.parts() if one.name == "site_rate")
        assert "north" in part.says.en and "south" not in part.says.en  # type: ignore[union-attr]  # it says so
        assert not south.line.cut and south.standing.house is None
    until(lambda: floor.line is not None and floor.line.published == floor.house.ledger.head())


def _work(floor: Floor, taker: httpx.Client, flooding: threading.Thread) -> list[float]:
    """Calls taken at the other site and at the floor's own desk while it goes on, and how long each took."""
    took_s = []
    while flooding.is_alive() and len(took_s) < 200:
        number, begun = len(took_s), perf_counter()
        taken = taker.post(CALLS, json=_CALL | {"key": f"c{number}"})
        assert taken.status_code == 200, taken.text
        assert floor.house.do(TakeCall(place=corner(1, 1), kind="fire", key=f"d{number}"), DESK).kept
        took_s.append(perf_counter() - begun)
    return took_s
