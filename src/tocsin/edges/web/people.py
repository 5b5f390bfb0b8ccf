"""Who may come in: people with passkeys or argon2id hashes, machines with keys, and demo accounts whose password works once."""

import asyncio
import hashlib
import secrets
from collections.abc import Iterable
from pathlib import Path

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tocsin.edges.web.attempts import Attempts
from tocsin.edges.web.credentials import Device, Kept, Passkey, Person, Seat
from tocsin.edges.web.own_details import OwnDetails
from tocsin.edges.web.papers import Paper, PaperFolder, Papers
from tocsin.edges.web.passkeys import handle_of, wrong
from tocsin.edges.web.private import Sealing
from tocsin.edges.web.problems import refusal
from tocsin.edges.web.second import Second
from tocsin.engines.own_use import Own, OwnIn
from tocsin.kernel import Clock, Refused, Role

PEOPLE = "people.json"
"""The name of their paper."""
STAFF: tuple[Role, ...] = ("call_taker", "dispatcher", "supervisor", "responder", "planner", "auditor", "admin")
PARTNER: Role = "partner"
"""Another agency's people: with their own sign-in and only their own tasks. No member of staff is one."""
DEMO_AGENCY = "Sample water works"
"""The agency of the demo's partner; it stands in the sample table of agencies."""
_AT_ONCE = 2
_MOST_WAITING = 16
_AHEAD_S, _USED_S = 300, 60
_S = 1_000_000
# argon2id as OWASP's password storage guide puts first; one lane, so that a sign-in never takes more than one core from the floor.
_PASSES, _MEMORY_KIB = 1, 46 * 1024


