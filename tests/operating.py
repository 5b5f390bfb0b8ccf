"""Runs the commands of a page as a shell would, with `tocsin` answered by one warm process that forks: a page of forty commands in seconds.

The page's own house: `tocsin serve` comes back once it answers, and goes on until a block asks for it to be stopped.
"""

import array
import contextlib
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Self

_CLIENT = """#!{python} -S
import array, json, os, socket, sys
line = socket.socket(socket.AF_UNIX)
line.connect({at!r})
asked = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
line.sendmsg([len(asked).to_bytes(4, "big")], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0, 1, 2]))])
line.sendall(asked)
sys.exit(int(line.recv(8) or b"9"))
"""
_PATIENCE_S = 60


class Shell:
    """A folder, a shell in it, and a warm `tocsin` on its path."""

    def __init__(self, folder: Path, port: int, **more: str) -> None:
        self.folder, self._port = folder, port
        self._bin = Path(tempfile.mkdtemp(prefix="tocsin-page-"))
        at = str(self._bin / "socket")
        client = self._bin / "tocsin"
        client.write_text(_CLIENT.format(python=sys.executable, at=at))
        client.chmod(client.stat().st_mode | stat.S_IXUSR)
        self._env = {**os.environ, **more, "PATH": f"{self._bin}:{os.environ['PATH']}", "PORT": str(port), "LANG": "C.UTF-8"}
        self._warm = subprocess.Popen([sys.executable, "-m", "tests.operating", at], env=self._env, cwd=Path(__file__).resolve().parent.parent, stdout=subprocess.PIPE)
        assert self._warm.stdout is not None
        with self._warm.stdout as said:
            said.readline()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop_house()
        self._warm.terminate()
        self._warm.wait()

    def run(self, commands: str) -> subprocess.CompletedProcess[str]:
        """Run a block's lines, one after another; the first that fails ends it."""
        with tempfile.TemporaryFile("w+") as said:  # a file, since the house goes on writing after the shell has ended
            done = subprocess.run(["bash", "-euo", "pipefail", "-c", commands], cwd=self.folder, env=self._env, stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                                  check=False, timeout=120)
            said.seek(0)
            return subprocess.CompletedProcess(commands, done.returncode, said.read())

    def house_runs(self) -> bool:
        """Whether the page's own house answers."""
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{self._port}/health", timeout=2) as answer:
            return bool(answer.status == 200)
        return False

    def stop_house(self) -> None:
        """End the page's own house, if it runs."""
        note = self._bin / "house"
        if note.exists():
            house = int(note.read_text())
            note.unlink()
            with contextlib.suppress(ProcessLookupError):  # it is gone, and has let go of its records
                os.kill(house, signal.SIGTERM)
                for _ in range(_PATIENCE_S * 20):
                    os.kill(house, 0)
                    time.sleep(0.05)


def serve(at: str) -> None:
    """The warm process: everything is imported once, and each command is a fork of it."""
    cli = import_module("tocsin.cli")
    cli.parser()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the forks, and those that ended are gone
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(at)
    listener.listen(8)
    print("warm", flush=True)
    while True:
        line, _ = listener.accept()
        head, ancillary, _, _ = line.recvmsg(4, socket.CMSG_SPACE(3 * 4))
        fds = array.array("i", ancillary[0][2])
        asked = b""
        while len(asked) < int.from_bytes(head, "big"):
            asked += line.recv(1 << 16)
        words, folder, env = json.loads(asked)
        if os.fork() == 0:
            listener.close()
            _answer(cli, line, list(fds), words, folder, env)
        for fd in fds:
            os.close(fd)
        line.close()


def _answer(cli: ModuleType, line: socket.socket, fds: list[int], words: list[str], folder: str, env: dict[str, str]) -> None:
    """In the fork: be the command, and say how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number, fd in enumerate(fds):
        os.dup2(fd, number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    if words[:1] == ["serve"]:
        (Path(line.getsockname()).parent / "house").write_text(str(os.getpid()))
        if os.fork() == 0:
            _when_it_answers(line, int(env["PORT"]), os.getppid())
        line.close()
    code = 9
    try:
        code = cli.main(words)
    except SystemExit as ended:
        code = int(ended.code or 0)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        if words[:1] != ["serve"]:
            line.sendall(str(code).encode())
        os._exit(code)


def _when_it_answers(line: socket.socket, port: int, house: int) -> None:
    for _ in range(_PATIENCE_S * 20):
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2):
            line.sendall(b"0")
            os._exit(0)
        if os.getppid() != house:
            break
        time.sleep(0.05)
    line.sendall(b"1")
    os._exit(1)


def blocks(page: str) -> Iterator[tuple[str, str]]:
    """The fenced blocks of a page and its hidden preparations, in order: (info, lines)."""
    info, held = "", list[str]()
    inside = False
    for text in page.splitlines():
        if text.startswith("<!-- test:") and text.endswith("-->"):
            yield "hidden", text.removeprefix("<!-- test:").removesuffix("-->").strip()
        elif text.startswith("```"):
            if inside:
                yield info, "\n".join(held)
            inside, info, held = not inside, text[3:].strip(), []
        elif inside:
            held.append(text)


if __name__ == "__main__":
    serve(sys.argv[1])
