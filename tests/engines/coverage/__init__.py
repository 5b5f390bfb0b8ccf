"""Tests of the cover engine."""
