"""What OwnTracks sends, over HTTP or MQTT: JSON with a `_type`, of which `location` is a position and the others are not ours.

The words are those of https://owntracks.org/booklet/tech/json: `tst` in seconds, `vel` in kilometres per hour, `acc` in metres.
"""

from base64 import b64decode

from tocsin.edges.gateways.trackers.points import Garbage, Heard, Point, epoch, kmh, number, told, tree

MOST_BYTES = 64 * 1024
ANSWER = b"[]"
"""What the app expects over HTTP: no friends, no commands."""
_TOPIC = "owntracks"


def read(body: bytes) -> Heard:
    """A message; one of another type has no points, and an empty one says that a friend is gone. Garbage."""
    if len(body) > MOST_BYTES:
        raise Garbage
    if not body.strip():
        return Heard()
    said = tree(body)
    kind, topic = said.get("_type"), said.get("topic", "")
    if not isinstance(kind, str) or not isinstance(topic, str):
        raise Garbage
    if kind == "encrypted":
        raise Garbage("tracker_encrypted")
    if kind != "location":
        return Heard(names=user_of(topic))
    return Heard(names=user_of(topic), points=(Point(
        lon=number(said.get("lon")), lat=number(said.get("lat")), device_at=epoch(said.get("tst")), accuracy_m=told(said.get("acc")),
        speed_mps=kmh(said.get("vel")), heading_deg=told(said.get("cog"))),))


def user_of(topic: str) -> str:
    """Whom a topic `owntracks/USER/DEVICE` speaks of; empty where it is none of those."""
    parts = topic.split("/")
    return parts[1] if len(parts) >= 3 and parts[0] == _TOPIC else ""


def basic(header: str) -> tuple[str, str]:
    """User and password of an `Authorization: Basic`; both empty where it is none."""
    scheme, _, said = header.partition(" ")
    try:
        user, colon, password = b64decode(said.strip(), validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return (user, password) if colon and scheme.lower() == "basic" else ("", "")
