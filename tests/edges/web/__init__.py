"""Tests of the web edge, against a real house served on loopback."""
