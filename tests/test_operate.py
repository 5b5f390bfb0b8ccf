"""The operator's page: every command in it is run, in order, on a small city and a real PostgreSQL; the few that are not say why."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import osmium
import pytest

from tests.floor import _osm
from tests.operating import Shell, blocks
from tests.shared import ROOT
from tocsin.cli import parser

PAGE = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
DATABASE = "postgresql://tocsin@db/tocsin"
MOST_NOT_RUN = 6
_BLOCK = re.compile(r'^sh( stopped| running)?( postgres)?( exits-1)?$|^sh not-run="([^"]{5,80})"$')


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    """A folder as an operator has it: an extract of a town, and the samples."""
    (tmp_path / "town.osm").write_text(_osm(), encoding="utf-8")
    with osmium.SimpleWriter(str(tmp_path / "extract.osm.pbf")) as writer:
        for thing in osmium.FileProcessor(str(tmp_path / "town.osm")):
            writer.add(thing)
    (tmp_path / "SAMPLES").symlink_to(ROOT / "src" / "tocsin" / "samples")
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = int(held.getsockname()[1])
    with Shell(tmp_path, port) as made:
        yield made


def test_every_block_says_how_it_is_run_and_few_are_not() -> None:
    infos = [info for info, _ in blocks(PAGE) if info not in ("hidden", "yaml")]  # a monitor's own files are held by tests/edges/web/test_duty.py
    assert infos and all(_BLOCK.match(info) for info in infos), [info for info in infos if not _BLOCK.match(info)]
    assert sum("not-run" in info for info in infos) <= MOST_NOT_RUN
    assert len(infos) - MOST_NOT_RUN >= 15


def test_commands_within_sentences_are_there() -> None:
    """A command that is named in passing is one of the command line, as far as its name goes."""
    known = {" ".join(name) for name in _names(parser())}
    for words in re.findall(r"`tocsin ([a-z][a-z-]+(?: [a-z][a-z-]+)?)", re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)):
        assert words in known or words.split(" ")[0] in known, f"there is no `tocsin {words}`"


def test_every_command_of_the_page_does_what_it_says(shell: Shell, postgres: str) -> None:
    last = ""
    for info, lines in blocks(PAGE):
        if "not-run" in info or info == "yaml":
            continue
        if "stopped" in info:
            shell.stop_house()
        if "running" in info and not shell.house_runs():
            assert shell.run("tocsin serve --city cities/mine --data records").returncode == 0
        if "tocsin serve" in lines:
            shell.stop_house()
        if "restore --from backup" in lines and info != "hidden":
            shell.run("cp -n records/ledger/verifier safe/verifier.txt || true")  # what an auditor was given
        done = shell.run(lines.replace(DATABASE, postgres))
        expected = (0, 1) if "tocsin doctor" in lines else (1,) if "exits-1" in info else (0,)
        assert done.returncode in expected, f"{lines}\n{done.stdout}\nafter {last}"
        last = lines
    assert (shell.folder / "records" / "drill.json").is_file()


def _names(top: object, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for action in getattr(top, "_actions", ()):
        for name, inner in (getattr(action, "choices", None) or {}).items() if isinstance(getattr(action, "choices", None), dict) else ():
            yield (*before, name)
            yield from _names(inner, (*before, name))
