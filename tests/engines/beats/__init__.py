"""Tests of beats: properties on drawn towns, every division of small ones tried, and a real city."""
