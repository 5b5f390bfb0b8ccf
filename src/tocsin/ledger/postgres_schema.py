"""The tables of a ledger in PostgreSQL, version by version; what was laid down is never edited here, a change is the next version.

Each version is the statements that make it out of the one before. A ledger that is begun today goes through all of them, so that one
that was migrated and one that was begun are the same.
"""

from collections.abc import Callable
from time import perf_counter
from typing import Any, LiteralString

import psycopg
from psycopg import sql

Told = Callable[[str, float], None]
"""Is told each statement that was carried out, and how many seconds it took."""
_FIRST: tuple[LiteralString, ...] = (
    "CREATE TABLE {s}.meta (name text PRIMARY KEY, value text NOT NULL)",
    "CREATE TABLE {s}.entries (position bigint PRIMARY KEY, nodes bytea NOT NULL, line bytea NOT NULL)",
    "ALTER TABLE {s}.entries ALTER line SET STORAGE EXTERNAL",  # sealed and salted bytes do not compress
    'CREATE TABLE {s}.tags (name text COLLATE "C" PRIMARY KEY, id bigint NOT NULL UNIQUE)',
    "CREATE TABLE {s}.marks (tag bigint NOT NULL, position bigint NOT NULL, PRIMARY KEY (tag, position))",
    'CREATE TABLE {s}.keys (key text COLLATE "C" PRIMARY KEY, first bigint NOT NULL, last bigint NOT NULL)',
    "CREATE TABLE {s}.leader (one boolean PRIMARY KEY DEFAULT true CHECK (one), epoch bigint NOT NULL, head bigint NOT NULL, pid integer NOT NULL)",
    "INSERT INTO {s}.leader VALUES (true, 0, 0, 0)",
    """CREATE FUNCTION {s}.only_grows() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'the ledger only grows' USING ERRCODE = 'restrict_violation'; END $$""",
    """CREATE FUNCTION {s}.go_on(held bigint, before bigint, after bigint, channel text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
       UPDATE {s}.leader SET head = after WHERE epoch = held AND head = before;
       IF NOT FOUND THEN RAISE EXCEPTION 'another leads this ledger' USING ERRCODE = 'object_not_in_prerequisite_state'; END IF;
       PERFORM pg_notify(channel, after::text); END $$""",
    *(f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {{s}}.{table} FOR EACH STATEMENT EXECUTE FUNCTION {{s}}.only_grows()"
      for table in ("meta", "entries", "tags", "marks", "keys")),
)
_SECOND: tuple[LiteralString, ...] = (
    # who leads: when it was last heard of, and what the others need in order to reach it
    """ALTER TABLE {s}.leader ADD beat timestamptz NOT NULL DEFAULT now(), ADD node text NOT NULL DEFAULT '', ADD address text NOT NULL DEFAULT '',
       ADD program text NOT NULL DEFAULT ''""",
    'CREATE TABLE {s}.vault_keys (record text COLLATE "C" PRIMARY KEY, wrapped bytea)',
    "CREATE TABLE {s}.vault_meta (name text PRIMARY KEY, value bigint NOT NULL)",
    "CREATE TABLE {s}.masters (epoch bigint PRIMARY KEY, sealed bytea NOT NULL)",
    'CREATE TABLE {s}.files (number text COLLATE "C" NOT NULL, part boolean NOT NULL, box bytea NOT NULL, PRIMARY KEY (number, part))',
    "ALTER TABLE {s}.files ALTER box SET STORAGE EXTERNAL",
    'CREATE TABLE {s}.papers (name text COLLATE "C" PRIMARY KEY, version bigint NOT NULL, content bytea NOT NULL)',
    # when each session was last seen, which a node that follows writes too
    'CREATE TABLE {s}.seen (session text COLLATE "C" PRIMARY KEY, at bigint NOT NULL)',
    # the fence of everything beside the entries: shared, so that writers do not wait for one another, and nobody takes over in between
    """CREATE FUNCTION {s}.still_leads(held bigint) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
       PERFORM 1 FROM {s}.leader WHERE epoch = held FOR SHARE;
       IF NOT FOUND THEN RAISE EXCEPTION 'another leads this ledger' USING ERRCODE = 'object_not_in_prerequisite_state'; END IF; END $$""",
)
VERSIONS: tuple[tuple[LiteralString, ...], ...] = (_FIRST, _SECOND)
VERSION = len(VERSIONS)
_AGE: tuple[LiteralString, ...] = (  # the version is the one line of `meta` that changes
    "ALTER TABLE {s}.meta DISABLE TRIGGER meta_only_grows", "UPDATE {s}.meta SET value = {v} WHERE name = 'version'", "ALTER TABLE {s}.meta ENABLE TRIGGER meta_only_grows")


def lay(connection: psycopg.Connection[Any], schema: str, name: str, version: int = VERSION) -> None:
    """Lay down the tables of an empty ledger, in the transaction of the caller; of an older version where a test asks for it."""
    connection.execute(sql.SQL("CREATE SCHEMA {s}").format(s=sql.Identifier(schema)))
    _carry_out(connection, schema, [one for each in VERSIONS[:version] for one in each], lambda words, took_s: None)
    connection.execute(sql.SQL("INSERT INTO {s}.meta VALUES ('name', %s), ('version', %s)").format(s=sql.Identifier(schema)), (name, str(version)))


def raise_to(connection: psycopg.Connection[Any], schema: str, held: int, told: Told) -> None:
    """Bring the tables from a version up to this program's, in the transaction of the caller."""
    for version in range(held + 1, VERSION + 1):
        _carry_out(connection, schema, [*VERSIONS[version - 1], *_AGE], told, version)


def _carry_out(connection: psycopg.Connection[Any], schema: str, statements: list[LiteralString], told: Told, version: int = VERSION) -> None:
    for statement in statements:
        begun = perf_counter()
        connection.execute(sql.SQL(statement).format(s=sql.Identifier(schema), v=sql.Literal(str(version))))
        told(" ".join(statement.replace("{s}.", "").partition(" AS ")[0].split()), perf_counter() - begun)
