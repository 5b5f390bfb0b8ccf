"""`python -m faults.clocked FILE NUMBER tocsin-words…`: the product's own command line as version 0.1.NUMBER, its clock moved by the seconds in a file."""

import faulthandler
import mmap
import signal
import struct
import sys
from pathlib import Path

import tocsin
from tocsin.cli import main
from tocsin.cli.settings import SystemClock


def moved_by(path: Path) -> None:
    """Let this process's clock be off by what the file says, at each look."""
    with path.open("r+b") as file:
        shift = mmap.mmap(file.fileno(), 8)
    true = SystemClock.now

    def now(clock: SystemClock) -> int:
        return true(clock) + 1_000_000 * int(struct.unpack("<q", shift[:8])[0])

    setattr(SystemClock, "now", now)  # noqa: B010 -- what a clock that jumps does


if __name__ == "__main__":
    faulthandler.register(signal.SIGUSR1)  # where it hangs, one may ask where
    moved_by(Path(sys.argv[1]))
    tocsin.__version__ = f"0.1.{sys.argv[2]}"
    sys.exit(main(sys.argv[3:]))
