"""A child that rotates a vault's master key over and over and says when each is done; its parent kills it at any moment."""

import sys
from pathlib import Path

from tests.ledger.given import opened


def run(folder: Path) -> None:
    """Rotate until killed."""
    with opened(folder, "crash") as ledger:
        print("ready", flush=True)
        while True:
            ledger.rotation.begin()
            while not ledger.rotation.go_on(2_000):
                pass
            print(ledger.vault.epoch, flush=True)


if __name__ == "__main__":
    run(Path(sys.argv[1]))
