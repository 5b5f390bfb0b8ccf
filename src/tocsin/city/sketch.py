"""A made city of any size: river, rings, avenues, one-ways, districts, names in two languages, numbers, stations.
Always labelled made.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from tocsin.city.building import quiet
from tocsin.city.compile import compile_city
from tocsin.city.faults import CityFault
from tocsin.city.manifest import Manifest
from tocsin.city.sketch_ground import lay_streets, left_turn_bans, segments_of
from tocsin.city.sketch_places import furnish
from tocsin.city.sketch_plan import plan
from tocsin.city.survey import Survey

SMALLEST, LARGEST = 200, 2_000_000
ATTRIBUTION = "Made city: no real streets, names or people"


def sketch(seed: int, size: int, out: Path | str, name: str | None = None, say: Callable[[str], None] = quiet) -> Manifest:
    """Make a city of about `size` junctions from a seed, compile it into the folder `out` and return its manifest.

    The same seed and size give the same bytes. Its manifest says `made`, its name and attribution say so too, and it
    lies in the open sea. Raises CityFault for a size out of bounds.
    """
    if not SMALLEST <= size <= LARGEST:
        raise CityFault("city.size_out_of_bounds", f"A made city has {SMALLEST:,} to {LARGEST:,} junctions, not {size:,}.")
    if not 0 <= seed < 2**63:
        raise CityFault("city.seed_out_of_bounds", "A seed is a whole number from 0 up.")
    say(f"making a city of about {size:,} junctions from seed {seed}")
    return compile_city(
        imagine(seed, size), Path(out), name=name or f"Made city {seed} · 虚拟城市 {seed}", made=True, sources=[], say=say
    )


def imagine(seed: int, size: int) -> Survey:
    """Return the survey of a made city, as a reader of sources would."""
    city = plan(size, np.random.default_rng([seed, 0]))
    streets = lay_streets(city, size, seed)
    segments = segments_of(city, streets)
    bans = left_turn_bans(streets, segments, np.random.default_rng([seed, 2]))
    survey = Survey(segments, bans, streets.names, attribution=ATTRIBUTION, timezone="Asia/Shanghai")
    furnish(survey, city, streets, np.random.default_rng([seed, 3]))
    return survey
