"""Positions from trackers that people already own: one decoder for each protocol, one place that takes what they heard (ADR 62)."""
