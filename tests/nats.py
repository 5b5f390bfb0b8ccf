"""A real NATS with JetStream for tests: one of the tests' own, which they may kill; else the one that TOCSIN_TEST_NATS names."""

import os
import shutil
import socket
import subprocess
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

import pytest

NAMED = os.environ.get("TOCSIN_TEST_NATS", "")


class Nats:
    """A server on a port of its own, and its store; killed and begun again with the same store or without it."""

    def __init__(self) -> None:
        self._binary = shutil.which("nats-server") or ""
        if not self._binary:
            pytest.skip("no nats-server can be started here: put the program on the path")
        self.folder = Path(tempfile.mkdtemp(prefix="tocsin-nats-"))
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def address(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it takes conversations."""
        self.process = subprocess.Popen([self._binary, "-js", "-a", "127.0.0.1", "-p", str(self.port), "-sd", str(self.folder)], stderr=subprocess.DEVNULL)
        pause = threading.Event()
        for _ in range(1_000):
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            pause.wait(0.02)
        raise AssertionError("nats-server does not answer")

    def kill(self, *, forget: bool = False) -> None:
        """End it as a power cut would; with `forget` its store is gone too."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)
        if forget:
            shutil.rmtree(self.folder / "jetstream", ignore_errors=True)

    def close(self) -> None:
        """End it for good."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
