"""Tests of the likeness of two calls."""
