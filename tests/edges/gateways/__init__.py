"""Gateways: what is spoken with the outside, over real lines."""
