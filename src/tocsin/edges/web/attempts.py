"""Failed sign-ins slow the next one from the same address under the same name, and nobody else."""

from collections import OrderedDict

from tocsin.edges.web.problems import refusal
from tocsin.kernel import Clock, Instant

_FREE = 3
_LONGEST_S = 60
_MOST_KEPT = 10_000
_S = 1_000_000


class Attempts:
    """After three failures each further one doubles the wait, up to a minute. Keyed by name and address, so that a stranger
    elsewhere cannot keep the rightful person out; bounded, the oldest forgotten first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures: OrderedDict[tuple[str, str], tuple[int, Instant]] = OrderedDict()

    def waits(self, name: str, address: str) -> bool:
        """Whether this name is being waited with at this address."""
        return self._clock.now() < self._failures.get((name, address), (0, 0))[1]

    def begin(self, name: str, address: str) -> None:
        """Refused with 429 while the wait lasts; else the attempt counts as failed until `succeeded` says otherwise, so that
        many at the same moment count as well."""
        if self.waits(name, address):
            raise refusal(429)
        count, _ = self._failures.pop((name, address), (0, 0))
        wait_s = min(_LONGEST_S, 2 ** (count - _FREE)) if count >= _FREE else 0
        self._failures[(name, address)] = (min(count + 1, 64), self._clock.now() + wait_s * _S)
        while len(self._failures) > _MOST_KEPT:
            self._failures.popitem(last=False)

    def succeeded(self, name: str, address: str) -> None:
        """Forget the failures of one who was right after all."""
        self._failures.pop((name, address), None)
