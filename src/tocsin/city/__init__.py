"""The ground as data: an OSM extract or a city's own files read once into one folder of arrays, names and tiles."""
