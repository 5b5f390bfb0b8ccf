"""Tests of who gains and who pays under a plan."""
