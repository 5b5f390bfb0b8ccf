"""The house: rooms round one ledger. Do a command, see a view, follow what changes; nothing above it touches the ledger."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import islice
from threading import Lock
from typing import Any, Self
from zoneinfo import ZoneInfo

from tocsin.city import City
from tocsin.engines.own_use import OwnKind
from tocsin.facts.access import Medium, ReactionRefused
from tocsin.facts.dispatch import FileAttached
from tocsin.facts.fleet import ShiftEnded
from tocsin.house.apart import Apart
from tocsin.house.asker import Asker, Frame, PastFrame, PositionRow, Receipt, Span
from tocsin.house.checks import cursor, plausible, role_missing, trail_refusal
from tocsin.house.due import Due
from tocsin.house.envelope import disclose, enclose
from tocsin.house.forgetting import Forgetting
from tocsin.house.lanes import Lanes, pace_of
from tocsin.house.look import FROM_ROWS, Looked, position_row, timers_due
from tocsin.house.own import NOTHING_OWN, own_place
from tocsin.house.past import EVERY, Past
from tocsin.house.pictures import Pictures
from tocsin.house.policy import STAFF_ROLES, Policy
from tocsin.house.proving import Proving
from tocsin.house.pulse import Pulse
from tocsin.house.showing import Place, Showing, showing
from tocsin.house.sight import Looking
from tocsin.house.watching import Watching
from tocsin.kernel import PAPER, Ask, Clock, Command, Door, Entry, Fact, Field, Given, Instant, Kept, Refused, Room, Row, View
from tocsin.ledger import Appended, FileStore, Follows, Ledger, LedgerFault, Moved, Witnessed
from tocsin.rooms.access.model import Retention
from tocsin.rooms.access.views import standing
from tocsin.trail import Fix, Trail

_TRIES = 12
_SNAPSHOT_EVERY = 50_000
_PAGE = 5_000
_UNKEPT = ("ledger.full", "ledger.disk-failed", "ledger.uncertain")
_MOST_A_TICK = 50


class House:
    """Rooms, a ledger, a trail and a clock. `do` and `see` may be called from any thread."""

    def __init__(self, rooms: Sequence[Room], ledger: Ledger, trail: Trail, clock: Clock, *, city: City, files: FileStore, policy: Policy, retention: Retention,
                 witnessed: Witnessed, watching: Watching, speed: float = 1.0, keyframe_every: int = EVERY, roadless: Callable[[], bool] = lambda: False,
                 steady: Callable[[], float] | None = None, apart: Apart | None = None) -> None:
        self.rooms, self.ledger, self.trail, self.clock, self.city, self.speed = tuple(rooms), ledger, trail, clock, city, speed
        self.files, self.policy, self.witnessed, self._watching = files, policy, witnessed, watching
        self._pictures = Pictures([picture for room in rooms for picture in room.pictures], ZoneInfo(city.manifest.timezone), apart.mark if apart else "")
        self._apart, self._era = apart, f".{apart.mark}" if apart else ""
        self.forgetting = Forgetting(ledger, files, self._pictures, retention, ZoneInfo(city.manifest.timezone))
        self._room_of = {command: room for room in rooms for command in room.commands}
        self._answer_of = {ask: (room, answer) for room in rooms for ask, answer in room.answers.items()}
        self._door_of: dict[type, Door] = {door.asks: door for room in rooms for door in room.doors}
        self._due, self.zone = Due(rooms), ZoneInfo(city.manifest.timezone)
        self._ticking = Lock()
        self._callbacks: list[Callable[[str], None]] = []
        self._snapshot_at, self._roadless = 0, roadless
        self.fault: LedgerFault | None = None
        """Why this house must not go on; None while it may."""
        self.unkept = ""
        """The code of the ledger's last refusal to keep anything; empty since it kept something."""
        self._looked, self.lanes, self.proving, self.pulse = Looked(), Lanes(), Proving(ledger, clock), Pulse(ledger, clock, steady)
        self._past = Past(ledger, trail, clock, self._pictures, every=keyframe_every)
        self._open()

    def do(self, command: Command, by: Asker) -> Receipt:
        """Decide a command and keep what follows; it answers when that, and every reaction to it, is on the disk.

        Refused: the expected no. A key that was kept before is answered with what was kept then.
        """
        if self._apart is not None:
            command, by = self._apart.taken(command, by)
        door = self._admitted(type(command), by)
        if not self.ledger.leads:
            raise Follows
        noted = partial(self._apart.fact, door.path, by) if self._apart is not None else None
        receipt = self._keep(command, by, by.purpose if by.purpose in door.also else door.purpose, cause=0, key=by.keyed(command.key), noted=noted)
        self._react(receipt.position)
        if self._pictures.position - self._snapshot_at >= _SNAPSHOT_EVERY:
            self.snapshot()
        return receipt

    def tick(self) -> None:
        """Do what the rooms ask by themselves as time passes; nothing is kept where nothing is due, and no refusal is heard."""
        if not self.ledger.leads or not self._ticking.acquire(blocking=False):
            return
        try:
            for room in self.rooms:
                for ask in room.ticks:
                    for _ in range(_MOST_A_TICK):
                        if not self._keep(ask(), Asker(f"room:{room.name}", frozenset()), "time", cause=0, key="").kept:
                            break
            self._react()
            if self._apart is None:
                self.forgetting.go_on(self.clock.now())
        except Refused:
            pass  # a full disk, or others who kept changing the same: the next second asks again
        finally:
            self._ticking.release()

    async def ado(self, command: Command, by: Asker) -> Receipt:
        """`do` in its lane, without blocking an event loop: many of them wait for one sync of the disk together."""
        door = self._admitted(type(command), by)  # who may not ask at all does not take up a place in a lane either
        return await self.lanes.run(pace_of(door), self.do, command, by)

    async def asee(self, ask: Ask, by: Asker) -> View:
        """`see` in its lane, without blocking an event loop."""
        door = self._door(type(ask))
        self.showing(by, Place.of(door))
        return await self.lanes.run(pace_of(door), self.see, ask, by)

    def keep_own(self, command: Command, by: Asker, purpose: str, key: str) -> Receipt:
        """`do` for a command without a door, which the house's own files give once they have looked at the asker's roles."""
        receipt = self._keep(command, by, purpose, cause=0, key=key)
        self._react(receipt.position)
        return receipt

    def kept_by(self, key: str) -> Receipt | None:
        """What a command with this whole key left when it was kept before; None where it never was."""
        before = self.ledger.by_key(key)
        return None if before is None else self._receipt(before)

    def number(self, series: str) -> str:
        """The next running number of a series today; given once, whether it comes to be kept or not."""
        return self._pictures.number(series, self.clock.now())

    def see(self, ask: Ask, by: Asker, *, then: Instant | None = None) -> View:
        """Answer a question, as of now or as of what was known `then`.

        Personal fields opened for it are kept as shown, to whom and why, before they are shown; a key destroyed since stays destroyed.
        """
        door = self._door(type(ask))
        showing = self.showing(by, Place.of(door))
        sight = self._looking(by, showing, then)
        _, answer = self._answer_of[type(ask)]
        view = answer(ask, sight)
        self.keep_shown(by, showing, door.path, sight.shown, getattr(ask, "incident", "") or getattr(ask, "call", "") or getattr(ask, "contact", ""),
                        getattr(ask, "medium", "screen"), sight.own)
        return view

    def showing(self, by: Asker, place: Place) -> Showing:
        """Under which purpose somebody is shown what a door shows, and which fields; refused where it is not open to them."""
        return showing(self.policy, place, by, self._pictures.rows("glass") if place.glass else {}, self.clock.now())

    def broken(self, by: Asker) -> bool:
        """Whether this member of the staff has broken the glass and it lasts."""
        return bool(by.roles & STAFF_ROLES) and standing(self._pictures.rows("glass"), by.name, self.clock.now()) is not None

    def keep_shown(self, by: Asker, found: Showing, door: str, shown: Mapping[str, set[Field]], incident: str = "",
                   medium: Medium = "screen", own: Mapping[str, set[OwnKind]] = NOTHING_OWN) -> None:
        """Keep what is about to be shown, by record, durably; whoever cannot keep it does not show it."""
        if shown:
            facts = [found.fact(by, record, door, fields, incident, medium, {*own.get(record, ()), *own_place(by, record, self.history)})
                     for record, fields in sorted(shown.items())]
            now = self.clock.now()
            self.ledger.append(enclose(facts, self.ledger.vault, happened_at=now, known_at=now, by=by.name, purpose=found.purpose, cause=0, key=""))

    def past(self, at: Instant) -> PastFrame:
        """The whole picture as it was known at a past instant, positions and all; Refused where it cannot be shown (yet)."""
        then = self._past.at(at)
        return PastFrame(id=f"{then.position}.0", at=at, speed=0.0, whole=True, rows=then.outgoing, gone=(),
                         known_at=then.known_at, trail=then.trail)

    def span(self, since: Instant, until: Instant) -> Span:
        """From when until when the past can be shown, and the pressing moments between two instants."""
        return self._past.span(since, until)

    def report(self, fixes: Sequence[Fix], by: Asker) -> list[str]:
        """Take positions of units on duty into the trail; a code for each that was not taken, empty where it was."""
        return [trail_refusal(verdict) for verdict in self.verdicts(fixes, by)]

    def verdicts(self, fixes: Sequence[Fix], by: Asker) -> list[str]:
        """`report`, with what was made of each that was taken: it moved its unit (`kept`), filled its history (`late`), or was known (`repeated`)."""
        if not by.roles & {"device", "responder"}:
            raise role_missing("/api/positions", ("device", "responder"))
        on_duty = {fix.unit for fix in fixes if self._pictures.row("unit", fix.unit) is not None}
        known = [fix for fix in fixes if fix.unit in on_duty]
        verdicts = iter(self.trail.report(known))
        answer: list[str] = [next(verdicts) if fix.unit in on_duty else "unit_not_on_shift" for fix in fixes]
        self._tell("trail")
        return answer

    def frame(self, since: str | None = None) -> Frame:
        """What changed since a cursor; everything, where there is none or it is not remembered."""
        ledger_at, trail_at = cursor(since, self._era)
        newest, known = self.trail.stand(trail_at)
        at, whole, rows, gone = self._pictures.since(ledger_at if known else -1)
        newest = self.trail.head() if whole else newest
        moved = [one for one in self.trail.since(0 if whole else trail_at) if one.seq <= newest]  # what came since is the next frame's
        rows += [position_row(one.fix) for one in moved if one.fix is not None]
        if not whole:
            gone += [("position", one.unit) for one in moved if one.fix is None]
        return Frame(id=f"{at}.{newest}{self._era}", at=self.clock.now(), speed=self.speed, whole=whole, rows=tuple(rows), gone=tuple(gone))

    @property
    def folded(self) -> int:
        """The position up to which the pictures show what was kept; it follows the ledger's head by the time that folding takes."""
        return self._pictures.position

    def on_change(self, callback: Callable[[str], None]) -> None:
        """Call back with `ledger` or `trail` after something changed, in the changing thread; it must only hand on."""
        self._callbacks.append(callback)

    def positions(self) -> dict[str, PositionRow]:
        """The latest position of every unit that reported one."""
        return {one.unit: position_row(one.fix) for one in self.trail.since(0) if one.fix is not None}

    @property
    def roadless(self) -> bool:
        """Whether the last computation on the roads failed."""
        return self._roadless()

    @property
    def missed(self) -> Mapping[str, int]:
        """Pictures that could not take in a fact, by the first such fact's position: a bug of this program."""
        return dict(self._pictures.missed)

    def snapshot(self) -> None:
        """Keep the pictures as a cache, so that the next start reads only what came after; none that lacks something."""
        if self._pictures.missed:
            return
        position, content = self._pictures.dump()
        with self._due.none_upto(position) as none:
            if none:
                self.ledger.save_cache("pictures", position, content)
                self._snapshot_at = position

    def close(self) -> None:
        """Finish what was asked, keep a snapshot, and let the files go."""
        self.lanes.close()
        with suppress(Refused):  # a full disk must not keep the house from closing; what is due heals at the next start
            if self.ledger.leads:
                self._react()
            self.snapshot()
        self._past.close()
        self.proving.close()
        self.trail.close()
        self.ledger.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def rows(self, picture: str) -> Mapping[str, Row]:
        """The rows of one picture, as of the latest kept fact."""
        return self._pictures.rows(picture)

    def row(self, picture: str, key: str) -> Row | None:
        """One row of one picture; None where there is none."""
        return self._pictures.row(picture, key)

    def history(self, *tags: str) -> Sequence[Kept]:
        """Every kept fact with one of these tags, in order."""
        return disclose(self.ledger.read_tags(tags))

    def look(self, what: str) -> tuple[Any, ...]:
        """What can be seen now: `units` on duty with their positions, `closed` segments, `timers` running, `timers due`."""
        rows, now = self._pictures.rows, self.clock.now()
        if what in FROM_ROWS:
            return FROM_ROWS[what](rows, now, self.zone)
        if what == "timers due":
            return timers_due(rows("timer"), now, self.trail.history)
        if what.startswith("keys") or what in ("holds", "rotated"):
            return self.forgetting.look(what, now)
        if what.startswith("own use"):
            return self._watching.look(what, rows("sample"))
        assert what == "units", what
        fixes = {one.unit: one.fix for one in self.trail.since(0) if one.fix is not None}
        return self._looked.units(rows("unit"), fixes, now)

    def _open(self) -> None:
        """Fold what the ledger holds, from the snapshot where there is one, and heal reactions that a crash cut off."""
        held = self.ledger.load_cache("pictures")
        if held is not None and self._pictures.load(*held):
            self._snapshot_at = held[0]
        self.ledger.listen(self._kept)
        self.ledger.on_turn(self._turned)
        self.trail.listen(partial(self._tell, "trail"))
        lines = iter(self.ledger.read(self._pictures.position))
        while page := list(islice(lines, _PAGE)):
            self._fold(disclose(page))
        for unit in sorted(self.positions().keys() - self._pictures.rows("unit").keys()):
            self.trail.end_shift(unit)
        if self.ledger.leads:
            self._take_up()
        self._past.grew()
        self.ledger.follow(self._pictures.position)

    def _turned(self, leads: bool) -> None:
        if leads:
            self._take_up()
        else:
            self.trail.follow()

    def _take_up(self) -> None:
        """What only one that leads does, as it begins to: finish what the one before it left undone."""
        self.trail.lead(self.ledger.epoch)
        with suppress(Refused):  # a full disk must not keep the floor from reading; the next command heals what is due
            self._react()
            self.files.settle_parts(lambda number: any(isinstance(kept.fact, FileAttached) for kept in self.history(f"file:{number}")))
            self.forgetting.heal(self.clock.now())

    def _kept(self, batch: list[tuple[int, Entry]]) -> None:
        try:
            kept = disclose(batch)
        except LedgerFault as fault:  # a newer program keeps what this one cannot read: it must not go on and show a picture that lacks it
            self.fault = fault
            return
        self._fold(kept)
        self.forgetting.heard(kept)
        for one in kept:
            if isinstance(one.fact, ShiftEnded):
                self.trail.end_shift(one.fact.unit)
        self._past.grew()
        self._tell("ledger")

    def _fold(self, batch: Sequence[Kept]) -> None:
        self._pictures.fold(batch)
        self._due.heard(batch)

    def _react(self, upto: int = 0) -> None:
        self._due.do(self._do_reaction, upto)

    def _do_reaction(self, command: Command, room: str, cause: int, key: str) -> None:
        try:
            self._keep(command, Asker(f"room:{room}", frozenset()), "reaction", cause=cause, key=key)
        except Refused as no:
            if no.status >= 500:
                raise
            refused = ReactionRefused(room=room, command=type(command).__name__, code=no.code, sentence=no.words.en)
            now = self.clock.now()
            self.ledger.append(enclose([refused], self.ledger.vault, happened_at=now, known_at=now, by=f"room:{room}",
                                       purpose="reaction", cause=cause, key=key), key=key)

    def _keep(self, command: Command, by: Asker, purpose: str, *, cause: int, key: str, noted: Callable[[Command, Command], Fact] | None = None) -> Receipt:
        room = self._room_of[type(command)]
        assert room.decide is not None and room.evolve is not None and room.state is not None
        for _ in range(_TRIES):
            before = self.ledger.by_key(key) if key else None
            if before is not None:
                return self._receipt(before)
            now = self.clock.now()
            happened_at = plausible(command, now)
            ready = command.prepared(Given(now, by.name, partial(self._pictures.number, at=now), self.look, frozenset(by.roles), by.agency))
            tags = ready.touches()
            state, after = room.state(), 0
            for kept in disclose(self.ledger.read_tags(tags)) if tags else ():
                state, after = room.evolve(state, kept), kept.position
            facts = self._room_of[type(ready)].decide(state, ready)  # type: ignore[misc]  # every room with commands decides
            if not facts:
                return Receipt(position=self._pictures.position, subject="", kept=())
            facts = facts if noted is None else (noted(command, ready), *facts)
            entries = enclose(facts, self.ledger.vault, happened_at=happened_at, known_at=now, by=by.name,
                              purpose=PAPER if ready.paper else purpose, cause=cause, key=key)
            try:
                appended = self.ledger.append(entries, guard=tags, after=after, key=key)
            except Moved:
                continue
            except Refused as no:
                self.unkept = no.code if no.code in _UNKEPT else self.unkept
                raise
            self.unkept = ""
            return self._receipt(appended, entries)
        raise Refused("too_contended", "Others kept changing the same incident or unit; nothing was done. Try again.",
                      "其他人正在频繁更改同一警情或单位，本次未执行，请重试。", status=503)

    def _receipt(self, appended: Appended, entries: Sequence[Entry] = ()) -> Receipt:
        if appended.repeated or not entries:
            entries = [entry for _, entry in self.ledger.read(appended.first - 1, appended.last - appended.first + 1)]
        last = entries[-1]
        return Receipt(position=appended.last, subject=(last.tags or ("",))[0],
                       kept=tuple(entry.kind for entry in entries), repeated=appended.repeated)

    def _door(self, asks: type) -> Door:
        assert asks in self._door_of, f"no door asks {asks.__name__}"
        return self._door_of[asks]

    def _admitted(self, asks: type, by: Asker) -> Door:
        door = self._door(asks)
        if not by.roles & set(door.roles):
            raise role_missing(door.path, door.roles)
        return door

    def _looking(self, by: Asker, showing: Showing, at: Instant | None) -> Looking:
        if at is None:
            return Looking(by, showing, self.ledger.vault, self.rows, self.history, self.look, self.clock.now)
        then = self._past.at(at)
        return Looking(by, showing, self.ledger.vault, then.rows, lambda *tags: then.known(self.history(*tags)), then.look, lambda: then.at)

    def _tell(self, what: str) -> None:
        for callback in self._callbacks:
            callback(what)
