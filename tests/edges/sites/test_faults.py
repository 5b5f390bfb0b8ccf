"""What goes wrong on the way, really: a killed bus without its store, a killed floor, a killed site, forged keys, sites that did the same."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from tests.edges.sites.running import APART, CALLS, PLACE, Floor, Site, site_at
from tests.floor import CHIEF, DESK, corner
from tests.waiting import until
from tocsin.edges.sites.answering import Answering
from tocsin.edges.sites.limits import Limits
from tocsin.edges.sites.mandate import SiteTable, site_key
from tocsin.edges.sites.wire import Conflicted, Done, Fetch, Hello, Join, Told, ask, read_told
from tocsin.house import House, LedgerFault
from tocsin.house.apart import Apart, read_verifier
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.sites.commands import CloseConflict


def call(key: str = "") -> dict[str, object]:
    return {"place": PLACE, "kind": "medical", **({"key": key} if key else {})}


def kept_under(house: House, key: str) -> int:
    return sum(entry.key == key and entry.kind == "calls.call-taken" for _, entry in house.ledger.read())


def test_a_bus_that_lost_its_store_is_filled_again_and_the_floor_works_meanwhile(floor: Floor, north: Site) -> None:
    floor.nats.kill(forget=True)
    assert floor.line is not None
    until(lambda: floor.line.parts()[0].state == "failed")  # type: ignore[union-attr]  # it is there
    assert "NATS" in floor.line.parts()[0].says.en  # type: ignore[union-attr]  # what fails says so
    for number in range(5):
        assert floor.house.do(TakeCall(place=corner(1, 1), kind="fire", key=f"c{number}"), DESK).kept
    floor.nats.start()
    until(lambda: floor.line.parts()[0].state == "ok")  # type: ignore[union-attr]  # it is there
    north.caught_up(floor)
    until(lambda: floor.line.published == floor.house.ledger.head())  # type: ignore[union-attr]  # it is there
    assert north.house.ledger.root() == floor.house.ledger.root()


def test_a_site_that_was_killed_with_work_that_nobody_has_yet_brings_it_at_its_next_start(tmp_path: Path, floor: Floor) -> None:
    floor.grant(tmp_path / "north", "north")
    with site_at(tmp_path / "north", "north", floor.house.ledger.verifier, floor.nats) as site:
        site.caught_up(floor)
        with site.as_("call_taker") as taker:
            site.cut()
            assert taker.post(CALLS, json=call("a")).status_code == 200 and taker.post(CALLS, json=call("a")).json()["repeated"]
    with site_at(tmp_path / "north", "north", floor.house.ledger.verifier, floor.nats) as site:
        with site.as_("call_taker") as taker:
            assert taker.post(CALLS, json=call("a")).json()["repeated"]  # wherever it stands by now
        until(lambda: site.standing.house is None and not site.line.cut)
        site.caught_up(floor)
        assert kept_under(floor.house, "call_taker@north:a") == 1 and not floor.rows("conflict")


def test_a_floor_that_is_killed_while_a_site_joins_has_each_thing_once(floor: Floor, north: Site) -> None:
    with north.as_("call_taker") as taker:
        north.cut()
        for number in range(8):
            assert taker.post(CALLS, json=call(f"a{number}")).status_code == 200
        north.wire.mend()
        until(lambda: kept_under(floor.house, "call_taker@north:a2") == 1)
        floor.stop()  # some are there, the others not
        floor.again()
        until(lambda: north.standing.house is None)
        north.caught_up(floor)
    assert [kept_under(floor.house, f"call_taker@north:a{number}") for number in range(8)] == [1] * 8 and not floor.rows("conflict")


def test_two_sites_that_sent_one_unit_while_both_were_cut_leave_a_conflict_that_somebody_settles(tmp_path: Path, floor: Floor, north: Site) -> None:
    floor.grant(tmp_path / "south", "south")
    incident = floor.house.do(TakeCall(place=corner(1, 1), kind="fire"), DESK).subject.removeprefix("call:")
    other = floor.house.do(TakeCall(place=corner(4, 4), kind="fire"), DESK).subject.removeprefix("call:")
    with site_at(tmp_path / "south", "south", floor.house.ledger.verifier, floor.nats) as south, north.as_("dispatcher") as here, south.as_("dispatcher") as there:
        north.caught_up(floor)
        south.caught_up(floor)
        north.cut()
        south.cut()
        assert here.post(f"/api/incidents/{incident}/assign", json={"unit": "E7", "shift": "s", "eta_s": 60}).status_code == 200
        assert there.post(f"/api/incidents/{other}/assign", json={"unit": "E7", "shift": "s", "eta_s": 60}).status_code == 200
        north.mend()
        south.mend()
        (number, row), = floor.rows("conflict").items()
        assert (row.site, row.incident, row.unit, row.person) == ("south", other, "E7", "dispatcher")  # type: ignore[attr-defined]  # a conflict's row
        assert floor.house.rows("unit")["E7"].incident == incident
        assert floor.line is not None and [part.name for part in floor.line.parts()] == ["bus", "conflicts"]
        south.caught_up(floor)
        assert any(row["row"] == "conflict" for row in there.get("/api/board").json()["rows"])  # the site sees it too
        floor.house.do(CloseConflict(conflict=number, how="E9 sent by radio instead"), CHIEF)
        assert not floor.rows("conflict") and len(floor.line.parts()) == 1


def test_a_withdrawn_mandate_lets_nothing_more_happen_and_drops_nothing(floor: Floor, north: Site) -> None:
    with north.as_("call_taker") as taker:
        north.cut()
        assert taker.post(CALLS, json=call("a")).status_code == 200
        floor.grants["north"] = msgspec.structs.replace(floor.grants["north"], withdrawn=True)
        north.mend()
        row, = floor.rows("conflict").values()
        assert row.code == "site.not_granted" and not kept_under(floor.house, "call_taker@north:a")  # type: ignore[attr-defined]  # a conflict's row
        assert taker.post(CALLS, json=call("b")).json()["code"] == "site.not_granted"
        north.wire.cut()
        until(lambda: north.line.cut)
        assert taker.post(CALLS, json=call("c")).json()["code"] == "site.cut_off" and north.standing.house is None


class Asked:
    """A floor's answers without a bus between."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self.limits = Limits()
        self.answering = Answering(floor.house, "floor", lambda: SiteTable(sites=tuple(floor.grants.values())), self.limits)

    def __call__(self, data: Path, what: Hello | Join | Fetch, name: str = "north") -> Told | None:
        said, nonce = ask("floor", name, site_key(data), what)
        answer = self.answering.answer(said)
        return None if answer is None else read_told("floor", name, nonce, answer, read_verifier(self._floor.house.ledger.verifier)[1])


