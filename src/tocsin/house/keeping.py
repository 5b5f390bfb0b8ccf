"""What an operator does about a house's records: copy them, bring them back, copy the keys apart, move the ledger, begin a new vault, give up a lost key."""

from pathlib import Path

from tocsin.facts.access import KeyDestroyed, SignInFact, VaultBegun
from tocsin.house.envelope import enclose
from tocsin.kernel import Clock, Fact, Refused, Sealed, Words
from tocsin.ledger import Ledger
from tocsin.ledger.backup import Said, back_up, bring_back, copy_key
from tocsin.ledger.copying import for_auditor as copy_for_auditor
from tocsin.ledger.copying import move as move_ledger
from tocsin.ledger.place import begun
from tocsin.ledger.postgres import is_address

__all__ = ["Said", "back_up", "begin_vault", "bring_back", "copy_for_auditor", "copy_key", "give_up", "is_address", "keep_let_in", "move_ledger"]

_COMMAND_LINE = "command line"
"""By whom what is done with a shell on the machine was done: whoever has that is named by the machine's own records."""
_LOST = Words("The key was lost; what was sealed with it cannot be read.", "密钥已丢失，用其封存的内容无法再读取。")


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


def keep_let_in(folder: Path, clock: Clock, *, name: str, fact: SignInFact) -> bool:
    """Keep that somebody or some machine was let in from the command line, before it takes effect; LedgerFault where the house runs.
    False where there is no ledger yet to keep it in."""
    if not begun(folder):
        return False
    with Ledger.open(folder, clock, name=name) as ledger:
        _keep(ledger, clock, _COMMAND_LINE, fact, "access")
    return True


def _keep(ledger: Ledger, clock: Clock, by: str, fact: Fact, purpose: str = "operation") -> None:
    now = clock.now()
    ledger.append(enclose([fact], ledger.vault, happened_at=now, known_at=now, by=by, purpose=purpose, cause=0, key=""))
