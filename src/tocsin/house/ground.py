"""The city's roads as the house hands them to its rooms: a fault in them is told as one, and no time is ever guessed in its place."""

import logging
from collections.abc import Callable
from typing import Any

from tocsin.city.live import LiveRoads
from tocsin.kernel import Refused

_LOG = logging.getLogger("tocsin.house")
_COMPUTED = ("spots", "drive_s", "route")


class WatchedRoads:
    """The real roads, and whether their last computation failed. It has every attribute of theirs."""

    def __init__(self, roads: LiveRoads) -> None:
        self.roads = roads
        self.failed = False

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.roads, name)
        return self._watched(found) if name in _COMPUTED else found

    def _watched(self, compute: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*words: Any, **named: Any) -> Any:
            try:
                answer = compute(*words, **named)
            except Refused:
                raise
            except Exception as fault:
                _LOG.exception("the road engine failed")
                self.failed = True
                raise Refused("no_routing", "Driving times cannot be computed now, so no unit is recommended. Send one by its name.",
                              "目前无法计算行车时间，暂不推荐单位，请直接按呼号派出。", status=503) from fault
            self.failed = False
            return answer

        return watched
