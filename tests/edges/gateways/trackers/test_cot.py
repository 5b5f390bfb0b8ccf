"""Events as phones send them: a position report as ATAK writes it, the word of who one is as its network library does (`<auth>`, commoncommo),
a ping; and XML that is hostile. The attributes are those of MITRE's base schema 2.0."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.edges.gateways.trackers.cot import MOST_BYTES, Pieces, Said, read
from tocsin.edges.gateways.trackers.points import Garbage, Heard, Point

AUTH = b'<?xml version="1.0"?>\n<auth><cot username="a1b2c3" password="k&amp;ey" uid="ANDROID-82cd68af1fb8fd80"/></auth>'
REPORT = (b"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
          b"<event version='2.0' uid='ANDROID-82cd68af1fb8fd80' type='a-f-G-U-C' time='2026-03-04T09:00:00.250Z' start='2026-03-04T09:00:00.250Z' "
          b"stale='2026-03-04T09:06:15.250Z' how='m-g'><point lat='60.1700000' lon='24.9400000' hae='21.5' ce='4.7' le='9999999.0'/><detail>"
          b"<takv os='33' version='4.8.1.5 (abcdef01).1680000000-CIV' device='GOOGLE PIXEL 6' platform='ATAK-CIV'/>"
          b"<contact endpoint='*:-1:stcp' callsign='E7 LEAD'/><uid Droid='E7 LEAD'/><precisionlocation altsrc='GPS' geopointsrc='GPS'/>"
          b"<__group role='Team Member' name='Cyan'/><status battery='87'/><track course='270.5' speed='11.2'/></detail></event>")
PING = (b'<event version="2.0" uid="ANDROID-82cd68af1fb8fd80-ping" type="t-x-c-t" time="2026-03-04T09:00:10.000Z" start="2026-03-04T09:00:10.000Z" '
        b'stale="2026-03-04T09:00:20.000Z" how="m-g"><point lat="0.0000000" lon="0.0000000" hae="0.0000000" ce="9999999.0" le="9999999.0"/><detail/></event>')
OWN = "ANDROID-82cd68af1fb8fd80"


def test_a_phone_tells_who_it_is() -> None:
    assert read(AUTH) == Said(uid=OWN, auth=("a1b2c3", "k&ey"))


def test_a_phone_tells_where_it_is() -> None:
    said = read(REPORT)
    assert said.heard(OWN) == Heard(points=(Point(lon=24.94, lat=60.17, device_at=1_772_614_800_250_000, accuracy_m=4.7, speed_mps=11.2, heading_deg=270.5),))


def test_what_it_does_not_know_it_writes_as_9999999_or_nan() -> None:
    (point,) = read(REPORT.replace(b"ce='4.7'", b"ce='9999999.0'").replace(b"speed='11.2'", b"speed='NaN'")).heard(OWN).points
    assert (point.accuracy_m, point.speed_mps, point.heading_deg) == (None, None, 270.5)


@pytest.mark.parametrize("said", [PING, REPORT.replace(OWN.encode(), b"another"), REPORT.replace(b"a-f-G-U-C", b"a-h-G-U-C"), REPORT.replace(b"a-f-G-U-C", b"b-m-p-s-m")])
def test_what_is_not_its_own_position_is_none(said: bytes) -> None:
    """A ping, somebody else's position that it hands on, an enemy and a marker that it placed."""
    assert read(said).heard(OWN) == Heard()


def test_a_stream_is_cut_wherever_its_packets_end() -> None:
    whole = AUTH + REPORT + b"\n" + PING
    for size in (1, 7, 100, 10_000):
        pieces, found = Pieces(), list[bytes]()
        for at in range(0, len(whole), size):
            found += pieces.cut(whole[at:at + size])
        assert found == [AUTH, REPORT, PING]


@pytest.mark.parametrize("said", [
    b'<!DOCTYPE event [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><event uid="&b;" type="a-f-G"></event>',
    b'<!DOCTYPE event SYSTEM "file:///etc/passwd"><event uid="x" type="a-f-G"></event>',
    b'<event uid="&undefined;" type="a-f-G"></event>',
    b'<event uid="x" type="a-f-G">' + b"<d>" * 40 + b"</d>" * 40 + b"</event>",
    b'<event uid="x" type="a-f-G">' + b"<d/>" * 500 + b"</event>",
    b'<event uid="x" type="a-f-G"><detail>' + b"x" * MOST_BYTES + b"</detail></event>",
    REPORT.replace(b"60.1700000", b"NaN"), REPORT.replace(b"time='2026-03-04T09:00:00.250Z'", b""), REPORT.replace(b"</detail>", b""),
    b"<auth></auth>", b"<event></event>", b"<other/>", b"", b"\xff\xfe", b'<?xml version="1.0" encoding="no-such"?><event uid="x" type="y"></event>',
])
def test_hostile_xml_and_garbage_are_refused(said: bytes) -> None:
    with pytest.raises(Garbage):
        read(said)


def test_a_message_without_an_end_is_not_held() -> None:
    pieces = Pieces()
    with pytest.raises(Garbage):
        for _ in range(100):
            pieces.cut(b"<event " + b"x" * 1_000)


@given(st.binary(max_size=300) | st.builds(lambda cut, put: REPORT[:cut] + put + REPORT[cut + len(put):], st.integers(0, len(REPORT)), st.binary(max_size=8)))
def test_any_bytes_are_heard_or_garbage(said: bytes) -> None:
    try:
        assert isinstance(read(said), Said)
    except Garbage:
        return
