"""The address search of the console, offline: streets, numbers, crossings, places, coordinates, as one types.

`compile.build_index(streets, entries, folder, shapes)` writes plain arrays into a folder that exists, through numpy alone; it is not imported here, for
searching needs no dictionary of pinyin. `Places.open(folder)` loads them and answers `search(text)` and `at(lon, lat)`.
"""

from tocsin.engines.places.hit import Hit
from tocsin.engines.places.search import Places

__all__ = ["Hit", "Places"]
