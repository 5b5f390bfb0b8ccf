"""Receivers over TCP at a served house: the key first, then sentences as a receiver prints them; what is wrong ends that connection and no other."""

import socket
import threading
from collections.abc import Callable, Iterator
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


def test_one_address_has_so_many_connections_and_the_next_is_refused(served: tuple[Running, Listening], monkeypatch: pytest.MonkeyPatch) -> None:
    floor, door = served
    monkeypatch.setattr(listening, "MOST_EACH", 3)
    held = [plug(door) for _ in range(3)]
    until(lambda: len(door._inside) == 3)
    with plug(door) as one_more:
        assert ended(one_more)
    assert counts(floor, "nmea") == {"tracker_connections": 1}
    for line in held:
        line.close()
    until(lambda: not door._inside)


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
