"""The lines at which trackers of others report over HTTP: each lets in by a key within what it sends, and by nothing of a browser's."""

from collections.abc import Awaitable, Callable

from litestar import Response

from tocsin.edges.gateways.trackers import osmand, owntracks
from tocsin.edges.gateways.trackers.points import Garbage, Heard
from tocsin.edges.gateways.trackers.taking import Taking
from tocsin.edges.web.credentials import Device
from tocsin.edges.web.health import Part
from tocsin.edges.web.menu import Answer, Asked, Line
from tocsin.kernel import Refused, Words

OSMAND, OWNTRACKS = "/trackers/osmand", "/trackers/owntracks"
_WORKS = Words("All other trackers work. Whoever keeps the devices looks at their settings, and at the pages of keys and units.",
               "其他终端正常。请设备管理人员检查设备设置、密钥与绑定。")


class TrackerLines:
    """One line for each protocol and verb. Where a message is for good (taken, or never to be taken) the answer is 200, since both clients keep
    anything else and send it again before all that came later; where somebody must mend something or it is too much, it is not."""

    def __init__(self, taking: Taking) -> None:
        self._taking = taking

    def lines(self) -> list[Line]:
        """Every line."""
        return [
            _line("GET", OSMAND, self.osmand, "Where Traccar Client and others that speak OsmAnd's protocol report: a query whose `id` is the tracker's key."),
            _line("POST", OSMAND, self.osmand, "The same as a query, a form, or the JSON of Traccar Client 9, whose `device_id` is the tracker's key."),
            _line("POST", OWNTRACKS, self.owntracks, "Where OwnTracks reports in HTTP mode: user name the tracker's number, password its key.", heads=("authorization",)),
        ]

    def parts(self) -> tuple[Part, ...]:
        """Trackers as a part of health; none at all until one was heard."""
        says = self._taking.unheard or self._taking.lately.words()
        if says is None:
            return (Part(name="trackers"),) if self._taking.counts else ()
        return (Part(name="trackers", state="low", says=says, works=_WORKS),)

    async def osmand(self, asked: Asked) -> Answer:
        try:
            heard = osmand.read(dict(asked.query), asked.body)
        except Garbage as fault:
            raise self._taking.garbage("osmand", fault) from fault
        device = self._taking.device("osmand", heard.names)
        asked.shows(device.key_sha256)
        self._taking.take("osmand", device, Heard(points=heard.points))
        return Response(b"", media_type="text/plain")

    async def owntracks(self, asked: Asked) -> Answer:
        number, key = owntracks.basic(asked.headers.get("authorization", ""))
        device = self._taking.device("owntracks", key)
        if number != device.number:
            raise self._other(device)
        asked.shows(device.key_sha256)
        try:
            heard = owntracks.read(asked.body)
        except Garbage as fault:
            raise self._taking.garbage("owntracks", fault, device) from fault
        self._taking.take("owntracks", device, heard)
        return Response(owntracks.ANSWER, media_type="application/json")

    def _other(self, device: Device) -> Refused:
        return self._taking.refused("owntracks", Refused("tracker_other", "This key is another tracker's than the message names.", "消息所称终端与密钥不符。", status=403), device)


def _line(verb: str, path: str, act: Callable[[Asked], Awaitable[Answer]], says: str, heads: tuple[str, ...] = ()) -> Line:
    assert verb in ("GET", "POST")
    return Line(verb="GET" if verb == "GET" else "POST", path=path, roles=None, purpose="response", act=act, says=says, heads=heads, bare=True,
                media="text/plain" if path == OSMAND else "application/json", body_bytes=osmand.MOST_BYTES)
