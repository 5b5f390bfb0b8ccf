"""Tests of what is left out of tables of counts."""
