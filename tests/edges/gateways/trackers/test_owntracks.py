"""OwnTracks' bytes, as Traccar's decoder is tested with them (traccar/traccar, OwnTracksProtocolDecoderTest.java: Android, iOS, a Greenwich
tracker), and the other types by https://owntracks.org/booklet/tech/json."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.edges.gateways.trackers.owntracks import basic, read, user_of
from tocsin.edges.gateways.trackers.points import Garbage, Heard, Point

ANDROID = (b'{"_type":"location","acc":15,"alt":440,"batt":46,"conn":"w","lat":46.0681247,"lon":11.1512805,"t":"u","tid":"5t","tst":1551874878,"vac":2,"vel":0}')
MOVING = (b'{"cog":271,"lon":2.29513,"acc":5,"vel":61,"vac":21,"lat":48.85833,"tst":1497349316,"alt":167,"_type":"location","tid":"JJ","t":"u","batt":67}')
IOS = (b'{"lon":-122,"acc":5,"created_at":1736161415,"lat":37,"topic":"owntracks/ckrey/22A67880-15C3-41A6-9157-25545C7993AC","t":"u","m":1,'
       b'"tst":1736161169,"conn":"w","alt":0,"_type":"location","tid":"AC"}')
GREENWICH = (b'{"topic":"owntracks/qtripp/865284041968706","lat":47.420051,"lon":13.654704,"vel":0,"cog":113,"tst":1736519167,"mcc":232,"mnc":1,'
             b'"lac":"4F4D","cid":"673A","_type":"location","acc":10,"alt":1113,"t":"I","don":105,"tid":"CS"}')
OTHERS = (b'{"_type":"lwt","tst":1551874878}', b'{"_type":"waypoint","desc":"home","lat":46.06,"lon":11.15,"rad":100,"tst":1551874878}',
          b'{"_type":"transition","event":"enter","lat":1.0,"lon":2.0,"tst":1551874878,"wtst":1551874000}', b'{"_type":"status","iOS":{"version":"18.1"}}',
          b'{"_type":"card","name":"x"}', b'{"_type":"steps","steps":12}', b'{"_type":"dump"}', b"")


def test_android_and_ios_tell_metres_and_seconds() -> None:
    assert read(ANDROID) == Heard(points=(Point(lon=11.1512805, lat=46.0681247, device_at=1_551_874_878_000_000, accuracy_m=15.0, speed_mps=0.0),))
    assert read(IOS) == Heard(names="ckrey", points=(Point(lon=-122.0, lat=37.0, device_at=1_736_161_169_000_000, accuracy_m=5.0),))
    assert read(GREENWICH).names == "qtripp"


def test_speed_is_in_kilometres_per_hour() -> None:
    (point,) = read(MOVING).points
    assert point.speed_mps == pytest.approx(16.944, abs=0.001)
    assert point.heading_deg == 271.0


@pytest.mark.parametrize("said", OTHERS)
def test_other_types_are_no_positions(said: bytes) -> None:
    assert read(said) == Heard()


@pytest.mark.parametrize(("said", "code"), [
    (b'{"_type":"encrypted","data":"p0Q="}', "tracker_encrypted"), (b"{}", "tracker_garbage"), (b'{"_type":"location","lat":1,"lon":2}', "tracker_garbage"),
    (b'{"_type":"location","lat":true,"lon":2,"tst":1}', "tracker_garbage"), (b'{"_type":"location","lat":1,"lon":2,"tst":-5}', "tracker_garbage"),
    (b'{"_type":"location","lat":1,"lon":2,"tst":1,"topic":7}', "tracker_garbage"), (b"[" * 70_000, "tracker_garbage"), (b'["x"]', "tracker_garbage"),
])
def test_garbage_is_refused_by_code(said: bytes, code: str) -> None:
    with pytest.raises(Garbage) as no:
        read(said)
    assert no.value.code == code


@given(st.binary(max_size=400) | st.builds(lambda cut, put: IOS[:cut] + put + IOS[cut + len(put):], st.integers(0, len(IOS)), st.binary(max_size=6)))
def test_any_bytes_are_heard_or_garbage(said: bytes) -> None:
    try:
        assert isinstance(read(said), Heard)
    except Garbage:
        return


@pytest.mark.parametrize(("topic", "user"), [("owntracks/a1b2/phone", "a1b2"), ("owntracks/a1b2/phone/event", "a1b2"), ("owntracks/a1b2", ""), ("mine/a1b2/phone", ""), ("", "")])
def test_a_topic_names_its_user(topic: str, user: str) -> None:
    assert user_of(topic) == user


@given(st.text(max_size=60))
def test_no_header_breaks_it(header: str) -> None:
    assert len(basic(header)) == 2


def test_basic_gives_user_and_password() -> None:
    assert basic("Basic " + b64encode(b"a1b2:k:ey").decode()) == ("a1b2", "k:ey")
    assert basic("Bearer " + b64encode(b"a1b2:key").decode()) == ("", "")
