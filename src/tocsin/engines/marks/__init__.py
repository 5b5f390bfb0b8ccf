"""Marks of who a copy was made for, in texts and pictures, and their reading from a copy that turned up elsewhere."""

from tocsin.engines.marks.number import BITS, numbered, packed
from tocsin.engines.marks.picture import LEAST_SIDE, Found, marked_picture, read_picture
from tocsin.engines.marks.plain import marked_plain
from tocsin.engines.marks.text import hidden, told, unhidden
from tocsin.engines.marks.wording import Match, Seen, chosen, matched, phrase

__all__ = ["BITS", "LEAST_SIDE", "Found", "Match", "Seen", "chosen", "hidden", "marked_picture", "marked_plain", "matched", "numbered", "packed", "phrase", "read_picture", "told",
           "unhidden"]
