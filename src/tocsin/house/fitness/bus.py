"""A NATS server that is to carry the ledger to other places: what it says of itself in its first line, without a client."""

import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import msgspec

from tocsin.house.fitness import Found, graded
from tocsin.kernel import Words

_PORT, _MOST = 4222, 1 << 16
_OLDEST = (2, 10)


def bus(address: str) -> Iterator[Found]:
    """Whether it answers, is new enough, and has JetStream."""
    parts = urlsplit(address if "://" in address else f"nats://{address}")
    try:
        with socket.create_connection((parts.hostname or "localhost", parts.port or _PORT), timeout=5) as line, line.makefile("rb") as said:
            first = said.readline(_MOST)
        told: dict[str, Any] = msgspec.json.decode(first.removeprefix(b"INFO "), type=dict[str, Any])
    except (OSError, msgspec.DecodeError) as error:
        yield Found("nats", "fail", Words(f"does not answer as NATS ({error})", f"未按 NATS 应答（{error}）"), Words("See that nats-server runs there.", "请确认 nats-server 在该地址运行。"))
        return
    version = str(told.get("version", "0"))
    yield graded("nats", Words(f"NATS {version}", f"NATS {version}"), Words("Use 2.10 or newer: before it `sync_interval` cannot be set.", "请使用 2.10 或更高版本：此前无法设置 sync_interval。"),
                 fails=False, warns=tuple(int(part) for part in version.split(".")[:2] if part.isdecimal()) < _OLDEST)
    yield graded("jetstream", Words("on" if told.get("jetstream") else "off", "已启用" if told.get("jetstream") else "未启用"), Words("Turn JetStream on (nats-server -js).", "请启用 JetStream（nats-server -js）。"),
                 fails=not told.get("jetstream"))
