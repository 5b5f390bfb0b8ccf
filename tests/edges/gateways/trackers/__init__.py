"""Trackers of others: each protocol's decoder on bytes as the real clients send them, and the way from there to the map."""
