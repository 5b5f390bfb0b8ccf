"""The table of command: levels, roles, plans, categories of patients, agencies and hospitals; a city writes it, it is checked first."""

import msgspec

from tocsin.kernel import Refused, Words


class CommandPlan(msgspec.Struct, frozen=True):
    """A plan of command: the roles it wants filled, and the objectives that are set with the declaration."""

    en: str
    zh: str
    roles: tuple[str, ...] = ()
    objectives: tuple[Words, ...] = ()


class Facility(msgspec.Struct, frozen=True, kw_only=True):
    """A receiving hospital. `agency` may report for it: its own name where the table names none."""

    name: str
    name_zh: str = ""
    lon: float
    lat: float
    agency: str = ""
    categories: tuple[str, ...] = ()
    """Which categories it takes at all; none named: all of them."""


class CommandTable(msgspec.Struct, frozen=True, kw_only=True):
    """One city's table; an empty one declares nothing and knows no agency."""

    version: str = "none"
    levels: dict[str, Words] = {}
    roles: dict[str, Words] = {}
    plans: dict[str, CommandPlan] = {}
    categories: dict[str, Words] = {}
    agencies: dict[str, Words] = {}
    facilities: dict[str, Facility] = {}
    sample: bool = False

    def known(self, matter: str, code: str, field: str) -> None:
        """Refuse a code that this table does not have; `matter` is one of its parts."""
        if code not in getattr(self, matter):
            one = _ONE[matter]
            names = ", ".join(getattr(self, matter)) or "none"
            raise Refused(f"{one.en.replace(' ', '_')}_unknown", f"there is no {one.en} {code}; there are: {names}",
                          f"没有“{code}”这一{one.zh}；可用：{names}", field=field, status=422)


_ONE = {"levels": Words("level", "响应级别"), "roles": Words("role", "岗位"), "plans": Words("plan", "预案"),
        "categories": Words("category", "伤情类别"), "agencies": Words("agency", "协作单位")}


def faults(table: CommandTable) -> list[str]:
    """What is wrong with a table, in sentences; empty where it is sound."""
    found = [f"plan {code}: there is no role {role}" for code, plan in table.plans.items() for role in plan.roles if role not in table.roles]
    for code, facility in table.facilities.items():
        if not (-180 <= facility.lon <= 180 and -90 <= facility.lat <= 90):
            found.append(f"facility {code}: {facility.lon}, {facility.lat} is no place")
        found += [f"facility {code}: a code has no slash"] if "/" in code else []
        found += [f"facility {code}: there is no category {name}" for name in facility.categories if name not in table.categories]
    return found


def with_hospitals(table: CommandTable, hospitals: list[tuple[str, float, float]]) -> CommandTable:
    """The table with the city's own hospitals, as (name, lon, lat), beside those it lists; a listed code wins.

    A code comes from the name, so that facts of years ago still mean the same house after the city is compiled anew; one
    without a name is known by where it stands.
    """
    found: dict[str, Facility] = {}
    for name, lon, lat in sorted(hospitals):
        stem = "-".join("".join(letter if letter.isalnum() else " " for letter in name.casefold()).split())[:60] or f"at-{lon:.3f}-{lat:.3f}"
        code = next(code for n in range(1, len(hospitals) + 2) if (code := stem if n == 1 else f"{stem}-{n}") not in found)
        found[code] = Facility(name=name or f"{lon:.3f}, {lat:.3f}", lon=lon, lat=lat)
    listed = {code: msgspec.structs.replace(one, agency=one.agency or one.name) for code, one in (found | table.facilities).items()}
    return msgspec.structs.replace(table, facilities=listed)
