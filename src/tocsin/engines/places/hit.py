"""What the address search answers with."""

from typing import Literal

import msgspec

Kind = Literal["number", "street", "crossing", "place", "area", "coordinate"]


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One place that the text (or the point) may mean.

    `exact` says that the city's own data hold this very number or crossing, or that a street's or place's name was
    typed in full; `interpolated` that the position was worked out between its neighbours or along a street's number
    range. Neither is set where the nearest number that exists is shown in place of the one asked for.
    """

    kind: Kind
    label: str
    lon: float
    lat: float
    accuracy_m: float
    """How far the place itself may lie from `lon`, `lat`: a street's is half its length, a building's its own size."""
    score: float
    """0 to 1, comparable within one answer only; 1 means that every typed word was met in full."""
    label_zh: str | None = None
    street: str | None = None
    number: str | None = None
    cross: str | None = None
    """The other street of a crossing, or, for a point's nearest address, the nearest cross street."""
    exact: bool = False
    interpolated: bool = False
    dist_m: float | None = None
    """Metres from the point that was asked about, or from `near`; None where there was none."""
