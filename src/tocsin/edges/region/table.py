"""The table of a region: its cities with their addresses and keys, and the digests of the keys by which its picture may be read."""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec

from tocsin.kernel import Words


class RegionCity(msgspec.Struct, frozen=True, kw_only=True):
    """A city: its names, where its house answers, and the file with the key that it gave (a planner's, for `/api/live` alone)."""

    en: str
    zh: str
    address: str
    key_file: str = ""
    key: str = ""


class Says(NamedTuple):
    """The region's own words for codes of kinds and of skills."""

    kinds: dict[str, Words]
    skills: dict[str, Words]


UNNAMED = Says({}, {})


class RegionWords(msgspec.Struct, frozen=True, kw_only=True):
    """A code in both languages."""

    en: str
    zh: str


class RegionTable(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a region follows, and who may read it."""

    cities: dict[str, RegionCity]
    kinds: dict[str, RegionWords] = {}
    """Kinds of incident in words, by the code that they have in the cities' plans; one that is not named is shown by its code."""
    skills: dict[str, RegionWords] = {}
    readers: dict[str, str] = {}
    """By the reader's name: the SHA-256 of its key, in hexadecimal."""

    def names(self) -> dict[str, Words]:
        """Each city's name."""
        return {code: Words(city.en, city.zh) for code, city in self.cities.items()}

    def says(self) -> Says:
        """Codes in words."""
        return Says(*({code: Words(one.en, one.zh) for code, one in of.items()} for of in (self.kinds, self.skills)))


def faults(table: RegionTable) -> list[str]:
    """What is wrong with a table, in sentences; empty where it is sound."""
    found = [] if table.cities else ["it names no city"]
    found += [] if table.readers else ["it names no reader"]
    found += [f"reader {name}: a key's SHA-256 is 64 hexadecimal digits" for name, digest in table.readers.items() if not re.fullmatch("[0-9a-f]{64}", digest)]
    for code, city in table.cities.items():
        parts = urlsplit(city.address)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.username:
            found.append(f"city {code}: its address is http(s)://HOST:PORT")
        if not city.key_file and not city.key:
            found.append(f"city {code}: key_file names the file with the key that it gave")
        found += [f"city {code}: no words in {tongue}" for tongue, text in (("English", city.en), ("Chinese", city.zh)) if not text.strip()]
    found += [f"{code}: no words in {tongue}" for of in (table.kinds, table.skills) for code, one in of.items() for tongue, text in (("English", one.en), ("Chinese", one.zh)) if not text.strip()]
    return found
