"""What Traccar Client sends: until 9.0 a query or form in OsmAnd's words, since then JSON of its background location library.

The words are those of https://www.traccar.org/osmand/. Its identifier is the key (ADR 62), and speed is in knots in the first form and
in metres per second in the second.
"""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from tocsin.edges.gateways.trackers.points import Garbage, Heard, Point, epoch, knots, number, told, tree, written

MOST_BYTES = 64 * 1024
_MOST_FIELDS = 100
_MOST_BATCH = 500
_MILLIS = 1 << 31
"""A time of at least so much is in thousandths of a second."""


def read(query: Mapping[str, str], body: bytes) -> Heard:
    """A message by its query, or where that is empty by its body; Garbage."""
    if len(body) > MOST_BYTES:
        raise Garbage
    if query:
        return _form(query)
    return _json(body) if body.lstrip()[:1] in (b"{", b"[") else _form(_fields(body))


def _fields(body: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError as fault:
        raise Garbage from fault


def _form(said: Mapping[str, str]) -> Heard:
    names = said.get("id") or said.get("deviceid", "")
    if not names:
        raise Garbage
    lat, lon = said.get("lat"), said.get("lon")
    if "location" in said:
        lat, _, lon = said["location"].partition(",")
    if not lat or not lon or said.get("valid", "1") in ("0", "false"):
        return Heard(names=names)  # masts and networks alone, or a device that says itself that it has no fix
    return Heard(names=names, points=(Point(
        lon=number(lon), lat=number(lat), device_at=_time(said["timestamp"]) if said.get("timestamp") else None, accuracy_m=told(said.get("accuracy")),
        speed_mps=knots(said.get("speed")), heading_deg=told(said.get("bearing", said.get("heading")))),))


def _time(said: str) -> int:
    try:
        seconds = number(said)
    except Garbage:
        return written(said)
    return epoch(seconds, per_s=1000 if seconds >= _MILLIS else 1)


def _json(body: bytes) -> Heard:
    told_of = tree(body)
    names, said = told_of.get("device_id"), told_of.get("location", ())
    if not isinstance(names, str) or not names:
        raise Garbage
    batch = said if isinstance(said, list) else [said] if said else []
    if len(batch) > _MOST_BATCH:
        raise Garbage
    return Heard(names=names, points=tuple(_point(one) for one in batch))


def _point(said: object) -> Point:
    coords = said.get("coords") if isinstance(said, dict) else None
    if not isinstance(said, dict) or not isinstance(coords, dict):
        raise Garbage
    return Point(lon=number(coords.get("longitude")), lat=number(coords.get("latitude")), device_at=written(said.get("timestamp")),
                 accuracy_m=told(coords.get("accuracy")), speed_mps=told(coords.get("speed")), heading_deg=told(coords.get("heading")))
