"""What lies beside the entries, moved with them: keys, files and papers out of a folder into its ledger's database, and back. Done again
after it broke off it goes through all of it once more, and what was forgotten meanwhile is forgotten over there too."""

import os
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

import apsw

from tocsin.ledger.boxes import FILES, PART, SETTLED, BoxFolder
from tocsin.ledger.files import NUMBER
from tocsin.ledger.keys import read_secret, sync_folder, write_secret
from tocsin.ledger.papers import PaperTable
from tocsin.ledger.postgres import PostgresStore
from tocsin.ledger.postgres_side import Side, Writes
from tocsin.ledger.wrapped_sqlite import VAULT, WrappedFile

PAPERS = ("people.json", "sessions.json", "links.json", "reach.json")
"""The papers of a house, files of its data folder while its ledger lies in that: the folder above the ledger's."""
COPIED = ".copied"
_AT_ONCE = 5_000
_Key = tuple[str, bytes | None]


def to_database(folder: Path, store: PostgresStore) -> None:
    """Bring what is in the folder into the database, over what an earlier move left there. LedgerFault where a house leads it."""
    with closing(store.writing()), closing(Side(store)) as side:
        if (folder / VAULT).exists():
            place = WrappedFile(folder / VAULT)
            place.begin(create=False, number=0)
            with closing(place):
                _put_keys(side, place.connection)
        if (folder / FILES).exists():
            _put_files(side, folder / FILES)
        for name, path in papers_in(folder):
            with closing(PaperTable(store, folder, lambda: True)) as papers:
                papers.write(name, read_secret(path))


def set_aside(folder: Path) -> None:
    """What is in the database now stays in the folder under other names. What is forgotten from now on is wrapped there under a master that the
    next rotation destroys, as in any older copy."""
    for path in (folder / VAULT, folder / FILES, *(path for _, path in papers_in(folder))):
        if path.exists():
            _aside(path)
    for ending in ("-wal", "-shm"):
        (folder / f"{VAULT}{ending}").unlink(missing_ok=True)
    sync_folder(folder)


def to_folder(store: PostgresStore, folder: Path) -> None:
    """Bring what is in the database into the folder. The house must not run, nor any other on that database."""
    draft = folder / f"{VAULT}.new"
    draft.unlink(missing_ok=True)
    place = WrappedFile(draft)
    place.begin(create=True, number=0)
    with closing(store.writing()), closing(Side(store)) as side, closing(PaperTable(store, folder, lambda: True)) as papers:
        with closing(place), place.connection as into:
            into.executemany("INSERT INTO meta VALUES (?, ?)", side.ask("SELECT name, value FROM {s}.vault_meta"))
            for page in _pages(side, "SELECT record, wrapped FROM {s}.vault_keys WHERE record > %s ORDER BY record LIMIT %s"):
                into.executemany("INSERT INTO keys VALUES (?, ?)", page)
        _take_files(side, folder / FILES)
        for name in PAPERS:
            found = papers.read(name)
            if found is not None:
                write_secret(folder.parent / name, found[1])
    for ending in ("-wal", "-shm"):
        Path(f"{draft}{ending}").unlink(missing_ok=True)
    draft.replace(folder / VAULT)
    sync_folder(folder)


def papers_in(folder: Path) -> list[tuple[str, Path]]:
    """The papers that are files beside a ledger's folder."""
    return [(name, folder.parent / name) for name in PAPERS if (folder.parent / name).exists()]


def bring_papers(folder: Path, papers: PaperTable) -> None:
    """At the start of the one that leads: papers that were written before there was a database to write them in."""
    for name, path in papers_in(folder):
        if papers.read(name) is None:
            papers.write(name, read_secret(path))
            _aside(path)


def _put_keys(side: Side, source: apsw.Connection) -> None:
    def cleared(writes: Writes) -> None:
        writes.do("DELETE FROM {s}.vault_keys")
        writes.do("DELETE FROM {s}.vault_meta")
        writes.do("DELETE FROM {s}.masters")

    side.write(cleared)
    rows = iter(source.execute("SELECT record, wrapped FROM keys"))
    while page := list(islice(rows, _AT_ONCE)):
        side.send("INSERT INTO {s}.vault_keys SELECT * FROM unnest(%s::text[], %s::bytea[])", *_columns(page))
    for name, value in source.execute("SELECT name, value FROM meta"):
        side.send("INSERT INTO {s}.vault_meta VALUES (%s, %s)", name, value)


def _put_files(side: Side, source: Path) -> None:
    there = {(path.stem, path.suffix == PART): path for path in source.glob("*/*") if path.suffix in (PART, SETTLED) and NUMBER.fullmatch(path.stem)}
    held = {(str(number), bool(part)) for number, part in side.ask("SELECT number, part FROM {s}.files")}
    for number, part in held - there.keys():
        side.send("DELETE FROM {s}.files WHERE number = %s AND part = %s", number, part)
    for number, part in sorted(there.keys() - held):
        side.send("INSERT INTO {s}.files VALUES (%s, %s, %s)", number, part, there[number, part].read_bytes())


def _take_files(side: Side, into: Path) -> None:
    boxes = BoxFolder(into)
    held = {(str(number), bool(part)) for number, part in side.ask("SELECT number, part FROM {s}.files")}
    for path in into.glob("*/*"):
        if (path.stem, path.suffix == PART) not in held:
            path.unlink()
    for number, part in sorted(held):
        if not (boxes.path(number).with_suffix(PART) if part else boxes.path(number)).exists():
            boxes.put(number, bytes(side.ask("SELECT box FROM {s}.files WHERE number = %s AND part = %s", number, part)[0][0]))
            if not part:
                boxes.settle(number)


def _pages(side: Side, text: str) -> Iterator[Sequence[_Key]]:
    after = ""
    while page := side.ask(text, after, _AT_ONCE):
        yield [(str(record), wrapped) for record, wrapped in page]
        after = str(page[-1][0])


def _columns(rows: Sequence[Sequence[object]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _aside(path: Path) -> None:
    """Under another name; over what an earlier move set aside."""
    aside = path.with_name(path.name + COPIED)
    number = 0
    while aside.exists() and path.is_dir():
        number += 1
        aside = path.with_name(f"{path.name}{COPIED}.{number}")
    os.replace(path, aside)
