"""The floor's end: what is kept goes into a JetStream stream in order, and sites are answered. The ledger is the journal; the stream may lose anything."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from threading import BoundedSemaphore

import msgspec
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import RetentionPolicy, StorageType, StreamConfig
from nats.js.client import JetStreamContext
from nats.js.errors import NotFoundError

from tocsin.edges.sites.answering import Answering, bundle
from tocsin.edges.sites.limits import Limits
from tocsin.edges.sites.mandate import SiteTable
from tocsin.edges.sites.threaded import Threaded
from tocsin.edges.sites.wire import named, read_bundle, subject
from tocsin.edges.web.health import Part
from tocsin.house import House
from tocsin.kernel import Words

LOG = logging.getLogger("tocsin.sites")
STREAM_BYTES, STREAM_AGE_S, STREAM_LINES = 256 << 20, 7 * 86_400, 100_000
"""What a stream keeps at most, and how many lines an empty one begins with; older lines a site asks of the floor."""
_LOOK_S, _LEAD_S = 5.0, 1.0
_MOST_ASKED = 32


class OtherHistory(Exception):
    """The stream holds what another ledger published."""


def stream_name(floor: str) -> str:
    """The stream of a floor's lines."""
    return f"tocsin-{floor}"


class FloorLine:
    """Publishes and answers while this house leads; one that follows waits. Nothing in the house ever waits for it."""

    def __init__(self, house: House, address: str, floor: str, table: Callable[[], SiteTable]) -> None:
        self._house, self._floor = house, floor
        self._limits = Limits()
        self._answering = Answering(house, floor, table, self._limits)
        self._turns = BoundedSemaphore(_MOST_ASKED)
        self._line = Threaded(address, f"floor {floor}", self._work)
        self._woken = asyncio.Event()
        self._doing: set[asyncio.Task[None]] = set()
        self.published = -1
        """How far the stream reaches; -1 while that is not known."""
        self._other = False
        house.on_change(self._changed)

    def start(self) -> None:
        """Begin; it does not wait for NATS."""
        self._line.start()

    def close(self) -> None:
        """End; what is not published yet is in the ledger."""
        self._line.close()

    def parts(self) -> tuple[Part, ...]:
        """How the bus stands, for the floor's health; and what a site had done that nobody has settled yet."""
        waiting = len(self._house.rows("conflict"))
        found = [self._bus(), *self._limits.parts()]
        if waiting:
            found.append(Part(name="conflicts", state="low", says=Words(f"{waiting} things done at a site while it was cut off could not be kept.",
                                                                         f"断网站点有 {waiting} 项操作未能并入。"),
                              works=Words("Everything works. Somebody looks at each and settles it (Sites).", "一切正常。请逐项查看并处理（站点）。")))
        return tuple(found)

    def _bus(self) -> Part:
        if self._line.up and not self._other:
            return Part(name="bus")
        if self._other:
            return Part(name="bus", state="failed", says=Words("The bus to the remote sites holds another ledger's lines; nothing is sent.", "站点总线中是另一账本的数据，已停止发送。"),
                        works=Words("The floor works as before. Tell the operator: the stream must be purged.", "指挥中心一切正常。请通知运维清空该数据流。"))
        return Part(name="bus", state="failed", says=Words("The line to the remote sites (NATS) is not there.", "与远端站点的总线（NATS）不可用。"),
                    works=Words("The floor works as before. Sites go on by themselves under their mandate and join again; reach them by radio.",
                                "指挥中心一切正常。各站点按授权自主运行，恢复后自动并入；请用电台联系。"))

    def _changed(self, what: str) -> None:
        if what == "ledger" and not self._woken.is_set():
            self._line.soon(self._woken.set)

    async def _work(self, client: Client) -> None:
        stream = client.jetstream(timeout=5)
        while True:
            while not self._house.ledger.leads:
                await asyncio.sleep(_LEAD_S)
            asks = await client.subscribe(subject(self._floor, "ask"), cb=self._asked(client), pending_msgs_limit=1_000, pending_bytes_limit=64 << 20)
            try:
                await self._publish(client, stream)
            finally:
                self.published = -1
                with suppress(Exception):  # the connection may be gone already
                    await asks.unsubscribe()

    async def _publish(self, client: Client, stream: JetStreamContext) -> None:
        """Publish what the stream lacks, for ever, or until another leads. Whatever it really holds decides from where."""
        self._other = False
        try:
            held, last = await self._held(stream)
        except OtherHistory:
            self._other = True
            LOG.error("the stream %s holds another history; purge it", stream_name(self._floor))
            await asyncio.sleep(_LOOK_S)
            return
        self.published, looked_s = held, asyncio.get_running_loop().time()
        while self._house.ledger.leads:
            self._woken.clear()
            found = await asyncio.to_thread(bundle, self._house, held) if held < self._house.ledger.head() else None
            if found is not None:
                upto = found.first + len(found.lines) - 1
                said = msgspec.msgpack.encode(found)
                acknowledged = await stream.publish(subject(self._floor, "facts"), said, timeout=5, headers={
                    "Nats-Expected-Last-Subject-Sequence": str(last)})  # so that a retry, or another who publishes, cannot put anything in twice
                self.published = held = upto
                last = acknowledged.seq
                continue
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), _LEAD_S)
            if asyncio.get_running_loop().time() - looked_s > _LOOK_S:  # one that was purged or thrown away beneath us is filled again
                looked_s = asyncio.get_running_loop().time()
                if (await self._held(stream)) != (held, last):
                    return

    async def _held(self, stream: JetStreamContext) -> tuple[int, int]:
        """The last position in the stream, and its sequence there; a stream that is not there is made. OtherHistory."""
        name, facts = stream_name(self._floor), subject(self._floor, "facts")
        try:
            await stream.stream_info(name)
        except NotFoundError:
            await stream.add_stream(StreamConfig(name=name, subjects=[facts], retention=RetentionPolicy.LIMITS, storage=StorageType.FILE,
                                                 max_bytes=STREAM_BYTES, max_age=STREAM_AGE_S, duplicate_window=120, num_replicas=1))
        head = self._house.ledger.head()
        try:
            message = await stream.get_last_msg(name, facts)
        except NotFoundError:
            return max(0, head - STREAM_LINES), 0
        found = read_bundle(message.data or b"")
        upto = found.first + len(found.lines) - 1
        if upto > head or found.note != await asyncio.to_thread(self._house.ledger.note_at, upto):
            raise OtherHistory
        return upto, message.seq or 0

    def _asked(self, client: Client) -> Callable[[Msg], Awaitable[None]]:
        async def hear(message: Msg) -> None:
            site = named(bytes(message.data)) if message.reply else ""
            if not site or not self._limits.begin(site):
                return  # whoever asked asks again
            if not self._turns.acquire(blocking=False):
                self._limits.end(site)
                return
            task = asyncio.ensure_future(self._answered(client, message, site))
            self._doing.add(task)
            task.add_done_callback(self._doing.discard)

        return hear

    async def _answered(self, client: Client, message: Msg, site: str) -> None:
        try:
            answer = await asyncio.to_thread(self._answering.answer, bytes(message.data))
            if answer is not None:
                await client.publish(message.reply, answer)
        except Exception:
            LOG.exception("a site's question could not be answered")
        finally:
            self._limits.end(site)
            self._turns.release()
