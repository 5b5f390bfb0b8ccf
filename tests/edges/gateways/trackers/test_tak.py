"""A client of TAK that is not ours (pytak) at a served house: it tells where it is, is answered, and sees units and incidents while on duty."""

import asyncio
import ssl
import threading
import warnings
from collections.abc import Callable, Iterator
from configparser import ConfigParser
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.edges.gateways.trackers.given import Tracker, counts, duty, tracker
from tests.edges.gateways.trackers.test_cot import PING, REPORT
from tests.edges.gateways.trackers.test_lines import ended, plug, until
from tests.edges.web.running import Running, running
from tests.floor import CHIEF, DESK, TABLE, corner
from tocsin.cli.settings import SystemClock
from tocsin.edges.gateways.trackers.drawing import Drawing
from tocsin.edges.gateways.trackers.listening import Listening
from tocsin.edges.gateways.trackers.tak import Phones
from tocsin.edges.web.app import Web
from tocsin.kernel import from_instant
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.fleet.commands import EndShift

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it misses a package that it needs for another way in
    import pytak

UID = "ANDROID-82cd68af1fb8fd80"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for localhost that it signed itself."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = from_instant(SystemClock().now())
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - timedelta(days=1), now + timedelta(days=1)).add_extension(
        x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False).sign(key, hashes.SHA256())
    file = tmp_path_factory.mktemp("tls") / "house.pem"
    file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()) + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def served(tmp_path: Path, certificate: Path) -> Iterator[tuple[Running, dict[str, Listening]]]:
    doors: dict[str, Listening] = {}

    def beside(web: Web) -> None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        phones = Phones(web.taking, Drawing(web.taking._house, {code: kind.cot for code, kind in TABLE.kinds.items()}))
        for scheme, tls in (("tcp", None), ("tls", context)):
            doors[scheme] = Listening("cot", "127.0.0.1", 0, web.taking, phones.talk, tls)
            web.listens(doors[scheme].start, doors[scheme].stop)

    with running(tmp_path, beside=beside) as floor:
        yield floor, doors


def auth(of: Tracker, uid: str = UID) -> bytes:
    return f'<?xml version="1.0"?>\n<auth><cot username="{of.number}" password="{of.key}" uid="{uid}"/></auth>'.encode()


class Hearing(pytak.RXWorker):  # type: ignore[misc]  # pytak says nothing of its types
    """Keeps every event that comes."""

    seen: list[ElementTree.Element]

    async def put_queue(self, data: bytes, queue_arg: object = None) -> None:
        self.seen.append(ElementTree.fromstring(data.strip()))


class Phone:
    """pytak in a thread of its own, as a phone holds its connection."""

    def __init__(self, url: str, certificate: Path, *said: bytes) -> None:
        self.seen: list[ElementTree.Element] = []
        self._url, self._certificate, self._said = url, str(certificate), said
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._run(),))
        self._over: asyncio.Event | None = None
        self._queue: asyncio.Queue[bytes] | None = None

    async def _run(self) -> None:
        self._over, self._queue = asyncio.Event(), asyncio.Queue()
        settings = ConfigParser(interpolation=None)
        settings["phone"] = {"COT_URL": self._url, "TAK_PROTO": "0", "PYTAK_TLS_CLIENT_CAFILE": self._certificate, "PYTAK_TLS_SERVER_EXPECTED_HOSTNAME": "localhost",
                             "PYTAK_TLS_CLIENT_CERT": self._certificate, "PYTAK_TLS_CLIENT_KEY": self._certificate}
        config = settings["phone"]
        reader, writer = await pytak.protocol_factory(config)
        sending, hearing = pytak.TXWorker(self._queue, config, writer), Hearing(asyncio.Queue(), config, reader)
        hearing.seen = self.seen
        for one in self._said:
            self._queue.put_nowait(one)
        tasks = [asyncio.ensure_future(one.run()) for one in (sending, hearing)]
        await self._over.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    def say(self, said: bytes) -> None:
        """One more event."""
        assert self._queue is not None
        self._loop.call_soon_threadsafe(self._queue.put_nowait, said)

    def of(self, kind: str) -> dict[str, ElementTree.Element]:
        """The newest event of each uid whose type begins so."""
        return {one.attrib["uid"]: one for one in self.seen if one.attrib["type"].startswith(kind)}

    def __enter__(self) -> "Phone":
        self._thread.start()
        until(lambda: self._queue is not None)
        return self

    def __exit__(self, *error: object) -> None:
        assert self._over is not None
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)
        self._loop.close()


