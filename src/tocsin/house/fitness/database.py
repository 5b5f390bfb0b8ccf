"""A PostgreSQL that is to hold a ledger: reached, new enough, allowed to, durable, and really one session behind one connection."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from secrets import randbits
from typing import Any, LiteralString

import psycopg

from tocsin.house.fitness import Found, graded, ok
from tocsin.kernel import Clock, Words
from tocsin.ledger.postgres import PostgresStore
from tocsin.ledger.store import StoreFailed

_OLDEST = 14
_NEEDED = 12
"""A house has eight readers, one that writes, and some more while it starts or is copied."""
_PATIENCE_S = 2.0
_US = 1_000_000
_Connection = psycopg.Connection[tuple[Any, ...]]


def database(address: str, clock: Clock) -> Iterator[Found]:
    """Everything about one address. Nothing is left in the database: what has to be tried is taken back."""
    try:
        with psycopg.connect(address, autocommit=True, connect_timeout=5) as one, psycopg.connect(address, autocommit=True, connect_timeout=5) as other:
            yield _version(one)
            yield from _settings(one)
            yield _may_create(one)
            yield _superuser(one)
            yield _connections(one)
            yield _offset(one, clock)
            yield _session(address)
            yield _one_session(one, other)
            yield _notified(one, other)
    except psycopg.Error as error:
        said = " ".join(re.sub(r"(?i)password=\S+", "", str(error)).split())[:200]
        yield Found("postgresql", "fail", Words(f"cannot be reached or asked: {said}", f"无法连接或查询：{said}"),
                    Words("See that it runs, that pg_hba.conf lets this user in, and that the address is right.", "请确认数据库已运行、pg_hba.conf 允许该用户且地址无误。"))


def _ask(connection: _Connection, question: LiteralString, *values: int | str) -> Any:
    row = connection.execute(question, values or None).fetchone()
    return None if row is None else row[0]


def _version(one: _Connection) -> Found:
    said = str(_ask(one, "SHOW server_version"))
    return graded("postgresql", Words(f"PostgreSQL {said}", f"PostgreSQL {said}"), Words(f"Use PostgreSQL {_OLDEST} or newer.", f"请使用 PostgreSQL {_OLDEST} 或更高版本。"),
                  fails=one.info.server_version < _OLDEST * 10_000)


def _settings(one: _Connection) -> Iterator[Found]:
    """What makes an acknowledged commit last through a power cut. `synchronous_commit` is asked for by the house itself, but a role may be held below it."""
    for name, wanted in (("fsync", ("on",)), ("full_page_writes", ("on",)), ("synchronous_commit", ("on", "remote_write", "remote_apply"))):
        held = str(_ask(one, "SELECT current_setting(name) FROM pg_settings WHERE name = %s", name))
        yield graded(name, Words(held, held), Words(f"Set {name} = on: without it a power cut can take facts that were acknowledged.", f"请设置 {name} = on：否则断电可能丢失已确认的事实。"),
                     fails=held not in wanted)
    encoding, checked = str(_ask(one, "SHOW server_encoding")), str(_ask(one, "SHOW data_checksums"))
    yield graded("encoding", Words(encoding, encoding), Words("Create the database with ENCODING 'UTF8'.", "请以 ENCODING 'UTF8' 创建数据库。"), fails=encoding != "UTF8")
    yield graded("checksums", Words(checked, checked), Words("Turn data checksums on (pg_checksums --enable, while it is stopped).", "请启用数据校验和（停机后执行 pg_checksums --enable）。"),
                 fails=False, warns=checked != "on")


def _may_create(one: _Connection) -> Found:
    name = f"tocsin_doctor_{randbits(40):x}"
    do = Words("GRANT CREATE ON DATABASE … TO this role, or create its schema (tocsin_floor) for it.", "请授予该角色 CREATE ON DATABASE，或预先为其创建模式 tocsin_floor。")
    try:
        with one.transaction(force_rollback=True):
            one.execute(f"CREATE SCHEMA {name}".encode())
            one.execute(f"CREATE TABLE {name}.tried (one bigint PRIMARY KEY)".encode())
    except psycopg.errors.InsufficientPrivilege:
        return Found("schema", "fail", Words("this role may not create a schema", "该角色无权创建模式"), do)
    return ok("schema", "this role may create one", "该角色可创建模式")


def _superuser(one: _Connection) -> Found:
    held = _ask(one, "SHOW is_superuser") == "on"
    return graded("role", Words("a superuser" if held else "no superuser", "超级用户" if held else "非超级用户"),
                  Words("Give the ledger a role of its own: a superuser can drop what keeps rows from being changed.", "请为账本使用专用角色：超级用户可移除防篡改约束。"), fails=False, warns=held)


def _connections(one: _Connection) -> Found:
    most = int(_ask(one, "SHOW max_connections")) - int(_ask(one, "SHOW superuser_reserved_connections"))
    limit, used = int(_ask(one, "SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user")), int(_ask(one, "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"))
    free = min(most - used, limit if limit >= 0 else most)
    return graded("connections", Words(f"{free} of {most} are free for this role", f"{most} 个连接中该角色可用 {free} 个"),
                  Words(f"A house takes up to {_NEEDED}: raise max_connections or the role's limit.", f"每个实例最多使用 {_NEEDED} 个连接：请提高 max_connections 或角色上限。"),
                  fails=free < _NEEDED, warns=free < 2 * _NEEDED)


def _offset(one: _Connection, clock: Clock) -> Found:
    before = clock.now()
    there = _ask(one, "SELECT clock_timestamp()")
    after = clock.now()
    assert isinstance(there, datetime)
    offset_s = round(there.astimezone(UTC).timestamp() - (before + after) / 2 / _US, 2)
    return graded("offset", Words(f"its clock differs by {abs(offset_s):.2f} s", f"与其时钟相差 {abs(offset_s):.2f} 秒"),
                  Words("Synchronise both machines' clocks.", "请同步两台机器的时钟。"), fails=abs(offset_s) > 60, warns=abs(offset_s) > 1)


def _session(address: str) -> Found:
    """The settings that the house asks for when it connects; poolers refuse some of them."""
    try:
        PostgresStore(address, "doctor").exists()
    except StoreFailed as error:
        said = " ".join(str(error).split())[:160]
        return Found("session settings", "fail", Words(f"refused: {said}", f"被拒绝：{said}"), _POOLED)
    return ok("session settings", "taken", "已接受")


def _one_session(one: _Connection, other: _Connection) -> Found:
    """Whether a lock of a session is one's own. Through a pooler of transactions another connection is given the same session, and with it the lock."""
    key = randbits(62)
    mine = _ask(one, "SELECT pg_backend_pid() FROM pg_try_advisory_lock(%s)", key)
    theirs, taken = other.execute("SELECT pg_backend_pid(), pg_try_advisory_lock(%s)", (key,)).fetchone() or (0, True)
    still = _ask(one, "SELECT pg_backend_pid() FROM pg_advisory_unlock(%s)", key)
    if taken:
        other.execute("SELECT pg_advisory_unlock(%s)", (key,))
    pooled = bool(taken) or mine == theirs or still != mine
    return graded("lock", Words("not one session behind one connection" if pooled else "one session behind each connection",
                                "一个连接背后不是同一会话" if pooled else "每个连接对应一个会话"), _POOLED, fails=pooled)


def _notified(one: _Connection, other: _Connection) -> Found:
    channel, word = f"tocsin_doctor_{randbits(40):x}", f"{randbits(40):x}"
    one.execute(f"LISTEN {channel}".encode())
    other.execute(f"NOTIFY {channel}, '{word}'".encode())
    heard = any(note.payload == word for note in one.notifies(timeout=_PATIENCE_S, stop_after=1))
    one.execute(f"UNLISTEN {channel}".encode())
    return graded("notify", Words("heard" if heard else f"not heard within {_PATIENCE_S:.0f} s", "收到" if heard else f"{_PATIENCE_S:.0f} 秒内未收到"), _POOLED, fails=not heard)


_POOLED = Words("Name the server itself, or a pool in session mode: a pooler of transactions (pgbouncer pool_mode=transaction) gives the lock of the one that writes away.",
                "请直连数据库或使用会话模式连接池：事务模式连接池（pgbouncer pool_mode=transaction）会丢失写入者的锁。")
