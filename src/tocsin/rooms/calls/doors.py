"""The call-takers' menu."""

from tocsin.kernel import Door, Role

FLOOR: tuple[Role, ...] = ("call_taker", "dispatcher", "supervisor")
