"""The sites' room: what a remote site had done by itself and the floor could not keep, until somebody has settled it."""

from tocsin.rooms.sites.doors import room

__all__ = ["room"]
