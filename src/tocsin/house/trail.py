"""A person's own view of their record: a code that is shown once, the trail by number and code, and the proof of every place in it (ADR 37)."""

import hmac
import secrets
from hashlib import sha256

from tocsin.house.asker import Asker
from tocsin.house.checks import role_missing
from tocsin.house.envelope import opened
from tocsin.house.house import House
from tocsin.house.policy import PURPOSES
from tocsin.house.proving import Proof
from tocsin.kernel import Instant, Role, Sealed, View
from tocsin.rooms.access.commands import KeepTrailCode, KeepTrailRead
from tocsin.rooms.access.model import CODE_DAYS
from tocsin.rooms.access.views import TRAIL_LINES, OwnTrail, bound, export_of, own_lines, tags_of_trail

MAY_GIVE: tuple[Role, ...] = ("call_taker", "dispatcher", "supervisor")
GIVE = "/api/calls/{call}/trail-code"
_PURPOSE = "access"
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U, so that a code can be read aloud and written by hand."""
_LIKE = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": ""})
_LENGTH = 12
_READER = Asker("the code's holder", frozenset())
_DAY_US = 86_400 * 1_000_000


class CodeGiven(View, frozen=True, kw_only=True):
    """A code as it is shown, this once, to whoever gives it: it opens the trail of this call until it expires."""

    call: str
    code: str
    expires_at: Instant


class Trails:
    """Gives codes and shows by them. What a code is, is known to the one who has it and to nobody else."""

    def __init__(self, house: House) -> None:
        self._house, self._key = house, house.ledger.trail_key()

    def give(self, call: str, by: Asker) -> CodeGiven:
        """Make a code for the trail of a call; one that was given before holds no more."""
        if not by.roles & set(MAY_GIVE):
            raise role_missing(GIVE, MAY_GIVE)
        code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
        self._house.keep_own(KeepTrailCode(call=call, digest=self._digest(call, code)), by, _PURPOSE, "")
        now = self._house.clock.now()
        return CodeGiven(call=call, code="-".join(code[at:at + 4] for at in range(0, _LENGTH, 4)), expires_at=now + CODE_DAYS * _DAY_US)

    def read(self, call: str, code: str) -> OwnTrail:
        """The trail, for whoever has the code; the reading is kept first. Refused alike whatever is wrong."""
        house = self._house
        house.keep_own(KeepTrailRead(call=call, digest=self._digest(call, code), what="list"), _READER, _PURPOSE, "")
        now, tags = house.clock.now(), tags_of_trail(call, house.history)
        kept = house.history(*tags)
        lines = own_lines(kept, house.history(f"trail:{call}"), frozenset(tags), now, self._opened,
                          lambda export: export_of(house.history(f"export:{export}")), PURPOSES)
        city = house.city.manifest
        return OwnTrail(call=call, city=city.name, timezone=city.timezone, now=now, taken_at=min((one.entry.known_at for one in kept), default=now),
                        withheld_until=bound(now), total=len(lines), lines=tuple(lines[-TRAIL_LINES:]))

    def proof(self, call: str, code: str) -> Proof:
        """That these are all the places at which anything of the record stands, with what stands there left out everywhere.

        An entry's bytes hold its maker's name, and an entry that is shown beside one that is not would tell of a delay: so none is.
        """
        house = self._house
        house.keep_own(KeepTrailRead(call=call, digest=self._digest(call, code), what="proof"), _READER, _PURPOSE, "")
        return house.proving.proof_of(tags_of_trail(call, house.history), withheld=_Everything())

    def _digest(self, call: str, code: str) -> str:
        plain = code.upper().translate(_LIKE)
        return hmac.new(self._key, f"trail\0{call}\0{plain}".encode(), sha256).hexdigest()

    def _opened(self, sealed: Sealed | None) -> str | None:
        return opened(sealed, self._house.ledger.vault)


class _Everything(frozenset[int]):
    """Holds every position."""

    def __contains__(self, position: object) -> bool:
        return True
