"""Machine keys: a name, a scope and an end; rotated with an overlap, revoked at once; only digests are kept."""

import hashlib
import secrets
from collections.abc import Callable, Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from tocsin.edges.web.bodies import read_ask, read_command
from tocsin.edges.web.coming import Coming
from tocsin.edges.web.credentials import Device
from tocsin.edges.web.me import Nothing
from tocsin.edges.web.menu import Answer, Asked, Line
from tocsin.edges.web.people import People
from tocsin.facts.access import KeyGiven, KeyRevoked
from tocsin.kernel import Instant, Refused, Role

MOST_DAYS = 90
_MOST_KEYS = 20_000
"""A tracker for each of ten thousand units, and as many more for keys that overlap as they are rotated."""
_S = 1_000_000
_NEVER = ("admin", "partner")
Number = Annotated[str, Meta(min_length=4, max_length=24)]


class GiveKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key to make: for which machine, with which roles, for which doors of theirs (none: all), for how many days."""

    name: Annotated[str, Meta(pattern=r"^\S(.{0,78}\S)?$")]
    roles: Annotated[tuple[Role, ...], Meta(min_length=1, max_length=6)] = ("device",)
    doors: Annotated[tuple[Annotated[str, Meta(max_length=120)], ...], Meta(max_length=60)] = ()
    days: Annotated[int, Meta(ge=1, le=MOST_DAYS)] = MOST_DAYS


class RotateKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key to replace, and how many hours the old one goes on."""

    number: Number
    overlap_h: Annotated[int, Meta(ge=0, le=168)] = 24


class RevokeKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key to end at once."""

    number: Number


class KeyView(msgspec.Struct, frozen=True, kw_only=True):
    """A new key; it is told here and never again."""

    number: str
    key: str
    until: Instant


class KeyLine(msgspec.Struct, frozen=True, kw_only=True):
    """A key as it is listed."""

    number: str
    name: str
    roles: tuple[str, ...]
    doors: tuple[str, ...]
    made: Instant
    until: Instant
    used: Instant


class KeysView(msgspec.Struct, frozen=True, kw_only=True):
    """Every key that has not been revoked."""

    keys: tuple[KeyLine, ...]


def new_key(name: str, roles: tuple[Role, ...], doors: tuple[str, ...], days: float, now: Instant) -> tuple[Device, str]:
    """A machine and its key. Refused for roles that no machine has."""
    if not 0 < days <= MOST_DAYS:
        raise Refused("key_days", f"A key lasts {MOST_DAYS} days at most.", f"密钥有效期最长 {MOST_DAYS} 天。", field="days", status=422)
    if set(roles) & set(_NEVER):
        raise Refused("key_role", "No machine is an administrator or a partner.", "设备密钥不能具有管理员或协作单位角色。", field="roles", status=422)
    key = secrets.token_urlsafe(32)
    return Device(name=name, roles=roles, key_sha256=hashlib.sha256(key.encode()).hexdigest(), number=secrets.token_hex(5), doors=doors,
                  made=now, until=now + int(days * 86_400 * _S)), key


def given(device: Device, instead_of: str = "") -> KeyGiven:
    """The fact of a new key."""
    return KeyGiven(number=device.number, name=device.name, roles=device.roles, doors=device.doors, until=device.until, instead_of=instead_of)


def key_lines(coming: Coming, menu: Callable[[], Sequence[Line]]) -> list[Line]:
    """The lines of machine keys."""
    people = coming.people

    async def see(asked: Asked) -> Answer:
        read_ask(Nothing, asked.query, {})
        return KeysView(keys=tuple(KeyLine(number=one.number, name=one.name, roles=one.roles, doors=one.doors, made=one.made, until=one.until, used=one.used)
                                   for one in people.devices()))

    async def give(asked: Asked) -> Answer:
        said = read_command(GiveKey, asked.body, {})
        if people.find(said.name) is not None:  # what is kept says who by name alone
            raise Refused("name_taken", "A person has this name; give the machine another.", "已有人员使用该名称，请为设备另取名称。", field="name", status=409)
        if len(people.devices()) >= _MOST_KEYS:
            raise Refused("keys_full", f"At most {_MOST_KEYS} keys; revoke some.", f"最多 {_MOST_KEYS} 个密钥，请先吊销部分。")
        opened = {line.path for line in menu() if line.roles is not None and (not line.roles or set(line.roles) & set(said.roles))}
        if strange := [door for door in said.doors if door not in opened]:
            raise Refused("door_unknown", f"These roles do not open {strange[0]}.", f"所选角色不能访问 {strange[0]}。", field="doors", status=422)
        device, key = new_key(said.name, said.roles, said.doors, said.days, people.clock.now())
        await coming.keep(_by(asked), given(device))
        people.keep_device(device)
        return KeyView(number=device.number, key=key, until=device.until)

    async def rotate(asked: Asked) -> Answer:
        said, now = read_command(RotateKey, asked.body, {}), people.clock.now()
        old = _numbered(people, said.number)
        device, key = new_key(old.name, old.roles, old.doors, MOST_DAYS, now)
        await coming.keep(_by(asked), given(device, old.number))
        ends = now + said.overlap_h * 3600 * _S
        people.keep_device(device)
        people.keep_device(msgspec.structs.replace(_numbered(people, said.number), until=min(ends, old.until)))
        return KeyView(number=device.number, key=key, until=device.until)

    async def revoke(asked: Asked) -> Answer:
        said = read_command(RevokeKey, asked.body, {})
        old = _numbered(people, said.number)
        people.keep_device(None, gone=old.key_sha256)
        await coming.keep(_by(asked), KeyRevoked(number=old.number))
        return {}

    return [
        Line(verb="GET", path="/api/keys", roles=("admin",), purpose="access", asks=Nothing, answers=KeysView, act=see,
             says="Every machine key: its scope, its end, and when it was last used."),
        Line(verb="POST", path="/api/keys", roles=("admin",), purpose="access", asks=GiveKey, answers=KeyView, act=give, fresh=True,
             says="Make a machine key; it is shown once."),
        Line(verb="POST", path="/api/keys/rotate", roles=("admin",), purpose="access", asks=RotateKey, answers=KeyView, act=rotate, fresh=True,
             says="Make a key in the place of another, which goes on for some hours."),
        Line(verb="POST", path="/api/keys/revoke", roles=("admin",), purpose="access", asks=RevokeKey, act=revoke, fresh=True,
             says="End a machine key at once."),
    ]


def _numbered(people: People, number: str) -> Device:
    found = people.numbered(number)
    if found is None:
        raise Refused("key_unknown", f"There is no key {number}.", f"没有密钥 {number}。", field="number", status=404)
    return found


def _by(asked: Asked) -> str:
    assert asked.known is not None
    return asked.known.asker.name
