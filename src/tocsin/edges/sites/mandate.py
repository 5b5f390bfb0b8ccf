"""The floor's table of sites: by which key each signs, which roles its people have at most, and what it may do by itself while cut off."""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import get_args

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tocsin.edges.web.private import key_file
from tocsin.kernel import Role

KEY = "site.key"
"""The file in a site's records with the secret by which it signs."""
_NAME = re.compile(r"[a-z][a-z0-9]{0,7}")
MOST_SITES, MOST_PER_S = 100, 1_000
LONGEST_MARK = 12


class Mandate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one site is granted. `apart` names the doors that it may open by itself while its line is cut. `withdrawn` grants nothing any
    more: its key is still known, so that what it did before can come in, each as a conflict that somebody settles. `per_s` is how much
    it may ask of the floor a second, in the long run."""

    name: str
    key: str
    roles: tuple[Role, ...]
    apart: tuple[str, ...] = ()
    withdrawn: bool = False
    per_s: int = 20

    @property
    def public(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(self.key, validate=True))


class SiteTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every site of a floor."""

    sites: tuple[Mandate, ...] = ()

    def find(self, name: str) -> Mandate | None:
        """The site of this name."""
        return next((one for one in self.sites if one.name == name), None)


def faults(table: SiteTable, doors: Iterable[str]) -> Iterator[str]:
    """What is wrong with a table; `doors` are the paths of every door that takes a command."""
    known = set(doors)
    if len(table.sites) > MOST_SITES:
        yield f"more than {MOST_SITES} sites"
    if len({one.name for one in table.sites}) < len(table.sites):
        yield "two sites have one name"
    for one in table.sites:
        if not _NAME.fullmatch(one.name):
            yield f"{one.name}: a site's name is 1 to 8 lower-case letters and digits, a letter first"
        try:
            _ = one.public
        except (ValueError, binascii.Error):
            yield f"{one.name}: its key is not one that `tocsin site key` printed"
        if not 1 <= one.per_s <= MOST_PER_S:
            yield f"{one.name}: per_s is 1 to {MOST_PER_S}"
        yield from (f"{one.name}: {role} is no role of people" for role in one.roles if role not in get_args(Role) or role in ("device", "partner"))
        yield from (f"{one.name}: no door {door} takes a command" for door in one.apart if door not in known)


def site_key(data: Path) -> Ed25519PrivateKey:
    """The secret of the site whose records these are; made at the first asking, readable by its owner alone."""
    return Ed25519PrivateKey.from_private_bytes(key_file(data / KEY))


def printed(key: Ed25519PrivateKey) -> str:
    """The public key as it stands in a floor's table."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()
