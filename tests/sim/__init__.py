"""Tests of the simulation: a mirror of tocsin.sim."""
