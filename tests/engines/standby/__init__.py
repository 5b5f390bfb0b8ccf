"""Tests of the fast simulation."""
