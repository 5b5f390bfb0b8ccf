"""Tocsin: the open emergency-response platform of a city."""
