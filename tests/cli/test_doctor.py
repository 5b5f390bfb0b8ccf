"""`tocsin doctor` on this machine, a real PostgreSQL and NATS, and on each of them set up badly on purpose."""

import os
import resource
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.floor import StillClock
from tests.postgres import own
from tocsin.cli import main
from tocsin.cli.settings import CONSOLE, SystemClock
from tocsin.house.fitness import Found
from tocsin.house.fitness.bus import bus
from tocsin.house.fitness.database import database
from tocsin.house.fitness.machine import machine


def states(found: Iterator[Found]) -> dict[str, str]:
    listed = list(found)
    assert all((one.do is None) == (one.state == "ok") for one in listed), "what is not ok says what to do"
    return {one.name: one.state for one in listed}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        return int(held.getsockname()[1])


def looked(data: Path, *, console: Path = CONSOLE, port: int = 0, cache: str = "") -> dict[str, str]:
    return states(machine(data, console, "127.0.0.1", port or free_port(), cache))


@contextmanager
def mounted(folder: Path) -> Iterator[Path]:
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m,ro", "tmpfs", str(folder)], capture_output=True, check=False).returncode:
        pytest.skip("a small tmpfs cannot be mounted here (needs root)")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def _answers(port: int) -> None:
    """Wait for a server that was just started."""
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)


def _reader(parts: dict[str, Any]) -> str:
    """A user that is not root and can reach the server's socket, if it is one."""
    folder = Path(str(parts.get("host", "")))
    return folder.owner() if folder.is_absolute() else "nobody"


def test_a_machine_that_is_fit_and_each_thing_that_is_not(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    good = looked(data, cache=str(tmp_path / "cache"))
    assert {good[name] for name in ("python", "packages", "sqlite", "numba", "data", "port")} == {"ok"}
    assert set(good) >= {"memory", "user", "file system", "room", "sync", "clock", "open files", "console"}
    data.chmod(0o755)
    (tmp_path / "file").touch()
    bare = tmp_path / "console"
    bare.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as held:
        bad = looked(data, console=bare, port=int(held.getsockname()[1]), cache=str(tmp_path / "file" / "cache"))
    assert {name: bad[name] for name in ("data", "numba", "port", "console")} == {"data": "warn", "numba": "warn", "port": "fail", "console": "fail"}


def test_a_place_that_cannot_be_written_and_one_that_is_gone_after_a_restart(tmp_path: Path) -> None:
    with mounted(tmp_path / "small") as small:
        found = looked(small / "data")
        assert found["data"] == "fail" and "sync" not in found
        subprocess.run(["mount", "-o", "remount,rw", str(small)], check=True)
        found = looked(small / "data")
        assert (found["data"], found["file system"], found["room"]) == ("ok", "fail", "fail")


def test_a_low_limit_of_open_files_is_seen(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (1_024, hard))
        assert looked(tmp_path)["open files"] == "warn"
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_the_command_says_it_in_both_languages_and_its_exit_status_tells(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["doctor", "--data", str(tmp_path), "--port", str(free_port())]
    done = main(words)
    assert done == (1 if "fail  " in capsys.readouterr().out else 0)
    with socket.create_server(("127.0.0.1", 0)) as held:
        assert main([*words[:3], "--port", str(held.getsockname()[1]), "--zh"]) == 1
    said = capsys.readouterr().out
    assert "不可" in said and "请停止占用该端口的程序" in said
    assert main([*words, "--database", "postgresql://nobody:secret-word@127.0.0.1:9/none", "--nats", f"127.0.0.1:{free_port()}"]) == 1
    said = capsys.readouterr().out
    assert "fail  postgresql" in said and "fail  nats" in said
    assert "secret-word" not in said


def test_a_database_that_is_fit_and_one_set_up_badly() -> None:
    with own() as server:
        address = server.get_uri()
        good = states(database(address, SystemClock()))
        assert {state for name, state in good.items() if name not in ("role", "checksums")} == {"ok"}, good
        assert states(database(address, StillClock()))["offset"] == "fail"
        with psycopg.connect(address, autocommit=True) as connection:
            assert not connection.execute("SELECT 1 FROM pg_namespace WHERE nspname LIKE 'tocsin_doctor%'").fetchall(), "nothing is left"
            for command in ("ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET full_page_writes = off", "CREATE ROLE weak LOGIN CONNECTION LIMIT 6",
                            "ALTER ROLE weak SET synchronous_commit = off", "CREATE DATABASE plain ENCODING 'SQL_ASCII' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'",
                            "SELECT pg_reload_conf()"):
                connection.execute(command.encode())
        parts = urlsplit(address)
        bad = states(database(parts._replace(netloc=f"weak@{parts.netloc.rpartition('@')[2]}", path="/plain").geturl(), SystemClock()))
    assert {name: bad[name] for name in ("fsync", "full_page_writes", "synchronous_commit", "encoding", "schema", "connections", "role")} == {
        "fsync": "fail", "full_page_writes": "fail", "synchronous_commit": "fail", "encoding": "fail", "schema": "fail", "connections": "fail", "role": "ok"}


@pytest.mark.skipif(not shutil.which("pgbouncer"), reason="pgbouncer is not on this machine")
@pytest.mark.parametrize(("mode", "state"), [("session", "ok"), ("transaction", "fail")])
def test_a_pooler_of_transactions_is_found_out_and_one_of_sessions_is_fit(postgres: str, tmp_path: Path, mode: str, state: str) -> None:
    parts, port = psycopg.conninfo.conninfo_to_dict(postgres), free_port()
    (tmp_path / "users").write_text(f'"{parts["user"]}" "{parts.get("password", "")}"\n')
    (tmp_path / "ini").write_text(f"""[databases]
pooled = host={parts.get("host", "127.0.0.1")} port={parts.get("port", 5432)} dbname={parts["dbname"]} user={parts["user"]}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {tmp_path / "users"}
pool_mode = {mode}
ignore_startup_parameters = extra_float_digits,options
""")
    tmp_path.chmod(0o755)
    for folder in (tmp_path.parent, tmp_path.parent.parent):
        folder.chmod(folder.stat().st_mode | 0o011)
    words = ["pgbouncer", str(tmp_path / "ini")] + (["-u", _reader(parts)] if os.geteuid() == 0 else [])
    with (tmp_path / "log").open("w") as log, subprocess.Popen(words, stderr=log, stdout=log) as pooler:
        try:
            _answers(port)
            found = states(database(f"postgresql://{parts['user']}@127.0.0.1:{port}/pooled", SystemClock()))
        finally:
            pooler.terminate()
    assert (found.get("lock"), found.get("notify")) == (state, state), (found, (tmp_path / "log").read_text())


@pytest.mark.skipif(not shutil.which("nats-server"), reason="nats-server is not on this machine")
def test_a_nats_server_says_its_version_and_whether_it_keeps_streams(tmp_path: Path) -> None:
    for words, expected in ((["-js", "-sd", str(tmp_path)], "ok"), ([], "fail")):
        port = free_port()
        with subprocess.Popen(["nats-server", "-a", "127.0.0.1", "-p", str(port), *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
            try:
                _answers(port)
                found = states(bus(f"nats://127.0.0.1:{port}"))
            finally:
                server.terminate()
        assert found["jetstream"] == expected
    assert states(bus(f"127.0.0.1:{free_port()}")) == {"nats": "fail"}