class People:
    """The people and devices of one house, and the one place where passwords are looked at. Without `papers` they are files of the data folder."""

    def __init__(self, folder: Path, clock: Clock, papers: Papers | None = None) -> None:
        self.folder, self.clock = folder, clock
        self.papers = papers or PaperFolder(folder)
        self._paper = Paper(self.papers, PEOPLE, clock, self._take)
        self._used_at = 0
        """When the paper was last written for nothing but when keys were used."""
        self._take()
        self._sealing = Sealing(folder)
        self._own = OwnDetails(self._sealing)
        self.second = Second(self._sealing, clock)
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

    def add(self, name: str, roles: tuple[Role, ...], password: str, agency: str = "", *, alone: bool = False) -> None:
        """Let somebody in from now on, or give them a new password and roles. Unless it is enough `alone`, the first sign-in
        sets up a second factor or a passkey."""
        fitting(roles, agency)
        self._paper.begin()
        before = self._people.get(name)
        held = msgspec.structs.replace(before, passkeys=(), second="", recovery=(), seat=None, ended=False) if before else self.fresh(name)
        self.keep(msgspec.structs.replace(held, roles=roles, hash=self._hasher.hash(password), agency=agency, alone=alone, once=False))

    def fresh(self, name: str) -> Person:
        """Somebody who cannot sign in yet."""
        return Person(name=name, roles=(), hash="", handle=handle_of(secrets.token_hex(32)))

    def add_device(self, name: str, roles: tuple[Role, ...] = ("device",)) -> str:
        """Let a machine in from now on; its key is told once, here, and never again."""
        self._paper.begin()
        key = secrets.token_urlsafe(32)
        digest = hashlib.sha256(key.encode()).hexdigest()
        self._devices[digest] = Device(name=name, roles=roles, key_sha256=digest)
        self._keep([])
        return key

    def __len__(self) -> int:
        self._paper.keep_up()
        return sum(not person.ended for person in self._people.values())

    def find(self, name: str) -> Person | None:
        """Somebody who is let in; None for one who is not (or no longer)."""
        self._paper.keep_up()
        person = self._people.get(name)
        return None if person is None or person.ended else person

    def all(self) -> list[Person]:
        """Everybody, those who are no longer let in as well."""
        self._paper.keep_up()
        return list(self._people.values())

    def roles(self, name: str, session: str = "") -> tuple[Role, ...] | None:
        """The present roles of a person, those of the post they sit at in this session too; None for one who is not let in."""
        person = self.find(name)
        if person is None:
            return None
        seat = self.seat(person)
        return (*person.roles, *seat.roles) if seat is not None and seat.session == session else person.roles

    def seat(self, person: Person) -> Seat | None:
        """The post that somebody sits at now; it ends by itself."""
        return person.seat if person.seat is not None and self.clock.now() < person.seat.until else None

    def agency(self, name: str) -> str:
        """The agency of a partner; empty for everybody else."""
        person = self.find(name)
        return person.agency if person else ""

    def own(self, name: str) -> OwnIn | None:
        """What is looked for in what somebody is shown, where it was given."""
        person = self.find(name)
        return self._own.ready(person) if person else None

    def with_own(self, person: Person, own: Own) -> Person:
        """The person with other own details, sealed; empty ones take them away."""
        return self._own.given(person, own)

    def own_kinds(self, person: Person) -> tuple[str, ...]:
        """Of which kinds own details are kept."""
        return self._own.read(person).kinds()

    def device(self, key: str) -> Device | None:
        """The machine that shows this key; found by digest, so that the time taken says nothing about the key."""
        self._paper.keep_up()
        digest, now = hashlib.sha256(key.encode()).hexdigest(), self.clock.now()
        if digest not in self._devices and self._paper.missed():
            self._take()
        device = self._devices.get(digest)
        if device is None or (device.until and not device.made - _AHEAD_S * _S <= now < device.until):
            return None
        if device.number and now - device.used >= _USED_S * _S:
            device = msgspec.structs.replace(device, used=now)
            self._devices[device.key_sha256] = device
            if self.papers.leads and abs(now - self._used_at) >= _USED_S * _S:  # once for all keys: ten thousand of them are a paper of megabytes
                self._used_at = now
                self.write()  # at one that follows it is a hint for as long as nobody writes
        return device

    def numbered(self, number: str) -> Device | None:
        """The machine whose key has this number, whether that has ended or not."""
        self._paper.keep_up()
        return self._devices.get(self._numbers.get(number, ""))

    def devices(self) -> list[Device]:
        """Every machine."""
        self._paper.keep_up()
        return list(self._devices.values())

    def keep_device(self, device: Device | None, *, gone: str = "") -> None:
        """Let a machine in, or change one; and let one (by its digest) in no more."""
        self._paper.begin()
        self._devices.pop(gone, None)
        if device is not None:
            self._devices[device.key_sha256] = device
            if device.number:
                self._numbers[device.number] = device.key_sha256
        self.write()

    async def prove(self, name: str, password: str, address: str, code: str = "") -> Person:
        """The person, if the password is theirs, and the code where they have a second factor. An unknown name costs the same
        time; failures slow this name and address. What is good once is used up by it."""
        self._paper.begin()
        if self._waiting >= _MOST_WAITING:
            raise refusal(503)
        self._attempts.begin(name, address)
        right = await self._right(name, password)
        person = self.find(name)
        if not right or person is None or not person.hash:
            raise Refused("sign_in_failed", "The name or the password is wrong.", "用户名或密码错误。", status=401)
        if person.second and not code:
            raise Refused("code_needed", "Now the code of your second factor.", "请输入第二因素验证码。", field="code", status=401)
        if person.second:
            used = self.second.used(person, code)
            if used is None:
                raise Refused("code_wrong", "That code is wrong, or was used already; the next one comes within half a minute.",
                              "验证码错误或已使用过，半分钟内会有新的验证码。", field="code", status=401)
            self.keep(used)
        elif person.once:
            self.keep(msgspec.structs.replace(person, hash=""))
        self._attempts.succeeded(name, address)
        return person

    async def _right(self, name: str, password: str) -> bool:
        """Whether this is the password, also once it has been looked at: another sign-in may have used it up meanwhile."""
        person = self.find(name)
        stored = person.hash if person and person.hash else self._nobody
        self._waiting += 1
        try:
            async with self._seats:
                right = await asyncio.to_thread(self._matches, stored, password)
        finally:
            self._waiting -= 1
        after = self.find(name)
        return right and after is not None and after.hash == stored

    async def hashed(self, password: str) -> str:
        """What is kept of a password, made beside the loop and few at once."""
        if self._waiting >= _MOST_WAITING:
            raise refusal(503)
        self._waiting += 1
        try:
            async with self._seats:
                return await asyncio.to_thread(self._hasher.hash, password)
        finally:
            self._waiting -= 1

    def by_passkey(self, number: str) -> tuple[Person, Passkey]:
        """Whose passkey this is, and the passkey; Refused where it is nobody's."""
        self._paper.keep_up()
        for person in self._people.values():
            for held in person.passkeys:
                if held.id == number and not person.ended:
                    return person, held
        raise wrong()

    def keep(self, person: Person) -> None:
        """Somebody as they are from now on, on the disk before anything is believed of it."""
        self._keep([person])

    def _matches(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    def _take(self) -> None:
        """As they are now."""
        held = self._paper.read()
        kept = msgspec.json.decode(held, type=Kept) if held else Kept()
        self._people = {person.name: person for person in kept.people}
        self._devices = {device.key_sha256: device for device in kept.devices}
        self._numbers = {device.number: device.key_sha256 for device in kept.devices if device.number}

    def _keep(self, changed: Iterable[Person]) -> None:
        self._paper.begin()
        self._people |= {person.name: person for person in changed}
        self.write()

    def write(self) -> None:
        """The paper anew."""
        kept = Kept(people=tuple(self._people.values()), devices=tuple(self._devices.values()))
        self._paper.write(msgspec.json.format(msgspec.json.encode(kept), indent=1))


def fitting(roles: tuple[Role, ...], agency: str) -> None:
    """Refused where roles and agency do not go together. A partner has an agency, and no other role."""
    if PARTNER in roles and not agency:
        raise Refused("agency_missing", "A partner needs an agency: without one no task could be theirs.", "协作单位账号必须指明所属单位。",
                      field="agency", status=422)
    if PARTNER in roles and set(roles) != {PARTNER}:
        raise Refused("roles_mixed", "A partner has no other role: what is the floor's is not shown to another agency.",
                      "协作单位账号不能兼有指挥大厅的角色。", field="roles", status=422)
    if agency and PARTNER not in roles:
        raise Refused("agency_without_partner", "Only a partner has an agency.", "只有协作单位账号才填写所属单位。", field="agency", status=422)
