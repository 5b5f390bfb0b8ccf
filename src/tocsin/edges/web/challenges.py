"""Challenges that are short, good once, and cost nothing to give: only the used ones are remembered."""

import hashlib
import hmac
import secrets

from tocsin.kernel import Clock, Instant

LASTS_S = 120
_S = 1_000_000
_NONCE, _AT, _MAC = 16, 8, 24
_MOST_USED = 10_000


class Challenges:
    """A challenge is signed by a key of this process and says for what it is and until when. So a flood of askers pushes out
    nobody's, and a restart ends all of them. A used one is remembered until it would have ended by itself."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._used: dict[bytes, Instant] = {}

    def give(self, what: str) -> bytes:
        """A fresh one, for one use and one purpose."""
        said = secrets.token_bytes(_NONCE) + (self._clock.now() + LASTS_S * _S).to_bytes(_AT, "big")
        return said + self._sign(said, what)

    def stands(self, challenge: bytes, what: str) -> bool:
        """Whether it is one of ours, for this, in time, and unused. One from a future that a clock came back from is not in time."""
        said, mac = challenge[: _NONCE + _AT], challenge[_NONCE + _AT:]
        if len(challenge) != _NONCE + _AT + _MAC or not hmac.compare_digest(mac, self._sign(said, what)):
            return False
        left = int.from_bytes(said[_NONCE:], "big") - self._clock.now()
        return 0 < left <= LASTS_S * _S and challenge not in self._used

    def use(self, challenge: bytes, what: str) -> bool:
        """Use it up, once its answer was found to be right; False where another was quicker."""
        if not self.stands(challenge, what):
            return False
        now = self._clock.now()
        if len(self._used) >= _MOST_USED:
            self._used = {one: until for one, until in self._used.items() if until > now}
            if len(self._used) >= _MOST_USED:
                return False
        self._used[challenge] = now + LASTS_S * _S
        return True

    def _sign(self, said: bytes, what: str) -> bytes:
        return hmac.digest(self._key, hashlib.sha256(what.encode()).digest() + said, "sha256")[:_MAC]
