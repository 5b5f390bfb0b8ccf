"""Tests of the workload of a fleet: against formulas, published cases and each other."""
