"""`tocsin audit`: is the ledger what was signed, and were the recommendations what is kept?"""

import argparse
from pathlib import Path

import msgspec

from tocsin.city import City
from tocsin.city.calibration import load_calibration
from tocsin.cli import proving, samples
from tocsin.cli.records import has_ledger
from tocsin.cli.settings import DATA, Commands, Stop, SystemClock, house_words, leaf
from tocsin.house.audit import BadNote, compare, public_key, recompute_offers, renew_key, verify, verify_fork
from tocsin.house.figures import figures


def words(commands: "Commands[argparse.ArgumentParser]") -> None:
    """What may be said."""
    audit = commands.add_parser("audit", help="check a floor's records").add_subparsers(required=True, metavar="ACTION")
    command = leaf(audit, "verify", "compute a ledger's tree again from its files and compare it with what was signed", _verify)
    command.add_argument("ledger", type=Path, metavar="DIR", help="the ledger's folder (DATA/ledger)")
    command.add_argument("--key", required=True, help="the public key: the verifier line, or a file that holds it")
    command.add_argument("--checkpoint", type=Path, action="append", default=[], help="a checkpoint that you kept yourself")
    command.add_argument("--former", action="append", default=[], help="the verifier line of a key that the floor lost and renewed")
    command.add_argument("--witness", action="append", default=[], help="the verifier line of a witness who should have cosigned")
    command.add_argument("--upon", type=Path, metavar="DIR", help="of what a site did by itself (SITE/forks/N/ledger): the copy on which it stands (SITE/ledger)")
    command.add_argument("--floor", default="", metavar="LINE", help="with --upon: the floor's verifier line, or a file that holds it; --checkpoint, --former and --witness are the floor's then")
    command = leaf(audit, "compare", "hold two signed checkpoints against one another: two trees of one size prove a split view", _compare)
    command.add_argument("notes", type=Path, nargs=2, metavar="NOTE", help="the checkpoints, from two witnesses for example")
    command.add_argument("--key", required=True, help="the public key: the verifier line, or a file that holds it")
    command = leaf(audit, "key", "print the verifier line to give to an auditor", _key)
    command.add_argument("ledger", type=Path, metavar="DIR", help="the ledger's folder (DATA/ledger)")
    command.add_argument("--name", default="floor", help="the ledger's name (default: floor)")
    command = leaf(audit, "new-key", "give a ledger a new signing key after its own was lost, if it still is all that the lost key signed", _new_key)
    command.add_argument("ledger", type=Path, metavar="DIR", help="the ledger's folder (DATA/ledger); the house must not run")
    command.add_argument("--witnessed", type=Path, required=True, metavar="NOTE", help="the last checkpoint that a witness cosigned")
    proving.words(audit)
    samples.words(audit)
    command = leaf(audit, "offers", "compute every kept recommendation again and say which differ", _offers)
    house_words(command)
    command = leaf(audit, "figures", "compute the floor's figures from its ledger alone, as JSON; tools/figures.py is an outsider's way to the same", _figures)
    command.add_argument("--data", type=Path, default=DATA, help="where the records are kept (TOCSIN_DATA; default ./data)")
    command.add_argument("--name", default="floor", help="the ledger's name (default: floor)")


def _figures(arguments: argparse.Namespace) -> int:
    has_ledger(arguments.data / "ledger")
    print(msgspec.json.format(msgspec.json.encode(figures(arguments.data, SystemClock(), name=arguments.name)), indent=1).decode())
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    has_ledger(arguments.ledger)
    key, floors = _line(arguments.key), ([path.read_text() for path in arguments.checkpoint], arguments.former, arguments.witness)
    if (arguments.upon is None) != (not arguments.floor):
        raise Stop("a fork is held against two keys: give both --upon and --floor")
    try:
        if arguments.upon is None:
            reports = {"": verify(arguments.ledger, key, *floors)}
        else:
            has_ledger(arguments.upon)
            beneath, own = verify_fork(arguments.ledger, key, arguments.upon, _line(arguments.floor), *floors)
            reports = {"The floor's copy beneath it: ": beneath, "With what the site did by itself: ": own}
    except BadNote as error:
        raise Stop(f"that is not a verifier line: {error}") from error
    for what, report in reports.items():
        print(what + "\n".join(report.sentences()))
    return 0 if all(report.sound for report in reports.values()) else 1


def _line(said: str) -> str:
    """A verifier line, said or in a file."""
    file = Path(said)
    return (file.read_text() if file.is_file() else said).strip()


def _compare(arguments: argparse.Namespace) -> int:
    try:
        found, sentence = compare([path.read_text() for path in arguments.notes], _line(arguments.key))
    except BadNote as error:
        raise Stop(f"one of them is no checkpoint of this log: {error}") from error
    print(sentence)
    return 1 if found else 0


def _key(arguments: argparse.Namespace) -> int:
    has_ledger(arguments.ledger)
    print(public_key(arguments.ledger, SystemClock(), name=arguments.name))
    return 0


def _new_key(arguments: argparse.Namespace) -> int:
    has_ledger(arguments.ledger)
    print(renew_key(arguments.ledger, arguments.witnessed.read_text()))
    return 0


def _offers(arguments: argparse.Namespace) -> int:
    has_ledger(arguments.data / "ledger")
    differ = count = 0
    city = City.open(arguments.city)
    timing = load_calibration(city.calibration_path)
    for _, sentences in recompute_offers(arguments.data, city, timing, SystemClock(), name=arguments.name):
        count += 1
        differ += bool(sentences)
        if sentences:
            print("\n".join(sentences[:5]))
    print(f"{count:,} offers computed again, {differ:,} differ")
    return 1 if differ else 0
