"""Failed sign-ins slow the next one from the same address under the same name; many addresses at one name slow strangers only."""

from collections import OrderedDict

from tocsin.edges.web.problems import refusal
from tocsin.kernel import Clock, Instant

_FREE = 3
_LONGEST_S = 60
_MOST_KEPT = 10_000
_FREE_NAME = 30
_APART_S = 2
_FORGET_S = 3600
_MOST_FRIENDS = 8
_S = 1_000_000


class Attempts:
    """After three failures each further one doubles the wait, up to a minute. Keyed by name and address, so that a stranger
    elsewhere cannot keep the rightful person out; bounded, the oldest forgotten first.

    After thirty failures in an hour under one name, wherever from, passwords for it from addresses where it never signed in are
    looked at one in two seconds. Where it has signed in before nothing changes, and passkeys never come here at all.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures: OrderedDict[tuple[str, str], tuple[int, Instant]] = OrderedDict()
        self._names: OrderedDict[str, tuple[int, Instant, Instant]] = OrderedDict()  # how often, since when, the next one not before
        self._friends: OrderedDict[str, tuple[str, ...]] = OrderedDict()

    def waits(self, name: str, address: str) -> bool:
        """Whether this name is being waited with at this address."""
        now = self._clock.now()
        count, since, until = self._names.get(name, (0, 0, 0))
        crowded = count >= _FREE_NAME and now - since < _FORGET_S * _S and until - _APART_S * _S <= now < until
        failed = 0 < self._failures.get((name, address), (0, 0))[1] - now <= _LONGEST_S * _S  # longer than any wait: the clock was put back
        return failed or (crowded and address not in self._friends.get(name, ()))

    def begin(self, name: str, address: str) -> None:
        """Refused with 429 while the wait lasts; else the attempt counts as failed until `succeeded` says otherwise, so that
        many at the same moment count as well."""
        if self.waits(name, address):
            raise refusal(429)
        now = self._clock.now()
        count, _ = self._failures.pop((name, address), (0, 0))
        wait_s = min(_LONGEST_S, 2 ** (count - _FREE)) if count >= _FREE else 0
        self._failures[(name, address)] = (min(count + 1, 64), now + wait_s * _S)
        if address not in self._friends.get(name, ()):
            tries, since, _ = self._names.pop(name, (0, now, 0))
            if not 0 <= now - since < _FORGET_S * _S:
                tries, since = 0, now
            self._names[name] = (tries + 1, since, now + _APART_S * _S)
        for table in (self._failures, self._names, self._friends):
            while len(table) > _MOST_KEPT:
                table.popitem(last=False)

    def succeeded(self, name: str, address: str) -> None:
        """Forget the failures of one who was right after all, and know the address again."""
        self._failures.pop((name, address), None)
        friends = [one for one in self._friends.pop(name, ()) if one != address]
        self._friends[name] = (*friends, address)[-_MOST_FRIENDS:]
