"""Tocsin: the open emergency-response platform of a city."""

__version__ = "0.1.0"
