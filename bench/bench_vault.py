"""The vault: what sealing costs, how long a rotation of a million keys takes, and the destruction of ten thousand in a batch."""

import os
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tocsin.ledger import Vault
from tocsin.ledger.master import make, put
from tocsin.ledger.rewrap import Rotation
from tocsin.ledger.wrapped_sqlite import WrappedFile

MILLION, BATCH, ROUNDS = 1_000_000, 10_000, 5
TEXT = "a caller's words: smoke from the roof, two floors, nobody seen at the windows"
Report = Callable[..., None]


def run(report: Report) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "keys").mkdir()
        first = make(1)
        put(folder / "keys" / "vault.key", first)
        vault = Vault(WrappedFile(folder / "vault.sqlite"), {1: first.secret})
        sealing(vault, report)
        for number in range(MILLION):
            vault.seal_bytes(f"call:{number}", b"")
        vault.flush()
        destroying(vault, report)
        rotating(vault, folder, report)
        vault.close()


def sealing(vault: Vault, report: Report) -> None:
    """One seal under a key that is at hand, beside AES-GCM alone."""
    key, clear = AESGCM(AESGCM.generate_key(256)), TEXT.encode()
    vault.seal("call:0", TEXT)
    ours = [_each(lambda: vault.seal("call:0", TEXT)) for _ in range(ROUNDS)]
    alone = [_each(lambda: key.encrypt(os.urandom(12), clear, b"call:0")) for _ in range(ROUNDS)]
    report(name="vault: seal a field", value=median(ours) * 1e6, unit="us", peer="AES-GCM alone", peer_value=median(alone) * 1e6, runs=ROUNDS,
           data=f"{len(clear)} bytes, key at hand")


def destroying(vault: Vault, report: Report) -> None:
    """Ten thousand keys at once, with a million there."""
    took = []
    for turn in range(ROUNDS):
        records = [f"call:{number}" for number in range(turn * BATCH, (turn + 1) * BATCH)]
        begun = time.perf_counter()
        assert vault.destroy_all(records) == BATCH
        took.append(time.perf_counter() - begun)
    report(name="vault: destroy 10,000 keys in a batch", value=median(took), unit="s", runs=ROUNDS, data=f"{MILLION:,} keys there")


def rotating(vault: Vault, folder: Path, report: Report) -> None:
    """All that live, and the longest that a sealing waited meanwhile."""
    rotation, keys, waited, over = Rotation(vault, folder), vault.count(), [0.0], threading.Event()

    def seal() -> None:
        number = 0
        while not over.wait(0.005):
            number += 1
            step = time.perf_counter()
            vault.seal(f"late:{number}", TEXT)
            waited.append(time.perf_counter() - step)

    sealer = threading.Thread(target=seal)
    begun = time.perf_counter()
    rotation.begin()
    sealer.start()
    while not rotation.go_on(20_000):
        pass
    over.set()
    sealer.join()
    waited.sort()
    report(name="vault: rotate the master key", value=time.perf_counter() - begun, unit="s", runs=1, data=f"{keys:,} keys")
    for share, name in ((0.99, "99 of 100"), (1.0, "the longest")):
        report(name=f"vault: seal a new record while keys rotate, {name}", value=waited[int(share * (len(waited) - 1))] * 1e3, unit="ms", runs=1,
               data=f"{len(waited):,} sealings")


def _each(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    for _ in range(20_000):
        act()
    return (time.perf_counter() - begun) / 20_000
