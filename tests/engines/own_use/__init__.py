"""Tests of the engine that finds patterns in the staff's own use."""
