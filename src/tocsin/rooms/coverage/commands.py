"""What the room of cover is asked to show."""

from typing import Annotated

from msgspec import Meta

from tocsin.kernel import Ask


class ReadCover(Ask, frozen=True, kw_only=True):
    """How long until a free unit with this skill could be in each cell, as things stand now."""

    skill: Annotated[str, Meta(min_length=1, max_length=40)]


class ReadCells(Ask, frozen=True, kw_only=True):
    """The outlines of the cells; they change with the city alone, so they are asked for once."""
