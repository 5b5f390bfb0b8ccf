"""Traccar Client's bytes. Queries and JSON are those that Traccar's own decoder is tested with (traccar/traccar, OsmAndProtocolDecoderTest.java)
and as Traccar Client 8 for Android makes them (traccar/traccar-client-android, ProtocolFormatter.kt: seconds, knots)."""

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.edges.gateways.trackers.osmand import read
from tocsin.edges.gateways.trackers.points import Garbage, Heard, Point

ANDROID = ("id=348105&timestamp=1377177267&lat=60.0&lon=30.0&speed=21.381564&bearing=270.0&altitude=51.2&accuracy=4.5&batt=87.0")
JSON_IOS = (b'{"location":{"extras":{},"mock":true,"coords":{"speed_accuracy":-1,"speed":-1,"longitude":-122.406417,"ellipsoidal_altitude":0,"floor":null,'
            b'"heading_accuracy":-1,"latitude":37.785834000000001,"accuracy":5,"altitude_accuracy":-1,"altitude":0,"heading":-1},"is_moving":false,"age":188,'
            b'"odometer":0,"uuid":"2FB04C65-99CF-42AB-8DD3-EBCB4B108BF8","event":"motionchange","battery":{"level":-1,"is_charging":false},'
            b'"activity":{"type":"unknown","confidence":100},"timestamp":"2025-05-09T04:11:30.579Z"},"device_id":"658765"}')
JSON_ANDROID = (b'{"location":{"event":"motionchange","is_moving":false,"uuid":"0e9a2473-a9a7-4c00-997b-fb97d2154e75","timestamp":"2021-07-21T08:06:34.444Z",'
                b'"odometer":0,"coords":{"latitude":-6.1148096,"longitude":106.6837015,"accuracy":3.8,"speed":18.67,"speed_accuracy":0.26,"heading":63,'
                b'"heading_accuracy":0.28,"altitude":35.7,"altitude_accuracy":3.8},"activity":{"type":"still","confidence":100},'
                b'"battery":{"is_charging":false,"level":0.79},"extras":{}},"device_id":"8737767034"}')


def query(said: str) -> dict[str, str]:
    return dict(parse_qsl(said, keep_blank_values=True))


def test_traccar_client_8_tells_seconds_and_knots() -> None:
    heard = read(query(ANDROID), b"")
    assert heard == read({}, ANDROID.encode())
    assert heard.names == "348105"
    (point,) = heard.points
    assert point == Point(lon=30.0, lat=60.0, device_at=1_377_177_267_000_000, accuracy_m=4.5, speed_mps=point.speed_mps, heading_deg=270.0)
    assert point.speed_mps == pytest.approx(11.0, abs=0.001)


def test_traccar_client_9_tells_iso_time_and_metres_per_second() -> None:
    assert read({}, JSON_ANDROID) == Heard(names="8737767034", points=(Point(
        lon=106.6837015, lat=-6.1148096, device_at=1_626_854_794_444_000, accuracy_m=3.8, speed_mps=18.67, heading_deg=63.0),))


def test_what_a_telephone_does_not_know_it_writes_as_minus_one() -> None:
    (point,) = read({}, JSON_IOS).points
    assert point == Point(lon=-122.406417, lat=37.785834, device_at=1_746_763_890_579_000, accuracy_m=5.0)


@pytest.mark.parametrize(("said", "at"), [
    ("id=902064&lat=42.06288&lon=-88.23412&timestamp=2016-01-27T18%3A55%3A47Z&hdop=6.0&altitude=224.0&speed=0.0", 1_453_920_947_000_000),
    ("id=902064&lat=42.06288&lon=-88.23412&timestamp=1442068686579&hdop=6.0&altitude=224.0&speed=0.0", 1_442_068_686_579_000),
    ("lat=49.60688&lon=6.15788&timestamp=2014-06-04+09%3A10%3A11&altitude=384.7&speed=0.0&id=353861053849681", 1_401_873_011_000_000),
    ("lat=60.0&lon=30.0&speed=0.0&heading=0.0&vacc=0&hacc=0&altitude=0&deviceid=123456", None),
    ("id=123456&timestamp=1377177267&location=60.0,30.0", 1_377_177_267_000_000),
])
def test_every_way_to_write_a_time(said: str, at: int | None) -> None:
    (point,) = read(query(said), b"").points
    assert point.device_at == at


@pytest.mark.parametrize("said", [
    "id=123456&timestamp=1377177267&cell=257,02,16,2224&cell=257,02,16,2223,-90&wifi=00-14-22-01-23-45,-80&wifi=00-1C-B3-09-85-15,-70",
    "id=1&timestamp=1377177267&lat=60.0&lon=30.0&valid=false",
])
def test_what_is_no_fix_has_no_point_and_still_names_its_sender(said: str) -> None:
    heard = read(query(said), b"")
    assert heard.names and not heard.points


@pytest.mark.parametrize(("said", "body"), [
    ("timestamp=1377177267&lat=60.0&lon=30.0", b""),
    ("id=1&lat=north&lon=30.0", b""),
    ("id=1&lat=nan&lon=30.0", b""),
    ("id=1&lat=60&lon=30&timestamp=yesterday", b""),
    ("id=1&lat=60&lon=30&timestamp=1e300", b""),
    ("", b""), ("", b"{"), ("", b"[1]"), ("", b"\xff\xfe"), ("", b'{"device_id":7}'), ("", b'{"device_id":"7","location":{"coords":{}}}'),
    ("", b"[" * 100_000), ("", JSON_IOS.replace(b"37.785834000000001", b"1e999")),
])
def test_garbage_is_refused_by_code(said: str, body: bytes) -> None:
    with pytest.raises(Garbage) as no:
        read(query(said), body)
    assert no.value.code == "tracker_garbage"


@given(st.binary(max_size=400) | st.builds(lambda cut, put: JSON_IOS[:cut] + put + JSON_IOS[cut + len(put):], st.integers(0, len(JSON_IOS)), st.binary(max_size=6)),
       st.dictionaries(st.sampled_from(("id", "lat", "lon", "timestamp", "speed", "location", "bearing", "accuracy", "valid")), st.text(max_size=50)))
def test_any_bytes_are_heard_or_garbage(body: bytes, said: dict[str, str]) -> None:
    try:
        assert isinstance(read(said, body), Heard)
    except Garbage:
        return
