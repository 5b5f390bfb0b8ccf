"""Tests of the city folder, its compiler and its calibration."""
