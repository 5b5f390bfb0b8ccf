"""The site's end of the line: the floor's lines into the copy, from wherever it stands; whether the floor is heard; and questions to it."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import perf_counter

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.client import JetStreamContext
from nats.js.errors import Error as StreamError
from nats.js.errors import NotFoundError

from tocsin.edges.sites.floor import stream_name
from tocsin.edges.sites.threaded import Lost, Threaded
from tocsin.edges.sites.wire import (
    Again,
    Asked,
    Bundle,
    Fetch,
    Forged,
    Hello,
    Standing,
    Told,
    ask,
    read_bundle,
    read_told,
    subject,
)
from tocsin.edges.web.private import write_privately
from tocsin.house import House
from tocsin.house.apart import Gap, NotTheirs, StoreFailed, read_verifier

LOG = logging.getLogger("tocsin.sites")
GRANTED = "mandate.json"
"""The file with the mandate as the floor last told it: what holds while the line is cut."""
SILENT_S = 5.0
"""The line counts as cut when the floor was not heard for so long. It is asked each second."""
ANSWER_S = 2.0
_HELLO_S, _FETCH_S, _PAGE = 1.0, 1.0, 50
NOTHING = Standing(0, (), (), withdrawn=True)


class SiteLine:
    """One site's line to its floor. Everything that comes over it is held against the floor's key before it counts."""

    def __init__(self, house: House, data: Path, address: str, floor: str, site: str, key: Ed25519PrivateKey, *, silent_s: float = SILENT_S) -> None:
        self._house, self._floor, self._site, self._key, self._silent_s = house, floor, site, key, silent_s
        _, self._verifier = read_verifier(house.ledger.verifier)
        self._kept_at = data / GRANTED
        self.standing = self._granted()
        self.wrong = ""
        """What came as the floor's lines and was not; empty once good ones came after it."""
        self._heard_s = self._since_s = float("-inf")
        self._moved_s = perf_counter()
        self._line = Threaded(address, f"site {site}", self._work)
        self.on_turn: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Begin; it does not wait for NATS."""
        self._line.start()

    def close(self) -> None:
        """End the line."""
        self._line.close()

    @property
    def cut(self) -> bool:
        """Whether the floor was not heard for a while."""
        return perf_counter() - self._heard_s > self._silent_s

    @property
    def heard_for_s(self) -> float:
        """For how long it has been heard without a break; 0 while the line is cut."""
        return 0.0 if self.cut else perf_counter() - self._since_s

    @property
    def behind(self) -> int:
        """How many lines the copy lacks, as far as is known."""
        return max(0, self.standing.head - self._house.ledger.head())

    def asked(self, what: Asked, within_s: float = ANSWER_S) -> Told:
        """The floor's answer, for a thread that may wait. Lost, where none came or it was not the floor's."""
        try:
            return self._line.run(self._ask(what, within_s)).result(within_s + 5)
        except (RuntimeError, TimeoutError) as error:
            raise Lost from error

    async def answered(self, what: Asked, within_s: float = ANSWER_S) -> Told:
        """The same, for another loop."""
        try:
            return await asyncio.wrap_future(self._line.run(self._ask(what, within_s)))
        except RuntimeError as error:
            raise Lost from error

    async def _ask(self, what: Asked, within_s: float) -> Told:
        said, nonce = ask(self._floor, self._site, self._key, what)
        try:
            told = read_told(self._floor, self._site, nonce, await self._line.request(subject(self._floor, "ask"), said, within_s), self._verifier)
        except Forged as fault:
            LOG.warning("an answer that the floor did not sign: %s", fault)
            raise Lost from fault
        if not isinstance(told, Again):
            if self.cut:
                self._since_s = perf_counter()
            self._heard_s = perf_counter()
        return told

    async def _work(self, client: Client) -> None:
        async with asyncio.TaskGroup() as both:
            both.create_task(self._greet())
            both.create_task(self._follow(client.jetstream(timeout=5)))

    async def _greet(self) -> None:
        while True:
            with suppress(Lost):
                told = await self._ask(Hello(self._house.ledger.head()), ANSWER_S)
                if isinstance(told, Standing):
                    self._hear(told)
                    if self.behind and perf_counter() - self._moved_s > _FETCH_S:
                        await self._fetch()
            await asyncio.sleep(_HELLO_S)

    def _hear(self, told: Standing) -> None:
        before, self.standing = self.standing, told
        if (before.roles, before.apart, before.withdrawn) != (told.roles, told.apart, told.withdrawn):
            write_privately(self._kept_at, msgspec.json.encode(told))

    def _granted(self) -> Standing:
        try:
            return msgspec.json.decode(self._kept_at.read_bytes(), type=Standing)
        except (OSError, msgspec.DecodeError):
            return NOTHING

    async def _fetch(self) -> None:
        """Lines that the stream does not have, asked of the floor, until the copy is where the floor was heard to be."""
        while self.behind:
            told = await self._ask(Fetch(self._house.ledger.head()), 2 * ANSWER_S)
            if not isinstance(told, Bundle) or not await self._take(told):
                return

    async def _take(self, found: Bundle) -> bool:
        before = self._house.ledger.head()
        try:
            head = await asyncio.to_thread(self._house.ledger.take, found.lines, found.note)
        except Gap:
            return False
        except NotTheirs as fault:
            if self.wrong != fault.sentence:
                LOG.error("%s", fault.sentence)
            self.wrong = fault.sentence
            return False
        except StoreFailed as fault:
            LOG.error("the copy could not be written: %s", fault)
            return False
        self.wrong, self._moved_s = "", perf_counter()
        return head > before

    async def _follow(self, stream: JetStreamContext) -> None:
        """Read the stream on from where the copy stands, for ever. A stream that is not there, or has a gap, leaves it to `_fetch`."""
        while True:
            try:
                await self._read_on(stream)
            except (NotFoundError, StreamError, TimeoutError, msgspec.DecodeError) as error:
                LOG.info("the stream cannot be read now: %s", type(error).__name__)
            await asyncio.sleep(_FETCH_S)

    async def _read_on(self, stream: JetStreamContext) -> None:
        begins = await self._sequence(stream, self._house.ledger.head() + 1)
        config = ConsumerConfig(deliver_policy=DeliverPolicy.BY_START_SEQUENCE, opt_start_seq=begins, ack_policy=AckPolicy.NONE, inactive_threshold=60.0)
        reading = await stream.pull_subscribe(subject(self._floor, "facts"), stream=stream_name(self._floor), config=config)
        try:
            while True:
                try:
                    messages = await reading.fetch(_PAGE, timeout=ANSWER_S)
                except TimeoutError:
                    if self.behind and perf_counter() - self._moved_s > 2 * ANSWER_S:
                        return  # what is read brings nothing new: look again where we stand in it
                    continue
                for message in messages:
                    found = read_bundle(bytes(message.data))
                    if found.first > self._house.ledger.head() + 1:
                        await self._fetch()
                    await self._take(found)
        finally:
            with suppress(NatsError, StreamError, TimeoutError):
                await reading.unsubscribe()

    async def _sequence(self, stream: JetStreamContext, position: int) -> int:
        """Where in the stream the bundle with a position stands; the first that is there, where it is older. In about log2 looks."""
        state = (await stream.stream_info(stream_name(self._floor))).state
        low, high = max(state.first_seq, 1), state.last_seq
        while low < high:
            middle = (low + high + 1) // 2
            found = read_bundle((await stream.get_msg(stream_name(self._floor), middle)).data or b"")
            low, high = (middle, high) if found.first <= position else (low, middle - 1)
        return low
