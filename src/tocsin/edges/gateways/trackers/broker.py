"""OwnTracks by way of a city's own MQTT broker: it lets devices in, by the tracker's number as their user name, and holds each to its own topic."""

import asyncio
import logging
import ssl
from urllib.parse import unquote, urlsplit

import aiomqtt
import msgspec
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from tocsin.edges.gateways.trackers.owntracks import MOST_BYTES, read, user_of
from tocsin.edges.gateways.trackers.points import Garbage
from tocsin.edges.gateways.trackers.taking import Taking
from tocsin.kernel import Refused, Words

LOG = logging.getLogger("tocsin.trackers")
PROTOCOL = "owntracks-mqtt"
TOPICS = "owntracks/+/+"
_SESSION_S = 3_600
"""For so long the broker keeps what came while no node of the house was there."""
_AGAIN_S, _LONGEST_S, _LEADS_S = 1.0, 30.0, 1.0
_MOST_WAITING = 2_000


class BrokerAddress(msgspec.Struct, frozen=True):
    """Where the broker is, and as whom the house comes."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    tls: bool = False


def broker_address(said: str) -> BrokerAddress | None:
    """mqtt://USER:PASSWORD@HOST:PORT, or mqtts:// over TLS; None where it is neither."""
    try:
        parts = urlsplit(said)
        port = parts.port or (8883 if parts.scheme == "mqtts" else 1883)
    except ValueError:
        return None
    if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname:
        return None
    return BrokerAddress(parts.hostname, port, unquote(parts.username or ""), unquote(parts.password or ""), parts.scheme == "mqtts")


class Broker:
    """Hears what devices publish. Only the node that leads listens, under one name, so that the broker hands the others' place over to it."""

    def __init__(self, taking: Taking, at: BrokerAddress, name: str) -> None:
        self._taking, self._at, self._name = taking, at, name
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to listen; a broker that is not there is asked again."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Listen no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _run(self) -> None:
        wait_s = _AGAIN_S
        while True:
            if not self._taking.leads:
                await asyncio.sleep(_LEADS_S)
                continue
            try:
                async with self._client() as client:
                    await client.subscribe(TOPICS, qos=1)
                    self._taking.unheard, wait_s = None, _AGAIN_S
                    async for message in client.messages:
                        self._heard(str(message.topic), message.payload)
            except aiomqtt.MqttError:
                if self._taking.unheard is None:
                    LOG.warning("the broker of the trackers does not answer or does not let the house in, and is asked again")
                self._taking.unheard = Words("The broker of OwnTracks' trackers does not answer, or does not let this house in.", "OwnTracks 定位终端的消息代理无应答，或拒绝本系统登录。")
            except Refused as no:  # another node leads now
                LOG.warning("positions from the broker are not taken here: %s", no.code)
            await asyncio.sleep(wait_s)
            wait_s = min(_LONGEST_S, 2 * wait_s)

    def _client(self) -> aiomqtt.Client:
        told = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho says nothing of its types here
        told.SessionExpiryInterval, told.MaximumPacketSize = _SESSION_S, MOST_BYTES
        return aiomqtt.Client(
            self._at.host, self._at.port, username=self._at.user or None, password=self._at.password or None, identifier=f"tocsin-{self._name}", protocol=aiomqtt.ProtocolVersion.V5,
            clean_start=False, properties=told, max_queued_incoming_messages=_MOST_WAITING, tls_context=ssl.create_default_context() if self._at.tls else None,
            logger=logging.getLogger("paho"))

    def _heard(self, topic: str, payload: object) -> None:
        """One message. The broker has looked at the password; the house looks whether the number is a tracker's, as it is now. What is refused is
        counted and gone: MQTT has no way to tell its sender."""
        try:
            device = self._taking.numbered(PROTOCOL, user_of(topic))
            self._taking.take(PROTOCOL, device, read(payload if isinstance(payload, bytes) else b"?"))
        except Garbage as fault:
            self._taking.garbage(PROTOCOL, fault)
        except Refused as no:
            if not no.code.startswith("tracker_"):
                raise
