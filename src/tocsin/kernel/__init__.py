"""What a Fact, Command, View, Room, Door and Clock are; everything else in Tocsin is made of these."""

from tocsin.kernel.clock import Clock, Instant, from_instant, instant
from tocsin.kernel.command import Command, Fault, Given, Refused, Words
from tocsin.kernel.fact import FACTS, PAPER, Entry, Fact, Kept, Sealed, fact, personal_fields
from tocsin.kernel.room import Door, Pace, Reaction, Role, Room
from tocsin.kernel.view import FIELDS, WITHHELD, Ask, Asking, Field, Picture, Row, Sight, View

__all__ = [
    "FACTS", "FIELDS", "PAPER", "WITHHELD", "Ask", "Asking", "Clock", "Command", "Door", "Entry", "Fact", "Fault", "Field", "Given", "Instant", "Kept", "Pace", "Picture", "Reaction",
    "Refused", "Role", "Room", "Row", "Sealed", "Sight", "View", "Words", "fact", "from_instant", "instant",
    "personal_fields",
]
