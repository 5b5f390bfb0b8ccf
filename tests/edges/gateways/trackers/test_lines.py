"""Receivers over TCP at a served house: the key first, then sentences as a receiver prints them; what is wrong ends that connection and no other."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.edges.gateways.trackers.given import counts, duty, tracker
from tests.edges.gateways.trackers.test_nmea import signed
from tests.edges.web.running import Running, running
from tocsin.edges.gateways.trackers import lines, listening
from tocsin.edges.gateways.trackers.lines import MOST_WRONG, Lines
from tocsin.edges.gateways.trackers.listening import Listening
from tocsin.edges.gateways.trackers.nmea import Receiver
from tocsin.edges.gateways.trackers.points import Heard
from tocsin.edges.web.app import Web

GPS = "GPRMC,0900{:02},A,6010.200,N,02456.400,E,19.4,090.0,040326,,"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Running, Listening]]:
    made: list[Listening] = []

    def beside(web: Web) -> None:
        made.append(Listening("nmea", "127.0.0.1", 0, web.taking, Lines(web.taking).talk))
        web.listens(made[0].start, made[0].stop)

    with running(tmp_path, beside=beside) as floor:
        yield floor, made[0]


def plug(door: Listening) -> socket.socket:
    return socket.create_connection(("127.0.0.1", door.port), timeout=10)


def until(held: Callable[[], bool]) -> None:
    """Wait until it holds; a fault where it never does."""
    pause = threading.Event()
    for _ in range(500):
        if held():
            return
        pause.wait(0.02)
    raise AssertionError("it never came to hold")


def ended(line: socket.socket) -> bool:
    """Whether the other end hung up."""
    try:
        return line.recv(10) == b""
    except ConnectionError:
        return True


def test_a_receiver_moves_its_unit(served: tuple[Running, Listening]) -> None:
    floor, door = served
    duty(floor, "E7")
    device = tracker(floor, "receiver", "E7")
    with plug(door) as line:
        line.sendall(f"{device.key}\r\n".encode() + signed(GPS.format(0)) + signed("GPGSV,3,1,11,03,03,111,00"))
        until(lambda: counts(floor, "nmea") == {"kept": 1})
        floor.clock.pass_s(5)
        half = signed(GPS.format(5))
        line.sendall(half[:20])
        line.sendall(half[20:])
        until(lambda: counts(floor, "nmea") == {"kept": 2})
    at = floor.house.positions()["E7"]
    assert (round(at.lat, 4), round(at.lon, 4), at.device_at, at.heading_deg, at.accuracy_m) == (60.17, 24.94, floor.clock.at, 90.0, None)


def test_a_wrong_key_is_hung_up_on_and_a_revoked_one_at_its_next_position(served: tuple[Running, Listening]) -> None:
    floor, door = served
    duty(floor, "E7")
    device = tracker(floor, "receiver", "E7")
    with plug(door) as stranger, plug(door) as line:
        stranger.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert ended(stranger)
        line.sendall(f"{device.key}\n".encode() + signed(GPS.format(0)))
        until(lambda: counts(floor, "nmea").get("kept") == 1)
        floor.as_("admin").post("/api/keys/revoke", json={"number": device.number})
        line.sendall(signed(GPS.format(1)))
        assert ended(line)
    assert counts(floor, "nmea") == {"kept": 1, "tracker_key_wrong": 2}


def test_garbage_is_counted_and_too_much_of_it_ends_that_connection_alone(served: tuple[Running, Listening]) -> None:
    floor, door = served
    duty(floor, "E7")
    one, other = tracker(floor, "one", "E7"), tracker(floor, "other", "E7")
    with plug(door) as noisy, plug(door) as line:
        noisy.sendall(f"{one.key}\n".encode() + b"$GPRMC,broken*00\r\n" * MOST_WRONG)
        assert ended(noisy)
        line.sendall(f"{other.key}\n".encode() + b"\xff\x00\r\n" + signed(GPS.format(0)))
        until(lambda: counts(floor, "nmea").get("kept") == 1)
    assert counts(floor, "nmea") == {"kept": 1, "tracker_garbage": 1, "tracker_checksum": MOST_WRONG}


def test_a_line_without_an_end_is_not_kept_in_memory(served: tuple[Running, Listening]) -> None:
    floor, door = served
    device = tracker(floor, "receiver")
    with plug(door) as line:
        line.sendall(f"{device.key}\n".encode() + b"A" * 200_000)
        assert ended(line)


def test_one_address_has_so_many_that_show_no_key_and_the_one_that_waited_longest_goes(served: tuple[Running, Listening], monkeypatch: pytest.MonkeyPatch) -> None:
    floor, door = served
    monkeypatch.setattr(listening, "MOST_EACH", 3)
    held = []
    for number in range(3):
        held.append(plug(door))
        until(lambda number=number: door.inside == number + 1)  # type: ignore[misc]  # the number of now
    with plug(door) as one_more:
        assert ended(held[0])
        assert counts(floor, "nmea") == {"tracker_connections": 1}
        assert door.inside == 3
        for line in [*held, one_more]:
            line.close()
        until(lambda: not door.inside)


def test_sixty_receivers_behind_one_address_stay_while_garbage_pours_in_from_there(served: tuple[Running, Listening]) -> None:
    """A carrier's address: connections that have shown a key count towards it. Some hold places and say nothing, some send garbage, again and again."""
    floor, door = served
    duty(floor, "E7")
    devices = [tracker(floor, f"receiver {number}", "E7") for number in range(60)]
    stop = threading.Event()
    pouring = [threading.Thread(target=_strangers, args=(door, stop, said)) for said in (b"", b"no key\r\n")]
    lines_ = []
    try:
        for one in pouring:
            one.start()
        until(lambda: counts(floor, "nmea").get("tracker_connections", 0) > 20 and counts(floor, "nmea").get("tracker_key_wrong", 0) > 20)
        for number, device in enumerate(devices):
            lines_.append(line := plug(door))
            line.sendall(f"{device.key}\r\n".encode() + signed(GPS.format(number % 60)))
        until(lambda: counts(floor, "nmea").get("kept", 0) + counts(floor, "nmea").get("late", 0) == 60)
        before = counts(floor, "nmea")["tracker_connections"]
        until(lambda: counts(floor, "nmea")["tracker_connections"] > before + 40)
        floor.clock.pass_s(120)
        for number, line in enumerate(lines_):
            line.sendall(signed(GPS.replace("0900", "0901").format(number % 60)))
        until(lambda: sum(counts(floor, "nmea").get(code, 0) for code in ("kept", "late")) == 120)
        assert door.inside <= 60 + listening.MOST_EACH
    finally:
        stop.set()
        for one in pouring:
            one.join(10)
        for line in lines_:
            line.close()


