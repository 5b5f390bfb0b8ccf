"""The ground as data: sources of a city's streets compiled once into road arrays, names, cells and tiles in one folder."""

from tocsin.city.building import build
from tocsin.city.faults import CityFault
from tocsin.city.manifest import Manifest
from tocsin.city.opening import City
from tocsin.city.sketch import sketch

__all__ = ["City", "CityFault", "Manifest", "build", "sketch"]
