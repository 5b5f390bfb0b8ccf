"""A city's table of aid: its neighbours, who consents, which kinds of unit may be lent and how many of each stay; each city has its own."""

import re
from urllib.parse import urlsplit

import msgspec

from tocsin.kernel import Refused, Words

_CODE = re.compile(r"[A-Za-z0-9]{1,8}")
ROLES = ("dispatcher", "supervisor")


class Neighbour(msgspec.Struct, frozen=True, kw_only=True):
    """A neighbouring city: its names, where its house answers, the file with the key that it gave us, and which kinds may go there.

    Our own people give it a key of ours by the name that it has here.
    """

    en: str
    zh: str
    address: str
    key_file: str = ""
    key: str = ""
    lend: tuple[str, ...] = ()
    """The kinds of unit that may be lent to it; none named: every kind."""


class AidTable(msgspec.Struct, frozen=True, kw_only=True):
    """What one city has settled about helping its neighbours and being helped. An empty one helps nobody and asks nobody."""

    stays: dict[str, int] = {}
    """By kind of unit: how many must stay on duty here; of a kind that is not listed, one."""
    consent: tuple[str, ...] = ROLES
    """Which roles consent to a loan."""
    neighbours: dict[str, Neighbour] = {}
    sample: bool = False

    def neighbour(self, code: str, field: str = "of", status: int = 404) -> Neighbour:
        """The neighbour of this code; refused where there is none."""
        found = self.neighbours.get(code)
        if found is None:
            raise Refused("neighbour_unknown", f"there is no neighbouring city {code}; there are: {', '.join(self.neighbours) or 'none'}",
                          f"没有相邻城市 {code}；可选：{'、'.join(self.neighbours) or '无'}", field=field, status=status)
        return found

    def least(self, unit_kind: str) -> int:
        """How many of a kind must stay."""
        return self.stays.get(unit_kind, 1)

    def names(self) -> dict[str, Words]:
        """Each neighbour's name."""
        return {code: Words(one.en, one.zh) for code, one in self.neighbours.items()}


ALONE = AidTable()


def faults(table: AidTable) -> list[str]:
    """What is wrong with a table, in sentences; empty where it is sound."""
    found = [f"consent: {role} is none of {', '.join(ROLES)}" for role in table.consent if role not in ROLES]
    found += [] if table.consent else ["consent: nobody may consent"]
    found += [f"stays: {kind} cannot be {least}" for kind, least in table.stays.items() if least < 0]
    for code, one in table.neighbours.items():
        if not _CODE.fullmatch(code):
            found.append(f"neighbour {code}: a code is 1 to 8 letters and digits, as units are called by it")
        found += [f"neighbour {code}: no words in {tongue}" for tongue, text in (("English", one.en), ("Chinese", one.zh)) if not text.strip()]
        parts = urlsplit(one.address)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.username:
            found.append(f"neighbour {code}: its address is http(s)://HOST:PORT")
        if not one.key_file and not one.key:
            found.append(f"neighbour {code}: key_file names the file with the key that it gave us")
    return found
