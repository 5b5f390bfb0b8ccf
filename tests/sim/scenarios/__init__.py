"""Scenarios played on the real house by events."""
