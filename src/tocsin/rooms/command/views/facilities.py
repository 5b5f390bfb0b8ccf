"""Receiving hospitals as they are seen: live rows, the list, and the ranking for an incident with a reason for each."""

from tocsin.facts.command import CapacityReported, DiversionBegun, DiversionEnded, PatientsSent
from tocsin.facts.dispatch import IncidentOpened, PriorityChanged
from tocsin.kernel import Ask, Kept, Picture, Refused, Row, Sight, View, Words
from tocsin.rooms.command.commands import ReadHospitals
from tocsin.rooms.command.model import Choice, CommandTable, Diversion, FacilityNow, Ground, choices, facility_after

_LIGHTS_TO = 2
"""Priorities 1 and 2 are driven with lights and sirens, to a hospital as to a scene."""


class FacilityRow(Row, frozen=True, kw_only=True, tag="facility"):
    """A hospital that has reported, been diverted from, or been sent patients: counts alone."""

    now: FacilityNow


class Facilities(Picture):
    """Hospitals by code, from their first word on; a city has some dozens of them."""

    name = "facility"
    row_type = FacilityRow

    def fold(self, kept: Kept) -> tuple[str, ...]:
        fact = kept.fact
        if not isinstance(fact, CapacityReported | DiversionBegun | DiversionEnded | PatientsSent):
            return ()
        row = self.rows.get(fact.facility)
        now = facility_after(row.now if isinstance(row, FacilityRow) else None, kept)
        assert now is not None
        self.rows[fact.facility] = FacilityRow(id=fact.facility, now=now)
        return (fact.facility,)


class FacilityLine(View, frozen=True, kw_only=True):
    """One hospital of the city and what it last said."""

    facility: str
    name: str
    name_zh: str
    lon: float
    lat: float
    agency: str
    now: FacilityNow


class FacilitiesView(View, frozen=True, kw_only=True):
    """The receiving hospitals."""

    facilities: tuple[FacilityLine, ...]


class HospitalLine(View, frozen=True, kw_only=True):
    """One hospital in a ranking. `lacks` is empty where it takes patients, else the code of what speaks against it:
    `full`, `diverted`, `not_taken`, `unreachable`. `left` is how many it can still take, None where that is not known.
    """

    facility: str
    name: str
    name_zh: str
    lon: float
    lat: float
    eta_s: int | None
    lacks: str
    left: int | None
    diversions: tuple[Diversion, ...]
    now: FacilityNow
    why: Words


class Hospitals(View, frozen=True, kw_only=True):
    """Where patients can go, best first, for one category or for any."""

    incident: str
    category: str
    at: int
    hospitals: tuple[HospitalLine, ...]


def read_facilities(table: CommandTable, ask: Ask, sight: Sight) -> FacilitiesView:
    """Every hospital; a partner is shown its own alone."""
    nows = facilities_now(sight)
    agency = sight.by.agency if "partner" in sight.by.roles else None
    return FacilitiesView(facilities=tuple(
        FacilityLine(facility=code, name=one.name, name_zh=one.name_zh, lon=one.lon, lat=one.lat, agency=one.agency,
                     now=nows.get(code, FacilityNow(facility=code, name=one.name)))
        for code, one in table.facilities.items() if agency is None or (agency and one.agency == agency)))


def read_hospitals(table: CommandTable, ground: Ground, ask: ReadHospitals, sight: Sight) -> Hospitals:
    """The ranking from where the incident is, as things stand now."""
    opened, priority = None, 4
    for kept in sight.history(f"incident:{ask.incident}"):
        if isinstance(kept.fact, IncidentOpened):
            opened, priority = kept.fact, kept.fact.priority
        elif isinstance(kept.fact, PriorityChanged):
            priority = kept.fact.priority
    if opened is None:
        raise Refused("incident_unknown", f"there is no incident {ask.incident}", f"没有警情 {ask.incident}", field="incident", status=404)
    if ask.category:
        table.known("categories", ask.category, "category")
    lines = hospital_lines(ground, table, sight, (opened.place.lon, opened.place.lat), ask.category, lights=priority <= _LIGHTS_TO)
    return Hospitals(incident=ask.incident, category=ask.category, at=sight.now(), hospitals=lines)


def facilities_now(sight: Sight) -> dict[str, FacilityNow]:
    """What each hospital last said, by code."""
    return {code: row.now for code, row in sight.rows("facility").items() if isinstance(row, FacilityRow)}


def hospital_lines(ground: Ground, table: CommandTable, sight: Sight, place: tuple[float, float], category: str, *, lights: bool) -> tuple[HospitalLine, ...]:
    """The ranking from a place, each hospital with its reason."""
    at = sight.now()
    found = choices(ground, table, facilities_now(sight), place, category, lights=lights, at=at, closed=tuple(sight.look("closed")))
    return tuple(HospitalLine(
        facility=one.code, name=one.facility.name, name_zh=one.facility.name_zh, lon=one.facility.lon, lat=one.facility.lat,
        eta_s=one.eta_s if one.eta_s >= 0 else None, lacks=one.lacks, left=one.left, diversions=one.diversions, now=one.now,
        why=_why(one, table, category, at)) for one in found)


def _why(one: Choice, table: CommandTable, category: str, at: int) -> Words:
    parts = [_road(one), *([_not_taken(table, category)] if one.lacks == "not_taken" else []),
             *(_diverted(diversion, table, at) for diversion in one.diversions), _capacity(one, table, category, at)]
    return Words("; ".join(part.en for part in parts) + ".", "；".join(part.zh for part in parts) + "。")


def _road(one: Choice) -> Words:
    if one.eta_s < 0:
        return Words("no open road leads there", "无路可达")
    clock = f"{one.eta_s // 60}:{one.eta_s % 60:02d}"
    return Words(f"{clock} by road", f"车程 {clock}")


def _not_taken(table: CommandTable, category: str) -> Words:
    words = table.categories[category]
    return Words(f"does not take {words.en}", f"不收{words.zh}")


def _diverted(diversion: Diversion, table: CommandTable, at: int) -> Words:
    named = [table.categories.get(name, Words(name, name)) for name in diversion.categories]
    en, zh = (" and ".join(one.en for one in named), "、".join(one.zh for one in named)) if named else ("all", "全部")
    minutes = max(1, -(-(diversion.until - at) // 60_000_000))
    until = (f" for another {minutes} min", f"，还有 {minutes} 分钟") if diversion.until else ("", "")
    return Words(f"on diversion for {en}{until[0]} ({diversion.reason})", f"分流：{zh}{until[1]}（{diversion.reason}）")


def _capacity(one: Choice, table: CommandTable, category: str, at: int) -> Words:
    if one.left is None:
        return Words("places not reported", "未通报床位")
    minutes = (at - one.now.reported_at) // 60_000_000
    words = table.categories.get(category, Words("", ""))
    kind = (f" {words.en}", words.zh) if category else ("", "")
    ago = (f"{minutes} min ago", f"{minutes} 分钟前") if minutes else ("just now", "刚刚")
    gone = sum(one.now.sent.values()) if not category else one.now.sent.get(category, 0)
    since = (f", {gone} sent since", f"，其后已送 {gone} 人") if gone else ("", "")
    places = "place" if one.left == 1 else "places"
    return Words(f"{one.left}{kind[0]} {places} left, reported {ago[0]}{since[0]}", f"余{kind[1]}床位 {one.left}，{ago[1]}通报{since[1]}")
