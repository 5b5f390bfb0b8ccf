"""What an operator does about a house's records: copy the keys apart, move the ledger, begin a new vault, give up a lost key. Backups: `saving/`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tocsin.facts.access import KeyDestroyed, SignInFact, VaultBegun
from tocsin.house.envelope import enclose
from tocsin.house.moving import move_records
from tocsin.kernel import Clock, Fact, Refused, Sealed, Words
from tocsin.ledger import Ledger
from tocsin.ledger.backup import copy_key as copy_ledger_key
from tocsin.ledger.copying import for_auditor as copy_for_auditor
from tocsin.ledger.laying import lay_node
from tocsin.ledger.ledger import OWN
from tocsin.ledger.migration import migrate
from tocsin.ledger.papers import PaperTable
from tocsin.ledger.place import begun
from tocsin.ledger.postgres import is_address

__all__ = ["begin_vault", "copy_for_auditor", "copy_key", "give_up", "is_address", "lay_node", "letting_in", "migrate", "move_records"]

_COMMAND_LINE = "command line"
"""By whom what is done with a shell on the machine was done: whoever has that is named by the machine's own records."""
_LOST = Words("The key was lost; what was sealed with it cannot be read.", "密钥已丢失，用其封存的内容无法再读取。")


def copy_key(data: Path, safe: Path) -> int:
    """Copy the keys of a data folder to a place of their own, over the copies before them; the epoch of the master key. `session.key` is not
    among them: after a restore everybody signs in anew."""
    return copy_ledger_key(data / "ledger", safe, beside=(data / "credentials.key",))


def begin_vault(folder: Path, clock: Clock, *, name: str, by: str, reason: str) -> str:
    """Begin a new vault where the old one or its key is lost: calls can be taken again, what was sealed stays unreadable, and the ledger
    says who did this and why. What is left of the old one is set aside, not destroyed. The new vault's number."""
    with Ledger.open(folder, clock, name=name, begin_vault=True) as ledger:
        vault = f"{ledger.vault.number:08x}"
        _keep(ledger, clock, by, VaultBegun(vault=vault, reason=Sealed(f"vault:{vault}", reason)))
    return vault


def give_up(folder: Path, clock: Clock, *, name: str, by: str, record: str) -> None:
    """Give up a record whose key is lost: it is treated as destroyed from now on, so that the rest of its incident can be read again."""
    with Ledger.open(folder, clock, name=name) as ledger:
        if ledger.vault.living((record,)):
            raise Refused("record_living", f"{record} has its key; only a rule of retention forgets it.", f"{record} 的密钥完好，只能按保存规则销毁。")
        if next(iter(ledger.read_tags((record,))), None) is None:
            raise Refused("record_unknown", f"the ledger knows no record {record}", f"账本中没有记录 {record}", status=404)
        _keep(ledger, clock, by, KeyDestroyed(record=record, rule="lost", days=0, ended=clock.now(), basis=_LOST))
        ledger.vault.destroy_all((record,))


@contextmanager
def letting_in(data: Path, clock: Clock, *, name: str, fact: SignInFact) -> Iterator[tuple[bool, PaperTable | None]]:
    """Keep that somebody or some machine is let in from the command line, before it takes effect in the block; LedgerFault where the house runs.
    Whether there is a ledger yet to keep it in; and the papers to write it in, None where those are files of the data folder."""
    if not begun(data / "ledger"):
        yield False, None
        return
    own = data / "ledger" / OWN  # a site's copy of its floor's ledger takes nothing; what the site has to keep of itself stands here
    with Ledger.open(own if own.is_dir() else data / "ledger", clock, name=f"{name}.{OWN}" if own.is_dir() else name) as ledger:
        _keep(ledger, clock, _COMMAND_LINE, fact, "access")
        yield True, ledger.papers


def _keep(ledger: Ledger, clock: Clock, by: str, fact: Fact, purpose: str = "operation") -> None:
    now = clock.now()
    ledger.append(enclose([fact], ledger.vault, happened_at=now, known_at=now, by=by, purpose=purpose, cause=0, key=""))
