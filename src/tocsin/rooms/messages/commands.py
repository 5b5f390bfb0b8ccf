"""What may be asked of the messages' room: send, mark as delivered or read, answer, and read a thread."""

from typing import Annotated, Literal, Self

import msgspec
from msgspec import Meta

from tocsin.kernel import Ask, Command, Given

Id = Annotated[str, Meta(min_length=1, max_length=40)]
Name = Annotated[str, Meta(max_length=120)]
Text = Annotated[str, Meta(min_length=1, max_length=2000)]
Recipient = Annotated[str, Meta(min_length=6, max_length=140, pattern=r"^(unit|role|person):.+")]
Point = tuple[Annotated[float, Meta(ge=-180, le=180)], Annotated[float, Meta(ge=-90, le=90)]]
ToKind = Literal["unit", "role", "person", "station", "skill", "area", "incident", "everyone"]


class Here(msgspec.Struct, frozen=True, kw_only=True):
    """A unit on duty as the house saw it when the message was sent: what a recipient is resolved by."""

    unit: str
    station: str
    skills: tuple[str, ...]
    incident: str
    lon: float
    lat: float


class SendMessage(Command, frozen=True, kw_only=True):
    """Send a message. `to` is a callsign, a role, a person's name, a station, a skill, an incident, or an area's name.

    An area is an outline (`ring`) or a circle (`lon`, `lat`, `within_m`); who is in it is settled at sending and kept.
    """

    to_kind: ToKind
    to: Name
    text: Text
    incident: Annotated[str, Meta(max_length=40)] = ""
    urgent: bool = False
    answer_by_s: Annotated[int, Meta(ge=0, le=86_400)] = 0
    """Seconds within which an answer is wanted; 0: none is."""
    from_unit: Annotated[str, Meta(max_length=40)] = ""
    """The unit that a crew writes for; empty: the one who asks writes as a desk."""
    ring: Annotated[tuple[Point, ...], Meta(max_length=200)] = ()
    lon: Annotated[float, Meta(ge=-180, le=180)] | None = None
    lat: Annotated[float, Meta(ge=-90, le=90)] | None = None
    within_m: Annotated[float, Meta(ge=0, le=50_000)] = 0.0

    def prepared(self, given: Given) -> Command:
        return PostMessage(key=self.key, happened_at=self.happened_at, asked=self, message=given.number("message"), by=given.by,
                           desk=_is_desk(given), units=tuple(_here(unit) for unit in given.look("units")))

    def touches(self) -> tuple[str, ...]:
        return ()


class PostMessage(Command, frozen=True, kw_only=True):
    """What `SendMessage` becomes with what the house could see; it has no door."""

    asked: SendMessage
    message: str
    by: str
    desk: bool
    units: tuple[Here, ...]

    def touches(self) -> tuple[str, ...]:
        return (f"message:{self.message}",)


class AnswerMessage(Command, frozen=True, kw_only=True):
    """Answer a message, for one of those it was sent to."""

    message: Id
    recipient: Recipient
    text: Text
    number: str = ""
    by: str = ""
    desk: bool = False

    def prepared(self, given: Given) -> Self:
        return msgspec.structs.replace(self, number=given.number("message"), by=given.by, desk=_is_desk(given))

    def touches(self) -> tuple[str, ...]:
        return (f"message:{self.message}",)


class MarkMessage(Command, frozen=True, kw_only=True):
    """Say what one recipient's side did with a message."""

    message: Id
    recipient: Recipient
    by: str = ""
    desk: bool = False

    def prepared(self, given: Given) -> Self:
        return msgspec.structs.replace(self, by=given.by, desk=_is_desk(given))

    def touches(self) -> tuple[str, ...]:
        return (f"message:{self.message}",)


class MarkDelivered(MarkMessage, frozen=True, kw_only=True):
    """Say that a recipient's device or desk has the message."""


class MarkRead(MarkMessage, frozen=True, kw_only=True):
    """Say that a recipient has opened the message."""


class ReadMessage(Ask, frozen=True, kw_only=True):
    """A message with its answers, texts opened; the opening is kept."""

    message: Id


def _is_desk(given: Given) -> bool:
    """Whether the one who asks works at a desk of the floor; a crew speaks for units only."""
    return bool(given.roles & {"call_taker", "dispatcher", "supervisor"})


def _here(unit: object) -> Here:
    return Here(**{name: getattr(unit, name) for name in Here.__struct_fields__})
