"""When each tracker was last heard, by which protocol, and what was made of it: for whoever looks for the one that is silent."""

import msgspec

from tocsin.kernel import Instant, Words

MOST = 40_000
"""Trackers that are remembered: twice as many as there may be keys, since each that is rotated has a new number."""
NOTHING = "nothing"

MADE: dict[str, Words] = {
    "kept": Words("taken", "已采用"),
    "late": Words("taken, late", "已采用（补报）"),
    "repeated": Words("told before", "重复上报"),
    NOTHING: Words("told no position", "未含位置"),
    "tracker_before_shift": Words("not taken: from before the shift", "未采用：当班前的位置"),
    "unit_not_on_shift": Words("not taken: its unit is off duty", "未采用：单位未当班"),
    "tracker_other_shift": Words("not taken: bound for another shift", "未采用：绑定的是其他班次"),
}
"""What was made of a message that was no trouble; what somebody can mend has its words in `lately`."""


class Last(msgspec.Struct, frozen=True, kw_only=True):
    """A tracker's latest message, by the clock that its key is looked at with."""

    at: Instant
    protocol: str
    code: str


class Latest:
    """The latest message of each tracker, since this node began. Written on the event loop alone."""

    def __init__(self) -> None:
        self._last: dict[str, Last] = {}

    def add(self, number: str, protocol: str, code: str, at: Instant) -> None:
        """A message of this tracker's own key; one that tells no position leaves what was made of the last that did."""
        before = self._last.pop(number, None)
        self._last[number] = Last(at=at, protocol=protocol, code=before.code if before is not None and code == NOTHING else code)
        while len(self._last) > MOST:
            self._last.pop(next(iter(self._last)))

    def of(self, number: str) -> Last | None:
        """A tracker's; None for one that was not heard."""
        return self._last.get(number)
