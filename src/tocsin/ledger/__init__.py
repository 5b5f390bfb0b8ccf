"""The ledger, the only thing that remembers: append, read, prove, checkpoint, and a vault of destroyable keys."""

from tocsin.ledger import tiles
from tocsin.ledger.batch import Appended
from tocsin.ledger.faults import DiskFailed, LedgerClosed, LedgerFault, LedgerFull, Moved, Overloaded, Uncertain
from tocsin.ledger.files import FileStore
from tocsin.ledger.ledger import Ledger
from tocsin.ledger.measured import Batches, Probe, Spread
from tocsin.ledger.nodes import ALONE, SILENT_S, Follows, Leader, Node
from tocsin.ledger.roll import Stand
from tocsin.ledger.still import Still
from tocsin.ledger.vault import Vault
from tocsin.ledger.witness import Saw, Witnessing
from tocsin.ledger.witnessed import Standing, Witnessed, Witnesses

__all__ = [
    "ALONE",
    "SILENT_S",
    "Appended",
    "Batches",
    "DiskFailed",
    "FileStore",
    "Follows",
    "Leader",
    "Ledger",
    "LedgerClosed",
    "LedgerFault",
    "LedgerFull",
    "Moved",
    "Node",
    "Overloaded",
    "Probe",
    "Saw",
    "Spread",
    "Stand",
    "Standing",
    "Still",
    "Uncertain",
    "Vault",
    "Witnessed",
    "Witnesses",
    "Witnessing",
    "tiles",
]
