"""`tocsin audit history`, `check-proof` and `histories`: whole histories, proved and checked."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from tocsin.cli.records import has_ledger
from tocsin.cli.settings import DATA, Commands, Stop, SystemClock, leaf
from tocsin.house.proving import EVER, BadProof, Proof, check, history_from_files, wrong_histories
from tocsin.kernel import Instant, instant

_MOST_BYTES = 256 << 20


def words(audit: "Commands[argparse.ArgumentParser]") -> None:
    """What may be said, below `audit`."""
    command = leaf(audit, "history", "write every entry with a tag, with a proof that none is missing, from the records of a floor that is not running", _history)
    command.add_argument("tag", help="the tag: a record as the ledger names it, or incident:…")
    command.add_argument("--since", type=_time, default=0, metavar="TIME", help="from when, as 2026-11-25T08:00 in UTC (default: ever)")
    command.add_argument("--until", type=_time, default=EVER, metavar="TIME", help="until when (default: ever)")
    command.add_argument("--data", type=Path, default=DATA, help="where the records are kept (TOCSIN_DATA; default ./data)")
    command.add_argument("--name", default="floor", help="the ledger's name (default: floor)")
    command.add_argument("--out", type=Path, required=True, metavar="FILE", help="the document to write")
    command = leaf(audit, "check-proof", "check such a document, with the public key and nothing else", _check)
    command.add_argument("proof", type=Path, metavar="FILE", help="the document")
    command.add_argument("--key", required=True, help="the public key: the verifier line, or a file that holds it")
    command.add_argument("--places", action="store_true", help="the places alone are looked for, as in a person's own proof: an entry that is not shown is no fault")
    command = leaf(audit, "histories", "compute all histories again from a ledger's files and compare them with what the house committed to", _histories)
    command.add_argument("ledger", type=Path, metavar="DIR", help="the ledger's folder (DATA/ledger)")


def _time(text: str) -> Instant:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("write a time as 2026-11-25T08:00") from error
    return instant(found if found.tzinfo else found.replace(tzinfo=UTC))


def _history(arguments: argparse.Namespace) -> int:
    has_ledger(arguments.data / "ledger")
    proof = history_from_files(arguments.data / "ledger", [arguments.tag], SystemClock(), name=arguments.name, since=arguments.since, until=arguments.until)
    arguments.out.write_bytes(msgspec.json.encode(proof))
    print(f"{arguments.out}: {sum(len(history.positions) for history in proof.histories):,} entries")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    file = Path(arguments.key)
    if arguments.proof.stat().st_size > _MOST_BYTES:
        raise Stop(f"{arguments.proof} is larger than any proof")
    try:
        proof = msgspec.json.decode(arguments.proof.read_bytes(), type=Proof)
        found = check(proof, (file.read_text() if file.is_file() else arguments.key).strip())
    except (msgspec.DecodeError, BadProof) as error:
        print(f"NOT PROVED: {error}.")
        return 1
    print("\n".join(f"Proved. {checked.sentence}" for checked in found))
    return 1 if not arguments.places and any(checked.untold for checked in found) else 0


def _histories(arguments: argparse.Namespace) -> int:
    has_ledger(arguments.ledger)
    wrong = list(wrong_histories(arguments.ledger))
    for position in wrong:
        print(f"Entry {position:,} commits to histories that are not those of the entries before it.")
    if not wrong:
        print("Every commitment to the histories is that of the entries before it.")
    return 1 if wrong else 0
