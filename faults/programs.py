"""A program of ours as a process, with a port and a log: started, asked whether it answers, killed, frozen, ended as an operator does."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
READY_S = 90.0


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


class Program:
    """One process, as often as it is started."""

    def __init__(self, log: Path) -> None:
        self.port = free_port()
        self.log = log.open("ab")
        self.process: subprocess.Popen[bytes] | None = None
        self.frozen = False

    @property
    def address(self) -> str:
        """Where it is reached."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def ended(self) -> bool:
        """Whether it is not running."""
        return self.process is None or self.process.poll() is not None

    @property
    def pid(self) -> int:
        """The process, which runs."""
        assert self.process is not None
        return self.process.pid

    def run(self, *words: str) -> None:
        """Start `python -m` with these words; it is looked at later whether it answers."""
        self.process = subprocess.Popen([sys.executable, "-m", *words], cwd=ROOT, stdout=self.log, stderr=self.log,
                                        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])})

    def answers(self, within_s: float = READY_S) -> bool:
        """Whether it comes to answer."""
        pause, until_s = threading.Event(), time.monotonic() + within_s
        with httpx.Client(trust_env=False, timeout=2) as client:  # one, since each that is made reads all certificates of the machine
            while time.monotonic() < until_s:
                try:
                    if client.get(f"{self.address}/health").status_code < 600:
                        return True
                except httpx.HTTPError:
                    if self.ended:
                        return False
                pause.wait(0.1)
        return False

    def kill(self) -> None:
        """End it without a farewell."""
        if self.process is not None:
            if self.frozen:
                self.thaw()
            self.process.kill()
            self.process.wait()

    def stop(self, *, wait: bool = True) -> None:
        """End it as an operator does."""
        assert self.process is not None
        self.process.terminate()
        if wait:
            self.process.wait()

    def gone(self) -> None:
        """Wait until it has ended by itself."""
        assert self.process is not None
        self.process.wait()

    def freeze(self) -> None:
        """It does nothing from now on, and its connections stand."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)
        self.frozen = True

    def thaw(self) -> None:
        """It goes on where it was."""
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)
        self.frozen = False

    def close(self) -> None:
        """End it for good."""
        self.kill()
        self.log.close()
