"""The way back: one run of a backup laid into an empty place, each piece checked, and there only once all of it is whole."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pyrage import x25519

from tocsin.house.saving.pieces import ENTRIES, LEDGER, META, VAULT, lay_files
from tocsin.house.saving.runs import Backup, Held, Run, target_faults
from tocsin.house.saving.sealed import frames, read_identity
from tocsin.kernel import Clock
from tocsin.ledger import LedgerFault, master
from tocsin.ledger.audit import Report, verify
from tocsin.ledger.backup import SIGNING
from tocsin.ledger.keys import read_secret, sync_folder, write_secret
from tocsin.ledger.note import BadNote, read_verifier, verifier_key
from tocsin.ledger.saved import lay_lines, lay_wrapped
from tocsin.ledger.store import StoreFailed

Told = Callable[[int, int], None]
"""Is told how many sealed bytes are laid, and of how many."""
_RESTORING = ".restoring"


class Back(msgspec.Struct, frozen=True, kw_only=True):
    """What was brought back: the run, its sealed bytes, what the audit says of it, and how many seconds each step took."""

    run: Run
    bytes: int
    report: Report
    steps: dict[str, float]


def bring_back(source: Path, identity: Path, keys: Path | str, data: Path, clock: Clock, *, number: int = 0, told: Told) -> Back:
    """Lay a run (the newest, without a number) and the keys from the safe into `data`, where nothing may be, and audit it. LedgerFault where
    anything is not as it was saved; then, and where it is stopped, nothing is left of it. Where the keys are lost, `keys` is the verifier line
    that auditors have: then a new signing key and a new vault have to be begun."""
    if data.exists() and any(data.iterdir()):
        raise LedgerFault("backup.not-empty", f"{data} is not empty; move what is there aside first.")
    private, signing = read_identity(identity), _signing_key(keys) if isinstance(keys, Path) else _public_key(keys)
    draft, backup = data.with_name(data.name + _RESTORING), Backup(source)
    run = _run(backup, number, signing)
    if isinstance(keys, Path):
        _fits(run, keys)
    shutil.rmtree(draft, ignore_errors=True)
    try:
        with target_faults(data):
            draft.mkdir(mode=0o700, parents=True)
        steps = _lay(_Laying(backup, run, private, draft, told), keys if isinstance(keys, Path) else None, clock)
        began = clock.now()
        line = verifier_key(f"tocsin/{run.ledger}", signing)
        report = verify(draft / LEDGER, line, (run.checkpoint,), _former(draft, line))
        if report.root.hex() != run.root:
            raise LedgerFault("backup.damaged", f"the entries that were laid have the root {report.root.hex()}, and {run.root} was saved.")
        steps["audited"] = _seconds(began, clock)
        with target_faults(data):
            with suppress(FileNotFoundError):
                data.rmdir()
            draft.rename(data)
            sync_folder(data.parent)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return Back(run=run, bytes=sum(held.bytes for held in run.pieces), report=report, steps=steps)


class _Laying:
    """The pieces of one run on their way into one folder."""

    def __init__(self, backup: Backup, run: Run, identity: x25519.Identity, data: Path, told: Told) -> None:
        self.run, self.data = run, data
        self._backup, self._identity, self._told = backup, identity, told
        self._done, self._of = 0, sum(held.bytes for held in run.pieces)

    def frames(self, wanted: Callable[[str], bool]) -> Iterator[bytes]:
        """The frames of all pieces of such names, in their order."""
        for held in self.run.pieces:
            if wanted(held.name):
                yield from self.of(held)

    def of(self, held: Held) -> Iterator[bytes]:
        """The frames of one piece."""
        path = self._backup.piece(held.sha256)
        if not path.is_file():
            raise LedgerFault("backup.damaged", f"{path}, {held.name} of run {self.run.number}, is missing. Take another copy of the backup, or an older run (`--run`).")
        yield from frames(path, self._identity, held.sha256, self.data)
        self._done += held.bytes
        self._told(self._done, self._of)


def _lay(laying: _Laying, keys: Path | None, clock: Clock) -> dict[str, float]:
    """Lay everything; how many seconds the entries, the keys and the files took."""
    ledger, steps, began = laying.data / LEDGER, dict[str, float](), clock.now()
    ledger.mkdir(mode=0o700)
    with target_faults(laying.data):
        try:
            lay_lines(ledger, laying.run.ledger, laying.run.entries, laying.frames(lambda name: name.startswith(ENTRIES)))
        except StoreFailed as error:
            raise LedgerFault("backup.full", f"the entries cannot be laid into {laying.data} ({error}); make room and do it again.") from error
        steps["entries"], began = _seconds(began, clock), clock.now()
        meta = b"".join(laying.frames(lambda name: name == META))
        lay_wrapped(ledger, msgspec.json.decode(meta, type=dict[str, int]), laying.frames(lambda name: name.startswith(VAULT) and name != META))
        for path in keys.iterdir() if keys else ():
            if path.suffix in (".key", ".pem"):
                write_secret((laying.data if path.name == "credentials.key" else ledger / "keys") / path.name, read_secret(path))
        steps["keys"], began = _seconds(began, clock), clock.now()
        lay_files(laying.data, laying.frames(lambda name: not name.startswith((ENTRIES, VAULT))))
        steps["files"] = _seconds(began, clock)
    return steps


def _run(backup: Backup, number: int, key: Ed25519PublicKey) -> Run:
    found = backup.read(number, key) if number else backup.newest(key)
    if found is None:
        raise LedgerFault("backup.no-run", f"{backup.folder} holds no whole run of a backup.")
    return found[0]


def _signing_key(keys: Path) -> Ed25519PublicKey:
    try:
        loaded = serialization.load_pem_private_key(read_secret(keys / SIGNING), password=None)
    except ValueError as error:
        raise LedgerFault("ledger.bad-key", f"{keys / SIGNING} is not an Ed25519 key in PEM.") from error
    assert isinstance(loaded, Ed25519PrivateKey), "the ledger signs with nothing else"
    return loaded.public_key()


def _public_key(line: str) -> Ed25519PublicKey:
    try:
        return read_verifier(line)[1]
    except BadNote as error:
        raise LedgerFault("backup.bad-line", f"this is no verifier line of a ledger: {error}.") from error


def _fits(run: Run, keys: Path) -> None:
    """Make sure that the key in the safe opens what this run holds: an older run's keys open with nothing that exists since."""
    held = master.load(keys / master.KEY, needed=True)
    if held is None or held.epoch != run.epoch:
        raise LedgerFault("vault.bad-key", f"the key in {keys} is of rotation {held.epoch if held else 0}, run {run.number} of rotation {run.epoch}; bring both from the "
                          "same time, or begin a new vault after laying the copy in its place by hand.")


def _former(draft: Path, line: str) -> list[str]:
    """The lines of keys that were lost, as the records name them."""
    found = [path.read_text().strip() for path in sorted((draft / LEDGER / "former").glob("*/verifier"))]
    return [one for one in found if one != line]


def _seconds(began: int, clock: Clock) -> float:
    return round((clock.now() - began) / 1_000_000, 3)
