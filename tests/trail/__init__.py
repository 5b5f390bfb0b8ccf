"""Tests of the trail: what is believed, in which order it is kept, what the live map is told, and what is forgotten."""
