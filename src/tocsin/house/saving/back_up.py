"""One run of a backup: what came since the run before is sealed and added, the run is signed and chained to it, and older ones may go."""

from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

import tocsin
from tocsin.house.saving.pieces import FOR, LEDGER, Saving
from tocsin.house.saving.runs import FORM, Backup, Held, Run
from tocsin.house.saving.sealed import new_identity, recipients
from tocsin.kernel import Clock, Instant
from tocsin.ledger import LedgerFault
from tocsin.ledger.backup import COPIED_VAULT, note_copied
from tocsin.ledger.durable import replace_text
from tocsin.ledger.keys import load_signing_key, write_secret
from tocsin.ledger.note import Checkpoint, sign
from tocsin.ledger.place import begun
from tocsin.ledger.saved import Source

SAID = "backup.json"
Told = Callable[[int, str], None]
"""Is told how many bytes were written, and which piece is next."""


class Saved(msgspec.Struct, frozen=True, kw_only=True):
    """What one run did; kept as `backup.json` in the data folder for whoever watches over it."""

    at: Instant
    since: Instant
    """When the first run of this data folder was made."""
    number: int
    entries: int
    epoch: int
    pieces: int
    new_pieces: int
    new_bytes: int
    took_s: float
    to: str


def make_key(data: Path, to: Path) -> str:
    """Make the pair of a backup: the private line into a file of its own, once, and the public one into the data folder; that line."""
    if to.exists():
        raise LedgerFault("backup.key-there", f"{to} is there already; what was sealed to it needs it, so give another place.")
    private, public = new_identity()
    write_secret(to, f"# the private key of backups made for {public}\n{private}\n".encode())
    make_for(data, (public,))
    return public


def make_for(data: Path, lines: Iterable[str]) -> None:
    """From now on backups of this data folder are made for these public keys."""
    held = tuple(lines)
    recipients(held)
    data.mkdir(parents=True, exist_ok=True)
    replace_text(data / FOR, "".join(f"{line}\n" for line in held))


def back_up(data: Path, to: Path, clock: Clock, *, name: str, keep: int, told: Told) -> Saved:
    """Add a run to the backup in `to`; LedgerFault where it cannot be, and then the run before is as it was. The house may be running."""
    ledger = data / LEDGER
    if not begun(ledger):
        raise LedgerFault("backup.no-ledger", f"{ledger} holds no ledger.")
    made_for = tuple((data / FOR).read_text().split()) if (data / FOR).exists() else ()
    wanted = recipients(made_for)
    key, began, backup = load_signing_key(ledger, create=False), clock.now(), Backup(to)
    with backup.alone():
        former = backup.newest()
        before = {held.name: held for held in former[0].pieces if backup.has(held)} if former and former[0].made_for == made_for else {}
        if former:
            _goes_on(former[0], ledger, name, to)
        saving = Saving(data, name, before, data)
        pieces, written, fresh = list[Held](), 0, 0
        for piece in saving.pieces():
            if isinstance(piece, Held):
                pieces.append(piece)
                continue
            held = before.get(piece.name)
            if held is None or held.stamp != piece.stamp:
                told(written, piece.name)
                held = backup.write_piece(piece, wanted)
                written, fresh = written + held.bytes, fresh + 1
            pieces.append(held)
        run = Run(form=FORM, version=tocsin.__version__, number=former[0].number + 1 if former else 1, at=began, ledger=name, entries=saving.entries,
                  root=saving.root.hex(), checkpoint=sign(Checkpoint(f"tocsin/{name}", saving.entries, saving.root), key), epoch=saving.epoch, made_for=made_for,
                  before=former[1] if former else "", pieces=tuple(pieces))
        backup.write_run(run, key)
        backup.prune(keep)
    earlier = last_run(data)
    said = Saved(at=began, since=earlier.since if earlier else began, number=run.number, entries=run.entries, epoch=run.epoch, pieces=len(pieces), new_pieces=fresh, new_bytes=written,
                 took_s=round((clock.now() - began) / 1_000_000, 3), to=str(to))
    note_copied(ledger, COPIED_VAULT, run.epoch)
    replace_text(data / SAID, msgspec.json.encode(said).decode())
    return said


def last_run(data: Path) -> Saved | None:
    """What the last run of this data folder did; None where there was none, or its note cannot be read."""
    try:
        return msgspec.json.decode((data / SAID).read_bytes(), type=Saved)
    except (OSError, msgspec.DecodeError):
        return None


def _goes_on(former: Run, ledger: Path, name: str, to: Path) -> None:
    """Make sure that the ledger begins with what the newest run saved: another ledger, or an older copy of this one, has a folder of its own."""
    with Source.opened(ledger, name) as source:
        if former.ledger != name or former.entries > source.size or source.root_at(former.entries).hex() != former.root:
            raise LedgerFault("backup.other-ledger", f"run {former.number} in {to} saved {former.entries:,} entries that this ledger does not begin with; give a folder "
                              "of its own, or, where this ledger should be that one, find out what happened to it with `tocsin audit verify`.")
