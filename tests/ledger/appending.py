"""A child process that appends without rest and says on its output what was acknowledged, until it is killed."""

import os
import sys
import threading
import time
from pathlib import Path

from tests.ledger.given import Ticking, entry
from tocsin.ledger import Ledger


def main(folder: Path, life: str) -> None:
    """Four callers, each with sealed text, keys, and now and then a cache and a checkpoint."""
    ledger = Ledger.open(folder, Ticking(), name="crash")
    os.write(1, b"ready\n")

    def work(caller: int) -> None:
        number = 0
        while True:
            number += 1
            name = f"{life}/{caller}/{number}"
            box = ledger.vault.seal(f"record:{name}", name)
            appended = ledger.append([entry(box, f"record:{name}"), entry(name.encode())], key=name)
            os.write(1, f"{appended.first} {name}\n".encode())
            if number % 20 == 0:
                ledger.checkpoint()
                ledger.save_cache("view", appended.last, name.encode() * 100)

    for caller in range(4):
        threading.Thread(target=work, args=(caller,), daemon=True).start()
    time.sleep(30)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
