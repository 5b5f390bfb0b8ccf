"""Write the golden records of this version: `python -m tests.golden`. Refused where they are there, unless they were never released (`--again`)."""

import lzma
import shutil
import sys
import tarfile
import tempfile
from pathlib import Path

import msgspec

import tocsin
from tests.engines.attachments.made import photo
from tests.floor import DESK, SAMPLES, StillClock, small_city
from tests.golden import EXPECTED, FOLDED, FOLDER, RECORDS, TABLES, Expected, facts_of, house_of, pictures_of
from tests.golden.drawn import Names, drawn
from tocsin.city.calibration import Calibration
from tocsin.edges.web.people import People
from tocsin.house import Attaching
from tocsin.house.envelope import disclose, enclose
from tocsin.house.figures import figures
from tocsin.kernel import FACTS
from tocsin.ledger import Ledger
from tocsin.rooms.dispatch.commands import AddNote
from tocsin.sim.clock import StepClock
from tocsin.sim.player import Player

_STEPS, _STEP_S, _PER_DAY, _SEED = 420, 5.0, 700, 7
NOT_DRAWN = ("access.vault-begun",)
"""What must be true of the vault beside it; `since.toml` says so."""
STANDING = ("calls.contact-arrived", "command.major-declared", "dispatch.road-closed")
"""Drawn once more under other names, since what ends them was drawn after them: something of each picture is there at the end."""


def make(folder: Path) -> None:
    """Play a generated stretch of work, and then one fact of every kind that did not come up."""
    with tempfile.TemporaryDirectory() as scratch:
        data, clock = Path(scratch) / "records", StepClock(StillClock().at)
        (data.parent / TABLES).mkdir()
        for name in ("plan", "fleet", "timers", "command"):
            shutil.copy(SAMPLES / f"{name}.toml", data.parent / TABLES)
        with house_of(data, clock) as house:
            player = Player(house, small_city(), Calibration.default(), _SEED, per_day=_PER_DAY)
            for _ in range(_STEPS):
                player.step()
                clock.advance(_STEP_S)
            incident, row = next(iter(house.rows("incident").items()))
            Attaching(house).attach(incident, photo(), "sample.jpg", DESK)
            house.do(AddNote(incident=incident, note="sample note 样例备注"), DESK)
            unit, unit_row = next(iter(house.rows("unit").items()))
            names = Names(incident, unit, str(getattr(unit_row, "shift", "")), clock.now())
            assert row
        People.demo(data, clock)
        with Ledger.open(data / "ledger", clock, name="floor") as ledger:
            held = {entry.kind for _, entry in ledger.read()}
            rest = sorted(set(FACTS) - held - set(NOT_DRAWN))
            made = [drawn(FACTS[kind], names) for kind in rest] + [drawn(FACTS[kind], msgspec.structs.replace(names, word="standing")) for kind in STANDING]
            for fact in made:
                ledger.append(enclose([fact], ledger.vault, happened_at=clock.now(), known_at=clock.now(), by="sample", purpose="training", cause=0, key=""))
                clock.advance(1.0)
        with house_of(data, clock) as house:  # what the rooms do about all that is kept too
            head = house.ledger.head()
            folded = {"pictures": pictures_of(house, head), "facts": facts_of(house, head)}
            expected = Expected(version=tocsin.__version__, head=head, root=house.ledger.root(head).hex(), verifier=house.ledger.verifier,
                                checkpoint=house.ledger.checkpoint(), kinds=tuple(sorted({kept.entry.kind for kept in disclose(house.ledger.read())})), figures={})
        counted = figures(data, clock, name="floor")
        folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(data / "ledger" / "cache", ignore_errors=True)
        with tarfile.open(folder / RECORDS, "w:xz", preset=9) as archive:
            archive.add(data, "records")
            archive.add(data.parent / TABLES, TABLES)
        (folder / FOLDED).write_bytes(lzma.compress(msgspec.json.encode(folded), preset=9))
        (folder / EXPECTED).write_bytes(msgspec.json.format(msgspec.json.encode(msgspec.structs.replace(expected, figures=msgspec.to_builtins(counted)))) + b"\n")


def main(words: list[str]) -> int:
    """Write them, and say what they hold."""
    folder = FOLDER / tocsin.__version__
    if (folder / EXPECTED).exists() and "--again" not in words:
        print(f"{folder} is there: what was released stays as it is. Raise the version first, or say --again where it never was.", file=sys.stderr)
        return 1
    make(folder)
    for path in sorted(folder.iterdir()):
        print(f"{path.name}: {path.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
