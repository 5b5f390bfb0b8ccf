"""Forgetting, as time passes: which records are due, their keys and files destroyed as the facts say, and then the master key rotated.

A record's fact of destruction is kept first; this carries it out, and at every start carries out whatever is not carried out: after a
crash, or where an older copy of the vault was brought back. A cursor along the ledger for each rule says how far it has looked; it is a
cache, since what was destroyed is not due a second time.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta, tzinfo
from threading import Lock
from typing import Any

import msgspec

from tocsin.facts.access import KeyDestroyed, MasterRotated, VaultBegun
from tocsin.house.endings import Ended, Endings
from tocsin.house.envelope import enclose
from tocsin.house.pictures import Pictures
from tocsin.kernel import Instant, Kept, from_instant, instant
from tocsin.ledger import FileStore, Ledger
from tocsin.ledger.backup import COPIED_KEY, COPIED_VAULT, copied
from tocsin.rooms.access.commands.forgetting import DueKey, HeldKey
from tocsin.rooms.access.model import TRAIL, Retention
from tocsin.rooms.access.views import Holds, standing_holds, stands

_S = 1_000_000
_HOUR, _DAY = 3_600 * _S, 86_400 * _S
_LONG_GONE = 3 * _DAY
_PAGE, _MOST_A_TURN, _MOST_LISTED = 500, 2_000, 200
_READ_AT_ONCE = 20_000
_LOOK_EVERY = 60 * _S
_KEYS_A_TURN = 5_000
_CACHE = "retention"
_Cursors = dict[str, int]


class Forgetting:
    """The retention of one house. `due` and `go_on` are asked by its tick alone."""

    def __init__(self, ledger: Ledger, files: FileStore, pictures: Pictures, table: Retention, zone: tzinfo) -> None:
        self._ledger, self._files, self._table, self._zone, self._pictures = ledger, files, table, zone, pictures
        self._endings = Endings(ledger)
        held = ledger.load_cache(_CACHE)
        self._cursors: _Cursors = {} if held is None else msgspec.msgpack.decode(held[1], type=_Cursors)
        self._saved: tuple[int, bytes] = (-1, b"")
        self._lock = Lock()
        self._undone: list[str] = []
        self._heard = ledger.vault.forgotten_to
        self._told = max((kept.epoch for kept in self._rotations()), default=1)
        self._look_at = 0
        self._left = _MOST_A_TURN
        self._last = self._from = 0
        self._keys: tuple[int, int] = (0, 0)

    def heal(self, now: Instant) -> None:
        """At the start: carry out what the ledger says and the vault has not done; keep that a vault was begun, where nothing says so."""
        self._last = next((entry.known_at for _, entry in self._ledger.read(self._ledger.head() - 1)), now)
        if now - self._last < _LONG_GONE:
            self._last = now
        self.heard(self._endings.disclosed(self._ledger.read(self._heard), (KeyDestroyed,)))
        self._heard = self._ledger.head()
        self._carry_out()
        number = self._ledger.vault.number
        if number and not any(isinstance(kept.fact, VaultBegun) for kept in self._endings.history(f"vault:{number:08x}")):
            fact = VaultBegun(vault=f"{number:08x}")
            self._ledger.append(enclose([fact], self._ledger.vault, happened_at=now, known_at=now, by="house", purpose="operation", cause=0, key=""))

    def heard(self, batch: Iterable[Kept]) -> None:
        """Take note of kept facts, in order; quick, for it runs before their callers are answered."""
        for kept in batch:
            if isinstance(kept.fact, KeyDestroyed):
                with self._lock:
                    self._undone.append(kept.fact.record)
                self._ledger.vault.told_gone(kept.fact.record)
            elif isinstance(kept.fact, MasterRotated):
                self._told = max(self._told, kept.fact.epoch)
            self._heard = kept.position

    def look(self, what: str, now: Instant) -> tuple[Any, ...]:
        """`keys due` now, to be forgotten; `keys due in <days>`; `holds` that stand; `rotated`; `keys epoch`."""
        if what == "keys due":
            return tuple(self._due(now))
        if what == "holds":
            return tuple(standing_holds(self._pictures.rows(Holds.name), now).items())
        if what == "keys epoch":
            return (self._ledger.vault.epoch,)
        if what == "rotated":
            epoch = self._ledger.vault.epoch
            return (self._keys,) if epoch > self._told and not self._ledger.rotation.under_way and self._counted(epoch) else ()
        return tuple(self._due_within(now + int(what.removeprefix("keys due in ")) * _DAY))

    def go_on(self, now: Instant) -> None:
        """After a turn of the tick: carry out what was decided, then rotate, some keys at a time."""
        self._carry_out()
        rotation = self._ledger.rotation
        if rotation.under_way:
            rotation.go_on(_KEYS_A_TURN)
        elif self._ledger.vault.owes_rotation and self._look_at > now:
            rotation.begin()
        self._left = _MOST_A_TURN

    def _carry_out(self) -> None:
        upto = self._heard
        with self._lock:
            records, self._undone = self._undone, []
        vault = self._ledger.vault
        try:
            if records:
                vault.destroy_all(records)
                for record in records:
                    if record.startswith("file:"):
                        self._files.forget(record.removeprefix("file:"))
            if records or upto - vault.forgotten_to > _READ_AT_ONCE:
                vault.destroy_all((), upto=upto)
        except BaseException:
            with self._lock:
                self._undone = records + self._undone
            raise

    def _due(self, now: Instant) -> Sequence[DueKey]:
        if not self._steady(now) or now < self._look_at or self._left <= 0:
            return ()
        found, done = list(self._released(now)), True
        for rule in self._table.rules:
            if rule != TRAIL and len(found) < _PAGE:
                more, cursor, whole = self._sweep(rule, now, _PAGE - len(found))
                found += more
                self._cursors[rule] = cursor
                done = done and whole
        self._left -= max(1, len(found))
        if done and not found:
            self._look_at = now + _LOOK_EVERY
            self._save()
        return found

    def _save(self) -> None:
        """Keep how far each rule has come; a look that found nothing new writes nothing."""
        reached = (self._ledger.head(), msgspec.msgpack.encode(self._cursors))
        if reached != self._saved:
            self._ledger.save_cache(_CACHE, *reached)
            self._saved = reached

    def _due_within(self, until: Instant) -> Iterator[DueKey]:
        """What falls due until an instant, what is kept back included; nothing is moved on."""
        yield from self._pictures_kept_back()[:_MOST_LISTED]
        for rule in self._table.rules:
            if rule != TRAIL:
                yield from self._sweep(rule, until, _MOST_LISTED)[0]

    def _sweep(self, name: str, now: Instant, most: int) -> tuple[list[DueKey], int, bool]:
        """Records due under one rule from its cursor on: (found, cursor, whether all was looked at that is due by now)."""
        rule, cursor, at = self._table.rules[name], self._cursors.get(name, 0), 0
        found: dict[str, DueKey] = {}
        held = {one.record for one in self._pictures_kept_back()}
        for position, entry in self._ledger.read(cursor, _READ_AT_ONCE):
            at = entry.known_at if entry.known_at <= now else at  # a clock that ran ahead must not hold up what came after
            if self.due_at(at, rule.days) > now:
                return list(found.values()), cursor, True
            if len(found) >= most:
                return list(found.values()), cursor, False
            mine = [one for one in self._endings.told_by(position, entry) if self._table.rule_of(one.record) == name and one.record not in held]
            living = self._ledger.vault.living(one.record for one in mine)
            for one in mine:
                ended = min(one.ended, at) if one.ended > now else one.ended
                if one.record in living and self.due_at(ended, rule.days) <= now:
                    found.setdefault(one.record, _due(one, name, rule.days, rule.basis, ended))
            cursor = position
        return list(found.values()), cursor, cursor >= self._ledger.head()

    def copies_behind(self) -> tuple[str, ...] | None:
        """Which copies (of the records, of the key) are older than the last rotation; None where none was ever made."""
        made = {what: epoch for what in (COPIED_VAULT, COPIED_KEY) if (epoch := copied(self._ledger.folder, what)) is not None}
        return tuple(what for what, epoch in made.items() if epoch < self._ledger.vault.epoch) if made else None

    def due_at(self, ended: Instant, days: int) -> Instant:
        """When something that ended then is forgotten: the first hour of forgetting on the city's own clock once the days are over."""
        over = from_instant(ended + days * _DAY).astimezone(self._zone)
        hour = over.replace(hour=self._table.hour, minute=0, second=0, microsecond=0)
        return instant(hour if hour >= over else hour + timedelta(days=1))

    def _released(self, now: Instant) -> Sequence[DueKey]:
        """What was kept back by a hold that does not stand any more."""
        rows = self._pictures.rows(Holds.name)
        return [one for one in self._pictures_kept_back() if not stands(rows.get(one.hold), now)][:_PAGE]

    def _pictures_kept_back(self) -> list[HeldKey]:
        with self._pictures.lock:
            holds = self._pictures.by_name[Holds.name]
            assert isinstance(holds, Holds)
            return holds.kept_back()

    def _steady(self, now: Instant) -> bool:
        """Whether the clock can be believed. After a leap of an hour (three days, while the house was shut) nothing is forgotten for a
        day: what is destroyed cannot be brought back, and a wrong clock is noticed sooner than that."""
        if not self._last <= now <= self._last + _HOUR:
            self._from = now + _DAY
        self._last = now
        return now >= self._from

    def _counted(self, epoch: int) -> bool:
        if self._keys[0] != epoch:
            self._keys = (epoch, self._ledger.vault.count())
        return True

    def _rotations(self) -> Iterator[MasterRotated]:
        for kept in self._endings.history(f"rotation:{self._ledger.vault.epoch}"):
            if isinstance(kept.fact, MasterRotated):
                yield kept.fact


def _due(one: Ended, rule: str, days: int, basis: Any, ended: Instant) -> DueKey:
    return DueKey(record=one.record, rule=rule, days=days, basis=basis, ended=ended, under=one.under)