def test_whoever_has_not_the_sites_key_is_not_answered(floor: Floor, tmp_path: Path) -> None:
    for name in ("north", "other"):
        (tmp_path / name).mkdir()
    floor.grant(tmp_path / "north", "north")
    asked = Asked(floor)
    assert asked(tmp_path / "north", Hello(0)) is not None and asked(tmp_path / "other", Hello(0)) is None
    assert asked(tmp_path / "north", Hello(0), "south") is None and asked.answering.answer(b"\x93nothing") is None
    said, _ = ask("elsewhere", "north", site_key(tmp_path / "north"), Hello(0))
    assert asked.answering.answer(said) is None  # what was signed for another floor


def join(number: int, door: str, command: dict[str, object], roles: Sequence[str] = ("call_taker", "dispatcher"), key: str = "") -> Join:
    return Join(1, number, "somebody", tuple(roles), door, key or f"k{number}", msgspec.json.encode(command), 1_700_000_000_000_000)


@pytest.mark.parametrize("times", [1, 3])
def test_what_is_brought_again_and_again_is_kept_once_or_is_one_conflict(floor: Floor, tmp_path: Path, times: int) -> None:
    (tmp_path / "north").mkdir()
    floor.grant(tmp_path / "north", "north", APART)
    asked, north = Asked(floor), tmp_path / "north"
    brought = [join(1, CALLS, call()), join(2, "/api/incidents/{incident}/notes", {"incident": "261129-0999", "note": "of nothing"}),
               join(3, CALLS, {"place": PLACE}), join(4, "/api/incidents/{incident}/close", {"incident": "x", "disposition": "y"}),
               join(5, CALLS, call(), roles=("admin",)), join(6, "/api/nowhere", {})]
    for _ in range(times):
        answers = [asked(north, one) for one in brought]
        assert [type(answer) for answer in answers] == [Done, *[Conflicted] * 5]
    rows = floor.rows("conflict")
    assert sorted(rows) == [f"north.1-{number}" for number in (2, 3, 4, 5, 6)]
    assert [row.code for _, row in sorted(rows.items())] == ["incident_unknown", "site.unreadable", "site.not_granted", "role_missing", "site.not_granted"]  # type: ignore[attr-defined]  # conflicts' rows
    assert kept_under(floor.house, "somebody@north:k1") == 1


def test_a_fork_that_cannot_be_opened_at_once_is_opened_again_under_the_same_number(floor: Floor, north: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    opened, times = north.standing._opened, list[Path]()

    def failing(folder: Path, apart: Apart) -> House:
        times.append(folder)
        if len(times) < 3:
            raise LedgerFault("ledger.unreadable", "the disk is full")
        return opened(folder, apart)

    monkeypatch.setattr(north.standing, "_opened", failing)
    north.cut()
    assert [folder.name for folder in times] == ["1", "1", "1"]
    with north.as_("call_taker") as taker:
        assert "-north.1-" in taker.post(CALLS, json=call("a")).json()["subject"]
        north.mend()
    assert kept_under(floor.house, "call_taker@north:a") == 1