def _strangers(door: Listening, stop: threading.Event, said: bytes) -> None:
    """Connections that show no key, one after the other, as many held as the address may have and twice that."""
    held: list[socket.socket] = []
    while not stop.wait(0.005):
        held.append(plug(door))
        with suppress(OSError):
            held[-1].sendall(said)
        if len(held) > 2 * listening.MOST_EACH:
            held.pop(0).close()
    for line in held:
        line.close()


def test_a_key_has_so_many_connections_and_its_own_first_one_goes(served: tuple[Running, Listening]) -> None:
    floor, door = served
    duty(floor, "E7")
    one, other = tracker(floor, "one", "E7"), tracker(floor, "other", "E7")
    with plug(door) as beside:
        beside.sendall(f"{other.key}\n".encode() + signed(GPS.format(0)))
        until(lambda: counts(floor, "nmea").get("kept") == 1)
        held = []
        for number in range(1, listening.MOST_OF_KEY + 2):
            held.append(line := plug(door))
            line.sendall(f"{one.key}\n".encode() + signed(GPS.format(number)))
            until(lambda number=number: counts(floor, "nmea").get("kept") == number + 1)  # type: ignore[misc]  # the number of now
        assert ended(held[0])
        assert door.inside == listening.MOST_OF_KEY + 1
        floor.clock.pass_s(60)
        beside.sendall(signed(GPS.format(30)))
        until(lambda: counts(floor, "nmea").get("kept") == listening.MOST_OF_KEY + 3)
        for line in held:
            line.close()


def test_a_full_port_turns_the_next_one_away_and_says_so(tmp_path: Path) -> None:
    made: list[Listening] = []

    def beside(web: Web) -> None:
        made.append(Listening("nmea", "127.0.0.1", 0, web.taking, Lines(web.taking).talk, most=2))
        web.listens(made[0].start, made[0].stop)

    with running(tmp_path, beside=beside) as floor:
        duty(floor, "E7")
        lines_ = []
        for number, device in enumerate([tracker(floor, f"receiver {number}", "E7") for number in range(3)]):
            lines_.append(line := plug(made[0]))
            line.sendall(f"{device.key}\n".encode() + signed(GPS.format(number)))
            until(lambda number=number: sum(counts(floor, "nmea").values()) == number + 1)  # type: ignore[misc]  # the number of now
        assert ended(lines_[2])
        assert counts(floor, "nmea") == {"kept": 2, "tracker_full": 1}
        assert "TOCSIN_CONNECTIONS" in floor.web.taking.lately.words().en  # type: ignore[union-attr]  # there is a trouble
        for line in lines_:
            line.close()


class Counting(Receiver):
    """A receiver that says how many lines all of its kind have read."""

    lines = 0

    def read(self, line: bytes, heard_at: int) -> Heard:
        Counting.lines += 1
        return super().read(line, heard_at)


def test_a_flood_waits_and_another_receiver_does_not(served: tuple[Running, Listening], monkeypatch: pytest.MonkeyPatch) -> None:
    """The flood's connection is read no faster than it may; the other's position is taken while it waits."""
    floor, door = served
    monkeypatch.setattr(lines, "Receiver", Counting)
    monkeypatch.setattr(Counting, "lines", 0)
    duty(floor, "E7")
    one, other = tracker(floor, "one", "E7"), tracker(floor, "other", "E7")
    with plug(door) as flooding, plug(door) as line:
        flooding.sendall(f"{one.key}\n".encode())
        thread = threading.Thread(target=lambda: _poured(flooding), daemon=True)
        thread.start()
        until(lambda: Counting.lines >= 1_000)
        line.sendall(f"{other.key}\n".encode() + signed(GPS.format(0)))
        until(lambda: counts(floor, "nmea").get("kept") == 1)
        threading.Event().wait(1.5)
        assert Counting.lines < 6_000, "a thousand at once and a hundred a second, of the two hundred thousand that it sends"
        assert thread.is_alive()
    thread.join(10)


def _poured(line: socket.socket) -> None:
    try:
        for _ in range(2_000):
            line.sendall(signed("GPGSV,3,1,11,03,03,111,00") * 100)
    except OSError:
        return
