"""Tests of siting: against every choice there is, published optima and each other."""
