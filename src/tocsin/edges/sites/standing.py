"""How a site stands: with its floor, by itself on a fork of its picture, or joining again. One at a time moves it from one to the next.

Cut: the floor was not heard for some seconds and its last mandate grants something. A second house is opened upon the copy; everybody
at the site works on that one. Heard again: what was done is brought over in order while people go on; then commands wait for the
moment in which the last of it is brought, the copy has come as far as all of it, and the fork is left.
"""

import asyncio
import logging
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

from tocsin.edges.sites.following import SiteLine
from tocsin.edges.sites.journal import FORKS, Journal, newest
from tocsin.edges.sites.threaded import Lost
from tocsin.edges.web.health import Part
from tocsin.house import House
from tocsin.house.apart import Apart, begin_fork, carry_caches
from tocsin.kernel import Clock, Instant, Words, from_instant

LOG = logging.getLogger("tocsin.sites")
STABLE_S = 2.0
_LOOK_S = 0.25
_HELD_S = 5.0
_CAUGHT_UP_S = 10.0
_US = 1_000_000


class Standing:
    """Decides which of the two houses people work on. `opened` makes the house upon a fork; `shown` is told when the one that people see has changed."""

    def __init__(self, house: House, line: SiteLine, data: Path, site: str, clock: Clock, opened: Callable[[Path, Apart], House], *, stable_s: float = STABLE_S) -> None:
        self._copy, self._line, self._data, self._site, self._clock, self._opened, self._stable_s = house, line, data, site, clock, opened, stable_s
        self.shown: Callable[[House | None], Awaitable[None]] = _nobody
        self._open = asyncio.Event()
        self._open.set()
        self._inside = 0
        self._journal: Journal | None = None
        self._fork: House | None = None
        self._since: Instant = 0
        self.joined_conflicts = 0

    @property
    def house(self) -> House | None:
        """The house upon the fork; None while the site stands with its floor."""
        return self._fork

    async def turn(self) -> None:
        """Wait while the site is just leaving its fork."""
        await self._open.wait()

    def begun(self) -> None:
        """A command has begun."""
        self._inside += 1

    def ended(self) -> None:
        """It has ended."""
        self._inside -= 1

    async def run(self) -> None:
        """Move for ever. A fork that was not joined before the site was stopped is opened again at once."""
        unjoined = True
        while True:
            try:
                number = self._next()
                if self._fork is None and ((unjoined and number == newest(self._data)) or (self._line.cut and self._line.standing.apart)):
                    await self._go_apart(number)
                unjoined = False
                if self._fork is not None and self._line.heard_for_s >= self._stable_s:
                    await self._join()
            except Exception:
                LOG.exception("the site could not move on; it is tried again")
                await asyncio.sleep(1)
            await asyncio.sleep(_LOOK_S)

    async def close(self) -> None:
        """Leave everything as it is; a fork that is open is opened again at the next start."""
        await self.shown(None)

    def parts(self) -> tuple[Part, ...]:
        """How the line stands, for the site's health."""
        if self._fork is not None:
            left = _clock_of(self._since, self._copy)
            may, zh = _may(self._fork, self._line.standing.apart)
            return (Part(name="floor", state="failed", says=Words(f"The line to the floor is cut since {left}; this site goes on by itself.", f"与指挥中心的线路自 {left} 起中断，本站点自主运行。"),
                         works=Words(f"You may: {may}. It is brought to the floor when the line is back; all else by radio or on paper (d).",
                                     f"可执行：{zh}。线路恢复后自动并入；其余事项请用电台或纸单（d）。")),)
        if self._line.standing.withdrawn and not self._line.cut:
            return (Part(name="floor", state="failed", says=Words("The floor has withdrawn this site's mandate.", "指挥中心已撤销本站点授权。"),
                         works=Words("What is known can be read; nothing can be done from here. Ask the floor.", "仍可查看内容，但不能在此操作。请联系指挥中心。")),)
        if self._line.wrong:
            return (Part(name="floor", state="failed", says=Words("What comes over the line is not what the floor signed; it is not shown.", "线路传来的数据与指挥中心签名不符，已拒绝显示。"),
                         works=Words("The picture stands where it was sound. Work by radio and tell the operator at once.", "态势停留在可信时刻。请用电台工作并立即通知运维。")),)
        if self._line.cut:
            return (Part(name="floor", state="failed", says=Words("The line to the floor is cut.", "与指挥中心的线路已中断。"),
                         works=Words("The picture stands still and can be read. Work by radio or on paper (d).", "态势停止更新，仍可查看。请用电台或纸单（d）。")),)
        if self._line.behind > 1_000:
            return (Part(name="floor", state="low", says=Words(f"This site is catching up: {self._line.behind:,} entries to come.", f"正在补齐数据：还差 {self._line.behind:,} 条。"),
                         works=Words("What is shown is older than the floor's.", "所示内容早于指挥中心。")),)
        return (Part(name="floor"),)

    def _folder(self, number: int) -> Path:
        return self._data / FORKS / str(number)

    def _next(self) -> int:
        """The newest fork where it is not joined yet, else a new one."""
        number = newest(self._data)
        return number if number and not Journal(self._folder(number), number, 0).joined.over else number + 1

    async def _go_apart(self, number: int) -> None:
        folder = self._folder(number)
        LOG.warning("the line to the floor is cut; this site goes on by itself on fork %d", number)
        self._since = self._clock.now()
        fork, journal = await asyncio.to_thread(self._forked, folder, number)
        try:
            await self.shown(fork)
        except BaseException:
            await asyncio.to_thread(fork.close)
            raise
        self._fork, self._journal = fork, journal

    def _forked(self, folder: Path, number: int) -> tuple[House, Journal]:
        ledger = self._copy.ledger
        if not (folder / "ledger" / "ledger.sqlite").exists():  # none, or one that could not be opened before anything was kept in it
            shutil.rmtree(folder, ignore_errors=True)
            self._copy.snapshot()
        begin_fork(folder / "ledger", ledger.head())
        carry_caches(ledger.folder, folder / "ledger")
        at = int((folder / "ledger" / "forked-at").read_text())
        return self._opened(folder, Apart(self._site, number)), Journal(folder, number, at)

    async def _join(self) -> None:
        """Bring over what is left while people go on, then hold commands, bring the rest, and leave the fork. Whatever breaks is tried again."""
        if not await self._bring():
            return
        self._open.clear()
        try:
            if not await self._until(lambda: not self._inside, _HELD_S) or not await self._bring():
                return
            assert self._journal is not None, "there is one with the fork"
            reached = self._journal.joined.position
            if not await self._until(lambda: self._copy.folded >= reached, _CAUGHT_UP_S):
                return
            self._journal.end()
            LOG.warning("fork %d is joined; %d of it stand as conflicts", self._journal.number, self._journal.joined.conflicts)
            left, self._fork, self._journal = self._fork, None, None
            await self.shown(None)
            assert left is not None, "it was open"
        finally:
            self._open.set()

    async def _bring(self) -> bool:
        """Bring what is left; False where the line broke or the floor would not, and it has to be tried again."""
        journal, fork = self._journal, self._fork
        assert journal is not None and fork is not None, "there is something to bring"
        for join in await asyncio.to_thread(lambda: list(journal.left(fork))):
            try:
                answer = await self._line.answered(join, 5.0)
            except Lost:
                return False
            if not await asyncio.to_thread(journal.told, join, answer):
                return False
        return True

    async def _until(self, true: Callable[[], bool], most_s: float) -> bool:
        loop = asyncio.get_running_loop()
        until_s = loop.time() + most_s
        while not true():
            if loop.time() > until_s:
                return False
            await asyncio.sleep(0.02)
        return True


async def _nobody(house: House | None) -> None:
    """Nobody looks."""


def _clock_of(at: Instant, house: House) -> str:
    return f"{from_instant(at).astimezone(house.zone):%H:%M}"


def _may(house: House, doors: tuple[str, ...]) -> tuple[str, str]:
    """What the doors of a mandate do, in words short enough for one line."""
    said = [door.says.rstrip(".") for room in house.rooms for door in room.doors if door.verb == "POST" and door.path in doors]
    return "; ".join(said[:6]) + (" …" if len(said) > 6 else ""), f"授权范围内的 {len(said)} 项操作"
