"""Tests of marks in texts and pictures."""
