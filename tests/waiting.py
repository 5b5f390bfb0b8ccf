"""Waiting for what other threads and processes bring about, for no longer than a test may."""

import threading
from collections.abc import Callable

WAIT_S = 30.0
_LOOK_S = 0.02


def until(true: Callable[[], bool], most_s: float = WAIT_S) -> None:
    """Come back once it is so; a failure where it does not come to be so."""
    pause = threading.Event()
    for _ in range(round(most_s / _LOOK_S)):
        if true():
            return
        pause.wait(_LOOK_S)
    raise AssertionError("it never came to be so")
