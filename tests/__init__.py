"""Tests mirror src; this package makes `tests.shared` importable."""
