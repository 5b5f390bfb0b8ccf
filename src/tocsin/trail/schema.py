"""The tables of a trail in PostgreSQL, in a schema of their own: what is in it expires, what is in the ledger's does not."""

from typing import LiteralString

from psycopg import sql

VERSION = 1
SCHEMA: tuple[LiteralString, ...] = (
    "CREATE TABLE {s}.writer (one boolean PRIMARY KEY DEFAULT true CHECK (one), version integer NOT NULL, epoch bigint NOT NULL, flush bigint NOT NULL, head bigint NOT NULL)",
    "INSERT INTO {s}.writer VALUES (true, 1, 0, 0, 0)",
    'CREATE TABLE {s}.units (id integer PRIMARY KEY, name text COLLATE "C" NOT NULL UNIQUE)',
    "CREATE TABLE {s}.board (one boolean PRIMARY KEY DEFAULT true CHECK (one), flush bigint NOT NULL, content bytea NOT NULL)",
    "CREATE TABLE {s}.steps (flush bigint PRIMARY KEY, content bytea NOT NULL)",
    "ALTER TABLE {s}.steps ALTER content SET STORAGE EXTERNAL",
    "CREATE TABLE {s}.days (day integer PRIMARY KEY, part integer NOT NULL)",
    """CREATE TABLE {s}.pieces (part integer NOT NULL, unit integer NOT NULL, first_at bigint NOT NULL, last_at bigint NOT NULL, points bytea NOT NULL)
       PARTITION BY LIST (part)""",
    "ALTER TABLE {s}.pieces ALTER points SET STORAGE EXTERNAL",  # floats and instants hardly compress, and are read far more often than they would be worth it
    "CREATE INDEX pieces_by_unit ON {s}.pieces (unit, first_at)",
    """CREATE FUNCTION {s}.go_on(held bigint, number bigint, upto bigint) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
       UPDATE {s}.writer SET flush = number, head = upto WHERE epoch = held AND flush = number - 1;
       IF NOT FOUND THEN RAISE EXCEPTION 'another leads this trail' USING ERRCODE = 'object_not_in_prerequisite_state'; END IF; END $$""",
)
"""One partition holds one day, whole or thinned; `days` says which is read. In `pieces`, unit 0 is a flush of many units as it came.

`steps` are the board's last changes, for the nodes that follow; `board` is where it stood after one of them. `writer` is the fence.
"""
MANY = 0
"""The unit of a row that holds points of many units."""


def part_of(day: int, *, thinned: bool) -> int:
    """The number of the partition that holds a day."""
    return 2 * day + thinned


def table_of(part: int) -> sql.Identifier:
    """The name of a partition's table, without its schema."""
    return sql.Identifier(f"day_{part // 2}_thinned" if part % 2 else f"day_{part // 2}")
