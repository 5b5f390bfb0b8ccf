"""The address search of the console, offline: streets, numbers, crossings, places, coordinates, as one types.

`build_index(streets, entries, folder, shapes)` writes plain arrays into a folder that exists, through numpy alone;
`Places.open(folder)` loads them and answers `search(text)` and `at(lon, lat)`.
"""

from tocsin.engines.places.compile import Shapes
from tocsin.engines.places.hit import Hit
from tocsin.engines.places.search import Places, build_index

__all__ = ["Hit", "Places", "Shapes", "build_index"]
