"""What a fast simulation plays on: a city's travel times as tables, a stretch of calls drawn beforehand, and a fleet. Times in seconds, ways in metres."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]


class World(NamedTuple):
    """A city's roads as tables: n junctions, s stations, h hospitals. Every table is C-contiguous; a way that is not there is inf.

    A unit that drives goes on to the next junction before it turns, as a dispatcher's map has it.
    """

    lights_s: Floats
    """float32[n, n]: from a junction to another, with lights and sirens; the quickest way, so that none over a third is quicker."""
    station_s: Floats
    """float32[s, n]: from a junction to a station, in ordinary traffic."""
    station_m: Floats
    """float32[s, n]: the same way in metres."""
    hop: Ints
    """int32[s, n]: the next junction on that way; the station's own at its end."""
    station: Ints
    """int32[s]: each station's junction."""
    hospital: Ints
    """int32[n]: the junction of the hospital that a patient at a junction is driven to."""
    hospital_s: Floats
    """float32[n]: how long that takes."""


class Calls(NamedTuple):
    """Calls in the order in which they are ready to be dispatched; everything that chance decides is in here, so that two policies meet the same."""

    called_s: Doubles
    ready_s: Doubles
    """When it can be dispatched, never before `called_s`; ascending."""
    junction: Ints
    priority: Bytes
    """0 is served before 1 where calls wait."""
    scene_s: Floats
    transports: Bytes
    handover_s: Floats


class Fleet(NamedTuple):
    """Units, all able to serve every call: each one's own station and how long it takes to roll, from its station and from the road."""

    home: Ints
    turnout_s: Floats
    """float32[2]: from the station, from the road."""


class Played(NamedTuple):
    """What came of it."""

    response_s: Floats
    """float32[c]: from the call to the arrival."""
    unit: Ints
    """int32[c]: who went."""
    moves: Ints
    """int32[k]: how often each unit was sent to wait somewhere else than it would have gone by itself."""
    metres: Doubles
    """float64[k]: how far each drove to where it waits."""
    busy_s: Doubles
    """float64[k]: from being sent to being free again."""
