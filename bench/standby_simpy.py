"""The scenario of the fast path as a SimPy model: a process that takes calls, one for each service, and the same rule of who goes."""

from collections.abc import Generator
from typing import Any

import numpy as np
import numpy.typing as npt
import simpy

from tocsin.engines.standby import Calls, Fleet, World


class _Fleet:
    """Units that wait, drive home or serve; the soonest goes, calls wait by priority."""

    def __init__(self, env: Any, world: World, calls: Calls, fleet: Fleet) -> None:
        self.env, self.world, self.calls, self.fleet = env, world, calls, fleet
        self.idle = {k: (int(home), int(world.station[home]), -np.inf) for k, home in enumerate(fleet.home)}
        self.line: list[tuple[int, int]] = []
        self.response_s = np.zeros(len(calls.called_s))

    def sent_home(self, k: int, at: int) -> None:
        """Its station, the junction that it was last known to have reached or to come to next, and when it is home."""
        way = int(self.fleet.home[k])
        self.idle[k] = (way, at, self.env.now + float(self.world.station_s[way, at]))

    def spot(self, k: int) -> tuple[int, float, bool]:
        way, here, home_s = self.idle[k]
        left = home_s - self.env.now
        if left <= 0:
            return int(self.world.station[way]), 0.0, True
        ahead_s, hop = self.world.station_s[way], self.world.hop[way]
        while ahead_s[here] > left:
            here = int(hop[here])
        self.idle[k] = (way, here, home_s)
        return here, left - float(ahead_s[here]), False

    def arrivals(self) -> Generator[Any, Any, Any]:
        for call in range(len(self.calls.called_s)):
            yield self.env.timeout(float(self.calls.ready_s[call]) - self.env.now)
            goal, best, soonest_s = self.calls.junction[call], -1, np.inf
            for k in self.idle:
                here, left_s, home = self.spot(k)
                time_s = left_s + float(self.world.lights_s[here, goal]) + float(self.fleet.turnout_s[0 if home else 1])
                if time_s < soonest_s or (time_s == soonest_s and k < best):
                    best, soonest_s = k, time_s
            if best < 0:
                self.line.append((int(self.calls.priority[call]), call))
                continue
            del self.idle[best]
            self.env.process(self.serve(best, call, soonest_s))

    def serve(self, k: int, call: int, drive_s: float) -> Generator[Any, Any, Any]:
        while True:
            yield self.env.timeout(drive_s)
            self.response_s[call] = self.env.now - self.calls.called_s[call]
            at = int(self.calls.junction[call])
            yield self.env.timeout(float(self.calls.scene_s[call]))
            if self.calls.transports[call]:
                yield self.env.timeout(float(self.world.hospital_s[at]))
                at = int(self.world.hospital[at])
                yield self.env.timeout(float(self.calls.handover_s[call]))
            if not self.line:
                self.sent_home(k, at)
                return
            self.line.sort()
            _, call = self.line.pop(0)
            drive_s = float(self.world.lights_s[at, self.calls.junction[call]]) + float(self.fleet.turnout_s[1])


def played(world: World, calls: Calls, fleet: Fleet) -> npt.NDArray[np.float64]:
    """float64[c]: seconds from each call to the arrival."""
    env = simpy.Environment()
    model = _Fleet(env, world, calls, fleet)
    env.process(model.arrivals())
    env.run()
    return model.response_s
