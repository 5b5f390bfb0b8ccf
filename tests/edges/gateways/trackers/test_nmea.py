"""Sentences as receivers print them: RMC and GGA as most descriptions of the standard give them, RMC and VTG of u-blox' receiver protocol (M8, section 31)."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.edges.gateways.trackers.nmea import Receiver, sentence
from tocsin.edges.gateways.trackers.points import Garbage, Heard

RMC = b"$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A\r\n"
GGA = b"$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\r\n"
VTG = b"$GPVTG,77.52,T,,M,0.004,N,0.008,K,A*06\r\n"
UBLOX = b"$GPRMC,083559.00,A,4717.11437,N,00833.91522,E,0.004,77.52,091202,,,A*57\r\n"


def _us(*when: int) -> int:
    return round(datetime(*when, tzinfo=UTC).timestamp() * 1_000_000)


def signed(said: str) -> bytes:
    """A sentence with its right checksum."""
    total = 0
    for character in said.encode():
        total ^= character
    return f"${said}*{total:02X}\r\n".encode()


def test_rmc_is_a_position() -> None:
    (point,) = Receiver().read(RMC, _us(1994, 3, 23, 12, 35, 20)).points
    assert (point.lat, point.lon) == (pytest.approx(48.1173, abs=1e-6), pytest.approx(11.516667, abs=1e-6))
    assert point.device_at == _us(1994, 3, 23, 12, 35, 19)
    assert point.speed_mps == pytest.approx(22.4 * 1852 / 3600)
    assert (point.heading_deg, point.accuracy_m) == (84.4, None)
    (swiss,) = Receiver().read(UBLOX, 0).points
    assert (swiss.lat, swiss.device_at) == (pytest.approx(47.285240, abs=1e-6), _us(2002, 12, 9, 8, 35, 59))


def test_south_and_west_are_below_nought() -> None:
    (point,) = Receiver().read(signed("GPRMC,225446,A,3351.650,S,07040.120,W,000.5,054.7,191194,020.3,E"), 0).points
    assert (round(point.lat, 5), round(point.lon, 5)) == (-33.86083, -70.66867)


@pytest.mark.parametrize(("heard", "told"), [
    ((2026, 3, 4, 12, 35, 20), (2026, 3, 4, 12, 35, 19)),
    ((2026, 3, 4, 0, 10), (2026, 3, 3, 12, 35, 19)),
    ((2026, 3, 4, 23, 59), (2026, 3, 4, 12, 35, 19)),
])
def test_gga_alone_is_of_the_nearest_day_and_takes_its_motion_from_vtg(heard: tuple[int, ...], told: tuple[int, ...]) -> None:
    receiver = Receiver()
    assert receiver.read(VTG, _us(*heard)) == Heard()
    (point,) = receiver.read(GGA, _us(*heard)).points
    assert (point.device_at, point.heading_deg) == (_us(*told), 77.52)


def test_with_rmc_gga_adds_nothing_and_a_fast_receiver_tells_one_a_second() -> None:
    receiver, at = Receiver(), _us(1994, 3, 23, 12, 35, 20)
    assert receiver.read(RMC, at).points
    assert not receiver.read(GGA, at).points
    assert not receiver.read(signed("GPRMC,123519.20,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W"), at).points
    assert receiver.read(signed("GPRMC,123520.20,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W"), at).points


@pytest.mark.parametrize("line", [
    signed("GPRMC,123519,V,,,,,,,230394,,"), signed("GPGGA,123519,,,,,0,00,,,M,,M,,"), signed("GPGGA,123519,4807.038,N,01131.000,E,8,08,0.9,545.4,M,46.9,M,,"),
    signed("GPGSV,3,1,11,03,03,111,00"), signed("PMTK001,0,3"),
])
def test_what_is_no_fix_has_no_point(line: bytes) -> None:
    assert Receiver().read(line, 0) == Heard()


@pytest.mark.parametrize(("line", "code"), [
    (RMC.replace(b"*6A", b"*6B"), "tracker_checksum"), (RMC.replace(b"022.4", b"122.4"), "tracker_checksum"), (RMC.replace(b"*6A", b""), "tracker_garbage"),
    (b"GET / HTTP/1.1\r\n", "tracker_garbage"), (b"\x00\xff\n", "tracker_garbage"), (b"$" + b"A" * 300 + b"*00", "tracker_garbage"),
    (signed("GPRMC,123519,A,4867.038,N,01131.000,E,022.4,084.4,230394,003.1,W"), "tracker_garbage"),
    (signed("GPRMC,243519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W"), "tracker_garbage"),
    (signed("GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,310294,003.1,W"), "tracker_garbage"),
    (signed("GPRMC,123519,A,4807.038,X,01131.000,E,022.4,084.4,230394,003.1,W"), "tracker_garbage"), (signed("GPRMC,1"), "tracker_garbage"),
])
def test_garbage_is_refused_by_code(line: bytes, code: str) -> None:
    with pytest.raises(Garbage) as no:
        Receiver().read(line, 0)
    assert no.value.code == code


@given(st.lists(st.binary(max_size=90) | st.builds(lambda fields: signed(",".join(fields)), st.lists(st.sampled_from(
    ("GPRMC", "GNGGA", "GPVTG", "A", "N", "E", "4807.038", "01131.000", "123519", "235960", "230394", "1", "-1", "nan", "")), max_size=14))), st.integers(0, 1 << 51))
def test_any_lines_are_heard_or_garbage(lines: list[bytes], at: int) -> None:
    receiver = Receiver()
    for line in lines:
        try:
            assert isinstance(receiver.read(line, at), Heard)
        except Garbage:
            continue


@given(st.integers(0, len(RMC) - 8), st.integers(0, 7))
def test_no_single_flipped_bit_is_taken(at: int, bit: int) -> None:
    wrong = bytearray(RMC)
    wrong[at] ^= 1 << bit
    with pytest.raises(Garbage):
        sentence(bytes(wrong))
