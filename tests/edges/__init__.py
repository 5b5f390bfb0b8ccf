"""Tests of the edges: what speaks to the outside."""
