"""Tests of the city compiler: drawn street maps, real extracts, a city's own files, made cities."""
