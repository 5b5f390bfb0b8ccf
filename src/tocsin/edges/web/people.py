"""Who may come in: people with argon2id hashes, devices with keys, and demo accounts whose password works once."""

import asyncio
import hashlib
import secrets
from collections.abc import Iterable
from pathlib import Path

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tocsin.edges.web.attempts import Attempts
from tocsin.edges.web.problems import refusal
from tocsin.edges.web.sessions import write_privately
from tocsin.kernel import Clock, Refused, Role

STAFF: tuple[Role, ...] = ("call_taker", "dispatcher", "supervisor", "responder", "planner", "auditor", "admin")
PARTNER: Role = "partner"
"""Another agency's people: with their own sign-in and only their own tasks. No member of staff is one."""
DEMO_AGENCY = "Sample water works"
"""The agency of the demo's partner; it stands in the sample table of agencies."""
_AT_ONCE = 2
_MOST_WAITING = 16
# argon2id as OWASP's password storage guide puts first; one lane, so that a sign-in never takes more than one core from the floor.
_PASSES, _MEMORY_KIB = 1, 46 * 1024


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who signs in. With `once` the password is used up by the first sign-in, and `hash` is then empty."""

    name: str
    roles: tuple[Role, ...]
    hash: str
    once: bool = False
    agency: str = ""


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """A machine that shows a key with each request; only the key's digest is kept."""

    name: str
    roles: tuple[Role, ...]
    key_sha256: str


class _File(msgspec.Struct, frozen=True, kw_only=True):
    people: tuple[Person, ...] = ()
    devices: tuple[Device, ...] = ()


class People:
    """The people and devices of one data folder (`people.json`), and the one place where passwords are looked at."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.folder = folder
        self.clock = clock
        self._path = folder / "people.json"
        kept = msgspec.json.decode(self._path.read_bytes(), type=_File) if self._path.exists() else _File()
        self._people = {person.name: person for person in kept.people}
        self._devices = {device.key_sha256: device for device in kept.devices}
        self._hasher = PasswordHasher(time_cost=_PASSES, memory_cost=_MEMORY_KIB, parallelism=1)
        self._nobody = self._hasher.hash(secrets.token_urlsafe(16))
        self._attempts = Attempts(clock)
        self._seats = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0

    @classmethod
    def demo(cls, folder: Path, clock: Clock) -> tuple["People", list[tuple[str, str]]]:
        """The people of a demo: one account for each role, named after it, and their fresh one-time passwords to print."""
        people = cls(folder, clock)
        passwords = [(role, secrets.token_urlsafe(9)) for role in (*STAFF, PARTNER)]
        people._keep(Person(name=name, roles=(name,), hash=people._hasher.hash(password), once=True, agency=DEMO_AGENCY if name == PARTNER else "")
                     for name, password in passwords)
        return people, [(str(role), password) for role, password in passwords]

    def add(self, name: str, roles: tuple[Role, ...], password: str, agency: str = "") -> None:
        """Let somebody in from now on, or give them a new password and roles. A partner has an agency, and no other role."""
        if PARTNER in roles and not agency:
            raise Refused("agency_missing", "A partner needs an agency: without one no task could be theirs.", "协作单位账号必须指明所属单位。",
                          field="agency", status=422)
        if PARTNER in roles and set(roles) != {PARTNER}:
            raise Refused("roles_mixed", "A partner has no other role: what is the floor's is not shown to another agency.",
                          "协作单位账号不能兼有指挥大厅的角色。", field="roles", status=422)
        if agency and PARTNER not in roles:
            raise Refused("agency_without_partner", "Only a partner has an agency.", "只有协作单位账号才填写所属单位。", field="agency", status=422)
        self._keep([Person(name=name, roles=roles, hash=self._hasher.hash(password), agency=agency)])

    def add_device(self, name: str, roles: tuple[Role, ...] = ("device",)) -> str:
        """Let a machine in from now on; its key is told once, here, and never again."""
        key = secrets.token_urlsafe(32)
        digest = hashlib.sha256(key.encode()).hexdigest()
        self._devices[digest] = Device(name=name, roles=roles, key_sha256=digest)
        self._keep([])
        return key

    def __len__(self) -> int:
        return len(self._people)

    def roles(self, name: str) -> tuple[Role, ...] | None:
        """The present roles of a person, or None for one who is not (or no longer) let in."""
        person = self._people.get(name)
        return person.roles if person else None

    def agency(self, name: str) -> str:
        """The agency of a partner; empty for everybody else."""
        person = self._people.get(name)
        return person.agency if person else ""

    def device(self, key: str) -> Device | None:
        """The machine that shows this key; found by digest, so that the time taken says nothing about the key."""
        return self._devices.get(hashlib.sha256(key.encode()).hexdigest())

    async def prove(self, name: str, password: str, address: str) -> Person:
        """The person, if the password is theirs; an unknown name costs the same time. Failures slow this name and address."""
        if self._waiting >= _MOST_WAITING:
            raise refusal(503)
        self._attempts.begin(name, address)
        person = self._people.get(name)
        stored = person.hash if person and person.hash else self._nobody
        self._waiting += 1
        try:
            async with self._seats:
                right = await asyncio.to_thread(self._matches, stored, password)
        finally:
            self._waiting -= 1
        # Another sign-in may have used the password up meanwhile.
        if not right or person is None or not person.hash or self._people.get(name) is not person:
            raise Refused("sign_in_failed", "The name or the password is wrong.", "用户名或密码错误。", status=401)
        self._attempts.succeeded(name, address)
        if person.once:
            self._keep([msgspec.structs.replace(person, hash="")])
        return person

    def _matches(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    def _keep(self, changed: Iterable[Person]) -> None:
        self._people |= {person.name: person for person in changed}
        kept = _File(people=tuple(self._people.values()), devices=tuple(self._devices.values()))
        write_privately(self._path, msgspec.json.format(msgspec.json.encode(kept), indent=1))
