"""The one place where what a tracker said is taken: whose key it is, which unit it speaks for, whether that is on duty; each answer counted."""

from collections import Counter
from collections.abc import Iterable
from typing import TypeVar

from tocsin.edges.gateways.trackers.last import NOTHING, Latest
from tocsin.edges.gateways.trackers.lately import Lately
from tocsin.edges.gateways.trackers.points import Garbage, Heard, Point
from tocsin.edges.web.credentials import Device
from tocsin.edges.web.people import People
from tocsin.edges.web.quota import Allowance, Buckets
from tocsin.house import Asker, House
from tocsin.kernel import Instant, Refused, Row, Words
from tocsin.rooms.fleet.views import TrackerRow, UnitRow
from tocsin.trail import Fix

POSITIONS = "/api/positions"
"""A key for some doors alone is a tracker's where it names this one."""
MOST_POINTS = 500
"""In one message; a phone that was without a net sends its hours one by one, or a few hundred at a time."""
ALLOWED = Allowance(1_200, 30)
"""Points of one tracker: hours of a phone that was without a net at once, then many times what one sends that is on its way."""
R = TypeVar("R", bound=Row)
_KNOWN = frozenset({"kept", "late", "repeated"})


class Taking:
    """What all protocols hand their messages to. Asked on the event loop alone."""

    def __init__(self, house: House, people: People) -> None:
        self._house, self._people = house, people
        self._buckets = Buckets(people.clock.now)
        self.counts: Counter[tuple[str, str]] = Counter()
        """How many points had which verdict, and how many messages were refused with which code, by protocol."""
        self.lately = Lately(people.clock)
        self.latest = Latest()
        self.open: dict[str, str] = {}
        """Protocols that are heard beside HTTP, and where: a port, or the broker's address without its password."""
        self.unheard: Words | None = None
        """Why nothing is heard from the broker; None where it is, or where there is none."""

    @property
    def leads(self) -> bool:
        """Whether positions are taken at this node at all."""
        return self._house.ledger.leads

    def devices(self) -> list[Device]:
        """Every key that is a tracker's; one without a number cannot be bound and is left out."""
        return [one for one in self._people.devices() if one.number and is_tracker(one)]

    def clock(self) -> Instant:
        """The time by which keys end and messages were last heard."""
        return self._people.clock.now()

    def bound(self, number: str) -> TrackerRow | None:
        """What a tracker speaks for."""
        return _row(self._house, "tracker", number, TrackerRow)

    def now(self) -> Instant:
        """The house's time, by which a message is heard."""
        return self._house.clock.now()

    def device(self, protocol: str, key: str) -> Device:
        """Whose key this is; Refused, in the same words for one that was never given and one that has ended."""
        return self._tracker(protocol, self._people.device(key) if key else None)

    def numbered(self, protocol: str, number: str) -> Device:
        """Whose number this is, where somebody else has looked at the key; Refused as `device` is."""
        found, now = self._people.numbered(number), self._people.clock.now()
        return self._tracker(protocol, found if found is not None and (not found.until or now < found.until) else None)

    def _tracker(self, protocol: str, found: Device | None) -> Device:
        if found is None or not is_tracker(found):
            raise self.refused(protocol, Refused("tracker_key_wrong", "No tracker has this key. Look at the settings of the device, and at the page of keys.",
                                                 "没有使用该密钥的定位终端，请检查设备设置与密钥页面。", status=401))
        return found

    def take(self, protocol: str, device: Device, heard: Heard) -> list[str]:
        """What was made of each point: a verdict of the trail, or a code for one that is not taken now or later. Refused where a whole message
        is: one that names another tracker, or comes too fast (then it may be sent again)."""
        if heard.names and heard.names != device.number:
            raise self.refused(protocol, Refused("tracker_other", "This key is another tracker's than the message names.", "消息所称终端与密钥不符。", status=403), device)
        if not all(self._buckets.take((device.key_sha256, "points"), ALLOWED) for _ in heard.points[:MOST_POINTS]) or len(heard.points) > MOST_POINTS:
            raise self.refused(protocol, Refused("tracker_flood", "This tracker sends faster than one may; send it again in a minute.", "该终端上报过快，请一分钟后重发。", status=429), device)
        verdicts = self._verdicts(device, heard.points)
        self._count(protocol, device.number, verdicts or [NOTHING])
        return verdicts

    def garbage(self, protocol: str, fault: Garbage, device: Device | None = None) -> Refused:
        """The no to what is not of its protocol."""
        return self.refused(protocol, Refused(fault.code, "This is no message of that protocol.", "消息格式与协议不符。", status=400), device)

    def refused(self, protocol: str, no: Refused, device: Device | None = None) -> Refused:
        """A no, counted."""
        self._count(protocol, device.number if device else "", [no.code])
        return no

    def _verdicts(self, device: Device, points: Iterable[Point]) -> list[str]:
        heard_at, unit = self._house.clock.now(), self.unit(device)
        if isinstance(unit, str):
            return [unit for _ in points]
        fixes = [Fix(unit=unit.id, lon=point.lon, lat=point.lat, device_at=heard_at if point.device_at is None else point.device_at, heard_at=heard_at,
                     accuracy_m=point.accuracy_m, speed_mps=point.speed_mps, heading_deg=point.heading_deg) for point in points]
        within = [fix for fix in fixes if fix.device_at >= unit.on_since]
        found = iter(self._house.verdicts(within, Asker(device.name, frozenset(device.roles)))) if within else iter(())
        return [next(found) if fix.device_at >= unit.on_since else "tracker_before_shift" for fix in fixes]

    def unit(self, device: Device) -> UnitRow | str:
        """The unit on duty that a tracker speaks for, or the code of why it speaks for none."""
        bound = self.bound(device.number)
        if bound is None:
            return "tracker_not_bound"
        unit = _row(self._house, "unit", bound.unit, UnitRow)
        if unit is None:
            return "unit_not_on_shift"
        return "tracker_other_shift" if bound.shift and bound.shift != unit.shift else unit

    def _count(self, protocol: str, number: str, codes: list[str]) -> None:
        self.counts.update((protocol, code) for code in codes)
        self.lately.add(number, (code for code in codes if code not in _KNOWN))
        if number:
            self.latest.add(number, protocol, codes[-1], self._people.clock.now())


def is_tracker(device: Device) -> bool:
    """Whether a key is a tracker's: a device's, and not for other doors alone."""
    return "device" in device.roles and (not device.doors or POSITIONS in device.doors)


def _row(house: House, picture: str, key: str, kind: type[R]) -> R | None:
    found = house.row(picture, key)
    return found if isinstance(found, kind) else None
