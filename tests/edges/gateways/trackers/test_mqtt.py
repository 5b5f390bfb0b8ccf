"""OwnTracks over a real mosquitto that lets each tracker in by its own name and holds it to its own topic; the broker may go and come."""

import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from paho.mqtt import MQTTException, publish
from paho.mqtt.enums import MQTTProtocolVersion

from tests.edges.gateways.trackers.given import Tracker, counts, duty, tracker, whole_s
from tests.edges.gateways.trackers.test_lines import until
from tests.edges.web.running import Running, running
from tocsin.edges.gateways.trackers.broker import PROTOCOL, Broker, BrokerAddress, broker_address
from tocsin.edges.web.app import Web

MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
PASSWD = shutil.which("mosquitto_passwd")
ACL = "user house\ntopic read owntracks/#\npattern write owntracks/%u/#\n"


class Mosquitto:
    """A broker of the test's own, with a name and password for the house and for each tracker."""

    def __init__(self, folder: Path) -> None:
        if not MOSQUITTO or not PASSWD:
            pytest.skip("no mosquitto can be started here: install the package of that name")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self._passwords, self._settings = folder / "passwords", folder / "mosquitto.conf"
        (folder / "acl").write_text(ACL, encoding="utf-8")
        self._passwords.touch()
        self.let_in("house", "a house's password")
        self._settings.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous false\npassword_file {self._passwords}\nacl_file {folder / 'acl'}\n"
                                  "user root\nmessage_size_limit 65536\n", encoding="utf-8")
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def let_in(self, user: str, password: str) -> None:
        """One more name; known to it after it was told (`start`)."""
        assert PASSWD
        subprocess.run([PASSWD, "-b", str(self._passwords), user, password], check=True, capture_output=True)

    def start(self) -> None:
        assert MOSQUITTO
        self.process = subprocess.Popen([MOSQUITTO, "-c", str(self._settings)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(self._answers)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    broker = Mosquitto(tmp_path)
    yield broker
    broker.kill()


@pytest.fixture
def floor(tmp_path: Path, mosquitto: Mosquitto) -> Iterator[Running]:
    def beside(web: Web) -> None:
        broker = Broker(web.taking, BrokerAddress("127.0.0.1", mosquitto.port, "house", "a house's password"), "floor")
        web.listens(broker.start, broker.stop)

    with running(tmp_path / "floor", beside=beside) as served:
        yield served


def location(floor: Running, **more: object) -> bytes:
    return json.dumps({"_type": "location", "acc": 15, "batt": 46, "conn": "m", "lat": 60.19, "lon": 24.96, "t": "u", "tid": "5t", "tst": whole_s(floor), "vel": 36, "cog": 90} | more).encode()


def publishes(port: int, of: Tracker, topic: str, said: bytes) -> None:
    """As the app does: under its own name, at the second quality of service."""
    publish.single(topic, said, qos=1, hostname="127.0.0.1", port=port, client_id=f"{of.number}-phone", auth={"username": of.number, "password": of.key}, protocol=MQTTProtocolVersion.MQTTv311)


def known(mosquitto: Mosquitto, floor: Running, *trackers: Tracker) -> None:
    """The broker knows these too, and the house is back at it."""
    for one in trackers:
        mosquitto.let_in(one.number, one.key)
    mosquitto.kill()
    until(lambda: floor.web.taking.unheard is not None)
    mosquitto.start()
    until(lambda: floor.web.taking.unheard is None)


def test_a_tracker_speaks_by_way_of_the_broker_and_for_itself_alone(floor: Running, mosquitto: Mosquitto) -> None:
    duty(floor, "E7")
    one, other = tracker(floor, "one", "E7"), tracker(floor, "other", "E7")
    known(mosquitto, floor, one, other)
    publishes(mosquitto.port, one, f"owntracks/{one.number}/phone", location(floor, topic=f"owntracks/{one.number}/phone"))
    until(lambda: counts(floor, PROTOCOL) == {"kept": 1})
    at = floor.house.positions()["E7"]
    assert (at.lat, at.accuracy_m, at.speed_mps, at.heading_deg) == (60.19, 15.0, pytest.approx(10.0), 90.0)
    publishes(mosquitto.port, other, f"owntracks/{one.number}/phone", location(floor, lat=61.0))  # the broker drops it: it is not its topic
    publishes(mosquitto.port, other, f"owntracks/{other.number}/phone", location(floor, topic=f"owntracks/{one.number}/phone"))
    publishes(mosquitto.port, other, f"owntracks/{other.number}/phone", b'{"_type":"lwt","tst":1551874878}')
    publishes(mosquitto.port, other, f"owntracks/{other.number}/phone", b"\xff garbage")
    until(lambda: counts(floor, PROTOCOL) == {"kept": 1, "tracker_other": 1, "nothing": 1, "tracker_garbage": 1})
    with pytest.raises(MQTTException):
        publishes(mosquitto.port, Tracker(one.number, "wrong"), f"owntracks/{one.number}/phone", location(floor))


def test_a_key_that_is_revoked_is_refused_though_the_broker_still_lets_it_in(floor: Running, mosquitto: Mosquitto) -> None:
    duty(floor, "E7")
    one = tracker(floor, "one", "E7")
    known(mosquitto, floor, one)
    floor.as_("admin").post("/api/keys/revoke", json={"number": one.number})
    publishes(mosquitto.port, one, f"owntracks/{one.number}/phone", location(floor))
    until(lambda: counts(floor, PROTOCOL) == {"tracker_key_wrong": 1})
    assert "E7" not in floor.house.positions()


def test_a_broker_that_is_gone_stands_on_the_page_of_health_until_it_is_back(floor: Running, mosquitto: Mosquitto) -> None:
    mosquitto.kill()
    until(lambda: floor.web.taking.unheard is not None)
    part = next(part for part in floor.as_("supervisor").get("/api/health").json()["parts"] if part["name"] == "trackers")
    assert part["state"] == "low" and "broker" in part["says"]["en"] and "消息代理" in part["says"]["zh"]
    mosquitto.start()
    until(lambda: floor.web.taking.unheard is None)


@pytest.mark.parametrize(("said", "is_"), [
    ("mqtt://house:a%20word@broker:1884", BrokerAddress("broker", 1884, "house", "a word")), ("mqtts://broker", BrokerAddress("broker", 8883, tls=True)),
    ("http://broker", None), ("broker:1883", None), ("mqtt://broker:x", None), ("", None),
])
def test_an_address_is_one_of_mqtt_or_none(said: str, is_: BrokerAddress | None) -> None:
    assert broker_address(said) == is_
