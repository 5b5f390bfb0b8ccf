"""Cursor on Target as TAK's phones stream it: XML events without a root, one after another, after a word of who they are.

Events are those of MITRE's Cursor-on-Target base schema 2.0 (`ce`: the radius in metres within which the point lies, 9999999 where nobody
knows; speed in metres per second, course from true north). `<auth><cot username password uid/></auth>` comes first, as ATAK sends it.
Anything that XML can do and these messages do not (a document type, entities, depth) is garbage.
"""

from typing import Any
from xml.parsers import expat

import msgspec

from tocsin.edges.gateways.trackers.points import Garbage, Heard, Point, number, told, written

MOST_BYTES = 32 * 1024
"""A chat message with its roster has a few thousand bytes; pictures go another way."""
MOST_DEEP, MOST_ELEMENTS = 16, 400
UNKNOWN = 9_999_999.0
PING = "t-x-c-t"
_ENDS = (b"</event>", b"</auth>")
_OWN = "a-f-"
"""What a phone says of itself: an atom, friendly. Markers that it places have uids of their own."""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One message: an event's uid and type with the point it tells, or (`auth`) who its sender is."""

    uid: str
    kind: str = ""
    point: Point | None = None
    auth: tuple[str, str] | None = None
    """User and password."""

    def heard(self, own: str) -> Heard:
        """The position that the phone `own` tells of itself; of anything else none."""
        mine = self.point is not None and self.uid == own and self.kind.startswith(_OWN)
        return Heard(points=(self.point,) if mine and self.point is not None else ())


class Pieces:
    """Cuts a stream into messages; what is no message's end yet is held, up to what a message may have."""

    def __init__(self) -> None:
        self._held = bytearray()

    def cut(self, came: bytes) -> list[bytes]:
        """Every message that ends in what came; Garbage where one grows too large."""
        self._held += came
        found = []
        while (end := min((at + len(mark) for mark in _ENDS if (at := self._held.find(mark)) >= 0), default=0)):
            found.append(bytes(self._held[:end]).strip())
            del self._held[:end]
        if len(self._held) > MOST_BYTES:
            raise Garbage
        return found


def read(piece: bytes) -> Said:
    """A message from its bytes; Garbage."""
    if len(piece) > MOST_BYTES:
        raise Garbage
    elements = _elements(piece)
    root, first = elements[0]
    if root == "auth":
        said = next((attributes for name, attributes in elements if name == "cot"), None)
        if said is None:
            raise Garbage
        return Said(uid=said.get("uid", ""), auth=(said.get("username", ""), said.get("password", "")))
    if root != "event" or not first.get("uid") or not first.get("type"):
        raise Garbage
    where = next((attributes for name, attributes in elements if name == "point"), None)
    track = next((attributes for name, attributes in elements if name == "track"), {})
    return Said(uid=first["uid"], kind=first["type"], point=None if where is None else _point(first, where, track))


def _point(event: dict[str, str], where: dict[str, str], track: dict[str, str]) -> Point:
    accuracy_m = told(where.get("ce"))
    return Point(lon=number(where.get("lon")), lat=number(where.get("lat")), device_at=written(event.get("time")),
                 accuracy_m=None if accuracy_m is None or accuracy_m >= UNKNOWN else accuracy_m,
                 speed_mps=_known(track.get("speed")), heading_deg=_known(track.get("course")))


def _known(said: str | None) -> float | None:
    """A number of `track`; some phones write NaN for what they do not know."""
    return None if said is not None and said.lower() == "nan" else told(said)


def _elements(piece: bytes) -> list[tuple[str, dict[str, str]]]:
    """Every element's name and attributes, in order. The parser is told to stop at whatever these messages do not have."""
    parser = expat.ParserCreate()
    found: list[tuple[str, dict[str, str]]] = []
    deep = 0

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal deep
        deep += 1
        found.append((name, attributes))
        if deep > MOST_DEEP or len(found) > MOST_ELEMENTS:
            raise Garbage

    def end(name: str) -> None:
        nonlocal deep
        deep -= 1

    def never(*_: Any) -> Any:
        raise Garbage

    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.ExternalEntityRefHandler = never
    try:
        parser.Parse(piece, True)
    except (expat.ExpatError, ValueError, LookupError) as fault:
        raise Garbage from fault
    return found