@pytest.mark.filterwarnings("ignore:ssl.OP_NO")  # pytak asks for no old TLS in an old way
@pytest.mark.parametrize("scheme", ["tcp", "tls"])
def test_a_phone_tells_where_it_is_is_answered_and_sees_the_floor(served: tuple[Running, dict[str, Listening]], certificate: Path, scheme: str) -> None:
    floor, doors = served
    duty(floor, "E7")
    duty(floor, "M2", "2026-03-04D")
    floor.clock.at -= 3_600_000_000
    phone = tracker(floor, "phone", "E7", roles=("device", "responder"))
    number = floor.house.do(TakeCall(place=corner(1, 1), kind="medical"), DESK).subject.partition(":")[2]
    with Phone(f"{scheme}://127.0.0.1:{doors[scheme].port}", certificate, auth(phone), REPORT, PING) as held:
        until(lambda: bool(held.of("t-x-c-t-r")) and bool(held.of("b-m-p-s-m")))
        at = floor.house.positions()["E7"]
        assert (at.lon, at.lat, at.accuracy_m, at.speed_mps, at.heading_deg) == (24.94, 60.17, 4.7, 11.2, 270.5)
        units, incidents = held.of("a-f-"), held.of("b-m-p-s-m")
        assert set(units) == {"tocsin.unit.M2"} and set(incidents) == {f"tocsin.incident.{number}"}
        (point,), (contact,) = units["tocsin.unit.M2"].findall("point"), units["tocsin.unit.M2"].findall("detail/contact")
        assert (float(point.attrib["lon"]), contact.attrib["callsign"]) == (pytest.approx(corner(0, 0).lon), "M2")
        assert units["tocsin.unit.M2"].attrib["type"] == TABLE.kinds["engine"].cot
        assert incidents[f"tocsin.incident.{number}"].attrib["stale"] > incidents[f"tocsin.incident.{number}"].attrib["time"]
        floor.house.do(EndShift(unit="M2", shift="2026-03-04D"), CHIEF)
        until(lambda: set(held.of("t-x-d-d")) == {"tocsin.unit.M2"})
        floor.house.do(EndShift(unit="E7", shift="2026-03-04D"), CHIEF)
        until(lambda: set(held.of("t-x-d-d")) == {"tocsin.unit.M2", f"tocsin.incident.{number}"})
    assert counts(floor, "cot") == {"kept": 1}


def test_a_device_alone_reports_and_is_shown_nothing(served: tuple[Running, dict[str, Listening]], certificate: Path) -> None:
    floor, doors = served
    duty(floor, "E7")
    duty(floor, "M2", "2026-03-04D")
    floor.clock.at -= 3_600_000_000
    phone = tracker(floor, "phone", "E7")
    with Phone(f"tcp://127.0.0.1:{doors['tcp'].port}", certificate, auth(phone), REPORT, PING) as held:
        until(lambda: bool(held.of("t-x-c-t-r")))
        held.say(PING.replace(b"-ping", b"-ping2"))
        until(lambda: len([one for one in held.seen if one.attrib["type"] == "t-x-c-t-r"]) == 2)
        assert {one.attrib["type"] for one in held.seen} == {"t-x-c-t-r"}
    assert counts(floor, "cot") == {"kept": 1}


@pytest.mark.parametrize(("first", "code"), [
    (lambda one, other: auth(Tracker(one.number, "wrong")), "tracker_key_wrong"),
    (lambda one, other: auth(Tracker(other.number, one.key)), "tracker_other"),
    (lambda one, other: REPORT, "tracker_key_wrong"),
    (lambda one, other: b'<!DOCTYPE auth [<!ENTITY a "b">]><auth><cot username="&a;"/></auth>', "tracker_garbage"),
    (lambda one, other: auth(one, uid=""), "tracker_other"),
])
def test_who_is_not_let_in_is_hung_up_on(served: tuple[Running, dict[str, Listening]], first: Callable[[Tracker, Tracker], bytes], code: str) -> None:
    floor, doors = served
    duty(floor, "E7")
    with plug(doors["tcp"]) as line:
        line.sendall(first(tracker(floor, "one", "E7"), tracker(floor, "other", "E7")) + REPORT)
        assert ended(line)
    assert counts(floor, "cot") == {code: 1}
    assert "E7" not in floor.house.positions()


def test_hostile_xml_ends_that_connection(served: tuple[Running, dict[str, Listening]]) -> None:
    floor, doors = served
    duty(floor, "E7")
    with plug(doors["tcp"]) as line:
        line.sendall(auth(tracker(floor, "one", "E7")) + b'<!DOCTYPE event [<!ENTITY a "b">]><event uid="&a;" type="a-f-G"></event>')
        assert ended(line)
    assert counts(floor, "cot") == {"tracker_garbage": 1}
