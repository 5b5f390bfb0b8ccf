"""What is kept privately of each person and machine that may come in: hashes, public keys, sealed secrets; never in the ledger."""

import msgspec

from tocsin.kernel import Instant, Role


class Passkey(msgspec.Struct, frozen=True, kw_only=True):
    """One credential of WebAuthn: its public key, how often it has signed, and what its person calls it."""

    id: str
    public_key: str
    count: int
    label: str
    made: Instant
    used: Instant = 0
    rp: str
    """The host name it belongs to; it proves nothing at another."""


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """A post that somebody sits at, in which session, until when."""

    post: str
    roles: tuple[Role, ...]
    until: Instant
    session: str


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who signs in. With `once` the password is used up by the first sign-in, and `hash` is then empty."""

    name: str
    roles: tuple[Role, ...]
    hash: str
    once: bool = False
    agency: str = ""
    alone: bool = False
    """Whether the password is enough by itself: for machines that measure and for closed exercises, never by the command line."""
    handle: str = ""
    """What an authenticator is told instead of the name (WebAuthn, section 14.6.1)."""
    passkeys: tuple[Passkey, ...] = ()
    second: str = ""
    """The sealed secret of the second factor."""
    last_step: int = 0
    """The time step of the last code that was used: it and all before it are used up."""
    recovery: tuple[str, ...] = ()
    """Digests of the recovery codes that are left."""
    posts: tuple[str, ...] = ()
    """Posts that they may take."""
    seat: Seat | None = None
    subject: str = ""
    """Who they are to the city's own sign-in, from the first time on."""
    own: str = ""
    """Their own name, numbers and address, sealed: to find who looks at records of their own."""
    ended: bool = False


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """A machine that shows a key with each request; only the key's digest is kept."""

    name: str
    roles: tuple[Role, ...]
    key_sha256: str
    number: str = ""
    """Empty for a key of before keys had numbers: it has no end and cannot be told from its like in the console."""
    doors: tuple[str, ...] = ()
    """The addresses it is for; none: all that its roles open."""
    made: Instant = 0
    until: Instant = 0
    """When it ends; 0: never, which is only so for a tracker's key made on the command line."""
    used: Instant = 0


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """The file, `people.json`. Fields are only ever added, so that an older one is read as it is."""

    people: tuple[Person, ...] = ()
    devices: tuple[Device, ...] = ()
