"""How this engine's functions are compiled: they ask for no memory, so nothing is counted in and out of them.

Numba counts the references to an array whenever it is handed on, by a locked instruction, and a fleet, a city and a policy are some fifty arrays: that was more than half
of a play's time. `_nrt=False` leaves the counting out, and with it every function that makes an array: one that slips in does not compile. What is written down
meanwhile has its place beforehand (`Notes`).

Numba keeps what it has compiled by the file of each function alone. Who edits one of these files deletes the cache (`.tools/numba`), or a play goes on with the old ones.
"""
# The types that Numba ships do not name `_nrt`.
# mypy: disable-error-code="call-overload"

from numba import njit

compiled = njit(cache=True, nogil=True, _nrt=False)
inlined = njit(cache=True, nogil=True, _nrt=False, inline="always")
"""Where whole tuples of arrays are handed on at every event, which would be copied."""
summing = njit(cache=True, nogil=True, _nrt=False, fastmath={"reassoc", "contract"})
"""Plain sums, whose order is left to the compiler: several parts at a time."""
