"""The ground as data: sources of a city's streets compiled once into road arrays, names, cells and tiles in one folder.

`building.build` compiles and `sketch.sketch` makes one up; they are not imported here, for whoever opens a city needs none of what they stand on.
"""

from tocsin.city.faults import CityFault
from tocsin.city.manifest import Manifest
from tocsin.city.opening import City

__all__ = ["City", "CityFault", "Manifest"]
